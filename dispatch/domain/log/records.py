"""An entry as the bytes that are hashed, and a head as the line that is published."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

FORMAT = "legal-dispatch-log/1"


class Head(NamedTuple):
    """What a log came to at the end of a day; each names the one before it."""

    log: str
    """The centre's id."""
    on: date
    size: int
    root: bytes
    previous: str
    """Digest of the head of the day before; empty for the first."""

    def document(self) -> dict[str, Any]:
        """Return the head as it is published, its digest left out."""
        return {
            "format": FORMAT,
            "log": self.log,
            "on": self.on.isoformat(),
            "size": self.size,
            "root": self.root.hex(),
            "previous": self.previous,
        }

    @property
    def digest(self) -> str:
        """What the head of the next day names this one by."""
        return sha256(canonical(self.document())).hexdigest()

    def published(self) -> dict[str, Any]:
        """Return the head as it is published."""
        return self.document() | {"digest": self.digest}


def canonical(values: Mapping[str, Any]) -> bytes:
    """
    Return the one spelling of these values: sorted, without blanks, in UTF-8.

    Notes
    -----
    Moments are in UTC to the microsecond, so that both databases and every release spell them alike.
    """
    return json.dumps(
        values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    ).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no spelling in the log")


def masked(salt: bytes, text: str) -> str:
    """Return what a record has in place of a text that may be forgotten one day, with its salt."""
    return sha256(salt + text.encode()).hexdigest()
