"""The case page: what it says, which buttons it shows and when, what each of them does, and who may look at people."""

import re

import pytest

from dispatch.commands.offers.offers import make_offers
from dispatch.domain.lifecycle import TRANSITIONS
from dispatch.domain.next_acts import CASE_ACTS, CaseAct, CaseState, case_acts
from dispatch.domain.permissions import PERMISSIONS
from dispatch.domain.vocabulary import CaseSource, PartyRole, Role, Status
from dispatch.registry.tables import AssignmentRow, AuditRow, CaseRow, DesignationRow, DocumentRow, PostingRow
from tests.rows import NOW

STATE = CaseState(Status.PENDING, on_notice=False, guarded=False, by_two=False, planned=False, named_by=None,
                  file_awaited=False, archived=False)  # fmt: skip


def buttons_of(page):
    """Return the acts whose forms a page shows."""
    return set(re.findall(r'action="/console/cases/\w+/([a-z-]+)"', page.text))


def shown(console, case, role=Role.CLERK, **more):
    page = console.get(f"/cases/{case.id}", role, **more)
    assert page.status_code == 200, page.text
    return page


def press(console, case, act, role=Role.CLERK, **fields):
    return console.press(f"/cases/{case.id}/{act}", role, more=fields)


@pytest.mark.parametrize(
    ("columns", "there", "not_there"),
    [
        ({"status": Status.RECEIVED, "granted_at": None, "entitled_at": None},
         {"grant", "grant-first", "refuse", "withdraw", "transfer"}, {"post", "terminate", "archive"}),
        ({}, {"start-plan", "post", "terminate", "transfer"}, {"grant", "refuse", "take-off", "withdraw"}),
        ({"secret": True}, {"start-plan", "terminate"}, {"post"}),
        ({"source": CaseSource.NOTICE_MUST}, {"withdraw"}, {"grant"}),
        ({"status": Status.CLOSED}, {"archive"}, {"terminate", "post", "start-plan"}),
        ({"status": Status.TRANSFERRED, "archive_number": "1"}, set(), {"archive", "terminate"}),
    ],
)  # fmt: skip
def test_buttons_are_shown_only_while_they_work(console, register, columns, there, not_there):
    buttons = buttons_of(shown(console, register.a_case("1", **columns)))

    assert there <= buttons
    assert not buttons & not_there


def test_what_an_act_lacks_is_named_beside_it_with_the_way_to_fill_it_in(console, register):
    means = {"means_test": "required", "means_status": None, "status": Status.RECEIVED, "granted_at": None}
    received = register.a_case("1", **means, entitled_at=None)
    guarded = register.a_case("2", secret=None, sexual_assault=None)

    granted, posted = shown(console, received).text, shown(console, guarded).text
    refused = press(console, received, "grant")

    assert "决定给予法律援助前，请填写：" in granted
    assert f'/cases/{received.id}/change?fact=means_status">经济困难核查结果</a>' in granted
    assert f'/cases/{guarded.id}/change?fact=sexual_assault&amp;fact=secret">性侵害案件</a>、' in posted
    assert "不能发布到抢单大厅" not in shown(console, register.a_case("3", secret=True, sexual_assault=None)).text
    assert refused.status_code == 422
    assert "在案件信息中填写“经济困难核查结果”" in refused.text
    assert "（means_status）" not in refused.text


def test_auditor_sees_the_case_and_no_button(console, register):
    page = shown(console, register.a_case("1"), Role.AUDITOR)

    assert buttons_of(page) == set()
    assert "没有需要您办理的" in page.text


def test_every_act_the_table_opens_is_legal_by_the_life_of_a_case():
    events = {CaseAct.GRANT: "grant", CaseAct.REFUSE: "refuse", CaseAct.POST: "post", CaseAct.TAKE_OFF: "unpost",
              CaseAct.TERMINATE: "terminate", CaseAct.OWN_COUNSEL: "retain", CaseAct.TRANSFER: "transfer"}  # fmt: skip
    for status in Status:
        may = case_acts(STATE._replace(status=status), Role.CLERK, "me")
        for act, event in events.items():
            assert (act in may) == any((status, event) == (at, each.value) for at, each in TRANSITIONS), (status, act)


def test_acts_need_their_verb_and_a_second_person_is_somebody_else():
    for role in Role:
        assert {CASE_ACTS[act][0] for act in case_acts(STATE, role, "me")} <= PERMISSIONS[role]
    named = STATE._replace(named_by="me")
    assert CaseAct.REVIEW not in case_acts(named, Role.CLERK, "me")
    assert CaseAct.REVIEW in case_acts(named, Role.CLERK, "another")
    assert CaseAct.DESIGNATE not in case_acts(named, Role.CLERK, "another")


def test_clerk_grants_posts_and_takes_off(console, register):
    case = register.a_case("1", status=Status.RECEIVED, granted_at=None, entitled_at=None)

    steps = [press(console, case, act) for act in ("grant", "post", "take-off")]

    assert [step.headers["location"] for step in steps] == [
        f"/console/cases/{case.id}?done={act}" for act in ("grant", "post", "take-off")
    ]
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert len(register.all(PostingRow)) == 1
    assert "案件已" not in shown(console, case).text
    assert "已撤下抢单。" in console.get(f"/cases/{case.id}?done=take-off").text


def test_refused_form_stays_open_with_its_words_and_the_fault_at_its_field(console, register):
    case = register.a_case("1")

    page = press(console, case, "terminate", tried="terminate", **{"terminate.text": "案件已撤销"})

    assert page.status_code == 422
    assert re.search(r'<details class="act grave" open><summary>决定终止法律援助', page.text)
    assert "案件已撤销</textarea>" in page.text
    assert 'id="terminate.ground-error"' in page.text


def test_work_is_written_down_from_the_answer_to_the_closing_report(console, register):
    case = register.a_case("1", status=Status.ASSIGNED)
    held = register.an_assignment(case, register.a_practitioner("held"))

    def write(act, **fields):
        answer = press(console, case, act, assignment=held.id, **{f"{act}-{held.id}.{k}": v for k, v in fields.items()})
        assert answer.status_code == 303, answer.text

    assert "close" not in buttons_of(shown(console, case))
    write("answer", accept="true")
    write("sign")
    write("begin")
    write("report", text="已会见")
    write("replace", ground="health", text="因病住院")
    assert "replace" not in buttons_of(shown(console, case))
    write("close", outcome="mediated", text="调解结案")

    assert register.get(CaseRow, case.id).status is Status.CLOSED
    assert register.get(AssignmentRow, held.id).outcome.value == "mediated"
    assert "调解结案" in shown(console, case).text


def test_manager_decides_a_request_another_officer_made(console, register):
    case = register.a_case("1", status=Status.ACCEPTED)
    held = register.an_assignment(case, register.a_practitioner("held"), accepted_at=NOW)
    who = {"assignment": held.id, f"replace-{held.id}.ground": "health", f"replace-{held.id}.text": "因病住院"}
    press(console, case, "replace", **who)

    assert "decide" not in buttons_of(shown(console, case))
    page = shown(console, case, Role.MANAGER)
    asked = console.hidden(page, "replacement")
    fields = {
        f"decide-{asked}.{k}": v for k, v in (("approve", "true"), ("same_institution", "false"), ("text", "属实"))
    }
    press(console, case, "decide", Role.MANAGER, replacement=asked, **fields)

    assert register.get(AssignmentRow, held.id).ended_at


def test_second_officer_reviews_what_another_named(console, register):
    case, person = register.a_case("1", secret=True), register.a_practitioner("named")
    register.add(DesignationRow(centre_id=case.centre_id, case_id=case.id, practitioner_id=person.id, reason="专长",
                                state="waiting", named_by=register.clerk.user_id, named_at=NOW))  # fmt: skip

    page = shown(console, case)
    assert "待另一名工作人员复核" in page.text
    press(console, case, "review", **{"review.approve": "true"})

    [assignment] = register.all(AssignmentRow)
    assert assignment.practitioner_id == person.id
    assert "专长" in shown(console, case).text


def test_system_events_are_hidden_until_they_are_asked_for(console, register):
    case = register.a_case("1")
    press(console, case, "start-plan")
    page, whole = shown(console, case), console.get(f"/cases/{case.id}?events=all")

    assert "timeline" in page.text
    assert whole.text.count("<time") >= page.text.count("<time")
    assert "隐藏系统自动记录" in whole.text


def test_facts_are_in_words_and_tell_unknown_from_no(console, register):
    case = register.a_case("1", detained=None, sexual_assault=False)

    page = shown(console, case)

    assert re.search(r"<dt>在押</dt><dd><span[^>]*>不详", page.text)
    assert re.search(r"<dt>性侵害案件</dt><dd>否", page.text)
    assert re.search(r"<dt>Detained</dt><dd><span[^>]*>Unknown", shown(console, case, lang="en").text)


def test_people_are_shown_behind_a_button_and_each_look_is_logged(console, register):
    case = register.a_case("1")
    register.a_person(case, PartyRole.RECIPIENT, name="古丽米热", contact="0370-1")

    assert "古丽米热" not in shown(console, case).text
    with register.begin() as tx:
        before = len(register.all(AuditRow))
        del tx
    looked = console.get(f"/cases/{case.id}/people")

    assert "古丽米热" in looked.text
    assert len(register.all(AuditRow)) > before


def test_document_asks_for_what_the_register_lacks_and_is_not_issued_without_a_letterhead(console, register):
    case = register.a_case("1", status=Status.ASSIGNED)
    register.a_person(case)
    register.an_assignment(case, register.a_practitioner("held"))

    form = console.get(f"/cases/{case.id}/documents/assignment_notice")
    early = console.get(f"/cases/{case.id}/documents/termination")
    lacking = console.press(f"/cases/{case.id}/documents/assignment_notice/issue")

    assert "安排承办人员的工作日数" in form.text
    assert early.status_code == 404
    assert lacking.status_code == 409
    assert register.all(DocumentRow) == []


def test_answer_of_who_is_asked_is_written_down_and_a_case_given_to_an_institution(console, register):
    case, other = register.a_case("1"), register.a_case("2")
    person = register.a_practitioner("asked")
    [offer] = make_offers(register.begin, register.clerk, NOW, case.id, [person.id])
    firm = register.the_institution()

    offered = shown(console, case).text
    without = press(console, case, "answer-offer", offer=offer.id, **{f"offer-{offer.id}.accept": "false"})
    press(console, case, "answer-offer", offer=offer.id, **{f"offer-{offer.id}.accept": "true"})
    told = {"entrust.reason": "轮到该机构"}
    nobody = press(console, other, "entrust", tried="entrust", **told | {"entrust.house": "查无此机构"})
    press(console, other, "entrust", **told | {"entrust.house": firm.code})

    assert f"offer-{offer.id}.accept" in offered
    assert without.status_code == 422
    assert register.get(CaseRow, case.id).status is Status.ACCEPTED
    assert 'id="entrust.house-error"' in nobody.text
    assert register.get(CaseRow, other.id).status is Status.ENTRUSTED
