"""A back-test is long work: each policy is played once and kept, whoever plays it, and proves one draft only."""

import json
from datetime import date, timedelta

import pytest

from dispatch.commands.jobs import LEASE, cancel_job, claim
from dispatch.commands.policies.drafts import discard_draft, edit_draft
from dispatch.commands.policies.publication import publish_policy
from dispatch.commands.simulations import playing
from dispatch.commands.simulations.playing import replay_against, simulate_policy
from dispatch.commands.simulations.requests import Scene, request_simulation, scene_of
from dispatch.commands.simulations.stage import backtest, play_part, sample_stage
from dispatch.domain.errors import BacktestMissingError, ForbiddenError, InvalidFieldError, NotFoundError
from dispatch.domain.vocabulary import JobStatus, PolicyStatus
from dispatch.registry.policies import read_policy
from dispatch.registry.tables import JobRow, OutboxRow, PolicyRow, SimulationRow
from dispatch.simulation.backtest.compare import to_json
from dispatch.simulation.backtest.parts import Part
from tests.commands.policies.history import CITY, a_draft, another_manager, job_context
from tests.rows import NOW

LATER = NOW + LEASE


class KilledError(BaseException):
    """The worker is gone."""


@pytest.fixture
def draft(register):
    return a_draft(register, caps={"open_cases": 2})


@pytest.fixture
def plays(monkeypatch):
    """Names of the policies that were played, in order; a name in ``deadly`` kills its worker once."""
    played = []

    def play(stage, policy, yardstick, reported):
        played.append(policy.caps.open_cases)
        if play.deadly == policy.caps.open_cases:
            play.deadly = None
            reported(0.5)
            raise KilledError
        return play_part(stage, policy, yardstick, reported)

    play.deadly, play.played = None, played
    monkeypatch.setattr(playing, "play_part", play)
    return play


def asked(register, draft, scene=CITY, **more):
    return request_simulation(register.begin, register.manager, NOW, draft.id, scene, seed=7, **more)


def state(register, row):
    return [register.get(JobRow, id).status for id in (row.id, row.partner_id)]


def test_back_test_is_the_same_as_that_of_the_command_line(register, draft):
    row = asked(register, draft)

    simulate_policy(job_context(register), row.id)

    stored = register.get(SimulationRow, row.id)
    policy, against = read_policy(draft), read_policy(register.policy)
    found, about = backtest(sample_stage(against, CITY.since, CITY.year, 7), policy, against, 7, lambda _: None)
    assert stored.result == json.loads(to_json(found, about))
    assert (stored.policy_digest, stored.against_digest) == (draft.digest, register.policy.digest)
    assert register.get(PolicyRow, draft.id).simulation_id == row.id
    assert state(register, row) == [JobStatus.DONE, JobStatus.DONE]
    assert register.get(JobRow, row.id).done_share == 1.0


def test_both_halves_are_asked_for_so_that_two_workers_may_share(register, draft, plays):
    row = asked(register, draft)
    assert [(each.argument, each.queue) for each in register.all(OutboxRow)] == [
        (row.id, "simulations"), (row.partner_id, "simulations"),
    ]  # fmt: skip

    replay_against(job_context(register, "second"), row.partner_id)
    simulate_policy(job_context(register, "first"), row.id)

    assert plays.played == [8, 2]
    assert register.get(SimulationRow, row.id).result["cases"] == 4


def test_leader_waits_for_the_half_that_is_in_other_hands(register, draft, plays, monkeypatch):
    row = asked(register, draft)
    held = claim(register.begin, NOW, row.partner_id, "second")

    def wait(heart, seconds):
        monkeypatch.undo()
        part = play_part(trial.stage, trial.against, trial.against, lambda _: None)
        with register.begin() as tx:
            playing.finish(tx, held, NOW, {})
            tx.session.get_one(SimulationRow, row.id).against_part = part.to_bytes()

    trial = playing.Trial.load(register.read, row)
    monkeypatch.setattr(playing.Heartbeat, "wait_until_cancelled", wait)

    simulate_policy(job_context(register), row.id)

    assert plays.played == [2]
    assert state(register, row) == [JobStatus.DONE, JobStatus.DONE]


@pytest.mark.parametrize(("deadly", "played"), [(2, [2, 2, 8]), (8, [2, 8, 8])])
def test_killed_worker_is_taken_over_without_playing_again_what_is_kept(register, draft, plays, deadly, played):
    row = asked(register, draft)
    plays.deadly = deadly
    with pytest.raises(KilledError):
        simulate_policy(job_context(register, "first"), row.id)

    early = simulate_policy(job_context(register, "second"), row.id)
    wording = simulate_policy(job_context(register, "second", LATER), row.id)

    assert early.endswith("taken or over")
    assert wording.endswith("4 cases under two policies")
    assert plays.played == played
    assert register.get(PolicyRow, draft.id).status is PolicyStatus.SIMULATED


def test_half_played_on_a_past_that_has_changed_is_played_again(register, draft, plays):
    row = asked(register, draft)
    replay_against(job_context(register), row.partner_id)
    with register.begin() as tx:
        stored = tx.session.get_one(SimulationRow, row.id)
        stored.against_part = Part.from_bytes(stored.against_part)._replace(past="another").to_bytes()

    simulate_policy(job_context(register), row.id)

    assert plays.played == [8, 2, 8]


def test_cancelled_back_test_stops_at_the_next_day_and_proves_nothing(register, draft, plays, monkeypatch):
    row = asked(register, draft)

    def play(stage, policy, yardstick, reported):
        cancel_job(register.begin, register.manager, NOW, row.id)
        reported(0.1)
        reported(0.2)

    monkeypatch.setattr(playing, "play_part", play)
    wording = simulate_policy(job_context(register), row.id)
    left = replay_against(job_context(register), row.partner_id)

    assert wording.endswith("cancelled")
    assert left.endswith("cancelled")
    assert state(register, row) == [JobStatus.CANCELLED, JobStatus.CANCELLED]
    assert register.get(PolicyRow, draft.id).status is PolicyStatus.DRAFT


def test_result_of_a_draft_that_was_edited_meanwhile_is_kept_but_proves_nothing(register, draft):
    row = asked(register, draft)
    edit_draft(register.begin, register.manager, NOW, draft.id, 1, changes={"caps": {"open_cases": 3}})

    simulate_policy(job_context(register), row.id)

    assert register.get(SimulationRow, row.id).result["policy"]["digest"] == draft.digest
    assert register.get(PolicyRow, draft.id).status is PolicyStatus.DRAFT


def test_result_of_a_draft_that_was_discarded_meanwhile_is_kept(register, draft):
    row = asked(register, draft)
    discard_draft(register.begin, register.manager, NOW, draft.id, 1)

    simulate_policy(job_context(register), row.id)

    assert register.get(SimulationRow, row.id).result


def test_back_test_against_another_version_is_not_the_one_publication_asks_for(register, draft):
    other = a_draft(register, caps={"open_cases": 3})
    row = asked(register, draft, against_id=other.id)

    simulate_policy(job_context(register), row.id)

    assert register.get(SimulationRow, row.id).against_digest == other.digest
    assert register.get(PolicyRow, draft.id).status is PolicyStatus.DRAFT
    with pytest.raises(BacktestMissingError):
        publish_policy(register.begin, another_manager(register), NOW, draft.id, 1)


def test_back_test_of_the_centres_own_past_is_played_on_its_cases(register, draft):
    for code in "pqr":
        register.a_practitioner(code)
    for number in "12":
        register.a_case(number)
    row = asked(register, draft, Scene(NOW.date(), NOW.date() + timedelta(days=6)))

    simulate_policy(job_context(register), row.id)

    result = register.get(SimulationRow, row.id).result
    assert (result["source"], result["cases"], result["people"]) == ("recorded", 2, 3)


def test_past_too_short_to_tell_anything_fails_with_what_it_lacks(register, draft):
    register.a_practitioner()
    register.a_case()
    row = asked(register, draft, Scene(NOW.date(), NOW.date()))

    wording = simulate_policy(job_context(register), row.id)

    assert wording.endswith("failed with not-found")
    reported = {"what": "case that fell due", "id": f"{NOW.date()}..{NOW.date()}"}
    assert register.get(JobRow, row.id).problem["facts"] == reported
    assert register.get(PolicyRow, draft.id).status is PolicyStatus.DRAFT


@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-03-02", "2026-03-01", "until"),
        ("1999-01-01", "1999-02-01", "since"),
        ("2026-01-01", "2026-02-01", "since"),
    ],
)
def test_period_without_cases_or_sense_is_refused_at_once(register, draft, since, until, field):
    with pytest.raises(InvalidFieldError) as refused:
        asked(register, draft, Scene(date.fromisoformat(since), date.fromisoformat(until)))

    assert refused.value.facts["field"] == field
    assert register.all(JobRow) == []


def test_days_left_out_are_the_year_up_to_today(register):
    scene = scene_of(register.read, register.manager, NOW, None, None, None)

    assert (scene.since, scene.until) == (date(2025, 3, 10), date(2026, 3, 9))


def test_clerk_tries_nothing_and_a_stranger_finds_nothing(register, draft):
    with pytest.raises(ForbiddenError):
        request_simulation(register.begin, register.clerk, NOW, draft.id, CITY, seed=7)
    with pytest.raises(NotFoundError):
        request_simulation(register.begin, register.a_stranger(register.manager.role), NOW, draft.id, CITY, seed=7)
