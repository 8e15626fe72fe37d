"""The replay as a host of what follows an assignment: answers, work, ends, turns and time limits, in memory.

How long work takes, and whether a case is given back, is learned from people's behaviour and goes onto the agenda.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from fractions import Fraction

from dispatch.casework import records as port
from dispatch.casework.clocks import SIGN_BY
from dispatch.domain.law.deadlines import Deadline
from dispatch.domain.ledger import Entry
from dispatch.domain.period import Period
from dispatch.domain.policy.schema import Policy
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
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.behaviour import Behaviour
from dispatch.simulation.replay.centre import Centre, LedgerLine, own
from dispatch.simulation.replay.files import Arrangement, Assignment, Claim, Clock, Replacement


class LifeCentre(Centre):
    """A centre whose practitioners work on what they have."""

    def __init__(self, period: Period, policy: Policy, behaviour: Behaviour, yardstick: Policy | None = None) -> None:
        super().__init__(period, policy, behaviour, yardstick)
        self._won: dict[str, Claim] = {}
        self._by_id: dict[str, Assignment] = {}
        self._held_by: dict[str, list[Assignment]] = defaultdict(list)
        self._credits: dict[str, list[port.Credit]] = defaultdict(list)
        self.unanswered: dict[str, tuple[datetime, str]] = {}
        """When the agreement of each assignment without an answer is due, and its case."""

    def keep_assignment(self, assignment: Assignment) -> None:
        """Put it among all, and on the desk of its practitioner."""
        self.assignments.append(assignment)
        self._by_id[assignment.id] = assignment
        self._held_by[assignment.practitioner_id].append(assignment)

    def held_by(self, practitioner_id: str) -> Sequence[Assignment]:
        """Look at the desk; a case that nobody knows any more was filled before the period."""
        seats = self._held_by[practitioner_id]
        held = (each for each in seats if each.ended_at is None and each.case_id in self.files)
        return sorted(held, key=lambda each: (each.assigned_at, each.case_id))

    def waiting_replacement(self, assignment: port.Assignment) -> Replacement | None:
        """Look at the file."""
        asked = (each for each in self.files[assignment.case_id].replacements if each.state is Review.WAITING)
        return next((each for each in asked if each.assignment_id == assignment.id), None)

    def avoidable_changes(self, case_id: str) -> int:
        """Look at the file."""
        agreed = [each.ground for each in self.files[case_id].replacements if each.state is Review.APPROVED]
        return sum(ground not in UNAVOIDABLE for ground in agreed)

    def add_replacement(
        self, assignment: port.Assignment, asker: Asker, ground: ReplacementGround, due_at: datetime, paper_id: str
    ) -> Replacement:
        """Keep it with the file, and learn when it will be decided; nobody writes papers here."""
        asked = self.files[assignment.case_id].replacements
        number = f"replacement-{assignment.case_id}-{len(asked)}"
        asked.append(Replacement(number, assignment.case_id, assignment.id, asker, ground, self.now, due_at))
        decided = self.behaviour.decides(assignment.case_id, assignment.practitioner_id)
        self.agenda.put(self.office.after(self.now, decided.after_hours), What.DECIDE, asked[-1], decided.verdict)
        return asked[-1]

    def settle_replacement(
        self,
        request: port.Replacement,
        became: Review,
        *,
        same_institution: bool | None = None,
        successor: port.Assignment | None = None,
    ) -> None:
        """Note the decision."""
        kept = own(Replacement, request)
        kept.state, kept.same_institution, kept.decided_at = became, same_institution, self.now

    def live(self, case_id: str) -> Sequence[Assignment]:
        """Look at the file."""
        held = (each for each in self.files[case_id].assignments if each.ended_at is None)
        return sorted(held, key=lambda each: each.seat)

    def accept_assignment(self, assignment: port.Assignment) -> None:
        """Note the moment, and learn how long the work takes."""
        kept = own(Assignment, assignment)
        kept.accepted_at = self.now
        self.unanswered.pop(kept.id, None)
        self.expect_work(kept)

    def sign_assignment(self, assignment: port.Assignment, at: datetime) -> None:
        """Note the moment."""
        own(Assignment, assignment).signed_at = at

    def begin_assignment(self, assignment: port.Assignment) -> None:
        """Note the moment."""
        own(Assignment, assignment).begun_at = self.now

    def unsign_assignment(self, assignment: port.Assignment) -> None:
        """Forget the moment."""
        own(Assignment, assignment).signed_at = None

    def unbegin_assignment(self, assignment: port.Assignment) -> None:
        """Forget the moment."""
        own(Assignment, assignment).begun_at = None

    def assignment(self, assignment_id: str) -> Assignment:
        """Look it up."""
        return self._by_id[assignment_id]

    def reopen_assignment(self, assignment: port.Assignment) -> None:
        """Give the desk back; the claim that led to it has won again."""
        kept = own(Assignment, assignment)
        self.people.take_again(kept)
        kept.ended_at = kept.end_reason = None
        self._move_requests(kept, Review.LAPSED, Review.WAITING)
        if claim := self._won.get(kept.id):
            claim.state = ClaimState.WON
        self.outlook.forget(kept.case_id)
        self.version += 1

    def carried(self, case_id: str) -> Sequence[Assignment]:
        """Look at the file."""
        done = (each for each in self.files[case_id].assignments if each.end_reason is EndReason.CLOSED)
        return sorted(done, key=lambda each: each.seat)

    def grade_assignment(self, assignment: port.Assignment, grade: QualityGrade | None) -> None:
        """Note the grade."""
        own(Assignment, assignment).grade = grade

    def end_assignment(self, assignment: port.Assignment, reason: EndReason) -> None:
        """Free the desk; a claim that led to it has come to nothing where it was not carried through."""
        kept = own(Assignment, assignment)
        kept.ended_at, kept.end_reason = self.now, reason
        self.people.release(kept)
        self.unanswered.pop(kept.id, None)
        self._move_requests(kept, Review.WAITING, Review.LAPSED)
        if reason in GIVEN_UP and (claim := self._won.get(kept.id)):
            claim.state = ClaimState.ABANDONED
        self.outlook.forget(kept.case_id)
        self.version += 1

    def _move_requests(self, assignment: Assignment, state: Review, became: Review) -> None:
        file = self.files.get(assignment.case_id)
        for asked in file.replacements if file else ():
            if asked.assignment_id == assignment.id and asked.state is state:
                asked.state = became

    def credits_of(self, assignment: port.Assignment) -> Sequence[port.Credit]:
        """Return what was written down in the period; nothing was for an assignment made before."""
        return self._credits[assignment.id]

    def add_credits(self, credits: Sequence[port.Credit]) -> None:
        """Write them into everyone's account."""
        for credit in credits:
            self._credits[credit.assignment_id].append(credit)
            self.write(credit.practitioner_id, credit.entry, credit.share, credit.assignment_id)

    def add_abandonment(self, assignment: port.Assignment, reason: GivingBack, *, own: bool) -> None:
        """Let it cool its practitioner down, if it is their own."""
        if own:
            self.given_back.setdefault(assignment.practitioner_id, []).append(self.now)

    def members(self, institution_id: str) -> Collection[str]:
        """Look at who belongs where today, on the list or not."""
        return {id for id, house in self.people.belongs_to.items() if house == institution_id}

    def members_since(self, institution_id: str, case: port.Case) -> Collection[str]:
        """Look at who belonged to it from the day of the first assignment or arrangement on."""
        file = self.files[case.id]
        given = [(each.institution_id, each.assigned_at) for each in file.assignments]
        given += [(each.institution_id, each.entrusted_at) for each in file.arrangements]
        since = min((at for id, at in given if id == institution_id), default=self.now)
        first, today = (at.astimezone(self.people.zone).date() for at in (since, self.now))
        return {
            *self.members(institution_id),
            *(
                tenure.person.id for tenure in self.period.tenures
                if tenure.person.institution_id == institution_id
                and tenure.from_on <= today and (tenure.until_on is None or tenure.until_on > first)
            ),
        }  # fmt: skip

    def open_arrangement(self, case_id: str) -> Arrangement | None:
        """Return the last one, if it is open."""
        made = self.files[case_id].arrangements
        return made[-1] if made and made[-1].state is ArrangementState.OPEN else None

    def add_arrangement(self, case: port.Case, seat: int, institution_id: str, due_at: datetime) -> Arrangement:
        """Keep it with the file, and learn when the institution will answer."""
        made = self.files[case.id].arrangements
        number = f"arrangement-{case.id}-{len(made)}"
        made.append(Arrangement(number, case.id, seat, institution_id, self.now, due_at))
        if answer := self.behaviour.arranges(case.id, institution_id):
            self.agenda.put(self.office.after(self.now, answer.after_hours), What.ARRANGE, made[-1], answer)
        self.agenda.wake(due_at, case.id)
        return made[-1]

    def end_arrangement(
        self, arrangement: port.Arrangement, became: ArrangementState, reason: GivingBack | None = None
    ) -> None:
        """Note what became of it."""
        kept = own(Arrangement, arrangement)
        kept.state, kept.reason, kept.ended_at = became, reason, self.now

    def clocks(self, case: port.Case) -> Sequence[Clock]:
        """Look at the file."""
        return self.files[case.id].clocks

    def start_clock(
        self, case: port.Case, code: str, since: datetime, end: Deadline, of: port.Assignment | None, *, fixed: bool
    ) -> Clock:
        """Keep it with the file."""
        clocks = self.files[case.id].clocks
        number = f"clock-{case.id}-{len(clocks)}"
        clocks.append(Clock(number, case.id, code, since, end.at, of.id if of else None, fixed))
        if of and code == SIGN_BY and not of.accepted_at:
            self.unanswered[of.id] = (end.at, case.id)
            self.agenda.wake(end.at)
        return clocks[-1]

    def stop_clock(self, clock: port.Clock, became: ClockEnd, at: datetime) -> None:
        """Note how it ended."""
        kept = own(Clock, clock)
        kept.stopped_at, kept.became = at, became

    def resume_clock(self, clock: port.Clock) -> None:
        """Forget how it ended."""
        kept = own(Clock, clock)
        kept.stopped_at = kept.became = None

    def reckon_clock(self, clock: port.Clock, end: Deadline) -> None:
        """Note the moment."""
        own(Clock, clock).due_at = end.at

    def expect_work(self, assignment: Assignment) -> None:
        """Learn when it is signed and begun, and whether it will be given back, be asked away, or be done."""
        case_id, who, behaviour = assignment.case_id, assignment.practitioner_id, self.behaviour
        # fmt: off
        after = (
            (What.SIGN,      behaviour.signs(case_id, who)),
            (What.BEGIN,     behaviour.begins(case_id, who)),
            (What.GIVE_BACK, behaviour.gives_back(case_id, who)),
            (What.CLOSE,     behaviour.works(case_id, who)),
        )
        # fmt: on
        for what, time in after:
            if time is not None:
                self.agenda.put(self.now + time, what, assignment)
        if change := behaviour.asks_change(case_id, who):
            self.agenda.put(self.now + change.after, What.ASK_CHANGE, assignment, change)

    def write(self, practitioner_id: str, entry: Entry, share: Fraction, assignment_id: str | None = None) -> None:
        """Write an entry of the ledger."""
        self.people.credit(practitioner_id, entry, share, self.now)
        self.ledger.append(LedgerLine(self.now, practitioner_id, entry, share, assignment_id))
