"""Leave of everybody, in the console: what waits is answered, what somebody told is recorded, a manager suspends."""

from dispatch.domain.docket.absence import AbsenceKind, AbsenceState
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AbsenceRow
from testbed.plans import listening
from tests.rows import NOW

PERSON = Role.PRACTITIONER


def test_leave_that_waits_is_answered_by_a_clerk_and_told_to_who_asked(console, register):
    past = {"from_on": "2026-03-01", "until_on": "2026-03-20"}
    console.press("/my-leave/report", PERSON, **past)
    [row] = register.all(AbsenceRow)
    waiting, led = console.get("/leaves").text, console.get("/").text
    unsaid = console.press("/leaves/decide-leave", absence=row.id)
    console.press("/leaves/decide-leave", more={"absence": row.id, f"leave-{row.id}.approve": "true"})

    assert row.state is AbsenceState.WAITING
    assert f"leave-{row.id}.approve" in waiting
    assert unsaid.status_code == 422
    assert "待审核的休假" in led
    assert "待审核的休假" not in console.get("/").text
    assert register.get(AbsenceRow, row.id).state is AbsenceState.IN_FORCE
    assert f"leave-{row.id}.approve" not in console.get("/leaves").text


def test_leave_is_recorded_for_whom_a_clerk_looks_up_and_ended_and_a_manager_suspends(console, register):
    person = register.a_practitioner("L-5")
    whose = {"who": "L-5", "practitioner_id": person.id}
    page = "/leaves?who=L-5"

    without = console.press("/leaves/report-leave", tried="leave", **whose, more={"leave.until_on": "2026-04-02"})
    told = {"leave.from_on": "2026-04-01", "leave.until_on": "2026-04-02"}
    console.press("/leaves/report-leave", **whose, more=told)
    [leave] = register.all(AbsenceRow)
    shown, managed = console.get(page).text, console.get(page, Role.MANAGER).text
    console.press("/leaves/end-leave", **whose, absence=leave.id)
    given = {"suspension.from_on": "2026-03-10", "suspension.reason": "投诉查实"}
    console.press("/leaves/suspend", Role.MANAGER, **whose, more=given)
    suspended = register.all(AbsenceRow, AbsenceRow.kind == AbsenceKind.SUSPENSION)

    assert without.status_code == 422
    assert 'id="leave.from_on-error"' in without.text
    assert "2026-04-01" in shown
    assert "/leaves/suspend" not in shown
    assert "/leaves/suspend" in managed
    assert register.get(AbsenceRow, leave.id).state is AbsenceState.CANCELLED
    assert [row.practitioner_id for row in suspended] == [person.id]
    assert "投诉查实" in console.get(page, Role.AUDITOR).text
    assert "/leaves/report-leave" not in console.get(page, Role.AUDITOR).text


def test_leave_is_put_right_to_end_earlier_also_when_it_is_over_and_cancelled_as_a_mistake(console, register):
    person = register.a_practitioner("L-5")
    whose = {"who": "L-5", "practitioner_id": person.id}
    for days in ({"leave.from_on": "2026-02-02", "leave.until_on": "2026-02-20"}, {"leave.from_on": "2026-04-01"}):
        console.press("/leaves/report-leave", **whose, more={"leave.until_on": "2026-04-20"} | days)
    over, ahead = sorted(register.all(AbsenceRow), key=lambda row: row.from_on)
    key = f"shorten-{over.id}"

    page = console.get("/leaves?who=L-5").text
    later = {f"{key}.until_on": "2026-02-27"}
    refused = console.press("/leaves/shorten-leave", tried=key, absence=over.id, **whose, more=later)
    console.press("/leaves/shorten-leave", absence=over.id, **whose, more={f"{key}.until_on": "2026-02-10"})
    console.press("/leaves/cancel-leave", absence=ahead.id, **whose)
    after = console.get("/leaves?who=L-5").text

    assert page.count("立即结束") == 1
    assert refused.status_code == 422
    assert str(register.get(AbsenceRow, over.id).until_on) == "2026-02-10"
    assert register.get(AbsenceRow, ahead.id).state is AbsenceState.CANCELLED
    assert f'value="{ahead.id}"' not in after
    assert "shorten-leave" not in console.get("/leaves?who=L-5", Role.AUDITOR).text


def test_suspension_is_put_right_by_a_manager_alone(console, register):
    person = register.a_practitioner("L-5")
    given = {"suspension.from_on": "2026-03-10", "suspension.reason": "投诉查实"}
    console.press("/leaves/suspend", Role.MANAGER, who="L-5", practitioner_id=person.id, more=given)
    [row] = register.all(AbsenceRow)

    clerk, manager = (console.get("/leaves?who=L-5", role).text for role in (Role.CLERK, Role.MANAGER))
    refused = console.press("/leaves/cancel-leave", absence=row.id)

    assert "cancel-leave" not in clerk
    assert "cancel-leave" in manager
    assert refused.status_code == 403


def test_institution_is_looked_up_suspended_by_a_manager_and_let_go_again(console, register):
    firm = register.an_institution("firm-9")
    whose = {"who": "firm-9", "institution_id": firm.id}
    clerk, manager = (console.get("/leaves?who=firm-9", role).text for role in (Role.CLERK, Role.MANAGER))
    given = {"suspension.from_on": "2026-03-08", "suspension.reason": "年检未过"}
    console.press("/leaves/suspend", Role.MANAGER, **whose, more=given)
    [row] = register.all(AbsenceRow)
    shown = console.get("/leaves?who=firm-9", Role.MANAGER).text
    console.press("/leaves/end-leave", Role.MANAGER, **whose, absence=row.id)

    assert "/leaves/suspend" not in clerk
    assert "暂停向该机构指派" in manager
    assert "/leaves/report-leave" not in manager
    assert (row.institution_id, row.practitioner_id) == (firm.id, None)
    assert "年检未过" in shown
    assert str(register.get(AbsenceRow, row.id).until_on) == "2026-03-08"


def test_of_several_one_is_chosen_and_nobody_is_said_so(console, register):
    one, other = (register.a_practitioner(code) for code in ("L-1", "L-2"))

    several = console.get("/leaves?who=person L").text

    assert one.id in several
    assert other.id in several
    assert "名册中没有找到" in console.get("/leaves?who=X-9").text


def test_page_asks_as_much_of_many_leaves_that_wait_as_of_one(console, register, app):
    asked = []
    for number in range(3):
        about = {"centre_id": register.centre.id, "practitioner_id": register.a_practitioner(f"L-{number}").id}
        days = {"from_on": NOW.date(), "until_on": NOW.date(), "created_at": NOW}
        register.add(AbsenceRow(**about, **days, kind=AbsenceKind.LEAVE, state=AbsenceState.WAITING))
        console.get("/leaves")
        with listening(app.state.context.engine) as statements:
            page = console.get("/leaves").text
        asked.append(len(statements))

    assert all(f"person L-{number}" in page for number in range(3))
    assert asked[0] == asked[2]
