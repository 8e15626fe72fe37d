"""Converters between a cell and a value, one for each kind of column; what none of them reads is refused.

A blank cell is ``None``, which means *unknown*. Every value a converter reads, it also writes so
that reading it again gives the same value.
"""

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain import texts
from dispatch.domain.texts import plain, tidy
from dispatch.domain.vocabulary import Term
from dispatch.exchange.faults import NOTHING, CellError, CellFault, Words
from dispatch.exchange.moments import DAY_EXPECTED, INSTANT_EXPECTED, SERIAL_ZERO, read_day, read_instant, write_instant
from dispatch.exchange.spellings import spellings_of
from dispatch.exchange.wording import Label, Wordlist, unescape

EXACT_DIGITS = 15
SUGGESTED = 12
MAX_HINTS = 1_000
"""A report lists no more refusals than this one by one."""

YES = frozenset({"是", "有", "对", "yes", "y", "true", "t", "1", "√", "✓", "✔", "☑"})
NO = frozenset({"否", "无", "没有", "不", "no", "n", "false", "f", "0", "×", "✗", "✘", "☒"})
ENDLESS = frozenset({"长期", "长期有效", "永久", "无固定期限", "indefinite", "no end"})
UNKNOWN = frozenset({"", "未知", "不详", "不明", "不清楚", "unknown", "n/a", "?"})


@dataclass(frozen=True, slots=True)
class CellLookups:
    """What cells may refer to: the policy's causes with their branch of law, the centre's areas, and its clock."""

    causes: Wordlist
    specialties: Wordlist
    """The causes and the branches of law: a specialty is graded at any level."""
    areas: Wordlist
    zone: ZoneInfo
    matters: Mapping[str, str]
    serial_zero: date = SERIAL_ZERO
    """The day from which the file counts its days."""
    hints: Iterator[int] = field(default_factory=lambda: iter(range(MAX_HINTS)))
    """How many refusals of a file still name the nearest words."""


@dataclass(frozen=True, slots=True)
class Converter:
    """Reads and writes one kind of cell. ``choices`` are the words it allows; ``single`` if it holds one of them.

    ``key`` gives what two spellings of a value share.
    """

    read: Callable[[Any, CellLookups], Any]
    write: Callable[[Any, CellLookups, str], Any]
    expected: Words
    choices: Callable[[CellLookups], Wordlist] | None = None
    single: bool = False
    key: Callable[[Any], Any] = field(default=lambda value: value)

    def knows(self, wording: str, lookups: CellLookups) -> bool:
        """Tell whether the cell may hold a text: a word that is listed, or what can be read."""
        if self.choices:
            words = self.choices(lookups)
            return bool(words.meant(wording) or words.several(wording))
        try:
            self.read(wording, lookups)
        except CellError:
            return False
        return True


def is_unknown(cell: object) -> bool:
    """Return whether the cell says nothing, or says that it is not known."""
    return cell is None or (isinstance(cell, str) and plain(cell).casefold() in UNKNOWN)


def as_text(cell: object) -> str:
    """Return the cell as text; a number loses its needless point, a long one its right to be believed.

    A date is no text: 2026-7 was a number before a workbook took it for one.
    """
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, date | time | timedelta):
        raise CellError(CellFault.CONVERTED)
    if isinstance(cell, int | float):
        if not math.isfinite(cell) or abs(cell) >= 10**EXACT_DIGITS:
            raise CellError(CellFault.INEXACT)
        return f"{cell:.0f}" if cell == int(cell) else repr(cell)
    return tidy(str(cell))


def words_of(terms: type[Term]) -> Wordlist:
    """Return the words of an enumeration, found by what offices write for them too."""
    return Wordlist.of(((term.value, term.zh, term.en) for term in terms), spellings_of(terms))


# text and codes
def kept(clean: Callable[[str], str], most: int, expected: Words, key: Callable[[str], str] = str) -> Converter:
    """Text of one kind, kept as ``clean`` says; what nobody can see is refused."""

    def read(cell: Any, _: CellLookups) -> str | None:
        if isinstance(cell, bool):
            raise CellError(CellFault.CONVERTED)
        wording = as_text(cell)
        return fitting(clean, wording, most) if wording else None

    return Converter(read, _as_is, expected, key=key)


def text(most: int, *, lines: bool = False) -> Converter:
    """Text of at most so many letters; line breaks become blanks unless ``lines``."""
    expected = Words(f"不超过{most}个字", f"at most {most} letters")
    return kept(texts.story if lines else _on_one_line, most, expected)


def code(most: int = 60) -> Converter:
    """A number or code; its width and the blanks in it do not matter."""
    expected = Words(f"不超过{most}个字符的编号", f"a code of at most {most} characters")
    return kept(texts.code, most, expected, texts.code_key)


def case_number(most: int = 60) -> Converter:
    """A case number, as its office writes it."""
    expected = Words(f"不超过{most}个字符的编号", f"a number of at most {most} characters")
    return kept(texts.case_number, most, expected, texts.case_number_key)


# numbers
def whole(least: int, most: int) -> Converter:
    """A whole number, also as text, full-width, with a needless point or a unit behind it."""
    expected = Words(f"{least}至{most}的整数", f"a whole number from {least} to {most}")

    def read(cell: Any, _: CellLookups) -> int | None:
        number = as_number(cell, expected)
        if number != int(number):
            raise CellError(CellFault.NOT_WHOLE, expected)
        return int(within(number, least, most, expected))

    return Converter(read, _as_is, expected)


def real(least: float, most: float) -> Converter:
    """A number with a point."""
    expected = Words(f"{least:g}至{most:g}的数字", f"a number from {least:g} to {most:g}")
    return Converter(lambda cell, _: within(as_number(cell, expected), least, most, expected), _as_is, expected)


# days, instants, answers
def day(*, endless: date | None = None, may_last: bool = False) -> Converter:
    """A day without a time; of an end that does not come, an office writes 长期: the day ``endless``, or no day."""

    def read(cell: Any, lookups: CellLookups) -> date | None:
        if (endless or may_last) and isinstance(cell, str) and plain(cell).casefold() in ENDLESS:
            return endless
        return read_day(cell, lookups.serial_zero)

    def write(value: date, *_: Any) -> str:
        return value.isoformat()

    return Converter(read, write, DAY_EXPECTED)


def instant() -> Converter:
    """A date and time, by the centre's clock unless it names an offset."""

    def write(value: datetime, lookups: CellLookups, _language: str) -> str:
        return write_instant(value, lookups.zone)

    return Converter(
        lambda cell, lookups: read_instant(cell, lookups.zone, lookups.serial_zero), write, INSTANT_EXPECTED
    )


def yes_or_no(yes: Collection[str] = (), no: Collection[str] = ()) -> Converter:
    """Yes or no, also in words of the column's own; a bare letter x is neither, because it may mean either."""
    expected = Words("“是”或者“否”；不清楚请留空", "yes or no; blank if unknown")
    affirmed, denied = YES.union(yes), NO.union(no)

    def read(cell: Any, _: CellLookups) -> bool:
        wording = plain(as_text(cell)).casefold()
        if wording in affirmed or wording in denied:
            return wording in affirmed
        raise CellError(CellFault.NOT_YES_OR_NO, expected)

    def write(value: bool, _: CellLookups, language: str) -> str:
        return ("是" if value else "否") if language == "zh" else ("yes" if value else "no")

    return Converter(read, write, expected, lambda _: ANSWERS, single=True)


ANSWERS = Wordlist.of((("yes", "是", "yes"), ("no", "否", "no")))


# words
def one_of(choices: Callable[[CellLookups], Wordlist]) -> Converter:
    """One word of a list, by its code or either label."""

    def read(cell: Any, lookups: CellLookups) -> str:
        return find(as_text(cell), choices(lookups), lookups)

    def write(value: str, lookups: CellLookups, language: str) -> str:
        return choices(lookups).label(value, language)

    return Converter(read, write, NOTHING, choices, single=True)


def find(wording: str, words: Wordlist, lookups: CellLookups) -> str:
    """Return the code of the word a cell holds, or refuse one that is not listed."""
    found = words.find(unescape(wording))
    if found is None:
        raise not_found(unescape(wording), words, lookups)
    return found


def not_found(wording: str, words: Wordlist, lookups: CellLookups) -> CellError:
    """Return the refusal of a word that is not listed, or may mean several; it names the choices."""
    if words.meant(wording):
        several = [words.choice(label) for label in words.nearest(wording)[:SUGGESTED]]
        return CellError(CellFault.AMBIGUOUS, Words("、".join(several), ", ".join(several)))
    long = len(words.labels) > SUGGESTED
    near = words.nearest(wording) if long and next(lookups.hints, None) is not None else []
    return CellError(CellFault.NOT_LISTED, listed(near or words.labels))


def listed(labels: Sequence[Label]) -> Words:
    """Return the first words of a list, as what was expected."""
    first, more = labels[:SUGGESTED], len(labels) > SUGGESTED
    zh, en = "、".join(zh for _, zh, _ in first), ", ".join(code for code, _, _ in first)
    return Words(zh + "……" * more, en + ", ..." * more)


def as_number(cell: Any, expected: Words) -> float:
    """Return the number a cell holds, with or without a unit."""
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


def within(number: float, least: float, most: float, expected: Words) -> float:
    """Return the number, or refuse one out of range."""
    if not least <= number <= most:
        raise CellError(CellFault.OUT_OF_RANGE, expected)
    return number


ROUNDED = re.compile(
    r"\d(?:\.\d+)?E\+\d{1,3}|\d\.\d+E\d{1,3}|\d{1,3}(?:,\d{3}){4,}(?:\.0*)?|\d{16,}\.0*", re.ASCII | re.IGNORECASE
)
"""How programs write a long number they hold as one: 1.41142E+16 (Excel), 1.4114E16 (Java), 14,114,..., 1411...0.0."""


MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DATED = re.compile(rf"\d{{1,2}}-(?:{MONTHS})|(?:{MONTHS})-\d{{2}}")
"""How Excel writes into a csv what it took for a date: 7-1 becomes 1-Jul, 2026-7 becomes Jul-26."""


def fitting(clean: Callable[[str], str], wording: str, most: int) -> str:
    """Return the text as it is kept, or refuse one too long or with characters nobody sees."""
    for damaged, fault in ((ROUNDED, CellFault.INEXACT), (DATED, CellFault.CONVERTED)):
        if damaged.fullmatch(plain(wording)):
            raise CellError(fault)
    try:
        kept = clean(wording)
    except texts.UnseenError:
        raise CellError(CellFault.UNPRINTABLE) from None
    if len(kept) > most:
        raise CellError(CellFault.TOO_LONG, Words(f"不超过{most}个字", f"at most {most} letters"))
    return kept


def _on_one_line(wording: str) -> str:
    return texts.line(re.sub(r"[\r\n\t]+", " ", wording))


def _as_is(value: Any, *_: Any) -> Any:
    return value
