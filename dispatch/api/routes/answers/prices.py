"""The prices of a run: what each rule the centre chose costs, and what one more practitioner would be worth."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.own import LabelOut
from dispatch.api.schemas import Id
from dispatch.commands.answers.prices import LabelledValue, prices_of_run, rule_in_words, value_in_words
from dispatch.domain.eligibility.table import RULES_BY_CODE
from dispatch.domain.errors import NotFoundError, RunNotReadyError, TooManyRequestsError
from dispatch.domain.permissions import Actor, Verb
from dispatch.simulation.evidence.prices import RulePrice

RuleText = Annotated[str, Field(description="What the rule says. 条件。")]
KindOf = Annotated[LabelOut, Field(description="Cause, county or language. 类别。")]
OpenSeats = Annotated[int, Field(description="Seats without anybody. 无人承办的名额数。")]
Exact = Annotated[bool, Field(description="False: worth at most so much. 为否时是上限。")]
DEAREST_FIRST = Field(description="The dearest first. 影响大的在前。")


class RulePriceOut(BaseModel):
    """What all cases would gain if a rule of the centre did not exist."""

    code: str
    rule: RuleText
    refused: Annotated[int, Field(description="People on the list it refuses for some case. 不符合的在册人数。")]
    gain: Annotated[int, Field(description="Points. 全部案件合计可增加的得分。")]
    served: Annotated[int, Field(description="More seats with somebody. 可多指派的承办名额数。")]
    text: str


class PersonValueOut(BaseModel):
    """What one more practitioner with one place would be worth, like those who can take such cases already."""

    sort: KindOf
    label: LabelOut
    cases: int
    open: OpenSeats
    people: Annotated[int, Field(description="On the list and able to take such cases. 可以承办的在册人数。")]
    least: Annotated[int, Field(description="Points, if like who helps least. 最低增加的得分。")]
    median: Annotated[int, Field(description="Points, if like the one in the middle. 居中的得分。")]
    most: Annotated[int, Field(description="Points, if like who helps most. 最高增加的得分。")]
    fills: Annotated[bool, Field(description="An open case could have somebody. 可使无人承办的案件得到指派。")]
    surely: Annotated[bool, Field(description="Whoever they are like. 与哪位现有人员条件相同，均可使其得到指派。")]
    exact: Exact
    text: str


class RunPricesOut(BaseModel):
    """What a run's day says of its rules and people."""

    run_id: Id
    rules: Annotated[list[RulePriceOut], DEAREST_FIRST]
    people: list[PersonValueOut]


router = APIRouter(prefix="/runs", tags=["answers 指派理由"])


@router.get("/{run_id}/prices", responses=responses(NotFoundError, RunNotReadyError, TooManyRequestsError))
def get_run_prices(
    run_id: str, request: Request, actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep
) -> RunPricesOut:
    """Return what each rule cost in a run, and what one more person would be worth.

    Values are by cause, county and language, from the person who would help least to the one who would help most.
    Nothing is stored. 各项条件的影响和增加承办人员的作用。
    """
    found, language = prices_of_run(read, actor, run_id), language_of(request)
    return RunPricesOut(
        run_id=found.run_id,
        rules=[_rule(each, language) for each in found.rules],
        people=[_person(each, language) for each in found.people],
    )


def _rule(price: RulePrice, language: str) -> RulePriceOut:
    rule = RULES_BY_CODE[price.code].refusal(language)
    return RulePriceOut(rule=rule, text=rule_in_words(price, language), **price._asdict())


def _person(each: LabelledValue, language: str) -> PersonValueOut:
    value = each.value
    return PersonValueOut(
        sort=LabelOut.of(value.sort),
        label=LabelOut(value=value.label, zh=each.zh, en=each.en),
        text=value_in_words(value, language),
        **{name: figure for name, figure in value._asdict().items() if name not in ("sort", "label")},
    )
