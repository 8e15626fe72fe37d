"""Conflicts planted among the parties of a city: none is overlooked, and false alarms go once they are dismissed."""

from datetime import date

import pytest

from dispatch.domain.conflicts.reviews import ReviewOutcome, relations_of
from dispatch.domain.policy.schema import load_preset
from dispatch.simulation.sample.year import Year, make_year
from testbed.planted import PlantedKind, plant

SIZE = Year(cases=400, practitioners=40, active=40, days=60)


@pytest.fixture(scope="module")
def year():
    return plant(make_year(1, date(2026, 1, 1), load_preset("national"), SIZE), 7, 8, 4)


def tied(year, reviewed):
    return {(one, other) for _, one, other in relations_of(year.matches(), reviewed)}


def test_every_planted_conflict_is_found_by_number_or_by_the_spelling_of_a_name(year):
    assert {(each.kind, each.numbered) for each in year.planted} == {
        (kind, numbered) for kind in PlantedKind for numbered in (True, False)
    } - {(PlantedKind.ALIAS, False)}
    assert {each.pair for each in year.planted} <= tied(year, {})


def test_conflict_that_is_known_late_is_no_tie_before(year):
    period = year.found()
    late = {each.pair: each.known_at for each in year.planted if each.kind is PlantedKind.LATE}

    learned = {tuple(pair): each.at for each in period.learned for _, *pair in each.found}

    assert learned == late
    assert not late.keys() & {tuple(pair) for _, *pair in period.relations}


def test_false_alarms_are_few_and_gone_once_a_person_dismissed_them(year):
    planted = {each.pair for each in year.planted}
    alarms = tied(year, {}) - planted
    reviewed = {(*each.pair, each.key): ReviewOutcome.DIFFERENT for each in year.matches() if each.pair in alarms}

    assert 0 < len(alarms) < SIZE.cases // 10
    assert tied(year, reviewed) == planted
