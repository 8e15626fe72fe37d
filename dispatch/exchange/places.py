"""Areas as offices write them: 梁园 and 商丘市梁园区 for 梁园区, 全市 for all of a city; what may be two areas is none.

Whether the region in front of a name is right is told by the area's code, where that is one of the state's
(GB/T 2260): its first two digits are the province, its first four the city.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Self

from stdnum import numdb

from dispatch.domain.texts.places import NAMELESS, PERIOD, SORT
from dispatch.domain.vocabulary import word_key
from dispatch.exchange.wording import Label, Wordlist

OF_THE_STATE = re.compile(r"[1-8]\d{5}(?:\d{3}|\d{6})?", re.ASCII)
MUNICIPALITIES = frozenset({"11", "12", "31", "50"})

# fmt: off
WHOLE = {
    # word     digits that the codes of all areas must share
    "全省": 2, "全区": 6, "全市": 4, "全州": 4, "全盟": 4, "全县": 6, "全旗": 6, "全辖区": 0, "本辖区": 0, "辖区内": 0,
}
# fmt: on


@dataclass(frozen=True, slots=True)
class AreaWords(Wordlist):
    """The areas of a centre by code, name, shortened name, and name with the regions it lies in."""

    keys: Sequence[tuple[str, str]] = field(kw_only=True)
    """Each code with the key of its name."""

    @classmethod
    def among(cls, areas: Sequence[Label]) -> Self:
        """Index areas of code, Chinese and English name."""
        words = Wordlist.of(areas)
        keys = tuple((code, word_key(zh)) for code, zh, _ in areas)
        return cls(words.codes, words.labels, words.by_code, keys=keys)

    def meant(self, text: str) -> tuple[str, ...]:
        """Return the areas a text may mean: by code or name, else shortened, else with the regions above."""
        key = word_key(text)
        return self.codes.get(key) or self._named(key)

    def several(self, text: str) -> tuple[str, ...]:
        """Return all areas for a word that means the whole of a city, county or province; else the one meant."""
        digits = WHOLE.get(word_key(text))
        if digits is None or word_key(text) in self.codes:
            return Wordlist.several(self, text)
        shared = {_region(code, digits) for code in self.by_code if OF_THE_STATE.fullmatch(code)}
        return tuple(self.by_code) if len(shared) <= 1 else ()

    def choice(self, label: Label) -> str:
        """Return an area as a choice among several of one name: with the regions it lies in."""
        code, zh, _ = label
        return f"{code}（{''.join(regions_above(code)[-1:])}{zh}）"

    def _named(self, key: str) -> tuple[str, ...]:
        if len(key) < 2:
            return ()
        short = tuple(code for code, name in self.keys if is_short(key, name))
        return short or tuple(code for code, name in self.keys if _with_regions(key, code, name))


@lru_cache(maxsize=64)
def area_words(areas: tuple[Label, ...]) -> AreaWords:
    """Return the words of a centre's areas; they seldom change, and many requests ask for them."""
    return AreaWords.among(areas)


def is_short(key: str, name: str) -> bool:
    """Tell whether a text is a name without the sort of place at its end: 梁园 of 梁园区, 三江 of 三江侗族自治县."""
    return len(key) > 1 and name.startswith(key) and bool(re.fullmatch(SORT, name.removeprefix(key)))


@cache
def regions_above(code: str) -> tuple[str, ...]:
    """Return the names of the province and the city an area lies in, by its code; none for a code of one's own."""
    if not OF_THE_STATE.fullmatch(code):
        return ()
    above = (code[:2] + "0000", code[:4] + "00")
    return tuple(name for region in above if region != code for name in _names(region))


def _names(code: str) -> Iterator[str]:
    parts = numdb.get("cn/loc").info(code)
    known = [found.get("county", "") for _, found in parts[1:]]
    for name in PERIOD.sub("", ",".join(known)).split(","):
        if name and name not in NAMELESS:
            yield name


def _with_regions(key: str, code: str, name: str) -> bool:
    """Tell whether a text is the name of an area, in full or short, behind regions it lies in."""
    above = regions_above(code)
    starts = {rest for region in above for rest in _without(key, region)}
    starts |= {rest for start in starts for region in above for rest in _without(start, region)}
    return any(rest == name or is_short(rest, name) for rest in starts)


def _without(key: str, region: str) -> Iterator[str]:
    """Yield what may follow a region, named in full or short, at the head of a text."""
    for length in range(2, len(region) + 1):
        head = region[:length]
        if key.startswith(head) and (head == region or is_short(head, region)):
            yield key[length:]


def _region(code: str, digits: int) -> str:
    return code[: 2 if digits == 4 and code[:2] in MUNICIPALITIES else digits]
