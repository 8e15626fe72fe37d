"""What is sealed stays closed to everyone without the secret."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import SealBrokenError
from dispatch.registry.seal import Seal

SEAL = Seal("one secret")


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=40) | st.none() | st.booleans(), max_size=5))
def test_sealed_story_opens_to_the_same(story):
    assert SEAL.open(SEAL.seal(story)) == story


def test_sealing_twice_gives_different_bytes():
    assert SEAL.seal({"name": "王小明"}) != SEAL.seal({"name": "王小明"})


def test_other_secret_opens_nothing():
    with pytest.raises(SealBrokenError):
        Seal("another secret").open(SEAL.seal({"name": "王小明"}))


@given(st.data())
def test_changed_byte_is_noticed(data):
    sealed = bytearray(SEAL.seal({"name": "王小明"}))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(SealBrokenError):
        SEAL.open(bytes(sealed))


@given(st.binary(max_size=30))
def test_noise_is_refused(noise):
    with pytest.raises(SealBrokenError):
        SEAL.open(noise)


def test_identity_key_forgives_blanks_width_and_case():
    plain = SEAL.identity_key("41000019900101123X")

    assert SEAL.identity_key(" 41000019900101123x ") == plain
    assert SEAL.identity_key("４１００００１９９００１０１１２３Ｘ") == plain
    assert SEAL.identity_key("410000199001011230") != plain


def test_identity_key_of_another_secret_is_another():
    assert Seal("another secret").identity_key("1") != SEAL.identity_key("1")
