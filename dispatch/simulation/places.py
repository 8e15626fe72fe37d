"""Where the sample city lies: real counties, with coordinates good to a kilometre or two."""

from typing import NamedTuple

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
