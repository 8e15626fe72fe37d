"""Reads a notice about working days from a sheet: one row for days in a row that are free or worked."""

from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain.calendar import NoticeDays
from dispatch.domain.errors import CalendarInvalidError, stated
from dispatch.domain.law.deadlines import CHINA
from dispatch.domain.vocabulary import Term
from dispatch.exchange import cells
from dispatch.exchange.cells import CellLookups
from dispatch.exchange.columns import Column, Need, Table
from dispatch.exchange.faults import NOTHING, RowRefusal, Words
from dispatch.exchange.layout import known_headers, plan_layout
from dispatch.exchange.records import read_records
from dispatch.exchange.sheets import read_sheet
from dispatch.exchange.wording import Wordlist


# fmt: off
class DayKind(Term):
    """What a notice says of days."""

    FREE   = "free",   "放假", "free"
    WORKED = "worked", "上班", "worked"


KINDS = cells.words_of(DayKind)
SAME_DAY = Words("留空则只有一日", "blank is the one day")

COLUMNS = (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("from_on",  "起始日期", "From",    cells.day(), None, NOTHING, Need.KEY, ("日期", "开始日期")),
    Column("until_on", "结束日期", "Until",   cells.day(), None, SAME_DAY, aliases=("截止日期",)),
    Column("kind",     "安排",     "Days",    cells.one_of(lambda _: KINDS), None, NOTHING, Need.REQUIRED, ("类型",)),
    Column("name",     "节日",     "Holiday", cells.text(40), aliases=("名称", "说明")),
)
# fmt: on

TABLE = Table(DayKind.FREE, COLUMNS)


def read_notice(content: bytes) -> tuple[list[NoticeDays], list[int]]:
    """
    Return the rows of a notice, and the number of each in the sheet.

    Raises
    ------
    CalendarInvalidError
        With each cell that cannot be read.
    UnreadableFileError, MissingColumnError, UnknownColumnError
        If the file is no such sheet.
    """
    sheet = read_sheet(content, known_headers(TABLE, None))
    found = read_records(sheet, plan_layout(TABLE, sheet.header, None), LOOKUPS)
    if found.refusals:
        raise CalendarInvalidError(problems=[_problem(refusal) for refusal in found.refusals])
    return [_days(record.values) for record in found.records], [record.row for record in found.records]


NOBODY = Wordlist.of(())
LOOKUPS = CellLookups(NOBODY, NOBODY, NOBODY, ZoneInfo(CHINA), {})
"""The cells refer to nothing of the register."""


def _days(values: dict[str, Any]) -> NoticeDays:
    first = values["from_on"]
    return NoticeDays(
        first, values.get("until_on") or first, values["kind"] == DayKind.WORKED, values.get("name") or ""
    )


def _problem(refusal: RowRefusal) -> dict[str, Any]:
    expected = stated(*refusal.expected) if refusal.expected != NOTHING else stated(refusal.fault.zh, refusal.fault.en)
    return {"row": refusal.row, "field": refusal.field, "value": refusal.value, "expected": expected}
