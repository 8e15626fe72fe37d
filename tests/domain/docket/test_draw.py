"""The draw of a day follows from a root nobody sees: it can be checked afterwards, and not be known before."""

from datetime import date, timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.codes import key_of
from dispatch.domain.docket.draw import SEED_BITS, commitment_to, secret_of, seed_from, seed_on, tie_break_keys
from tests.builders import a_case

ROOT, OTHER = "5" * 64, "6" * 64
DAY = date(2026, 3, 9)


def test_draw_of_a_day_is_the_same_on_every_machine():
    secret = secret_of(ROOT, DAY)

    assert secret == "5bb0ce412413350e546672d763641db0527c2d55ca800d93d2a291a11be4249a"
    assert seed_from(secret) == 7328116023287409
    assert commitment_to(secret, DAY) == sha256(f"legal-aid draw 1 commitment 2026-03-09 {secret}".encode()).hexdigest()
    assert seed_on(ROOT, DAY) == seed_from(secret)


def test_days_and_centres_have_draws_of_their_own():
    days = [DAY + timedelta(days=n) for n in range(400)]

    assert len({seed_on(root, day) for root in (ROOT, OTHER) for day in days}) == 2 * len(days)
    assert all(0 <= seed_on(ROOT, day) < 2**SEED_BITS for day in days)


def test_commitment_holds_for_its_own_day_and_secret_alone():
    secret, next_day = secret_of(ROOT, DAY), DAY + timedelta(days=1)

    assert commitment_to(secret, DAY) != commitment_to(secret, next_day)
    assert commitment_to(secret_of(OTHER, DAY), DAY) != commitment_to(secret, DAY)


def test_case_filed_again_draws_the_lot_it_had():
    before, again = tie_break_keys([a_case("a")]), tie_break_keys([a_case("b", lot_of="a")])

    assert before == {"a": key_of("a")}
    assert again == {"b": key_of("a")}


@given(st.lists(st.sampled_from("abcdef"), unique=True, min_size=1), st.lists(st.sampled_from("abcxyz"), min_size=6))
def test_every_case_has_a_lot_of_its_own_whatever_was_filed_before(ids, firsts):
    found = tie_break_keys(a_case(id, lot_of=first) for id, first in zip(ids, firsts, strict=False))

    assert found.keys() == set(ids)
    assert len(set(found.values())) == len(ids)


@given(st.permutations("abcdef"))
def test_filing_one_of_several_again_changes_no_lot_and_none_of_the_first(ids):
    first, *rest = ids
    several = [a_case(first), *(a_case(id, lot_of=first) for id in rest[:3])]
    again = [*several[:3], a_case(rest[4], lot_of=first)]

    assert sorted(tie_break_keys(several).values()) == sorted(tie_break_keys(again).values())
    assert tie_break_keys(several)[first] == tie_break_keys(again)[first] == key_of(first)
