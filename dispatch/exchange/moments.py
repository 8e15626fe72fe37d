"""Dates and instants as people and spreadsheets write them; what could mean two days is refused."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.domain.docket.absence import WHOLE_DAY
from dispatch.domain.texts import plain
from dispatch.exchange.faults import CellError, CellFault, Words

SERIAL_ZERO = date(1899, 12, 30)
SERIALS = range(3654, 73051)
"""Serial numbers of 1910 to 2099; smaller ones are rather counts, larger ones written-out dates."""
DAY_S = 24 * 60 * 60
COMPACT = range(1900_01_01, 2100_01_01)
YEARS = range(1900, 2100)

DAY = (
    r"(?P<year>\d{4})\s*(?:[-/.]\s*(?P<m1>\d{1,2})\s*[-/.]\s*(?P<d1>\d{1,2})"
    r"|年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*[日号])"
)
SECOND = r"(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,6}))?\s*秒?"
CLOCK = rf"(?P<hour>\d{{1,2}})\s*[:时点]\s*(?P<minute>\d{{1,2}})\s*(?:分?|(?::|分)\s*{SECOND})"
ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})"
TIME_OF_DAY = re.compile(
    r"(?P<half>上午|下午|晚上)?\s*(?P<hour>\d{1,2})\s*(?:[:时点]\s*(?:(?P<minute>\d{1,2})\s*分?(?::00)?)?)", re.ASCII
)
MOMENT = re.compile(rf"{DAY}(?:[T\s]*{CLOCK}\s*{ZONE}?)?", re.IGNORECASE)

DAY_EXPECTED = Words("日期，如 2024-01-05", "a date such as 2024-01-05")
MINUTE_EXPECTED = Words("时刻，如09:30", "a time of day such as 09:30")
INSTANT_EXPECTED = Words("日期和时间，如 2024-01-05 09:30", "a date and time such as 2024-01-05 09:30")


def read_day(cell: object, serial_zero: date = SERIAL_ZERO) -> date:
    """Return the day a cell means: a date cell, a serial number from ``serial_zero``, or one of the written forms."""
    if isinstance(cell, datetime):
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    number = _whole(cell)
    if number is not None:
        return _numbered(number, serial_zero)
    match = MOMENT.fullmatch(plain(str(cell)))
    if not match:
        raise _no_day()
    return _written(match)


def read_instant(cell: object, zone: ZoneInfo, serial_zero: date = SERIAL_ZERO) -> datetime:
    """Return the instant in UTC; without a zone of its own it is the centre's time, a bare date its midnight."""
    if isinstance(cell, datetime):
        # A serial number holds seconds only roughly.
        local = (cell + timedelta(microseconds=500_000)).replace(microsecond=0)
        return _to_utc(local if local.tzinfo else local.replace(tzinfo=zone))
    match = MOMENT.fullmatch(plain(cell)) if isinstance(cell, str) else None
    if match and match["hour"]:
        return _to_utc(datetime.combine(_written(match), _clock(match), _zone(match["zone"], zone)))
    try:
        return _to_utc(datetime.combine(read_day(cell, serial_zero), time(), zone))
    except CellError:
        raise CellError(CellFault.NOT_AN_INSTANT, INSTANT_EXPECTED) from None


def write_instant(at: datetime, zone: ZoneInfo) -> str:
    """Return the instant as the centre's clock shows it, with the offset only where the clock is ambiguous."""
    local = at.astimezone(zone)
    short = local.replace(tzinfo=None).isoformat(" ", "auto" if local.second or local.microsecond else "minutes")
    # An offset of long ago has seconds, which nobody writes.
    # An aware moment has one.
    exact = local if not local.utcoffset() % timedelta(minutes=1) else at.astimezone(UTC)  # type: ignore[operator]
    return short if read_instant(short, zone) == at else exact.isoformat(" ")


def read_minute(cell: object) -> int:
    """Return the minute of a day that a cell means: a time, a share of the day, or one of the written forms."""
    if isinstance(cell, time):
        return _to_minute(timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second))
    if isinstance(cell, timedelta):
        return _to_minute(cell)
    if isinstance(cell, float | int) and not isinstance(cell, bool) and 0 <= cell <= 1:
        return _to_minute(timedelta(seconds=round(cell * DAY_S)))
    match = TIME_OF_DAY.fullmatch(plain(str(cell)))
    if not match:
        raise CellError(CellFault.NOT_A_TIME, MINUTE_EXPECTED)
    hour = int(match["hour"]) + 12 * (match["half"] in ("下午", "晚上") and int(match["hour"]) < 12)
    return _to_minute(timedelta(hours=hour, minutes=int(match["minute"] or 0)))


def write_minute(minute: int) -> str:
    """Return the time of day as people write it; the end of the day is 24:00."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _to_minute(since_midnight: timedelta) -> int:
    minute, rest = divmod(since_midnight, timedelta(minutes=1))
    if rest or not 0 <= minute <= WHOLE_DAY:
        raise CellError(CellFault.NOT_A_TIME, MINUTE_EXPECTED)
    return minute


def _whole(cell: object) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return int(cell) if cell == int(cell) else None
    text = plain(str(cell))
    return int(text) if re.fullmatch(r"\d{5}|\d{8}", text, re.ASCII) else None


def _numbered(number: int, serial_zero: date) -> date:
    if number + (serial_zero - SERIAL_ZERO).days in SERIALS:
        return serial_zero + timedelta(days=number)
    if number in COMPACT:
        return _day(number // 10_000, number // 100 % 100, number % 100)
    raise _no_day()


def _written(match: re.Match[str]) -> date:
    return _day(int(match["year"]), int(match["m1"] or match["m2"]), int(match["d1"] or match["d2"]))


def _day(year: int, month: int, day: int) -> date:
    try:
        return _sane(date(year, month, day))
    except ValueError:
        raise _no_day() from None


def _sane(day: date) -> date:
    if day.year not in YEARS:
        raise CellError(CellFault.OUT_OF_RANGE, DAY_EXPECTED)
    return day


def _clock(match: re.Match[str]) -> time:
    fraction = (match["fraction"] or "").ljust(6, "0")
    try:
        return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0), int(fraction))
    except ValueError:
        raise CellError(CellFault.NOT_AN_INSTANT, INSTANT_EXPECTED) from None


def _zone(text: str | None, zone: ZoneInfo) -> ZoneInfo:
    if not text:
        return zone
    offset = text.upper().replace("Z", "+00:00")
    # A mere offset serves as a zone does.
    return datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo or zone  # type: ignore[return-value]


def _to_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _no_day() -> CellError:
    return CellError(CellFault.NOT_A_DAY, DAY_EXPECTED)
