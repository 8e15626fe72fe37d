"""Two policies on the same past: paired intervals, the same bytes from one seed, and people as recorded."""

from datetime import date, timedelta

import numpy as np
import pytest

from dispatch.cli.plots import draw
from dispatch.commands.simulations.stage import backtest, sample_stage
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.record import (
    Record,
    RecordedAnswer,
    RecordedArrangement,
    RecordedChange,
    RecordedHandOver,
    Wanted,
)
from dispatch.domain.states import Asker, GivingBack, ReplacementGround
from dispatch.simulation.backtest.compare import compare, gini, lorenz, most_to_mean, to_json
from dispatch.simulation.backtest.measures import MEASURES, Figures, Weekly
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.fitting import estimates, fitted, median_open
from dispatch.simulation.replay.recorded import Recorded
from dispatch.simulation.sample.year import Year
from tests.builders import NOW

FIRST = date(2026, 3, 2)
TINY = Year(cases=40, practitioners=15, active=15, days=14)
NATIONAL = load_preset("national")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fair():
    """The national preset with turns that cost five times as much."""
    document = NATIONAL.to_document()
    return Policy.from_document(document | {"fairness": document["fairness"] | {"price_per_turn": 60_000}})


def compared(policy, seed=5):
    reported = []
    found, about = backtest(sample_stage(NATIONAL, FIRST, TINY, seed), policy, NATIONAL, seed, reported.append)
    assert reported == sorted(reported)
    assert 0.5 < reported[-1] <= 1.0
    return found, about


@pytest.fixture(scope="module")
def result():
    return compared(fair())


def planted(hours, credit):
    """Figures in which one case a week took so many hours."""
    weeks = tuple(FIRST + timedelta(weeks=n) for n in range(len(hours)))
    empty = Weekly(np.zeros(len(weeks)), np.zeros(len(weeks)))
    measures = {each.code: empty for each in MEASURES}
    measures["hours_to_assign"] = Weekly(np.array(hours, float), np.ones(len(weeks)))
    return Figures(weeks, measures, {}, {}, np.array(credit, float), ("a", "b"))


def test_same_seed_gives_the_same_bytes(result):
    assert to_json(*compared(fair())) == to_json(*result)


def test_policy_against_itself_differs_nowhere():
    found, _ = compared(NATIONAL)

    told = {(row.difference, row.low, row.high) for row in found.rows if row.difference is not None}
    assert told == {(0, None, None)}, "three weeks carry no interval"
    assert not any(row.verdict for row in found.rows)


def test_figures_are_drawn_and_the_same_comparison_draws_the_same_bytes(result, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()

    drawn = [list(draw(*result, folder, "en")) for folder in (first, second)]

    assert [path.read_bytes()[:4] for path in drawn[0]] == [b"\x89PNG"] * 2
    assert [path.read_bytes() for path in drawn[0]] == [path.read_bytes() for path in drawn[1]]


def test_paired_weeks_tell_a_small_sure_difference_from_large_common_swings():
    swings, credit = [1.0, 50.0, 3.0, 90.0, 20.0, 70.0], [[2, 2]] * 6
    found = compare(planted([hours + 1 for hours in swings], credit), planted(swings, credit))

    [row] = [row for row in found.rows if row.code == "hours_to_assign"]
    assert (row.difference, row.low, row.high, row.verdict) == (1.0, 1.0, 1.0, -1)


@pytest.mark.parametrize("weeks", [1, 2, 3])
def test_few_weeks_carry_no_verdict_however_large_the_difference(weeks):
    credit = [[2, 2]] * weeks
    found = compare(planted([90.0] * weeks, credit), planted([1.0] * weeks, credit))

    assert {row.verdict for row in found.rows} == {0}
    [row] = [row for row in found.rows if row.code == "hours_to_assign"]
    assert (row.difference, row.low) == (89.0, None)


def test_figure_nobody_counted_for_has_no_interval():
    found = compare(planted([1.0, 2.0], [[1, 1]] * 2), planted([1.0, 2.0], [[1, 1]] * 2))

    [row] = [row for row in found.rows if row.code == "first_wishes"]
    assert (row.policy, row.low, row.verdict) == (None, None, 0)


def test_spread_is_that_of_the_textbook():
    credit = np.array([[1.0, 1, 1, 1], [0, 0, 0, 8]])

    assert gini(credit).round(9).tolist() == [0.0, 0.75]
    assert most_to_mean(credit).round(9).tolist() == [1.0, 4.0]
    assert lorenz(np.array([1.0, 3.0]))[50] == 0.25


def test_record_answers_for_the_pairs_it_knows_and_the_model_for_the_rest():
    office = OfficeHours.of(NATIONAL)
    record = Record(
        offers={
            ("c1", "p1"): RecordedAnswer(True, NOW, NOW + 2 * HOUR),
            ("c1", "p2"): RecordedAnswer(False, NOW, NOW + HOUR, GivingBack.BUSY),
            ("c1", "p3"): RecordedAnswer(None, NOW, NOW + HOUR),
        },
        claims={"c2": [Wanted("p2", NOW, NOW + HOUR), Wanted("p9", NOW, NOW + HOUR)]},
        given_back={("c1", "p1"): 5 * HOUR},
        worked={("c2", "p2"): 30 * HOUR},
        planned=frozenset({"c1"}),
    )
    people = Recorded(record, Model(seed=1, accepts=1.0, silent=0.0, claims_share=1.0, on_chains=False), office)

    assert people.answer("c1", "p1") == (True, 2.0, None)
    assert people.answer("c1", "p2") == (False, 1.0, GivingBack.BUSY)
    assert people.answer("c1", "p3") is None
    assert people.answer("c9", "p1").accept
    assert people.answer_assignment("c1", "p2").reason is GivingBack.BUSY
    assert list(people.claims("c2", ["p1", "p2"])) == [("p2", 1.0)]
    assert [who for who, _ in people.claims("c3", ["p2", "p1"])] == ["p1", "p2"]
    assert (people.gives_back("c1", "p1"), people.gives_back("c2", "p2")) == (5 * HOUR, None)
    assert people.works("c2", "p2") == 30 * HOUR
    assert (people.planned("c1"), people.planned("c2")) == (True, False)


def test_model_is_fitted_where_enough_was_said_and_left_alone_where_not():
    office = OfficeHours.of(NATIONAL)
    wording = {("c", f"p{n}"): RecordedAnswer(n < 12, NOW, NOW + HOUR) for n in range(24)}
    record = Record(
        offers=wording, assignments={("c", "p"): RecordedAnswer(False, NOW, NOW + HOUR)}, confirmed=[(NOW, NOW + HOUR)]
    )

    known = estimates(record, office, listed=10)
    model = fitted(known, seed=3, on_chains=False)

    assert (model.accepts, model.silent, model.answer_hours, model.confirm_hours) == (0.5, 0.0, 1.0, 1.0)
    assert (model.stands, model.seed, model.on_chains) == (Model(seed=3).stands, 3, False)
    [answered, unknown] = [each for each in known if each.code in ("accepts", "stands")]
    assert (answered.seen, answered.assumed) == (24, False)
    assert (unknown.seen, unknown.assumed) == (1, True)
    assert {each.code for each in known if not each.assumed} == {"accepts", "silent", "answer_hours", "confirm_hours"}


def test_case_that_is_still_open_counts_as_long_and_not_as_nothing():
    closed, still_open = [2 * DAY, 4 * DAY], [10 * DAY] * 3

    assert median_open(closed, []) == 2 * DAY
    assert median_open([2 * DAY, 4 * DAY, 20 * DAY], still_open) == 20 * DAY
    assert median_open(closed, still_open) is None
    assert median_open([2 * DAY], [DAY, DAY]) == 2 * DAY


def test_what_followed_an_assignment_is_played_as_it_was_recorded():
    office = OfficeHours.of(NATIONAL)
    pair, ground = ("c1", "p1"), ReplacementGround.HEALTH
    record = Record(
        worked={pair: 30 * DAY},
        still_open={("c2", "p1"): 90 * DAY},
        signed={pair: DAY, ("c2", "p1"): None},
        begun={pair: 2 * DAY},
        entrusted={"c3": "firm"},
        arranged={
            ("c3", "firm"): RecordedArrangement(NOW, NOW + HOUR, "p2", None),
            ("c4", "firm"): RecordedArrangement(NOW, NOW + 2 * HOUR, None, GivingBack.BUSY),
            ("c5", "firm"): RecordedArrangement(NOW, NOW + DAY, None, None),
        },
        changes={("c9", "p1"): RecordedChange(3 * DAY, Asker.RECIPIENT, ground, NOW, NOW + HOUR, True, False)},
        handed_over=(RecordedHandOver("p1", NOW, ground),),
    )
    eager = Model(seed=1, changes_share=1.0, gives_back_share=1.0, entrusted_share=1.0, open_days=1.0)
    people = Recorded(record, eager, office)

    assert (people.works(*pair), people.works("c2", "p1")) == (30 * DAY, 90 * DAY)
    assert (people.signs(*pair), people.begins(*pair), people.signs("c2", "p1")) == (DAY, 2 * DAY, None)
    assert people.gives_back("c2", "p1") is people.asks_change("c2", "p1") is people.asks_change(*pair) is None
    assert (people.entrusts("c3", ["firm"]), people.entrusts("c1", ["firm"])) == ("firm", None)
    assert people.entrusts("c3", ["another"]) is None
    assert people.arranges("c3", "firm") == (1.0, None)
    assert people.arranges("c4", "firm") == (2.0, GivingBack.BUSY)
    assert people.arranges("c5", "firm") is None
    assert (people.names("c3", "firm", ["p1", "p2"]), people.names("c3", "firm", ["p1"])) == ("p2", "p1")
    assert people.asks_change("c9", "p1") == (3 * DAY, Asker.RECIPIENT, ground)
    assert people.decides("c9", "p1") == (1.0, (True, False, None))
    assert people.asks_change("unknown", "p1") is not None
    assert list(people.hand_overs(None, office)) == [("p1", NOW, ground)]
