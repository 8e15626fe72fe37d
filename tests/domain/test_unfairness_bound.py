"""The bound on unfairness, and the cause that is named with everyone beyond it."""

from fractions import Fraction

import pytest

from dispatch.domain.ledger import EntryKind
from dispatch.domain.unfairness_bound import OF_KIND, OF_MODE, CreditByKind, ExcessCause, Holder, prove
from dispatch.domain.vocabulary import ModeName

ONE = Fraction(1)


def a_credit(effort, mode=ModeName.ROTATION, *, kind=EntryKind.TURN, pool=None, turns=1, share=ONE):
    return CreditByKind(kind, mode, pool, turns, effort, share)


def people(*efforts, extra=()):
    """One holder for each effort; the first has some credits more."""
    holders = [Holder(f"p{n}", ONE, [a_credit(effort)]) for n, effort in enumerate(efforts)]
    return [Holder("p0", ONE, [*holders[0].credits, *extra]), *holders[1:]]


def test_bound_holds_where_nobody_is_more_than_one_largest_case_above():
    found = prove(people(30, 20, 10), largest=10)

    assert (found.practitioners, found.ideal_effort, found.most_effort, found.least_effort) == (3, 20.0, 30, 10)
    assert found.above == []


def test_bound_of_nobody_holds():
    assert prove([], 0) == (0, 0.0, 0, 0, 0, [])


def test_twice_the_share_may_have_twice_the_effort():
    full, half = Fraction(2), Fraction(1)
    fair = [Holder("full", full, [a_credit(40, share=full)]), Holder("half", half, [a_credit(20, share=half)])]
    unfair = [Holder("full", full, [a_credit(20, share=full)]), Holder("half", half, [a_credit(40, share=half)])]

    assert prove(fair, 10).above == []
    assert [(each.practitioner_id, each.above) for each in prove(unfair, 10).above] == [("half", 20.0)]


def test_share_of_the_past_counts_as_it_was_then():
    # 40 at a double share weigh as much as 20 now.
    holders = [Holder("less", ONE, [a_credit(40, share=Fraction(2))]), Holder("same", ONE, [a_credit(20)])]

    assert prove(holders, 1).above == []


@pytest.mark.parametrize(
    ("credit", "cause"),
    [
        (a_credit(60, None, kind=EntryKind.OPENING), ExcessCause.NEWCOMER),
        (a_credit(60, None, kind=EntryKind.RETURN), ExcessCause.RETURNED),
        (a_credit(60, ModeName.OPTIMIZED, pool=1), ExcessCause.ONLY_ONE),
        (a_credit(60, ModeName.OPTIMIZED, pool=2), ExcessCause.MATCHED),
        (a_credit(60, ModeName.POINT_SELECTION), ExcessCause.WISHED),
        (a_credit(60, ModeName.CONTINUITY), ExcessCause.FOLLOWED),
        (a_credit(60, ModeName.DESIGNATION), ExcessCause.DESIGNATED),
        (a_credit(60, ModeName.GRAB), ExcessCause.CLAIMED),
        (a_credit(60, ModeName.ROTATION), ExcessCause.HEAVY),
        (a_credit(60, None), ExcessCause.HEAVY),
    ],
)
def test_whoever_stands_out_is_named_with_the_cause(credit, cause):
    [excess] = prove(people(0, 10, 10, extra=[credit]), largest=10).above

    assert (excess.practitioner_id, excess.cause) == ("p0", cause)
    assert excess.above == pytest.approx(60 - 80 / 3, abs=0.01)


def test_override_explains_the_cases_it_brought_forward():
    forward = a_credit(0, None, kind=EntryKind.OVERRIDE, turns=-3)

    [excess] = prove(people(50, 10, 10, extra=[forward]), largest=10).above

    assert excess.cause is ExcessCause.OVERRIDE


def test_override_that_gave_effort_explains_what_it_gave():
    given = a_credit(40, None, kind=EntryKind.OVERRIDE, turns=4)

    [excess] = prove(people(10, 10, 10, extra=[given]), largest=10).above

    assert excess.cause is ExcessCause.OVERRIDE


def test_cause_that_weighs_most_is_named_where_none_explains_all():
    few = [a_credit(20, ModeName.GRAB), a_credit(25, ModeName.OPTIMIZED), a_credit(20, ModeName.POINT_SELECTION)]

    [excess] = prove(people(15, 0, 0, extra=few), largest=1).above

    assert excess.cause is ExcessCause.MATCHED


def test_what_others_missed_and_is_not_counted_yet_explains_an_excess_before_all_else():
    forward, missed = a_credit(0, None, kind=EntryKind.OVERRIDE, turns=-3), a_credit(30, None, kind=EntryKind.RETURN)
    back = Holder("back", ONE, [], [missed])
    little = Holder("back", ONE, [], [missed._replace(effort=15)])

    [excess] = prove([*people(40, 30, 30), back], largest=10).above
    [heavy] = prove([*people(40, 20, 20), little], largest=10).above
    [moved] = prove([*people(40, 20, 20, extra=[forward]), little], largest=10).above

    assert (excess.practitioner_id, excess.above, excess.cause) == ("p0", 15.0, ExcessCause.UNMET)
    assert (heavy.cause, moved.cause) == (ExcessCause.HEAVY, ExcessCause.OVERRIDE)


def test_every_entry_has_its_cause():
    assert set(OF_KIND) == set(EntryKind) - {
        EntryKind.TURN, EntryKind.REVERSAL, EntryKind.RESTORATION, EntryKind.MERGER
    }  # fmt: skip
    assert set(OF_MODE) == set(ModeName)
