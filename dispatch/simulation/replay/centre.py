"""A centre in memory: what a decision may see at one moment. What it writes is with the host."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, TypeVar

from dispatch.casework import records as port
from dispatch.domain.board import USED, WEEK, Counts
from dispatch.domain.calendar import WorkingDays
from dispatch.domain.conflicts.learned import LearnedTies
from dispatch.domain.docket.absence import Absence
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.draw import seed_on
from dispatch.domain.docket.facts import CaseFacts, DocketFacts, PairFact
from dispatch.domain.docket.ties import Held, Ties, in_order, seats_taken
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.ledger import Entry
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Earlier, Period
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import ClaimState, GivingBack, OfferState
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.simulation.replay.agenda import Agenda
from dispatch.simulation.replay.behaviour import Behaviour
from dispatch.simulation.replay.files import Assignment, Claim, File, Posting
from dispatch.simulation.replay.outlook import Outlook
from dispatch.simulation.replay.people import People

Kept = TypeVar("Kept")

STANDING = (ClaimState.OPEN, ClaimState.WON)


class Act(NamedTuple):
    """Something people did, in terms that can be compared with another record of the same day."""

    at: datetime
    what: str
    case_id: str
    practitioner_id: str = ""
    facts: tuple[str, ...] = ()


class Happened(NamedTuple):
    """An entry of a case's history."""

    at: datetime
    case_id: str
    event: str
    before: Status
    after: Status
    mode: ModeName | None
    facts: port.Facts | None


class LedgerLine(NamedTuple):
    """An entry of the ledger."""

    at: datetime
    practitioner_id: str
    entry: Entry
    share: Fraction
    assignment_id: str | None = None


@dataclass(slots=True, eq=False)
class Tally:
    """What is counted on the way."""

    offers: dict[OfferState, int] = field(default_factory=lambda: dict.fromkeys(OfferState, 0))
    reasons: dict[GivingBack, int] = field(default_factory=lambda: dict.fromkeys(GivingBack, 0))
    runs: int = 0
    refused: int = 0
    """Answers and claims that came to nothing because a rule, a cap or a quota forbade them by then."""


class Centre:
    """Everything of one centre at the moment ``now``."""

    def __init__(self, period: Period, policy: Policy, behaviour: Behaviour, yardstick: Policy | None = None) -> None:
        self.period, self.policy, self.behaviour = period, policy, behaviour
        self.yardstick = yardstick or policy
        self.office = OfficeHours.of(policy, WorkingDays.of(period.notices))
        self.agenda, self.tally = Agenda(), Tally()
        self.people = People(period, policy)
        self.relations = set(period.relations)
        self.ties = Ties.of(period.relations)
        self.files: dict[str, File] = {}
        self.undecided: dict[str, File] = {}
        self.stirred: set[str] = set()
        """Cases written about since the last tasks began: for those of the next to look at."""
        self._at_hand: set[str] = set()
        self.earlier: dict[str, list[Assignment]] = {}
        self.assignments: list[Assignment] = []
        self.acts: list[Act] = []
        self.history: list[Happened] = []
        self.ledger: list[LedgerLine] = []
        self.claims: dict[str, list[Claim]] = {}
        """By claimant."""
        self.refused: Counter[str] = Counter()
        """How often each declined, or did not answer."""
        self.given_back: dict[str, list[datetime]] = {}
        self.outlook = Outlook(self.people, self.ties, policy, self.office)
        self.queued: list[tuple[int, set[str]]] = []
        """Seed and cases of each run that no worker has begun."""
        self.last_run_at: datetime | None = None
        self.now = period.since
        self.version, self.day_began = 0, True
        self.night_of: date | None = None
        """The day whose night's work is done."""
        self._seen: tuple[object, port.Judged] | None = None
        self._recorded: dict[str, set[tuple[str, PairKind]]] = {}
        for pair in period.pairs:
            self._recorded.setdefault(pair.case_id, set()).add((pair.practitioner_id, pair.kind))

    def begin_tasks(self, case_ids: Collection[str]) -> None:
        """Let the tasks of this minute look at these cases, and at what was written about before."""
        self._at_hand, self.stirred = self.stirred.union(case_ids), set()

    def at_hand(self) -> list[File]:
        """Return the undecided cases the tasks have to look at: with any other, nothing has changed or become due."""
        ids = sorted(self._at_hand | self.stirred)
        return [file for id in ids if (file := self.undecided.get(id))]

    # what comes from outside

    def do(self, what: str, case_id: str, practitioner_id: str = "", *facts: str) -> None:
        """Write down what people did."""
        self.acts.append(Act(self.now, what, case_id, practitioner_id, facts))

    def grant(self, case: CaseFacts) -> File:
        """Open the file of a case that is granted now."""
        file = self.files[case.id] = File(case, Status.PENDING, self.now)
        file.pairs |= self._recorded.get(case.id, set())
        file.assignments += self.earlier.pop(case.id, [])
        self.undecided[case.id] = file
        self.stirred.add(case.id)
        return file

    def learn(self, learned: LearnedTies) -> None:
        """Know ties between cases from now on, and know others no more."""
        self.relations = self.relations.difference(learned.dropped).union(learned.found)
        self.outlook.ties, before = Ties.of(sorted(self.relations)), self.ties
        self.ties = self.outlook.ties
        for _, *pair in (*learned.found, *learned.dropped):
            for id in {*pair, *(near for each in pair for near in before.touching(each))}:
                self.outlook.forget(id)
        self.version += 1

    def remember(self, earlier: Earlier) -> Assignment:
        """Take an assignment over that was made before the period."""
        assignment = Assignment(
            f"earlier-{earlier.case_id}-{earlier.seat}-{earlier.practitioner_id}", earlier.case_id, earlier.seat,
            earlier.practitioner_id, earlier.institution_id, earlier.mode, earlier.assigned_at, in_period=False,
            duty=earlier.duty, accepted_at=earlier.accepted_at or earlier.assigned_at,
        )  # fmt: skip
        if earlier.ends_at is not None and earlier.ends_at < self.now:
            assignment.ended_at, assignment.end_reason = earlier.ends_at, earlier.end_reason
            assignment.accepted_at = earlier.accepted_at
        self.earlier.setdefault(earlier.case_id, []).append(assignment)
        return assignment

    def docket(
        self, case_ids: Collection[str], *statuses: Status, alone: str | None = None, seed: int = 0
    ) -> port.Judged:
        """Draw it up once for as long as nothing changes; everyone is looked at."""
        seed = self.seed(seed)
        asked = (self.now, self.version, tuple(case_ids), statuses, seed)
        if self._seen is None or self._seen[0] != asked:
            facts = self.facts(case_ids, statuses or (Status.PENDING,))
            self._seen = (asked, self.judged(facts, seed))
            self.outlook.see(self._seen[1])
        return self._seen[1]

    def seed(self, otherwise: int) -> int:
        """Return the seed of the day's draw, as the centre had it; one of no centre has the one it is given."""
        root = self.period.draw_root
        return seed_on(root, self.policy.day_of(self.now)) if root else otherwise

    def judged(self, facts: DocketFacts, seed: int = 0) -> port.Judged:
        """Return the docket of some facts of this moment, and who may take its cases."""
        docket = Docket.among(self.people.roster(self.now), facts, self.policy, seed)
        return docket, eligible(docket, self.people.memory)

    def facts(self, case_ids: Iterable[str], statuses: Collection[Status]) -> DocketFacts:
        """Return what is known of those of the cases that are in one of the states, with a seat to fill."""
        waiting = sorted(id for id in case_ids if self.files[id].status in statuses)
        known = set(waiting).union(*(self.ties.touching(id) for id in waiting))
        held = {
            id: [each.as_held(self.people.belongs_to.get(each.practitioner_id)) for each in found]
            for id in known if (found := self._assignments_of(id))
        }  # fmt: skip
        cases = tuple(self._case(id, held) for id in waiting if self.files[id].case.demand > seats_taken(id, held))
        recorded = (
            PairFact(case_id=id, practitioner_id=who, kind=kind) for id in waiting for who, kind in self.files[id].pairs
        )
        implied = (fact for case in cases for fact in self.ties.implied(case, held, self.people.houses))
        pairs = in_order([*recorded, *implied])
        return DocketFacts(
            centre_id=self.period.centre_id, now=self.now, cases=cases, practitioners=self.people.people, pairs=pairs
        )

    def waiting(self) -> list[File]:
        """Return the cases that can be in a run."""
        return [file for id in sorted(self.undecided) if can_run(file := self.undecided[id])]

    def absences(self, until: date) -> Mapping[str, Sequence[Absence]]:
        """Look at what was drawn or recorded."""
        return self.people.absences(until)

    def open_posting(self, case_id: str) -> Posting | None:
        """Return the last one, if it is open."""
        return self.files[case_id].posting

    def claims_of(self, practitioner_id: str, posting: port.Posting) -> tuple[Claim | None, Counts]:
        """Look through the claims on the posting."""
        mine = (each for each in own(Posting, posting).claims if each.practitioner_id == practitioner_id)
        return next((each for each in mine if each.state in STANDING), None), self.count_claims(practitioner_id)

    def count_claims(self, practitioner_id: str) -> Counts:
        """Count with what has been settled so far."""
        made, now = self.claims.get(practitioner_id, ()), self.now
        cooling_since = now - timedelta(hours=self.policy.grab.cool_down_hours)
        return Counts(
            open_claims=sum(each.state is ClaimState.OPEN for each in made),
            used_this_week=sum(
                each.state in USED and each.settled_at is not None and each.settled_at > now - WEEK for each in made
            ),
            given_back=sum(at > cooling_since for at in self.given_back.get(practitioner_id, ())),
        )

    def _assignments_of(self, case_id: str) -> list[Assignment]:
        file = self.files.get(case_id)
        return [*self.earlier.get(case_id, ()), *(file.assignments if file else ())]

    def _case(self, case_id: str, held: dict[str, list[Held]]) -> CaseFacts:
        file = self.files[case_id]
        now: dict[str, Any] = {
            "demand": file.demand - seats_taken(case_id, held),
            "relaxed": tuple(file.relaxed),
            "earlier_counsel": self.ties.earlier_counsel(case_id, held),
            "joint_group": self.ties.joint_group(case_id),
            "opposing_case_ids": tuple(sorted(self.ties.apart(case_id))),
        }
        # Most cases are as they came: to copy all of their facts would cost more than to look.
        changed = {name: value for name, value in now.items() if getattr(file.case, name) != value}
        return replace(file.case, **changed) if changed else file.case


def can_run(file: File) -> bool:
    """Tell whether a case waits and no other step of its chain has it."""
    return file.status is Status.PENDING and not file.asked_elsewhere()


def own(kind: type[Kept], record: object) -> Kept:
    """Return a record as what it is."""
    # A host is given back only what it gave out.
    assert isinstance(record, kind)
    return record
