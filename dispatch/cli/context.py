"""Opens what the environment names, for verbs that work on the register of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from dispatch.cli.output import command
from dispatch.commands.access import operator_of
from dispatch.commands.audit import ActOrigin, noting
from dispatch.domain.log.words import OwnVerb
from dispatch.domain.permissions import Actor
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Begin, Read, make_begin, make_engine, make_read
from dispatch.settings import Settings

HERE = "local"
"""Written instead of an address for who works on the machine itself."""


class CliContext(NamedTuple):
    """The register, and the clock."""

    begin: Begin
    read: Read
    key: Key
    now: datetime
    settings: Settings
    operators: list[Actor]
    """Who was found to act, once it is known in whose centre."""

    @property
    def seal(self) -> Seal:
        """The seal, if it is this register's."""
        return self.key.require()

    def operator(self, centre: str | None) -> Actor:
        """Return who acts from the command line in this centre."""
        self.operators.append(operator_of(self.begin, self.now, centre))
        return self.operators[-1]


@contextmanager
def opened() -> Iterator[CliContext]:
    """Open the register for the length of the block."""
    settings = Settings()
    engine = make_engine(settings.database_url)
    try:
        begin, read, operators = make_begin(engine), make_read(engine), list[Actor]()
        key = Key(Seal(settings.secret, settings.cipher), begin, read, now)
        yield CliContext(noting(begin, partial(_origin, operators), now), read, key, now(), settings, operators)
    finally:
        engine.dispose()


def _origin(operators: list[Actor]) -> ActOrigin | None:
    """Return who works on the machine itself, and with which command."""
    if not operators:
        return None
    return ActOrigin(operators[-1], HERE, OwnVerb.OPERATE, command(), None)


def now() -> datetime:
    """Return the only clock of the command line."""
    return datetime.now(UTC)
