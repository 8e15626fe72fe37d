"""A tie is known from a moment on, and a decision of before does not see it."""

from datetime import UTC, datetime

from dispatch.domain.conflicts.learned import WITH_THE_CASE, DatedParty, DatedReview, known_at, learn
from dispatch.domain.conflicts.parties import Party
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.docket.ties import DerivedKind
from dispatch.domain.vocabulary import PartyRole, RelationKind

MARCH, APRIL, MAY = (datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5))
CLIENT, OPPONENT = PartyRole.RECIPIENT, PartyRole.OPPOSING
ADVERSE, UNCLEAR = (DerivedKind.ADVERSE, "a", "b"), (DerivedKind.UNCLEAR, "a", "b")


def dated(at, case_id, role, number=None, name="n"):
    return DatedParty(at, Party(case_id, role, number, name))


def test_party_of_later_ties_from_the_day_it_is_recorded():
    people = [dated(WITH_THE_CASE, "a", CLIENT, "1"), dated(APRIL, "b", OPPONENT, "1")]

    learned = learn([], people, [])

    assert [(each.at, each.found, each.dropped) for each in learned] == [(APRIL, (ADVERSE,), ())]
    assert (known_at(learned, MARCH), known_at(learned, APRIL)) == ((), (ADVERSE,))


def test_what_came_with_the_cases_is_known_as_long_as_they_are():
    people = [dated(WITH_THE_CASE, "a", CLIENT, "1"), dated(WITH_THE_CASE, "b", OPPONENT, "1")]

    assert known_at(learn([], people, []), MARCH) == (ADVERSE,)


def test_doubt_stays_until_the_review_and_comes_back_with_the_one_that_finds_otherwise():
    people = [dated(WITH_THE_CASE, "a", CLIENT), dated(WITH_THE_CASE, "b", OPPONENT)]
    reviews = [
        DatedReview(MAY, ("a", "b"), "n", ReviewOutcome.CONFLICT),
        DatedReview(APRIL, ("a", "b"), "n", ReviewOutcome.DIFFERENT),
    ]

    learned = learn([], people, reviews)

    assert [known_at(learned, at) for at in (MARCH, APRIL, MAY)] == [(UNCLEAR,), (), (ADVERSE,)]


def test_tie_that_was_stated_is_not_dropped_by_a_review_of_what_was_found():
    stated = [(APRIL, (RelationKind.CO_DEFENDANTS, "b", "a"))]
    people = [dated(WITH_THE_CASE, "a", CLIENT), dated(WITH_THE_CASE, "b", PartyRole.CO_DEFENDANT)]
    reviews = [DatedReview(MAY, ("a", "b"), "n", ReviewOutcome.DIFFERENT)]

    learned = learn(stated, people, reviews)

    assert known_at(learned, MARCH) == (UNCLEAR,)
    assert set(known_at(learned, APRIL)) == {UNCLEAR, (RelationKind.CO_DEFENDANTS, "b", "a")}
    assert known_at(learned, MAY) == ((RelationKind.CO_DEFENDANTS, "b", "a"),)
