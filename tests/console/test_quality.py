"""How the work on a case is watched and worth, in the console: recorded, shown back, graded, and handed over."""

from dataclasses import replace

import pytest

from dispatch.domain.states import EndReason, PaperKind, QualityGrade, Satisfaction
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AssignmentRow, AuditRow, PaperRow
from tests.commands.life.acts import at_work, closed


@pytest.fixture
def sealed(console, app):
    """The register, sealed as this app seals."""
    return replace(console.register, seal=app.state.context.key.require())


@pytest.fixture
def work(sealed):
    """Somebody at work on a case, and where its page is."""
    case = sealed.a_case("1")
    held = at_work(sealed, case, sealed.a_practitioner("lawyer"))
    return held, f"/cases/{case.id}/work/{held.id}"


def test_call_back_and_hearing_are_recorded_and_shown_back_with_the_form_to_issue(console, work):
    _, page = work
    called = {"call-back.manner": "telephone", "call-back.satisfaction": "fairly", "call-back.caller": "李某",
              "call-back.text": "会见两次", "call-back.suggestion": "希望多沟通"}  # fmt: skip
    without = console.press(f"{page}/call-back", more={"call-back.manner": "telephone"})
    console.press(f"{page}/call-back", more=called)
    console.press(f"{page}/attend", more={"hearing.observer": "赵某", "hearing.text": "准备充分"})

    shown = console.get(page).text

    assert without.status_code == 422
    assert 'id="call-back.text-error"' in without.text
    assert all(word in shown for word in ("会见两次", "希望多沟通", "基本满意", "李某", "准备充分"))
    assert "/documents/call_back" in shown
    assert "/documents/hearing_record" in shown


def test_organ_is_asked_and_its_answer_recorded_at_its_inquiry(console, register, work):
    _, page = work
    console.press(f"{page}/inquire", more={"inquiry.text": "是否按时出庭"})
    asked = console.get(page).text
    told = {"answer.satisfaction": "satisfied", "answer.answered_by": "钱法官", "answer.text": "按时出庭"}
    console.press(f"{page}/record-answer", paper=console.hidden(console.get(page), "paper"), more=told)

    assert "/record-answer" in asked
    assert "/record-answer" not in console.get(page).text
    assert [row.facts.get("satisfaction") for row in register.all(PaperRow)][-1] == Satisfaction.SATISFIED.value


def test_manager_strikes_out_a_record_with_the_reason_and_an_inquiry_after_its_answer(console, register, work):
    _, page = work
    console.press(f"{page}/inquire", more={"inquiry.text": "是否按时出庭"})
    [asked] = register.all(PaperRow, PaperRow.kind == PaperKind.INQUIRY)
    answer = {"answer.satisfaction": "satisfied", "answer.answered_by": "钱法官", "answer.text": "按时出庭"}
    console.press(f"{page}/record-answer", paper=asked.id, more=answer)
    [answered] = register.all(PaperRow, PaperRow.kind == PaperKind.INQUIRY_ANSWER)
    page_before = console.get(page, Role.MANAGER).text

    without = console.press(f"{page}/strike-out", Role.MANAGER, more={"paper": answered.id})
    refused = console.press(f"{page}/strike-out", more={"paper": answered.id, f"strike-{answered.id}.reason": "误记"})
    console.press(
        f"{page}/strike-out", Role.MANAGER, more={"paper": answered.id, f"strike-{answered.id}.reason": "误记"}
    )
    after = console.get(page, Role.MANAGER).text

    assert f"strike-{answered.id}.reason" in page_before
    assert f"strike-{asked.id}.reason" not in page_before
    assert without.status_code == 422
    assert refused.status_code == 403
    assert "误记" in after
    assert f"strike-{answered.id}.reason" not in after
    assert f"strike-{asked.id}.reason" in after
    assert "/record-answer" in after
    assert f"{page}/strike-out" not in console.get(page).text


def test_work_is_graded_once_it_is_closed_and_not_before(console, register, sealed, work):
    held, page = work
    before = console.get(page).text
    closed(sealed, held)

    after = console.get(page).text
    console.press(f"{page}/grade", more={"grade.grade": "good", "grade.text": "卷宗完整"})

    assert f"{page}/grade" not in before
    assert f"{page}/grade" in after
    assert register.get(AssignmentRow, held.id).grade is QualityGrade.GOOD
    assert "卷宗完整" in console.get(page).text


def test_every_open_case_of_who_cannot_go_on_is_handed_over_and_judging_is_left_to_a_manager(console, register, work):
    held, page = work
    register.a_practitioner("other", register.the_institution())
    assert 'value="health"' in console.get(page).text
    assert 'value="neglect"' not in console.get(page).text

    refused = console.press(f"{page}/hand-over", more={"hand-over.ground": "neglect", "hand-over.text": "三次失约"})
    console.press(f"{page}/hand-over", more={"hand-over.ground": "health", "hand-over.text": "住院两个月"})

    assert refused.status_code == 403
    assert register.get(AssignmentRow, held.id).end_reason is EndReason.REPLACED


def test_each_look_is_logged_and_an_auditor_records_nothing(console, register, work):
    _, page = work
    console.user(Role.AUDITOR)
    looks = len(register.all(AuditRow))

    shown = console.get(page, Role.AUDITOR)

    assert shown.status_code == 200
    assert f"{page}/call-back" not in shown.text
    assert len(register.all(AuditRow)) == looks + 1
    assert console.press(f"{page}/call-back", Role.AUDITOR).status_code == 403
    assert console.get(page.rpartition("/")[0] + "/none").status_code == 404
    assert register.all(AssignmentRow)[0].ended_at is None
