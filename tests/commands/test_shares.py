"""Weighted turns in the ledger: written at the share they were taken at, and bounds kept run by run, month by month."""

from datetime import date, timedelta

import pytest

from dispatch.casework.assignment import Seating, in_mode
from dispatch.commands.chain import start_plan
from dispatch.commands.jobs import JobContext
from dispatch.commands.offers.undertaking import answer_assignment
from dispatch.commands.rotation.order import calibrate, override, rotation
from dispatch.commands.rotation.unfairness_bound import close_months, fairness
from dispatch.commands.runs.requests import apply_run, request_run, solve_run
from dispatch.domain.states import EndReason, GivingBack
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.runs import list_proposals
from dispatch.registry.tables import AssignmentRow, BoundRow, CaseEventRow, LedgerRow, OfferRow
from tests.commands.test_rotation import DAY, credit, ledger, on_leave
from tests.rows import NOW, attributes_row, practitioner_row

EQUAL = {"by": "institution", "measure": "equal"}


def two_firms(register):
    """A firm of two and a firm of one, under equal turns for each firm."""
    register.a_policy(rotation=EQUAL, chains=[("rotation", None)])
    big, small = register.an_institution("big"), register.an_institution("small")
    return [register.a_practitioner(code, firm) for code, firm in (("a", big), ("b", big), ("c", small))]


def seat(register, case, person, mode=ModeName.ROTATION, **parts):
    """Assign the case in one transaction."""
    with register.begin() as tx:
        host = RegisterHost(tx, register.centre.id, register.clerk, NOW)
        seating = Seating(host, in_mode(mode), [case.id], **parts)
        assert seating.give(case.id, person.id) == ()
        seating.resolve()
        [assignment] = seating.given
    return assignment


def a_run(register):
    """Ask for a run and solve it."""
    run = request_run(register.begin, register.clerk, NOW)
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker", timedelta(minutes=1)), run.id)
    return run


def test_turn_is_written_at_the_share_it_was_taken_at_and_given_back_at_the_same(register):
    first, *_ = two_firms(register)
    given = seat(register, register.a_case(), first)
    register.a_policy(rotation={"by": "person"})

    answer_assignment(register.begin, register.clerk, NOW, given.id, False, GivingBack.BUSY)

    assert [(row.kind, row.turns, row.share) for row in register.all(LedgerRow)] == [
        ("turn", 1, "1/2"),
        ("reversal", -1, "1/2"),
    ]
    assert {turn.ahead for turn in rotation(register.read, register.clerk, NOW)} == {0.0}


def test_share_among_colleagues_is_known_even_where_one_person_is_judged(register):
    first, *_ = two_firms(register)

    seat(register, register.a_case(), first, practitioner_id=first.id)

    assert [row.share for row in register.all(LedgerRow)] == ["1/2"]


def test_rotation_tells_the_turn_of_the_institution_and_who_in_it_is_next(register):
    first, second, alone = two_firms(register)
    seat(register, register.a_case(), first)
    seat(register, register.a_case("2"), alone)

    turns = rotation(register.read, register.clerk, NOW)

    assert {turn.by for turn in turns} == {"institution"}
    reported = {turn.practitioner_id: (turn.share, turn.entitled, turn.institution_entitled) for turn in turns}
    assert reported == {first.id: ("1/2", 0.25, 0.5), second.id: ("1/2", 0.25, 0.5), alone.id: ("1", 0.5, 0.5)}
    assert {turn.practitioner_id: turn.ahead for turn in turns} == {first.id: 0.5, second.id: -0.5, alone.id: 0.0}
    assert [turn.institution_ahead for turn in turns] == [0.0, 0.0, 0.0]


def test_who_is_told_to_be_next_is_who_is_asked(register):
    people = two_firms(register)
    for person in (people[0], people[2]):
        credit(register, person, 1)
    case = register.a_case()
    following = [turn.practitioner_id for turn in rotation(register.read, register.clerk, NOW, case.id) if turn.next]

    start_plan(register.begin, register.clerk, NOW, case.id)

    assert [offer.practitioner_id for offer in register.all(OfferRow)] == following


def test_who_is_below_the_floor_is_asked_first_and_the_offer_says_so(register):
    register.a_policy(fairness={"floor_cases_per_year": 6}, chains=[("rotation", None)])
    behind, even = register.a_practitioner("behind"), register.a_practitioner("even")
    credit(register, behind, 5)
    register.an_assignment(register.a_case("old", status=Status.ASSIGNED), even, assigned_at=NOW - 20 * DAY)

    start_plan(register.begin, register.clerk, NOW, register.a_case().id)

    assert [offer.practitioner_id for offer in register.all(OfferRow)] == [behind.id]
    [asked] = register.all(CaseEventRow, CaseEventRow.event == "offer")
    assert asked.facts["owed"] == {behind.id: 1}
    reported = {turn.practitioner_id: turn.owed for turn in rotation(register.read, register.clerk, NOW)}
    assert reported == {behind.id: 1, even.id: 0}


def test_cases_of_this_year_are_counted_and_those_of_the_last_are_not(register):
    register.a_policy(fairness={"floor_cases_per_year": 12})
    person = register.a_practitioner()
    for number, at in enumerate((NOW - 100 * DAY, NOW - 40 * DAY)):
        register.an_assignment(register.a_case(str(number), status=Status.ASSIGNED), person, assigned_at=at)
    declined = register.a_case("no", status=Status.ASSIGNED)
    register.an_assignment(declined, person, ended_at=NOW, end_reason=EndReason.DECLINED)

    # Two of twelve are due by March 9th, and one was had.
    assert [turn.owed for turn in rotation(register.read, register.clerk, NOW)] == [1]


def test_newcomer_opens_at_the_median_of_their_own_share(register):
    register.a_policy(rotation={"measure": "capacity"})
    for code, turns in (("a", 40), ("b", 50), ("c", 60)):
        credit(register, register.a_practitioner(code, capacity=10), turns)
    new = practitioner_row(register.centre.id, "new", entered_on=NOW.date())
    register.add(new, attributes_row(new, register.the_institution(), from_on=NOW.date(), capacity=5))

    calibrate(register.begin, register.read, NOW)

    # The past was counted at a share of one; what comes counts a fifth of a turn a case.
    [opening] = register.all(LedgerRow, LedgerRow.kind == "opening")
    assert (opening.turns, opening.effort, opening.share) == (250, 2500, "5")


def test_override_is_written_at_the_share_of_the_person(register):
    first, *_ = two_firms(register)

    override(register.begin, register.manager, NOW, first.id, -1, "was passed over")

    assert [(row.turns, row.share) for row in register.all(LedgerRow)] == [(-1, "1/2")]
    assert ledger(register, first) == -1


def test_bound_is_kept_after_each_run_that_is_applied_and_names_the_cause(register):
    people = [register.a_practitioner(code) for code in "abc"]
    for _ in range(5):
        credit(register, people[0], 1)
    register.a_case()
    run = a_run(register)

    apply_run(register.begin, register.clerk, NOW, run.id)
    apply_run(register.begin, register.clerk, NOW, run.id)

    [bound] = register.all(BoundRow)
    assert (bound.run_id, bound.month, bound.practitioners, bound.largest_case) == (run.id, None, 3, 10)
    assert bound.above == [{"practitioner_id": people[0].id, "effort": 50, "above": 30.0, "cause": "heavy"}]
    assert fairness(register.read, register.clerk, NOW).above[0].cause.value == "heavy"


def test_bound_is_proved_anew_when_more_of_a_run_is_applied(register):
    register.a_practitioner()
    register.a_case("1")
    register.a_case("2")
    run = a_run(register)
    with register.read() as session:
        proposals = [row.id for row in list_proposals(session, run.id)]

    efforts = []
    for proposal in proposals:
        apply_run(register.begin, register.clerk, NOW, run.id, [proposal], "one after the other")
        efforts += [row.most_effort for row in register.all(BoundRow)]

    assert efforts == [10, 20]


def test_only_one_who_could_have_taken_the_cases_is_named_as_such(register):
    register.a_policy(thresholds={"specialty_floor": 50})
    expert = register.a_practitioner("expert", specialties={"theft": 90, "wages": 90})
    for code in "bc":
        register.a_practitioner(code, specialties={"theft": 90})
    for number in range(3):
        seat(register, register.a_case(str(number)), expert)

    assert [row.pool for row in register.all(AssignmentRow)] == [1, 1, 1]
    [excess] = fairness(register.read, register.clerk, NOW).above
    assert (excess.practitioner_id, excess.cause.value) == (expert.id, "only_one")


def test_month_is_closed_once_with_what_was_written_down_in_it(register):
    person = register.a_practitioner()
    credit(register, person, 1, at=NOW - 20 * DAY)
    credit(register, person, 3, at=NOW - DAY)

    done = [close_months(register.begin, register.read, NOW + n * DAY) for n in range(3)]

    assert done == [1, 0, 0]
    assert [(row.month, row.run_id, row.most_effort) for row in register.all(BoundRow)] == [("2026-02", None, 10)]
    assert close_months(register.begin, register.read, NOW + 31 * DAY) == 1
    assert sorted(row.most_effort for row in register.all(BoundRow)) == [10, 40]


def test_month_names_the_absence_that_is_counted_only_after_it(register):
    busy, back = (register.a_practitioner(code) for code in ("busy", "back"))
    for _ in range(3):
        credit(register, busy, 1, at=NOW - 20 * DAY)
    on_leave(register, back, date(2026, 2, 1), date(2026, 2, 28))
    assert calibrate(register.begin, register.read, NOW) == 1

    close_months(register.begin, register.read, NOW)

    [bound] = register.all(BoundRow)
    assert bound.above == [{"practitioner_id": busy.id, "effort": 30, "above": 15.0, "cause": "unmet"}]


def test_month_before_the_ledger_began_is_not_closed(register):
    credit(register, register.a_practitioner(), 1, at=NOW)

    assert close_months(register.begin, register.read, NOW) == 0


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 12, 31)])
def test_year_begins_at_midnight_of_the_centre(register, today):
    with register.read() as session:
        day = read_day(session, register.centre.id, NOW.replace(month=today.month, day=today.day))

    assert day.year_began_at.isoformat() == "2025-12-31T16:00:00+00:00"
