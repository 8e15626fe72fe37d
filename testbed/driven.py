"""The service on its register, driven through the days that a replay has played, act by act, by its live commands."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.casework import clocks
from dispatch.casework.deadline_watch import next_look
from dispatch.casework.matching import enter_queue
from dispatch.commands.board import claim, resolve_windows
from dispatch.commands.cases.holders import review_asked
from dispatch.commands.chain import advance_plans, start_plan, watch_deadlines
from dispatch.commands.housekeeping import check_register, request_checks
from dispatch.commands.jobs import JobContext
from dispatch.commands.life import arrangements, ends, replacements, work
from dispatch.commands.life.arrangements import expire_arrangements
from dispatch.commands.life.transfers import transfer
from dispatch.commands.offers.offers import answer, expire_due
from dispatch.commands.offers.undertaking import abandon, answer_assignment, expire_assignments
from dispatch.commands.roster.consequences import ask_on_absent
from dispatch.commands.rotation.order import calibrate
from dispatch.commands.runs.requests import apply_run, request_due_runs, solve_run
from dispatch.commands.wishes import name_wishes
from dispatch.domain.errors import ClaimRefusedError, NotEligibleError, TooManyChangesError
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor
from dispatch.domain.states import (
    ArrangementState,
    Asker,
    CaseOutcome,
    GivingBack,
    OfferState,
    ReplacementGround,
    Review,
    TerminationGround,
    TransferGround,
)
from dispatch.domain.vocabulary import ON_NOTICE, JobStatus, RelationKind, Role, Status
from dispatch.registry.census import list_centres
from dispatch.registry.host import RegisterHost
from dispatch.registry.seal import Seal
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    CaseRow,
    JobRow,
    OfferRow,
    ProposalRow,
    RelationRow,
    ReplacementRow,
)
from dispatch.registry.transaction import Begin, Read
from dispatch.simulation.replay.centre import Act
from testbed.rows import a_user


def watch(begin: Begin, read: Read, now: datetime) -> None:
    """Watch the deadlines at the moments the replay does."""
    if next_look(now) == now:
        watch_deadlines(begin, read, now)


def keep_night(begin: Begin, read: Read, now: datetime) -> None:
    """Do the night's work as the workers do it, once its time has come."""
    if request_checks(begin, read, now):
        with read() as session:
            centres = [centre.id for centre in list_centres(session)]
        for centre_id in centres:
            check_register(begin, read, now, centre_id)


TASKS: tuple[Callable[[Begin, Read, datetime], object], ...] = (
    resolve_windows,
    ask_on_absent,
    expire_due,
    expire_arrangements,
    expire_assignments,
    advance_plans,
    request_due_runs,
    calibrate,
    watch,
    keep_night,
)
"""What the scheduler starts that decides about cases, in its order."""

OBSTACLE, REASON, REPORT = "away until the hearing", "as the parties have asked", "judgment for the recipient"


class LiveService(NamedTuple):
    """A register of one centre, and who acts in it."""

    begin: Begin
    read: Read
    seal: Seal
    clerk: Actor
    manager: Actor


class Driven:
    """Lives the minutes of a replay with its acts; what a rule refuses is left undone on both sides."""

    def __init__(self, service: LiveService, acts: Iterable[Act]) -> None:
        self.service = service
        self.acts = {at: list(acts) for at, acts in groupby(acts, key=lambda act: act.at)}
        self.refused = 0
        self._runs: deque[str] = deque()
        self._people: dict[str, Actor] = {}

    def live(self, minutes: Iterable[datetime]) -> None:
        """Let people act and the clock do its part, minute by minute."""
        for now in minutes:
            for act in self.acts.get(now, ()):
                self.call(act.what, now, partial(self._do, now, act))
            for task in TASKS:
                self.call(task.__name__, now, partial(task, self.service.begin, self.service.read, now))
            self.call("solve_run", now, partial(self._solve, now))

    def call(self, name: str, now: datetime, command: Callable[[], object]) -> None:
        """Do one thing of a minute."""
        command()

    def _do(self, now: datetime, act: Act) -> None:
        try:
            getattr(self, act.what)(now, act)
        except (NotEligibleError, ClaimRefusedError, TooManyChangesError):
            self.refused += 1

    def learn(self, now: datetime, act: Act) -> None:
        """Let a tie between two cases become known, and both be judged by it."""
        kind, other = act.facts
        with self.service.begin() as tx:
            centre_id = self.service.clerk.centre_id
            tie = RelationKind(kind)
            tx.add(RelationRow(centre_id=centre_id, recorded_at=now, case_id=act.case_id, other_id=other, kind=tie))
            host = RegisterHost(tx, centre_id, None, now)
            for case_id in sorted((act.case_id, other)):
                review_asked(host, host.case(case_id))

    def grant(self, now: datetime, act: Act) -> None:
        """Let aid be granted, as an officer does."""
        with self.service.begin() as tx:
            case = tx.session.get_one(CaseRow, act.case_id)
            case.status, case.updated_at = Status.PENDING, now
            host = RegisterHost(tx, case.centre_id, None, now)
            granted = Event.NOTICE if case.source in ON_NOTICE else Event.GRANT
            clocks.follow(host, case, granted, at=case.entitled_at)
            enter_queue(host, [case])

    def plan(self, now: datetime, act: Act) -> None:
        """Put the case on its chain."""
        start_plan(self.service.begin, self.service.clerk, now, act.case_id)

    def wish(self, now: datetime, act: Act) -> None:
        """Name wishes, as the recipient has told the clerk."""
        name_wishes(self.service.begin, self.service.clerk, now, act.case_id, act.facts)

    def answer(self, now: datetime, act: Act) -> None:
        """Answer an offer."""
        asked = (OfferRow.case_id == act.case_id, OfferRow.practitioner_id == act.practitioner_id)
        [offer] = self._all(OfferRow, *asked, OfferRow.state == OfferState.PENDING)
        answer(self.service.begin, self._acting(act), now, offer.id, *_words(act))

    def claim(self, now: datetime, act: Act) -> None:
        """Claim a case on the board."""
        claim(self.service.begin, self.service.read, self._acting(act), now, act.case_id)

    def respond(self, now: datetime, act: Act) -> None:
        """Answer an assignment."""
        answer_assignment(self.service.begin, self._acting(act), now, self._held(act).id, *_words(act))

    def give_back(self, now: datetime, act: Act) -> None:
        """Give an accepted case back."""
        abandon(self.service.begin, self._acting(act), now, self._held(act).id, GivingBack.OTHER)

    def entrust(self, now: datetime, act: Act) -> None:
        """Give the case to an institution."""
        arrangements.entrust(self.service.begin, self.service.clerk, now, act.case_id, act.facts[0], REASON)

    def arrange(self, now: datetime, act: Act) -> None:
        """Let the institution name its person."""
        given = self._given(act)
        secretary = self._actor(Role.INSTITUTION, institution_id=given.institution_id)
        arrangements.arrange(self.service.begin, secretary, now, given.id, act.practitioner_id)

    def decline_arrangement(self, now: datetime, act: Act) -> None:
        """Let the institution give the case back."""
        given, reason = self._given(act), GivingBack(act.facts[0])
        secretary = self._actor(Role.INSTITUTION, institution_id=given.institution_id)
        arrangements.decline(self.service.begin, secretary, now, given.id, reason)

    def sign(self, now: datetime, act: Act) -> None:
        """Write the agreement down."""
        work.sign(*self._decision(self._acting(act), now), self._held(act).id)

    def begin(self, now: datetime, act: Act) -> None:
        """Let the work begin."""
        work.begin_work(*self._decision(self._acting(act), now), self._held(act).id, OBSTACLE)

    def close(self, now: datetime, act: Act) -> None:
        """Hand in the closing report."""
        given = (*self._decision(self._acting(act), now), self._held(act).id)
        work.close(*given, CaseOutcome.JUDGMENT, REPORT)

    def leave(self, now: datetime, act: Act) -> None:
        """Let the case leave from outside."""
        decision = (*self._decision(self.service.manager, now), act.case_id)
        match act.facts[0]:
            case Event.TERMINATE:
                ends.terminate(*decision, TerminationGround.MEANS, REASON)
            case Event.RETAIN:
                ends.retain(*decision, REASON)
            case _:
                transfer(*decision, TransferGround.JURISDICTION, "elsewhere", REASON)

    def ask_change(self, now: datetime, act: Act) -> None:
        """Ask for another practitioner."""
        asker, ground = act.facts
        who = self._actor(Role.RECIPIENT, case_id=act.case_id) if asker == Asker.RECIPIENT else self._acting(act)
        decision = (*self._decision(who, now), act.case_id)
        replacements.ask(*decision, ReplacementGround(ground), REASON, assignment_id=self._held(act).id)

    def decide(self, now: datetime, act: Act) -> None:
        """Decide the request that waits."""
        waiting = (ReplacementRow.case_id == act.case_id, ReplacementRow.state == Review.WAITING)
        theirs = {row.assignment_id for row in self._all(ReplacementRow, *waiting)}
        rows = self._all(AssignmentRow, AssignmentRow.practitioner_id == act.practitioner_id)
        [assignment_id] = theirs & {row.id for row in rows}
        [row] = self._all(ReplacementRow, *waiting, ReplacementRow.assignment_id == assignment_id)
        approve, same = act.facts == ("agree", act.facts[1]), act.facts[1] == "same"
        replacements.decide(*self._decision(self.service.manager, now), row.id, approve, REASON, same)

    def hand_over(self, now: datetime, act: Act) -> None:
        """Hand all open cases of someone over."""
        decision = (*self._decision(self.service.manager, now), act.practitioner_id)
        replacements.hand_over(*decision, ReplacementGround(act.facts[0]), REASON)

    def confirm(self, now: datetime, act: Act) -> None:
        """Confirm the oldest run that waits for it."""
        apply_run(self.service.begin, self.service.manager, now, self._runs.popleft())

    def _decision(self, actor: Actor, now: datetime) -> tuple[Begin, Seal, Actor, datetime]:
        return self.service.begin, self.service.seal, actor, now

    def _acting(self, act: Act) -> Actor:
        return self._actor(Role.PRACTITIONER, practitioner_id=act.practitioner_id)

    def _actor(self, role: Role, **tied: Any) -> Actor:
        """Return whoever of the role is tied to that person, institution or case; they are users from then on."""
        [who], centre_id = tied.values(), self.service.clerk.centre_id
        if who not in self._people:
            with self.service.begin() as tx:
                user = tx.add(a_user(centre_id, f"user-{who}", role))
            self._people[who] = Actor(user_id=user.id, role=role, centre_id=centre_id, **tied)
        return self._people[who]

    def _held(self, act: Act) -> AssignmentRow:
        held = (AssignmentRow.case_id == act.case_id, AssignmentRow.practitioner_id == act.practitioner_id)
        row: AssignmentRow
        [row] = self._all(AssignmentRow, *held, col(AssignmentRow.ended_at).is_(None))
        return row

    def _given(self, act: Act) -> ArrangementRow:
        row: ArrangementRow
        still = (ArrangementRow.case_id == act.case_id, ArrangementRow.state == ArrangementState.OPEN)
        [row] = self._all(ArrangementRow, *still)
        return row

    def _solve(self, now: datetime) -> None:
        for job in self._all(JobRow, JobRow.status == JobStatus.QUEUED):
            solve_run(JobContext(self.service.begin, self.service.read, lambda: now, "worker"), job.id)
            proposed = self._all(ProposalRow, ProposalRow.run_id == job.id)
            self._runs += [job.id] if any(row.practitioner_id for row in proposed) else []

    def _all(self, table: Any, *conditions: Any) -> Sequence[Any]:
        with self.service.read() as session:
            return session.exec(select(table).where(*conditions)).all()


def _words(act: Act) -> tuple[bool, GivingBack | None]:
    accept = act.facts == ("accept",)
    return accept, None if accept else GivingBack(act.facts[0])
