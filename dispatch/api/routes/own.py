"""What practitioners and institutions read of their own: cases in hand, what is due, what to do next."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Now, Permit, ReadDep
from dispatch.api.problems import language_of, responses
from dispatch.api.routes.reports import PeriodQuery
from dispatch.api.routes.roster.absences import AbsenceOut
from dispatch.api.routes.rotation import TurnOut
from dispatch.api.schemas import Estimated, Id, Out, QualityOut, RefusalOut, SourceOut
from dispatch.commands import own_cases
from dispatch.commands.missed_cases import MissedCase, missed_cases
from dispatch.commands.own_cases import CaseDeadline, OwnCase
from dispatch.commands.reports.statement import own_statement
from dispatch.commands.roster.own_people import OwnPerson, own_people
from dispatch.commands.rotation.order import Turn, own_turn
from dispatch.commands.rotation.words import skipped_in_words
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError
from dispatch.domain.law.citations import shown
from dispatch.domain.next_acts import NextAct
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.plain_words import missed_in_words, turn_in_words
from dispatch.domain.policy.causes import Cause
from dispatch.domain.policy.criteria import Criterion
from dispatch.domain.states import ClaimState, OfferState, QualityGrade
from dispatch.domain.vocabulary import Category, Matter, ModeName, Service, Stage, Status, Term
from dispatch.registry.tables import ArrangementRow, CaseRow, OfferRow

# fmt: off
REQUESTS: dict[NextAct, tuple[str, str]] = {
    # act                  the request by which it is done
    NextAct.ANSWER_OFFER:      ("POST", "/v1/offers/{offer_id}/answer"),
    NextAct.ARRANGE:           ("POST", "/v1/arrangements/{arrangement_id}/person"),
    NextAct.ANSWER_ASSIGNMENT: ("POST", "/v1/assignments/{assignment_id}/answer"),
    NextAct.SIGN:              ("POST", "/v1/assignments/{assignment_id}/agreement"),
    NextAct.BEGIN:             ("POST", "/v1/assignments/{assignment_id}/start"),
    NextAct.REPORT:            ("POST", "/v1/assignments/{assignment_id}/reports"),
    NextAct.CLOSE:             ("POST", "/v1/assignments/{assignment_id}/close"),
    NextAct.ASK_REPLACEMENT:   ("POST", "/v1/cases/{case_id}/replacements"),
    NextAct.GIVE_BACK:         ("POST", "/v1/assignments/{assignment_id}/abandonment"),
    NextAct.WISH:              ("POST", "/v1/cases/{case_id}/wishes"),
    NextAct.WITHDRAW:          ("POST", "/v1/cases/{case_id}/withdraw"),
    NextAct.CONTEST:           ("POST", "/v1/cases/{case_id}/objections"),
    NextAct.RATE:              ("POST", "/v1/cases/{case_id}/rating"),
    NextAct.COMPLAIN:          ("POST", "/v1/cases/{case_id}/complaints"),
}
# fmt: on


class LabelOut(BaseModel):
    """A word with its labels in both languages."""

    value: str
    zh: str
    en: str

    @classmethod
    def of(cls, term: Term) -> "LabelOut":
        """Return a term as it is shown."""
        return cls(value=term.value, zh=term.zh, en=term.en)


CauseName = Annotated[LabelOut, Field(description="The cause with its official name. 案由（罪名）。")]


class ActOut(LabelOut):
    """Something the reader may do, and the request for it."""

    method: Annotated[str, Field(examples=["POST"])]
    path: Annotated[str, Field(examples=["/v1/offers/0f8fad5bd9cb469fa16570867728950e/answer"])]


class DueOut(BaseModel):
    """A time limit that runs."""

    at: datetime
    estimated: Estimated
    zh: str
    en: str
    basis: Annotated[SourceOut | None, Field(description="What it rests on. 依据。")]


class AboutOut(BaseModel):
    """What a case is about, without its people."""

    number: Annotated[str, Field(examples=["2026-0001"])]
    matter: Matter
    cause: CauseName
    service: Service
    stage: Stage
    organ: str | None
    area: str | None
    court_area: str | None
    categories: list[Category]
    languages: list[str]
    detained: bool | None
    grave: bool | None
    hearing_on: date | None
    limitation_ends_on: date | None
    custody_ends_on: date | None
    preservation: bool | None


class OwnCaseOut(BaseModel):
    """A case the reader is asked about or has in hand: what it is about, what is due, what to do next."""

    case_id: Id
    status: Status
    situation: Annotated[LabelOut, Field(description="Where it stands for its practitioner. 所处环节。")]
    about: AboutOut
    offer_id: str | None
    arrangement_id: str | None
    assignment_id: str | None
    practitioner_id: str | None
    practitioner: Annotated[str | None, Field(description="Who is asked or named. 承办人员姓名。")]
    deadlines: list[DueOut]
    next: Annotated[ActOut | None, Field(description="Null if somebody else is due. 无须本人办理的为空。")]
    may: list[ActOut]


router = APIRouter(prefix="/me", tags=["own 本人案件"])

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_OWN_CASE))]


@router.get("/cases", responses=responses(PolicyMissingError))
def list_own_cases(actor: MayRead, read: ReadDep, now: Now) -> list[OwnCaseOut]:
    """List the cases one is asked about or is working on, the most urgent first.

    An institution sees those of its people. The people involved in a case are read at `/v1/cases/{case_id}/disclosure`.
    本人（本机构）的案件。
    """
    return [_own_case(each) for each in own_cases.own_cases(read, actor, now)]


class OwnPersonOut(BaseModel):
    """Somebody of the reader's own, as of today."""

    practitioner_id: Id
    code: str
    name: str
    revision: int
    capacity: int | None
    monthly_capacity: int | None
    open_cases: Annotated[int, Field(description="Cases in hand. 在办案件数。")]
    leaves: Annotated[list[AbsenceOut], Field(description="Leave that is not over, also what waits. 未结束的休假。")]

    @classmethod
    def of(cls, each: OwnPerson) -> "OwnPersonOut":
        """Return somebody as they are shown."""
        person, stated = each.person, each.stated
        return cls(
            practitioner_id=person.id, code=person.code, name=person.name, revision=person.revision,
            capacity=stated.capacity if stated else None, open_cases=each.open_cases,
            monthly_capacity=stated.monthly_capacity if stated else None,
            leaves=[AbsenceOut.of(row) for row in each.leaves],
        )  # fmt: skip


@router.get("/people")
def list_own_people(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_OWN_ROSTER))], read: ReadDep, now: Now
) -> list[OwnPersonOut]:
    """Return one's own entry, or those of an institution's people.

    With their open cases and absences. 本人（本机构人员）的在办案件数和休假。
    """
    return [OwnPersonOut.of(each) for each in own_people(read, actor, now)]


def about(case: CaseRow, cause: Cause | None) -> AboutOut:
    """Return what a case is about."""
    plain = {name: getattr(case, name) for name in AboutOut.model_fields if name != "cause"}
    return AboutOut(cause=cause_of(case.cause, cause), **plain)


def cause_of(code: str, cause: Cause | None) -> LabelOut:
    """Return a cause with its names, or one that the policy no longer has by its code."""
    return LabelOut(value=code, zh=cause.zh if cause else code, en=cause.en if cause else code)


def act_of(act: NextAct, ids: dict[str, str | None]) -> ActOut:
    """Return an act with the request for it."""
    method, path = REQUESTS[act]
    return ActOut(value=act.value, zh=act.zh, en=act.en, method=method, path=path.format(**ids))


def _own_case(each: OwnCase) -> OwnCaseOut:
    kind = {OfferRow: "offer_id", ArrangementRow: "arrangement_id"}.get(type(each.tie), "assignment_id")
    ids = dict.fromkeys(("offer_id", "arrangement_id", "assignment_id")) | {kind: each.tie.id}
    may = {act: act_of(act, {**ids, "case_id": each.case.id}) for act in each.may}
    return OwnCaseOut(
        case_id=each.case.id,
        status=each.case.status,
        situation=LabelOut.of(each.situation),
        about=about(each.case, each.cause),
        practitioner_id=each.practitioner.id if each.practitioner else None,
        practitioner=each.practitioner.name if each.practitioner else None,
        deadlines=[_due(due) for due in each.deadlines],
        next=may[each.next] if each.next else None,
        may=list(may.values()),
        **ids,
    )


def _due(due: CaseDeadline) -> DueOut:
    basis = SourceOut(**shown(due.source)) if due.source else None
    return DueOut(at=due.at, estimated=due.estimated, zh=due.zh, en=due.en, basis=basis)


class OwnTermOut(LabelOut):
    """One criterion of one's own score, and how many of the eligible people had more in it."""

    points: int
    above: int


class MissedCaseOut(BaseModel):
    """A case that went to somebody else, as far as a card shows it, and how the reader compared."""

    matter: Matter
    cause: LabelOut
    stage: Stage
    area: str | None
    mode: ModeName
    assigned_at: datetime
    why: Annotated[str, Field(description="In words, with the reader's own figures. 未指派给本人的原因。")]
    score: int
    rank: Annotated[
        int, Field(description="By score and price of a turn, as the register was then. 按指派当时登记的位次。")
    ]
    eligible: int
    terms: list[OwnTermOut]
    quality: Annotated[QualityOut, Field(description="What the reader's quality level rests on. 办案质量得分的构成。")]
    claim: Annotated[ClaimState | None, Field(description="What became of the reader's claim. 本人抢单的结果。")]
    offer: Annotated[OfferState | None, Field(description="What became of the reader's offer. 本人征询的结果。")]


class OwnTurnOut(BaseModel):
    """The reader's place in the rotation, and what puts it there."""

    text: str
    people: int
    turn: TurnOut
    skipped: Annotated[list[RefusalOut], Field(description="Why they would be passed over now. 现在会跳过的原因。")]


@router.get("/missed", responses=responses(NotFoundError, PolicyMissingError))
def list_missed_cases(
    request: Request,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_OWN_STATEMENT))],
    read: ReadDep,
    latest: Annotated[int, Query(ge=1, le=100, description="How many assigned cases to look at. 查看最近几件。")] = 30,
) -> list[MissedCaseOut]:
    """List recent cases one was eligible for but not chosen for, and why.

    Figures are one's own, by the register and the policy as they were when the practitioner was chosen; cases that
    never enter the board are left out. 未指派给本人的案件及原因。
    """
    language = language_of(request)
    return [missed(each, language) for each in missed_cases(read, actor, latest)]


class FigureOfOneOut(BaseModel):
    """A figure of the reader's own row in the annual statement."""

    code: str
    zh: str
    en: str
    value: Any


class OwnWorkOut(Out):
    """A case of the reader's that ended in the period, its grade, and what is settled for it."""

    number: str
    matter: Matter
    service: Service
    grade: QualityGrade | None
    service_days: float | None
    settled: Annotated[bool, Field(description="Whether the subsidy is settled. 是否已核算补贴。")]
    total_fen: int
    paid_on: date | None


class OwnStatementOut(BaseModel):
    """What a period brought the reader."""

    since: date
    until: date
    figures: list[FigureOfOneOut]
    quality: Annotated[QualityOut | None, Field(description="As of today; null off the roster. 办案质量得分的构成。")]
    work: list[OwnWorkOut]
    upheld_on: Annotated[list[date], Field(description="Days on which complaints were upheld. 投诉查实之日。")]


@router.get("/statement", responses=responses(NotFoundError, InvalidFieldError, PolicyMissingError))
def get_own_statement(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_OWN_STATEMENT))],
    read: ReadDep,
    now: Now,
    wanted: Annotated[PeriodQuery, Query()],
) -> OwnStatementOut:
    """Return one's own statement of a period, by default this year.

    It has the figures of the annual statement, the grades and complaints behind the quality level, and the closed
    cases, each with its settled subsidy. 本人办案情况。
    """
    found = own_statement(read, actor, now, wanted.since, wanted.until)
    cells = zip(found.figures.columns, found.figures.rows[0] if found.figures.rows else (), strict=False)
    return OwnStatementOut(
        since=found.about.since,
        until=found.about.until,
        figures=[
            FigureOfOneOut(code=column.code, zh=column.zh, en=column.en, value=cell)
            for column, cell in cells
            if column.code != "practitioner_id"
        ],
        quality=QualityOut.model_validate(found.quality) if found.quality else None,
        work=[OwnWorkOut.model_validate(line) for line in found.work],
        upheld_on=found.upheld_on,
    )


@router.get("/rotation", responses=responses(NotFoundError, PolicyMissingError))
def get_own_turn(
    request: Request, actor: Annotated[Actor, Depends(Permit(Verb.READ_OWN_STATEMENT))], read: ReadDep, now: Now
) -> OwnTurnOut:
    """Return one's own place in the rotation, and the reason for it. 本人轮流指派位次及原因。"""
    return turn_of(*own_turn(read, actor, now), language_of(request))


def turn_of(turn: Turn, people: int, language: str) -> OwnTurnOut:
    """Return a place in the rotation in words, with what would pass it over."""
    return OwnTurnOut(
        text=turn_in_words(turn, people, language),
        people=people,
        turn=TurnOut.of(turn, language),
        skipped=[_skipped(turn, code, language) for code in turn.skipped],
    )


def _skipped(turn: Turn, code: str, language: str) -> RefusalOut:
    shown = RefusalOut.of(Refusal(code, unknown=False), language)
    return shown.model_copy(update={"text": skipped_in_words(turn, code, language)})


def missed(each: MissedCase, language: str) -> MissedCaseOut:
    """Return a case that went to somebody else, in words."""
    own = each.own
    terms = [
        OwnTermOut(**LabelOut.of(term).model_dump(), points=own.terms[term.value], above=each.above[term.value])
        for term in Criterion
    ]
    return MissedCaseOut(
        **{name: getattr(each.case, name) for name in ("matter", "stage", "area")},
        **{name: getattr(each, name) for name in ("mode", "assigned_at", "eligible", "claim", "offer")},
        cause=cause_of(each.case.cause, each.cause),
        why=missed_in_words(each.mode, own.score, own.rank or 0, each.eligible, language),
        score=own.score,
        rank=own.rank or 0,
        terms=terms,
        quality=QualityOut.model_validate(own.quality),
    )
