"""Runs by the latest, one by number and name, and why its cases have nobody."""

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import solve_run
from tests.rows import NOW


def test_run_is_told_by_number_and_name_with_what_would_help_who_has_nobody(office):
    register = office.register
    register.a_case("1")
    register.a_case("2")
    register.a_practitioner("p", capacity=1)
    run = office.post("/v1/runs", json={}).json()["run"]
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run["id"])

    recent = office.get("/v1/runs/recent").json()["items"]
    told = office.get(f"/v1/runs/{run['id']}/report").json()
    open_ = office.get(f"/v1/runs/{run['id']}/open-cases").json()

    assert [each["job"]["id"] for each in recent] == [run["id"]]
    assert {each["case_number"] for each in told["proposals"]} == {"1", "2"}
    assert [each["practitioner"] for each in told["proposals"] if each["practitioner"]] == ["person p"]
    assert len(open_["items"]) == 1
    assert open_["items"][0]["open"]["shortage"] == 1
