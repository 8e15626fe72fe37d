"""Laws every mode that chooses obeys: never ineligible, never above a limit, the same docket the same choice."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.eligibility.soft_rules import Soft
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.shares import SHARES, Counted
from dispatch.domain.vocabulary import PairKind, PractitionerKind, Sex
from dispatch.modes import CHOICES
from dispatch.modes.encode import decode
from dispatch.modes.places import Places
from dispatch.modes.pool import encode_pool, settle
from optimizer import solve
from tests.builders import NOW, a_case, a_defence, a_docket, a_pair, a_policy, a_practitioner, an_institution
from tests.examples import share

CASES, PEOPLE = ("c1", "c2", "c3", "c4"), ("p1", "p2", "p3", "p4")
NAMES = st.lists(st.sampled_from(PEOPLE), max_size=3, unique=True).map(tuple)
ROTATIONS = [{"by": unit, "measure": measure, "counts": counted}
             for unit, measure in SHARES for counted in Counted]  # fmt: skip
POLICIES = [
    a_policy(grab={"window_minutes": 0}),
    a_policy(fairness={"floor_cases_per_year": 12, "floor_premium": 500_000}),
    a_policy(checks={"area": True}, thresholds={"specialty_floor": 60}, relaxation=list(Soft)),
    *(a_policy(rotation=rotation) for rotation in ROTATIONS),
]


@st.composite
def dockets(draw):
    """The parts of a small docket in which every kind of limit may bind."""
    case_facts = {
        "demand": st.integers(1, 2),
        "wishes": NAMES,
        "earlier_counsel": NAMES,
        "due_at": st.integers(-30, 90).map(lambda hours: NOW + timedelta(hours=hours)),
        "joint_group": st.sampled_from((None, None, "g")),
        "opposing_case_ids": st.sampled_from(((), (), ("c1",))),
        "recipient_is_minor": st.booleans(),
        "relaxed": st.sampled_from(((), (), ("specialised",), ("specialised", "serves_area"))),
    }
    person_facts = {
        "capacity": st.integers(0, 3),
        "monthly_capacity": st.none() | st.integers(0, 2),
        "institution_id": st.sampled_from(("firm", "office")),
        "kind": st.sampled_from((None, PractitionerKind.LAWYER, PractitionerKind.LAWYER, PractitionerKind.VOLUNTEER)),
        "sex": st.sampled_from(Sex),
        "minor_trained": st.booleans(),
        "turns": st.integers(0, 4),
        "effort": st.integers(0, 40),
        "weighed_turns": st.none() | st.fractions(0, 9, max_denominator=9),
        "year_count": st.integers(0, 3),
        "on_leave": st.sampled_from((False, False, False, True)),
        "specialties": st.just({"wages": 50}) | st.just({"theft": 90}) | st.none(),
        "quality": st.sampled_from((None, 70)),
    }
    cases, people = st.fixed_dictionaries(case_facts), st.fixed_dictionaries(person_facts)
    builders = st.sampled_from((a_case, a_defence))
    pairs = st.lists(st.builds(a_pair, st.sampled_from(PairKind), st.sampled_from(CASES)), max_size=2)
    return {
        "cases": [draw(builders)(id, **draw(cases)) for id in CASES[: draw(st.integers(0, 4))]],
        "practitioners": [a_practitioner(id, **draw(people)) for id in PEOPLE[: draw(st.integers(0, 4))]],
        "institutions": (an_institution(room=draw(st.none() | st.integers(0, 3))),),
        "pairs": tuple(draw(pairs)),
        "policy": draw(st.sampled_from(POLICIES)),
        "seed": draw(st.integers(0, 3)),
    }


def assigned(docket, choice):
    """The choice as (case, practitioner) names, in no order."""
    return Counter(
        (docket.case_at(i).id, docket.practitioner_at(j).id) for i, j in enumerate(choice.tolist()) if j != NOBODY
    )


every_mode = pytest.mark.parametrize("choose", CHOICES.values(), ids=CHOICES)


@every_mode
@share(0.3)
@given(parts=dockets())
def test_mode_never_chooses_an_ineligible_pair_nor_breaks_a_limit(choose, parts):
    docket = a_docket(**parts)
    found = eligible(docket)

    choice = choose(docket, found)

    assert choice.shape == (docket.n,)
    pairs = [(i, j) for i, j in enumerate(choice.tolist()) if j != NOBODY]
    assert all(not found.why(i, j) for i, j in pairs)
    load = Counter(j for _, j in pairs)
    person = docket.practitioner
    assert all(taken <= min(person.room[0, j], person.month_room[0, j]) for j, taken in load.items())
    house = Counter(int(person.institution[0, j]) for _, j in pairs)
    assert all(taken <= person.institution_room[0][person.institution[0] == k][0] for k, taken in house.items())
    for rows in docket.exclusive:
        holders = [j for j in choice[rows].tolist() if j != NOBODY]
        assert len(set(holders)) == len(holders)
    for i, k in docket.opposing.tolist():
        if NOBODY not in (choice[i], choice[k]):
            assert person.institution[0, choice[i]] != person.institution[0, choice[k]]


@share(0.3)
@given(parts=dockets())
def test_whoever_passes_has_a_place_before_any_is_given_out(parts):
    docket = a_docket(**parts)
    found = eligible(docket)

    places = Places(docket, found)

    assert all(places.free(i).tolist() == found.row(i).tolist() for i in range(docket.n))


@every_mode
@share(0.2)
@given(parts=dockets(), shuffle=st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_plays_no_part(choose, parts, shuffle):
    docket = a_docket(**parts)
    shuffle.shuffle(parts["cases"])
    shuffle.shuffle(parts["practitioners"])
    shuffled = a_docket(**parts)

    choices = [assigned(each, choose(each, eligible(each))) for each in (docket, shuffled)]

    assert choices[0] == choices[1]


@every_mode
@settings(deadline=None, max_examples=20)
@given(parts=dockets())
def test_same_docket_gives_the_same_choice(choose, parts):
    once, again = (a_docket(**parts) for _ in range(2))

    assert choose(once, eligible(once)).tolist() == choose(again, eligible(again)).tolist()


@share(0.3)
@given(parts=dockets(), extra=st.lists(st.sampled_from((0, 1, 60_000, 1_000_001)), min_size=4, max_size=4))
def test_pool_of_one_row_is_settled_as_its_best_plan_would_settle_it(parts, extra):
    docket = a_docket(**parts | {"cases": [replace(case, demand=1) for case in parts["cases"][:1]]})
    found, pool = eligible(docket), docket.wishes
    more = np.array(extra[: len(pool.rows)], np.int64)

    planned = decode(docket, solve(encode_pool(docket, found, pool, more), seed=docket.seed))
    assert settle(docket, found, pool, more).tolist() == planned.tolist()
