"""A fact of a case that is left out is unknown by whichever door, and unknown is what every door stores alike."""

import pytest

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.cases.known import MAY_BE_NULL
from dispatch.commands.imports.files import Order, carry_out
from dispatch.exchange.columns import Kind, Need
from dispatch.exchange.tables import TABLES
from dispatch.registry.tables import CaseRow
from tests.exchange.files import a_csv, good
from tests.rows import NOW, a_draft

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# fmt: off
FACTS = {
    # column of the case     what it may be
    "area":                 "A",
    "organ":                "某市某区人民法院",
    "court_area":           "A",
    "recipient_sex":        "male",
    "recipient_is_minor":   False,
    "detained":             True,
    "grave":                False,
    "sexual_assault":       False,
    "death_review":         False,
    "compulsory_treatment": False,
    "secret":               False,
    "hearing_on":           "2026-05-06",
    "limitation_ends_on":   "2026-05-06",
    "custody_ends_on":      "2026-05-06",
    "preservation":         False,
    "means_status":         "proven",
    "fund_source":          "donation",
}
ONE_ANSWER = {"review_court": "high", "means_ground": "relief"}
"""Facts that only make sense where another one says so."""
# fmt: on

OF_RECIPIENT = {"recipient_sex": "sex", "recipient_is_minor": "minor"}
DECIDES = (*FACTS, *ONE_ANSWER)
NOT_DECIDED = {"granted_at": None, "means_test": None}


def as_handed_in(facts):
    """Facts as a form and a change have them, the recipient's apart."""
    person = {OF_RECIPIENT[name]: value for name, value in facts.items() if name in OF_RECIPIENT}
    return {name: value for name, value in facts.items() if name not in OF_RECIPIENT}, person


def handed_in(register, number, facts):
    own, person = as_handed_in(facts)
    document = a_draft(number, **NOT_DECIDED, means_status=None).model_dump(exclude_unset=True)
    kept = {name: value for name, value in document.items() if name not in FACTS}
    draft = CaseDraft.model_validate(kept | own | {"recipient": {"name": "王小明", **person}})
    return submit_case(register.begin, register.seal, register.clerk, NOW, draft)


def in_file(register, *rows):
    order = Order(Kind.CASES, a_csv(*rows))
    assert carry_out(register.begin, register.seal, register.clerk, NOW, order).refused == []


def test_fact_left_out_blank_or_taken_back_is_unknown_at_every_door(register):
    unknown = dict.fromkeys(DECIDES)
    handed_in(register, "left out", {})
    handed_in(register, "null", unknown)
    in_file(register, good("cases", 案件编号="no column"))
    optional = [column.zh for column in TABLES[Kind.CASES].columns if column.need is Need.OPTIONAL]
    in_file(register, dict.fromkeys(optional, "") | good("cases", 案件编号="blank cell"))
    stated = handed_in(register, "taken back", FACTS)
    own, person = as_handed_in(unknown)
    changes = own | {"recipient": person}
    change_case(register.begin, register.seal, register.clerk, NOW, stated.id, changes, stated.revision)

    rows = {row.number: {name: getattr(row, name) for name in DECIDES} for row in register.all(CaseRow)}
    assert rows == dict.fromkeys(("left out", "null", "no column", "blank cell", "taken back"), unknown)


def test_every_fact_that_may_be_unknown_is_tried(register):
    of_person = {"recipient_identity_kind", "recipient_identity_number", "recipient_contact"}
    apart = {"granted_at", "means_test", "aid_first", "materials_due_on", "story"}
    tried = {"recipient_minor" if name == "recipient_is_minor" else name for name in DECIDES}

    assert tried | of_person | apart == MAY_BE_NULL
