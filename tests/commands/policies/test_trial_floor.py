"""A back-test of one person and one week puts no policy in force: it rests on what the size of the centre asks."""

from datetime import timedelta

import pytest

from dispatch.commands.policies.publication import publish_policy
from dispatch.domain.errors import BacktestThinError
from dispatch.domain.policy.trial_floor import CentreSize, TrialFloor, floor_of
from dispatch.registry.policies import size_of_centre
from dispatch.registry.tables import PolicyRow, SimulationRow
from tests.commands.policies.history import a_draft, another_manager, tried
from tests.rows import NOW

DAY = timedelta(days=1)


# fmt: off
FLOORS = [
    # cases a year, weeks of past, people     own past, weeks, cases, people
    (CentreSize(0,      0,  0),      TrialFloor(False, 6, 30,  10)),
    (CentreSize(29,     40, 8),      TrialFloor(False, 6, 30,  10)),
    (CentreSize(400,    5,  60),     TrialFloor(False, 6, 47,  30)),
    (CentreSize(30,     6,  3),      TrialFloor(True,  6, 30,  2)),
    (CentreSize(1_040,  52, 300),    TrialFloor(True,  6, 120, 150)),
    (CentreSize(90_000, 52, 9_000),  TrialFloor(True,  6, 500, 200)),
]
# fmt: on


@pytest.mark.parametrize(("size", "floor"), FLOORS)
def test_floor_follows_from_the_size_of_the_centre(size, floor):
    assert floor_of(size) == floor


ENOUGH = {"source": "recorded", "weeks": 6, "cases": 47, "people": 30}


@pytest.mark.parametrize(
    ("basis", "lacks"),
    [({}, False), ({"weeks": 5}, True), ({"cases": 46}, True), ({"people": 29}, True), ({"source": "sample"}, True)],
)
def test_back_test_below_the_floor_in_anything_lacks(basis, lacks):
    assert TrialFloor(True, 6, 47, 30).lacks(ENOUGH | basis) is lacks


def test_new_centre_may_rest_on_the_sample_city():
    assert not floor_of(CentreSize(0, 0, 0)).lacks(ENOUGH | {"source": "sample"})


def test_size_of_a_centre_is_its_past_year_and_its_list_of_today(register):
    for n, ago in enumerate((1, 100, 364, 366)):
        register.a_case(f"{n}", granted_at=NOW - ago * DAY, due_at=NOW)
    register.a_case("next", granted_at=NOW + DAY, due_at=NOW + 4 * DAY)
    for code in "abc":
        register.a_practitioner(code)
    register.a_practitioner("d", listed=False)

    with register.read() as session:
        assert size_of_centre(session, register.centre.id, NOW) == CentreSize(3, 52, 3)


def resting_on(register, draft, **basis):
    with register.begin() as tx:
        row = tx.session.get_one(SimulationRow, draft.simulation_id)
        row.result = row.result | basis


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_week_with_one_person_is_refused_and_a_new_centre_is_told_of_the_sample_city(register):
    draft = tried(register, a_draft(register, caps={"open_cases": 5}))
    resting_on(register, draft, weeks=1, cases=4, people=1)

    with pytest.raises(BacktestThinError) as refused:
        publish_policy(register.begin, another_manager(register), NOW, draft.id, 1)

    assert refused.value.facts["rests_on"] == {"source": "sample", "weeks": 1, "cases": 4, "people": 1}
    assert refused.value.facts["needs"] == TrialFloor(False, 6, 30, 10)._asdict()
    assert "示例城市" in refused.value.facts["do"]["zh"]
    assert "sample city" in refused.value.facts["do"]["en"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_centre_with_a_past_is_told_to_use_it_and_publishes_by_it(register):
    for n in range(30):
        register.a_case(f"{n}", granted_at=NOW - 60 * DAY, due_at=NOW)
    draft, second = tried(register, a_draft(register, caps={"open_cases": 5})), another_manager(register)

    with pytest.raises(BacktestThinError) as refused:
        publish_policy(register.begin, second, NOW, draft.id, 1)
    resting_on(register, draft, source="recorded")
    published = publish_policy(register.begin, second, NOW, draft.id, 1)

    assert "own past" in refused.value.facts["do"]["en"]
    evidence = register.get(PolicyRow, published.id).evidence
    assert evidence == {
        "simulation_id": draft.simulation_id, "since": "2026-03-02", "until": "2026-03-13", "source": "recorded",
        "weeks": 52, "cases": 400, "people": 60, "floor": TrialFloor(True, 6, 30, 0)._asdict(),
    }  # fmt: skip
