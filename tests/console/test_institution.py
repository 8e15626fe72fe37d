"""An institution's desk: it arranges its own person in time, gives a case back, and keeps its people's leave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.commands.life.arrangements import entrust
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.states import ArrangementState, Asker, GivingBack
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AbsenceRow, ArrangementRow, AssignmentRow, ReplacementRow
from tests.commands.life.acts import accepted
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


def test_firm_lets_leave_end_earlier_and_cancels_what_has_not_begun(console, given):
    register = console.register
    day = {n: (NOW + timedelta(days=n)).date().isoformat() for n in (0, 1, 5, 9)}
    for first, last in ((0, 9), (5, 9)):
        asked = {"practitioner_id": console.able.id, "leave.from_on": day[first], "leave.until_on": day[last]}
        console.press("/own-people/leave", FIRM, more=asked)
    now, ahead = sorted(register.all(AbsenceRow), key=lambda row: row.from_on)
    page, key = console.get("/own-people", FIRM).text, f"shorten-{now.id}"
    unsaid = console.press("/own-people/shorten", FIRM, tried=key, absence_id=now.id)
    console.press("/own-people/shorten", FIRM, more={"absence_id": now.id, f"{key}.until_on": day[1]})
    console.press("/own-people/cancel", FIRM, absence_id=ahead.id)

    assert page.count("结束休假") == 1
    assert page.count("取消休假") == 1
    assert f'id="{key}.until_on-error"' in unsaid.text
    assert register.get(AbsenceRow, now.id).until_on.isoformat() == day[1]
    assert register.get(AbsenceRow, ahead.id).state is AbsenceState.CANCELLED


def test_firm_asks_that_somebody_else_takes_over_from_one_of_its_people(console, given, app):
    register = replace(console.register, seal=app.state.context.key.require())
    case = register.a_case("2026-0002")
    held = accepted(register, case, console.able)
    key, desk = f"replace-{held.id}", console.get("/desk", FIRM).text
    unsaid = console.press("/desk/ask-replacement", FIRM, tried=key, tie=held.id)
    told = {
        "tie": held.id,
        f"{key}.ground": "health",
        f"{key}.text": "住院两个月",
        f"{key}.evidence[]": ["住院证明", ""],
    }
    console.press("/desk/ask-replacement", FIRM, more=told)
    theirs = console.press(
        "/desk/ask-replacement",
        FIRM,
        more={"tie": "none", "replace-none.ground": "health", "replace-none.text": "住院"},
    )

    assert f'name="{key}.ground"' in desk
    assert f'id="{key}.text-error"' in unsaid.text
    [row] = register.all(ReplacementRow)
    assert (row.assignment_id, row.asker) == (held.id, Asker.INSTITUTION)
    assert theirs.status_code == 404
    decides = console.get(f"/cases/{case.id}", Role.MANAGER).text
    read = console.get(f"/cases/{case.id}/work/{held.id}", Role.MANAGER).text
    assert f'href="/console/cases/{case.id}/work/{held.id}"' in decides
    assert all(word in read for word in ("更换法律援助人员申请", "住院两个月", "住院证明", "健康原因"))


def test_programs_read_who_may_be_arranged_too(console, given):
    found = console.client.get("/openapi.json").json()["paths"]

    assert "/v1/arrangements/{arrangement_id}/people" in found
