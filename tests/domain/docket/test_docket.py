"""Dockets: seats, ties and keys as they are, and a file that gives back what went in."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.columns import whole_years
from dispatch.domain.docket.docket import NOBODY, docket_from_json, docket_to_json
from dispatch.domain.docket.draw import seed_of
from dispatch.domain.docket.facts import (
    AreaFacts,
    CaseFacts,
    FormerOffice,
    InstitutionFacts,
    PairFact,
    PractitionerFacts,
)
from dispatch.domain.docket.json import day, parse
from dispatch.domain.errors import InvalidFieldError, UnreadableFileError
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import PairKind
from tests.builders import NOW, a_case, a_defence, a_docket, a_pair, a_practitioner, an_area, docket_facts

NATIONAL = load_preset("national")


def test_case_with_lead_and_second_has_two_rows():
    docket = a_docket([a_case("c1"), a_case("c2", demand=2)])

    assert docket.case_of.tolist() == [0, 1, 1]
    assert docket.seat.tolist() == [0, 0, 1]
    assert docket.case_at(2).id == "c2"


@pytest.mark.parametrize("demand", [0, 3])
def test_more_seats_than_the_law_allows_are_refused(demand):
    with pytest.raises(InvalidFieldError) as refused:
        a_docket([a_case(demand=demand)])

    assert refused.value.facts["expected"]["en"] == "1 to 2"


@pytest.mark.parametrize("twice", [{"cases": [a_case(), a_case()]}, {"practitioners": [a_practitioner()] * 2}])
def test_id_named_twice_is_refused(twice):
    with pytest.raises(InvalidFieldError):
        a_docket(**twice)


def test_practitioner_is_found_by_id():
    docket = a_docket(practitioners=[a_practitioner("p1"), a_practitioner("p2")])

    assert (docket.column_of("p2"), docket.column_of("p9")) == (1, NOBODY)


def test_wishes_keep_their_rank_when_one_is_not_on_the_docket():
    docket = a_docket([a_case(wishes=("gone", "p2", "p1", "p2"))], [a_practitioner("p1"), a_practitioner("p2")])

    assert docket.wishes.cols.tolist() == [1, 0]
    assert docket.wishes.values.tolist() == [2, 3]


def test_co_defendants_and_seats_of_a_case_are_exclusive():
    cases = [a_case("c1", joint_group="g"), a_case("c2"), a_case("c3", joint_group="g"), a_case("c4", demand=2)]

    assert [rows.tolist() for rows in a_docket(cases).exclusive] == [[0, 2], [3, 4]]


def test_opposing_sides_are_told_once_for_each_pair_of_seats():
    cases = [a_case("c1", opposing_case_ids=("c2", "c1", "gone")), a_case("c2", demand=2, opposing_case_ids=("c1",))]

    assert a_docket(cases).opposing.tolist() == [[0, 1], [0, 2]]


def test_pair_facts_concern_every_seat_of_a_case():
    pairs = (a_pair(PairKind.CONFLICT), a_pair(PairKind.CONFLICT, "c9", "p1"), a_pair(PairKind.REMOVED, "c1", "p9"))

    docket = a_docket([a_case(demand=2)], pairs=pairs)

    assert docket.pairs[PairKind.CONFLICT].rows.tolist() == [0, 1]
    assert docket.pairs[PairKind.REMOVED].rows.tolist() == []


def test_rows_are_served_by_deadline_and_never_by_position():
    cases = [a_case(id, due_at=NOW + timedelta(hours=hours)) for id, hours in (("a", 9), ("b", 9), ("c", 2))]

    forth, back = a_docket(cases), a_docket(cases[::-1])

    assert [forth.case_at(i).id for i in forth.by_urgency] == [back.case_at(i).id for i in back.by_urgency]
    assert forth.case_at(forth.by_urgency[0]).id == "c"


def test_key_of_an_id_is_the_same_on_every_machine():
    assert int(a_docket([a_case("c1")]).case_key[0]) == 4895413496900842574


def test_seed_nobody_chose_follows_from_the_cases_and_not_from_their_order():
    assert seed_of(["c1", "c2"]) == seed_of(["c2", "c1"]) == 1652964144
    assert seed_of(["c1", "c2"]) != seed_of(["c1", "c3"])


@pytest.mark.parametrize(
    ("since", "years"),
    [(date(2023, 3, 9), 3), (date(2023, 3, 10), 2), (date(2023, 4, 1), 2), (date(2027, 1, 1), -1)],
)
def test_years_count_when_they_are_complete(since, years):
    assert whole_years(since, date(2026, 3, 9)) == years


def test_room_is_what_the_cap_leaves():
    people = [a_practitioner("p1", load=2), a_practitioner("p2", load=9), a_practitioner("p3", capacity=None)]

    assert a_docket(practitioners=people).practitioner.room.tolist() == [[3, 0, 8]]


def test_distance_is_the_great_circle():
    docket = a_docket(practitioners=[a_practitioner(latitude=34.41, longitude=116.65)], areas=(an_area(),))

    assert docket.lookups.distance_km[0, 0] == pytest.approx(91.7, abs=0.1)


@pytest.mark.parametrize(
    ("specialties", "level"),
    [
        ({"drug_trafficking": 90, "drug_offence": 70, "public_order_offence": 50, "criminal": 30}, 90),
        ({"drug_offence": 70, "public_order_offence": 50, "criminal": 30}, 70),
        ({"public_order_offence": 50, "criminal": 30}, 50),
        ({"drug_offence": 0, "public_order_offence": 50}, 0),
        ({"criminal": 30, "theft": 90}, 30),
        ({"theft": 90, "drug_possession": 80}, 0),
        ({}, 0),
        (None, -1),
    ],
)
def test_specialty_is_that_of_the_cause_or_of_the_nearest_group_above_it(specialties, level):
    case = a_defence(cause="drug_trafficking")
    people = [a_practitioner(specialties=specialties), a_practitioner("p2", specialties={"drug_trafficking": 100})]

    docket = a_docket([case, a_case("c2")], people)

    assert docket.lookups.specialty[docket.case.cause[0, 0]].tolist() == [level, 100]


def test_specialty_in_a_cause_of_an_older_catalogue_is_its_own_or_that_of_the_branch():
    people = [a_practitioner(specialties={"of_old": 45, "civil": 20}), a_practitioner("p2", specialties={"civil": 20})]

    assert a_docket([a_case(cause="of_old")], people).lookups.specialty[0].tolist() == [45, 20]


def test_experience_with_the_broader_category_counts_for_the_narrower():
    people = [a_practitioner(experience={"disabled": 60}), a_practitioner("p2", experience={"sensory_disabled": 90})]
    docket = a_docket([a_case("c1", categories=("sensory_disabled",)), a_case("c2", categories=("disabled",))], people)

    levels = docket.lookups.experience[docket.case.categories[:, 0]]
    assert levels.tolist() == [[60, 90], [60, 0]]


def test_experience_is_the_mean_over_the_categories_of_the_recipient():
    people = [a_practitioner(experience={"elderly": 61}), a_practitioner("p2", experience=None)]
    docket = a_docket([a_case("c1", categories=("elderly", "disabled"))], people)

    assert docket.lookups.experience[0].tolist() == [31, -1]


def everything():
    """A docket in which every field holds something other than its default."""
    case = a_case(
        categories=("elderly",), languages=("yi",), detained=None, grave=None, wishes=("p1",), earlier_counsel=("p1",),
        joint_group="g", opposing_case_ids=("c2",), demand=2, secret=True, lot_of="c0",
    )  # fmt: skip
    person = a_practitioner(
        former_offices=(FormerOffice(organ=None, left_on=date(2020, 1, 1)),), relatives_at=None, latitude=34.5,
        longitude=115.0, waiting_since=NOW, sex=None,
    )  # fmt: skip
    return docket_facts([case], [person], institutions=(InstitutionFacts(id="firm", room=3),), areas=(an_area(),),
                        pairs=(a_pair(PairKind.COUNSEL),))  # fmt: skip


def test_docket_survives_the_way_through_its_file():
    content = docket_to_json(everything(), NATIONAL, 7)

    assert docket_from_json(content) == (everything(), NATIONAL, 7)
    assert docket_to_json(*docket_from_json(content)) == content


IDS = st.text("abc", min_size=1, max_size=3)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
LEVELS = st.integers(0, 100)
COUNTS = st.integers(1 - 2**31, 2**31 - 1)
DEGREES = st.none() | st.floats(-180, 180)
FRACTIONS = st.none() | st.fractions(max_denominator=10**9, min_value=-(10**9), max_value=10**9)
PEOPLE = st.builds(
    PractitionerFacts,
    quality=st.none() | LEVELS,
    specialties=st.none() | st.dictionaries(st.text(), LEVELS),
    experience=st.none() | st.dictionaries(st.text(), LEVELS),
    latitude=DEGREES,
    longitude=DEGREES,
    weighed_turns=FRACTIONS,
    weighed_effort=FRACTIONS,
    waiting_since=st.none() | MOMENTS,
    **{name: st.none() | COUNTS for name in ("capacity", "monthly_capacity")},
    **{name: COUNTS for name in ("load", "month_count", "asked", "waived", "turns", "effort", "year_count")},
)


@given(
    st.builds(
        docket_facts,
        st.lists(st.builds(CaseFacts, due_at=MOMENTS, entitled_at=MOMENTS, demand=COUNTS), max_size=2),
        st.lists(PEOPLE, max_size=2),
        areas=st.tuples(st.builds(AreaFacts, latitude=st.none(), longitude=st.none() | st.just(3.0))),
        pairs=st.tuples(st.builds(PairFact)),
    )
)
def test_any_facts_survive_the_way_through_a_file(facts):
    assert docket_from_json(docket_to_json(facts, NATIONAL, 0))[0] == facts


def broken(**changes):
    document = json.loads(docket_to_json(everything(), NATIONAL, 7))
    for path, value in changes.items():
        *parents, last = path.split("__")
        target = document
        for step in parents:
            target = target[int(step) if step.isdigit() else step]
        target[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        broken(format="something else"),
        broken(seed="many"),
        broken(policy__weights={}),
        broken(facts__cases={}),
        broken(facts__cases__0__matter="gossip"),
        broken(facts__cases__0__demand=True),
        broken(facts__cases__0__due_at="soon"),
        broken(facts__cases__0__charm=1),
        broken(facts__practitioners__0__latitude="north"),
        broken(facts__practitioners__0__latitude=float("nan")),
        broken(facts__practitioners__0__latitude=10**400),
        broken(facts__practitioners__0__longitude=1e300),
        broken(facts__practitioners__0__load=2**31),
        broken(facts__practitioners__0__quality=101),
        broken(facts__practitioners__0__specialties={"theft": -1}),
        broken(facts__practitioners__0__specialties={"theft": "high"}),
        broken(facts__practitioners__0__weighed_turns="1/0"),
        broken(facts__practitioners__0__weighed_turns="1e999999999"),
        broken(facts__practitioners__0__waiting_since="2026-03-01"),
        broken(facts__practitioners__0__waiting_since="0001-01-01T00:00:00+00:00"),
        broken(facts__practitioners__0__id="\ud800"),
        broken(seed=2**63),
        broken(seed=7.0),
        broken(more=1),
        b"[" * 100_000,
        broken()[:-1] + b',"seed":7}',
        broken(facts__practitioners__0__specialties=[]),
    ],
)
def test_file_that_is_no_docket_is_refused_with_a_reason(content):
    with pytest.raises(UnreadableFileError) as refused:
        docket_from_json(content)

    assert refused.value.facts["reason"]


def test_whole_degrees_are_read_as_coordinates():
    facts, _, _ = docket_from_json(broken(facts__practitioners__0__latitude=34))

    assert facts == replace(everything(), practitioners=(replace(everything().practitioners[0], latitude=34.0),))


def test_keys_of_practitioners_follow_their_ids():
    forth = a_docket(practitioners=[a_practitioner("p1"), a_practitioner("p2")])
    back = a_docket(practitioners=[a_practitioner("p2"), a_practitioner("p1")])

    assert np.array_equal(forth.practitioner_key, back.practitioner_key[::-1])


def test_docket_larger_than_its_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr("dispatch.domain.docket.json.FILE_LIMIT", 10)

    with pytest.raises(ValueError, match="larger than 10 bytes"):
        parse(b"[" + b" " * 10 + b"]")


@pytest.mark.parametrize("text", ["2026-02-30", "soon"])
def test_day_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="a day was expected"):
        day(text)
