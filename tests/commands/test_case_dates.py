"""Dates of a case are facts of it: they hasten what the centre owes, say by which law, and lengthen nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.chain import forecast
from dispatch.commands.life import corrections, milestones
from dispatch.commands.life.stages import NextStage, begin_stage
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.law.citations import cited, from_data
from dispatch.domain.states import Milestone
from dispatch.domain.vocabulary import CaseSource, Stage
from dispatch.registry.tables import CaseRow, ClockRow, RunRow
from tests.commands.life.acts import at_work
from tests.rows import NOW, a_draft

DAY = timedelta(days=1)
HELD = {"matter": "criminal", "cause": "theft", "service": "defence", "detained": True}
STATUTORY = datetime(2026, 3, 12, 15, 59, 59, tzinfo=UTC)


def evening(day):
    return datetime(2026, 3, day, 15, 59, 59, tzinfo=UTC)


def handed_in(register, number="1", **fields):
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(number, **fields))


def amended(register, case, now, **changes):
    revision = register.get(CaseRow, case.id).revision
    return change_case(register.begin, register.seal, register.clerk, now, case.id, changes, revision).case


def rests_on(case):
    return cited(from_data(case.due_source), "zh")


def test_case_in_custody_that_ends_tomorrow_is_due_tonight_and_gets_its_run(register):
    case = handed_in(register, custody_ends_on="2026-03-10", **HELD)

    assert (case.due_at, rests_on(case)) == (evening(9), "《刑事诉讼法》第九十九条")
    assert [run.case_ids for run in register.all(RunRow)] == [[case.id]]
    # The law's own limit is what it was, and reports go on telling it.
    assert [clock.due_at for clock in register.all(ClockRow, ClockRow.code == "T4")] == [STATUTORY]


def test_nearest_date_comes_first_in_the_watch_over_deadlines(register):
    later = handed_in(register, "1")
    sooner = handed_in(register, "2", limitation_ends_on="2026-03-16")

    risks = forecast(register.read, register.clerk, NOW)

    assert [risk.case_id for risk in risks] == [sooner.id, later.id]
    assert risks[0].due_source[0]["article"] == 44


def test_date_that_is_learned_late_is_due_on_that_day_and_stays_so(register):
    case = handed_in(register)
    assert case.due_at == STATUTORY

    told = amended(register, case, NOW + 2 * DAY, hearing_on=date(2026, 3, 12))
    assert (told.due_at, rests_on(told)) == (evening(11), "《民事诉讼法》第一百三十九条")

    # Another fact on another day moves no date.
    assert amended(register, case, NOW + 3 * DAY, major=True).due_at == evening(11)
    assert amended(register, case, NOW + 3 * DAY, hearing_on=None).due_at == STATUTORY


def test_far_date_lengthens_nothing(register):
    case = handed_in(register, limitation_ends_on="2029-03-09", hearing_on="2026-06-01", preservation=False)

    assert (case.due_at, case.due_source[0]["article"]) == (STATUTORY, 43)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_custody_of_somebody_at_liberty_is_refused_at_each_door(register):
    with pytest.raises(ValidationError, match="custody_ends_on"):
        a_draft(detained=False, custody_ends_on="2026-03-20")

    case = handed_in(register, detained=False)
    with pytest.raises(InvalidFieldError) as refusal:
        amended(register, case, NOW, custody_ends_on=date(2026, 3, 20))
    assert refusal.value.facts["field"] == "custody_ends_on"
    both = amended(register, case, NOW, custody_ends_on=date(2026, 3, 20), detained=True)
    with pytest.raises(InvalidFieldError):
        amended(register, both, NOW, detained=False)


def hearing_limits(register, case):
    found = register.all(ClockRow, ClockRow.case_id == case.id, ClockRow.code == "T12")
    return sorted((row.started_at, row.became and row.became.value) for row in found)


def test_hearing_is_one_fact_whether_a_milestone_or_a_change_tells_it(register):
    case = handed_in(register, hearing_on="2026-05-06", **HELD)
    first, second = (datetime(2026, 5, day, 15, 59, 59, tzinfo=UTC) for day in (6, 20))
    assert hearing_limits(register, case) == [(first, None)]

    told = (register.begin, register.seal, register.clerk, NOW, case.id, Milestone.HEARING, date(2026, 5, 20))
    milestones.record(*told)
    assert register.get(CaseRow, case.id).hearing_on == date(2026, 5, 20)
    assert hearing_limits(register, case) == [(first, "void"), (second, None)]

    corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "another case was meant")
    assert register.get(CaseRow, case.id).hearing_on == date(2026, 5, 6)
    assert hearing_limits(register, case) == [(first, None), (second, "void")]

    amended(register, case, NOW, hearing_on=date(2026, 5, 27))
    assert hearing_limits(register, case)[2:] == [(datetime(2026, 5, 27, 15, 59, 59, tzinfo=UTC), None)]


def test_next_stage_states_dates_of_its_own(register):
    case = register.a_case("0", limitation_ends_on=date(2026, 3, 10))
    at_work(register, case, register.a_practitioner())
    appeal = NextStage("1", Stage.SECOND_INSTANCE, CaseSource.APPLICATION, hearing_on=date(2026, 3, 13))

    following = begin_stage(register.begin, register.seal, register.clerk, NOW, case.id, appeal)

    assert (following.limitation_ends_on, following.due_at) == (None, evening(10))
    held = appeal._replace(number="2", custody_ends_on=date(2026, 3, 20))
    with pytest.raises(InvalidFieldError):
        begin_stage(register.begin, register.seal, register.clerk, NOW, case.id, held)
