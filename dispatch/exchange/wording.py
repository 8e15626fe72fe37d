"""How text is cleaned, compared and cut into items, whatever keyboard it was typed on."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Self

from dispatch.domain.vocabulary import word_key

STRONG = ";；\n"
WEAK = "、，,"
ESCAPE = "\\"
SPLIT_AT = frozenset(STRONG + WEAK)

Label = tuple[str, str, str]
"""A code, its Chinese and its English label."""

MIN_SIMILARITY = 0.5


@dataclass(frozen=True, slots=True)
class Wordlist:
    """Words that a cell may hold by code or by either label; a label of two codes means neither."""

    codes: Mapping[str, tuple[str, ...]]
    labels: Sequence[Label]
    by_code: Mapping[str, Label] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Label], also: Iterable[tuple[str, str]] = ()) -> Self:
        """Index entries of code, Chinese and English label; ``also`` are further spellings of a code."""
        labels = tuple(entries)
        ranks = (also, ((code, name) for code, *names in labels for name in names), ((e[0], e[0]) for e in labels))
        words: dict[str, tuple[str, ...]] = {}
        for rank in ranks:
            words |= _links(rank)
        return cls(words, labels, {entry[0]: entry for entry in labels})

    def meant(self, text: str) -> tuple[str, ...]:
        """Return the codes a code or label may mean: none if it is unknown, several if it is not clear which."""
        return self.codes.get(word_key(text), ())

    def several(self, text: str) -> tuple[str, ...]:
        """Return the codes of an item of a list, which may stand for many; none if it is unknown or unclear."""
        found = self.meant(text)
        return found if len(found) == 1 else ()

    def find(self, text: str) -> str | None:
        """Return the one code for a code or label, or None."""
        found = self.meant(text)
        return found[0] if len(found) == 1 else None

    def nearest(self, text: str) -> list[Label]:
        """Return the labels someone may have meant, the most alike first; none if nothing is alike."""
        near = get_close_matches(word_key(text), self.codes, cutoff=MIN_SIMILARITY)
        codes = self.meant(text) or (code for name in near for code in self.codes[name])
        return [self.by_code[code] for code in dict.fromkeys(codes)]

    def choice(self, label: Label) -> str:
        """Return a label as a choice among several of one name."""
        code, zh, _ = label
        return f"{code}（{zh}）"

    def label(self, code: str, language: str) -> str:
        """Return the label of a code, or the code itself where its label would not be read as it."""
        _, zh, en = self.by_code.get(code, (code, code, code))
        wording = zh if language == "zh" else en
        return wording if self.find(wording) == code else code


def _links(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for code, name in pairs:
        found.setdefault(word_key(name), {})[code] = None
    return {name: tuple(codes) for name, codes in found.items()}


def split_items(text: str, separators: Iterable[str] = SPLIT_AT) -> list[str]:
    """Cut at the separators; a backslash keeps the character after it. Blank items are dropped."""
    cut_at, items, item = frozenset(separators), [], ""
    letters = iter(text)
    for letter in letters:
        if letter == ESCAPE:
            item += ESCAPE + next(letters, "")
        elif letter in cut_at:
            items.append(item)
            item = ""
        else:
            item += letter
    return [kept for kept in (raw.strip() for raw in (*items, item)) if kept]


def unescape(text: str) -> str:
    """Return the item as meant, without the backslashes."""
    return re.sub(r"\\(.?)", r"\1", text, flags=re.DOTALL)


def escape(text: str, also: str = "") -> str:
    """Return the item so that `split_items` gives it back whole."""
    return "".join(ESCAPE + letter if letter in SPLIT_AT or letter in ESCAPE + also else letter for letter in text)


def split_words(text: str, words: Wordlist, tail: str = "") -> Iterator[str]:
    """Cut into words of the list; a label that itself holds a comma is found whole, the longest first.

    ``tail`` begins what may follow a word, as the colon in ``wages:80``.
    """
    for part in split_items(text, STRONG):
        pieces = split_items(part, WEAK)
        while pieces:
            length = next((n for n in range(len(pieces), 1, -1) if _known(pieces[:n], words, tail)), 1)
            yield "、".join(pieces[:length])
            del pieces[:length]


def _known(pieces: Sequence[str], words: Wordlist, tail: str) -> bool:
    if tail and any(tail in piece for piece in pieces[:-1]):
        return False
    joined = "".join(pieces)
    return bool(words.meant(joined.partition(tail)[0] if tail else joined))


DECORATION = re.compile(r"[\s_\-*:]+")
REMARK = re.compile(r"\([^()]*\)")


def header_key(text: str) -> str:
    """Return what two spellings of one header have in common."""
    return DECORATION.sub("", unicodedata.normalize("NFKC", text)).casefold()


def header_keys(cell: object) -> frozenset[str]:
    """Return every name the cell may go by: itself and each of its lines, with and without remarks."""
    if not isinstance(cell, str) or not cell.strip():
        return frozenset()
    plain = unicodedata.normalize("NFKC", cell)
    bare = REMARK.sub("", plain)
    names = (plain, bare, *plain.splitlines(), *bare.splitlines())
    return frozenset(key for name in names if (key := header_key(name)))
