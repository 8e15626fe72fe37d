"""What the watch foresees without a plan is certain: the rest of the cases can be served together."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.casework.deadline_watch import Capacities, OpenSeats, foresee
from dispatch.domain.chain import Because
from tests.builders import a_policy

CASES, PEOPLE, HOUSES = ("c1", "c2", "c3"), 3, 2


@st.composite
def questions(draw):
    """Some cases that wait, and who has how much room: all limits may bind."""
    ids = CASES[: draw(st.integers(1, len(CASES)))]
    apart = draw(st.sampled_from(((), ("c1", "c2"), ("c2", "c3"))))
    flags = st.lists(st.booleans(), min_size=PEOPLE, max_size=PEOPLE)
    waiting = [
        OpenSeats(
            id,
            seats=draw(st.sampled_from((1, 1, 2))),
            may=np.array(draw(flags)),
            joint_group=draw(st.sampled_from((None, None, "g"))),
            opposing=tuple(other for other in apart if id in apart and other != id),
        )
        for id in ids
    ]
    room = draw(st.lists(st.integers(0, 2), min_size=PEOPLE, max_size=PEOPLE))
    house_room = draw(st.lists(st.sampled_from((1, 2, 9)), min_size=HOUSES, max_size=HOUSES))
    house = draw(st.lists(st.integers(0, HOUSES - 1), min_size=PEOPLE, max_size=PEOPLE))
    return waiting, Capacities(np.array(room), np.array(house), np.array(house_room))


def is_allowed(seats, chosen, capacities):
    """Whether these people can sit on these seats at once."""
    houses = capacities.institution[list(chosen)].tolist()
    sat = {(case.joint_group or case.case_id, j) for case, j in zip(seats, chosen, strict=True)}
    given_to = {(case.case_id, house) for case, house in zip(seats, houses, strict=True)}
    return (
        all(case.may[j] for case, j in zip(seats, chosen, strict=True))
        and len(sat) == len(seats)
        and not any((other, house) in given_to for case, house in zip(seats, houses, strict=True)
                    for other in case.opposing)
        and all(chosen.count(j) <= capacities.room[j] for j in chosen)
        and all(houses.count(house) <= capacities.institution_room[house] for house in houses)
    )  # fmt: skip


def can_be_served_together(cases, capacities):
    seats = [case for case in cases for _ in range(case.seats)]
    return any(is_allowed(seats, chosen, capacities) for chosen in product(range(PEOPLE), repeat=len(seats)))


@given(questions())
@settings(max_examples=400)
def test_all_for_whom_nobody_is_called_can_be_served_together(question):
    waiting, capacities = question

    calls = foresee(a_policy(), waiting, [float("inf")] * len(waiting), capacities)

    if calls is not None:
        called = {case_id for case_id, because in calls if because is Because.NOBODY_ELIGIBLE}
        assert called == {case.case_id for case in waiting if not case.may.any()} == {id for id, _ in calls}
        assert can_be_served_together([case for case in waiting if case.case_id not in called], capacities)


@given(questions())
def test_a_plan_is_asked_for_only_where_people_or_institutions_are_short(question):
    waiting, capacities = question
    plenty = capacities._replace(room=capacities.room + 6, institution_room=capacities.institution_room + 6)
    alone = [case._replace(seats=1, joint_group=None, opposing=()) for case in waiting]

    assert foresee(a_policy(), alone, [float("inf")] * len(alone), plenty) is not None
