import io

import pytest
from openpyxl import load_workbook

from dispatch.commands.imports.files import perform_import
from dispatch.commands.jobs import JobContext
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CaseRow, ImportRow, InstitutionRow, JobRow, OutboxRow
from tests.api.test_cases import a_draft
from tests.rows import NOW

FIRMS = "机构编号,机构名称,机构类型\nF1,第一律师事务所,律师事务所\nF2,第二律师事务所,律师事务所\n".encode("gb18030")


@pytest.fixture
def bring_in(office, app):
    """Hand in a file and let a worker's part be done at once; return the job."""

    def run(content=FIRMS, what="institutions", **fields):
        files = {"file": ("firms.csv", content)} | fields.pop("files", {})
        answer = office.ask("POST", "/v1/imports", data={"what": what, **fields}, files=files)
        assert answer.status_code == 202, answer.text
        context = app.state.context
        perform_import(
            JobContext(context.begin, context.read, lambda: NOW, "worker"), context.key.require(), answer.json()["id"]
        )
        return office.get(answer.headers["location"]).json()

    return run


def test_uploaded_file_is_brought_in_by_a_worker(office, bring_in):
    job = bring_in()

    assert job["status"] == "done"
    assert job["result"]["created"] == 2
    assert {row.code for row in office.register.all(InstitutionRow)} == {"F1", "F2"}


def test_dry_run_tells_the_fates_and_keeps_nothing(office, bring_in):
    job = bring_in(dry_run="true")

    assert (job["status"], job["result"]["created"]) == ("done", 2)
    assert office.register.all(InstitutionRow) == []


def test_file_is_kept_sealed_until_it_is_in_and_not_after(office):
    answer = office.ask("POST", "/v1/imports", data={"what": "institutions"}, files={"file": ("firms.csv", FIRMS)})

    [row] = office.register.all(ImportRow, ImportRow.id == answer.json()["id"])
    assert "第一".encode("gb18030") not in row.content
    assert [sent.argument for sent in office.register.all(OutboxRow)] == [row.id]


@pytest.mark.parametrize("content", [FIRMS, "机构编号,机构名称,机构类型\nF2,乙,茶馆\n".encode(), b"\xff\x00"])
@pytest.mark.parametrize("dry_run", ["true", "false"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_upload_is_not_kept_once_its_job_is_over_however_it_ended(office, bring_in, content, dry_run):
    job = bring_in(content, dry_run=dry_run)

    assert job["finished_at"]
    assert office.register.all(ImportRow, ImportRow.id == job["id"])[0].content is None


def test_upload_of_a_cancelled_import_is_not_kept(office):
    answer = office.ask("POST", "/v1/imports", data={"what": "institutions"}, files={"file": ("firms.csv", FIRMS)})

    office.post(f"/v1/jobs/{answer.json()['id']}/cancel")

    assert [row.content for row in office.register.all(ImportRow)] == [None]


def test_refused_file_fails_its_job_and_names_the_row(bring_in):
    job = bring_in("机构编号,机构名称,机构类型\nF1,甲,律师事务所\nF2,乙,茶馆\n".encode())

    assert job["status"] == "failed"
    assert job["problem"]["type"] == "import-refused"
    assert job["problem"]["facts"]["report"]["refusals"][0]["row"] == 3


@pytest.mark.parametrize(
    ("fields", "files", "code"),
    [
        ({"what": "witches"}, {"file": ("a.csv", FIRMS)}, "invalid-field"),
        ({"what": "institutions"}, {"other": ("a.csv", FIRMS)}, "invalid-request"),
        ({}, {"file": ("a.csv", FIRMS)}, "invalid-request"),
        ({"what": "institutions"}, {"file": ("a.csv", FIRMS), "mapping": ("m.toml", b"= nonsense")}, "mapping-invalid"),
        ({"what": "institutions"}, {"file": ("a.csv", FIRMS), "mapping": ("m.toml", b"\xff\xfe")}, "mapping-invalid"),
        ({"what": "institutions", "partial": "perhaps"}, {"file": ("a.csv", FIRMS)}, "invalid-request"),
    ],
)
def test_bad_upload_is_refused_at_once_and_keeps_nothing(office, fields, files, code):
    answer = office.ask("POST", "/v1/imports", data=fields, files=files)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert office.register.all(JobRow) == []


def test_same_upload_with_the_same_key_is_one_import(office):
    for _ in range(2):
        office.ask(
            "POST",
            "/v1/imports",
            data={"what": "institutions"},
            files={"file": ("firms.csv", FIRMS)},
            headers={"Idempotency-Key": "once"},
        )

    assert len(office.register.all(ImportRow)) == 1


def test_refused_rows_of_a_file_are_given_back_and_nothing_is_kept(office):
    files = {"file": ("firms.csv", "机构编号,机构名称,机构类型\nF1,甲,律师事务所\nF2,乙,茶馆\n".encode())}
    zh = {"Accept-Language": "zh"}
    answer = office.ask("POST", "/v1/imports/refused-rows", data={"what": "institutions"}, files=files, headers=zh)
    refused = office.ask("POST", "/v1/imports/refused-rows", data={"what": "witches"}, files=files)

    [_, row] = load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert row[0].startswith("原第3行\n“机构类型”：")
    assert row[1:] == ("F2", "乙", "茶馆")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-field")
    assert office.register.all(JobRow) == []


def test_template_and_export_open_in_a_second_program(office, bring_in):
    bring_in()

    template = load_workbook(io.BytesIO(office.get("/v1/exports/templates/practitioners").content))
    export = load_workbook(io.BytesIO(office.get("/v1/exports/institutions", role=Role.MANAGER).content))

    assert template.active.max_column > 10
    assert {"F1", "F2"} <= {cell.value for row in export.active.iter_rows() for cell in row}


def rows_of(answer):
    assert answer.status_code == 200, answer.text
    return [row[0].value for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=2)]


def test_export_holds_what_the_list_with_the_same_conditions_shows(office):
    register = office.register
    firm = register.an_institution("F1")
    people = [register.a_practitioner(code, firm, listed=code != "24") for code in ("14", "15", "24")]
    case = office.post("/v1/cases", a_draft(number="2026-1")).json()
    office.post("/v1/cases", a_draft(number="2025-1"))
    register.an_assignment(register.get(CaseRow, case["id"]), people[0], institution_id=firm.id)

    for what, asked, found in (
        ("cases", {"number_prefix": "2026"}, ["2026-1"]), ("cases", {"practitioner": "14"}, ["2026-1"]),
        ("cases", {"status": "pending"}, ["2025-1", "2026-1"]),
        ("practitioners", {"listed": "true"}, ["14", "15"]), ("practitioners", {"code_prefix": "2"}, ["24"]),
        ("institutions", {"name": "F1"}, ["F1"]), ("institutions", {"name": "nobody"}, []),
    ):  # fmt: skip
        assert rows_of(office.get(f"/v1/exports/{what}", params=asked)) == found, asked
    strange = [office.get("/v1/exports/cases?colour=red"), office.get("/v1/exports/areas?name=x")]
    assert [answer.status_code for answer in strange] == [422, 422]


def test_export_of_something_unknown_is_refused(office):
    answer = office.get("/v1/exports/secrets")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-field")


LEAVE_OF_ANOTHER_PROGRAM = """
[absences]
columns = { code = "工号", kind = "假别", from_on = "起", until_on = "止" }
values.kind = { "年假" = "leave", "停牌" = "suspension", "值班" = "ignore" }
[absences.constants]
of = "practitioner"
"""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_absences_come_in_by_a_mapping_have_a_template_and_go_out_by_the_api(office, bring_in):
    office.register.a_practitioner("14-A")
    leave = ("１4-a,王芳,年假,2026/5/1,2026年5月5日", "14—a,王芳,年假,2026.5.4,20260508")
    rows = "\n".join(("工号,姓名,假别,起,止", *leave))
    sent = {"what": "absences", "files": {"mapping": ("m.toml", LEAVE_OF_ANOTHER_PROGRAM.encode())}}

    job = bring_in(rows.encode("gb18030"), **sent)
    dry = bring_in(rows.encode("gb18030"), dry_run="true", **sent)
    template = rows_of(office.get("/v1/exports/templates/absences"))
    exported = office.get("/v1/exports/absences", role=Role.AUDITOR)
    days = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(exported.content)).worksheets[0]][1:]

    assert (job["status"], job["result"]["created"]) == ("done", 2)
    assert [remark["code"] for remark in job["result"]["remarks"]] == ["overlapping"]
    assert (dry["result"]["unchanged"], dry["result"]["applied"]) == (2, False)
    assert template == ["SAMPLE-P1"]
    assert [(row[0], row[2], row[3], row[4]) for row in days] == [
        ("14-A", "休假", "2026-05-01", "2026-05-05"), ("14-A", "休假", "2026-05-04", "2026-05-08"),
    ]  # fmt: skip
    assert office.ask("GET", "/v1/exports/absences", role=Role.PRACTITIONER).status_code == 403
