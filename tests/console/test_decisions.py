"""What waits of many cases, decided by a manager in the console: lowered protections together, cases given back."""

import html
import re

import pytest

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.cases.proposals import DecidedAmendment
from dispatch.commands.offers.undertaking import abandon
from dispatch.console.pages.decisions import amendments
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor
from dispatch.domain.states import AmendmentState, GivingBack, Review
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import AbandonmentRow, AmendmentRow, CaseRow, PractitionerRow
from tests.commands.test_second_person import MURDER
from tests.rows import NOW, a_draft

MANAGER = Role.MANAGER


@pytest.fixture
def lowered(console, register):
    """Two changes that a clerk has proposed of two grave cases."""
    clerk = Actor(console.user(Role.CLERK).id, Role.CLERK, register.centre.id)
    for number in ("2026-0001", "2026-0002"):
        case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(number, **MURDER))
        change_case(register.begin, register.seal, clerk, NOW, case.id, {"grave": False}, case.revision)
    return register.all(AmendmentRow)


def decide(console, ids, **fields):
    return console.press("/amendments/review-changes", MANAGER, more={"amendment_ids[]": ids} | fields)


def test_changes_that_wait_are_read_in_words_and_decided_together_with_one_reason(console, register, lowered):
    page, led = console.get("/amendments", MANAGER).text, console.get("/", MANAGER).text
    english = console.get("/amendments", MANAGER, lang="en").text
    done = decide(console, [row.id for row in lowered], approve="true", reason="经核对起诉书")

    assert page.count("<s>是</s> → <strong>否</strong>") == 2
    assert "可能被判处无期徒刑、死刑" in page
    assert "seen-clerk" in page
    assert "life imprisonment or death is possible" in english
    assert 'href="/console/amendments"' in led
    assert "已复核2项" in done.text
    assert "没有等您复核的修改" in done.text
    assert {row.state for row in register.all(AmendmentRow)} == {AmendmentState.MADE}
    assert {case.grave for case in register.all(CaseRow)} == {False}


def test_one_that_cannot_be_decided_is_told_and_the_others_are_decided(console, register, lowered):
    first, second = lowered
    decide(console, [first.id], approve="false", reason="依据不足")
    after = decide(console, [first.id, second.id], approve="true", reason="经核对起诉书")

    assert "已复核1项" in after.text
    assert "以下1项没有复核" in after.text
    assert [row.state for row in register.all(AmendmentRow)] == [AmendmentState.REJECTED, AmendmentState.MADE]


def test_nothing_ticked_no_decision_and_no_reason_are_each_asked_for_at_their_field(console, register, lowered):
    nothing = decide(console, [], approve="true", reason="属实")
    undecided = decide(console, [lowered[0].id])

    assert nothing.status_code == 422
    assert 'id="amendment_ids-error"' in nothing.text
    assert 'value="属实"' in nothing.text
    assert all(f'id="{name}-error"' in undecided.text for name in ("approve", "reason"))
    assert f'value="{lowered[0].id}" checked' in undecided.text
    assert {row.state for row in register.all(AmendmentRow)} == {AmendmentState.WAITING}


def refused(*given):
    return [DecidedAmendment(id, None, NotFoundError(what="amendment", id=id)) for id in given[4]]


def test_later_page_is_decided_where_it_is(console, register, lowered, monkeypatch):
    monkeypatch.setattr(amendments, "PAGE", 1)
    first = html.unescape(console.get("/amendments", MANAGER).text)
    [after] = re.findall(r'href="/console(/amendments\?cursor=[^"]*)" rel="next"', first)
    [later] = [row for row in lowered if row.id not in first]
    [action] = re.findall(r'action="/console(/amendments/[^"]*)"', html.unescape(console.get(after, MANAGER).text))
    ticked = {"amendment_ids[]": later.id}

    unsaid = console.press(action, MANAGER, more=ticked)
    monkeypatch.setattr(amendments.proposals, "review_changes", refused)
    refusal = console.press(action, MANAGER, more=ticked | {"approve": "true", "reason": "经核对起诉书"})

    assert f'value="{later.id}" checked' in unsaid.text
    assert re.search(rf"以下1项没有复核.*{later.case_number}", refusal.text, re.DOTALL)


def test_sealed_facts_of_a_proposal_are_named_and_not_told(console, register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("2026-0003", **MURDER))
    row = AmendmentRow(
        centre_id=case.centre_id, case_id=case.id, case_number=case.number, state=AmendmentState.WAITING,
        fields=["recipient_name", "former_fact"], safeguards=["minor"], changes={"former_fact": [1, 2]}, made_at=NOW,
    )  # fmt: skip
    register.add(row)

    page = console.get("/amendments", MANAGER).text

    assert "加密保存，在案件页查阅" in page
    assert "former_fact" in page
    assert "系统" in page


def given_back(console, register, number, *, own):
    """A case that its practitioner, or an officer for somebody, has given back after it was accepted."""
    me = console.user(Role.PRACTITIONER)
    person = register.get(PractitionerRow, me.practitioner_id) if own else register.a_practitioner("p1")
    case = register.a_case(number, status=Status.ASSIGNED)
    held = register.an_assignment(case, person, accepted_at=NOW)
    actor = Actor(me.id, me.role, me.centre_id, practitioner_id=person.id) if own else register.clerk
    return case, abandon(register.begin, actor, NOW, held.id, GivingBack.HEALTH)


def test_case_given_back_is_reviewed_and_the_review_put_right(console, register):
    case, row = given_back(console, register, "2026-0007", own=True)

    led, waiting = console.get("/", MANAGER).text, console.get("/given-back", MANAGER).text
    unsaid = console.press("/given-back/review-returned", MANAGER, returned=row.id)
    say = {"returned": row.id, f"returned-{row.id}.approve": "true"}
    console.press("/given-back/review-returned", MANAGER, more=say)
    approved = register.get(AbandonmentRow, row.id).review
    every = console.get("/given-back?review=all", MANAGER).text
    console.press("/given-back/review-returned", MANAGER, more=say | {f"returned-{row.id}.approve": "false"})

    assert 'href="/console/given-back"' in led
    assert all(word in waiting for word in ("2026-0007", "person seen", "健康原因"))
    assert unsaid.status_code == 422
    assert approved is Review.APPROVED
    assert "2026-0007" not in console.get("/given-back", MANAGER).text
    assert f'name="returned-{row.id}.approve" value="false"' in every
    assert register.get(AbandonmentRow, row.id).review is Review.REJECTED
    assert f"/given-back?review=all&amp;case_id={case.id}" in console.get(f"/cases/{case.id}", MANAGER).text
    assert "2026-0007" in console.get(f"/given-back?review=all&case_id={case.id}", MANAGER).text
    assert "2026-0007" not in console.get("/given-back?review=all&case_id=another", MANAGER).text
    assert "/given-back" not in console.get(f"/cases/{case.id}").text
    assert console.get("/given-back").status_code == 403


def test_case_that_an_officer_wrote_down_as_given_back_is_told_to_count_against_nobody(console, register):
    given_back(console, register, "2026-0008", own=False)

    assert "由工作人员登记，不暂停其抢单" in console.get("/given-back", MANAGER).text
