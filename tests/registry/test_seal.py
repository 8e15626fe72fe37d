"""What is sealed stays closed to everyone without the secret."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import SealBrokenError
from dispatch.registry.seal import UNREADABLE, Seal
from dispatch.registry.seal.providers import PROVIDERS

SEAL = Seal("one secret", "aes")
CIPHERS = ("aes", "sm")
VERSION = {"aes": b"\x01", "sm": b"\x02"}


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=40) | st.none() | st.booleans(), max_size=5))
def test_sealed_story_opens_to_the_same(story):
    assert SEAL.open(SEAL.seal(story)) == story


def test_sealing_twice_gives_different_bytes():
    assert SEAL.seal({"name": "王小明"}) != SEAL.seal({"name": "王小明"})


def test_other_secret_opens_nothing():
    with pytest.raises(SealBrokenError):
        Seal("another secret", "aes").open(SEAL.seal({"name": "王小明"}))


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
    assert Seal("another secret", "aes").identity_key("1") != SEAL.identity_key("1")


@pytest.mark.parametrize("cipher", CIPHERS)
def test_each_provider_seals_in_its_version_notices_a_change_and_is_read_by_the_other(cipher):
    seal = Seal("one secret", cipher)
    sealed = seal.seal({"name": "王小明"})

    assert sealed[:1] == VERSION[cipher]
    for reader in CIPHERS:
        assert Seal("one secret", reader).open(sealed) == {"name": "王小明"}
        assert Seal("one secret", reader).is_own(sealed) is (reader == cipher)
    for place in range(0, len(sealed), 5):
        with pytest.raises(SealBrokenError):
            seal.open(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
    with pytest.raises(SealBrokenError):
        seal.open(sealed[:20])
    with pytest.raises(SealBrokenError):
        Seal("another secret", cipher).open(sealed)


def test_sm_provider_is_sm4_gcm_and_sm3_of_the_standard():
    # GB/T 32905-2016, A.1: the digest of "abc"; RFC 8998, A.1: SM4-GCM.
    digest = Hash(SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    key, nonce = bytes.fromhex("0123456789abcdeffedcba9876543210"), bytes.fromhex("00001234567800000000abcd")
    plain = b"".join(bytes([each]) * 8 for each in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = PROVIDERS["sm"].encrypt(key, nonce, plain, bound)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )


@pytest.mark.parametrize("cipher", CIPHERS)
def test_stolen_database_cannot_be_searched_for_an_identity_number_without_the_secret(cipher):
    """All that is public is tried: plain digests of the number, and hashes keyed with what stands in the database."""
    number, seal = "110105199003074258", Seal("one secret", cipher)
    stolen = seal.identity_key(number)

    guesses = {hashlib.new(name, number.encode()).hexdigest()[:64] for name in ("md5", "sha1", "sha256", "sha512")}
    guesses |= {Seal(known, each).identity_key(number) for known in ("", seal.mark, stolen) for each in CIPHERS}
    guesses |= {hmac.new(bytes.fromhex(known), number.encode(), "sha256").hexdigest() for known in (seal.mark, stolen)}
    assert stolen not in guesses
    assert len({stolen, seal.fingerprint(f"name:{number}"), seal.mark}) == 3


def test_what_cannot_be_opened_is_shown_as_such():
    assert SEAL.show(b"\x01noise", "name") == {"name": UNREADABLE}
    assert SEAL.show(None, "name") == {}
    assert SEAL.show(SEAL.seal({"name": "王小明"}), "name") == {"name": "王小明"}
