"""Causes as offices write them come in right or are refused with the nearest names, by a file and by the API."""

import csv
from pathlib import Path

import pytest

from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError
from dispatch.domain.policy.schema import load_preset
from dispatch.exchange.cells import MAX_HINTS
from dispatch.exchange.columns import Kind
from dispatch.exchange.faults import CellFault
from dispatch.exchange.lookups import make_lookups
from dispatch.registry.tables import AttributesRow, CaseRow
from tests.exchange.files import a_csv, good
from tests.rows import NOW, a_draft

CATALOGUE = load_preset("national").catalogue
WRITTEN = list(csv.DictReader(Path(__file__).with_name("cause_names.csv").open(encoding="utf-8")))
MATTERS = {"criminal": "刑事", "civil": "民事", "administrative": "行政", "non_litigation": "非诉讼"}


def bring_in(register, what, content, **order):
    return carry_out(register.begin, register.seal, register.clerk, NOW, Order(Kind(what), content, **order))


def as_rows(written):
    for number, line in enumerate(written):
        matter = CATALOGUE.require(line["means"]).matter if line["means"] else "civil"
        yield good("cases", 案件编号=f"C{number}", 案件类别=MATTERS[matter], 案由=line["written"])


def test_names_as_offices_write_them_come_in_right_or_are_refused_with_the_nearest(register):
    report = bring_in(register, "cases", a_csv(*as_rows(WRITTEN)), partial=True)

    stored = {case.number: case.cause for case in register.all(CaseRow)}
    refused = {refusal.row - 2: refusal for refusal in report.refused}
    assert len(WRITTEN) >= 200
    for number, line in enumerate(WRITTEN):
        if line["means"]:
            assert stored[f"C{number}"] == CATALOGUE.require(line["means"]).code, line
        else:
            assert (refused[number].field, refused[number].fault) == ("cause", CellFault.NOT_LISTED), line
            assert line["near"] in refused[number].expected.zh.split("、"), line
    assert len(stored) + len(refused) == len(WRITTEN)


def test_case_handed_in_by_name_is_stored_by_code_and_is_the_same_case_by_code(register):
    by_name = a_draft(cause="涉嫌盗窃一案", matter="criminal", service="defence")

    case = submit_case(register.begin, register.seal, register.clerk, NOW, by_name)

    by_code = by_name.model_copy(update={"cause": "theft"})
    assert case.cause == "theft"
    assert submit_case(register.begin, register.seal, register.clerk, NOW, by_code).id == case.id


def test_case_handed_in_under_an_unclear_name_is_refused_with_the_nearest(register):
    with pytest.raises(UnknownReferenceError) as refused:
        submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(cause="劳务纠纷"))

    assert refused.value.facts["known"][0] == "labour_service_contract"
    assert register.all(CaseRow) == []


def test_cause_may_belong_to_more_than_one_branch_of_law_but_to_no_other(register):
    for number, matter in enumerate(("civil", "administrative")):
        draft = a_draft(str(number), cause="低保", matter=matter)
        submit_case(register.begin, register.seal, register.clerk, NOW, draft)
    with pytest.raises(InvalidFieldError) as refused:
        submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("2", cause="低保", matter="criminal"))

    assert "属于行政或者民事类，本案填为刑事类" in refused.value.facts["expected"]["zh"]
    assert refused.value.facts["expected"]["en"].startswith("administrative or civil, to which the cause")


def test_specialties_are_graded_by_any_name_at_any_level(register):
    bring_in(register, "institutions", a_csv(good("institutions")))
    graded = "刑事:40；侵犯财产罪:70；走私、贩卖、运输、制造毒品罪:90；讨薪:60"

    bring_in(register, "practitioners", a_csv(good("practitioners", 专业特长=graded)))

    [stated] = register.all(AttributesRow)
    assert stated.specialties == {"criminal": 40, "property_offence": 70, "drug_trafficking": 90, "wages": 60}


def test_specialties_changed_by_name_are_stored_by_code(register):
    person = register.a_practitioner()

    register.keep(person, {"specialties": {"离婚": 80, "民事": 30}}, 1)

    [newest] = [row for row in register.all(AttributesRow) if row.until_on is None]
    assert newest.specialties == {"divorce": 80, "civil": 30}


@pytest.mark.parametrize(
    ("changes", "error", "fact"),
    [
        ({"specialties": {"劳务纠纷": 80}}, UnknownReferenceError, "labour_service_contract"),
        ({"specialties": {"盗窃": 80, "theft": 70}}, InvalidFieldError, "each of them once"),
        ({"languages": ["藏文文"]}, UnknownReferenceError, "bo"),
    ],
)
def test_change_in_unclear_words_is_refused_and_changes_nothing(register, changes, error, fact):
    person = register.a_practitioner()
    before = register.all(AttributesRow)

    with pytest.raises(error) as refused:
        register.keep(person, changes, 1)

    assert fact in str(refused.value.facts)
    assert register.all(AttributesRow) == before


def test_hostile_file_is_not_searched_for_more_nearest_names_than_a_report_lists():
    lookups = make_lookups(load_preset("national"), [], "Asia/Shanghai")

    assert len(list(lookups.hints)) == MAX_HINTS
    assert next(lookups.hints, None) is None


def test_draft_by_name_keeps_within_its_bounds():
    with pytest.raises(ValueError, match="at most 120"):
        CaseDraft.model_validate(a_draft().model_dump() | {"cause": "长" * 121})
