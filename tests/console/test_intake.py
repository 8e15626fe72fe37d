"""Registering a case in steps: faults at their field, nothing typed is lost, conflicts and doubles shown before."""

import re

from dispatch.domain.vocabulary import PartyRole, Role
from dispatch.registry.tables import CaseRow

CASE = {
    "source": "application", "number": "（2026）梁援字第12号", "received_at": "2026-03-08T09:30", "matter": "civil",
    "cause": "wages", "service": "litigation_agency", "stage": "first_instance", "area": "A",
}  # fmt: skip
RECIPIENT = {"recipient.name": "王小明", "recipient.minor": "false", "categories[]": "migrant_worker"}
FACTS = {"detained": "false", "grave": "false", "sexual_assault": "false", "secret": "unknown"}
PEOPLE = {"opposing.0.name": "", "opposing.1.name": "某建筑有限公司"}
STEPS = ({**CASE, "step": "case"}, {**RECIPIENT, "step": "recipient"}, {**FACTS, "step": "facts"},
         {**PEOPLE, "step": "people"})  # fmt: skip


def fields_of(page):
    """What the form of a page would send of hidden fields."""
    form = page.text.partition('<form class="card"')[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "step" and value}


def walked(console, *steps):
    page = console.get("/cases/new")
    for step in steps:
        page = console.press("/cases/new/next", more={**fields_of(page), **step})
    return page


def step_of(page):
    return re.search(r'name="step" value="(\w+)"', page.text)[1]


def test_case_is_registered_in_steps_and_its_facts_are_as_typed(console, register):
    checked = walked(console, *STEPS)
    assert step_of(checked) == "check"
    assert "没有发现利益冲突" in checked.text

    done = console.press("/cases/new/submit", more={**fields_of(checked), "step": "check"})
    again = console.press("/cases/new/submit", more={**fields_of(checked), "step": "check"})

    [case] = register.all(CaseRow)
    assert done.headers["location"] == f"/console/cases/{case.id}?done=submit"
    assert again.headers["location"] == done.headers["location"]
    assert (case.number, case.detained, case.secret) == ("（2026）梁援字第12号", False, None)
    assert case.categories == ["migrant_worker"]
    assert case.received_at.isoformat() == "2026-03-08T01:30:00+00:00"


def test_fault_is_told_at_its_field_and_nothing_typed_is_lost(console):
    page = walked(console, STEPS[0] | {"number": "", "cause": "wages"})

    assert page.status_code == 422
    assert step_of(page) == "case"
    assert 'id="number-error"' in page.text
    assert re.search(r'id="cause"[^>]* value="wages"', page.text)


def test_fault_found_at_the_end_leads_back_to_its_step(console):
    checked = walked(console, *STEPS)

    page = console.press(
        "/cases/new/submit", more={**fields_of(checked), "step": "check", "custody_ends_on": "2026-05-01"}
    )

    assert page.status_code == 422
    assert step_of(page) == "facts"
    assert 'id="custody_ends_on-error"' in page.text
    assert fields_of(page)["recipient.name"] == "王小明"


def test_step_before_keeps_what_was_typed(console):
    page = walked(console, *STEPS[:2])

    back = console.press("/cases/new/back", more={**fields_of(page), **FACTS, "step": "facts", "back": "1"})

    assert step_of(back) == "recipient"
    assert re.search(r'id="recipient.name"[^>]* value="王小明"', back.text)
    assert fields_of(back)["detained"] == "false"


def test_conflict_and_another_case_of_the_recipient_are_shown_before_anything_is_kept(console, register):
    other = register.a_case("2026-0003")
    register.a_party(other, PartyRole.RECIPIENT, "王小明", "411402198505051232")
    register.a_party(other, PartyRole.OPPOSING, "赵大力")
    recipient = {**STEPS[1], "recipient.identity_number": "411402198505051232"}
    people = {"opposing.0.name": "王小明", "opposing.0.identity_number": "411402198505051232", "step": "people"}

    page = walked(console, STEPS[0], recipient, STEPS[2], people)

    assert "2026-0003" in page.text
    assert "可能重复" in page.text
    assert len(register.all(CaseRow)) == 1


def test_only_who_registers_cases_may(console):
    assert console.press("/cases/new/next", Role.AUDITOR, step="case").status_code == 403
