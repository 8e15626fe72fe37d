"""Entitled shares by every measure, and the floor of cases a year."""

from datetime import date
from fractions import Fraction

import pytest

from dispatch.domain.docket.docket import docket_from_json, docket_to_json
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.shares import SHARES, Counted, Rotation, ShareMeasure, TurnUnit, owed, shares_of
from tests.builders import a_docket, a_policy, a_practitioner, docket_facts

PEOPLE = [
    a_practitioner("a", institution_id="firm", capacity=8),
    a_practitioner("b", institution_id="firm", capacity=None),
    a_practitioner("away", institution_id="firm", capacity=2, on_leave=True),
    a_practitioner("alone", institution_id="office", capacity=0),
]


@pytest.mark.parametrize(
    ("by", "measure", "expected"),
    [
        (TurnUnit.PERSON, ShareMeasure.EQUAL, "1 1 1 1"),
        (TurnUnit.PERSON, ShareMeasure.CAPACITY, "8 4 2 1"),
        (TurnUnit.INSTITUTION, ShareMeasure.EQUAL, "1/2 1/2 1/2 1"),
        (TurnUnit.INSTITUTION, ShareMeasure.SIZE, "1 1 1 1"),
        (TurnUnit.INSTITUTION, ShareMeasure.CAPACITY, "8 4 2 1"),
    ],
)
def test_share_is_measured_as_the_policy_says(by, measure, expected):
    shares = shares_of(PEOPLE, Rotation(by=by, measure=measure), 4)

    assert shares == [Fraction(text) for text in expected.split()]


def test_every_measure_that_can_be_chosen_has_its_row():
    refused = {(TurnUnit.PERSON, ShareMeasure.SIZE)}

    assert set(SHARES) == {(by, measure) for by in TurnUnit for measure in ShareMeasure} - refused


def test_only_equal_turns_of_institutions_make_a_share_depend_on_colleagues():
    depend = [pair for pair in SHARES if Rotation(by=pair[0], measure=pair[1]).among_colleagues]

    assert depend == [(TurnUnit.INSTITUTION, ShareMeasure.EQUAL)]


def test_weighed_turns_survive_the_way_through_json():
    person = a_practitioner(turns=2, weighed_turns=Fraction(7, 3), weighed_effort=Fraction(20))
    facts = docket_facts(practitioners=[person])

    read, _, _ = docket_from_json(docket_to_json(facts, a_policy(), 0))

    assert read == facts


def test_person_is_not_measured_by_the_size_of_their_institution():
    with pytest.raises(PolicyInvalidError) as refused:
        a_policy(rotation={"by": "person", "measure": "size"})

    assert "size measures institutions" in str(refused.value.facts)


def test_rotation_goes_by_person_in_equal_turns_unless_told_otherwise():
    assert a_policy().rotation == Rotation(by=TurnUnit.PERSON, measure=ShareMeasure.EQUAL, counts=Counted.TURNS)


@pytest.mark.parametrize(
    ("today", "entered_on", "year_count", "lacking"),
    [
        (date(2026, 1, 1), None, 0, 0),
        (date(2026, 4, 1), None, 0, 0),
        (date(2026, 4, 3), None, 0, 1),
        (date(2026, 4, 3), None, 1, 0),
        (date(2026, 10, 2), None, 0, 2),
        (date(2026, 12, 31), None, 5, 0),
        (date(2026, 12, 31), date(2026, 7, 1), 0, 1),
        (date(2026, 12, 31), date(2019, 7, 1), 0, 2),
    ],
)
def test_floor_of_two_a_year_is_owed_pro_rata(today, entered_on, year_count, lacking):
    person = a_practitioner(entered_on=entered_on, year_count=year_count)

    assert owed(person, 2, today) == lacking


def test_nothing_is_owed_without_a_floor():
    assert owed(a_practitioner(), None, date(2026, 12, 31)) == 0
    assert a_docket().practitioner.owed.tolist() == [[0]]
