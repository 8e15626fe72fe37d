"""A point of a run's frontier, or what overrides teach, becomes a draft through the API; nothing else changes."""

import pytest

from dispatch.commands.answers import days
from dispatch.commands.designation import designate
from dispatch.commands.jobs import JobContext, cancel_job
from dispatch.commands.policies.evidence import measure_firmness
from dispatch.domain.vocabulary import PolicyStatus, Role
from dispatch.registry.tables import PolicyRow
from tests.api.managers import Managers
from tests.commands.test_runs import AFTER, solved

FREE = {"price_per_turn": 0, "load_ladder": [0]}


def test_manager_looks_at_the_frontier_and_adopts_a_point(office):
    register = office.register
    register.a_policy(fairness=FREE)
    register.a_practitioner("expert", specialties={"wages": 90}, quality=20)
    careful = register.a_practitioner("careful", specialties={"wages": 60}, quality=60)
    case = register.a_case(grave=False)
    run = solved(register)
    designate(register.begin, register.clerk, AFTER, case.id, careful.id, "knows the family")

    curve = office.get(f"/v1/runs/{run.id}/frontier?axis=quality", role=Role.MANAGER).json()
    point = {"axis": "quality", "level": curve["points"][-1]["level"]}
    draft = office.post(f"/v1/runs/{run.id}/frontier/draft", point, role=Role.MANAGER)
    asked = office.post("/v1/policies/sensitivity?runs=2", role=Role.MANAGER)
    context = JobContext(register.begin, register.read, lambda: AFTER, "worker")
    before = office.get("/v1/policies/sensitivity", role=Role.MANAGER).status_code
    measure_firmness(context, asked.json()["id"])
    job = office.get(asked.headers["location"], role=Role.MANAGER).json()
    firm = office.get("/v1/policies/sensitivity", role=Role.MANAGER).json()
    lessons = office.get("/v1/policies/lessons", role=Role.MANAGER).json()
    learned = office.post("/v1/policies/lessons/draft", role=Role.MANAGER)

    assert [point["adoptable"] for point in curve["points"]] == [True, True]
    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    assert (asked.status_code, before, job["status"], job["result"]) == (202, 404, "done", firm)
    assert next(room for room in firm["rooms"] if room["axis"] == "quality")["most"] == 2250
    assert (lessons["contradiction"], lessons["decisions"][0]["explained"]) == ([], True)
    assert learned.json()["document"]["weights"] == lessons["weights"]
    assert register.get(PolicyRow, register.policy.id).status is PolicyStatus.PUBLISHED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_asks_for_a_days_work_while_another_is_answered_is_told_when_to_come_again(office, monkeypatch):
    register = office.register
    register.a_practitioner("expert", specialties={"wages": 90})
    other = register.a_practitioner("other", specialties={"wages": 60})
    case = register.a_case(grave=False)
    run = solved(register)
    designate(register.begin, register.clerk, AFTER, case.id, other.id, "knows the family")
    monkeypatch.setattr(days, "WAIT_S", 0.01)
    point = {"axis": "quality", "level": 0}

    def ask():
        return [
            office.ask(method, path, Role.MANAGER, json=body).status_code
            for method, path, body in (
                ("GET", f"/v1/runs/{run.id}/check", None),
                ("GET", f"/v1/runs/{run.id}/frontier", None),
                ("POST", f"/v1/runs/{run.id}/frontier/draft", point),
                ("GET", "/v1/policies/lessons", None),
                ("POST", "/v1/policies/lessons/draft", None),
            )
        ]

    with days.one_at_a_time():
        busy = ask()

    assert busy == [429] * 5
    assert ask() == [200, 200, 201, 200, 201]


def test_measuring_that_is_cancelled_ends_before_its_next_number(office, monkeypatch):
    register = office.register
    register.a_policy(fairness=FREE)
    register.a_practitioner("expert", specialties={"wages": 90}, quality=20)
    register.a_case(grave=False)
    solved(register)
    id = office.post("/v1/policies/sensitivity", role=Role.MANAGER).json()["id"]
    measured = []

    def rooms_of(days, axes):
        measured.append(axes)
        cancel_job(register.begin, register.manager, AFTER, id)
        return []

    monkeypatch.setattr("dispatch.commands.policies.evidence.rooms_of", rooms_of)
    measure_firmness(JobContext(register.begin, register.read, lambda: AFTER, "worker"), id)

    assert office.get(f"/v1/jobs/{id}").json()["status"] == "cancelled"
    assert len(measured) == 1


def test_adopted_point_is_tried_published_and_followed_by_the_next_run(office):
    register, managers = office.register, Managers(office)
    register.a_policy(fairness=FREE)
    expert = register.a_practitioner("expert", specialties={"wages": 90}, quality=20)
    careful = register.a_practitioner("careful", specialties={"wages": 60}, quality=60)
    case = register.a_case(grave=False)
    before = solved(register)

    curve = managers.ask("GET", f"/runs/{before.id}/frontier?axis=quality").json()
    point = {"axis": "quality", "level": curve["points"][-1]["level"]}
    draft = managers.ask("POST", f"/runs/{before.id}/frontier/draft", point).json()
    managers.tried(draft["id"])
    published = managers.ask("POST", f"/policies/{draft['id']}/publish", {}, revision=1, second=True)
    after = solved(register)
    applied = managers.ask("POST", f"/runs/{after.id}/apply", {})

    proposed = [proposal_of(managers, run, case) for run in (before, after)]
    assert [each["practitioner_id"] for each in proposed] == [expert.id, careful.id]
    assert (published.status_code, applied.status_code) == (200, 200), (published.text, applied.text)
    assert managers.ask("GET", f"/runs/{after.id}").json()["policy_id"] == draft["id"]
    assert managers.ask("GET", f"/assignments?case_id={case.id}").json()["items"][0]["policy_id"] == draft["id"]


def proposal_of(managers, run, case):
    """What the run proposed for the case."""
    [only] = managers.ask("GET", f"/runs/{run.id}/proposals").json()["items"]
    assert only["case_id"] == case.id
    return only


def test_point_of_no_policy_is_refused_with_what_would_be_right(office):
    office.register.a_practitioner()
    office.register.a_case()
    run = solved(office.register)

    refused = office.post(f"/v1/runs/{run.id}/frontier/draft", {"axis": "churn", "level": 5}, role=Role.MANAGER)

    assert refused.status_code == 422
    assert "fairness" in refused.json()["facts"]["expected"]
