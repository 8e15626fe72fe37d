"""Where the sample city lies, in real counties, and names that nobody there can take for real."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count
from typing import NamedTuple

from numpy.random import Generator
from stdnum.cn.ric import calc_check_digit

from dispatch.domain.vocabulary import OrganKind, Sex

ORGANS = ("公安局", "人民检察院", "人民法院")


class Place(NamedTuple):
    """A county, district or postcode area. ``weight`` is its part of the population."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None
    weight: float = 1.0
    urban: bool = False
    organs: tuple[str, str, str] = ORGANS


# fmt: off
SHANGQIU = (
    #     code      name       latitude  longitude  weight (round figures, only their ratios count)
    Place("411402", "梁园区", 34.4437,  115.6137,  9.0, urban=True),
    Place("411403", "睢阳区", 34.3882,  115.6534,  7.5, urban=True),
    Place("411421", "民权县", 34.6479,  115.1799,  7.0),
    Place("411422", "睢县",   34.4455,  115.0716,  7.0),
    Place("411423", "宁陵县", 34.4603,  115.3137,  5.5),
    Place("411424", "柘城县", 34.0911,  115.3054,  8.0),
    Place("411425", "虞城县", 34.4006,  115.8280,  9.0),
    Place("411426", "夏邑县", 34.2376,  116.1313,  9.0),
    Place("411481", "永城市", 33.9293,  116.4495, 12.5),
)
# fmt: on


def organ_of(place: Place, kind: int) -> str:
    """Return the name of a place's police, procuratorate or court."""
    return place.name + place.organs[kind]


CITY = "4114"
# fmt: off
OF_CITY = (
    # name                         kind                       aliases
    ("商丘市中级人民法院",          OrganKind.COURT,           ("商丘中院",)),
    ("商丘市人民检察院",            OrganKind.PROCURATORATE,   ()),
    ("商丘市公安局",                OrganKind.PUBLIC_SECURITY, ()),
    ("商丘市劳动人事争议仲裁委员会", OrganKind.ARBITRATION,     ("商丘市劳动仲裁委",)),
)
# fmt: on


class SampleOrgan(NamedTuple):
    """An organ of a place, as the catalogue of its centre has it."""

    name: str
    kind: OrganKind
    area: str | None
    aliases: tuple[str, ...] = ()


def organs_of(places: Iterable[Place]) -> Iterator[SampleOrgan]:
    """Yield the organs of some places, and those of the sample city itself where it is among them."""
    listed = tuple(places)
    for place in listed:
        for kind, organ in enumerate((OrganKind.PUBLIC_SECURITY, OrganKind.PROCURATORATE, OrganKind.COURT)):
            name = organ_of(place, kind)
            yield SampleOrgan(name, organ, place.code, (f"商丘市{name}",) if place.code.startswith(CITY) else ())
    if any(place.code.startswith(CITY) for place in listed):
        yield from (SampleOrgan(name, kind, None, aliases) for name, kind, aliases in OF_CITY)


SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
# fmt: off
SOLAR_TERMS = (
    "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒",
)
# fmt: on
NO_REGION = "419999"
"""Of the province, but of no county it ever had."""


def person_names(draw: Generator, size: int) -> list[str]:
    """Return names such as 钱甲子; some people share one, as they do."""
    surnames, years = draw.integers(0, len(SURNAMES), size), draw.integers(0, 60, size)
    return [SURNAMES[s] + STEMS[y % 10] + BRANCHES[y % 12] for s, y in zip(surnames, years, strict=True)]


def institution_names(place: str, ending: str) -> Iterator[str]:
    """Return names for a place's institutions of one kind, none of them twice."""
    for number in count():
        term = SOLAR_TERMS[number % len(SOLAR_TERMS)]
        yield f"{place}{term}{number // len(SOLAR_TERMS) + 1 if number >= len(SOLAR_TERMS) else ''}{ending}"


def identity_number(draw: Generator, born_on: date, sex: Sex) -> str:
    """Return a well-formed number of a region that does not exist."""
    order = 2 * int(draw.integers(0, 500)) + (sex is Sex.MALE)
    body = f"{NO_REGION}{born_on:%Y%m%d}{order:03}"
    return body + calc_check_digit(body + "0")
