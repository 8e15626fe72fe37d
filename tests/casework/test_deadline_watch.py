"""The deadline watch in a replay: what only soft rules keep open is relaxed, on chains and by runs alike."""

from datetime import date
from functools import cache
from itertools import pairwise

import pytest

from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.play import play
from dispatch.simulation.sample.year import Year, make_year

FIRST = date(2026, 3, 2)
SMALL = Year(cases=40, practitioners=50, active=50, days=30)


def strict():
    """The national preset, but a practitioner must have the highest level in the cause of action."""
    document = load_preset("national").to_document()
    document["thresholds"]["specialty_floor"] = 100
    return Policy.from_document(document)


def month(on_chains):
    policy = strict()
    return play(make_year(1, FIRST, policy, SMALL), policy, Model(seed=1, on_chains=on_chains))


@cache
def played(on_chains):
    """What several tests look at is played once."""
    return month(on_chains)


@pytest.mark.parametrize("on_chains", [True, False], ids=["on chains", "by runs"])
def test_watch_relaxes_and_serves_as_many_by_runs_as_on_chains(on_chains):
    files = played(on_chains).files.values()

    assert sum(bool(file.relaxed) for file in files) == 25
    assert sum(bool(file.assignments) for file in files) == 39


def test_watch_calls_again_after_a_day_for_whom_nobody_could_be_named():
    found = played(on_chains=False)

    [unnamed] = [file for file in found.files.values() if not file.assignments]
    calls = [line.at for line in found.history if (line.case_id, line.event) == (unnamed.id, "escalate")]
    assert unnamed.escalations == len(calls) > 1
    assert {(later - earlier).total_seconds() for earlier, later in pairwise(calls)} == {24 * 3600}
