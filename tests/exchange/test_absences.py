"""Leaves and suspensions come in by file as by the API: joined, told of the past, and unchanged when exported."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from openpyxl import load_workbook

from dispatch.commands.chain import start_plan
from dispatch.commands.imports.exports import export_template
from dispatch.commands.imports.files import Order, carry_out, import_file
from dispatch.commands.roster.absences import Leave, report_leave, suspend
from dispatch.commands.rotation.order import calibrate
from dispatch.domain.docket.absence import AbsenceKind, AbsenceState
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.exchange.faults import CellError
from dispatch.exchange.roster.absences import ABSENCES, weekdays
from dispatch.registry.tables import AbsenceRow, LedgerRow, OfferRow
from tests.exchange.files import a_csv, a_workbook
from tests.exchange.test_round_trip import again
from tests.rows import NOW

DAY = timedelta(days=1)
LEAVE = {"编号": "p1", "种类": "休假", "起始日期": "2026-03-09", "截止日期": "2026-03-18"}
SUSPENSION = {"编号": "firm", "种类": "暂停指派", "起始日期": "2026-03-09", "暂停事由": "停业整顿"}
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def person(register):
    return register.a_practitioner("p1")


def brought_in(register, *rows, actor=None, now=NOW, **order):
    order = Order(Kind.ABSENCES, rows[0] if isinstance(rows[0], bytes) else a_csv(*rows), **order)
    return carry_out(register.begin, register.seal, actor or register.manager, now, order)


def fates(report):
    return {fate.value: len(rows) for fate, rows in report.fates.items() if rows}


def why(report):
    return [(refusal.row, refusal.field, refusal.fault.value) for refusal in report.refused]


def remarks(report):
    return {remark.kind.value: remark.rows for remark in report.remarks}


def days_of(register):
    found = register.all(AbsenceRow)
    return sorted(
        (row.kind.value, row.from_on.day, row.until_on and row.until_on.day, row.state.value) for row in found
    )


def grown(register, person, *others):
    """Let the others have three turns more on the fifth day, and the person come back after it."""
    at = NOW + 5 * DAY
    about = {"centre_id": register.centre.id, "kind": "assignment", "turns": 3, "effort": 0, "at": at}
    register.add(*(LedgerRow(practitioner_id=other.id, **about) for other in others))
    for n in (1, 12, 13):
        calibrate(register.begin, register.read, NOW + n * DAY)
    return sum(row.turns for row in register.all(LedgerRow, LedgerRow.practitioner_id == person.id))


def test_rows_that_overlap_are_kept_both_told_and_counted_once(register, person):
    others = [register.a_practitioner(f"other-{n}") for n in range(3)]
    calibrate(register.begin, register.read, NOW - DAY)
    firm = {**SUSPENSION, "截止日期": "2026-03-15"}
    past = {**LEAVE, "起始日期": "2026-02-20", "截止日期": "2026-03-12"}

    dry = brought_in(register, LEAVE, past, firm, dry_run=True)
    nothing = register.all(AbsenceRow)
    first = brought_in(register, LEAVE, past, firm)
    second = brought_in(register, LEAVE, past, firm)

    assert (fates(dry), nothing) == ({"created": 3}, [])
    assert (fates(first), fates(second)) == ({"created": 3}, {"unchanged": 3})
    assert remarks(first) == remarks(dry) == {"past_days": (3,), "overlapping": (3,)}
    assert days_of(register) == [
        ("leave", 9, 18, "in_force"), ("leave", 20, 12, "in_force"), ("suspension", 9, 15, "in_force"),
    ]  # fmt: skip
    assert grown(register, person, *others) == 3


def test_file_of_an_officer_agrees_to_what_waits_and_is_not_bound_by_what_people_may_report(register, person):
    her = replace(register.clerk, role=Role.PRACTITIONER, practitioner_id=person.id)
    asked = report_leave(register.begin, her, NOW, person.id, Leave(date(2026, 2, 1), date(2026, 2, 9)))
    long = {**LEAVE, "起始日期": "2028-01-01", "截止日期": "2029-12-31"}

    report = brought_in(register, {**LEAVE, "起始日期": "2026-02-01", "截止日期": "2026-02-09"}, long)

    agreed = register.get(AbsenceRow, asked.id)
    assert (asked.state, fates(report)) == (AbsenceState.WAITING, {"created": 1, "updated": 1})
    assert (agreed.state, agreed.decided_by) == (AbsenceState.IN_FORCE, register.manager.user_id)
    assert [each["state"] for each in agreed.history] == ["waiting"]


def test_who_is_absent_by_file_is_asked_no_more_and_a_cancelled_row_takes_its_like_back(register, person):
    register.a_policy([("rotation", 8), ("optimized", None)])
    case = register.a_case()
    start_plan(register.begin, register.clerk, NOW, case.id)
    undone = {**LEAVE, "状态": "已取消"}

    first = brought_in(register, LEAVE)
    asked = [row.state for row in register.all(OfferRow)]
    second, third = brought_in(register, undone), brought_in(register, undone)
    back = brought_in(register, LEAVE)

    assert asked == [OfferState.WITHDRAWN]
    assert [fates(each) for each in (first, second, third, back)] == [
        {"created": 1}, {"updated": 1}, {"unchanged": 1}, {"created": 1},
    ]  # fmt: skip
    assert [row[-1] for row in days_of(register)] == ["cancelled", "in_force"]


# fmt: off
WRONG = [
    # what a row says otherwise                                   what is refused
    ({"编号": "p9"},                                           ("code", "unknown")),
    ({"编号": "firm"},                                         ("code", "contradiction")),
    ({"编号": "firm", "对象": "承办人员"},                       ("code", "unknown")),
    ({"编号": "firm", "对象": "承办机构"},                       ("of", "contradiction")),
    ({"编号": "both"},                                         ("of", "contradiction")),
    ({"种类": "迟到"},                                             ("kind", "not_listed")),
    ({"种类": ""},                                                 ("kind", "blank")),
    ({"起始日期": ""},                                             ("from_on", "blank")),
    ({"截止日期": "2026-03-08"},                                   ("until_on", "contradiction")),
    ({"截止日期": ""},                                             ("until_on", "contradiction")),
    ({"每日起始时刻": "25:00"},                                     ("from_time", "not_a_time")),
    ({"每日起始时刻": "12:00", "每日结束时刻": "11:00"},              ("until_time", "contradiction")),
    ({"星期": "八"},                                               ("weekdays", "not_listed")),
    ({"暂停事由": "病假"},                                          ("reason", "contradiction")),
    ({"种类": "暂停指派"},                                          ("reason", "contradiction")),
    ({"种类": "暂停指派", "暂停事由": "a", "星期": "一"},             ("kind", "contradiction")),
    ({"状态": "已取消"},                                            ("state", "contradiction")),
]
# fmt: on


@ONE
def test_row_that_cannot_be_is_refused_by_its_column_and_changes_nothing(register, person):
    register.a_practitioner("both", register.an_institution("both"))

    told = [(cells, why(brought_in(register, {**LEAVE, **cells}))) for cells, _ in WRONG]

    assert [(cells, [each[1:] for each in found]) for cells, found in told] == [
        (cells, [refusal]) for cells, refusal in WRONG
    ]
    assert register.all(AbsenceRow) == []


@ONE
def test_suspension_by_file_is_a_managers_as_by_the_api(register, person):
    report = brought_in(register, SUSPENSION, LEAVE, actor=register.clerk, partial=True)

    assert (why(report), fates(report)["created"]) == ([(2, "kind", "contradiction")], 1)
    assert fates(brought_in(register, SUSPENSION)) == {"created": 1}


@ONE
def test_sheet_as_an_office_makes_it_with_times_by_excel_and_everyday_words_is_read(register, person):
    working_days = "周一至周五"
    header = [
        "序号",
        "姓名",
        "执业证号",
        "机构编号",
        "请假事由",
        "类别",
        "开始日期",
        "结束日期",
        "开始时刻",
        "结束时刻",
        "每周",
    ]
    rows = [
        [
            1,
            "王芳",
            "p1",
            "F1",
            "看病",
            "病假",
            (46089, "yyyy-mm-dd"),
            "2026年3月20日",
            (0.375, "hh:mm"),
            "12时",
            working_days,
        ],
        [2, "王芳", "p1", "F1", "", "出差", "2026/4/1", "", "下午2:00", "24:00", "一三五"],
        [3, "王芳", "p1", "F1", "", "年休假", "2026.5.1", "2026.5.5", "", "", ""],
        ["合计", "", 3],
    ]

    report = brought_in(register, a_workbook(["2026年律师请假情况统计表"], header, *rows))

    assert why(report) == []
    assert [
        (row.from_on.isoformat(), row.until_on and row.until_on.isoformat(), row.from_minute, row.until_minute,
         row.weekdays, row.reason)
        for row in sorted(register.all(AbsenceRow), key=lambda row: row.from_on)
    ] == [
        ("2026-03-08", "2026-03-20", 540, 720, "12345", None), ("2026-04-01", None, 840, 1440, "135", None),
        ("2026-05-01", "2026-05-05", 0, 1440, "1234567", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wording", "days"),
    [("一、三、五", "135"), ("周一至周五", "12345"), ("星期六、星期日", "67"), ("1,3", "13"), (135, "135"), ("天", "7"),
     ("工作日", "12345"), ("Mon-Fri", "12345"), ("Tuesday, thu", "24"), ("每日", "1234567"), ("一至三、日", "1237")],
)  # fmt: skip
def test_weekdays_are_read_as_people_write_them(wording, days):
    assert weekdays().read(wording, None) == days


@pytest.mark.parametrize("wording", ["五至一", "八", "0", "12345678", "、", "一至"])
def test_weekdays_that_are_none_are_refused(wording):
    with pytest.raises(CellError):
        weekdays().read(wording, None)


@ONE
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_exported_comes_in_unchanged(register, person, tmp_path, language):
    other = register.a_practitioner("p2")
    for leave in (
        Leave(date(2026, 1, 1), date(2026, 1, 9)),
        Leave(date(2026, 1, 1), date(2026, 1, 8)),
        Leave(date(2026, 4, 1), None, (540, 720), "135"),
        Leave(date(2026, 4, 1), None, (0, 720)),
        Leave(date(2026, 4, 1), date(2026, 4, 2), (720, 1440)),
    ):
        report_leave(register.begin, register.clerk, NOW, person.id, leave)
    her = replace(register.clerk, role=Role.PRACTITIONER, practitioner_id=other.id)
    report_leave(register.begin, her, NOW, other.id, Leave(date(2026, 1, 1), date(2026, 1, 9)))
    for who in ({"practitioner_id": person.id}, {"institution_id": register.the_institution().id}) * 2:
        suspend(register.begin, register.manager, NOW, NOW.date(), None, "停业，整顿；甲", **who)

    exported, _ = again(register, tmp_path, "absences", language)
    report = import_file(
        register.begin, register.seal, register.manager, NOW + DAY, "absences", tmp_path / "absences.xlsx"
    )

    assert (exported.rows, exported.left_out) == (7, ())
    assert (report.refused, report.remarks, fates(report)) == ([], [], {"unchanged": 7})


@ONE
def test_template_is_filled_in_below_its_example_which_is_never_taken_in(register, person, tmp_path):
    path = tmp_path / "template.xlsx"
    export_template(path, "absences", register.read, register.clerk)
    book = load_workbook(path)
    headers = [str(cell.value).split("\n")[0].removesuffix("（必填）") for cell in book.worksheets[0][1]]
    row = LEAVE | {ABSENCES.columns[0].zh: "p1", "每日起始时刻": time(9), "星期": "一"}
    book.worksheets[0].append([row.get(header) for header in headers])
    book.save(path)

    report = import_file(register.begin, register.seal, register.clerk, NOW, "absences", path)

    assert (report.refused, fates(report)) == ([], {"created": 1})
    [made] = register.all(AbsenceRow)
    assert (made.kind, made.from_minute, made.weekdays) == (AbsenceKind.LEAVE, 540, "1")
