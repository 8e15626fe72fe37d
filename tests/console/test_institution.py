"""An institution's desk: it arranges its own person in time, gives a case back, and keeps its people's leave."""

from datetime import timedelta

import pytest

from dispatch.commands.life.arrangements import entrust
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.states import ArrangementState, GivingBack
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AbsenceRow, ArrangementRow, AssignmentRow
from tests.rows import NOW

FIRM = Role.INSTITUTION


@pytest.fixture
def given(console):
    """A case that waits for the institution, which has one who may take it and one who may not."""
    register = console.register
    firm = register.an_institution("ours")
    console.sign_in(FIRM, institution_id=firm.id)
    console.able = register.a_practitioner("able", firm)
    console.full = register.a_practitioner("full", firm, capacity=0)
    case = register.a_case("2026-0001")
    return entrust(register.begin, register.clerk, NOW, case.id, firm.id, "in turn")


def test_firm_sees_the_time_left_and_arranges_its_lawyer(console, given):
    desk = console.get("/desk", FIRM).text
    page = console.get(f"/desk/{given.id}", FIRM).text
    answer = console.press(f"/desk/{given.id}/arrange", FIRM, practitioner_id=console.able.id)

    assert "安排期限" in desk
    assert "还剩" in desk
    assert console.able.id in page
    assert console.full.id not in page
    assert "在办案件数已达上限" in page
    [assignment] = console.register.all(AssignmentRow)
    assert assignment.practitioner_id == console.able.id
    after = console.get(answer.headers["location"], FIRM).text
    assert "承办人员已安排" in after
    assert console.able.name in after


def test_firm_that_names_somebody_who_may_not_is_told_why_and_keeps_the_case(console, given):
    refused = console.press(f"/desk/{given.id}/arrange", FIRM, practitioner_id=console.full.id)

    assert refused.status_code == 409
    assert "在办案件数已达上限" in refused.text
    assert console.register.get(ArrangementRow, given.id).state is ArrangementState.OPEN


def test_firm_gives_a_case_back_with_a_reason_alone(console, given):
    without = console.press(f"/desk/{given.id}/decline", FIRM)
    console.press(f"/desk/{given.id}/decline", FIRM, reason="busy")

    assert without.status_code == 422
    assert 'id="reason-error"' in without.text
    row = console.register.get(ArrangementRow, given.id)
    assert (row.state, row.reason) == (ArrangementState.DECLINED, GivingBack.BUSY)


def test_another_firm_finds_nothing_of_it(console, given):
    console.sign_in(FIRM, "other", institution_id=console.register.an_institution("theirs").id)

    assert console.get(f"/desk/{given.id}", FIRM).status_code == 404
    assert console.able.name not in console.get("/own-people", FIRM).text


def test_firm_keeps_the_leave_of_its_people(console, given):
    first = (NOW + timedelta(days=5)).date().isoformat()
    asked = {"practitioner_id": console.able.id, "leave.from_on": first, "leave.until_on": first}
    wrong = console.press("/own-people/leave", FIRM, more=asked | {"leave.until_on": ""})
    console.press("/own-people/leave", FIRM, more=asked)
    page = console.get("/own-people", FIRM).text
    [leave] = console.register.all(AbsenceRow)
    console.press("/own-people/end", FIRM, absence_id=leave.id)

    assert wrong.status_code == 422
    assert f'value="{console.able.id}" selected' in wrong.text
    assert first in page
    assert console.register.get(AbsenceRow, leave.id).state is AbsenceState.CANCELLED


def test_programs_read_who_may_be_arranged_too(console, given):
    found = console.client.get("/openapi.json").json()["paths"]

    assert "/v1/arrangements/{arrangement_id}/people" in found
