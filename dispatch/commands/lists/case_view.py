"""A case as officers work on it: its way, who has it and who is asked, what was decided, what may be done now."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.casework.clocks import DECIDE_OBJECTION_BY
from dispatch.casework.correction import acts_of, undoable
from dispatch.casework.records import HistoryEntry
from dispatch.casework.undertaking import WORKING
from dispatch.commands.designation import needs_second
from dispatch.commands.life.archives import HAND_IN_BY, in_force
from dispatch.domain.chain import DIRECT, chain_for, chain_named, guarded, unknown_guards
from dispatch.domain.law.means import blank_means
from dispatch.domain.lifecycle import TRANSITIONS, UNDECIDED, Event
from dispatch.domain.next_acts import CaseAct, CaseState, NextAct, Situation, case_acts, seat_acts, situation_of
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import Cause
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.states import OfferState, PlanState, Review
from dispatch.domain.vocabulary import ON_NOTICE, ModeName, Status, Term
from dispatch.registry.due.clocks import clocks_of
from dispatch.registry.offers import last_plan, open_arrangement, open_posting
from dispatch.registry.own import people
from dispatch.registry.policies import find_in_force, read_policy
from dispatch.registry.reads import logins_of
from dispatch.registry.tables import (
    ArchiveRow,
    AreaRow,
    ArrangementRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClockRow,
    DesignationRow,
    InstitutionRow,
    OfferRow,
    PlanRow,
    PolicyRow,
    PostingRow,
    PractitionerRow,
    ReplacementRow,
)
from dispatch.registry.transaction import Read

MAX_EVENTS = 300


class Position(Term):
    """Where a step of a chain is, seen from the case."""

    PAST = "past", "已结束", "over"
    NOW = "now", "进行中", "under way"
    AHEAD = "ahead", "待进行", "ahead"


class ChainStep(NamedTuple):
    """A step of the case's chain: the hours it may take at most, the last one as long as is left."""

    mode: ModeName
    hours: float | None
    position: Position


class Seat(NamedTuple):
    """Who has or had a seat of the case, how it came about, and what may be written down of it now."""

    assignment: AssignmentRow
    practitioner: PractitionerRow
    institution: InstitutionRow
    situation: Situation | None
    """None if it is over."""
    replacement: ReplacementRow | None
    """A request to replace them that waits for its decision."""
    acts: tuple[NextAct, ...]


class CaseView(NamedTuple):
    """A case with everything around it that is no person's own."""

    case: CaseRow
    cause: Cause | None
    area: str | None
    clocks: Sequence[ClockRow]
    chain: Chain
    steps: list[ChainStep]
    plan: PlanRow | None
    seats: list[Seat]
    offers: list[tuple[OfferRow, PractitionerRow]]
    posting: PostingRow | None
    designations: Sequence[DesignationRow]
    events: Sequence[CaseEventRow]
    """The newest first."""
    acts: tuple[CaseAct, ...]
    arrangement: ArrangementRow | None
    """What an institution is to arrange its person for now."""
    archive: ArchiveRow | None
    """Its file in the archive, once it is there."""
    people: dict[str, PractitionerRow]
    policies: dict[str, PolicyRow]
    logins: dict[str, str]

    @property
    def asked(self) -> list[tuple[OfferRow, PractitionerRow]]:
        """Who is being asked now."""
        return [each for each in self.offers if each[0].state is OfferState.PENDING]

    @property
    def correctable(self) -> str | None:
        """The newest act of the case, if a correction undoes it."""
        history = [HistoryEntry(row.event, row.from_status, row.to_status, row.facts or {}) for row in self.events]
        entry = undoable(acts_of(reversed(history)))
        return entry.event if entry else None

    @property
    def contested(self) -> bool:
        """Whether an objection waits for the bureau's decision."""
        return any(row.code == DECIDE_OBJECTION_BY and row.stopped_at is None for row in self.clocks)

    @property
    def lacking(self) -> dict[CaseAct, tuple[str, ...]]:
        """The facts that an act cannot do without, and that nobody knows yet."""
        case, found = self.case, dict[CaseAct, tuple[str, ...]]()
        if CaseAct.GRANT in self.acts and (blank := blank_means(case, case.means_test)):
            found[CaseAct.GRANT] = (blank.field,)
        if (case.status, Event.POST) in TRANSITIONS and (guards := unknown_guards(case)):
            found[CaseAct.POST] = guards
        return found

    @property
    def waiting(self) -> DesignationRow | None:
        """The designation that waits for a second officer."""
        return next((row for row in self.designations if row.state is Review.WAITING), None)


def view_case(read: Read, actor: Actor, case_id: str) -> CaseView:
    """Return a case as officers work on it; nothing in it is sealed, and nothing is written."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        case, clocks = clocks_of(session, actor.centre_id, case_id)
        plan, published = last_plan(session, case.id), find_in_force(session, case.centre_id)
        held = _rows(session, AssignmentRow, case, "assigned_at")
        offers = _rows(session, OfferRow, case, "offered_at")
        designations = _rows(session, DesignationRow, case, "named_at")
        events = _events(session, case)
        decided = {row.policy_id for row in (*held, *offers, *([plan] if plan else []))}
        policies = _by_id(session, PolicyRow, decided)
        named = people(session, {row.practitioner_id for row in (*held, *offers, *designations)} | _named_in(events))
        policy = published and read_policy(published)
        chain = _chain(session, case, plan) if plan else chain_for(case, policy) if policy else DIRECT
        area = session.exec(select(AreaRow).where(AreaRow.centre_id == case.centre_id, AreaRow.code == case.area))
        return CaseView(
            case=case,
            cause=policy.catalogue.by_code.get(case.cause) if policy else None,
            area=next((row.name for row in area), case.area),
            clocks=clocks,
            chain=chain,
            steps=_steps(chain, plan, undecided=case.status in UNDECIDED),
            plan=plan,
            seats=_seats(session, actor, case, held, named),
            offers=[(row, named[row.practitioner_id]) for row in offers],
            posting=open_posting(session, case.id),
            designations=designations,
            events=events,
            acts=case_acts(_state(case, clocks, plan, designations), actor.role, actor.user_id),
            arrangement=open_arrangement(session, case.id) if case.status is Status.ENTRUSTED else None,
            archive=in_force(session, case.id) if case.archive_number else None,
            people=named,
            policies=policies,
            logins=logins_of(session, _officers(held, offers, designations, events)),
        )


def _state(
    case: CaseRow, clocks: Sequence[ClockRow], plan: PlanRow | None, designations: Sequence[DesignationRow]
) -> CaseState:
    return CaseState(
        status=case.status,
        on_notice=case.source in ON_NOTICE,
        guarded=guarded(case),
        by_two=needs_second(case),
        planned=plan is not None and plan.state is PlanState.OPEN,
        named_by=next((row.named_by for row in designations if row.state is Review.WAITING), None),
        file_awaited=any(row.code == HAND_IN_BY and row.stopped_at is None for row in clocks),
        archived=case.archive_number is not None,
    )


def _chain(session: Session, case: CaseRow, plan: PlanRow) -> Chain:
    return chain_named(read_policy(session.get_one(PolicyRow, plan.policy_id)), plan.chain)


def _steps(chain: Chain, plan: PlanRow | None, *, undecided: bool) -> list[ChainStep]:
    """Return the steps as the case has passed them; nothing is under way once somebody has it."""
    at = -1 if plan is None else plan.step if plan.state is PlanState.OPEN and undecided else plan.step + 1

    def position(i: int) -> Position:
        return Position.PAST if i < at else Position.NOW if i == at and plan and undecided else Position.AHEAD

    return [ChainStep(step.mode, step.hours, position(i)) for i, step in enumerate(chain.steps)]


def _seats(
    session: Session,
    actor: Actor,
    case: CaseRow,
    held: Sequence[AssignmentRow],
    named: dict[str, PractitionerRow],
) -> list[Seat]:
    houses = _by_id(session, InstitutionRow, {row.institution_id for row in held})
    asked = select(ReplacementRow).where(ReplacementRow.case_id == case.id, ReplacementRow.state == Review.WAITING)
    waiting = {row.assignment_id: row for row in session.exec(asked)}
    seats = []
    for row in held:
        live = row.ended_at is None
        acts = seat_acts(row, actor.role) if live else ()
        if case.status not in WORKING:
            acts = tuple(act for act in acts if act is not NextAct.CLOSE)
        if row.id in waiting:
            acts = tuple(act for act in acts if act is not NextAct.ASK_REPLACEMENT)
        seats.append(
            Seat(
                row, named[row.practitioner_id], houses[row.institution_id],
                situation_of(row) if live else None, waiting.get(row.id), acts,
            )
        )  # fmt: skip
    return sorted(seats, key=lambda seat: (seat.situation is None, -seat.assignment.assigned_at.timestamp()))


def _rows(session: Session, table: Any, case: CaseRow, by: str) -> Sequence[Any]:
    return session.exec(select(table).where(table.case_id == case.id).order_by(getattr(table, by), table.id)).all()


def _events(session: Session, case: CaseRow) -> Sequence[CaseEventRow]:
    newest = select(CaseEventRow).where(CaseEventRow.case_id == case.id).order_by(col(CaseEventRow.id).desc())
    return session.exec(newest.limit(MAX_EVENTS)).all()


def _named_in(events: Iterable[CaseEventRow]) -> set[str]:
    return {str(id) for row in events if (id := (row.facts or {}).get("practitioner_id"))}


def _by_id(session: Session, table: Any, ids: Iterable[str | None]) -> dict[str, Any]:
    wanted = {id for id in ids if id}
    return {row.id: row for row in session.exec(select(table).where(col(table.id).in_(wanted)))}


def _officers(*lists: Sequence[Any]) -> set[str]:
    columns = ("decided_by", "offered_by", "named_by", "reviewed_by", "actor_id")
    return {id for rows in lists for row in rows for name in columns if (id := getattr(row, name, None))}
