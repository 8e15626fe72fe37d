"""Why a case has who it has, and why not somebody else."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Now, Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.answers.people import (
    CriterionOut,
    Listed,
    MoveOut,
    NobodyOr,
    Practitioner,
    PractitionerNameOut,
    Refused,
    figures,
    move_out,
    rule_count,
)
from dispatch.api.routes.own import LabelOut
from dispatch.api.schemas import Id, RefusalOut
from dispatch.commands.answers.names import Names
from dispatch.commands.answers.why import Reader, WhyAnswer, why_case
from dispatch.commands.answers.words import in_words, repair_in_words, shut_in_words
from dispatch.domain.errors import NotFoundError, PolicyMissingError, TooManyRequestsError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.simulation.evidence.repair import CaseRepair, OpenCase
from dispatch.simulation.evidence.why import AskedAbout, SeenPractitioner


class SeenOut(BaseModel):
    """A practitioner as the case sees them: points sum to the score."""

    person: Practitioner
    score: int
    slot_price: Annotated[int, Field(description="Points off for turns already had. 因均衡轮次的扣分。")]
    figures: list[CriterionOut]


class RegretOut(BaseModel):
    """What all cases together would lose; both are the same where it is proven."""

    least: int
    most: int


class StandingOut(LabelOut):
    """How a practitioner compares for a case."""


class AskedOut(BaseModel):
    """The answer about one practitioner."""

    person: Practitioner
    standing: Annotated[StandingOut, Field(description="Chosen, as good, worse, refused … 所处位置。")]
    refusals: list[RefusalOut]
    rank: Annotated[int | None, Field(description="Null if refused. 不符合条件的为空。")]
    score: int
    slot_price: int
    figures: list[CriterionOut]
    difference: Annotated[
        dict[str, int],
        Field(description="Points more than the one chosen, by criterion. 与选定人员相差的得分。"),
    ]
    above: Annotated[dict[str, int], Field(description="Eligible people with more, by criterion. 该项得分更高的人数。")]
    regret: Annotated[
        RegretOut | None,
        Field(
            description="Points lost over all cases; null where no day was matched. 由其承办，全部案件合计减少的得分。"
        ),
    ]
    moves: Annotated[list[MoveOut], Field(description="Cases that would change hands. 将引起改派的案件。")]


class RepairOut(BaseModel):
    """A single change that would help: what all cases would gain, and how many more would have somebody."""

    kind: LabelOut
    text: Annotated[str, Field(examples=["给示例律师增加1个承办名额，本案即可指派。"])]
    person: NobodyOr
    institution_id: str | None
    rule: Annotated[str | None, Field(description="The rule that would yield for this case. 放宽的条件。")]
    labels: Annotated[list[str], Field(description="Languages or area that would be added. 增加的语言或者区域。")]
    gain: Annotated[int, Field(description="Points, by matching all cases again. 重新匹配后合计增加的得分。")]
    served: Annotated[int, Field(description="More seats with somebody. 多指派的承办名额数。")]
    helps: Annotated[bool, Field(description="False if another case comes first. 是否先用于本案。")]


class OpenOut(BaseModel):
    """Why a case has nobody: the cases and people shut in together, and what would help, the best first."""

    numbers: Annotated[list[str], Field(description="Cases that compete for the same places. 争用名额的案件。")]
    people: Annotated[int, Field(description="People who may take any of them. 可以承办的人数。")]
    slots: Annotated[int, Field(description="Of these cases they take so many. 可以承办的件数。")]
    shortage: Annotated[int, Field(description="Places that are missing. 缺少的名额。")]
    kept_apart: Annotated[
        int, Field(description="Kept out by the case of the other side alone. 仅因须与对立方的案件分开承办的人数。")
    ]
    only_full: Annotated[int, Field(description="Kept out by a full workload alone. 仅因件数已满的人数。")]
    words: Annotated[list[str], Field(description="The same in sentences. 说明。")]
    repairs: Annotated[list[RepairOut], Field(description="What would help. 可以采取的调整。")]


class WhyOut(BaseModel):
    """Why a case is given so: sentences to everybody, and to officers everything behind them."""

    case_id: Id
    number: str
    status: Status
    reader: Annotated[Reader, Field(description="Who reads the answer. 答复对象。")]
    basis: LabelOut
    at: datetime
    run_id: str | None
    mode: ModeName | None
    words: Annotated[list[str], Field(description="Plain sentences. 说明。")]
    cases: Annotated[int | None, Field(description="Cases decided together. 一并匹配的案件数。")] = None
    listed: Listed | None = None
    eligible: int | None = None
    chosen: Annotated[list[SeenOut], Field(description="Who has it, or would have it today. 选定的人员。")] = []
    refused: Refused = []
    asked: Annotated[AskedOut | None, Field(description="The one asked about. 所询问的人员。")] = None
    open: Annotated[OpenOut | None, Field(description="Null unless a seat has nobody. 无人承办的原因。")] = None


router = APIRouter(prefix="/cases", tags=["answers 指派理由"])


@router.get("/{case_id}/why", responses=responses(NotFoundError, PolicyMissingError, TooManyRequestsError))
def get_why(
    case_id: str,
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_WHY))],
    read: ReadDep,
    now: Now,
    practitioner: Annotated[
        str | None, Query(max_length=32, description="Why not this one? Id of a practitioner. 为何不是该承办人员。")
    ] = None,
) -> WhyOut:
    """Explain why a case was assigned to its practitioner.

    For a case without one, explain who would have it today; on request, also how one other practitioner compares.
    Officers ask about anyone, practitioners about themselves where they were eligible, recipients about their own case.
    For a case that a run decided, the answer comes from that run's data and proof: what all cases together would lose,
    and which cases would change hands. Nothing is stored. 为何指派该承办人员、为何不是他人。
    """
    answer, language = why_case(read, actor, now, case_id, practitioner), language_of(request)
    about = WhyOut(
        case_id=answer.case.id,
        number=answer.case.number,
        status=answer.case.status,
        reader=answer.reader,
        basis=LabelOut.of(answer.basis),
        at=answer.at,
        run_id=answer.run_id,
        mode=answer.mode,
        words=in_words(answer, language),
    )
    return about.model_copy(update=SHOWN[answer.reader](answer, language))


def _all(answer: WhyAnswer, language: str) -> dict[str, object]:
    why = answer.why
    return {
        "cases": answer.cases,
        "listed": why.counts.listed,
        "eligible": why.counts.eligible,
        "chosen": [_seen(each, answer.names, language) for each in why.chosen],
        "refused": [rule_count(code, people, language) for code, people in why.counts.refused],
        "asked": why.asked and _asked(why.asked, why.chosen, answer.names, language),
        "open": answer.open and open_out(answer.open, answer.names, language),
    }


def _own(answer: WhyAnswer, language: str) -> dict[str, object]:
    """Return one's own figures; whose else they are compared with is nobody's business."""
    asked = answer.why.asked
    own = asked and _asked(asked._replace(moves=[]), [], answer.names, language)
    return {"eligible": answer.why.counts.eligible, "cases": answer.cases, "asked": own}


def _words(answer: WhyAnswer, language: str) -> dict[str, object]:
    return {}


SHOWN = {Reader.OFFICER: _all, Reader.PRACTITIONER: _own, Reader.RECIPIENT: _words}


def _asked(asked: AskedAbout, chosen: list[SeenPractitioner], names: Names, language: str) -> AskedOut:
    best = {each.criterion: each.points for each in chosen[0].figures} if chosen else {}
    mine = asked.seen
    return AskedOut(
        person=PractitionerNameOut.of(names, mine.practitioner_id),
        standing=StandingOut(**LabelOut.of(asked.standing).model_dump()),
        refusals=[RefusalOut.of(each, language) for each in asked.refusals],
        rank=asked.rank,
        score=mine.score,
        slot_price=mine.slot_price,
        figures=figures(mine.figures, language),
        difference={each.criterion.value: each.points - best[each.criterion] for each in mine.figures} if best else {},
        above=asked.above,
        regret=asked.regret and RegretOut(**asked.regret._asdict()),
        moves=[move_out(each, names) for each in asked.moves],
    )


def open_out(found: OpenCase, names: Names, language: str) -> OpenOut:
    """Return why a case has nobody, as it is shown."""
    return OpenOut(
        numbers=sorted(names.numbers[id] for id in found.case_ids),
        people=len(found.practitioner_ids),
        words=list(shut_in_words(found, language)),
        repairs=[_repair(each, names, language) for each in found.repairs],
        **{name: getattr(found, name) for name in ("slots", "shortage", "kept_apart", "only_full")},
    )


def _repair(repair: CaseRepair, names: Names, language: str) -> RepairOut:
    return RepairOut(
        kind=LabelOut.of(repair.kind),
        text=repair_in_words(repair, names, language),
        person=PractitionerNameOut.of(names, repair.practitioner_id) if repair.practitioner_id else None,
        labels=list(repair.labels),
        **{name: getattr(repair, name) for name in ("institution_id", "rule", "gain", "served", "helps")},
    )


def _seen(seen: SeenPractitioner, names: Names, language: str) -> SeenOut:
    person = PractitionerNameOut.of(names, seen.practitioner_id)
    return SeenOut(person=person, score=seen.score, slot_price=seen.slot_price, figures=figures(seen.figures, language))
