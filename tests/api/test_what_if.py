"""Over HTTP: what today's cases would become under other weights, or with somebody away; a run then says the same."""

import threading
from datetime import timedelta

import pytest

from dispatch.commands.answers import days
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import request_run, solve_run
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import JobRow, PolicyRow
from tests.api.test_own import practising
from tests.api.test_why import a_case, decided
from tests.rows import NOW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def what_if(office, language="en", role=Role.MANAGER, **asked):
    return office.post("/v1/policies/what-if", asked, role=role, headers={"Accept-Language": language})


@pytest.fixture
def town(office):
    """An expert and a graded lawyer of one firm, and a case for one of them."""
    office.expert = practising(office, "expert", specialties={"wages": 100}, quality=10)
    office.graded = practising(office, "graded", specialties={"wages": 0}, quality=100)
    office.case = a_case(office, "2026-7")
    return office


def test_case_that_changes_hands_is_named_by_its_number_and_nothing_is_stored(town):
    before = len(town.register.all(JobRow)), len(town.register.all(PolicyRow))
    weights = {"specialty": 0, "quality": 10_000} | dict.fromkeys(
        ("experience", "distance", "language", "seniority", "wish", "continuity"), 0
    )

    told = what_if(town, "zh", changes={"weights": weights}).json()

    [change] = told["changed"]
    assert (change["number"], change["before"][0]["code"], change["after"][0]["code"]) == ("2026-7", "expert", "graded")
    names = [change[side][0]["name"] for side in ("before", "after")]
    assert change["text"] == f"2026-7号案件：由{names[0]}改为{names[1]}"
    assert told["words"][0] == "共1件案件，其中1件换由他人承办。"
    assert told["optimal"] is True
    assert told["before"]["match"] > told["after"]["match"]
    assert (len(town.register.all(JobRow)), len(town.register.all(PolicyRow))) == before


def test_draft_is_tried_with_further_changes_and_one_of_nobody_is_not_found(town):
    weights = {"specialty": 0, "quality": 4_500}
    draft = town.post("/v1/policies", {"changes": {"weights": weights}}, role=Role.MANAGER).json()

    as_it_is, changed = (what_if(town, policy_id=draft["id"], **more) for more in ({}, {"changes": draft["document"]}))
    back = what_if(town, policy_id=draft["id"], changes={"weights": {"specialty": 3_000, "quality": 1_500}})

    assert as_it_is.json()["changed"][0]["after"][0]["code"] == "graded"
    assert changed.json()["words"] == as_it_is.json()["words"]
    assert back.json()["changed"] == []
    assert what_if(town, policy_id="none").status_code == 404


def test_leave_is_answered_as_a_run_decides_once_it_is_recorded(town):
    told = what_if(town, away=[town.expert.id]).json()
    leave = {"from_on": "2026-03-09", "until_on": "2026-03-20"}
    recorded = town.post(f"/v1/practitioners/{town.expert.id}/leaves", leave)
    decided(town)

    [change] = told["changed"]
    held = town.get(f"/v1/assignments?case_id={town.case['id']}").json()["items"]
    assert recorded.status_code == 201, recorded.text
    assert [each["practitioner_id"] for each in held] == [change["after"][0]["practitioner_id"]] == [town.graded.id]


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"changes": {"weights": {"specialty": 1}}}, 422, "policy-invalid"),
        ({"away": ["none"]}, 404, "not-found"),
        ({"changes": {"colour": "red"}}, 422, "policy-invalid"),
    ],
)
def test_what_is_no_policy_or_nobody_is_refused(town, asked, status, code):
    answer = what_if(town, **asked)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_second_question_waits_for_the_first_and_is_told_when_to_come_again(town, monkeypatch):
    monkeypatch.setattr(days, "WAIT_S", 0.01)
    held, over = threading.Event(), threading.Event()

    def first():
        with days.one_at_a_time():
            held.set()
            over.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    held.wait(10)
    busy = what_if(town)
    over.set()
    thread.join()

    assert (busy.status_code, busy.json()["code"]) == (429, "too-many-requests")
    assert what_if(town).json()["words"] == ["Cases that change hands: none of 1."]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_prices_of_a_run_are_told_in_words_with_counties_and_causes_by_name(town, language):
    a_case(town, "2026-8", languages=["uyghur"])
    run_id = decided(town)

    told = town.get(f"/v1/runs/{run_id}/prices", headers={"Accept-Language": language}).json()

    [rule] = [each for each in told["rules"] if each["served"]]
    assert (rule["code"], rule["refused"], rule["served"]) == ("speaks_language", 2, 1)
    assert (
        rule["text"]
        == {
            "zh": "若不设此条件，可多指派1个承办名额。",
            "en": "Without this rule 1 more seats would have somebody.",
        }[language]
    )
    kinds = {(each["sort"]["value"], each["label"]["value"]): each for each in told["people"]}
    assert kinds["area", "A"]["label"]["zh"] == "first county"
    assert kinds["cause", "wages"]["label"]["zh"] != "wages"
    assert [each["open"] for (sort, _), each in kinds.items() if sort == "language"] == [1]
    assert all(each["text"] for each in told["people"])


def test_run_without_a_plan_has_no_prices(office):
    practising(office, "p1")
    a_case(office, "1")
    run = office.post("/v1/runs", {}).json()["run"]

    answer = office.get(f"/v1/runs/{run['id']}/prices")

    assert (answer.status_code, answer.json()["code"]) == (409, "run-not-ready")


def decided_on(office, *days):
    """Let the last run of each of these days from now be solved, and none applied."""
    begin, read = office.register.begin, office.register.read
    for day in days:
        at = NOW + timedelta(days=day)
        run = request_run(begin, office.register.clerk, at)
        solve_run(JobContext(begin, read, lambda at=at: at, "worker"), run.id)


def prices(office, language="zh", **asked):
    return office.get("/v1/runs/prices", params=asked, headers={"Accept-Language": language})


def test_prices_of_many_days_are_means_with_intervals_and_each_day_counts_once(town):
    a_case(town, "2026-8", languages=["ug"])
    decided_on(town, 0, 0, 1, 2, 3, 4)

    told, short = prices(town).json(), prices(town, days=2).json()

    assert [each["on"] for each in told["days"]] == [f"2026-03-{9 + n:02}" for n in (4, 3, 2, 1, 0)]
    [rule] = [each for each in told["rules"] if each["code"] == "speaks_language"]
    assert (rule["refusing"], rule["served"]) == (5, {"mean": 1, "low": 1, "high": 1})
    assert rule["text"] == (
        "最近5天的匹配批次（每天取最后一个）：如不设此条件，平均每天可多指派1个承办名额（95%置信区间：1至1）。"
    )
    [language] = [each for each in told["people"] if each["sort"]["value"] == "language"]
    assert (language["label"]["zh"], language["days"], language["open"]) == ("维吾尔语", 5, 5)
    [rule] = [each for each in short["rules"] if each["code"] == "speaks_language"]
    assert (len(short["days"]), rule["served"]) == (2, {"mean": 1, "low": None, "high": None})
    assert "不足4天，不给出区间" in rule["text"]


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "只有1天的匹配批次，不能代表平时："), ("en", "Of one day alone, which need not")]
)
def test_prices_of_one_day_are_told_as_of_one_day(town, language, said):
    decided_on(town, 0)

    told = prices(town, language).json()

    assert told["people"]
    assert all(each["text"].startswith(said) for each in told["people"])


def test_centre_without_a_proven_run_has_no_prices_and_a_lawyer_reads_none(office):
    assert (prices(office).status_code, prices(office, days=21).status_code) == (404, 422)
    assert office.get("/v1/runs/prices", role=Role.PRACTITIONER).status_code == 403
