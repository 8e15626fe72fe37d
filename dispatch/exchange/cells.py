"""Converters between a cell and a value, one for each kind of column; what none of them reads is refused.

A blank cell is ``None``, which means *unknown*. Every value a converter reads, it also writes so
that reading it again gives the same value.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain.vocabulary import Term
from dispatch.exchange.faults import NOTHING, CellError, CellFault, Words
from dispatch.exchange.moments import DAY_EXPECTED, INSTANT_EXPECTED, read_day, read_instant, write_instant
from dispatch.exchange.wording import ESCAPE, Wordlist, escape, plain, split_items, split_words, tidy, unescape

MOST_ITEMS = 100
EXACT_DIGITS = 15
LEVELS = range(101)
SUGGESTED = 12

YES = frozenset({"是", "有", "对", "yes", "y", "true", "t", "1", "√", "✓", "✔", "☑"})
NO = frozenset({"否", "无", "没有", "不", "no", "n", "false", "f", "0", "×", "✗", "✘", "☒"})
UNKNOWN = frozenset({"", "未知", "不详", "不明", "不清楚", "unknown", "n/a", "#n/a", "?"})
NONE = frozenset({"无", "没有", "none", "nil", "-", "—", "–"})
"""Said of a list: it is known to be empty."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """What cells may refer to: the policy's causes with their branch of law, the centre's areas, and its clock."""

    causes: Wordlist
    areas: Wordlist
    zone: ZoneInfo
    matters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Converter:
    """Reads and writes one kind of cell. ``choices`` are the words it allows; ``single`` if it holds one of them."""

    read: Callable[[Any, Lookups], Any]
    write: Callable[[Any, Lookups, str], Any]
    expected: Words
    choices: Callable[[Lookups], Wordlist] | None = None
    single: bool = False


def is_unknown(cell: object) -> bool:
    """Return whether the cell says nothing, or says that it is not known."""
    return cell is None or (isinstance(cell, str) and plain(cell).casefold() in UNKNOWN)


def as_text(cell: object) -> str:
    """Return the cell as text; a number loses its needless point, a long one its right to be believed."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, int | float):
        if not math.isfinite(cell) or abs(cell) >= 10**EXACT_DIGITS:
            raise CellError(CellFault.INEXACT)
        return f"{cell:.0f}" if cell == int(cell) else repr(cell)
    return tidy(str(cell))


def words_of(terms: type[Term]) -> Wordlist:
    """Return the words of an enumeration."""
    return Wordlist.of((term.value, term.zh, term.en) for term in terms)


# text and codes
def text(most: int, *, lines: bool = False) -> Converter:
    """Text of at most so many letters; line breaks become blanks unless ``lines``."""

    def read(cell: Any, _: Lookups) -> str | None:
        said = as_text(cell)
        said = said.replace("\r\n", "\n") if lines else re.sub(r"[\r\n\t]+", " ", said)
        return _printable(said, most) if said else None

    return Converter(read, _as_is, Words(f"不超过 {most} 个字", f"at most {most} letters"))


def code(most: int = 60) -> Converter:
    """A number or code; its width and the blanks in it do not matter."""

    def read(cell: Any, _: Lookups) -> str | None:
        said = re.sub(r"\s+", "", plain(as_text(cell)))
        return _printable(said, most) if said else None

    return Converter(read, _as_is, Words(f"不超过 {most} 个字符的编号", f"a code of at most {most} characters"))


def codes(most: int = MOST_ITEMS, length: int = 80) -> Converter:
    """Texts parted by ; 、 or , (a backslash keeps a separator); *none* is an empty list."""
    expected = Words(f"至多 {most} 项，用“；”分隔", f"at most {most} items parted by ;")

    def read(cell: Any, _: Lookups) -> list[str] | None:
        said = as_text(cell)
        if _is_none(said):
            return []
        return _distinct([_printable(unescape(item), length) for item in split_items(said)], most, expected)

    def write(value: Iterable[str], *_: Any) -> str:
        # An item that says *none* is not the word for an empty list.
        return _joined(ESCAPE + item if _is_none(item) else escape(item) for item in value)

    return Converter(read, write, expected)


# numbers
def whole(least: int, most: int) -> Converter:
    """A whole number, also as text, full-width, with a needless point or a unit behind it."""
    expected = Words(f"{least} 至 {most} 的整数", f"a whole number from {least} to {most}")

    def read(cell: Any, _: Lookups) -> int | None:
        number = _number(cell, expected)
        if number != int(number):
            raise CellError(CellFault.NOT_WHOLE, expected)
        return int(_within(number, least, most, expected))

    return Converter(read, _as_is, expected)


def real(least: float, most: float) -> Converter:
    """A number with a point."""
    expected = Words(f"{least:g} 至 {most:g} 的数字", f"a number from {least:g} to {most:g}")
    return Converter(lambda cell, _: _within(_number(cell, expected), least, most, expected), _as_is, expected)


# days, instants, answers
def day() -> Converter:
    """A day without a time."""

    def write(value: date, *_: Any) -> str:
        return value.isoformat()

    return Converter(lambda cell, _: read_day(cell), write, DAY_EXPECTED)


def instant() -> Converter:
    """A date and time, by the centre's clock unless it names an offset."""

    def write(value: datetime, lookups: Lookups, _language: str) -> str:
        return write_instant(value, lookups.zone)

    return Converter(lambda cell, lookups: read_instant(cell, lookups.zone), write, INSTANT_EXPECTED)


def yes_or_no() -> Converter:
    """Yes or no; a bare letter x is neither, because it may mean either."""
    expected = Words("是 或 否；不知道则留空", "yes or no; blank if unknown")

    def read(cell: Any, _: Lookups) -> bool:
        said = plain(as_text(cell)).casefold()
        if said in YES or said in NO:
            return said in YES
        raise CellError(CellFault.NOT_YES_OR_NO, expected)

    def write(value: bool, _: Lookups, language: str) -> str:
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")

    return Converter(read, write, expected, lambda _: ANSWERS, single=True)


ANSWERS = Wordlist.of((("yes", "是", "yes"), ("no", "否", "no")))


# words
def one_of(choices: Callable[[Lookups], Wordlist]) -> Converter:
    """One word of a list, by its code or either label."""

    def read(cell: Any, lookups: Lookups) -> str:
        return _find(as_text(cell), choices(lookups), lookups)

    def write(value: str, lookups: Lookups, language: str) -> str:
        return choices(lookups).label(value, language)

    return Converter(read, write, NOTHING, choices, single=True)


def some_of(choices: Callable[[Lookups], Wordlist], most: int = MOST_ITEMS) -> Converter:
    """Several words of a list; *none* is an empty list."""

    def read(cell: Any, lookups: Lookups) -> list[str]:
        said, words = as_text(cell), choices(lookups)
        if _is_none(said):
            return []
        return _distinct([_find(item, words, lookups) for item in split_words(said, words)], most, NOTHING)

    def write(value: Iterable[str], lookups: Lookups, language: str) -> str:
        return _joined(choices(lookups).label(item, language) for item in value)

    return Converter(read, write, NOTHING, choices)


def levels(choices: Callable[[Lookups], Wordlist]) -> Converter:
    """Words with a level each, as ``wages:80; theft:60``; *none* is an empty map."""
    expected = Words("名称:水平（0–100），用“；”分隔", "name:level (0-100), parted by ;")

    def read(cell: Any, lookups: Lookups) -> dict[str, int]:
        said, words = plain(as_text(cell)), choices(lookups)
        if _is_none(said):
            return {}
        pairs = [_level(item, words, lookups, expected) for item in split_words(said, words, ":")]
        _distinct([name for name, _ in pairs], MOST_ITEMS, expected)
        return dict(sorted(pairs))

    def write(value: dict[str, int], lookups: Lookups, language: str) -> str:
        return _joined(f"{choices(lookups).label(name, language)}:{level}" for name, level in value.items())

    return Converter(read, write, expected, choices)


def former_offices() -> Converter:
    """Courts and procuratorates left, as ``organ@2020-05-01``; ``?`` stands for what is not known."""
    expected = Words("机关@离任日期，用“；”分隔；无则填“无”", "organ@day left, parted by ;, or none")

    def read(cell: Any, _: Lookups) -> list[dict[str, str | None]]:
        said = as_text(cell)
        if _is_none(said):
            return []
        return [_office(item, expected) for item in split_items(said)]

    def write(value: Iterable[dict[str, str | None]], *_: Any) -> str:
        return _joined(f"{escape(office['organ'] or '?', '@')}@{office['left_on'] or '?'}" for office in value)

    return Converter(read, write, expected)


def _office(item: str, expected: Words) -> dict[str, str | None]:
    organ, mark, left = re.fullmatch(r"((?:\\.|[^@\\])*)(@?)(.*)", item, re.DOTALL).groups()  # type: ignore[union-attr]
    name = _printable(unescape(organ).strip(), 80)
    if not name:
        raise CellError(CellFault.BLANK, expected)
    known = bool(mark) and left.strip() not in UNKNOWN
    return {"organ": None if name in UNKNOWN else name, "left_on": read_day(left).isoformat() if known else None}


def _level(item: str, words: Wordlist, lookups: Lookups, expected: Words) -> tuple[str, int]:
    name, mark, level = item.partition(":")
    if not mark:
        raise CellError(CellFault.NO_LEVEL, expected)
    number = _number(level, expected)
    if number != int(number):
        raise CellError(CellFault.NOT_WHOLE, expected)
    return _find(name, words, lookups), int(_within(number, LEVELS.start, LEVELS.stop - 1, expected))


def _find(said: str, words: Wordlist, _: Lookups) -> str:
    found = words.find(unescape(said))
    if found is None:
        raise CellError(CellFault.NOT_LISTED, listed(words))
    return found


def listed(words: Wordlist) -> Words:
    """Return the first words of a list, as what was expected."""
    first, more = words.labels[:SUGGESTED], len(words.labels) > SUGGESTED
    zh, en = "、".join(zh for _, zh, _ in first), ", ".join(code for code, _, _ in first)
    return Words(zh + "……" * more, en + ", ..." * more)


def _number(cell: Any, expected: Words) -> float:
    if isinstance(cell, bool | date):
        raise CellError(CellFault.NOT_A_NUMBER, expected)
    if isinstance(cell, int | float):
        return float(cell)
    match = NUMBER.fullmatch(plain(str(cell)))
    if not match:
        raise CellError(CellFault.NOT_A_NUMBER, expected)
    return float(match[1].replace(",", ""))


NUMBER = re.compile(
    r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:e[+-]?\d+)?)\s*(?:年|件|个|分|岁|级|公里|km|years?|cases?|points?)?",
    re.IGNORECASE | re.ASCII,
)


def _within(number: float, least: float, most: float, expected: Words) -> float:
    if not least <= number <= most:
        raise CellError(CellFault.OUT_OF_RANGE, expected)
    return number


def _printable(said: str, most: int) -> str:
    if len(said) > most:
        raise CellError(CellFault.TOO_LONG, Words(f"不超过 {most} 个字", f"at most {most} letters"))
    if any(letter != "\n" and letter != "\t" and not letter.isprintable() for letter in said):
        raise CellError(CellFault.UNPRINTABLE)
    return said


def _distinct(items: list[str], most: int, expected: Words) -> list[str]:
    if len(items) > most:
        raise CellError(CellFault.TOO_MANY, expected)
    if len(set(items)) < len(items):
        raise CellError(CellFault.NAMED_TWICE, expected)
    return items


def _is_none(said: str) -> bool:
    return said.casefold() in NONE


def _joined(items: Iterable[str]) -> str:
    return "; ".join(items) or "无"


def _as_is(value: Any, *_: Any) -> Any:
    return value
