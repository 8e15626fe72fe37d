"""The rotation by person and by institution, equal and weighted: who is next, and how far from fair it ever gets."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.domain.eligibility.table import eligible
from dispatch.domain.ledger import account_of, turn_for
from dispatch.domain.vocabulary import Service
from dispatch.modes.rotation import TurnAccount, falling_due, queue_of, standings
from tests.builders import NOW, a_case, a_docket, a_policy, a_practitioner

AMPLE = 1000
PERSON, INSTITUTION = {"by": "person"}, {"by": "institution"}
BY_CAPACITY = {"by": "person", "measure": "capacity"}
BY_SIZE = {"by": "institution", "measure": "size"}


def cases(count, services=(Service.LITIGATION_AGENCY,)):
    """Cases in the order they fall due."""
    due = (NOW + timedelta(hours=n + 1) for n in range(count))
    return [a_case(f"c{n:03}", due_at=at, service=services[n % len(services)]) for n, at in enumerate(due)]


def firms(*sizes, **facts):
    """People of firms of these sizes."""
    return [
        a_practitioner(f"{firm}{n}", institution_id=firm, capacity=AMPLE, **facts)
        for firm, size in zip("abcdefgh", sizes, strict=False)
        for n in range(size)
    ]


def served(people, rotation, count, services=(Service.LITIGATION_AGENCY,), able=False, **parts):
    """Who is served, case after case: whoever may take it and is first in the order that day; ``able``: anybody may."""
    people, policy, order = list(people), a_policy(rotation=rotation, **parts), []
    for n, case in enumerate(cases(count, services)):
        docket = a_docket([case], people, policy)
        may = [True] * len(people) if able else eligible(docket).row(0)
        j = next(j for j in queue_of(docket).tolist() if may[j])
        order.append(people[j].id)
        people[j] = after_turn(docket, j, NOW + timedelta(minutes=1 + n))
    return order


def after_turn(docket, j, at):
    """The person in the column once they have been given the case at hand."""
    person, entry = docket.practitioner_at(j), turn_for(docket.case_at(0), docket.policy)
    account = account_of(person).with_entry(entry.turns, entry.effort, docket.practitioner.share[0, j])
    return replace(
        person,
        turns=account.turns, effort=account.effort,
        weighed_turns=account.weighed_turns, weighed_effort=account.weighed_effort,
        waiting_since=at, load=person.load + 1, year_count=person.year_count + 1,
    )  # fmt: skip


def queue(people, rotation, **parts):
    docket = a_docket([], people, a_policy(rotation=rotation, **parts))
    return [docket.practitioner_at(j).id for j in queue_of(docket).tolist()]


def worst(order, shares):
    """The furthest anyone ever was from the entitled share of the turns so far."""
    total, taken, furthest = sum(shares.values()), Counter(), Fraction(0)
    for turns, name in enumerate(order, start=1):
        taken[name] += 1
        furthest = max(furthest, *(abs(taken[id] - Fraction(turns) * share / total) for id, share in shares.items()))
    return furthest


def test_fewest_turns_come_first_and_then_who_waited_longest():
    people = [
        a_practitioner("busy", turns=2, waiting_since=NOW - timedelta(days=90)),
        a_practitioner("fresh", turns=1, waiting_since=NOW - timedelta(days=1)),
        a_practitioner("patient", turns=1, waiting_since=NOW - timedelta(days=30)),
    ]

    assert served(people, PERSON, 4) == ["patient", "fresh", "busy", "patient"]


def test_who_asked_not_to_be_called_now_comes_after_everyone_else_and_is_still_asked():
    people = [a_practitioner("mornings", away_now=True), a_practitioner("here", turns=3, asked=1)]

    assert queue(people, PERSON) == ["here", "mornings"]
    assert queue(people[:1], PERSON) == ["mornings"]


@pytest.mark.parametrize("absent", [{"institution_suspended": True}, {"capacity": 0}, {"monthly_capacity": 0}])
def test_nobody_is_measured_by_who_is_absent_whatever_the_reason(absent):
    people = [a_practitioner("away", **absent), a_practitioner("here", turns=9, institution_id="other")]

    here = standings(a_docket(practitioners=people))[1]

    assert (here.portion, here.ahead) == (1, 0)


def test_someone_on_leave_is_passed_over_without_losing_their_place():
    people = [a_practitioner("away", on_leave=True), a_practitioner("here", turns=1)]

    assert served(people, PERSON, 1) == ["here"]
    assert queue(people, PERSON) == ["away", "here"]


def test_firm_of_four_has_four_turns_where_a_firm_of_one_has_one():
    order = served(firms(4, 1), BY_SIZE, 10)

    assert Counter(name[0] for name in order) == {"a": 8, "b": 2}
    assert {name for name in order[:5]} == {"a0", "a1", "a2", "a3", "b0"}


def test_firms_have_equal_turns_whatever_their_size():
    order = served(firms(4, 1), INSTITUTION, 10)

    assert Counter(name[0] for name in order) == {"a": 5, "b": 5}
    assert all({one[0], two[0]} == {"a", "b"} for one, two in zip(order[::2], order[1::2], strict=True))
    assert max(Counter(name for name in order if name[0] == "a").values()) == 2


def test_half_a_cap_is_half_the_turns():
    people = [a_practitioner("full", capacity=800), a_practitioner("half", capacity=400)]

    assert Counter(served(people, BY_CAPACITY, 9)) == {"full": 6, "half": 3}


def test_turn_of_an_institution_passes_within_it_before_it_passes_on():
    people = [*firms(2, 1), a_practitioner("a9", institution_id="a", on_leave=True)]

    assert [name[0] for name in queue(people, INSTITUTION)] in (["a", "a", "a", "b"], ["b", "a", "a", "a"])


def test_institution_that_waited_longest_is_first_among_equals():
    people = [
        a_practitioner("a0", institution_id="a", waiting_since=NOW - timedelta(days=1)),
        a_practitioner("b0", institution_id="b", waiting_since=NOW - timedelta(days=3)),
        a_practitioner("b1", institution_id="b", waiting_since=NOW - timedelta(days=2)),
    ]

    assert queue(people, INSTITUTION) == ["b0", "b1", "a0"]


def test_share_that_grows_counts_from_now_on_and_never_backwards():
    # Until yesterday the firm of one and the firm of four shared equally: nobody has anything to catch up.
    past = [
        *(a_practitioner(f"a{n}", institution_id="a", capacity=AMPLE, turns=5, weighed_turns=Fraction(20))
          for n in range(4)),
        a_practitioner("b0", institution_id="b", capacity=AMPLE, turns=20, weighed_turns=Fraction(20)),
    ]  # fmt: skip

    assert Counter(name[0] for name in served(past, BY_SIZE, 10)) == {"a": 8, "b": 2}


def test_colleague_on_leave_takes_the_share_along():
    people = firms(2, 2)
    people[0] = a_practitioner("a0", institution_id="a", on_leave=True)

    order = served(people, BY_SIZE, 9)

    assert Counter(name[0] for name in order) == {"a": 3, "b": 6}


def test_who_is_below_the_floor_comes_first_and_only_as_far_as_is_owed():
    people = [
        a_practitioner("behind", turns=9, year_count=0, capacity=AMPLE),
        a_practitioner("even", turns=0, year_count=9, capacity=AMPLE),
    ]

    # On March 9th 2 of 12 a year are due.
    assert served(people, PERSON, 4, fairness={"floor_cases_per_year": 12}) == ["behind", "behind", "even", "even"]
    assert queue(people, PERSON) == ["even", "behind"]


def test_effort_is_counted_where_the_policy_says_so():
    people = [a_practitioner("light", turns=5, effort=10), a_practitioner("heavy", turns=1, effort=50)]

    assert queue(people, {"counts": "effort"}) == ["light", "heavy"]
    assert queue(people, {"counts": "turns"}) == ["heavy", "light"]


def test_standing_tells_portions_and_turns_ahead():
    docket = a_docket([], firms(3, 1), a_policy(rotation=INSTITUTION))
    people = list(docket.facts.practitioners)
    people[0] = a_practitioner("a0", institution_id="a", turns=1, weighed_turns=Fraction(3))

    found = standings(a_docket([], people, a_policy(rotation=INSTITUTION)))

    assert [each.portion for each in found] == [Fraction(1, 6)] * 3 + [Fraction(1, 2)]
    assert [each.house_portion for each in found] == [Fraction(1, 2)] * 4
    assert [each.house_ahead for each in found] == [Fraction(1, 2)] * 3 + [Fraction(-1, 2)]
    assert [each.ahead for each in found] == [Fraction(5, 6), Fraction(-1, 6), Fraction(-1, 6), Fraction(-1, 2)]
    assert standings(a_docket([], [], a_policy(rotation=INSTITUTION))) == []


def test_rotation_of_nobody_has_no_order():
    assert queue([], INSTITUTION) == []
    assert queue([], PERSON) == []


def test_order_is_told_where_everyone_is_away():
    assert queue([a_practitioner("a", on_leave=True, turns=1), a_practitioner("b", on_leave=True)], BY_SIZE)[0] == "b"


@settings(max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_nobody_is_ever_a_whole_turn_from_their_share(weights):
    people = [a_practitioner(f"p{n}", capacity=AMPLE * weight) for n, weight in enumerate(weights)]

    order = served(people, BY_CAPACITY, 45, able=True)

    assert len(order) == 45
    assert worst(order, {person.id: weight for person, weight in zip(people, weights, strict=True)}) < 1


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.sampled_from(("equal", "size", "capacity")))
def test_no_institution_is_ever_a_whole_turn_from_its_share_and_nobody_within_it(sizes, measure):
    people = firms(*sizes)
    order = served(people, {"by": "institution", "measure": measure}, 60, able=True)

    shares = dict(zip("abcde", [1] * len(sizes) if measure == "equal" else sizes, strict=False))
    assert worst([name[0] for name in order], shares) < 1
    for firm in shares:
        colleagues = {person.id: 1 for person in people if person.institution_id == firm}
        assert worst([name for name in order if name[0] == firm], colleagues) < 1


@settings(max_examples=20)
@given(
    st.lists(st.integers(1, 4), min_size=2, max_size=5),
    st.lists(st.sampled_from(Service), min_size=1, max_size=9),
)
def test_nobody_is_above_their_share_of_effort_by_more_than_the_largest_case(weights, services):
    people = [a_practitioner(f"p{n}", capacity=AMPLE * weight, kind="lawyer") for n, weight in enumerate(weights)]
    rotation = {"measure": "capacity", "counts": "effort"}
    order = served(people, rotation, 30, services, able=True)

    sizes = [turn_for(case, a_policy(rotation=rotation)).effort for case in cases(30, services)]
    taken, total = Counter(), 0
    for id, size in zip(order, sizes, strict=True):
        taken[id] += size
        total += size
        assert all(
            taken[f"p{j}"] - Fraction(total * weight, sum(weights)) <= max(sizes) for j, weight in enumerate(weights)
        )


def brute_force(turns, shares):
    """The quota method as Balinski and Young state it, in plain fractions."""
    coming, total = sum(turns) + 1, sum(shares)
    below = [k for k in range(len(turns)) if turns[k] < Fraction(shares[k] * coming, total)]
    return min(below, key=lambda k: (Fraction(turns[k] + 1, shares[k]), k))


@settings(max_examples=100)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_order_is_that_of_the_quota_method(shares):
    turns = [0] * len(shares)
    for _ in range(40):
        accounts = [TurnAccount(Fraction(t, s), Fraction(s), True) for t, s in zip(turns, shares, strict=True)]
        keys = falling_due(accounts, 1)
        first = min(range(len(shares)), key=lambda k: (keys[k], k))

        assert first == brute_force(turns, shares)
        turns[first] += 1


def test_turn_that_is_being_offered_is_in_hand():
    people = [a_practitioner("asked", asked=1), a_practitioner("second", turns=1), a_practitioner("twice", asked=2)]

    assert queue(people, PERSON) == ["second", "asked", "twice"]


WAIVERS = st.lists(st.tuples(*[st.integers(0, n) for n in (4, 2, 2, 1)]), min_size=1, max_size=8)


@settings(max_examples=60)
@given(WAIVERS, st.sampled_from([PERSON, INSTITUTION, BY_CAPACITY, BY_SIZE]))
def test_waived_turn_puts_behind_whoever_has_fewer_in_hand_and_changes_no_order_between_equals(facts, rotation):
    people = [
        a_practitioner(
            f"p{n}", turns=turns, asked=asked, waived=waived, away_now=bool(away), institution_id=f"firm {n % 3}",
        )
        for n, (turns, asked, waived, away) in enumerate(facts)
    ]  # fmt: skip
    plain = queue([replace(each, asked=0, waived=0) for each in people], rotation)
    known = {each.id: each for each in people}

    # Bubble by bubble: nobody passes anybody but over more turns in hand.
    order = list(plain)
    for _ in order:
        for k in range(len(order) - 1):
            one, other = (known[id] for id in order[k : k + 2])
            if one.away_now == other.away_now and one.asked + one.waived > other.asked + other.waived:
                order[k], order[k + 1] = order[k + 1], order[k]

    assert queue(people, rotation) == order


def test_whoever_declines_everything_is_asked_once_a_round_and_is_first_again_when_it_is_over():
    people = [a_practitioner("never"), a_practitioner("b", turns=1), a_practitioner("c", turns=1)]
    first, asked = queue(people, PERSON)[0], Counter()

    for _ in range(9):
        id = queue(people, PERSON)[0]
        asked[id] += 1
        person = next(each for each in people if each.id == id)
        change = {"waived": person.waived + 1} if id == "never" else {"turns": person.turns + 1, "asked": 1}
        people = [replace(each, **change) if each.id == id else each for each in people]
        if all(each.asked for each in people[1:]):
            # Both have answered: the day goes on.
            people = [replace(each, asked=0) for each in people]

    assert first == "never"
    assert asked == {"never": 1, "b": 4, "c": 4}
    assert queue([replace(each, waived=0) for each in people], PERSON)[0] == "never"
