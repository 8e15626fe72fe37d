"""A replay does only what a minute has come for: one that looks at everything in every minute finds nothing more."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.outlook import Outlook
from dispatch.simulation.replay.play import play
from dispatch.simulation.replay.tasks import TASKS
from dispatch.simulation.sample.year import Year, make_year

FIRST = date(2026, 3, 2)
MONTH, BUSY = Year(cases=40, practitioners=50, active=50, days=30), Year(cases=80, practitioners=20, active=20, days=14)
FEW = Year(cases=60, practitioners=8, active=8, days=7)

STEADY = Model(seed=1)
LIVELY = Model(
    seed=3, accepts=0.6, silent=0.15, stands=0.8, claims_share=0.15, gives_back_share=0.1, open_days=5,
    answer_hours=1.5, claim_hours=0.6, entrusted_share=0.3, arrange_gives_back=0.2, arrange_silent=0.5, away_days=5,
)  # fmt: skip
FUSSY = replace(LIVELY, accepts=0.3, silent=0.3)

STRICT = {"thresholds": {"specialty_floor": 100}}
CALLED = {"thresholds": {"specialty_floor": 90}, "walk": {"direct_below_hours": 100}}
SHORT_DAYS = {"runs": {"closes": "15:00"}, "walk": {"start_on_grant": True}}
TIGHT, SEALED_LONG = {"caps": {"open_cases": 2}}, {"grab": {"window_minutes": 60}}

# fmt: off
PERIODS = {
    # what it has plenty of: size, seed, behaviour, what the policy says and its chain, if not as the preset; an event
    "rules relaxed on chains": (MONTH, 1, STEADY, STRICT, None, "relax"),
    "rules relaxed by runs":   (MONTH, 1, Model(seed=1, on_chains=False), STRICT, None, "relax"),
    "runs called by looks":    (BUSY, 4, LIVELY, CALLED, [("rotation", 2), ("optimized", None)], "relax"),
    "wishes asked in office hours":
        (BUSY, 2, LIVELY, SHORT_DAYS, [("point_selection", 24), ("rotation", 3), ("optimized", None)], "await"),
    "windows and silence":
        (BUSY, 5, LIVELY, SEALED_LONG, [("grab", 3), ("rotation", 3), ("optimized", None)], "unseal"),
    "hardly anybody has room": (FEW, 2, FUSSY, TIGHT, [("rotation", 3), ("optimized", None)], "escalate"),
}
# fmt: on

every_period = pytest.mark.parametrize("period", PERIODS)


def replay(period):
    size, seed, behaviour, parts, chain, _ = PERIODS[period]
    document = load_preset("national").to_document()
    document |= {name: document[name] | part for name, part in parts.items()}
    if chain:
        steps = [{"mode": mode} | ({"hours": hours} if hours else {}) for mode, hours in chain]
        document["chains"] = [{"code": "test", "zh": "测试", "en": "test", "steps": steps}]
    policy = Policy.from_document(document)
    # Aid is granted by the hours of the preset, whatever those of the policy.
    return play(make_year(seed, FIRST, load_preset("national"), size), policy, behaviour)


@cache
def played(period):
    """What several tests look at is played once."""
    return replay(period)


def found(replayed):
    return replayed.history, replayed.ledger, replayed.minutes, replayed.tally.runs


@every_period
def test_period_has_what_it_is_there_for(period):
    *_, event = PERIODS[period]
    assert any(line.event == event for line in played(period).history)


@pytest.fixture
def sparing(period):
    """What came of the period, played before a test lets the replay look at more."""
    return found(played(period))


@every_period
def test_replay_that_looks_at_every_case_in_every_minute_by_docket_finds_nothing_more(sparing, monkeypatch, period):
    monkeypatch.setattr(Outlook, "calls", lambda *_: None)
    monkeypatch.setattr(Centre, "at_hand", lambda centre: [centre.undecided[id] for id in sorted(centre.undecided)])
    monkeypatch.setattr("dispatch.simulation.replay.play.LOOKS", TASKS)

    assert found(replay(period)) == sparing
