"""Names that nobody can take for real: sexagenary years for people, solar terms for institutions.

Identity numbers carry a region code that no province has, and a right check character.
"""

from collections.abc import Iterator
from datetime import date
from itertools import count

from numpy.random import Generator
from stdnum.cn.ric import calc_check_digit

from dispatch.domain.vocabulary import Sex

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
# fmt: off
SOLAR_TERMS = (
    "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒",
)
# fmt: on
NO_REGION = "990001"


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
