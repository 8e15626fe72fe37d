"""One secret a register: another reads nothing and takes nothing in."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dispatch.domain.errors import UnavailableError, WrongKeyError
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.tables import SealRow
from dispatch.registry.transaction import make_engine, make_read
from tests.rows import NOW


def key(register, secret: str = "a secret of the tests") -> Key:
    return Key(Seal(secret, "aes"), register.begin, register.read, lambda: NOW)


def test_first_key_leaves_its_mark_and_fits_from_then_on(register):
    key(register).require()
    key(register).require()

    assert [(row.id, row.since) for row in register.all(SealRow)] == [(1, NOW)]


def test_other_key_is_refused_each_time(register):
    key(register).require()
    other = key(register, "another secret of the tests")

    for _ in range(2):
        with pytest.raises(WrongKeyError):
            other.require()

    assert not other.fits


def test_of_keys_that_come_first_at_once_one_fits(register):
    keys = [key(register, f"secret number {number} of the tests") for number in range(6)]

    with ThreadPoolExecutor(6) as threads:
        outcomes = list(threads.map(fits, keys))

    assert sorted(outcomes) == [False] * 5 + [True]


def test_mark_opens_nothing_and_tells_nothing_of_the_secret(register):
    seal = key(register).require()

    (row,) = register.all(SealRow)
    assert row.mark == seal.mark
    assert row.mark not in (seal.identity_key("410000199001011234"), seal.fingerprint(""))
    assert Seal(row.mark, "aes").mark != row.mark


def test_database_without_the_schema_is_not_asked(tmp_path, register):
    bare = make_engine(f"sqlite:///{tmp_path / 'bare.db'}")

    with pytest.raises(UnavailableError):
        Key(Seal("a secret of the tests", "aes"), register.begin, make_read(bare), lambda: NOW).require()

    bare.dispose()


def fits(one: Key) -> bool:
    try:
        one.require()
    except WrongKeyError:
        return False
    return True
