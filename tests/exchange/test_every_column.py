"""Every column of every table comes out of the register as it went in, and says all that the register keeps.

Whoever adds a column fills it here; whoever adds a fact to a row gives it a column, or says why it has none.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import chain

import pytest
from openpyxl import load_workbook

from dispatch.commands.cases.drafts import PARTIES, CaseDraft, PersonDraft
from dispatch.commands.cases.stored import PERSON
from dispatch.commands.imports.exports import export_records
from dispatch.commands.imports.files import import_file
from dispatch.domain.policy.causes import Cause
from dispatch.domain.vocabulary import Category, RelationKind
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import load_lookups
from dispatch.exchange.spreadsheet import write_records
from dispatch.exchange.tables import TABLES
from dispatch.registry.tables import (
    AreaRow,
    AttributesRow,
    CaseRow,
    InstitutionAttributesRow,
    InstitutionRow,
    OrganRow,
    PractitionerRow,
)
from tests.rows import NOW

RARE = "䶮\U00032000\ue815·古丽米热"
RECEIVED = datetime(2026, 3, 1, 1, 30, 15, tzinfo=UTC)
STATED = {"matter": "civil", "cause": "wages", "service": "litigation_agency", "source": "application",
        "stage": "first_instance", "recipient_name": RARE, "received_at": RECEIVED, "interpreter": False,
        "major": False, "demand": 1, "means_test": "required"}  # fmt: skip

# fmt: off
FILLED = {
    Kind.AREAS: [
        {"code": "320106", "name": "鼓楼区", "latitude": 34.123456789012345, "longitude": 115.1},
        {"code": "320302", "name": "鼓楼区", "latitude": -0.1 - 0.2, "longitude": 1e-05},
    ],
    Kind.INSTITUTIONS: [
        {"code": "F1", "name": f"{RARE}（商丘）", "kind": "law_firm", "area": "320302", "contact": "0370-1 '甲",
         "latitude": 34.5, "longitude": 115.5, "capacity": 7, "entered_on": date(1999, 12, 31),
         "left_on": date(2099, 12, 31)},
        {"code": "bare", "name": "=1+1"},
    ],
    Kind.PRACTITIONERS: [
        {"code": "14114201510123400", "name": f"{RARE} O'Neill", "institution": "F1", "kind": "grassroots_worker",
         "sex": "female", "listed": False, "assessment_valid_to": date(2030, 5, 31), "assessment_passed": False,
         "practising_since": date(2010, 1, 2), "criminal_defence_since": date(2011, 3, 4), "minor_trained": True,
         "legal_qualification": False, "specialties": {"civil": 100, "wages": 0},
         "experience": {category.value: 7 for category in sorted(Category)}, "languages": ["sign", "ug", "cmn"],
         "areas": ["320106", "320302"],
         "former_offices": [{"organ": "甲@乙；院", "left_on": "2020-05-01"}, {"organ": None, "left_on": None}],
         "relatives_at": ["某县人民法院（甲、乙）"], "contact": "0370-2 '乙", "phone": "13800000001",
         "identity_number": "11010519491231002X", "quality": 88, "latitude": 34.41234567890123,
         "longitude": 115.65432109876543, "capacity": 0, "monthly_capacity": 3, "entered_on": date(2020, 1, 1),
         "left_on": date(2098, 1, 1)},
        {"code": "bare", "name": "1", "institution": "bare", "listed": True, "entered_on": date(2026, 3, 9)},
    ],
    Kind.ORGANS: [
        {"name": "商丘市中级人民法院", "kind": "court", "area": "320106", "aliases": [f"{RARE}院", "商丘地区中院"]},
        {"name": "某某机关"},
    ],
    Kind.CASES: [
        STATED | {"number": "（2026）援民字第1号", "means_test": "exempt_from_check", "means_ground": "relief",
                "area": "320106", "organ": "#REF! 人民法院", "categories": ["migrant_worker", "minor"],
                "languages": ["ug", "sign"], "domicile_areas": ["320302"], "court_area": "320302", "interpreter": True,
                "recipient_identity_kind": "passport", "recipient_identity_number": "E12345678",
                "recipient_sex": "female", "recipient_contact": "a b '1", "opposing": ["甲、乙公司"],
                "co_accused": ["丙"], "spouses": ["丁"], "guardians": ["戊"], "related": ["己"],
                "story": "第一行\n\t第二行 =1", "recipient_minor": True, "detained": False, "grave": False,
                "sexual_assault": False, "death_review": False, "compulsory_treatment": False, "secret": True,
                "major": True, "hearing_on": date(2026, 4, 1), "limitation_ends_on": date(2026, 12, 31),
                "preservation": True, "demand": 2, "granted_at": RECEIVED + timedelta(hours=1),
                "aid_first": "preservation", "materials_owed": ["means", "case"],
                "materials_due_on": date(2026, 3, 31), "fund_source": "local", "wishes": ["14114201510123400"],
                "co_defendants": ["C2"], "opposing_sides": ["C3"], "earlier_stage": ["C4"]},
        STATED | {"number": "C2", "matter": "criminal", "cause": "homicide", "service": "defence",
                "source": "notice_must", "stage": "death_review", "review_court": "high", "detained": True,
                "custody_ends_on": date(2026, 5, 1), "grave": True, "means_test": "not_applicable",
                "co_defendants": ["（2026）援民字第1号"]},
        STATED | {"number": "C3", "means_status": "pledged", "opposing_sides": ["（2026）援民字第1号"]},
        STATED | {"number": "C4", "detained": None},
    ],
}
KEPT_OTHERWISE = {
    # what a row has beside its columns                     and why
    "id", "centre_id", "revision", "updated_at", "recorded_at", "superseded_at", "created_by",   # of the register
    "from_on", "until_on", "practitioner_id", "institution_id",                 # the file says what is true today
    "sealed", "identity_key", "name_key", "number_key", "number_order", "fingerprint", "code_key", # made of columns
    "retired_at",                                                       # a retired organ stays where it is named
    "merged_into",                                                              # the other record is exported
    "status", "entitled_at", "due_at", "due_estimated", "due_source", "relaxed", "archive_number", "duplicate_of",
    "lot_of", "archive_key", "dates_known_at", "recipient_is_minor",            # what became of a case, or made of it
}
# fmt: on
ROWS = {
    Kind.AREAS: (AreaRow,),
    Kind.INSTITUTIONS: (InstitutionRow, InstitutionAttributesRow),
    Kind.PRACTITIONERS: (PractitionerRow, AttributesRow),
    Kind.CASES: (CaseRow, CaseDraft),
    Kind.ORGANS: (OrganRow,),
    Kind.CAUSES: (Cause,),
}
HANDED = {"recipient": "recipient_name", "relations": "co_defendants"}
OF_CAUSES = {"zh": "name", "en": "english"}


@pytest.fixture
def database_url(clean_sqlite_url):
    """One database: what is shown is that each column is written and read."""
    return clean_sqlite_url


@pytest.mark.parametrize("kind", FILLED, ids=str)
def test_every_column_is_filled_below(kind):
    filled = set(chain.from_iterable(FILLED[kind]))

    assert filled == {column.field for column in TABLES[kind].columns}


@pytest.mark.parametrize("kind", ROWS, ids=str)
def test_every_fact_of_a_row_has_a_column(kind):
    columns = {column.field for column in TABLES[kind].columns}
    facts = set(chain.from_iterable(table.model_fields for table in ROWS[kind]))
    named = {OF_CAUSES.get(fact, fact) if kind is Kind.CAUSES else HANDED.get(fact, fact) for fact in facts}

    assert named - columns - KEPT_OTHERWISE == set()


def test_every_fact_of_the_recipient_has_a_column_and_every_party_and_tie_a_list():
    columns = {column.field for column in TABLES[Kind.CASES].columns}

    assert {f"{PERSON}{field}" for field in PersonDraft.model_fields} <= columns
    assert {*PARTIES, *(kind.value for kind in RelationKind)} <= columns


def cells(path):
    """The rows of a workbook by their key, each by the headers."""
    header, *rows = load_workbook(path).worksheets[0].iter_rows(values_only=True)
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows if row[0]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_column_comes_out_as_it_went_in_and_in_again_unchanged(register, tmp_path, language):
    for kind, records in FILLED.items():
        given, exported = tmp_path / f"{kind}.xlsx", tmp_path / f"{kind}-again.xlsx"
        with register.read() as session:
            lookups = load_lookups(session, register.centre.id)
        assert write_records(given, kind, records, lookups, language).left_out == ()
        who = (register.begin, register.seal, register.clerk, NOW)

        first = import_file(*who, kind, given)
        assert (first.refused, first.remarks, first.created) == ([], [], len(records)), kind
        export_records(register.begin, register.read, register.seal, register.clerk, NOW, kind, exported, language)
        again = import_file(*who, kind, exported)

        written, read = cells(given), cells(exported)
        changed = {
            (key, header): (cell, read[key][header])
            for key, row in written.items()
            for header, cell in row.items()
            if read[key][header] != cell
        }
        assert changed == {}
        assert (again.refused, again.unchanged) == ([], len(read)), kind
