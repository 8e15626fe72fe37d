"""Converters of cells that hold several things: lists, levels, and offices once held."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from dispatch.domain import texts
from dispatch.domain.texts import plain
from dispatch.exchange.cells import (
    UNKNOWN,
    CellLookups,
    Converter,
    as_number,
    as_text,
    find,
    fitting,
    is_unknown,
    not_found,
    within,
)
from dispatch.exchange.faults import NOTHING, CellError, CellFault, Words
from dispatch.exchange.moments import read_day
from dispatch.exchange.wording import ESCAPE, SPLIT_AT, Wordlist, escape, split_items, split_words, unescape

MAX_ITEMS = 100
LEVELS = range(101)
NONE = frozenset({"无", "没有", "none", "nil", "-", "—", "–"})
"""Said of a list: it is known to be empty."""


def codes(
    most: int = MAX_ITEMS,
    length: int = 80,
    cut_at: Iterable[str] = SPLIT_AT,
    clean: Callable[[str], str] = texts.line,
    key: Callable[[str], str] | None = str,
) -> Converter:
    """Texts parted by ; 、 or , or what ``cut_at`` says (a backslash keeps a separator); *none* is an empty list.

    Each is kept as ``clean`` says; two with one ``key`` are one named twice, without a ``key`` they are two.
    """
    expected = Words(f"至多{most}项，用“；”分隔", f"at most {most} items parted by ;")

    def read(cell: Any, _: CellLookups) -> list[str] | None:
        wording = as_text(cell)
        if _is_none(wording):
            return []
        items = [fitting(clean, unescape(item), length) for item in split_items(wording, cut_at)]
        _distinct([key(item) for item in items] if key else [str(k) for k in range(len(items))], most, expected)
        return items

    def write(value: Iterable[str], *_: Any) -> str:
        # An item that says *none* is not the word for an empty list, nor one that says *unknown* for a blank.
        return _joined(ESCAPE + item if _is_none(item) or is_unknown(item) else escape(item) for item in value)

    return Converter(read, write, expected)


def some_of(choices: Callable[[CellLookups], Wordlist], most: int = MAX_ITEMS) -> Converter:
    """Several words of a list; *none* is an empty list."""

    def read(cell: Any, lookups: CellLookups) -> list[str]:
        wording, words = as_text(cell), choices(lookups)
        if _is_none(wording):
            return []
        found = [code for item in split_words(wording, words) for code in _several(item, words, lookups)]
        return _distinct(found, most, NOTHING)

    def write(value: Iterable[str], lookups: CellLookups, language: str) -> str:
        return _joined(_word(item, choices(lookups), language) for item in value)

    return Converter(read, write, NOTHING, choices)


def levels(choices: Callable[[CellLookups], Wordlist], most: int = MAX_ITEMS) -> Converter:
    """Words with a level each, as ``wages:80; theft:60``; *none* is an empty map."""
    expected = Words("名称:分值（0–100），用“；”分隔", "name:level (0-100), parted by ;")

    def read(cell: Any, lookups: CellLookups) -> dict[str, int]:
        wording, words = plain(as_text(cell)), choices(lookups)
        if _is_none(wording):
            return {}
        pairs = [_level(item, words, lookups, expected) for item in split_words(wording, words, ":")]
        _distinct([name for name, _ in pairs], most, expected)
        return dict(sorted(pairs))

    def write(value: dict[str, int], lookups: CellLookups, language: str) -> str:
        words = choices(lookups)
        return _joined(f"{_word(name, words, language, ':')}:{level}" for name, level in value.items())

    return Converter(read, write, expected, choices)


def former_offices() -> Converter:
    """Courts and procuratorates left, as ``organ@2020-05-01``; ``?`` means unknown."""
    expected = Words("单位全称@离任日期，用“；”分隔；确实没有的填“无”", "organ@day left, parted by ;, or none")

    def read(cell: Any, lookups: CellLookups) -> list[dict[str, str | None]]:
        wording = as_text(cell)
        if _is_none(wording):
            return []
        return [_office(item, expected, lookups) for item in split_items(wording)]

    def write(value: Iterable[dict[str, str | None]], *_: Any) -> str:
        return _joined(f"{escape(office['organ'] or '?', '@')}@{office['left_on'] or '?'}" for office in value)

    return Converter(read, write, expected)


def _office(item: str, expected: Words, lookups: CellLookups) -> dict[str, str | None]:
    # The pattern fits any text.
    organ, mark, left = re.fullmatch(r"((?:\\.|[^@\\])*)(@?)(.*)", item, re.DOTALL).groups()  # type: ignore[union-attr]
    if not unescape(organ).strip():
        raise CellError(CellFault.BLANK, expected)
    name = fitting(texts.line, unescape(organ), 200)
    known = bool(mark) and left.strip() not in UNKNOWN
    return {
        "organ": None if name in UNKNOWN else name,
        "left_on": read_day(left, lookups.serial_zero).isoformat() if known else None,
    }


def _level(item: str, words: Wordlist, lookups: CellLookups, expected: Words) -> tuple[str, int]:
    name, mark, level = item.partition(":")
    if not mark:
        raise CellError(CellFault.NO_LEVEL, expected)
    number = as_number(level, expected)
    if number != int(number):
        raise CellError(CellFault.NOT_WHOLE, expected)
    return find(name, words, lookups), int(within(number, LEVELS.start, LEVELS.stop - 1, expected))


def _several(item: str, words: Wordlist, lookups: CellLookups) -> tuple[str, ...]:
    found = words.several(unescape(item))
    if not found:
        raise not_found(unescape(item), words, lookups)
    return found


def _word(code: str, words: Wordlist, language: str, tail: str = "") -> str:
    """Return the label of a code as an item of a list, or the code where the label would be cut or misread."""
    label = words.label(code, language)
    read = [words.find(unescape(item)) for item in split_words(label, words, tail)]
    return label if read == [code] and not _is_none(label) and not (tail and tail in label) else escape(code)


def _distinct(items: list[str], most: int, expected: Words) -> list[str]:
    if len(items) > most:
        raise CellError(CellFault.TOO_MANY, expected)
    if len(set(items)) < len(items):
        raise CellError(CellFault.NAMED_TWICE, expected)
    return items


def _is_none(wording: str) -> bool:
    return wording.casefold() in NONE


def _joined(items: Iterable[str]) -> str:
    return "; ".join(items) or "无"
