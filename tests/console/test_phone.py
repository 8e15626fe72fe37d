"""A practitioner's phone: the board, one's own cases from offer to closing report, as the browser sends it."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from dispatch.commands.access import digest_of, still_good
from dispatch.commands.board import post_case
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.states import ClaimState, EndReason, OfferState, PaperKind
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry.tables import (
    AbsenceRow,
    AssignmentRow,
    AuditRow,
    CaseRow,
    ClaimRow,
    OfferRow,
    PaperRow,
    PractitionerRow,
    TokenRow,
)
from tests.commands.life.acts import at_work
from tests.rows import NOW

PERSON = Role.PRACTITIONER


@pytest.fixture
def first_come(console):
    console.register.a_policy(grab={"window_minutes": 0})
    return console


def posted(console, number="2026-0001", **columns):
    case = console.register.a_case(number, **columns)
    post_case(console.register.begin, console.register.clerk, NOW, case.id)
    return case


def held(console):
    """Claim a posted case; return it and the page that opened."""
    case = posted(console)
    return case, console.press("/board/claim", PERSON, case_id=case.id).headers["location"].partition("?")[0]


def test_lawyer_claims_accepts_works_and_closes_without_a_script(first_come):
    console = first_come
    case, page = held(console)

    assert "抢单成功" in console.get(page + "?done=claim", PERSON).text
    names = console.press(page + "/look", PERSON).text
    assert "查阅留痕" not in names
    console.press(page + "/accept", PERSON, accept="true")
    assert "登记委托协议" in console.get(page, PERSON).text
    console.press(page + "/sign", PERSON)
    console.press(page + "/begin", PERSON)
    console.press(page + "/report", PERSON, text="已会见当事人")
    refused = console.press(page + "/close", PERSON, text="调解结案，已付清")
    done = console.press(page + "/close", PERSON, outcome="mediated", text="调解结案，已付清", service_days="2")

    assert refused.status_code == 422
    assert "调解结案，已付清" in refused.text
    assert 'id="outcome-error"' in refused.text
    assert done.headers["location"] == "/console/my-cases?done=close"
    assert "结案报告已提交" in console.get(done.headers["location"], PERSON).text
    [assignment] = console.register.all(AssignmentRow)
    assert (assignment.case_id, assignment.end_reason) == (case.id, EndReason.CLOSED)


def test_direct_costs_are_filled_in_by_yuan_kept_in_fen_and_each_fault_is_at_its_field(console):
    case = console.register.a_case("1", status=Status.UNDERTAKEN)
    person = console.register.get(PractitionerRow, console.user(PERSON).practitioner_id)
    held = console.register.an_assignment(case, person, accepted_at=NOW, begun_at=NOW)
    page = f"/my-cases/{held.id}"
    report = {"outcome": "mediated", "text": "已付清", "service_days": "3.5"}

    asked = console.get(f"{page}?do=close", PERSON).text
    refused = console.press(
        f"{page}/close", PERSON, more=report | {"costs.travel": "12.345", "costs.post": "八元"}
    ).text
    console.press(
        f"{page}/close", PERSON, more=report | {"costs.travel": "120.5", "costs.copying": "30", "costs.post": ""}
    )
    shown = console.get(f"/cases/{case.id}/work/{held.id}").text

    assert 'name="costs.translation"' in asked
    assert '<details class="costs">' in asked
    assert '<details class="costs" open>' in refused
    assert 'id="costs.travel-error"' in refused
    assert 'id="costs.post-error"' in refused
    assert 'value="12.345"' in refused
    [paper] = console.register.all(PaperRow, PaperRow.kind == PaperKind.CLOSING)
    assert paper.facts["service_days"] == 3.5
    assert paper.facts["costs"] == [{"kind": "travel", "fen": 12_050}, {"kind": "copying", "fen": 3_000}]
    assert all(
        words in shown
        for words in ("交通费（元）", "120.50", "复印、打印费（元）", "30.00", "/documents/closing_report")
    )


def test_days_of_time_limits_and_a_major_case_are_told_while_one_works_on_it(console, app):
    sealed = replace(console.register, seal=app.state.context.key.require())
    case = sealed.a_case("1", matter="criminal", service="defence", stage="first_instance")
    person = sealed.get(PractitionerRow, console.user(PERSON).practitioner_id)
    page = f"/my-cases/{at_work(sealed, case, person).id}"

    offered = console.get(page, PERSON).text
    without = console.press(f"{page}/milestone", PERSON, milestone="hearing")
    day = console.press(f"{page}/milestone", PERSON, milestone="papers")
    told = console.press(f"{page}/major", PERSON, ground="group", text="涉及四十余名劳动者")

    assert "do=milestone" in offered
    assert "do=major" in offered
    assert without.status_code == 422
    assert 'id="on-error"' in without.text
    assert (day.status_code, told.status_code) == (303, 303)
    assert sealed.get(CaseRow, case.id).major is True


def test_card_shows_cause_effort_place_and_quota_and_no_person(console):
    posted(console, area="A")

    page = console.get("/board", PERSON).text

    for words in ("本周还可抢", "工作量", "指派期限", "抢单", "与最优人选相近的，即时确定"):
        assert words in page
    assert "王小明" not in page


def test_card_says_in_words_why_it_cannot_be_claimed(console):
    person = console.register.a_practitioner("full", capacity=0)
    console.sign_in(PERSON, practitioner_id=person.id)
    case = posted(console)

    page = console.get("/board", PERSON).text
    refused = console.press("/board/claim", PERSON, case_id=case.id)

    assert "在办案件数已达上限" in page
    assert refused.status_code == 409
    assert "在办案件数已达上限" in refused.text


def test_sealed_claim_waits_and_is_taken_back(console):
    console.register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
    console.register.a_practitioner("better", specialties={"wages": 99})
    person = console.register.a_practitioner("weak", specialties={"wages": 10})
    console.sign_in(PERSON, practitioner_id=person.id)
    case = posted(console)

    answer = console.press("/board/claim", PERSON, case_id=case.id)
    page = console.get(answer.headers["location"], PERSON).text
    console.press("/board/unclaim", PERSON, case_id=case.id)

    assert "抢单已登记" in page
    assert "已抢单，待确定" in page
    assert [row.state for row in console.register.all(ClaimRow)] == [ClaimState.WITHDRAWN]


def test_list_for_the_script_has_what_the_page_shows(console):
    case = posted(console)

    [card] = console.get("/board/cards", PERSON).json()["items"]

    assert card["case_id"] == case.id
    assert card["refusals"] == []
    assert console.get("/board/cards", Role.RECIPIENT).status_code == 403


def test_offer_is_declined_with_a_reason_and_never_without(console):
    case = console.register.a_case("2026-0002")
    person_id = console.user(PERSON).practitioner_id
    offer = console.register.add(
        OfferRow(
            centre_id=case.centre_id, case_id=case.id, seat=0, practitioner_id=person_id, mode=ModeName.DESIGNATION,
            offered_at=NOW, expires_at=NOW.replace(hour=23), state=OfferState.PENDING,
        )
    )  # fmt: skip
    page = f"/my-cases/{offer.id}"

    shown = console.get(page, PERSON).text
    without = console.press(page + "/decline", PERSON, accept="false")

    assert "答复征询" in shown
    assert "还剩" in shown
    assert without.status_code == 422
    assert "不接受" in without.text
    assert console.register.get(OfferRow, offer.id).state is OfferState.PENDING


def test_people_are_shown_by_a_logged_button_alone(first_come):
    console = first_come
    case = posted(console)
    console.register.a_person(case)
    page = console.press("/board/claim", PERSON, case_id=case.id).headers["location"].partition("?")[0]

    before = console.get(page, PERSON).text
    after = console.press(page + "/look", PERSON).text

    assert "王小明" not in before
    assert "王小明" in after
    assert "只显示姓名" in after
    assert [row.subject for row in console.register.all(AuditRow, AuditRow.subject == "names")] == ["names"]


def test_people_of_a_case_ask_for_the_password_again_and_lead_back(first_come):
    console = first_come
    _, page = held(console)
    console.forget_password(PERSON)

    answer = console.press(page + "/look", PERSON)

    assert answer.headers["location"] == "/console/confirm?back=" + quote(page.removeprefix("/console"), safe="")


def test_nobody_opens_somebody_elses_case(first_come):
    console = first_come
    _, page = held(console)
    other = console.register.a_practitioner("other")
    console.sign_in(PERSON, "other", practitioner_id=other.id)

    assert console.get(page, PERSON).status_code == 404


def test_leave_of_some_hours_and_days_of_the_week_is_reported_and_ended_earlier(console):
    asked = {"from_on": "2026-03-10", "from_time": "18:00", "until_time": "20:30", "weekdays[]": ["1", "3"]}
    wrong = console.press("/my-leave/report", PERSON, more=asked | {"until_time": "17:00"})
    whole = console.press("/my-leave/report", PERSON, from_on="2026-03-10")
    console.press("/my-leave/report", PERSON, more=asked)
    [leave] = console.register.all(AbsenceRow)
    page, english = (console.get("/my-leave", PERSON, lang=lang).text for lang in ("zh", "en"))
    key = f"shorten-{leave.id}"
    unsaid = console.press("/my-leave/shorten", PERSON, tried=key, absence_id=leave.id)
    console.press("/my-leave/shorten", PERSON, more={"absence_id": leave.id, f"{key}.until_on": "2026-03-31"})

    assert 'id="until_time-error"' in wrong.text
    assert 'value="1" checked' in wrong.text
    assert 'id="until_on-error"' in whole.text
    assert (leave.from_minute, leave.until_minute, leave.weekdays, leave.until_on) == (1080, 1230, "13", None)
    assert all(word in page for word in ("18:00–20:30", "周一、周三", "长期"))
    assert "Mon, Wed" in english
    assert f'id="{key}.until_on-error"' in unsaid.text
    assert str(console.register.get(AbsenceRow, leave.id).until_on) == "2026-03-31"


def test_leave_is_reported_and_taken_back_and_capacity_changed(console):
    console.press("/my-leave/report", PERSON, from_on="2026-03-20", until_on="2026-03-22")
    page = console.get("/my-leave", PERSON).text
    [leave] = console.register.all(AbsenceRow)
    console.press("/my-leave/cancel", PERSON, absence_id=leave.id)
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    console.press("/my-leave/capacity", PERSON, capacity="3", monthly_capacity="2", revision=revision)
    stale = console.press("/my-leave/capacity", PERSON, capacity="4", monthly_capacity="2", revision=revision)

    assert "2026-03-20" in page
    assert console.register.get(AbsenceRow, leave.id).state is AbsenceState.CANCELLED
    assert 'value="3"' in console.get("/my-leave", PERSON).text
    assert stale.status_code == 412


def test_place_in_the_rotation_is_told_in_words_with_the_cases_that_went_elsewhere(console):
    console.user(PERSON)
    console.register.a_practitioner("other")

    page, asked = console.get("/my-turn", PERSON).text, console.get("/my-turn?missed=1", PERSON).text

    assert "您在轮流指派中列第" in page
    assert "missed=1" in page
    assert "最近没有这样的案件" in asked


def test_stream_of_a_session_that_is_idle_ends(console):
    digests = {row.digest for row in console.register.all(TokenRow)} or {digest_of(console.secret(PERSON))}
    register = console.register

    assert still_good(register.read, digests, NOW) == digests
    assert still_good(register.read, digests, NOW + timedelta(hours=13)) == set()
