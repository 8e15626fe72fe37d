"""The port of the casework: what it writes, whether the register keeps it in rows or a replay in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from dispatch.casework.records import (
    Arrangement,
    Assignment,
    Award,
    Case,
    Claim,
    Clock,
    Credit,
    Decision,
    Facts,
    HistoryEntry,
    Offer,
    Plan,
    Posting,
    Records,
    Replacement,
)
from dispatch.domain import ledger
from dispatch.domain.board import Counts
from dispatch.domain.chain import Mark
from dispatch.domain.docket.absence import Days, Met
from dispatch.domain.law.deadlines import Deadline
from dispatch.domain.lifecycle import Event
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.states import (
    ArrangementState,
    Asker,
    ClockEnd,
    EndReason,
    GivingBack,
    OfferState,
    PlanState,
    PostingState,
    QualityGrade,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import ModeName, PairKind, Status


class Host(Records, Protocol):
    """A centre's records, held for one decision: what it writes is kept together."""

    # cases
    def case(self, case_id: str) -> Case:
        """Return a case with what this decision has changed so far."""

    def cases(self, case_ids: Collection[str]) -> Mapping[str, Case]:
        """Return those of the cases that exist, by id."""

    def advance(
        self,
        case: Case,
        event: Event,
        mode: ModeName | None = None,
        facts: Facts | None = None,
        before: Status | None = None,
    ) -> None:
        """Move the case along the table of transitions and write it down; ``before`` for events that lead back."""

    def entries(self, case: Case) -> Sequence[HistoryEntry]:
        """Return what happened to the case, oldest first."""

    def note(self, case: Case, mark: Mark | Event, mode: ModeName | None = None, facts: Facts | None = None) -> None:
        """Write down what leaves the case in its state."""

    def touch(self, case: Case, *, moved: bool = False) -> None:
        """Let the case have changed; only one that has moved waits for a run anew."""

    def refuse(self, case: Case, practitioner_id: str, kinds: Collection[PairKind]) -> None:
        """Remember that this practitioner is not to be asked about this case again."""

    def taken(self, case_ids: Collection[str]) -> Mapping[str, set[int]]:
        """Return the seats of each case that somebody holds; every case has an entry when it is asked for."""

    # plans
    def was_planned(self, case_id: str) -> bool:
        """Tell whether the case was ever put on a chain."""

    def add_plan(self, case: Case, chain: Chain) -> Plan:
        """Put the case before the first step of a chain, under the policy in force."""

    def end_plan(self, case_id: str, became: PlanState) -> None:
        """Let the case be on no chain any more."""

    # wishes
    def wished(self, case: Case) -> Sequence[str]:
        """Return who the recipient wishes for, the most wished first."""

    def set_wishes(self, case: Case, practitioner_ids: Sequence[str]) -> None:
        """Let the recipient wish for these instead."""

    def asked_wishes(self, case: Case, plan: Plan) -> Sequence[Offer]:
        """Return who of the wished for was asked on this way through the chain."""

    # offers
    def pending_offers(self, case_id: str) -> Sequence[Offer]:
        """Return who is being asked, in the order they were asked, then by practitioner."""

    def add_offers(
        self,
        case: Case,
        seat: int,
        practitioner_ids: Sequence[str],
        decision: Decision,
        plan: Plan | None,
        expires_at: datetime,
    ) -> Sequence[Offer]:
        """Ask these practitioners."""

    def end_offer(
        self,
        offer: Offer,
        state: OfferState,
        reason: GivingBack | None = None,
        waived_until: datetime | None = None,
    ) -> None:
        """Let an offer have its answer, or none; until when others come first, where a turn was waived with it."""

    def withdraw_offers(self, case_id: str) -> None:
        """Take back every offer that has no answer yet."""

    def fill_offer(self, offer: Offer, assignment: Assignment) -> None:
        """Note which assignment came of an accepted offer, and its seat: one before it may have come open since."""

    # the board
    def add_posting(self, case: Case, sealed_until: datetime, ends_at: datetime, plan: Plan | None) -> Posting:
        """Put the case on the board."""

    def leave_board(self, case_id: str, became: PostingState) -> None:
        """Take the case off the board; claims that are still open are lost."""

    def open_claims(self, case_id: str) -> Sequence[Claim]:
        """Return the open claims on a case in the order they came, then by practitioner."""

    def new_claim(self, posting: Posting, practitioner_id: str) -> Claim:
        """Return an open claim that is not kept yet."""

    def keep_claim(self, claim: Claim) -> None:
        """Keep a new claim."""

    def count_claims(self, practitioner_id: str) -> Counts:
        """Return what counts against the practitioner's next claim."""

    def lose_claim(self, claim: Claim, reason: str) -> None:
        """End a claim that did not win, with the reason its claimant gets."""

    def win_claim(self, claim: Claim, assignment: Assignment) -> None:
        """Let a claim have won, at once, so that it counts for the next."""

    # assignments and the ledger
    def add_assignment(self, award: Award) -> Assignment:
        """Keep who has the seat."""

    def live(self, case_id: str) -> Sequence[Assignment]:
        """Return who has a seat of the case, the lead first."""

    def accept_assignment(self, assignment: Assignment) -> None:
        """Let its practitioner have accepted it."""

    def sign_assignment(self, assignment: Assignment, at: datetime) -> None:
        """Let its agreement and power of attorney be signed then."""

    def begin_assignment(self, assignment: Assignment) -> None:
        """Let the work on it have begun."""

    def reopen_assignment(self, assignment: Assignment) -> None:
        """Let an assignment that has ended be live again, as it was."""

    def unsign_assignment(self, assignment: Assignment) -> None:
        """Let its agreement not be signed."""

    def unbegin_assignment(self, assignment: Assignment) -> None:
        """Let the work on it not have begun."""

    def assignment(self, assignment_id: str) -> Assignment:
        """Return an assignment, live or ended."""

    def carried(self, case_id: str) -> Sequence[Assignment]:
        """Return the assignments of the case that were carried through, the lead first."""

    def grade_assignment(self, assignment: Assignment, grade: QualityGrade | None) -> None:
        """Let the work on it be graded now, or not be graded."""

    def end_assignment(self, assignment: Assignment, reason: EndReason) -> None:
        """Let the assignment be over; what led to it is released where it was not carried through."""

    def credits_of(self, assignment: Assignment) -> Sequence[Credit]:
        """Return every entry of the ledger made for the assignment."""

    def add_credits(self, credits: Sequence[Credit]) -> None:
        """Write entries of the ledger."""

    def add_abandonment(self, assignment: Assignment, reason: GivingBack, *, own: bool) -> None:
        """Remember that a case won or accepted was given back: by its practitioner, or as an officer wrote it down."""

    # institutions
    def members(self, institution_id: str) -> Collection[str]:
        """Return who belongs to the institution today."""

    def members_since(self, institution_id: str, case: Case) -> Collection[str]:
        """Return who has belonged to the institution at any time since it was given the case, today included."""

    def open_arrangement(self, case_id: str) -> Arrangement | None:
        """Return what an institution is to arrange for the case."""

    def add_arrangement(self, case: Case, seat: int, institution_id: str, due_at: datetime) -> Arrangement:
        """Give a seat to an institution that arranges its person by then."""

    def end_arrangement(
        self, arrangement: Arrangement, became: ArrangementState, reason: GivingBack | None = None
    ) -> None:
        """Let the institution have arranged someone, or not."""

    # replacements
    def held_by(self, practitioner_id: str) -> Sequence[Assignment]:
        """Return every live assignment of the practitioner, the oldest first, then by case."""

    def waiting_replacement(self, assignment: Assignment) -> Replacement | None:
        """Return the request that waits for a decision, if there is one."""

    def avoidable_changes(self, case_id: str) -> int:
        """Return how many requests for the case were agreed to on grounds that could be avoided."""

    def add_replacement(
        self, assignment: Assignment, asker: Asker, ground: ReplacementGround, due_at: datetime, paper_id: str
    ) -> Replacement:
        """Keep a request that waits for its decision."""

    def settle_replacement(
        self,
        request: Replacement,
        became: Review,
        *,
        same_institution: bool | None = None,
        successor: Assignment | None = None,
    ) -> None:
        """Let a request be decided, and note who keeps the case."""

    # time limits
    def clocks(self, case: Case) -> Sequence[Clock]:
        """Return every time limit of the case, running or not, in the order they were begun."""

    def start_clock(
        self, case: Case, code: str, since: datetime, end: Deadline, of: Assignment | None, *, fixed: bool
    ) -> Clock:
        """Let a time limit run that began then, for the case or for one assignment of it."""

    def stop_clock(self, clock: Clock, became: ClockEnd, at: datetime) -> None:
        """Let a time limit have ended then."""

    def resume_clock(self, clock: Clock) -> None:
        """Let a time limit that was stopped run on, to the same moment as before."""

    def reckon_clock(self, clock: Clock, end: Deadline) -> None:
        """Let a time limit end at another moment."""

    # questions that have become vain, and the rotation's calibration
    def asked(self) -> Mapping[str, Collection[str]]:
        """Return everyone who is asked, by case."""

    def asked_absent(self) -> Mapping[str, Collection[str]]:
        """Return the cases that somebody absent is asked about, and who that is."""

    def entrusted_absent(self) -> Collection[str]:
        """Return the cases that an institution is to arrange while it is suspended or gone."""

    def looked_at(self) -> None:
        """Note that everyone who has come back by today is known to the rotation."""

    def adjust(self, practitioner_id: str, entry: ledger.Entry, share: Fraction, days: Days | None = None) -> object:
        """Write an entry that no case is behind; ``days`` are those away that it meets."""

    def undo_return(self, practitioner_id: str, met: Met) -> None:
        """Reverse an entry made for days that turned out to be none of absence."""

    # follow-ups
    def join_run(self) -> None:
        """Let every waiting case go with the newest run that no worker has begun, or with a new one."""

    def ask_for_plans(self, cases: Sequence[Case]) -> None:
        """Let these cases be put on their chains at once; of many, at the next tick."""

    def open_run(self) -> None:
        """Ask for a run over every waiting case."""

    def waiting_since(self) -> datetime | None:
        """Return since when the first case waits that no run has seen since it last moved."""

    def uncalled(self, until: datetime, called_since: datetime) -> Sequence[tuple[str, datetime]]:
        """Return undecided cases due by then, the nearest first, for which nobody was called since."""
