"""What an officer writes down for somebody who told so: whom an institution arranges, a case given back."""

import pytest

from dispatch.commands.life.arrangements import entrust
from dispatch.domain.states import ArrangementState, EndReason, GivingBack
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import (
    AbandonmentRow,
    ArrangementRow,
    AssignmentRow,
    CaseRow,
    PractitionerRow,
    ReplacementRow,
)
from tests.commands.life.acts import accepted
from tests.rows import NOW


@pytest.fixture
def given(register):
    """A case that waits for an institution, which has one who may take it and one who may not."""
    firm = register.an_institution("theirs")
    register.a_practitioner("able", firm)
    register.a_practitioner("full", firm, capacity=0)
    case = register.a_case("2026-0001")
    return entrust(register.begin, register.clerk, NOW, case.id, firm.id, "轮流")


def test_whom_an_institution_arranges_is_written_down_from_the_workbench_or_the_case(console, register, given):
    page = f"/arrangements/{given.id}"
    led = [console.get(path).text for path in ("/", f"/cases/{given.case_id}")]
    shown, nobody = console.get(page).text, console.press(f"{page}/arrange-for")
    id = shown.partition('name="practitioner_id" value="')[2].partition('"')[0]
    done = console.press(f"{page}/arrange-for", practitioner_id=id)
    after = console.get(page).text

    assert all(f'href="/console{page}"' in text for text in led)
    assert shown.count('name="practitioner_id"') == 1
    assert "在办案件数已达上限" in shown
    assert nobody.status_code == 422
    assert done.headers["location"].startswith(f"/console/cases/{given.case_id}?")
    [row] = register.all(AssignmentRow)
    assert row.practitioner_id == id
    assert "本次安排已经结束" in after
    assert page not in console.get(f"/cases/{given.case_id}").text
    assert console.get(page, Role.AUDITOR).status_code == 403


def test_case_that_an_institution_gives_back_goes_on_with_the_reason(console, register, given):
    page = f"/arrangements/{given.id}"
    unsaid = console.press(f"{page}/decline-for", tried="decline")
    console.press(f"{page}/decline-for", more={"decline.reason": "conflict"})

    assert unsaid.status_code == 422
    assert 'id="decline.reason-error"' in unsaid.text
    row = register.get(ArrangementRow, given.id)
    assert (row.state, row.reason) == (ArrangementState.DECLINED, GivingBack.CONFLICT)


def test_case_that_a_practitioner_gives_back_by_telephone_counts_against_nobody(console, register):
    case = register.a_case("2026-0002")
    held = accepted(register, case, register.a_practitioner("p1"))
    path, key = f"/cases/{case.id}", f"back-{held.id}"

    page = console.get(path).text
    unsaid = console.press(f"{path}/give-back", tried=key, assignment=held.id)
    console.press(f"{path}/give-back", more={"assignment": held.id, f"{key}.reason": "health"})

    assert f"{path}/give-back" in page
    assert unsaid.status_code == 422
    assert f'id="{key}.reason-error"' in unsaid.text
    [row] = register.all(AbandonmentRow)
    assert (row.own, row.reason) == (False, GivingBack.HEALTH)
    assert register.get(AssignmentRow, held.id).end_reason is EndReason.REPLACED
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert f"{path}/give-back" not in console.get(path).text
    assert f"{path}/give-back" not in console.get(path, Role.AUDITOR).text


def test_case_is_reported_as_major_once(console, register):
    case = register.a_case("2026-0003")
    held = accepted(register, case, register.a_practitioner("p1"))
    path, key = f"/cases/{case.id}", f"major-{held.id}"

    told = {"assignment": held.id, f"{key}.ground": "group", f"{key}.text": "涉及四十余名劳动者"}
    page = console.get(path).text
    console.press(f"{path}/major", more=told)

    assert f"{path}/major" in page
    assert register.get(CaseRow, case.id).major is True
    assert "涉及四十余名劳动者" in console.get(f"{path}/work/{held.id}").text
    assert f"{path}/major" not in console.get(path).text


def test_manager_who_knows_the_successor_names_them_with_the_decision(console, register):
    case = register.a_case("2026-0004")
    held = accepted(register, case, register.a_practitioner("p1"))
    path, key = f"/cases/{case.id}", f"replace-{held.id}"
    told = {"assignment": held.id, f"{key}.ground": "health", f"{key}.text": "住院两个月"}
    console.press(f"{path}/replace", more=told)
    register.a_practitioner("p2")
    [asked] = register.all(ReplacementRow)
    at = f"decide-{asked.id}"
    says = {"replacement": asked.id, f"{at}.approve": "true", f"{at}.same_institution": "false", f"{at}.text": "属实"}

    nobody = console.press(f"{path}/decide", Role.MANAGER, more=says | {f"{at}.successor": "X-404"})
    console.press(f"{path}/decide", Role.MANAGER, more=says | {f"{at}.successor": "p2"})

    assert nobody.status_code == 422
    assert f'id="{at}.successor-error"' in nobody.text
    live = [row for row in register.all(AssignmentRow) if row.ended_at is None]
    assert [register.get(PractitionerRow, row.practitioner_id).code for row in live] == ["p2"]
