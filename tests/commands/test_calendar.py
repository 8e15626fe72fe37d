"""A notice about working days: loaded from a sheet or row by row, undone, and every limit that runs reckoned anew."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.commands.calendar import load, load_file, undo
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.chain import start_plan
from dispatch.commands.housekeeping import check_register
from dispatch.commands.life import milestones, replacements
from dispatch.domain.errors import CalendarInvalidError, ForbiddenError, NotFoundError
from dispatch.domain.findings import FindingKind
from dispatch.domain.states import Milestone, ReplacementGround
from dispatch.domain.vocabulary import CaseSource, Matter, Service
from dispatch.registry.tables import (
    CaseEventRow,
    CaseRow,
    ClockRow,
    FindingRow,
    NoticeRow,
    PlanRow,
    ReckoningRow,
    ReplacementRow,
)
from tests.commands.life.acts import accepted
from tests.domain.test_calendar import NOTICE_2027
from tests.rows import a_draft

TITLE = "国务院办公厅关于2027年部分节假日安排的通知"
MONDAY = datetime(2027, 2, 1, 2, tzinfo=UTC)
"""The week before the Spring Festival, whose last days are only estimated to be the 8th to the 10th."""

SHEET = "起始日期,结束日期,安排,节日\n" + "\n".join(
    f"{row.from_on},{row.until_on},{'上班' if row.working else '放假'}," for row in NOTICE_2027
)


def last_second(month, day, year=2027):
    """The last second of a day in China."""
    return datetime(year, month, day, 15, 59, 59, tzinfo=UTC)


def submitted(register, number="1", now=MONDAY, **fields):
    draft = a_draft(number, **{"received_at": now, "granted_at": None} | fields)
    return submit_case(register.begin, register.seal, register.clerk, now, draft)


def loaded(register, rows=NOTICE_2027, now=MONDAY, title=TITLE):
    return load(register.begin, register.manager, now, 2027, title, rows)


def ends(register, code):
    return sorted(row.due_at for row in register.all(ClockRow, ClockRow.code == code))


def moved(register):
    rows = register.all(ReckoningRow)
    return sorted((register.get(CaseRow, row.case_id).number, row.code, row.was, row.becomes) for row in rows)


def test_limits_that_run_are_reckoned_anew_and_each_change_is_told(register):
    applied = submitted(register, "1")
    # Seven days end on Monday the 8th, in the festival; by the estimate Thursday the 11th is worked again.
    assert ends(register, "T3") == [last_second(2, 11)]

    done = loaded(register)

    # The notice frees the 5th to the 12th: Monday the 15th.
    assert (done.year, done.moved) == (2027, 1)
    assert ends(register, "T3") == [last_second(2, 15)]
    row = register.get(CaseRow, applied.id)
    assert (row.due_at, row.due_estimated) == (last_second(2, 15), False)
    assert moved(register) == [("1", "T3", last_second(2, 11), last_second(2, 15))]
    newest = register.all(CaseEventRow)[-1]
    assert newest.event == "reckon"
    assert newest.facts == {
        "code": "T3",
        "was": last_second(2, 11).isoformat(),
        "due_at": last_second(2, 15).isoformat(),
    }


def test_same_notice_again_changes_nothing(register):
    submitted(register)
    first = loaded(register)

    again = loaded(register)

    assert (again.notice.id, again.moved) == (first.notice.id, 0)
    assert len(register.all(NoticeRow)) == 1
    assert len(moved(register)) == 1


def test_limits_of_detained_persons_in_hours_and_of_named_days_stay(register):
    trial = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE, "source": CaseSource.NOTICE_MUST}
    held = submitted(register, "1", MONDAY + 3 * timedelta(days=1), detained=True, **trial)
    named = register.a_case("2", granted_at=MONDAY, due_at=MONDAY)
    accepted(register, named, register.a_practitioner(), MONDAY)
    given = (register.begin, register.seal, register.clerk, MONDAY, named.id)
    milestones.record(*given, Milestone.CLOSE_BY, date(2027, 2, 10))

    loaded(register, now=MONDAY + 3 * timedelta(days=1))

    # Thursday the 4th and three days: Sunday the 7th, whatever is free.
    assert ends(register, "T2") == [last_second(2, 7)]
    assert last_second(2, 10) in ends(register, "T21")
    assert register.get(CaseRow, held.id).due_at == last_second(2, 7)
    assert {code for _, code, *_ in moved(register)} == {"T6"}


def test_limit_in_working_days_moves_with_what_states_it_elsewhere(register):
    case, person = register.a_case(granted_at=MONDAY, due_at=MONDAY), register.a_practitioner()
    accepted(register, case, person, MONDAY)
    given = (register.begin, register.seal, register.clerk, MONDAY, case.id)
    replacements.ask(*given, ReplacementGround.HEALTH, "ill")
    # Five working days from Monday the 1st: 2, 3, 4, 11 and 12 February by the estimate.
    assert ends(register, "T11") == [last_second(2, 12)]

    loaded(register)

    # 2, 3, 4, 15 and 16 by the notice.
    assert ends(register, "T11") == [last_second(2, 16)]
    assert [row.due_at for row in register.all(ReplacementRow)] == [last_second(2, 16)]


def test_step_of_a_chain_ends_by_the_new_calendar(register):
    case = submitted(
        register, granted_at=MONDAY + timedelta(days=2), received_at=MONDAY, now=MONDAY + timedelta(days=2)
    )
    register.a_policy([("rotation", 30), ("optimized", None)])
    register.a_practitioner()
    start_plan(register.begin, register.clerk, MONDAY + timedelta(days=2), case.id)
    [before] = register.all(PlanRow)
    # Granted on Wednesday the 3rd, due on Saturday the 6th, which rolls over the festival to the 11th.
    assert register.get(CaseRow, case.id).due_at == last_second(2, 11)

    loaded(register, now=MONDAY + timedelta(days=2))

    [after] = register.all(PlanRow)
    assert register.get(CaseRow, case.id).due_at == last_second(2, 15)
    assert after.ends_at > before.ends_at


def test_undone_notice_gives_way_to_the_one_before_it_and_then_to_the_estimate(register):
    submitted(register)
    loaded(register)
    longer = tuple(
        row._replace(until_on=date(2027, 2, 16)) if row.from_on == date(2027, 2, 5) else row for row in NOTICE_2027
    )
    loaded(register, longer, title="更正")
    assert ends(register, "T3") == [last_second(2, 17)]

    first = undo(register.begin, register.manager, MONDAY, 2027)
    assert (first.notice.title, first.moved) == (TITLE, 1)
    assert ends(register, "T3") == [last_second(2, 15)]

    second = undo(register.begin, register.manager, MONDAY, 2027)
    assert (second.notice, ends(register, "T3")) == (None, [last_second(2, 11)])
    assert register.all(CaseRow)[0].due_estimated
    with pytest.raises(NotFoundError):
        undo(register.begin, register.manager, MONDAY, 2027)


def test_sheet_of_a_notice_is_loaded_with_its_year(register):
    done = load_file(register.begin, register.manager, MONDAY, TITLE, SHEET.encode())

    assert done.year == 2027
    assert len(done.notice.rows) == len(NOTICE_2027)


@pytest.mark.parametrize(
    ("sheet", "problems"),
    [
        ("起始日期,安排\n2027-13-01,放假\n2027-05-01,休\n", [(2, "from_on"), (3, "kind")]),
        ("起始日期,安排\n2027-05-01,\n", [(2, "kind")]),
        ("起始日期,结束日期,安排\n2027-10-01,2027-10-07,放假\n2027-10-08,,上班\n", [(3, "working")]),
    ],
)
def test_sheet_with_problems_is_refused_with_each_row_and_changes_nothing(register, sheet, problems):
    with pytest.raises(CalendarInvalidError) as refusal:
        load_file(register.begin, register.manager, MONDAY, TITLE, sheet.encode())

    assert [(each["row"], each["field"]) for each in refusal.value.facts["problems"]] == problems
    assert register.all(NoticeRow) == []


def test_clerk_may_not_load_a_notice(register):
    with pytest.raises(ForbiddenError):
        load(register.begin, register.clerk, MONDAY, 2027, TITLE, NOTICE_2027)


def test_missing_notice_is_a_finding_from_november_on_until_it_is_loaded(register):
    def missing(now):
        check_register(register.begin, register.read, now, register.centre.id)
        open_ = (FindingRow.kind == FindingKind.CALENDAR_MISSING, FindingRow.closed_at.is_(None))
        return [row.facts["year"] for row in register.all(FindingRow, *open_)]

    assert missing(datetime(2026, 10, 31, 4, tzinfo=UTC)) == []
    assert missing(datetime(2026, 11, 1, 4, tzinfo=UTC)) == [2027]
    loaded(register, now=datetime(2026, 11, 25, 4, tzinfo=UTC))
    assert missing(datetime(2026, 11, 26, 4, tzinfo=UTC)) == []


def test_notice_loaded_by_several_at_once_is_there_once_and_moves_each_limit_once(register):
    submitted(register, "1")
    submitted(register, "2", recipient={"name": "李小红"})

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: loaded(register), range(4)))

    assert sorted(each.moved for each in done) == [0, 0, 0, 2]
    assert len({each.notice.id for each in done}) == len(register.all(NoticeRow)) == 1
    assert [code for _, code, *_ in moved(register)] == ["T3", "T3"]
