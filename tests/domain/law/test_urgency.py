"""Dates a case must not miss say until when somebody must be named, and by which law."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.domain.law.citations import cited
from dispatch.domain.law.urgency import hastened
from dispatch.domain.vocabulary import Matter, Stage

CHINA = ZoneInfo("Asia/Shanghai")
SINCE = datetime(2026, 3, 9, 1, tzinfo=UTC)
"""A Monday morning in China."""

LIMITATION = "《法律援助法》第四十四条第一款第一项"
CRIMINAL_HEARING = "《刑事诉讼法》第一百八十七条第三款"


@dataclass
class Dates:
    matter: Matter = Matter.CIVIL
    stage: Stage = Stage.FIRST_INSTANCE
    hearing_on: date | None = None
    limitation_ends_on: date | None = None
    custody_ends_on: date | None = None
    preservation: bool | None = None


def march(day):
    return date(2026, 3, day)


def due(**stated):
    end = hastened(Dates(**stated), SINCE, CHINA)
    return end and (end.at.astimezone(CHINA).date(), cited(end.source, "zh"))


@pytest.mark.parametrize(
    ("stated", "last", "source"),
    [
        ({"limitation_ends_on": march(20)}, 13, LIMITATION),
        # Seven days are left, and then six: the day itself is due.
        ({"limitation_ends_on": march(16)}, 9, LIMITATION),
        ({"limitation_ends_on": march(15)}, 9, LIMITATION),
        ({"limitation_ends_on": march(9)}, 9, LIMITATION),
        ({"preservation": True}, 9, "《法律援助法》第四十四条第一款第二项"),
        ({"hearing_on": march(20), "matter": Matter.CRIMINAL}, 17, CRIMINAL_HEARING),
        ({"hearing_on": march(20)}, 17, "《民事诉讼法》第一百三十九条"),
        ({"hearing_on": march(20), "matter": Matter.ADMINISTRATIVE}, 17, "《民事诉讼法》第一百三十九条"),
        ({"hearing_on": march(20), "stage": Stage.ARBITRATION}, 15, "《劳动争议调解仲裁法》第三十五条"),
        (
            {"hearing_on": march(20), "stage": Stage.LAND_ARBITRATION},
            13,
            "《农村土地承包经营纠纷调解仲裁法》第三十一条第一款",
        ),
        (
            {"hearing_on": march(20), "matter": Matter.ADMINISTRATIVE, "stage": Stage.RECONSIDERATION},
            13,
            "《行政复议法》第五十一条第一款",
        ),
        ({"hearing_on": march(10)}, 9, "《民事诉讼法》第一百三十九条"),
        ({"custody_ends_on": march(12), "matter": Matter.CRIMINAL}, 11, "《刑事诉讼法》第九十九条"),
        # The first of several binds.
        ({"custody_ends_on": march(30), "hearing_on": march(14), "matter": Matter.CRIMINAL}, 11, CRIMINAL_HEARING),
    ],
)
def test_date_says_until_when_somebody_must_be_named_by_which_law(stated, last, source):
    assert due(**stated) == (march(last), source)


@pytest.mark.parametrize(
    "stated",
    [{}, {"preservation": False}, {"hearing_on": march(8)}, {"limitation_ends_on": march(8)}],
)
def test_unknown_or_past_date_hastens_nothing(stated):
    assert due(**stated) is None


def test_days_are_those_of_the_centre():
    late = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)

    assert hastened(Dates(preservation=True), late, CHINA).at == datetime(2026, 3, 10, 15, 59, 59, tzinfo=UTC)
