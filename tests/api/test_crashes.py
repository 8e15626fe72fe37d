"""Several processes answer; one may die between commit and reply, and none remembers who was let in."""

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from dispatch.commands.access import create_user
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.idempotency import PENDING, find_answer
from dispatch.registry.tables import AssignmentRow, ClaimRow, IdempotencyRow, LedgerRow
from tests.rows import NOW


@pytest.fixture
def rival(app):
    """A second process on the same register, as far as it can be told from the first."""
    with TestClient(create_app(app.state.context.settings, clock=lambda: NOW)) as client:
        yield client


def forget_answers(register):
    """Leave every key as a process does that dies after its commit: bound, without an answer."""
    with register.begin() as tx:
        tx.session.exec(update(IdempotencyRow).values(status=PENDING, body=None))


def enter(office, code):
    """Let a lawyer in; return what their requests carry."""
    office.register.a_practitioner(code)
    centre_id = office.register.centre.id
    _, token = create_user(office.register.begin, None, NOW, centre_id, code, Role.PRACTITIONER, code)
    return {"Authorization": f"Bearer {token}"}


def test_claim_whose_answer_died_with_its_process_wins_once(office, rival):
    office.register.a_policy(grab={"window_minutes": 0})
    case, lawyer = office.register.a_case(), enter(office, "p1")
    office.post(f"/v1/cases/{case.id}/post", {})
    path = f"/v1/board/{case.id}/claims"
    won = office.client.post(path, headers=lawyer | {"Idempotency-Key": "k"}).json()
    forget_answers(office.register)

    again = rival.post(path, headers=lawyer | {"Idempotency-Key": "k"})
    mine = rival.get("/v1/board/claims", headers=lawyer).json()["items"]

    assert (again.status_code, again.json()["code"]) == (409, "answer-pending")
    assert mine == [won]
    assert [len(office.register.all(table)) for table in (ClaimRow, AssignmentRow, LedgerRow)] == [1, 1, 1]


def test_claim_stored_while_its_repetition_was_on_its_way_is_told_as_carried_out(office, rival, monkeypatch):
    office.register.a_policy(grab={"window_minutes": 0})
    case, lawyer = office.register.a_case(), enter(office, "p1") | {"Idempotency-Key": "k"}
    office.post(f"/v1/cases/{case.id}/post", {})
    path, looks = f"/v1/board/{case.id}/claims", []

    def look_just_before_the_commit(*asked):
        """The first look finds no key; then the transaction of the process that died becomes visible."""
        looks.append(asked)
        return find_answer(*asked) if len(looks) > 1 else None

    office.client.post(path, headers=lawyer)
    forget_answers(office.register)
    monkeypatch.setattr("dispatch.api.idempotency.find_answer", look_just_before_the_commit)
    again = rival.post(path, headers=lawyer)

    assert (again.status_code, again.json()["code"], len(looks)) == (409, "answer-pending", 2)


def test_refusal_with_a_key_that_nobody_bound_stays_the_refusal(office):
    office.register.a_policy(grab={"window_minutes": 0})
    case, lawyer = office.register.a_case(), enter(office, "p1")

    refused = office.client.post(f"/v1/board/{case.id}/claims", headers=lawyer | {"Idempotency-Key": "k"})

    assert refused.json()["code"] == "case-not-on-board"


def test_claim_repeated_without_a_key_of_another_process_does_not_win_twice(office, rival):
    office.register.a_policy(grab={"window_minutes": 0})
    case, lawyer, other = office.register.a_case(), enter(office, "p1"), enter(office, "p2")
    office.post(f"/v1/cases/{case.id}/post", {})
    path = f"/v1/board/{case.id}/claims"
    office.client.post(path, headers=lawyer)

    again, late = rival.post(path, headers=lawyer), rival.post(path, headers=other)

    assert [answer.json()["code"] for answer in (again, late)] == ["case-not-on-board"] * 2
    assert len(office.register.all(AssignmentRow)) == 1


def test_revoked_user_is_turned_away_by_every_process_at_once(office, rival):
    lawyer = enter(office, "p1")
    me = rival.get("/v1/me", headers=lawyer)

    office.post(f"/v1/users/{me.json()['user_id']}/revoke", {}, role=Role.ADMIN)

    assert me.status_code == 200
    assert rival.get("/v1/me", headers=lawyer).status_code == 401


def test_published_policy_is_followed_by_every_process_at_once(office, rival):
    office.register.a_policy(grab={"window_minutes": 0, "weekly_claims": 1})
    first, second = office.register.a_case("1"), office.register.a_case("2")
    lawyer = enter(office, "p1")
    for case in (first, second):
        office.post(f"/v1/cases/{case.id}/post", {})
    rival.post(f"/v1/board/{first.id}/claims", headers=lawyer)
    refused = rival.post(f"/v1/board/{second.id}/claims", headers=lawyer)

    office.register.a_policy(grab={"window_minutes": 0, "weekly_claims": 2})

    assert refused.json()["facts"]["reason"] == "weekly_claims"
    assert rival.post(f"/v1/board/{second.id}/claims", headers=lawyer).json()["state"] == "won"
