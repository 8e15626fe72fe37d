"""Words and values as whole numbers, so that a rule compares columns instead of strings."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.vocabulary import InstitutionKind, Matter, PractitionerKind, Service, Sex, Stage, Term

Codes = NDArray[np.int32]


class Vocabulary:
    """Values numbered in sorted order; a value that is None or not among them has the code -1."""

    def __init__(self, values: Iterable[Any]) -> None:
        self.values = sorted({value for value in values if value is not None})
        self._codes = {value: code for code, value in enumerate(self.values)}

    def __len__(self) -> int:
        return len(self.values)

    def code(self, value: Any) -> int:
        """Return the code of `value`, or -1."""
        return self._codes.get(value, -1)

    def column(self, values: Iterable[Any]) -> Codes:
        """Return one code a value."""
        return np.fromiter((self._codes.get(value, -1) for value in values), np.int32)


CODES: dict[type[Term], dict[str, int]] = {
    words: {word: code for code, word in enumerate(words)}
    for words in (InstitutionKind, Matter, PractitionerKind, Service, Sex, Stage)
}  # fmt: skip


def term_codes(words: Iterable[Term]) -> tuple[int, ...]:
    """Return the codes of some words of one vocabulary."""
    return tuple([CODES[type(word)][word] for word in words])


def term_column(kind: type[Term], words: Iterable[Term | None]) -> Codes:
    """Return one code a word; None is -1."""
    codes = CODES[kind]
    return np.fromiter((-1 if word is None else codes[word] for word in words), np.int32)


def key_of(id: str) -> int:
    """Return a hash of an id that is the same on every machine."""
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest(), "big")
