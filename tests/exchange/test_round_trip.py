"""What is exported comes in again unchanged, every row of it, whatever the register holds."""

from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import Fate, grant_case, submit_case
from dispatch.commands.imports.exports import export_records
from dispatch.commands.imports.files import import_file
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import Category, InstitutionKind, PractitionerKind, Sex
from dispatch.exchange.spreadsheet import LEFT_OUT
from dispatch.registry.tables import AreaRow, CaseRow, PartyRow, PractitionerRow
from tests.rows import NOW, a_draft

KINDS = ("areas", "institutions", "practitioners", "cases")
RARE = "䶮\U00032000\ue815·古丽米热"
DISTRICTS = [
    ("320106", "鼓楼区"), ("320302", "鼓楼区"), ("410104", "管城回族区"), ("X;1", "甲、乙；丙"), ("无区", "无"),
    ("全", "全市"), ("C", "A"), ("q", "“引号”,\\"), ("ug", "ئۇيغۇر"),
]  # fmt: skip


@pytest.fixture
def centre(register):
    """A register with repeated labels, rare characters and every optional field filled."""
    centre_id = register.centre.id
    for code, name in DISTRICTS:
        register.add(AreaRow(centre_id=centre_id, code=code, name=name, latitude=34.123456789012345, longitude=115.1))
    codes = [code for code, _ in DISTRICTS]
    firm = register.an_institution(
        "F/1-甲", name=f"{RARE}律师事务所（商丘）", kind=InstitutionKind.LAW_FIRM, area="320302",
        contact="'0370-12 #2；“甲”", latitude=-0.1 - 0.2, longitude=1e-05, capacity=0, entered_on=date(1999, 12, 31),
        left_on=date(2099, 12, 31),
    )  # fmt: skip
    register.an_institution("bare", kind=None, area=None, name="=1+1")
    register.a_practitioner("bare", firm, **dict.fromkeys(OPTIONAL))
    filled = register.a_practitioner(
        "14114201510123400", firm, kind=PractitionerKind.GRASSROOTS_WORKER, sex=Sex.FEMALE, listed=False,
        specialties={"wages": 0, "civil": 100, "maintenance": 50, "retired": 9},
        experience={c.value: 7 for c in Category}, languages=["sign", "ug", "cmn"], areas=codes,
        monthly_capacity=3, quality=None, assessment_passed=False,
        relatives_at=["某县人民法院（甲、乙）", "未知;法院"], latitude=34.41234567890123,
        longitude=115.65432109876543,
        former_offices=[{"organ": None, "left_on": None}, {"organ": "甲@乙；院", "left_on": "2020-05-01"}],
    )  # fmt: skip
    told = {"contact": "0370-1234567 '甲；乙", "phone": "+86 138 0000 0001", "identity_number": "11010519491231002X"}
    register.keep(filled, told)
    with register.begin() as tx:
        tx.session.exec(update(PractitionerRow).where(PractitionerRow.id == filled.id).values(name=f"{RARE} O'Neill"))
    return register


OPTIONAL = (
    "kind", "sex", "assessment_valid_to", "assessment_passed", "practising_since", "criminal_defence_since",
    "minor_trained", "legal_qualification", "specialties", "experience", "languages", "areas", "former_offices",
    "relatives_at", "quality", "latitude", "longitude", "capacity",
)  # fmt: skip


def handed_in(register, number, **fields):
    draft = a_draft(number, **fields)
    return submit_case(register.begin, register.seal, register.clerk, NOW, draft)


def with_cases(register):
    """Cases as they come, granted later, changed later, tied, and with people of whom much is known."""
    person = {
        "name": RARE,
        "identity_kind": "other",
        "identity_number": "M-12 34",
        "sex": "female",
        "minor": None,
        "contact": "a  b '1",
    }
    other = {"name": "不详", "identity_number": "41140219900101001X", "contact": "0370", "minor": False}
    handed_in(
        register, "（2026）援民字第1号", recipient=person, story="第一行\n\t第二行 =1", organ="#REF! 人民法院",
        area="320106", opposing=[other, {"name": "不详"}, {"name": "甲、乙公司"}], languages=["维语", "sign"],
        court_area="320302", domicile_areas=["X;1", "无区"],
        categories=["migrant_worker", "minor"], wishes=["14114201510123400", "bare"],
        detained=None, grave=None, sexual_assault=None, secret=True, major=True, demand=2, interpreter=True,
        hearing_on="2026-04-01", limitation_ends_on="2026-12-31", custody_ends_on="2026-03-20", preservation=True,
        means_ground="relief", aid_first="preservation", materials_owed=["means", "case"],
        materials_due_on="2026-03-31", fund_source="lottery",
        received_at=datetime.fromisoformat("2026-03-01T09:30:15.123456+08:00"),
    )  # fmt: skip
    late = handed_in(
        register, "late", granted_at=None, relations=[{"kind": "opposing_sides", "number": "(2026)援民字第1"}]
    )
    grant_case(register.begin, register.clerk, NOW, late.id, NOW - timedelta(minutes=1))
    changed = handed_in(register, "changed", relations=[{"kind": "earlier_stage", "number": "late"}])
    change_case(
        register.begin,
        register.seal,
        register.clerk,
        NOW,
        changed.id,
        {"organ": "改后的法院", "area": "B"},
        changed.revision,
    )
    handed_in(register, "notice", source="notice_must", matter="criminal", cause="theft", service="defence",
              granted_at=None, grave=True, detained=True)  # fmt: skip
    with register.begin() as tx:
        tx.session.exec(update(CaseRow).where(CaseRow.number == "changed").values(status="assigned", cause="retired"))


def again(register, tmp_path, kind, language):
    path = tmp_path / f"{kind}.xlsx"
    exported = export_records(register.begin, register.read, register.seal, register.clerk, NOW, kind, path, language)
    later = NOW + timedelta(days=1)
    return exported, import_file(register.begin, register.seal, register.clerk, later, kind, path)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_row_of_an_export_comes_in_unchanged(centre, tmp_path, kind, language):
    with_cases(centre)

    exported, report = again(centre, tmp_path, kind, language)

    assert exported.left_out == ()
    assert (report.refused, report.remarks, report.dropped) == ([], [], {})
    assert {fate: len(rows) for fate, rows in report.fates.items() if rows} == {Fate.UNCHANGED: exported.rows}


def test_row_that_cannot_be_written_is_named_and_the_rest_goes_on(centre, tmp_path):
    with_cases(centre)
    centre.a_practitioner("odd", former_offices=[{"x": 1}], languages=["tlh"])
    with centre.begin() as tx:
        broken = tx.session.exec(update(PartyRow).where(PartyRow.role == "opposing").values(sealed=b"\x01" + bytes(40)))
    assert broken.rowcount == 3

    people, _ = again(centre, tmp_path, "practitioners", "zh")
    cases, report = again(centre, tmp_path, "cases", "zh")

    assert (people.rows, people.left_out) == (2, (("odd", "former_offices"),))
    assert (cases.rows, cases.left_out) == (3, (("（2026）援民字第1号", "recipient_name"),))
    assert report.unchanged == 3
    named = load_workbook(tmp_path / "practitioners.xlsx")[LEFT_OUT]
    assert [cell.value for cell in named["A"]] == ["未导出 Left out", "odd"]


def test_party_comes_in_a_file_with_their_number_and_stays_the_same_person(centre, tmp_path):
    """A number makes a conflict certain; a file is no door at which it gets lost."""
    with_cases(centre)
    path = tmp_path / "cases.xlsx"

    def bring(*parties):
        export_records(centre.begin, centre.read, centre.seal, centre.clerk, NOW, "cases", path)
        workbook = load_workbook(path)
        header = [cell.value.split("\n")[0].removesuffix("（必填）") for cell in workbook.active[1]]
        column = header.index("对方当事人") + 1
        [row] = [cell.row for [cell] in workbook.active.iter_rows(max_col=1) if cell.value == "（2026）援民字第1号"]
        if parties:
            workbook.active.cell(row, column).value = "；".join(parties)
        workbook.save(path)
        return import_file(centre.begin, centre.seal, centre.clerk, NOW, "cases", path)

    given = bring("李雷（11010519491231002x）", "某公司(91410000MA3X5K7L2P)")
    keys = {row.identity_key for row in centre.all(PartyRow, PartyRow.role == "opposing")}
    again, wrong = bring(), bring("李雷（110105194912310021）")

    assert (given.refused, given.updated) == ([], 1)
    assert centre.seal.identity_key("11010519491231002X") in keys
    assert (again.refused, again.updated) == ([], 0)
    assert [refusal.field for refusal in wrong.refused] == ["opposing"]
    assert "110105" not in str(wrong.refused)


def test_file_without_a_column_leaves_it_and_keeps_what_is_known_of_opposing_parties(centre, tmp_path):
    with_cases(centre)
    path = tmp_path / "cases.xlsx"
    export_records(centre.begin, centre.read, centre.seal, centre.clerk, NOW, "cases", path)
    workbook = load_workbook(path)
    header = [cell.value.split("\n")[0].removesuffix("（必填）") for cell in workbook.active[1]]
    for name in ("点援意愿", "案情", "办案机关（争议处理机关）"):
        workbook.active.delete_cols(header.index(name) + 1)
        header.remove(name)
    [numbered] = [cell for [cell] in workbook.active.iter_rows(max_col=1) if cell.value == "（2026）援民字第1号"]
    numbered.value = "(2026)援民字第1"
    workbook.save(path)

    report = import_file(centre.begin, centre.seal, centre.clerk, NOW, "cases", path)

    assert (report.refused, report.updated) == ([], 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_cause_of_the_catalogue_that_is_exported_comes_in_unchanged(register, tmp_path):
    path, manager = tmp_path / "causes.xlsx", register.manager
    register.a_policy()
    for language in ("zh", "en"):
        who = (register.begin, register.read, register.seal, manager, NOW)
        exported = export_records(*who, "causes", path, language)
        report = import_file(register.begin, register.seal, manager, NOW, "causes", path)

        assert (exported.rows, exported.left_out) == (len(load_preset("national").catalogue.by_code), ())
        assert (report.refused, report.remarks) == ([], [])
        assert {fate: len(rows) for fate, rows in report.fates.items() if rows} == {Fate.UNCHANGED: exported.rows}
