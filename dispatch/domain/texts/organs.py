"""Organs (办案机关): what the spellings of one name share, and the catalogue that knows the names of a centre's organs.

A name is compared by its key, in which rules of Chinese writing settle what nobody can take for two organs:
商丘中院 is 商丘市中级人民法院. What only people know, such as the name of last year, is an alias in the catalogue.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, Self

from dispatch.domain.texts import name_key, plain

# fmt: off
SHORT = tuple((re.compile(pattern), short) for pattern, short in (
    # as it is written                                             as it is compared
    (r"^中华人民共和国",                                           ""),
    (r"人民(?=法院|检察院|政府)",                                  ""),
    (r"(?<=[高中])级法院",                                         "院"),
    (r"最高法(院)?$",                                              "最高院"),
    (r"最高检(察院)?$",                                            "最高检"),
    (r"委员会",                                                    "委"),
    # The court of a city in its number: 北京一中院 is 北京市第一中级人民法院.
    (r"第(?=[一二三四五六七八九]中院$)",                           ""),
    (r"(?<=..)市(?=[一二三四五六七八九]?中院$)",                   ""),
    (r"(?<=..)(省|(壮族|回族|维吾尔)?自治区|市)(?=高院$)",         ""),
    # The name of a city above the counties is given once in the country, so its province tells nothing more.
    (r"^.{2,3}(省|自治区)(?=.+[市州盟])",                          ""),
    (r"^.{2,3}(省|自治区)(?=.+中院$)",                             ""),
))
# fmt: on

UNIT = re.compile("自治[州县旗]|[省市区县旗盟]")
"""What parts the levels of a place; a short form may leave it out, and never puts another in its place."""

BODY = re.compile(r"([高中一-九]*中?院|法院|检察院|公安(分)?局|看守所|监狱|.{0,8}仲裁委|司法局|.{2,6}局)$")
"""What kind of organ it is, at the end of its name."""

COURT = re.compile("法院|检察院|[中高]院|最高检|court|procuratorate")
"""A court or a procuratorate, by its key."""


@lru_cache(maxsize=10_000)
def organ_key(text: str) -> str:
    """Return what the spellings of an organ share; many cases name few organs. A key is its own key."""
    key = name_key(text) or plain(text)
    for pattern, short in SHORT:
        key = pattern.sub(short, key)
    return key


def is_court(text: str) -> bool:
    """Tell whether a name is that of a court or a procuratorate."""
    return COURT.search(organ_key(text)) is not None


class Organ(NamedTuple):
    """An organ of the catalogue: its name, and every name it goes by, itself included."""

    id: str
    name: str
    names: tuple[str, ...]


class Organs(NamedTuple):
    """The organs a centre knows, found by any spelling of their names."""

    by_key: dict[str, Organ]
    by_short: dict[str, tuple[tuple[str, Organ], ...]]
    """Names without the units of their places: each with the units that may be left out, and whose name it is."""

    @classmethod
    def of(cls, organs: Iterable[Organ]) -> Self:
        """Return the catalogue of some organs, none of which shares a name with another."""
        by_key = {organ_key(name): organ for organ in organs for name in organ.names}
        by_short = defaultdict(list)
        for key, organ in by_key.items():
            for form in _forms(key):
                by_short[_without_units(form)].append((form, organ))
        return cls(by_key, {short: tuple(forms) for short, forms in by_short.items()})

    def find(self, text: str) -> Organ | None:
        """Return the organ a text surely means, or None: nobody entered it, or it may be several."""
        key = organ_key(text)
        if known := self.by_key.get(key):
            return known
        forms = self.by_short.get(_without_units(key), ())
        meant = {organ.id: organ for form, organ in forms if re.fullmatch(UNIT.sub(r"(\g<0>)?", re.escape(form)), key)}
        return next(iter(meant.values())) if len(meant) == 1 else None

    def known_key(self, text: str | None) -> str | None:
        """Return the key of the organ a text means, None where nobody knows it."""
        found = self.find(text) if text else None
        return organ_key(found.name) if found else None

    def key(self, text: str) -> str:
        """Return what every spelling of an organ shares; a name nobody entered is equal to its own spellings only."""
        return self.known_key(text) or organ_key(text)

    def official(self, text: str) -> str:
        """Return the organ's own name, or the text where nobody knows it."""
        found = self.find(text)
        return found.name if found else text


def _without_units(key: str) -> str:
    return UNIT.sub("", key)


def _forms(key: str) -> Iterator[str]:
    """Yield a name from each level of its place on: 商丘市梁园区法院, 梁园区法院; two letters of a place remain."""
    body = BODY.search(key)
    end = body.start() if body else len(key)
    for start in (0, *(unit.end() for unit in UNIT.finditer(key[:end]))):
        if len(_without_units(key[start:end])) > 1:
            yield key[start:]
