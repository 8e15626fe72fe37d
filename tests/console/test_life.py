"""What else is written down of a case in the console: days of time limits, complaints to their answer, corrections."""

from dataclasses import replace

import pytest

from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.life import decisions
from dispatch.domain.states import ComplaintState
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import ArchiveRow, CaseRow, ComplaintRow
from tests.commands.life.acts import at_work, closed
from tests.rows import NOW

MANAGER = Role.MANAGER


@pytest.fixture
def sealed(console, app):
    """The register, sealed as this app seals."""
    return replace(console.register, seal=app.state.context.key.require())


def test_clerk_fixes_a_closing_day_and_is_told_at_the_field_that_it_is_needed(console, register, sealed):
    case = sealed.a_case("1")
    at_work(sealed, case, sealed.a_practitioner("lawyer"))
    page = f"/cases/{case.id}/life"

    without = console.press(f"{page}/milestone", tried="milestone", more={"milestone.milestone": "close_by"})
    console.press(f"{page}/milestone", more={"milestone.milestone": "close_by", "milestone.on": "2026-06-20"})

    assert without.status_code == 422
    assert 'id="milestone.on-error"' in without.text
    assert sealed.history(case)[-1] == "milestone"
    assert "2026-06-20" in console.get(f"/cases/{case.id}").text


def test_complaint_is_recorded_accepted_concluded_answered_and_its_answer_undone(console, register, sealed):
    case = sealed.a_case("1")
    held = at_work(sealed, case, sealed.a_practitioner("lawyer"))
    page = f"/cases/{case.id}/life"
    told = {"complaint.ground": "neglect", "complaint.text": "三次没有会见", "complaint.assignment_id": held.id}
    console.press(f"{page}/complaint", more=told)
    [row] = register.all(ComplaintRow)

    def take(act, key, **fields):
        given = {f"{key}-{row.id}.{name}": value for name, value in fields.items()}
        return console.press(f"{page}/{act}", MANAGER, more={"complaint": row.id} | given)

    seen, waits = console.get(page).text, console.get("/", MANAGER).text
    undecided = take("accept-complaint", "take", text="属于受理范围")
    take("accept-complaint", "take", accept="true", text="属于受理范围")
    goes_on = console.get("/", MANAGER).text
    take("conclude-complaint", "end", uphold="true", text="属实")
    take("answer-complaint", "answer", text="已告知处理结果")
    answered = register.get(ComplaintRow, row.id)
    take("correct-complaint", "undo", reason="答复尚未发出")

    assert f"{page}/accept-complaint" not in seen
    assert f'href="/console{page}"' in waits
    assert f'href="/console{page}"' in goes_on
    assert undecided.status_code == 422
    assert (answered.state, bool(answered.answered_at)) == (ComplaintState.UPHELD, True)
    assert register.get(ComplaintRow, row.id).answered_at is None
    assert f"{page}/answer-complaint" in console.get(page, MANAGER).text


def test_manager_undoes_the_newest_act_and_is_told_before_which_it_is(console, register, sealed):
    case = sealed.a_case("1")
    closed(sealed, at_work(sealed, case, sealed.a_practitioner("lawyer")))
    page = f"/cases/{case.id}/life"

    clerk, before = console.get(page).text, console.get(page, MANAGER).text
    without = console.press(f"{page}/correct", MANAGER)
    console.press(f"{page}/correct", MANAGER, more={"correct.reason": "误将他案结案"})

    assert f"{page}/correct" not in clerk
    assert "将更正：<strong>结案</strong>" in before
    assert without.status_code == 422
    assert register.get(CaseRow, case.id).status is Status.UNDERTAKEN


def test_manager_takes_a_file_out_of_the_archive_with_the_reason_then_may_correct_the_closing(
    console, register, sealed
):
    set_letterhead(sealed.begin, sealed.manager, NOW, "商", "王主任", "0370-12348")
    case = sealed.a_case("1", status=Status.CLOSED)
    console.press(f"/cases/{case.id}/archive")
    page, row = f"/cases/{case.id}/life", register.all(ArchiveRow)[0]

    clerk, before = console.get(page).text, console.get(page, MANAGER).text
    without = console.press(f"{page}/unarchive", MANAGER, tried="unarchive", archive=row.id)
    console.press(f"{page}/unarchive", MANAGER, archive=row.id, more={"unarchive.reason": "缺少送达回证"})

    assert "unarchive" not in clerk
    assert row.number in before
    assert f"{page}/correct" not in before
    assert without.status_code == 422
    assert 'id="unarchive.reason-error"' in without.text
    assert register.get(ArchiveRow, row.id).void_reason == "缺少送达回证"
    assert "unarchive" not in console.get(page, MANAGER).text


def test_decision_of_the_bureau_on_an_objection_is_recorded_while_one_waits(console, register, sealed):
    case = sealed.a_case("1", status=Status.RECEIVED, granted_at=None, entitled_at=None)
    page = f"/cases/{case.id}/life"
    console.press(f"/cases/{case.id}/refuse", more={"refuse.ground": "means", "refuse.text": "收入超过标准"})
    before = console.get(page, MANAGER).text
    decisions.contest(sealed.begin, sealed.seal, sealed.clerk, NOW, case.id, "收入计算有误")
    asked = console.get(page, MANAGER).text
    console.press(f"{page}/rule", MANAGER, more={"ruling.uphold": "true", "ruling.text": "责令改正"})

    assert f"{page}/rule" not in before
    assert f"{page}/rule" in asked
    assert register.get(CaseRow, case.id).status is Status.PENDING
