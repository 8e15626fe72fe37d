"""The register as a host of what follows an assignment: answers, work, ends, turns and time limits, as rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, update
from sqlmodel import col, func, or_, select

from dispatch.casework import records
from dispatch.casework.records import Arrangement, Assignment, Case, Clock, Credit, Judged, Replacement
from dispatch.domain.findings import FindingKind
from dispatch.domain.law.deadlines import Deadline
from dispatch.domain.ledger import Entry, EntryKind
from dispatch.domain.permissions import Actor
from dispatch.domain.states import (
    GIVEN_UP,
    UNAVOIDABLE,
    ArrangementState,
    Asker,
    ClaimState,
    ClockEnd,
    EndReason,
    GivingBack,
    QualityGrade,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import Status
from dispatch.registry import findings
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.offers import open_arrangement
from dispatch.registry.records import Looked, RegisterRecords, Row, own
from dispatch.registry.statements import load_by
from dispatch.registry.tables import (
    AbandonmentRow,
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    LedgerRow,
    OfferRow,
    PractitionerRow,
    ReplacementRow,
)
from dispatch.registry.transaction import Transaction

KINDS = {kind.value: kind for kind in EntryKind}


CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: Any = bindparam("keys", expanding=True)
CLOCKS = (
    select(ClockRow)
    .where(ClockRow.centre_id == CENTRE, col(ClockRow.case_id).in_(KEYS))
    .order_by(col(ClockRow.begun_at), col(ClockRow.code), col(ClockRow.id))
)


class LifeHost(RegisterRecords):
    """
    A centre deciding under its lock; ``actor`` is nobody where a rule of the policy acts.

    ``looked`` is a docket drawn up at the same moment before the lock: the first one asked for under it need not be
    drawn up again if nobody has decided anything in the centre since.
    """

    def __init__(
        self, tx: Transaction, centre_id: str, actor: Actor | None, now: datetime, looked: Looked | None = None
    ) -> None:
        revision = tx.lock_centre(centre_id).revision
        super().__init__(tx.session, centre_id, now)
        self.tx, self.actor = tx, actor
        self._still_holds = looked if looked and looked.revision + 1 == revision else None
        if self._still_holds:
            self.in_force = self._still_holds.in_force
        self._clocks: dict[str, list[ClockRow]] = {}

    @property
    def user_id(self) -> str | None:
        """Who acts, as it is written down."""
        return self.actor.user_id if self.actor else None

    def docket(self, case_ids: Collection[str], *statuses: Status, alone: str | None = None) -> Judged:
        """Draw it up, unless the one looked at before the lock still holds."""
        looked, self._still_holds = self._still_holds, None
        if looked and looked.answers(case_ids, statuses, alone):
            return looked.judged
        return super().docket(case_ids, *statuses, alone=alone)

    def live(self, case_id: str) -> Sequence[AssignmentRow]:
        """Find the rows that have not ended."""
        self.session.flush()
        held = select(AssignmentRow).where(AssignmentRow.case_id == case_id, col(AssignmentRow.ended_at).is_(None))
        return self.session.exec(held.order_by(col(AssignmentRow.seat))).all()

    def accept_assignment(self, assignment: Assignment) -> None:
        """Note the moment."""
        own(AssignmentRow, assignment).accepted_at = self.now

    def sign_assignment(self, assignment: Assignment, at: datetime) -> None:
        """Note the moment."""
        own(AssignmentRow, assignment).signed_at = at

    def begin_assignment(self, assignment: Assignment) -> None:
        """Note the moment."""
        own(AssignmentRow, assignment).begun_at = self.now

    def unsign_assignment(self, assignment: Assignment) -> None:
        """Forget the moment."""
        own(AssignmentRow, assignment).signed_at = None

    def unbegin_assignment(self, assignment: Assignment) -> None:
        """Forget the moment."""
        own(AssignmentRow, assignment).begun_at = None

    def assignment(self, assignment_id: str) -> AssignmentRow:
        """Return the row, locked."""
        return self.tx.lock(AssignmentRow, assignment_id, self.centre_id)

    def reopen_assignment(self, assignment: Assignment) -> None:
        """Forget how it ended; what led to it binds again, and a request about it waits again."""
        row = own(AssignmentRow, assignment)
        row.ended_at = row.end_reason = row.finished_on = row.outcome = None
        self._move_requests(row, Review.LAPSED, Review.WAITING)
        for offer in self.session.exec(select(OfferRow).where(OfferRow.assignment_id == row.id)):
            offer.released_at = None
        for claim in self.session.exec(select(ClaimRow).where(ClaimRow.assignment_id == row.id)):
            claim.state = ClaimState.WON

    def carried(self, case_id: str) -> Sequence[AssignmentRow]:
        """Find the rows that ended so."""
        self.session.flush()
        ended = (AssignmentRow.case_id == case_id, AssignmentRow.end_reason == EndReason.CLOSED)
        return self.session.exec(select(AssignmentRow).where(*ended).order_by(col(AssignmentRow.seat))).all()

    def grade_assignment(self, assignment: Assignment, grade: QualityGrade | None) -> None:
        """Note the grade and its moment."""
        row = own(AssignmentRow, assignment)
        row.grade, row.graded_at = grade, self.now if grade else None

    def end_assignment(self, assignment: Assignment, reason: EndReason) -> None:
        """Note the moment and the reason; what led to it binds nobody any more, and a request about it lapses."""
        row = own(AssignmentRow, assignment)
        row.ended_at, row.end_reason = self.now, reason
        findings.close(self.tx, FindingKind.HOLDER_BARRED, row.id, self.now)
        self._move_requests(row, Review.WAITING, Review.LAPSED)
        if reason is not EndReason.CLOSED:
            for offer in self.session.exec(select(OfferRow).where(OfferRow.assignment_id == row.id)):
                offer.released_at = self.now
        if reason in GIVEN_UP:
            for claim in self.session.exec(select(ClaimRow).where(ClaimRow.assignment_id == row.id)):
                claim.state = ClaimState.ABANDONED

    def _move_requests(self, assignment: AssignmentRow, state: Review, became: Review) -> None:
        about = (col(ReplacementRow.assignment_id) == assignment.id, col(ReplacementRow.state) == state)
        self.session.exec(update(ReplacementRow).where(*about).values(state=became))

    def credits_of(self, assignment: Assignment) -> Sequence[Credit]:
        """Read the assignment's rows of the ledger that are of the record it belongs to now."""
        of_it = (LedgerRow.assignment_id == assignment.id, LedgerRow.practitioner_id == assignment.practitioner_id)
        rows = self.session.exec(select(LedgerRow).where(*of_it).order_by(col(LedgerRow.id))).all()
        return [
            Credit(row.practitioner_id, Entry(KINDS[row.kind], row.turns, row.effort), Fraction(row.share), id)
            for row in rows
            if (id := row.assignment_id) is not None
        ]

    def add_credits(self, credits: Sequence[Credit]) -> None:
        """Add rows to the ledger; the assignments they point at must be stored first."""
        self.session.flush()
        self.session.add_all(
            LedgerRow(
                **self._entry(credit.practitioner_id, credit.entry),
                share=str(credit.share),
                assignment_id=credit.assignment_id,
            )
            for credit in credits
        )

    def add_abandonment(self, assignment: Assignment, reason: GivingBack, *, own: bool) -> None:
        """Add a row that a manager reviews."""
        self._add(
            AbandonmentRow,
            case_id=assignment.case_id,
            assignment_id=assignment.id,
            practitioner_id=assignment.practitioner_id,
            reason=reason,
            own=own,
            at=self.now,
            review=Review.WAITING,
        )

    def members(self, institution_id: str) -> Collection[str]:
        """Read the roster of the day."""
        people = load_roster(self.session, read_day(self.session, self.centre_id, self.now)).practitioners
        return [person.id for person in people if person.institution_id == institution_id]

    def members_since(self, institution_id: str, case: Case) -> Collection[str]:
        """Ask the roster's history, from the day of the first assignment or arrangement on."""
        self.session.flush()
        given = (
            select(func.min(table_moment)).where(table.case_id == case.id, table.institution_id == institution_id)
            for table, table_moment in (
                (AssignmentRow, AssignmentRow.assigned_at),
                (ArrangementRow, ArrangementRow.entrusted_at),
            )
        )
        since = min((at for asked in given if (at := self.session.exec(asked).one()) is not None), default=self.now)
        first = since.astimezone(ZoneInfo(self.policy.time_zone)).date()
        of_it = (
            AttributesRow.centre_id == self.centre_id,
            AttributesRow.institution_id == institution_id,
            col(AttributesRow.superseded_at).is_(None),
            col(AttributesRow.from_on) <= self.now.astimezone(ZoneInfo(self.policy.time_zone)).date(),
        )
        lasting = or_(col(AttributesRow.until_on).is_(None), col(AttributesRow.until_on) > first)
        here = or_(col(PractitionerRow.left_on).is_(None), col(PractitionerRow.left_on) > first)
        of_house = select(AttributesRow.practitioner_id).where(*of_it, lasting)
        past = self.session.exec(
            of_house.join(PractitionerRow, col(PractitionerRow.id) == col(AttributesRow.practitioner_id))
            .where(here)
            .distinct()
        )
        return {*past, *self.members(institution_id)}

    def open_arrangement(self, case_id: str) -> ArrangementRow | None:
        """Find the row that is open."""
        return open_arrangement(self.session, case_id)

    def add_arrangement(self, case: Case, seat: int, institution_id: str, due_at: datetime) -> ArrangementRow:
        """Add a row."""
        return self._add(
            ArrangementRow,
            case_id=case.id,
            seat=seat,
            institution_id=institution_id,
            state=ArrangementState.OPEN,
            entrusted_by=self.user_id,
            entrusted_at=self.now,
            due_at=due_at,
        )

    def end_arrangement(
        self, arrangement: Arrangement, became: ArrangementState, reason: GivingBack | None = None
    ) -> None:
        """Note the moment."""
        row = own(ArrangementRow, arrangement)
        row.state, row.reason, row.ended_at = became, reason, self.now

    def held_by(self, practitioner_id: str) -> Sequence[AssignmentRow]:
        """Find the rows that have not ended."""
        self.session.flush()
        held = (AssignmentRow.practitioner_id == practitioner_id, col(AssignmentRow.ended_at).is_(None))
        in_order = (col(AssignmentRow.assigned_at), col(AssignmentRow.case_id))
        return self.session.exec(select(AssignmentRow).where(*held).order_by(*in_order)).all()

    def waiting_replacement(self, assignment: Assignment) -> ReplacementRow | None:
        """Find the row that waits."""
        waiting = (ReplacementRow.assignment_id == assignment.id, ReplacementRow.state == Review.WAITING)
        return self.session.exec(select(ReplacementRow).where(*waiting)).one_or_none()

    def avoidable_changes(self, case_id: str) -> int:
        """Count the rows."""
        agreed = (ReplacementRow.case_id == case_id, ReplacementRow.state == Review.APPROVED)
        avoidable = select(func.count()).select_from(ReplacementRow).where(*agreed)
        return self.session.exec(avoidable.where(col(ReplacementRow.ground).not_in(UNAVOIDABLE))).one()

    def add_replacement(
        self, assignment: Assignment, asker: Asker, ground: ReplacementGround, due_at: datetime, paper_id: str
    ) -> ReplacementRow:
        """Add a row."""
        return self._add(
            ReplacementRow,
            case_id=assignment.case_id,
            assignment_id=assignment.id,
            asker=asker,
            ground=ground,
            paper_id=paper_id,
            asked_by=self.user_id,
            asked_at=self.now,
            due_at=due_at,
            state=Review.WAITING,
        )

    def settle_replacement(
        self,
        request: Replacement,
        became: Review,
        *,
        same_institution: bool | None = None,
        successor: Assignment | None = None,
    ) -> None:
        """Note the decision and its moment."""
        row = own(ReplacementRow, request)
        row.state, row.decided_at, row.same_institution = became, self.now, same_institution
        # The person who asked may hand all of someone's cases over; that is no decision on their own request.
        row.decided_by = self.user_id if self.user_id != row.asked_by else None
        row.successor_id = successor.id if successor else None

    def add_case(self, case: CaseRow) -> CaseRow:
        """Add a new case, of which no time limit can run yet."""
        self._clocks[case.id] = []
        return self.tx.add(case)

    def clocks(self, case: Case) -> Sequence[ClockRow]:
        """Read them once; only the holder of the centre's lock changes them."""
        self.load_clocks([case.id])
        return self._clocks[case.id]

    def load_clocks(self, case_ids: Collection[str]) -> None:
        """Load the time limits of these cases by portions."""
        unknown: dict[str, list[ClockRow]] = {id: [] for id in case_ids if id not in self._clocks}
        if not unknown:
            return
        self.session.flush()
        for row in load_by(self.session, CLOCKS, unknown, centre_id=self.centre_id):
            unknown[row.case_id].append(row)
        self._clocks |= unknown

    def start_clock(
        self, case: Case, code: str, since: datetime, end: Deadline, of: Assignment | None, *, fixed: bool
    ) -> ClockRow:
        """Add a row; the assignment it points at must be stored first."""
        self.clocks(case)
        row = self.tx.add(
            ClockRow(
                centre_id=self.centre_id,
                case_id=case.id,
                assignment_id=of.id if of else None,
                code=code,
                started_at=since,
                begun_at=self.now,
                due_at=end.at,
                due_estimated=end.estimated,
                fixed=fixed,
            )
        )
        self._clocks[case.id].append(row)
        return row

    def stop_clock(self, clock: Clock, became: ClockEnd, at: datetime) -> None:
        """Note how it ended."""
        row = own(ClockRow, clock)
        row.stopped_at, row.became = at, became

    def resume_clock(self, clock: Clock) -> None:
        """Forget how it ended."""
        row = own(ClockRow, clock)
        row.stopped_at = row.became = None

    def reckon_clock(self, clock: Clock, end: Deadline) -> None:
        """Note the moment."""
        row = own(ClockRow, clock)
        row.due_at, row.due_estimated = end.at, end.estimated

    def entries(self, case: Case) -> Sequence[records.HistoryEntry]:
        """Read the rows in their order."""
        self.session.flush()
        rows = select(CaseEventRow).where(CaseEventRow.case_id == case.id).order_by(col(CaseEventRow.id))
        found = self.session.exec(rows)
        return [records.HistoryEntry(row.event, row.from_status, row.to_status, row.facts or {}) for row in found]

    def _entry(self, practitioner_id: str, entry: Entry) -> dict[str, Any]:
        return {
            "centre_id": self.centre_id,
            "practitioner_id": practitioner_id,
            "kind": entry.kind.value,
            "turns": entry.turns,
            "effort": entry.effort,
            "at": self.now,
        }

    def _add(self, table: type[Row], **columns: Any) -> Row:
        row = self.tx.add(table(centre_id=self.centre_id, **columns))
        self.session.flush()
        return row
