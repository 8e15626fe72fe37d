"""Policies over HTTP: the way of a draft into force, every refusal with its status, and what a console is told."""

import pytest

from dispatch.domain.policy.fields import FIELDS
from dispatch.domain.vocabulary import Role
from tests.api.managers import CITY, Managers


@pytest.fixture
def managers(office):
    return Managers(office)


def test_draft_is_tried_published_and_rolled_back(managers):
    made = managers.ask("POST", "/policies", {"changes": {"caps": {"open_cases": 5}}, "note": "fewer"})
    id = made.json()["id"]
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.headers["location"] == f"/v1/policies/{id}"
    edited = managers.ask("PATCH", f"/policies/{id}", {"document": {"caps": {"per_month": 4}}}, revision=1)
    assert (edited.json()["revision"], edited.json()["edits"][0]["fields"]) == (2, ["caps.per_month"])
    managers.tried(id)

    published = managers.ask("POST", f"/policies/{id}/publish", {}, revision=2, second=True)
    in_force = managers.ask("GET", "/policies/in-force").json()
    first = managers.ask("GET", "/policies").json()["items"][0]["id"]
    back = managers.ask("POST", f"/policies/{first}/rollback", {"reason": "too few"}, second=True)

    assert published.status_code == 200, published.text
    assert (in_force["id"], in_force["status"], in_force["version"]) == (id, "published", 2)
    assert (back.json()["version"], back.json()["repeats_id"]) == (3, first)
    statuses = [row["status"] for row in managers.ask("GET", "/policies").json()["items"]]
    assert statuses == ["superseded", "superseded", "published"]


def test_every_refusal_has_its_status_and_says_what_to_do(managers):
    draft = managers.draft(thresholds={"grave_years": 2})
    path = f"/policies/{draft['id']}"

    untried = managers.ask("POST", f"{path}/publish", {}, revision=1, second=True)
    managers.tried(draft["id"])
    alone = managers.ask("POST", f"{path}/publish", {}, revision=1)
    unlawful = managers.ask("POST", f"{path}/publish", {}, revision=1, second=True)
    unseen = managers.ask("POST", f"{path}/publish", {}, second=True)
    stale = managers.ask("PATCH", path, {"document": {}}, revision=9)
    invalid = managers.ask("PATCH", path, {"document": {"caps": {"open_cases": 0}}}, revision=1)

    answers = (untried, alone, unlawful, unseen, stale, invalid)
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (409, "backtest-missing"),
        (409, "second-person"),
        (409, "out-of-legal-bounds"),
        (428, "if-match-required"),
        (412, "stale"),
        (422, "policy-invalid"),
    ]
    for answer in (untried, alone, unlawful):
        assert set(answer.json()["facts"]["do"]) == {"zh", "en"}
    rule = {"field": "thresholds.grave_years", "document": "某省条例", "article": "第九条"}
    allowed = managers.ask("POST", f"{path}/publish", {"local_rules": [rule]}, revision=1, second=True)
    assert allowed.json()["local_rules"] == [rule]


def test_what_a_draft_still_needs_before_it_is_published_is_told(managers):
    draft = managers.draft(thresholds={"grave_years": 2})
    in_force = managers.ask("GET", "/policies/in-force").json()["id"]
    path = f"/policies/{draft['id']}/publication"

    new, of_force = managers.ask("GET", path).json(), managers.ask("GET", f"/policies/{in_force}/publication")
    trial = managers.tried(draft["id"])
    tried = managers.ask("GET", path, second=True).json()

    assert (new["in_force_id"], new["follows"], new["simulation_id"], new["basis"]) == (in_force, True, None, None)
    assert (new["own"], tried["own"], tried["authors"]) == (True, False, new["authors"])
    assert [bound["field"] for bound in new["bounds"]] == ["thresholds.grave_years"]
    assert "第二十六条" in new["bounds"][0]["basis"]["zh"]
    assert new["floor"] == {"own_past": False, "weeks": 6, "cases": 30, "people": 10}
    assert (tried["simulation_id"], tried["thin"]) == (trial, False)
    assert tried["basis"] == {"source": "sample", "weeks": 52, "cases": 400, "people": 60}
    assert (of_force.status_code, of_force.json()["code"]) == (409, "not-draft")


def test_stale_draft_is_carried_over_and_a_discarded_one_is_gone(managers):
    stale, winner = managers.draft(caps={"open_cases": 5}), managers.draft(checks={"area": True})
    managers.tried(winner["id"])
    managers.ask("POST", f"/policies/{winner['id']}/publish", {}, revision=1, second=True)
    path = f"/policies/{stale['id']}"

    refused = managers.ask("POST", f"{path}/publish", {}, revision=1, second=True)
    carried = managers.ask("POST", f"{path}/rebase", revision=1)
    gone = managers.ask("DELETE", path, revision=2)

    assert (refused.status_code, refused.json()["code"]) == (409, "draft-stale")
    assert (carried.json()["base_id"], carried.headers["etag"]) == (winner["id"], '"2"')
    assert (gone.status_code, managers.ask("GET", path).status_code) == (204, 404)


def test_difference_is_told_in_words(managers):
    draft = managers.draft(caps={"open_cases": 5})
    in_force = managers.ask("GET", "/policies/in-force").json()

    reported = managers.ask("GET", f"/policies/{draft['id']}/diff/{in_force['id']}", role=Role.AUDITOR).json()

    [change] = reported["changes"]
    assert (change["field"], change["old"], change["new"]) == ("caps.open_cases", 8, 5)
    assert change["text"]["zh"] == "件数上限·在办案件数上限：8件 → 5件（依据：本中心自定）"


def test_back_test_is_read_as_a_table_in_both_languages(managers):
    draft = managers.draft(caps={"open_cases": 1})
    id = managers.tried(draft["id"])

    whole = managers.ask("GET", f"/simulations/{id}", role=Role.CLERK).json()
    listed = managers.ask("GET", f"/simulations?policy_id={draft['id']}").json()["items"]

    assert (whole["job"]["status"], whole["job"]["kind"], whole["policy_digest"]) == (
        "done",
        "simulation",
        draft["digest"],
    )
    figures = {row["code"]: row for row in whole["result"]["rows"]}
    assert (figures["in_time"]["zh"], figures["gini"]["en"]) == ("按期指派", "Gini of effort")
    assert {"low", "high", "verdict"} <= set(figures["in_time"])
    assert [row["id"] for row in listed] == [id]
    assert managers.ask("GET", f"/policies/{draft['id']}").json()["simulation_id"] == id


def test_back_test_that_is_not_played_yet_has_no_result(managers):
    draft = managers.draft(caps={"open_cases": 5})
    asked = managers.ask("POST", "/simulations", {"policy_id": draft["id"], **CITY})
    path = asked.headers["location"].removeprefix("/v1")

    assert asked.status_code == 202
    assert managers.ask("GET", path).json()["result"] is None
    assert managers.ask("POST", f"/jobs/{asked.json()['job']['id']}/cancel").json()["status"] == "cancelled"
    assert managers.ask("POST", "/simulations", {"policy_id": draft["id"]}).status_code == 422


def test_schema_tells_a_console_all_about_every_field(managers):
    schema = managers.ask("GET", "/policies/schema").json()

    weights = schema["$defs"]["Weights"]["properties"]["specialty"]
    assert weights["x-field"]["title"] == {"zh": "专业特长", "en": "specialty"}
    assert len(FIELDS) > 90
