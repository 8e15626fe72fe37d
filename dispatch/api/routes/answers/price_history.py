"""The prices of a centre over its last days: what its rules cost, what one more practitioner was worth."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.answers.prices import DEAREST_FIRST, Exact, KindOf, OpenSeats, RuleText
from dispatch.api.routes.own import LabelOut
from dispatch.api.schemas import Id
from dispatch.commands.answers.price_history import (
    MAX_DAYS,
    CentrePrices,
    person_history_in_words,
    prices_of_centre,
    rule_history_in_words,
)
from dispatch.commands.answers.prices import named
from dispatch.domain.eligibility.table import RULES_BY_CODE
from dispatch.domain.errors import NotFoundError, RunNotReadyError, TooManyRequestsError
from dispatch.domain.permissions import Actor, Verb
from dispatch.simulation.evidence.price_history import PersonHistory, RuleHistory, Spread


class SpreadOut(BaseModel):
    """A mean a day with its interval."""

    mean: Annotated[float, Field(description="平均值。")]
    low: Annotated[float | None, Field(description="Lower end; null below four days. 区间下限，不足4天为空。")]
    high: Annotated[float | None, Field(description="Upper end; null below four days. 区间上限，不足4天为空。")]

    @classmethod
    def of(cls, spread: Spread) -> "SpreadOut":
        """Return a mean as it is shown."""
        return cls(**spread._asdict())


PointsADay = Annotated[SpreadOut, Field(description="Points a day. 平均每天可增加的得分。")]


class PricedDayOut(BaseModel):
    """A day that counts, and its last proven run."""

    on: date
    run_id: Id


class RuleHistoryOut(BaseModel):
    """What a rule of the centre cost a day."""

    code: str
    rule: RuleText
    refusing: Annotated[int, Field(description="Days on which it refused anybody. 有人因此不符合条件的天数。")]
    gain: PointsADay
    served: Annotated[SpreadOut, Field(description="Seats a day. 平均每天可多指派的承办名额数。")]
    text: str


class PersonHistoryOut(BaseModel):
    """What one more practitioner with one place was worth a day, on days with such cases."""

    sort: KindOf
    label: LabelOut
    days: Annotated[int, Field(description="Days with such cases. 有此类案件的天数。")]
    cases: int
    open: OpenSeats
    filling: Annotated[int, Field(description="Days on which an open case would have had somebody. 可多指派的天数。")]
    worth: PointsADay
    exact: Exact
    text: str


class PricesOut(BaseModel):
    """What the last days with a run say of the rules and the people of a centre; each interval is of its line alone."""

    days: Annotated[list[PricedDayOut], Field(description="The latest first. 所依据的日期和批次。")]
    rules: Annotated[list[RuleHistoryOut], DEAREST_FIRST]
    people: list[PersonHistoryOut]


router = APIRouter(prefix="/runs", tags=["answers 指派理由"])


@router.get("/prices", responses=responses(NotFoundError, RunNotReadyError, TooManyRequestsError))
def get_prices(
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))],
    read: ReadDep,
    days: Annotated[int, Query(ge=1, le=MAX_DAYS, description="Days with a run at most. 最多天数。")] = MAX_DAYS,
) -> PricesOut:
    """Return what each rule cost a day, and what one more person was worth.

    Over the last days, by the last proven run of each day. From four days on, with the interval of the mean; if there
    is only one day, the answer says so. Nothing is stored. 近期各项条件的影响和增加承办人员的作用。
    """
    found, language = prices_of_centre(read, actor, days), language_of(request)
    return PricesOut(
        days=[PricedDayOut(on=each.on, run_id=each.run_id) for each in found.days],
        rules=[_rule(each, len(found.days), language) for each in found.rules],
        people=[_person(each, found, language) for each in found.people],
    )


def _rule(history: RuleHistory, days: int, language: str) -> RuleHistoryOut:
    return RuleHistoryOut(
        code=history.code,
        rule=RULES_BY_CODE[history.code].refusal(language),
        refusing=history.refusing,
        gain=SpreadOut.of(history.gain),
        served=SpreadOut.of(history.served),
        text=rule_history_in_words(history, days, language),
    )


def _person(history: PersonHistory, found: CentrePrices, language: str) -> PersonHistoryOut:
    zh, en = named(found.labels, history.sort, history.label)
    kept = {name: getattr(history, name) for name in ("days", "cases", "open", "filling", "exact")}
    return PersonHistoryOut(
        sort=LabelOut.of(history.sort),
        label=LabelOut(value=history.label, zh=zh, en=en),
        worth=SpreadOut.of(history.worth),
        text=person_history_in_words(history, language),
        **kept,
    )
