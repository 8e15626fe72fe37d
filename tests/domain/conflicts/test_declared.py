"""Whom a declaration keeps from a case: surely, or until somebody has looked, and nobody for nothing."""

from itertools import product

import pytest

from dispatch.domain.conflicts.declared import (
    NEAR,
    DeclaredTie,
    Kinship,
    TieKind,
    TieMatch,
    TieReview,
    bars_of,
    outcomes_of,
    strongest,
    waits,
)
from dispatch.domain.conflicts.reviews import DISMISSED, ReviewOutcome
from dispatch.domain.vocabulary import PairKind, PartyRole

MEMBERS = {"firm": ["she", "colleague"], "other": ["stranger"]}
OPPOSING, CO_DEFENDANT = PartyRole.OPPOSING, PartyRole.CO_DEFENDANT
KINDS = [(TieKind.ADVISER, None), *((TieKind.RELATIVE, kin) for kin in Kinship)]


def a_match(kind=TieKind.RELATIVE, relation=Kinship.SPOUSE, role=OPPOSING, *, same=True, own="she", organ=None):
    return TieMatch(DeclaredTie("t", kind, relation, own, "firm", organ), "c", role, same)


def barred(match, outcome=None, *, consented=False):
    found = {("c", "t"): TieReview(outcome, consented)}
    return dict(bar for _, bar in bars_of([match], found, MEMBERS))


@pytest.mark.parametrize(("kind", "relation"), KINDS)
def test_who_is_tied_never_passes_unless_somebody_dismissed_what_may_be_dismissed(kind, relation):
    for role, same, outcome, consented in product(
        (OPPOSING, CO_DEFENDANT), (True, False), (None, *ReviewOutcome), (False, True)
    ):
        match = a_match(kind, relation, role, same=same)
        dismissed = outcome in DISMISSED and outcome in outcomes_of(match)
        assert ("she" in barred(match, outcome, consented=consented)) is not dismissed
        assert "stranger" not in barred(match, outcome, consented=consented)
        assert not (match.certain and waits(match, {}))


def test_near_relative_or_client_who_is_surely_the_opponent_bars_and_colleagues_need_consent():
    for kind, relation in KINDS:
        sure = kind is TieKind.ADVISER or relation in NEAR
        expected = {"she": PairKind.TIED, "colleague": PairKind.TIE_UNCLEAR} if sure else {"she": PairKind.TIE_UNCLEAR}
        assert barred(a_match(kind, relation)) == expected
        assert barred(a_match(kind, relation, same=False)) == {"she": PairKind.TIE_UNCLEAR}
        assert barred(a_match(kind, relation), consented=True) == {"she": expected["she"]}


def test_firm_that_advises_is_free_by_consent_and_barred_once_it_is_confirmed():
    match = a_match(TieKind.ADVISER, None, own=None)

    assert barred(match) == dict.fromkeys(MEMBERS["firm"], PairKind.TIE_UNCLEAR)
    assert barred(match, consented=True) == {}
    assert barred(match, ReviewOutcome.CONFLICT) == dict.fromkeys(MEMBERS["firm"], PairKind.TIED)
    assert barred(match, ReviewOutcome.NONE) == barred(match), "a client that surely is the opponent is not dismissed"


def test_relative_at_an_organ_is_for_a_person_to_judge_where_no_law_recuses():
    match = a_match(TieKind.RELATIVE_AT_ORGAN, role=None, same=False, organ="某市公安局")

    assert barred(match) == {"she": PairKind.TIE_UNCLEAR}
    assert ReviewOutcome.CONSENT not in outcomes_of(match)
    recusing = {
        (kin, organ): DeclaredTie("t", TieKind.RELATIVE_AT_ORGAN, kin, "she", "firm", organ).recuses
        for kin in (Kinship.SPOUSE, Kinship.SIBLING) for organ in ("商丘中院", "商丘市公安局")
    }  # fmt: skip
    assert [pair for pair, so in recusing.items() if so] == [(Kinship.SPOUSE, "商丘中院")]


def test_of_two_people_of_one_name_the_surest_counts():
    unsure, sure = a_match(same=False), a_match()

    assert strongest([unsure, sure]) == strongest([sure, unsure]) == [sure]
