"""Names that may be one thing written twice: equal but for one letter that tells nothing apart."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

DISTINGUISHING = frozenset(
    "0123456789零一二三四五六七八九十甲乙丙丁戊己庚辛壬癸东西南北中上下前后左右大小新老省市区县旗州盟"
)
"""Letters that tell two names apart: numbers, directions and units of places."""

MIN_LETTERS = 4
"""Letters of a name that one wrong letter leaves recognisable."""


Apart = Callable[[str, str], bool]
"""Tells whether two keys that are one letter apart are known to be two things."""


def alike(keys: Mapping[str, str], *, changed: bool = True, apart: Apart | None = None) -> Iterator[tuple[str, str]]:
    """Yield the ids whose keys are equal or one letter apart, each pair once and in order, in time linear in them.

    A letter was left out, put in or, with ``changed``, written for another; keys shorter than ``MIN_LETTERS`` are
    compared as a whole. ``apart`` tells of what is known to be two things.
    """
    places: dict[tuple[str, int], set[str]] = defaultdict(set)
    for id, key in keys.items():
        places[key, -1].add(id)
        if len(key) >= MIN_LETTERS:
            for at, letter in enumerate(key):
                if letter not in DISTINGUISHING:
                    # Changed at this place, or put in here and missing in the other.
                    if changed:
                        places[key[:at] + key[at + 1 :], at].add(id)
                    places[key[:at] + key[at + 1 :], -1].add(id)
    near = sorted({pair for ids in places.values() for pair in _pairs(ids, keys, changed)})
    yield from (pair for pair in near if apart is None or not apart(*map(keys.__getitem__, pair)))


def _pairs(ids: Iterable[str], keys: Mapping[str, str], changed: bool) -> Iterator[tuple[str, str]]:
    for one, other in combinations(sorted(ids), 2):
        if keys[one] == keys[other] or _near(keys[one], keys[other], changed):
            yield one, other


def _near(one: str, other: str, changed: bool) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) == len(long):
        if not changed:
            return False
        apart = [(a, b) for a, b in zip(short, long, strict=True) if a != b]
        return len(apart) <= 1 and not any(letter in DISTINGUISHING for pair in apart for letter in pair)
    at = next((at for at, letter in enumerate(short) if letter != long[at]), len(short))
    return len(long) == len(short) + 1 and short[at:] == long[at + 1 :] and long[at] not in DISTINGUISHING
