"""What follows from matches: ties where they are certain or confirmed, doubt until somebody has looked."""

import pytest

from dispatch.domain.conflicts.parties import ConflictGround, PartyMatch
from dispatch.domain.conflicts.reviews import ANY_KEY, ReviewOutcome, outcomes_of, relations_of
from dispatch.domain.docket.ties import DerivedKind
from dispatch.domain.vocabulary import RelationKind

PAIR = ("c1", "c2")


def match(clash=ConflictGround.ADVERSE, client="c1", against="c2", key="k", *, same_number=True):
    return PartyMatch(clash, client, against, key, same_number)


def kinds(*matches, **outcomes):
    reviewed = {(*PAIR, key): outcome for key, outcome in outcomes.items()}
    found = list(relations_of(matches, reviewed))
    assert all(relation[1:] == PAIR for relation in found)
    return {kind for kind, *_ in found}


SURE = match()
PERHAPS = match(key="name", same_number=False)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (SURE, DerivedKind.ADVERSE),
        (PERHAPS, DerivedKind.UNCLEAR),
        (match(ConflictGround.CO_DEFENDANTS), RelationKind.CO_DEFENDANTS),
        (match(ConflictGround.CO_DEFENDANTS, same_number=False), DerivedKind.UNCLEAR),
        (match(ConflictGround.ACCOMPLICES), DerivedKind.UNCLEAR),
        (match(ConflictGround.CLOSE), DerivedKind.UNCLEAR),
    ],
)
def test_certain_match_ties_two_cases_and_any_other_is_unclear(found, kind):
    assert kinds(found) == {kind}


def test_both_clients_each_others_opponents_are_the_sides_of_one_dispute():
    back, perhaps_back = (
        match(client="c2", against="c1", key="b"),
        match(client="c2", against="c1", key="b", same_number=False),
    )

    assert kinds(SURE, back) == {DerivedKind.ADVERSE, RelationKind.OPPOSING_SIDES}
    assert kinds(SURE, perhaps_back) == {DerivedKind.ADVERSE, DerivedKind.UNCLEAR, DerivedKind.UNCLEAR_SIDES}
    assert kinds(SURE, perhaps_back, b=ReviewOutcome.CONFLICT) == {DerivedKind.ADVERSE, RelationKind.OPPOSING_SIDES}
    assert kinds(SURE, perhaps_back, b=ReviewOutcome.DIFFERENT) == {DerivedKind.ADVERSE}


def test_what_was_dismissed_is_not_raised_again_and_what_was_confirmed_is_certain():
    assert kinds(PERHAPS, name=ReviewOutcome.DIFFERENT) == set()
    assert kinds(PERHAPS, name=ReviewOutcome.CONFLICT) == {DerivedKind.ADVERSE}
    assert kinds(match(ConflictGround.CLOSE), k=ReviewOutcome.NONE) == set()
    assert kinds(match(ConflictGround.ACCOMPLICES), k=ReviewOutcome.CONFLICT) == {RelationKind.CO_DEFENDANTS}


def test_dismissal_of_one_person_says_nothing_of_another():
    assert kinds(PERHAPS, match(key="other", same_number=False), name=ReviewOutcome.DIFFERENT) == {DerivedKind.UNCLEAR}


def test_consent_is_to_the_two_cases_and_leaves_the_tie():
    assert kinds(SURE, **{ANY_KEY: ReviewOutcome.CONSENT}) == {DerivedKind.ADVERSE, DerivedKind.CONSENTED}


def test_nobody_may_find_two_people_under_one_number_or_no_conflict_where_it_is_plain():
    assert outcomes_of(SURE) == (ReviewOutcome.CONSENT,)
    assert outcomes_of(PERHAPS) == (ReviewOutcome.CONFLICT, ReviewOutcome.DIFFERENT, ReviewOutcome.CONSENT)
    assert outcomes_of(match(ConflictGround.CLOSE)) == (ReviewOutcome.CONFLICT, ReviewOutcome.NONE)
    assert outcomes_of(match(ConflictGround.ACCOMPLICES, same_number=False)) == (
        ReviewOutcome.CONFLICT, ReviewOutcome.DIFFERENT, ReviewOutcome.NONE,
    )  # fmt: skip
