"""Time limits of a case in its life: begun and met by acts and milestones, with days reckoned by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.commands.cases.intake import grant_case, submit_case
from dispatch.commands.clocks import watch_clocks
from dispatch.commands.life import corrections, ends, milestones
from dispatch.domain.errors import ForbiddenError, IllegalTransitionError, InvalidFieldError, NotFoundError
from dispatch.domain.findings import FindingKind
from dispatch.domain.states import Milestone, TerminationGround
from dispatch.domain.vocabulary import CaseSource, Matter, ReviewCourt, Service, Stage, Status
from dispatch.registry.tables import CaseEventRow, CaseRow, ClockRow, FindingRow
from tests.commands.life.acts import accepted, at_work, clocks, closed, signed
from tests.rows import NOW, a_draft

DAY = timedelta(days=1)
TRIAL = {
    "matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE, "stage": Stage.FIRST_INSTANCE,
    "source": CaseSource.NOTICE_MUST, "detained": True,
}  # fmt: skip


def last_second(month, day, year=2026):
    """The last second of a day in China."""
    return datetime(year, month, day, 15, 59, 59, tzinfo=UTC)


def limit(register, case, code):
    """The newest limit of a case with this code: its end, and how it ended."""
    rows = register.all(ClockRow, ClockRow.case_id == case.id, ClockRow.code == code)
    newest = max(rows, key=lambda row: (row.begun_at, row.stopped_at is None, row.started_at))
    return newest.due_at, newest.became and newest.became.value


def recorded(register, case, milestone, on=None, now=NOW, actor=None, **more):
    who = actor or register.clerk
    return milestones.record(register.begin, register.seal, who, now, case.id, milestone, on, **more)


def submitted(register, now=NOW, **fields):
    return submit_case(
        register.begin, register.seal, register.clerk, now, a_draft(**{"received_at": now, "granted_at": None} | fields)
    )


def terminated(register, case, now=NOW):
    given = (register.begin, register.seal, register.clerk, now, case.id)
    return ends.terminate(*given, TerminationGround.CASE_OVER, "over")


def test_application_is_decided_in_seven_days_and_assigned_in_three(register):
    # Monday 28 September 2026: seven days end on 5 October, in the holiday, and roll to Thursday the 8th.
    monday = datetime(2026, 9, 28, 2, tzinfo=UTC)
    case = submitted(register, monday)

    assert limit(register, case, "T3") == (last_second(10, 8), None)
    assert register.get(CaseRow, case.id).due_at == last_second(10, 8)

    # Granted on the 30th: three days end on the 3rd and roll to the 8th.
    grant_case(register.begin, register.clerk, monday + 2 * DAY, case.id)
    assert limit(register, case, "T3") == (last_second(10, 8), "met")
    assert limit(register, case, "T4") == (last_second(10, 8), None)

    accepted(register, case, register.a_practitioner(), monday + 2 * DAY)
    assert limit(register, case, "T4") == (last_second(10, 8), "met")


def test_national_day_of_2025_rolls_to_the_ninth_and_a_made_up_saturday_is_worked(register):
    # The notice of 2025: 1 to 8 October free, Sunday 28 September and Saturday 11 October worked.
    saturday, tuesday = datetime(2025, 9, 27, 2, tzinfo=UTC), datetime(2025, 9, 30, 2, tzinfo=UTC)
    case = submitted(register, tuesday, received_at=saturday, granted_at=tuesday)

    # Three days from Tuesday and seven from Saturday end in the holiday.
    assert limit(register, case, "T4") == (last_second(10, 9, 2025), None)
    assert limit(register, case, "T3") == (last_second(10, 9, 2025), "met")
    late = submitted(register, datetime(2025, 10, 4, 2, tzinfo=UTC), number="2")
    # The seventh day is Saturday the 11th, which is worked: nothing rolls.
    assert limit(register, late, "T3") == (last_second(10, 11, 2025), None)


def test_limit_of_a_detained_person_does_not_roll_over_a_holiday(register):
    wednesday = datetime(2026, 9, 30, 2, tzinfo=UTC)

    free = submitted(register, wednesday, number="1", **TRIAL | {"detained": False})
    detained = submitted(register, wednesday, number="2", **TRIAL)
    unknown = submitted(register, wednesday, number="3", **TRIAL | {"detained": None})

    assert limit(register, free, "T2") == (last_second(10, 8), None)
    assert limit(register, detained, "T2") == (last_second(10, 3), None)
    assert limit(register, unknown, "T2") == (last_second(10, 3), None)


def test_review_by_the_supreme_court_has_the_limit_of_the_ministrys_centre(register):
    review = {"stage": Stage.DEATH_REVIEW, "death_review": True, "review_court": ReviewCourt.SUPREME}
    case = submitted(register, **TRIAL | review)

    assert {code for code, _ in clocks(register, case)} == {"T17b", "T2b"}


def test_missing_material_pauses_the_decision_and_it_counts_on_from_later(register):
    case = submitted(register)  # Monday 9 March: due on the 16th.
    recorded(register, case, Milestone.MATERIAL_ASKED, date(2026, 3, 11), NOW + 2 * DAY)
    assert limit(register, case, "T3") == (last_second(3, 16), "paused")

    recorded(register, case, Milestone.MATERIAL_IN, date(2026, 3, 20), NOW + 11 * DAY)

    # Nine days later than before: Wednesday the 25th.
    assert limit(register, case, "T3") == (last_second(3, 25), None)
    assert register.get(CaseRow, case.id).due_at == last_second(3, 25)
    with pytest.raises(IllegalTransitionError):
        recorded(register, case, Milestone.MATERIAL_IN, now=NOW + 11 * DAY)


def test_hearing_is_announced_fifteen_days_before_it_and_a_new_day_replaces_the_old(register):
    case = register.a_case(**TRIAL)
    recorded(register, case, Milestone.HEARING, date(2026, 4, 20))
    assert limit(register, case, "T12") == (last_second(4, 5), None)

    recorded(register, case, Milestone.HEARING, date(2026, 4, 27), NOW + DAY)
    assert limit(register, case, "T12") == (last_second(4, 12), None)
    assert [became for code, became in clocks(register, case) if code == "T12"].count("void") == 1

    recorded(register, case, Milestone.SERVED, date(2026, 4, 10), NOW + 33 * DAY)
    assert limit(register, case, "T12") == (last_second(4, 12), "met")


def test_papers_are_filed_with_the_court_within_three_days_by_the_practitioner(register):
    case, person = register.a_case(**TRIAL), register.a_practitioner()
    assignment = accepted(register, case, person)

    # Three days from Monday 9 March.
    assert limit(register, case, "T13") == (last_second(3, 12), None)
    recorded(register, case, Milestone.PAPERS, date(2026, 3, 10), NOW + DAY, register.acting(person))
    assert limit(register, case, "T13") == (last_second(3, 12), "met")
    assert register.all(CaseEventRow)[-1].facts["assignment_id"] == assignment.id


def test_refused_counsel_gives_the_defendant_five_days_and_then_the_court_three(register):
    case = register.a_case(**TRIAL | {"status": Status.UNDERTAKEN})
    recorded(register, case, Milestone.COUNSEL_REFUSED)

    assert limit(register, case, "T14") == (last_second(3, 14), None)
    assert limit(register, case, "T15") == (last_second(3, 17), None)

    recorded(register, case, Milestone.NOTIFIED_AGAIN, date(2026, 3, 16), NOW + 7 * DAY)
    assert limit(register, case, "T14") == (last_second(3, 14), "void")
    assert limit(register, case, "T15") == (last_second(3, 17), "met")
    # The duty to assign begins again.
    assert limit(register, case, "T2") == (last_second(3, 19), None)


def test_new_defender_has_fifteen_days_after_the_adjournment(register):
    case = register.a_case(**TRIAL | {"status": Status.UNDERTAKEN})
    recorded(register, case, Milestone.ADJOURNED)

    assert limit(register, case, "T16") == (last_second(3, 24), None)
    recorded(register, case, Milestone.RESUMED, now=NOW + 3 * DAY)
    assert limit(register, case, "T16") == (last_second(3, 24), "met")


def test_closing_day_of_the_stage_starts_the_file_and_the_file_starts_the_subsidy(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = at_work(register, case, person)
    # 180 days of civil first instance from 9 March: Saturday 5 September rolls to Monday the 7th.
    assert limit(register, case, "T21") == (last_second(9, 7), None)

    closed(register, assignment, now=NOW + 30 * DAY, finished_on=date(2026, 4, 1))
    assert limit(register, case, "T21") == (last_second(9, 7), "met")
    # Thirty days from the closing day, not from the report: 1 May is a holiday until the 5th.
    assert limit(register, case, "T18a") == (last_second(5, 6), None)

    recorded(register, case, Milestone.FILE_IN, date(2026, 4, 20), NOW + 45 * DAY)
    assert limit(register, case, "T18a") == (last_second(5, 6), "met")
    assert limit(register, case, "T18b") == (last_second(5, 20), None)
    recorded(register, case, Milestone.PAID, now=NOW + 60 * DAY)
    assert limit(register, case, "T18b")[1] == "met"


def test_case_may_have_a_closing_day_of_its_own(register):
    case, person = register.a_case(), register.a_practitioner()
    accepted(register, case, person)

    recorded(register, case, Milestone.CLOSE_BY, date(2026, 5, 2))

    # A day that was named does not roll, though it is a holiday.
    assert limit(register, case, "T21") == (last_second(5, 2), None)
    with pytest.raises(InvalidFieldError):
        recorded(register, case, Milestone.CLOSE_BY)


def test_termination_is_told_to_three_within_three_days_and_to_none_if_it_was_wrong(register):
    case, person = register.a_case(), register.a_practitioner()
    accepted(register, case, person)
    terminated(register, case)
    codes = ("T20a", "T20b", "T20c")
    assert [limit(register, case, code) for code in codes] == [(last_second(3, 12), None)] * 3

    recorded(register, case, Milestone.TOLD_RECIPIENT, date(2026, 3, 10), NOW + DAY)
    recorded(register, case, Milestone.TOLD_ORGAN, date(2026, 3, 11), NOW + 2 * DAY)
    assert [limit(register, case, code)[1] for code in codes] == ["met", None, "met"]
    with pytest.raises(IllegalTransitionError):
        recorded(register, case, Milestone.TOLD_ORGAN, now=NOW + 3 * DAY)

    undone = [
        corrections.correct(register.begin, register.seal, register.manager, NOW + 4 * DAY, case.id, "another case")
        for _ in range(3)
    ]
    assert [each.corrects for each in undone] == ["milestone", "milestone", "terminate"]
    assert [limit(register, case, code)[1] for code in codes] == ["void"] * 3
    assert register.get(CaseRow, case.id).status is Status.ACCEPTED


def test_milestone_is_recorded_by_who_may_for_their_own_case_on_a_day_that_can_be(register):
    case, person = register.a_case(**TRIAL), register.a_practitioner("a")
    stranger = register.acting(register.a_practitioner("b"))
    accepted(register, case, person)
    own = register.acting(person)

    with pytest.raises(NotFoundError):
        recorded(register, case, Milestone.PAPERS, actor=stranger)
    with pytest.raises(ForbiddenError):
        recorded(register, case, Milestone.CLOSE_BY, date(2026, 5, 1), actor=own)
    with pytest.raises(InvalidFieldError) as refusal:
        recorded(register, case, Milestone.PAPERS, date(2026, 3, 10), actor=own)
    assert refusal.value.facts["field"] == "on"
    with pytest.raises(IllegalTransitionError) as nothing:
        recorded(register, case, Milestone.RESUMED, actor=own)
    assert nothing.value.facts["lacks"]["en"] == "no time limit of the case hangs on it now"
    assert limit(register, case, "T13") == (last_second(3, 12), None)


def watched(register, now):
    watch_clocks(register.begin, register.read, now)
    rows = register.all(FindingRow, FindingRow.closed_at.is_(None))
    return sorted((row.kind.value, row.facts["code"], row.due_on) for row in rows)


def test_limit_that_ends_soon_or_is_overdue_is_a_finding_while_it_lasts(register):
    case, person = register.a_case(**TRIAL), register.a_practitioner()
    assignment = accepted(register, case, person)  # Monday: papers on Thursday, the agreement on Saturday.
    recorded(register, case, Milestone.HEARING, date(2026, 3, 25))

    assert watched(register, NOW) == []
    assert watched(register, NOW + 2 * DAY) == [("clock_due", "T13", date(2026, 3, 12))]
    # The court's notice is due on the 10th, and is not held against the centre.
    assert limit(register, case, "T12") == (last_second(3, 10), None)
    assert watched(register, NOW + 4 * DAY) == [
        ("clock_due", "T6", date(2026, 3, 14)), ("clock_overdue", "T13", date(2026, 3, 12)),
    ]  # fmt: skip
    assert watch_clocks(register.begin, register.read, NOW + 4 * DAY) == 0

    signed(register, assignment, now=NOW + 4 * DAY)
    recorded(register, case, Milestone.PAPERS, now=NOW + 4 * DAY)
    assert watched(register, NOW + 4 * DAY) == []
    kinds = {row.kind for row in register.all(FindingRow)}
    assert kinds == {FindingKind.CLOCK_DUE, FindingKind.CLOCK_OVERDUE}
