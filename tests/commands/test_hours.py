"""Hours of one's own: nobody is asked, in whatever mode, who is away as long as the question is open."""

from datetime import date, timedelta

import pytest

from dispatch.commands.chain import advance_plans, start_plan
from dispatch.commands.designation import designate
from dispatch.commands.jobs import JobContext
from dispatch.commands.offers.offers import make_offers
from dispatch.commands.roster.absences import Leave, decide, report_leave
from dispatch.commands.rotation.order import rotation
from dispatch.commands.runs import requests
from dispatch.commands.wishes import name_wishes
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.errors import InvalidFieldError, OutOfHoursError
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, RelationKind, Status
from dispatch.registry.tables import CaseRow, OfferRow, ProposalRow, RelationRow
from tests.commands.test_rotation import credit
from tests.rows import NOW

TODAY = date(2026, 3, 9)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MORNING, AFTERNOON = (0, 720), (720, 1440)


def hours(register, person, minutes, actor=None, now=NOW, **more):
    leave = Leave(TODAY, None, minutes, **more)
    return report_leave(register.begin, actor or register.clerk, now, person.id, leave)


def asked(register):
    return [row.practitioner_id for row in register.all(OfferRow)]


def on_chain(register, *steps):
    register.a_policy([*steps, ("optimized", None)])
    case = register.a_case()
    start_plan(register.begin, register.clerk, NOW, case.id)
    return case


def skips(register, case):
    return [entry for entry in register.history(case) if entry[0] == "skip"]


def test_rotation_passes_over_who_is_away_for_all_of_the_time_and_asks_who_has_a_part_of_it(register):
    away, later = register.a_practitioner("a"), register.a_practitioner("b")
    hours(register, away, MORNING)
    hours(register, later, (0, 600))

    case = on_chain(register, ("rotation", 2))

    assert (asked(register), skips(register, case)) == ([later.id], [])


LONG, SHORT = ("rotation", 6), ("rotation", 2)
# fmt: off
QUESTIONS = {
    # steps, time until the deadline in days, and whether somebody there for ten minutes, then from noon, is passed over
    "for two hours":             ([SHORT], 9, True),
    "for six":                   ([LONG], 9, False),
    "after the wishes":          ([("point_selection", 24), SHORT], 9, True),
    "in a last step":            ([("point_selection", 24), ("rotation", None)], 9, False),
    "in no step":                ([("grab", 2)], 9, False),
    "in none there is time for": ([SHORT], 0.5, False),
}
# fmt: on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("planned", [False, True])
@pytest.mark.parametrize(("steps", "days", "passed_over"), QUESTIONS.values(), ids=QUESTIONS)
def test_who_is_shown_as_next_in_turn_is_who_the_chain_would_ask(register, steps, days, passed_over, planned):
    away, here = register.a_practitioner("a"), register.a_practitioner("b")
    credit(register, here, 1)
    hours(register, away, (550, 720))
    register.a_policy(steps if steps[-1][1] is None else [*steps, ("optimized", None)])
    case = register.a_case(due_at=NOW + days * DAY)
    if planned:
        start_plan(register.begin, register.clerk, NOW, case.id)

    turns = {turn.practitioner_id: turn for turn in rotation(register.read, register.clerk, NOW, case.id)}

    found = turns[away.id]
    assert (found.away_throughout, found.skipped) == (passed_over, ("not_on_leave",) if passed_over else ())
    if asked_in_turn := [row.practitioner_id for row in register.all(OfferRow) if row.mode is ModeName.ROTATION]:
        assert asked_in_turn == [here.id if passed_over else away.id]
    else:
        assert turns[here.id if passed_over else away.id].next


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_turn_to_come_lasts_as_the_policy_says_that_the_chain_began_under(register):
    away = register.a_practitioner("a")
    hours(register, away, (550, 720))
    register.a_policy([("point_selection", 24), SHORT, ("optimized", None)])
    case = register.a_case(due_at=NOW + 9 * DAY)
    start_plan(register.begin, register.clerk, NOW, case.id)
    register.a_policy([("point_selection", 24), LONG, ("optimized", None)])

    [turn] = rotation(register.read, register.clerk, NOW, case.id)

    assert (turn.away_throughout, turn.next) == (True, False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_order_without_a_case_passes_over_who_no_chain_could_ask_in_time(register):
    away, here = register.a_practitioner("a"), register.a_practitioner("b")
    credit(register, here, 1)
    hours(register, away, (550, 720))

    def shown(*steps):
        register.a_policy(steps if steps[-1][1] is None else [*steps, ("optimized", None)])
        turns = rotation(register.read, register.clerk, NOW)
        return [(turn.practitioner_id, turn.next, turn.away_throughout) for turn in turns]

    assert shown(SHORT) == [(away.id, False, True), (here.id, True, False)]
    assert (
        shown(LONG)
        == shown(("grab", 2))
        == shown(("grab", 2), SHORT, ("rotation", None))
        == [(away.id, True, False), (here.id, False, False)]
    )


# Asked at nine for two hours, until eleven.
# fmt: off
REPORTED = {
    # what she reports while she is asked, and whether it leaves her time to answer
    "all of the time":        (Leave(TODAY, TODAY, (540, 660)), False),
    "all but ten minutes":    (Leave(TODAY, TODAY, (550, 720)), False),
    "from half past nine on": (Leave(TODAY, None, (570, 720), "1"), True),
    "the day after":          (Leave(TODAY + DAY, TODAY + DAY), True),
    "another weekday":        (Leave(TODAY, None, (540, 720), "2"), True),
}
# fmt: on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("leave", "in_time"), REPORTED.values(), ids=REPORTED)
def test_hours_reported_later_take_back_what_cannot_be_answered_and_the_next_is_asked(register, leave, in_time):
    people = [register.a_practitioner(code) for code in ("a", "b")]
    on_chain(register, ("rotation", 2))
    [before] = asked(register)
    first, second = sorted(people, key=lambda person: person.id != before)

    report_leave(register.begin, register.acting(first), NOW, first.id, leave)

    offers = [(row.practitioner_id, row.state) for row in register.all(OfferRow)]
    still = [(first.id, OfferState.PENDING)]
    assert offers == (still if in_time else [(first.id, OfferState.WITHDRAWN), (second.id, OfferState.PENDING)])


def test_hours_known_when_the_question_was_asked_do_not_take_it_back_at_its_end(register):
    person = register.a_practitioner("a")
    hours(register, person, (570, 720))
    on_chain(register, ("rotation", 2))

    report_leave(register.begin, register.clerk, NOW, person.id, Leave(TODAY + 9 * DAY, TODAY + 9 * DAY))

    assert [row.state for row in register.all(OfferRow)] == [OfferState.PENDING]


def follows(register, person):
    earlier = register.a_case("0", status=Status.ASSIGNED)
    register.an_assignment(earlier, person)
    return lambda case: register.add(
        RelationRow(centre_id=case.centre_id, case_id=case.id, other_id=earlier.id, kind=RelationKind.EARLIER_STAGE)
    )


@pytest.mark.parametrize("mode", ["rotation", "continuity"])
def test_step_in_which_everybody_is_away_gives_way_and_what_binds_without_asking_looks_at_days_alone(register, mode):
    person = register.a_practitioner("a")
    hours(register, person, MORNING)
    tie = follows(register, person)
    register.a_policy([(mode, 2), ("designation", None)], walk={"answer_hours": 2})
    case = register.a_case()
    tie(case)

    start_plan(register.begin, register.clerk, NOW, case.id)

    assert (asked(register), skips(register, case)) == ([], [("skip", "out_of_hours")])
    with pytest.raises(OutOfHoursError) as refused:
        designate(register.begin, register.clerk, NOW, case.id, person.id, "near", ask=True)
    assert refused.value.facts["back_at"] == "2026-03-09T04:00:00+00:00"
    with pytest.raises(OutOfHoursError):
        make_offers(register.begin, register.clerk, NOW, case.id, [person.id])
    designate(register.begin, register.clerk, NOW, case.id, person.id, "near")
    assert register.get(CaseRow, case.id).status is Status.ASSIGNED


def test_first_wish_is_asked_when_she_is_there_if_nobody_is_left_out_by_waiting(register):
    first, second = register.a_practitioner("a"), register.a_practitioner("b")
    hours(register, first, MORNING)
    case = on_chain(register, ("point_selection", 24))
    name_wishes(register.begin, register.clerk, NOW, case.id, [first.id, second.id])

    before = asked(register)
    advance_plans(register.begin, register.read, NOW + 3 * HOUR)

    assert (before, asked(register)) == ([], [first.id])


def test_who_is_away_as_long_as_wishes_can_be_asked_is_left_out_and_the_next_is_asked(register):
    first, second = register.a_practitioner("a"), register.a_practitioner("b")
    report_leave(register.begin, register.clerk, NOW, first.id, Leave(TODAY + DAY, TODAY + 9 * DAY))
    hours(register, first, (0, 1439), weekdays="1")
    case = on_chain(register, ("point_selection", 24))

    name_wishes(register.begin, register.clerk, NOW, case.id, [first.id, second.id])

    assert asked(register) == [second.id]


def test_run_that_asks_first_proposes_who_is_there(register):
    away, here = register.a_practitioner("a"), register.a_practitioner("b", quality=0)
    register.a_policy(walk={"answer_hours": 2, "ask_after_runs": True})
    case = register.a_case()
    hours(register, away, MORNING)

    run = requests.request_run(register.begin, register.clerk, NOW)
    requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    [proposal] = register.all(ProposalRow)
    requests.apply_run(register.begin, register.clerk, NOW, run.id, None)

    assert proposal.practitioner_id == here.id
    assert asked(register) == [here.id]
    assert register.get(CaseRow, case.id).status is Status.OFFERED


@pytest.mark.parametrize(("leave", "state"), [
    (Leave(TODAY, TODAY + 40 * DAY),                                    AbsenceState.IN_FORCE),
    (Leave(TODAY, TODAY + 50 * DAY),                                    AbsenceState.WAITING),
    (Leave(TODAY, date(2036, 3, 9)),                                    AbsenceState.WAITING),
    (Leave(TODAY + 400 * DAY, TODAY + 401 * DAY),                       AbsenceState.WAITING),
    (Leave(TODAY, None, MORNING, "1"),                                  AbsenceState.IN_FORCE),
    (Leave(TODAY, None, (0, 1439)),                                     AbsenceState.WAITING),
    (Leave(TODAY, None, (1080, 1440)),                                  AbsenceState.IN_FORCE),
    (Leave(TODAY, None, weekdays="67"),                                 AbsenceState.IN_FORCE),
], ids=["six weeks", "seven weeks", "ten years", "of the year after next", "Monday mornings", "all but a minute",
        "evenings", "weekends"])  # fmt: skip
def test_own_leave_holds_at_once_up_to_the_working_days_of_the_policy(register, leave, state):
    person = register.a_practitioner("a")

    row = report_leave(register.begin, register.acting(person), NOW, person.id, leave)
    by_clerk = report_leave(register.begin, register.clerk, NOW, person.id, leave._replace(minutes=(1, 2)))

    assert (row.state, by_clerk.state) == (state, AbsenceState.IN_FORCE)


def test_own_leaves_are_counted_together_until_an_officer_has_looked_and_no_more_wait_than_the_policy_allows(register):
    person = register.a_practitioner("a")
    register.a_policy(leave={"days": 5, "reports": 2})
    her = register.acting(person)

    def week(n):
        first = TODAY + 7 * n * DAY
        return report_leave(register.begin, her, NOW, person.id, Leave(first, first + 4 * DAY))

    rows = [week(n) for n in range(3)]
    with pytest.raises(InvalidFieldError):
        week(3)
    for row in rows[1:]:
        decide(register.begin, register.clerk, NOW, row.id, approve=True)

    assert [row.state for row in rows] == [AbsenceState.IN_FORCE, AbsenceState.WAITING, AbsenceState.WAITING]
    assert week(3).state is AbsenceState.WAITING
