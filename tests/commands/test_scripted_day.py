"""Two weeks of one small office in every mode, with a clock of our own: each event, turn and deadline is checked."""

from datetime import date, timedelta

import pytest

from dispatch.commands.board import claim, resolve_windows
from dispatch.commands.chain import advance_plans, start_plan, watch_deadlines
from dispatch.commands.designation import designate, review_designation
from dispatch.commands.jobs import JobContext
from dispatch.commands.offers.offers import answer, expire_due
from dispatch.commands.offers.undertaking import abandon, answer_assignment, review_abandonment
from dispatch.commands.roster.absences import Leave, report_leave
from dispatch.commands.rotation.order import calibrate, rotation
from dispatch.commands.rotation.unfairness_bound import fairness
from dispatch.commands.runs.requests import apply_run, request_run, solve_run
from dispatch.commands.wishes import name_wishes
from dispatch.domain.errors import OfferExpiredError, SecondPersonError
from dispatch.domain.states import ClaimState, GivingBack, OfferState, PlanState
from dispatch.domain.vocabulary import ModeName, RelationKind, Status
from dispatch.registry.tables import (
    AssignmentRow,
    CaseRow,
    ClaimRow,
    LedgerRow,
    OfferRow,
    PlanRow,
    RelationRow,
)
from tests.rows import NOW, attributes_row, practitioner_row

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CHAIN = [("continuity", 4), ("point_selection", 8), ("grab", 4), ("rotation", 8), ("optimized", None)]


class Office:
    """The register, its people, and the time they live in."""

    def __init__(self, register):
        self.register, self.now = register, NOW
        register.a_policy(CHAIN, grab={"window_minutes": 10, "epsilon": 0, "cool_down_hours": 72})
        levels = {"an": 90, "bo": 60, "chen": 30}
        self.rows = {code: register.a_practitioner(code, specialties={"wages": n}) for code, n in levels.items()}
        self.people = {code: register.acting(row) for code, row in self.rows.items()}

    def join(self, code):
        row = practitioner_row(self.register.centre.id, code, entered_on=self.now.date())
        stated = attributes_row(row, self.register.the_institution(), from_on=self.now.date())
        self.register.add(row, stated)
        self.rows[code], self.people[code] = row, self.register.acting(row)

    def comes(self, number, **columns):
        """A case is granted now, with a week to its deadline, and put on its chain."""
        plain = {"received_at": self.now, "granted_at": self.now, "due_at": self.now + 7 * DAY}
        case = self.register.a_case(number, **{**plain, **columns})
        start_plan(self.register.begin, self.register.clerk, self.now, case.id)
        return case

    def wait(self, span):
        self.now += span
        for task in (resolve_windows, expire_due, advance_plans, watch_deadlines, calibrate):
            task(self.register.begin, self.register.read, self.now)

    def until(self, moment):
        self.wait(moment - self.now)

    def plan(self, case):
        [plan] = self.register.all(PlanRow, PlanRow.case_id == case.id, PlanRow.state == PlanState.OPEN)
        return plan

    def asked(self, case):
        pending = self.register.all(OfferRow, OfferRow.case_id == case.id, OfferRow.state == OfferState.PENDING)
        names = {row.id: code for code, row in self.rows.items()}
        return {names[row.practitioner_id]: row.id for row in pending}

    def answers(self, code, case, accept, reason=None):
        offer_id = self.asked(case)[code]
        return answer(self.register.begin, self.people[code], self.now, offer_id, accept, reason)

    def claims(self, code, case):
        return claim(self.register.begin, self.register.read, self.people[code], self.now, case.id)

    def status(self, case):
        return self.register.get(CaseRow, case.id).status

    def turns(self, code):
        return sum(row.turns for row in self.register.all(LedgerRow, LedgerRow.practitioner_id == self.rows[code].id))

    def held_by(self, case):
        names = {row.id: code for code, row in self.rows.items()}
        live = self.register.all(AssignmentRow, AssignmentRow.case_id == case.id)
        return [(names[row.practitioner_id], row.mode) for row in live if row.ended_at is None]


def test_office_plays_all_modes_and_every_event_turn_and_deadline_is_right(register):
    office = Office(register)

    # Point selection: the first wish declines, the second accepts within the window.
    wished = office.comes("wished")
    assert (office.plan(wished).mode, office.plan(wished).ends_at) == (ModeName.POINT_SELECTION, NOW + 8 * HOUR)
    office.wait(5 * HOUR)
    ids = [office.rows[code].id for code in ("an", "bo")]
    name_wishes(register.begin, register.clerk, office.now, wished.id, ids)
    office.answers("an", wished, False, GivingBack.BUSY)
    office.answers("bo", wished, True)
    assert office.held_by(wished) == [("bo", ModeName.POINT_SELECTION)]
    assert register.history(wished) == [
        "plan", "step", ("skip", "nobody_named"), "step", "remind", "wish", "offer", "decline", "offer", "accept",
    ]  # fmt: skip

    # Grab order: nobody is wished; of two claims in the sealed window the better one wins, and gives the case back.
    grabbed = office.comes("grabbed")
    office.until(office.plan(grabbed).ends_at)
    assert (office.status(grabbed), office.plan(grabbed).mode) == (Status.POSTED, ModeName.GRAB)
    office.claims("chen", grabbed)
    office.claims("bo", grabbed)
    office.wait(10 * MINUTE)
    assert office.held_by(grabbed) == [("bo", ModeName.GRAB)]
    [lost] = register.all(ClaimRow, ClaimRow.state == ClaimState.LOST)
    assert lost.practitioner_id == office.rows["chen"].id
    [won] = register.all(ClaimRow, ClaimRow.state == ClaimState.WON)
    answer_assignment(register.begin, office.people["bo"], office.now, won.assignment_id, True)
    assert (office.status(grabbed), office.turns("bo")) == (Status.ACCEPTED, 2)
    given_back = abandon(register.begin, office.people["bo"], office.now, won.assignment_id, GivingBack.HEALTH)
    review_abandonment(register.begin, register.manager, office.now, given_back.id, True)
    assert (office.turns("bo"), office.plan(grabbed).mode) == (1, ModeName.POINT_SELECTION)
    assert register.history(grabbed) == [
        "plan", "step", ("skip", "nobody_named"), "step", ("skip", "window_over"),
        "step", "post", "grab", "accept", "replace", "plan", "step", ("skip", "nobody_named"), "step", "review",
    ]  # fmt: skip

    # Nobody grabs it the second time: rotation asks who has fewest turns; silence passes it on, an answer ends it.
    away = Leave(date(2026, 3, 1), date(2026, 3, 17))
    report_leave(register.begin, register.clerk, office.now, office.rows["an"].id, away)
    office.until(office.plan(grabbed).ends_at)
    office.until(office.plan(grabbed).ends_at)
    assert office.plan(grabbed).mode is ModeName.ROTATION
    assert list(office.asked(grabbed)) == ["chen"]
    late = office.asked(grabbed)["chen"]
    office.now = register.get(OfferRow, late).expires_at
    with pytest.raises(OfferExpiredError):
        answer(register.begin, office.people["chen"], office.now, late, True)
    office.wait(0 * HOUR)
    assert register.get(OfferRow, late).state is OfferState.EXPIRED
    # Bo has given this case back, An is away, Chen was silent: the last step begins and the manager is called.
    assert office.plan(grabbed).mode is ModeName.OPTIMIZED
    assert register.history(grabbed)[-3:] == [("skip", "window_over"), "step", ("escalate", "nobody_eligible")]
    assert office.now < grabbed.due_at

    # A new lawyer joins at the median and the run gives them the case that fell through every step.
    office.until(max(office.now, NOW + 2 * DAY))
    office.join("dong")
    office.wait(1 * HOUR)
    assert office.turns("dong") == 0
    run = request_run(register.begin, register.clerk, office.now)
    assert grabbed.id in run.case_ids
    solve_run(JobContext(register.begin, register.read, lambda: office.now, "worker"), run.id)
    apply_run(register.begin, register.manager, office.now, run.id)
    assert office.held_by(grabbed) == [("dong", ModeName.OPTIMIZED)]
    assert office.now < grabbed.due_at

    # Continuity: counsel of the earlier stage is asked first and follows the matter.
    appeal = register.a_case("appeal", received_at=office.now, granted_at=office.now, due_at=office.now + 7 * DAY)
    register.add(
        RelationRow(
            centre_id=register.centre.id, case_id=appeal.id, other_id=wished.id, kind=RelationKind.EARLIER_STAGE
        )
    )
    start_plan(register.begin, register.clerk, office.now, appeal.id)
    assert list(office.asked(appeal)) == ["bo"]
    office.answers("bo", appeal, True)
    assert office.held_by(appeal) == [("bo", ModeName.CONTINUITY)]
    assert register.history(appeal) == ["plan", "step", "offer", "accept"]

    # Designation: an officer names one for a child's case, and only another officer makes it so.
    child = office.comes("child", recipient_is_minor=True)
    named = office.rows["dong"].id
    designate(register.begin, register.clerk, office.now, child.id, named, "speaks with children")
    with pytest.raises(SecondPersonError):
        review_designation(register.begin, register.clerk, office.now, child.id, True)
    assert (office.held_by(child), office.turns("dong")) == ([], 1)
    review_designation(register.begin, register.manager, office.now, child.id, True)
    assert (office.held_by(child), office.turns("dong")) == ([("dong", ModeName.DESIGNATION)], 2)

    # An comes back: what the median grew meanwhile is theirs too, and the rotation says who is next.
    office.until(NOW + 10 * DAY)
    following = [turn.practitioner_id for turn in rotation(register.read, register.clerk, office.now) if turn.next]
    assert following == [office.rows["chen"].id]
    assert {code: office.turns(code) for code in office.rows} == {"an": 2, "bo": 2, "chen": 0, "dong": 2}
    assert fairness(register.read, register.clerk, office.now).above == []
    assert register.all(PlanRow, PlanRow.state == PlanState.OPEN) == []
    assert all(office.status(case) in (Status.ACCEPTED, Status.ASSIGNED) for case in (wished, grabbed, appeal, child))
