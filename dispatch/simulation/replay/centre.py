"""A centre in memory: what a decision may see, and what an assignment changes. Decisions are elsewhere."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import CaseFacts, DocketFacts, PairFact
from dispatch.domain.docket.ties import Held, Ties, in_order, seats_taken
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.ledger import Entry, reversal_of, turn_for
from dispatch.domain.lifecycle import Event, advance
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Earlier, Period
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import ClaimState, GivingBack, OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.modes.scores import Scores, score
from dispatch.modes.seating import Given, Seats
from dispatch.simulation.replay.agenda import Agenda, What
from dispatch.simulation.replay.behaviour import Behaviour
from dispatch.simulation.replay.files import Assignment, Claim, File, Offer
from dispatch.simulation.replay.people import People

UNDECIDED = (Status.PENDING, Status.POSTED, Status.OFFERED)


@dataclass(frozen=True, slots=True)
class Done:
    """Something people did, in words that another record of the same day can be held against."""

    at: datetime
    what: str
    case_id: str
    practitioner_id: str = ""
    facts: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class Tally:
    """What is counted on the way."""

    offers: dict[OfferState, int] = field(default_factory=lambda: dict.fromkeys(OfferState, 0))
    reasons: dict[GivingBack, int] = field(default_factory=lambda: dict.fromkeys(GivingBack, 0))
    runs: int = 0
    refused: int = 0
    """Answers and claims that came to nothing because a rule, a cap or a quota stood against them by then."""


class Centre:
    """Everything of one centre at one moment, ``now``."""

    def __init__(self, period: Period, policy: Policy, behaviour: Behaviour, yardstick: Policy | None = None) -> None:
        self.period, self.policy, self.behaviour = period, policy, behaviour
        self.yardstick = yardstick or policy
        self.office = OfficeHours.of(policy)
        self.agenda, self.tally = Agenda(), Tally()
        self.people = People(period, policy)
        self.ties = Ties.of(period.relations)
        self.files: dict[str, File] = {}
        self.earlier: dict[str, list[Assignment]] = {}
        self.assignments: list[Assignment] = []
        self.done: list[Done] = []
        self.claims: dict[str, list[Claim]] = {}
        self.refused: Counter[str] = Counter()
        """How often each declined, or did not answer."""
        self.given_back: dict[str, list[datetime]] = {}
        self.undecided: dict[str, File] = {}
        self.run: tuple[int, set[str]] | None = None
        """Seed and cases of a run that no worker has begun."""
        self.last_run_at: datetime | None = None
        self.now = period.since
        self.version, self.day_began = 0, False
        self._seen: tuple[object, tuple[Docket, Eligibility]] | None = None
        self._recorded: dict[str, set[tuple[str, PairKind]]] = {}
        for pair in period.pairs:
            self._recorded.setdefault(pair.case_id, set()).add((pair.practitioner_id, pair.kind))

    def note(self, what: str, case_id: str, practitioner_id: str = "", *facts: str) -> None:
        """Write down what people did."""
        self.done.append(Done(self.now, what, case_id, practitioner_id, facts))

    def grant(self, case: CaseFacts) -> File:
        """Open the file of a case that is granted now."""
        file = self.files[case.id] = File(case, Status.PENDING, self.now)
        file.pairs |= self._recorded.get(case.id, set())
        file.assignments += self.earlier.pop(case.id, [])
        self.undecided[case.id] = file
        return file

    def remember(self, earlier: Earlier) -> Assignment:
        """Take an assignment over that was made before the period."""
        assignment = Assignment(
            earlier.case_id, earlier.seat, earlier.practitioner_id, earlier.institution_id, earlier.mode,
            earlier.assigned_at, in_period=False, accepted_at=earlier.assigned_at,
        )  # fmt: skip
        if earlier.ends_at is not None and earlier.ends_at < self.now:
            assignment.ended_at, assignment.end_reason = earlier.ends_at, earlier.end_reason
        self.earlier.setdefault(earlier.case_id, []).append(assignment)
        return assignment

    def advance(self, file: File, event: Event) -> None:
        """Move a case along the table of transitions."""
        file.status = advance(file.status, event)
        if file.status in UNDECIDED:
            self.undecided[file.case.id] = file
        else:
            self.undecided.pop(file.case.id, None)
        self.touch(file)

    def touch(self, file: File, *, moved: bool = True) -> None:
        """Let the case have changed now; only one that has moved waits for a run anew."""
        file.revision += 1
        file.updated_at = self.now if moved else file.updated_at
        self.version += 1

    def refuse(self, file: File, practitioner_id: str, *more: PairKind) -> None:
        """Remember that this practitioner is not to be asked about this case again."""
        file.pairs |= {(practitioner_id, kind) for kind in (PairKind.REFUSED, *more)}
        self.refused[practitioner_id] += 1
        self.version += 1

    def docket(self, case_ids: Collection[str], *statuses: Status, seed: int = 0) -> tuple[Docket, Eligibility]:
        """Return what a decision on these cases may see now, and who may take them."""
        asked = (self.now, self.version, tuple(case_ids), statuses, seed)
        if self._seen is None or self._seen[0] != asked:
            facts = self.facts(case_ids, statuses or (Status.PENDING,))
            self._seen = (asked, self.judged(facts, seed))
        return self._seen[1]

    def judged(self, facts: DocketFacts, seed: int = 0) -> tuple[Docket, Eligibility]:
        """Return the docket of some facts of this moment, and who may take its cases."""
        docket = Docket.among(self.people.roster(), facts, self.policy, seed)
        return docket, eligible(docket, self.people.memory)

    def facts(self, case_ids: Iterable[str], statuses: Collection[Status]) -> DocketFacts:
        """Return what is known of those of the cases that are in one of the states, with a seat to fill."""
        waiting = sorted(id for id in case_ids if self.files[id].status in statuses)
        known = set(waiting).union(*(self.ties.touching(id) for id in waiting))
        held = {id: [each.as_held() for each in found] for id in known if (found := self._assignments_of(id))}
        cases = tuple(self._case(id, held) for id in waiting if self.files[id].case.demand > seats_taken(id, held))
        recorded = (
            PairFact(case_id=id, practitioner_id=who, kind=kind) for id in waiting for who, kind in self.files[id].pairs
        )
        implied = (fact for case in cases for fact in self.ties.implied(case.id, held, self.people.members))
        pairs = in_order([*recorded, *implied])
        return DocketFacts(
            centre_id=self.period.centre_id, now=self.now, cases=cases, practitioners=self.people.people, pairs=pairs
        )

    def give(self, seats: Seats, case_id: str, practitioner_id: str, mode: ModeName, event: Event) -> tuple[str, ...]:
        """Give the case's next open seat, or change nothing and return why not."""
        given = seats.give(case_id, practitioner_id)
        if not isinstance(given, Given):
            return given
        file, docket = self.files[case_id], seats.docket
        case, person = docket.case_at(given.row), docket.practitioner_at(given.column)
        entry = turn_for(case, self.policy)
        assignment = Assignment(
            case_id=case_id,
            seat=min({0, 1} - file.seats_taken()),
            practitioner_id=person.id,
            institution_id=person.institution_id,
            mode=mode,
            assigned_at=self.now,
            effort=entry.effort,
            share=docket.practitioner.share[0, given.column],
            score=self._worth(docket, given),
            pool=seats.pool(given.row),
            accepted_at=self.now if event is Event.ACCEPT else None,
        )
        file.assignments.append(assignment)
        self.assignments.append(assignment)
        self.people.take(assignment)
        self.people.credit(person.id, entry, assignment.share, self.now)
        self._move(file, event)
        self._follow(assignment)
        return ()

    def _follow(self, assignment: Assignment) -> None:
        if assignment.accepted_at is None:
            said = self.behaviour.answer_assignment(assignment.case_id, assignment.practitioner_id)
            if said:
                at = self.office.after(self.now, said.after_hours)
                self.agenda.put(at, What.STAND, assignment, said)
            return
        self.accepted(assignment)

    def accepted(self, assignment: Assignment) -> None:
        """Let the work begin: it ends one day, or is given back."""
        case_id, who = assignment.case_id, assignment.practitioner_id
        back = self.behaviour.gives_back(case_id, who) if assignment.in_period else None
        if back is not None:
            self.agenda.put(self.now + back, What.GIVE_BACK, assignment)
        self.agenda.put(self.now + self.behaviour.works(case_id, who), What.CLOSE, assignment)

    def take_back(self, file: File, assignment: Assignment, how: str, reason: GivingBack | None) -> None:
        """End an assignment that is not carried through, and give the turn back."""
        assignment.ended_at, assignment.end_reason = self.now, how
        back: Entry = reversal_of(1, assignment.effort)
        self.people.credit(assignment.practitioner_id, back, assignment.share, self.now)
        self.people.release(assignment)
        more = (PairKind.CONFLICT,) if reason is GivingBack.CONFLICT else ()
        self.refuse(file, assignment.practitioner_id, *more)

    def withdraw_offers(self, file: File) -> None:
        """Take back every offer that has no answer yet."""
        for offer in file.pending():
            self.settle_offer(offer, OfferState.WITHDRAWN)

    def settle_offer(self, offer: Offer, state: OfferState, reason: GivingBack | None = None) -> None:
        """Let an offer have ended."""
        offer.state = state
        self.people.asked[self.people.number[offer.practitioner_id]] -= 1
        self.tally.offers[state] += 1
        if reason:
            self.tally.reasons[reason] += 1

    def reopen_offer(self, offer: Offer) -> None:
        """Let an acceptance not have been: a rule or a cap stood against it by then."""
        self.tally.offers[offer.state] -= 1
        self.tally.refused += 1
        self.people.asked[self.people.number[offer.practitioner_id]] += 1
        offer.state = OfferState.PENDING

    def leave_board(self, file: File) -> None:
        """Take a case off the board; claims that are still open are lost."""
        if file.posting:
            for claim in file.posting.open_claims():
                claim.state, claim.settled_at = ClaimState.LOST, self.now
        file.posting = None

    def _assignments_of(self, case_id: str) -> list[Assignment]:
        file = self.files.get(case_id)
        return [*self.earlier.get(case_id, ()), *(file.assignments if file else ())]

    def _case(self, case_id: str, held: dict[str, list[Held]]) -> CaseFacts:
        case = self.files[case_id].case
        return replace(
            case,
            demand=case.demand - seats_taken(case_id, held),
            relaxed=self.files[case_id].relaxed,
            earlier_counsel=self.ties.earlier_counsel(case_id, held),
            joint_group=self.ties.joint_group(case_id),
            opposing_case_ids=tuple(sorted(self.ties.opposing.get(case_id, ()))),
        )

    def _move(self, file: File, event: Event) -> None:
        if len(file.seats_taken()) < file.case.demand:
            # The lead is named; the case keeps waiting, and keeps its age, for its second.
            self.touch(file)
            return
        self.advance(file, event)
        file.filled_at = file.filled_at or self.now
        if event is Event.ACCEPT:
            self.withdraw_offers(file)
        if event is Event.GRAB:
            self.leave_board(file)
        if file.plan:
            file.plan.open = False

    def _worth(self, docket: Docket, given: Given) -> int:
        return sum(self._scores(docket).terms(given.row, given.column).values())

    def _scores(self, docket: Docket) -> Scores:
        return score(replace(docket, policy=self.yardstick))
