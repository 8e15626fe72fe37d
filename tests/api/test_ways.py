"""Over HTTP: a case is offered, posted, claimed, designated, given back; everyone reaches only their own rows."""

from datetime import timedelta

import pytest

from dispatch.commands.access import create_user
from dispatch.domain.eligibility.table import RULES_BY_CODE
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import AuditRow, CaseRow
from tests.rows import NOW, a_draft


@pytest.fixture
def board(office):
    """An office whose board gives every case to the first eligible claim."""
    office.register.a_policy(grab={"window_minutes": 0})
    return office


def enter(office, code, **attributes):
    """A practitioner on the roster, and a way to ask as them."""
    person = office.register.a_practitioner(code, **attributes)
    centre_id = office.register.centre.id
    _, token = create_user(office.register.begin, None, NOW, centre_id, code, Role.PRACTITIONER, code)
    headers = {"Authorization": f"Bearer {token}"}

    def ask(method, path, json=None, language="en"):
        return office.client.request(method, path, headers=headers | {"Accept-Language": language}, json=json)

    return person, ask


def test_case_is_posted_claimed_accepted_and_opened_step_by_step(board):
    person, ask = enter(board, "p1")
    _, other = enter(board, "p2")
    case = board.post("/v1/cases", a_draft(story="拖欠三个月").model_dump(mode="json")).json()
    where = f"/v1/cases/{case['id']}/disclosure"
    board.post(f"/v1/cases/{case['id']}/post", {})

    [card] = ask("GET", "/v1/board").json()["items"]
    hidden = ask("GET", where)
    won = ask("POST", f"/v1/board/{case['id']}/claims")
    names = ask("GET", where).json()
    accepted = ask("POST", f"/v1/assignments/{won.json()['assignment_id']}/answer", {"accept": True})
    file = ask("GET", where).json()

    assert set(card) == {
        "case_id", "matter", "cause", "stage", "area", "place", "effort", "due_at", "posted_at", "sealed_until",
        "ends_at", "refusals", "distance_km", "claim_id",
    }  # fmt: skip
    assert hidden.status_code == 404
    assert (won.status_code, won.json()["state"]) == (201, "won")
    assert (names["extent"], names["people"][0]["details"]) == ("names", {"name": "王小明"})
    assert accepted.json()["accepted_at"]
    assert (file["extent"], file["people"][0]["details"]["story"]) == ("file", "拖欠三个月")
    assert other("GET", where).status_code == 404
    assert [row.subject for row in board.register.all(AuditRow, AuditRow.subject.in_(("names", "file")))] == [
        "names",
        "file",
    ]
    assert ask("GET", "/v1/board/claims").json()["items"][0]["practitioner_id"] == person.id
    assert other("GET", "/v1/board/claims").json()["items"] == []
    assert other("POST", f"/v1/board/{case['id']}/claims").json()["code"] == "case-not-on-board"


def test_refused_claim_names_its_rule_in_the_readers_language(board):
    _, ask = enter(board, "full", capacity=0)
    case = board.register.a_case()
    board.post(f"/v1/cases/{case.id}/post", {})

    refused = [ask("POST", f"/v1/board/{case.id}/claims", language=language) for language in ("zh", "en")]

    assert [(each.status_code, each.json()["facts"]["rules"]) for each in refused] == [(409, ["under_cap"])] * 2
    rule = RULES_BY_CODE["under_cap"]
    assert [each.json()["errors"] for each in refused] == [
        [{"rule": "under_cap", "reason": rule.zh, "source": "本中心自定"}],
        [{"rule": "under_cap", "reason": rule.en, "source": "the centre's own choice"}],
    ]


def test_offer_is_answered_by_its_own_practitioner_only(office):
    person, ask = enter(office, "p1")
    _, other = enter(office, "p2")
    case = office.register.a_case()
    [offer] = office.post("/v1/offers", {"case_id": case.id, "practitioner_ids": [person.id]}).json()
    path = f"/v1/offers/{offer['id']}/answer"

    assert other("POST", path, {"accept": True}).status_code == 404
    assert ask("POST", path, {"accept": False}).json()["code"] == "reason-required"
    assert ask("POST", path, {"accept": True}).json()["state"] == "accepted"
    assert [row["id"] for row in ask("GET", "/v1/offers").json()["items"]] == [offer["id"]]
    assert other("GET", "/v1/offers").json()["items"] == []
    assert len(office.get("/v1/offers", role=Role.AUDITOR).json()["items"]) == 1
    assert office.register.get(CaseRow, case.id).status is Status.ACCEPTED


def test_case_given_back_is_reviewed_by_the_manager(board):
    person, ask = enter(board, "p1")
    case = board.register.a_case()
    [offer] = board.post("/v1/offers", {"case_id": case.id, "practitioner_ids": [person.id]}).json()
    taken = ask("POST", f"/v1/offers/{offer['id']}/answer", {"accept": True}).json()

    given_back = ask("POST", f"/v1/assignments/{taken['assignment_id']}/abandonment", {"reason": "health"}).json()
    listed = board.get("/v1/abandonments", role=Role.MANAGER, params={"review": "waiting"}).json()["items"]
    path = f"/v1/abandonments/{given_back['id']}/review"
    reviewed = board.post(path, {"approve": True}, role=Role.MANAGER).json()

    assert [row["id"] for row in listed] == [given_back["id"]]
    assert reviewed["review"] == "approved"
    assert board.post(path, {"approve": True}).status_code == 403


def test_clerk_follows_a_case_on_its_chain(office):
    case = office.register.a_case(due_at=NOW + timedelta(days=2))
    office.register.a_practitioner()
    assert office.get(f"/v1/cases/{case.id}/plan").status_code == 404

    started = office.post(f"/v1/cases/{case.id}/plan")
    shown = office.get(f"/v1/cases/{case.id}/plan").json()
    soon = office.get("/v1/deadlines").json()

    assert (started.status_code, started.json()) == (201, shown)
    assert (shown["chain"], shown["mode"]) == ("civil", "point_selection")
    assert [(row["case_id"], row["because"]) for row in soon] == [(case.id, None)]


def test_grave_case_is_designated_by_two(office):
    case, person = office.register.a_case(grave=True), office.register.a_practitioner()
    path = f"/v1/cases/{case.id}/designation"

    named = office.post(path, {"practitioner_id": person.id, "reason": "熟悉案情"})
    alone = office.post(f"{path}/review", {"approve": True})
    agreed = office.post(f"{path}/review", {"approve": True}, role=Role.MANAGER)

    assert (named.status_code, named.json()["state"]) == (201, "waiting")
    assert alone.json()["code"] == "second-person"
    assert agreed.json()["state"] == "approved"


def test_officer_takes_a_case_off_the_board(office):
    case = office.register.a_case()
    posted = office.post(f"/v1/cases/{case.id}/post", {"ends_at": (NOW + timedelta(hours=2)).isoformat()})

    taken = office.ask("DELETE", f"/v1/cases/{case.id}/post")

    assert posted.status_code == 201
    assert taken.json()["status"] == "pending"
    assert office.get("/v1/board").json()["items"] == []


def test_claim_is_taken_back_before_the_window_ends(office):
    office.register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
    _, ask = enter(office, "weak", specialties={"wages": 10})
    office.register.a_practitioner("best", specialties={"wages": 99})
    case = office.register.a_case()
    office.post(f"/v1/cases/{case.id}/post", {})

    claimed = ask("POST", f"/v1/board/{case.id}/claims").json()
    gone = ask("DELETE", f"/v1/board/{case.id}/claims").json()

    assert (claimed["state"], gone["state"]) == ("open", "withdrawn")
    assert office.get("/v1/board/claims", params={"state": "withdrawn"}).json()["items"][0]["id"] == claimed["id"]
