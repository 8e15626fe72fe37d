"""The deadline watch in a replay: soft rules are relaxed or the manager is called, as soon as that can be known."""

from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from dispatch.casework.deadline_watch import EVERY
from dispatch.domain.period import Period, Tenure
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.vocabulary import PairKind, RelationKind
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.play import play
from dispatch.simulation.sample.year import Year, make_year
from tests.builders import NOW, a_case, a_pair, a_policy, a_practitioner

FIRST = date(2026, 3, 2)
SMALL = Year(cases=40, practitioners=50, active=50, days=30)


def strict():
    """The national preset, but a practitioner must have the highest level in the cause of action."""
    document = load_preset("national").to_document()
    document["thresholds"]["specialty_floor"] = 100
    return Policy.from_document(document)


@cache
def played(on_chains):
    """What several tests look at is played once."""
    policy = strict()
    return play(make_year(1, FIRST, policy, SMALL), policy, Model(seed=1, on_chains=on_chains))


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


def test_case_whose_only_lawyer_was_won_by_its_opponent_is_brought_up_at_the_next_look():
    """While both are on the board each can have somebody; then the only one for both claims that for which two are."""
    entered, due_at = NOW.date() - timedelta(days=7), NOW + timedelta(days=2)
    lawyers = (a_practitioner("wanted"), a_practitioner("other", institution_id="office"))
    period = Period(
        centre_id="c",
        since=NOW,
        until=NOW + timedelta(days=1),
        arrivals=(a_case("c1", due_at=due_at), a_case("c2", due_at=due_at)),
        tenures=tuple(Tenure(person=person, entered_on=entered, from_on=entered) for person in lawyers),
        relations=((RelationKind.OPPOSING_SIDES, "c1", "c2"),),
        pairs=(a_pair(PairKind.CONFLICT, "c2", "other"),),
    )
    steps = [{"mode": "grab", "hours": 12}, {"mode": "optimized"}]
    policy = a_policy(
        chains=[{"code": "board", "zh": "抢单", "en": "board", "steps": steps}], grab={"window_minutes": 0}
    )

    history = play(period, policy, Model(seed=1, claims_share=0.5)).history

    won, called = ([line for line in history if line.event == event] for event in ("grab", "escalate"))
    assert [(line.case_id, line.facts["practitioner_id"]) for line in won] == [("c1", "wanted")]
    assert [(line.case_id, line.facts["because"]) for line in called] == [("c2", "nobody_eligible")]
    assert called[0].at - won[0].at < EVERY
