"""Who has a part in two cases: what is certain, what is perhaps, and what is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.conflicts.parties import COUNTERPARTS, GROUNDS, ConflictGround, Party, PartyMatch, compare
from dispatch.domain.vocabulary import PartyRole

CLIENT, OPPONENT, CO_DEFENDANT = PartyRole.RECIPIENT, PartyRole.OPPOSING, PartyRole.CO_DEFENDANT


def party(case="c1", role=CLIENT, number=None, name=None):
    return Party(case, role, number, name)


@pytest.mark.parametrize(("roles", "clash"), GROUNDS.items(), ids=lambda value: str(value))
def test_one_person_in_two_parts_clashes_whichever_case_is_asked_about(roles, clash):
    mine, theirs = party("c1", roles[0], "n"), party("c2", roles[1], "n")
    found = PartyMatch(clash, "c1", "c2", "n", same_number=True)

    assert compare([mine], [theirs]) == compare([theirs], [mine]) == {found}
    assert compare([mine, theirs], [mine, theirs]) == {found}


def test_equal_parts_clash_only_among_co_defendants():
    for role in PartyRole:
        found = compare([party("c2", role, "n")], [party("c1", role, "n")])
        assert {match.ground for match in found} == ({ConflictGround.ACCOMPLICES} if role is CO_DEFENDANT else set())


def test_one_number_is_one_person_whatever_the_name_and_is_told_by_the_number():
    [match] = compare([party(number="n", name="a")], [party("c2", OPPONENT, "n", "b")])
    [again] = compare([party(number="n", name="a")], [party("c2", OPPONENT, "n", "a")])

    assert match == again == PartyMatch(ConflictGround.ADVERSE, "c1", "c2", "n", same_number=True)
    assert match.certain


def test_one_name_is_perhaps_one_person_unless_both_numbers_are_known():
    [match] = compare([party(number="n", name="a")], [party("c2", OPPONENT, None, "a")])

    assert (match.key, match.certain) == ("a", False)
    assert not compare([party(number="n", name="a")], [party("c2", OPPONENT, "other", "a")])


def test_nobody_is_compared_by_a_name_or_number_that_is_not_known_nor_within_one_case():
    assert not compare([party()], [party("c2", OPPONENT)])
    assert not compare([party(number="n", name="a")], [party("c1", OPPONENT, "n", "a")])


def test_relations_of_a_client_are_for_a_person_to_judge_even_by_number():
    [match] = compare([party("c1", PartyRole.SPOUSE, "n")], [party("c2", OPPONENT, "n")])

    assert (match.ground, match.certain) == (ConflictGround.CLOSE, False)


def test_thousands_of_cases_against_one_employer_cost_nothing():
    sued = [party(f"c{n}", OPPONENT, "employer", "employer") for n in range(20_000)]

    assert not compare(sued, sued)
    assert OPPONENT not in COUNTERPARTS[OPPONENT]


KEYS = st.sampled_from([None, "a", "b"])
PARTIES = st.lists(
    st.builds(Party, st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(PartyRole), KEYS, KEYS), max_size=8
)


@given(PARTIES, PARTIES)
def test_matches_are_the_same_from_either_side_and_those_of_the_definition(mine, theirs):
    # A name is never a number: they are hashed apart.
    mine, theirs = ([p._replace(name_key=p.name_key and f"name {p.name_key}") for p in each] for each in (mine, theirs))
    found = compare(mine, theirs)

    assert found == compare(theirs, mine)
    pairs = {
        tuple(sorted((a.case_id, b.case_id)))
        for a in mine
        for b in theirs
        if a.case_id != b.case_id
        and ((a.role, b.role) in GROUNDS or (b.role, a.role) in GROUNDS)
        and (
            (a.identity_key and a.identity_key == b.identity_key)
            or (a.name_key and a.name_key == b.name_key and not (a.identity_key and b.identity_key))
        )
    }
    assert {match.pair for match in found} == pairs
