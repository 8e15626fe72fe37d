"""Files come in whole or not at all, once however often they are sent."""

from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.exports import export_records, export_template
from dispatch.commands.imports.files import Order, Upload, carry_out, import_file, perform_import, request_import
from dispatch.commands.jobs import JobContext, cancel_job
from dispatch.commands.roster.contacts import opened
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, MappingInvalidError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobStatus, Role, Status
from dispatch.exchange.columns import Kind
from dispatch.exchange.tables import TABLES
from dispatch.exchange.wording import header_key
from dispatch.registry.tables import (
    AreaRow,
    AttributesRow,
    AuditRow,
    CaseRow,
    ImportRow,
    InstitutionAttributesRow,
    InstitutionRow,
    JobRow,
    OutboxRow,
    PartyRow,
    PractitionerRow,
    RelationRow,
    WishRow,
)
from tests.exchange.files import a_csv, good
from tests.rows import NOW

DAY = timedelta(days=1)


def bring_in(register, what, content, now=NOW, **order):
    wanted = Order(Kind(what), content, **order)
    who = register.begin, register.seal, register.clerk, now
    foreseen = carry_out(*who, wanted._replace(dry_run=True), read=register.read)
    report = carry_out(*who, wanted, read=register.read)
    # A dry run says of every file what the import then does.
    assert (foreseen.fates, foreseen.refused, foreseen.remarks) == (report.fates, report.refused, report.remarks)
    return report


def with_firm(register):
    bring_in(register, "institutions", a_csv(good("institutions")))
    return register


def states(register):
    rows = sorted(register.all(AttributesRow), key=lambda row: (row.from_on, row.recorded_at))
    return [(row.from_on, row.until_on, row.quality) for row in rows]


def believed(register):
    return [row.quality for row in register.all(AttributesRow) if row.superseded_at is None]


def test_new_practitioner_is_there_from_today_with_what_is_known(register):
    with_firm(register)

    report = bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="８０", 承办上限="5件")))

    [stated] = register.all(AttributesRow)
    assert (report.created, report.applied) == (1, True)
    assert (stated.from_on, stated.quality, stated.capacity) == (date(2026, 3, 9), 80, 5)
    assert (stated.listed, stated.minor_trained, stated.specialties) == (True, None, None)


def test_file_sent_again_changes_nothing(register):
    with_firm(register)
    content = a_csv(good("practitioners", 专业特长="wages:80;theft:60", 语言="无"))
    bring_in(register, "practitioners", content)
    before = register.all(PractitionerRow), register.all(AttributesRow)

    report = bring_in(register, "practitioners", content, NOW + DAY)

    assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
    assert (register.all(PractitionerRow), register.all(AttributesRow)) == before


def test_change_closes_what_was_true_and_opens_what_is(register):
    with_firm(register)
    bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="80")))

    report = bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="85")), NOW + DAY)

    first, second = date(2026, 3, 9), date(2026, 3, 10)
    assert report.updated == 1
    assert states(register) == [(first, second, 80), (second, None, 85)]
    assert register.all(PractitionerRow)[0].revision == 2


def test_second_change_of_a_day_keeps_the_first(register):
    with_firm(register)
    for hours, quality in ((0, "80"), (1, "85"), (2, "90")):
        content = a_csv(good("practitioners", 质量评价=quality))
        bring_in(register, "practitioners", content, NOW + timedelta(hours=hours))

    today = date(2026, 3, 9)
    assert states(register) == [(today, None, 80), (today, None, 85), (today, None, 90)]
    assert believed(register) == [90]


def test_change_at_the_same_instant_leaves_one_state(register):
    with_firm(register)
    bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="80")))

    bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="85")))

    assert believed(register) == [85]


def test_column_left_out_stays_and_blank_cell_becomes_unknown(register):
    with_firm(register)
    bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="80", 承办上限="5")))

    bring_in(register, "practitioners", a_csv(good("practitioners", 质量评价="", 在册承办="")), NOW + DAY)

    stated = max(register.all(AttributesRow), key=lambda row: row.from_on)
    assert (stated.quality, stated.capacity, stated.listed) == (None, 5, True)


def test_dry_run_tells_the_same_fates_and_changes_nothing(register):
    with_firm(register)
    content = a_csv(good("institutions", 机构名称="新名"), good("institutions", 机构编号="F2"))
    before = register.all(InstitutionRow)

    tried = bring_in(register, "institutions", content, dry_run=True)

    assert (tried.applied, register.all(InstitutionRow)) == (False, before)
    done = bring_in(register, "institutions", content)
    assert tried.fates == done.fates == {
        Fate.CREATED: [3], Fate.UPDATED: [2], Fate.UNCHANGED: [], Fate.REFUSED: [],
    }  # fmt: skip


def test_partial_import_keeps_the_good_rows(register):
    content = a_csv(good("institutions"), good("institutions", 机构编号="F2", 机构类型="法院"))

    report = bring_in(register, "institutions", content, partial=True)

    assert (report.created, report.refused_rows, report.applied) == (1, 1, True)
    assert [row.code for row in register.all(InstitutionRow)] == ["F1"]


def test_areas_come_in_and_are_known_at_once(register):
    bring_in(register, "areas", a_csv({"地区代码": "411402", "地区名称": "梁园区", "纬度": "34.4", "经度": "115.6"}))

    bring_in(register, "institutions", a_csv(good("institutions", 所在地区="梁园区")))

    assert {row.code for row in register.all(AreaRow)} == {"A", "B", "411402"}
    assert register.all(InstitutionAttributesRow)[0].area == "411402"


def test_cases_come_in_sealed_with_wishes_and_ties(register):
    with_firm(register)
    bring_in(register, "practitioners", a_csv(good("practitioners"), good("practitioners", 执业证号="P2")))
    first = good(
        "cases", 决定给予法律援助时间="2026-03-06 16:00", 点援意愿="P2;P1", 在押="否", 经济困难核查结果="个人诚信承诺"
    )
    second = good("cases", 案件编号="C2", 同案案件="C1", 受援人姓名="韩梅梅")

    report = bring_in(register, "cases", a_csv(first, second))

    cases = {row.number: row for row in register.all(CaseRow)}
    assert report.created == 2
    assert (cases["C1"].status, cases["C2"].status) == (Status.PENDING, Status.RECEIVED)
    assert (cases["C1"].detained, cases["C2"].detained) == (False, None)
    assert [row.rank for row in register.all(WishRow)] == [1, 2]
    assert len(register.all(RelationRow)) == 1
    assert all("李雷".encode() not in row.sealed for row in register.all(PartyRow))


FORMER_HEADERS = {
    "practitioners": "执业证号 在册承办 执业证有效期至 执业起始日期 刑事辩护起始日期 未成年人案件培训 曾任司法机关"
                     " 近亲属任职机关 质量评价 承办上限 每月上限",
    "cases": "案件类别 案由 罪名 援助形式 办案阶段 经济状况审查 案件地区 办案机关 可能判处无期徒刑或死刑 性侵害"
             " 强制医疗 涉密 重大案件 收到时间 决定援助时间 同案案件 对立方案件 前一阶段案件",
}  # fmt: skip


@pytest.mark.parametrize("kind", FORMER_HEADERS)
def test_everyday_and_former_headers_are_still_read(kind):
    known = [column.names for column in TABLES[Kind(kind)].columns]

    unread = [name for name in FORMER_HEADERS[kind].split() if sum(header_key(name) in names for names in known) != 1]

    assert unread == []


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.kind.value)
def test_no_header_names_two_columns_of_a_table(table):
    names = [name for column in table.columns for name in column.names]

    assert sorted(set(names)) == sorted(names)


def test_case_sent_again_changes_nothing_and_a_queued_one_takes_a_change(register):
    content = a_csv(good("cases"))
    bring_in(register, "cases", content)

    again = bring_in(register, "cases", content)
    changed = bring_in(register, "cases", a_csv(good("cases", 重大案件="是")))

    assert (again.unchanged, changed.updated) == (1, 1)
    assert register.all(CaseRow)[0].major


def test_clerk_of_another_centre_brings_in_nothing_here(register):
    stranger = Actor("nobody", Role.AUDITOR, register.centre.id)

    with pytest.raises(ForbiddenError):
        carry_out(register.begin, register.seal, stranger, NOW, Order(Kind.INSTITUTIONS, b"x"))


MANY = 8_000
"""Practitioners of a province; their columns are more than one statement may hold values (65,535)."""


# On the database that holds as many in earnest: it takes seconds.
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_thousands_of_practitioners_come_in_and_come_again(register):
    with_firm(register)
    content = a_csv(*(good("practitioners", 执业证号=f"P{j}", 专业特长="wages:80") for j in range(MANY)))
    reported = []

    report = carry_out(
        register.begin, register.seal, register.clerk, NOW, Order(Kind.PRACTITIONERS, content),
        lambda phase, share: reported.append((phase, share)), read=register.read,
    )  # fmt: skip

    assert report.created == MANY
    assert bring_in(register, "practitioners", content).unchanged == MANY
    assert [share for _, share in reported] == sorted(share for _, share in reported)
    assert {phase for phase, _ in reported} == {"reading", "checking", "writing"}


@pytest.mark.parametrize("kind", ["areas", "institutions", "practitioners", "cases"])
def test_example_of_a_template_is_not_imported_until_it_has_a_number_of_its_own(register, tmp_path, kind):
    register.an_institution("F1")
    path = tmp_path / f"{kind}.xlsx"
    export_template(path, kind, register.read, register.clerk)
    first = import_file(register.begin, register.seal, register.clerk, NOW, kind, path)
    workbook = load_workbook(path)
    for cell in workbook.active[2]:
        cell.value = "F1" if cell.value == "SAMPLE-F1" and kind == "practitioners" else cell.value
    workbook.active["A2"] = "own"
    workbook.save(path)

    second = import_file(register.begin, register.seal, register.clerk, NOW, kind, path)

    assert (first.created, first.refused, [remark.kind for remark in first.remarks]) == (0, [], ["sample_row"])
    assert (second.created, second.refused, second.remarks) == (1, [], [])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", ["areas", "institutions", "practitioners", "cases"])
def test_export_comes_in_unchanged(register, tmp_path, kind, language):
    with_firm(register)
    reached = "0370-1234567 梁园区"
    row = good("practitioners", 专业特长="maintenance:80", 服务地区="A", 办公电话和地址=reached)
    bring_in(register, "practitioners", a_csv(row))
    assert opened(register.seal, register.all(PractitionerRow)[0].sealed)["contact"] == reached
    bring_in(
        register, "cases", a_csv(good("cases", 受援人证件号码="410000199001011236", 案情="两行\n案情", 点援意愿="P1"))
    )
    path = tmp_path / "export.xlsx"
    export_records(register.begin, register.read, register.seal, register.clerk, NOW, kind, path, language)

    report = import_file(register.begin, register.seal, register.clerk, NOW + DAY, kind, path)

    assert (report.refused, report.created, report.updated) == ([], 0, 0)
    assert report.unchanged == (2 if kind == "areas" else 1)


def test_export_of_tied_cases_comes_in_unchanged_though_it_says_each_tie_twice(register, tmp_path):
    later = good("cases", 案件编号="C2", 前一阶段案件="C1", 对立方案件="C3")
    bring_in(register, "cases", a_csv(good("cases"), later, good("cases", 案件编号="C3", 同案案件="C1")))
    path = tmp_path / "export.xlsx"
    export_records(register.begin, register.read, register.seal, register.clerk, NOW, "cases", path)

    report = import_file(register.begin, register.seal, register.clerk, NOW + DAY, "cases", path)

    assert (report.refused, report.unchanged) == ([], 3)
    assert len(register.all(RelationRow)) == 3


def test_assignments_are_exported_and_the_export_is_noted(register, tmp_path):
    register.an_assignment(register.a_case(), register.a_practitioner())

    exported = export_records(
        register.begin, register.read, register.seal, register.manager, NOW, "assignments", tmp_path / "a.xlsx"
    )

    assert exported.rows == 1
    assert ("export", "assignments") in [(row.verb, row.subject) for row in register.all(AuditRow)]


def test_export_of_something_unknown_is_refused(register, tmp_path):
    with pytest.raises(InvalidFieldError):
        export_template(tmp_path / "x.xlsx", "teachers")
    with pytest.raises(InvalidFieldError):
        export_template(tmp_path / "x.csv", "cases")


def an_upload(register, content, **more):
    upload = Upload("institutions", "list.csv", content, **more)
    return request_import(register.begin, register.seal, register.clerk, NOW, upload)


def perform(register, row):
    return perform_import(JobContext(register.begin, register.read, lambda: NOW, "worker"), register.seal, row.id)


def test_upload_waits_sealed_and_is_brought_in_by_a_worker(register):
    row = an_upload(register, a_csv(good("institutions")))
    kept = register.get(ImportRow, row.id)

    wording = perform(register, row)

    assert "某某".encode() not in kept.content
    assert wording.endswith("1 created, 0 updated")
    assert [message.job for message in register.all(OutboxRow)] == ["workers.jobs.perform_import"]
    job = register.get(JobRow, row.id)
    assert (job.status, job.result["created"], job.done_share) == (JobStatus.DONE, 1, 1.0)
    assert register.get(ImportRow, row.id).content is None


def test_import_done_is_left_alone(register):
    row = an_upload(register, a_csv(good("institutions")))
    perform(register, row)

    again = perform(register, row)

    assert again.endswith("taken or over")
    assert len(register.all(InstitutionRow)) == 1


def test_refused_upload_fails_with_its_report(register):
    row = an_upload(register, a_csv(good("institutions", 机构类型="法院")))

    perform(register, row)

    job = register.get(JobRow, row.id)
    assert (job.status, job.problem["type"]) == (JobStatus.FAILED, "import-refused")
    assert job.problem["facts"]["report"]["refusals"][0]["code"] == "not_listed"
    assert register.all(InstitutionRow) == []


def test_dry_run_of_an_upload_is_done_and_changes_nothing(register):
    row = an_upload(register, a_csv(good("institutions")), dry_run=True)

    perform(register, row)

    job = register.get(JobRow, row.id)
    assert (job.status, job.result["created"], job.result["applied"]) == (JobStatus.DONE, 1, False)
    assert register.all(InstitutionRow) == []


def test_unreadable_upload_fails_with_the_reason(register):
    row = an_upload(register, b"\x00\x01")

    perform(register, row)

    job = register.get(JobRow, row.id)
    assert (job.status, job.problem["type"]) == (JobStatus.FAILED, "unreadable-file")


def test_upload_cancelled_in_time_changes_nothing(register):
    row = an_upload(register, a_csv(good("institutions")))
    cancel_job(register.begin, register.clerk, NOW, row.id)

    perform(register, row)

    assert register.get(JobRow, row.id).status is JobStatus.CANCELLED
    assert register.all(InstitutionRow) == []


def test_upload_of_an_unknown_kind_or_with_a_bad_mapping_is_refused_at_once(register):
    with pytest.raises(InvalidFieldError):
        request_import(register.begin, register.seal, register.clerk, NOW, Upload("teachers", "x.csv", b"x"))
    with pytest.raises(MappingInvalidError):
        an_upload(register, b"x", mapping="[cases]")
    assert register.all(OutboxRow) == []
