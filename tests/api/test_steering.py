"""Over HTTP: a clerk who wants a case to go to somebody tries seeds, batches, order, ids and repetition."""

from datetime import timedelta
from itertools import permutations

import pytest

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import solve_run
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import ProposalRow
from tests.rows import NOW, a_draft

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def alike(office):
    """Four cases and nine lawyers between whom nothing but the draw decides."""
    for n in range(9):
        office.register.a_practitioner(f"p{n}")
    filed = [office.post("/v1/cases", a_draft(f"{n}").model_dump(mode="json")) for n in range(4)]
    return [each.json()["id"] for each in filed]


def solved(office, at=NOW, **asked):
    answer = office.post("/v1/runs", asked)
    assert answer.status_code == 202, answer.text
    run_id = answer.json()["run"]["id"]
    solve_run(JobContext(office.register.begin, office.register.read, lambda: at, "worker"), run_id)
    return run_id


def chosen(office, run_id):
    rows = office.register.all(ProposalRow, ProposalRow.run_id == run_id)
    return {row.case_id: row.practitioner_id for row in rows}


def test_repeating_and_naming_all_in_any_order_gives_the_same_people(office, alike):
    first = chosen(office, solved(office))

    again = [solved(office) for _ in range(2)]
    ordered = [solved(office, case_ids=list(each)) for each in list(permutations(alike))[::9]]
    twice = solved(office, case_ids=[*alike, *alike])

    assert [chosen(office, run) for run in (*again, *ordered, twice)] == [first] * (len(again) + len(ordered) + 1)
    assert len(office.get(f"/v1/runs/{twice}/repeats").json()["items"]) == 1 + len(again) + len(ordered)


@pytest.mark.parametrize("asked", [{"seed": 7}, {"draw_on": "2026-03-10"}, {"policy_id": "p"}, {"id": "mine"}])
def test_seed_day_policy_and_id_of_a_run_are_nobodys_to_name(office, alike, asked):
    assert office.post("/v1/runs", asked).status_code == 422
    name, value = next(iter(asked.items()))
    assert office.post(f"/v1/runs?{name}={value}", {}).status_code == 422


def test_id_of_a_case_is_nobodys_to_name_and_filing_it_again_draws_no_other(office, alike):
    draft = a_draft("9").model_dump(mode="json")

    named = office.post("/v1/cases", draft | {"id": "a"})
    filed, again = (office.post("/v1/cases", draft) for _ in range(2))

    assert named.status_code == 422
    assert filed.json()["id"] == again.json()["id"]


def test_case_that_is_ended_and_filed_anew_goes_to_whom_it_went(office):
    for n in range(9):
        office.register.a_practitioner(f"p{n}")
    went = []
    for number in ("1", "2", "3"):
        case = office.post("/v1/cases", a_draft(number).model_dump(mode="json")).json()
        went.append(chosen(office, solved(office))[case["id"]])
        ended = office.post(f"/v1/cases/{case['id']}/own-counsel", {"text": "自行委托"})
        assert ended.status_code == 200, ended.text

    assert len(set(went)) == 1


def test_batch_of_ones_own_needs_a_reason_that_every_reader_sees(office, alike):
    solved(office)

    without = office.post("/v1/runs", {"case_ids": alike[:1]})
    blank = office.post("/v1/runs", {"case_ids": alike[:1], "reason": " "})
    run_id = solved(office, case_ids=alike[:1], reason="开庭在即")

    assert (without.status_code, without.json()["code"]) == (422, "reason-required")
    assert blank.status_code == 422
    [kept] = office.get(f"/v1/runs/{run_id}").json()["exceptions"]
    assert (kept["what"], kept["left_out"], kept["reason"]) == ("cases", 3, "开庭在即")
    assert len(office.get(f"/v1/runs/{run_id}/repeats").json()["items"]) == 1


def test_applying_only_what_pleases_needs_a_reason_and_leaves_it_in_the_run(office, alike):
    run_id = solved(office)
    one = office.register.all(ProposalRow, ProposalRow.run_id == run_id)[0]

    without = office.post(f"/v1/runs/{run_id}/apply", {"proposal_ids": [one.id]})
    office.post(f"/v1/runs/{run_id}/apply", {"proposal_ids": [one.id], "reason": "其余待补材料"})

    assert (without.status_code, without.json()["code"]) == (422, "reason-required")
    [kept] = office.get(f"/v1/runs/{run_id}").json()["exceptions"]
    assert (kept["what"], kept["left_out"], kept["reason"]) == ("proposals", 3, "其余待补材料")


def test_who_changed_what_since_the_run_before_is_told_in_words(office, alike):
    first = solved(office, at=NOW - timedelta(hours=1))
    [person, *_] = office.get("/v1/practitioners").json()["items"]
    asked = {"practitioner_id": person["id"], "turns": 2, "reason": "advised"}
    assert office.post("/v1/rotation/overrides", asked, role=Role.MANAGER).status_code == 201
    again = solved(office)

    told = office.get(f"/v1/runs/{again}/changes?since={first}").json()

    # The clock of the office stands still, so that the cases seem to be filed after the first run.
    filed, moved = told["acts"]
    assert (filed["login"], filed["verb"], filed["number"]) == ("token-clerk", "submit_case", 4)
    assert moved["zh"] == "token-manager（法律援助机构负责人）：调整轮流指派顺序1次"
    assert moved["en"] == "token-manager (centre manager): override the rotation (1)"
    assert "turns" in [each["field"] for each in told["facts"]]
