"""Names of places above the townships (GB/T 2260), of today and of before: which letters tell two organs apart.

柘城 and 虞城 are two counties, so their courts are two. 拓城 is no place: its court is that of 柘城 with a slip.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from stdnum import numdb

SORT = r"(?:.{1,12}族)?(?:自治)?(?:省|市|区|县|旗|州|盟|地区|新区|林区|特区|矿区|街道|镇|乡)"
"""What an office leaves out at the end of a name."""

NAMELESS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})
PERIOD = re.compile(r"\[[\d-]*\]")

LEVEL = re.compile(r"(?<=[省市区县旗盟州局])")
"""Where a name goes on with another place, or with another office of it."""

OFFICE = re.compile(r"(人民|公安|司法|[高中]级?|第?[一-九])*(法院|检察院|院|分局|局|看守所|监狱|拘留所)$")
"""What an organ is, behind the name of its place."""


def two_places(one: str, other: str) -> bool:
    """Tell whether two names of organs differ in one place alone, and each names another place that there is."""
    mine, theirs = LEVEL.split(one), LEVEL.split(other)
    apart = [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]
    if len(mine) != len(theirs) or len(apart) != 1:
        return False
    first, second = (_codes().get(OFFICE.sub("", part), frozenset()) for part in apart[0])
    # A place that was renamed keeps its code.
    return bool(first and second) and first.isdisjoint(second)


def places_of(region: str) -> list[str]:
    """Return the names of all places of a province or city, by the first digits of its code."""
    return [name for code, names in _entries() if code.startswith(region) for name in names]


@cache
def _codes() -> Mapping[str, frozenset[str]]:
    """Return the codes each name, in full or short, was given to."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, names in _entries():
        for name in names:
            short = re.sub(f"{SORT}$", "", name)
            for written in (name, short) if len(short) > 1 else (name,):
                found[written].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _entries() -> Iterator[tuple[str, list[str]]]:
    for _, province, _, _, places in numdb.get("cn/loc").prefixes:
        for _, code, _, facts, _ in places:
            names = PERIOD.sub("", facts.get("county", "")).split(",")
            yield province + code, [name for name in names if name and name not in NAMELESS]
