"""The table of absences: leaves and suspensions of people, suspensions of institutions, a row each."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dispatch.domain.docket.absence import EVERY_DAY, WHOLE_DAY, AbsenceKind, AbsenceState
from dispatch.domain.texts import plain
from dispatch.domain.vocabulary import Term
from dispatch.exchange import cells
from dispatch.exchange.cells import CellLookups, Converter, as_text
from dispatch.exchange.columns import Column, Kind, Need, RowCheck, Table, in_order
from dispatch.exchange.faults import NOTHING, CellError, CellFault, Words
from dispatch.exchange.moments import MINUTE_EXPECTED, read_minute, write_minute
from dispatch.exchange.wording import Wordlist, split_items


# fmt: off
class AbsenceSubject(Term):
    """Who is away."""

    PRACTITIONER = "practitioner", "承办人员", "practitioner"
    INSTITUTION  = "institution",  "承办机构", "institution"


KINDS = cells.words_of(AbsenceKind)
SUBJECTS = cells.words_of(AbsenceSubject)
STATES = Wordlist.of((word.value, word.zh, word.en) for word in (AbsenceState.IN_FORCE, AbsenceState.CANCELLED))

DAYS = tuple(
    (str(number), *names) for number, names in enumerate((
        ("一", "Mon"), ("二", "Tue"), ("三", "Wed"), ("四", "Thu"), ("五", "Fri"), ("六", "Sat"), ("日", "Sun"),
    ), start=1)
)
# fmt: on
DAY_NAMES = {name.casefold(): number for number, *names in DAYS for name in (number, *names)} | {"天": "7"}
PERIODS = {"每日": EVERY_DAY, "每天": EVERY_DAY, "工作日": "12345", "周末": "67", "daily": EVERY_DAY}
WEEK = ("星期", "礼拜", "每周", "周")
RANGE = "至到-~—"
WEEKDAYS_EXPECTED = Words("星期几，如“一、三、五”或者“周一至周五”", "days of the week such as Mon, Wed or Mon-Fri")


def weekdays() -> Converter:
    """Days of the week as one cell lists them: 一、三、五, 周一至周五, 1,3,5 or Mon, Wed."""

    def read(cell: Any, _: CellLookups) -> str:
        wording = plain(as_text(cell)).casefold()
        for word in WEEK:
            wording = wording.replace(word, "")
        found = "".join(days for item in split_items(wording) for days in _days(item))
        if not found:
            raise CellError(CellFault.NOT_LISTED, WEEKDAYS_EXPECTED)
        return "".join(sorted(set(found)))

    def write(value: str, _: CellLookups, language: str) -> str:
        names = {number: zh if language == "zh" else en for number, zh, en in DAYS}
        return ("、" if language == "zh" else ", ").join(names[number] for number in value)

    return Converter(read, write, WEEKDAYS_EXPECTED)


def _days(item: str) -> list[str]:
    if item in PERIODS:
        return [PERIODS[item]]
    if (number := _day(item)) is not None:
        return [number]
    ends = [_day(end.strip()) for mark in RANGE if mark in item for end in item.split(mark)]
    if len(ends) == 2 and ends[0] and ends[1] and ends[0] <= ends[1]:
        return [EVERY_DAY[int(ends[0]) - 1 : int(ends[1])]]
    each = [DAY_NAMES.get(letter) for letter in item] if len(item) <= len(EVERY_DAY) else []
    if not each or None in each:
        raise CellError(CellFault.NOT_LISTED, WEEKDAYS_EXPECTED)
    return [number for number in each if number]


def _day(name: str) -> str | None:
    return DAY_NAMES.get(name[:3] if name.isascii() and name.isalpha() else name)


def minute() -> Converter:
    """A time of day as the minute it is."""

    def write(value: int, *_: Any) -> str:
        return write_minute(value)

    return Converter(lambda cell, _: read_minute(cell), write, MINUTE_EXPECTED)


def is_whole(values: Mapping[str, Any]) -> bool:
    """Tell whether a row is about whole days."""
    parts = (values.get("from_time") or 0, values.get("until_time") or WHOLE_DAY)
    return parts == (0, WHOLE_DAY) and (values.get("weekdays") or EVERY_DAY) == EVERY_DAY


def _begins_before_it_ends(values: Mapping[str, Any]) -> bool:
    return (values.get("from_time") or 0) < (values.get("until_time") or WHOLE_DAY)


def _whole_leave_ends(values: Mapping[str, Any]) -> bool:
    return not (_is_leave(values) and is_whole(values)) or values.get("until_on") is not None


def _suspension_is_whole(values: Mapping[str, Any]) -> bool:
    return _is_leave(values) or is_whole(values)


def _reason_is_of_a_suspension(values: Mapping[str, Any]) -> bool:
    return _is_leave(values) == (values.get("reason") is None)


def _leave_is_of_a_person(values: Mapping[str, Any]) -> bool:
    return not _is_leave(values) or values.get("of") != AbsenceSubject.INSTITUTION


def _is_leave(values: Mapping[str, Any]) -> bool:
    return bool(values.get("kind") == AbsenceKind.LEAVE)


OF_WHOM = Words(
    "填已登记的执业证号（人员编号）或者机构编号", "licence number, or code of an institution, on the register"
)
OF_WHICH = Words("留空则按编号查找", "blank goes by the code")
LAST_DAY = Words("包含当日；整日休假须填写，暂停指派留空为至解除之日", "included; a leave of whole days has one")
PARTS = Words("只在休假每日仅为部分时段时填写", "only for a leave that is a part of each day")
UNTIL = Words(
    "只在休假每日仅为部分时段时填写；00:00即当日24:00", "only for a leave that is a part of each day; 00:00 is 24:00"
)
SOME_DAYS = Words("只在休假并非每日时填写", "only for a leave that is not of every day")
WHY = Words("暂停指派须填写；休假不填，不收集请假事由", "needed for a suspension; none of a leave is kept")
UNDONE = Words("留空为生效；填“已取消”的，取消内容相同的一项", "blank holds; cancelled takes the very same back")
NOT_BEFORE = Words("不早于起始日期", "not before the first day")
LATER = Words("晚于每日起始时刻", "after the time of day it begins")
WHOLE_DAYS = Words("暂停指派为整日", "a suspension is of whole days")
PERSONS = Words("休假只填承办人员", "leave is a practitioner's")

# fmt: off
ABSENCES = Table(Kind.ABSENCES, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "执业证号（人员编号）或者机构编号", "Licence number or institution code", cells.code(), "SAMPLE-P1",
           OF_WHOM, Need.KEY, ("执业证号", "人员编号", "编号", "Licence number", "Code")),
    Column("of", "对象", "Of", cells.one_of(lambda _: SUBJECTS), "practitioner", OF_WHICH, aliases=("对象类型",)),
    Column("kind", "种类", "Kind", cells.one_of(lambda _: KINDS), "leave", NOTHING, Need.REQUIRED,
           ("休假种类", "类型", "类别")),
    Column("from_on", "起始日期", "From", cells.day(), date(2026, 12, 1), NOTHING, Need.REQUIRED,
           ("开始日期", "起始日", "首日")),
    Column("until_on", "截止日期", "Until", cells.day(may_last=True), date(2026, 12, 7), LAST_DAY,
           aliases=("结束日期", "终止日期", "截止日", "末日")),
    Column("from_time", "每日起始时刻", "From time", minute(), None, PARTS, aliases=("开始时刻", "起始时刻")),
    Column("until_time", "每日结束时刻", "Until time", minute(), None, UNTIL, aliases=("结束时刻", "截止时刻")),
    Column("weekdays", "星期", "Weekdays", weekdays(), None, SOME_DAYS, aliases=("每周",)),
    Column("reason", "暂停事由", "Reason of the suspension", cells.text(40), None, WHY, aliases=("暂停原因",)),
    Column("state", "状态", "State", cells.one_of(lambda _: STATES), None, UNDONE),
), (
    RowCheck("until_on", in_order("from_on", "until_on"), NOT_BEFORE),
    RowCheck("until_on", _whole_leave_ends, LAST_DAY),
    RowCheck("until_time", _begins_before_it_ends, LATER),
    RowCheck("kind", _suspension_is_whole, WHOLE_DAYS),
    RowCheck("of", _leave_is_of_a_person, PERSONS),
    RowCheck("reason", _reason_is_of_a_suspension, WHY),
), ("code", "kind", "from_on", "until_on", "from_time", "until_time", "weekdays", "reason"))
# fmt: on
