"""The rows of a subsidy table as people write them: words for kinds of work, yuan for amounts; in a sheet or a form."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.domain.errors import SubsidyTableInvalidError, stated
from dispatch.domain.funds.amounts import fen_of, yuan_of
from dispatch.domain.funds.subsidy import MAX_SERVICE_DAYS, SubsidyItem
from dispatch.domain.law.deadlines import CHINA
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import Matter, Service, Stage
from dispatch.exchange import cells, lists
from dispatch.exchange.cells import CellLookups, Converter, is_unknown
from dispatch.exchange.columns import Column, Need, Table
from dispatch.exchange.faults import NOTHING, CellError, CellFault, RowRefusal, Words
from dispatch.exchange.layout import known_headers, plan_layout
from dispatch.exchange.records import read_records
from dispatch.exchange.sheets import read_sheet
from dispatch.exchange.wording import Wordlist

MAX_RATES = 200
IN_YUAN = Words("金额（元），至多两位小数，例如1200.50", "an amount in yuan, such as 1200.50")


def in_yuan() -> Converter:
    """Return what reads an amount in yuan, and keeps it in fen."""

    def read(cell: Any, _: CellLookups) -> int:
        try:
            return fen_of(cells.as_text(cell))
        except UnfitError:
            raise CellError(CellFault.NOT_A_NUMBER, IN_YUAN) from None

    return Converter(read, lambda fen, *_: yuan_of(fen), IN_YUAN)


# fmt: off
MATTERS, SERVICES, STAGES = (cells.words_of(kind) for kind in (Matter, Service, Stage))
FITS_ALL = Words("留空为全部", "blank is all of them")

COLUMNS = (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("row",          "序号",             "No.",      cells.whole(1, MAX_RATES), None, NOTHING, Need.KEY),
    Column("matters",      "案件类型",         "Branches", lists.some_of(lambda _: MATTERS), None, FITS_ALL),
    Column("services",     "法律援助形式",     "Services", lists.some_of(lambda _: SERVICES), None, FITS_ALL),
    Column("stages",       "诉讼（办理）阶段", "Stages",   lists.some_of(lambda _: STAGES), None, FITS_ALL),
    Column("amount_fen",   "补贴标准（元）",   "Amount (yuan)", in_yuan(), aliases=("补贴标准", "金额（元）")),
    Column("day_fen",      "每服务日（元）",   "A day (yuan)",  in_yuan(), aliases=("每服务日金额（元）",)),
    Column("max_days",     "服务天数上限",     "Days at most",  cells.real(0.5, MAX_SERVICE_DAYS)),
    Column("cost_cap_fen", "直接费用限额（元）", "Costs at most (yuan)", in_yuan()),
)
# fmt: on

FIELDS = {column.field: column for column in COLUMNS if column.need is not Need.KEY}
NAMED = ("matters", "services", "stages")
"""What says which work a row is for; blank fits all of it."""

TABLE = Table(SubsidyItem.BASIS, COLUMNS)
NOBODY = Wordlist.of(())
LOOKUPS = CellLookups(NOBODY, NOBODY, NOBODY, ZoneInfo(CHINA), {})
"""The cells refer to nothing of the register."""


def read_rates(content: bytes) -> list[dict[str, Any]]:
    """
    Return the rows of a sheet in the order of their numbers, as a table has them.

    Raises
    ------
    SubsidyTableInvalidError
        With each cell that cannot be read, with the row of the sheet it is in.
    UnreadableFileError, MissingColumnError, UnknownColumnError
        If the file is no such sheet.
    """
    sheet = read_sheet(content, known_headers(TABLE, None))
    found = read_records(sheet, plan_layout(TABLE, sheet.header, None), LOOKUPS)
    if found.refusals:
        raise SubsidyTableInvalidError(problems=[_of_sheet(each) for each in found.refusals])
    rows = sorted((record.values for record in found.records), key=lambda values: int(values["row"]))
    return [_stated(values) for values in rows]


def typed_rates(rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """
    Return rows that were typed in words and yuan, as a table has them.

    Raises
    ------
    SubsidyTableInvalidError
        With each field that cannot be read.
    """
    problems: list[dict[str, Any]] = []
    rates = []
    for k, row in enumerate(rows):
        values: dict[str, Any] = {}
        for name, text in row.items():
            try:
                if name in FIELDS and not is_unknown(text):
                    values[name] = FIELDS[name].converter.read(text, LOOKUPS)
            except CellError as error:
                reason = _reason(name, error.fault, error.expected)
                problems.append({"field": f"rates.{k}.{name}", "row": k + 1, "reason": reason})
        rates.append(_stated(values))
    if problems:
        raise SubsidyTableInvalidError(problems=problems)
    return rates


def rate_in_words(rate: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return a row as people write it; what fits all, or is not set, is blank."""
    return {
        name: str(column.converter.write(value, LOOKUPS, language)) if (value := rate.get(name)) else ""
        for name, column in FIELDS.items()
    }


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in FIELDS and value is not None}


def _of_sheet(refusal: RowRefusal) -> dict[str, Any]:
    reason = _reason(refusal.field, refusal.fault, refusal.expected)
    told = stated(f"表格第{refusal.row}行，{reason['zh']}", f"row {refusal.row} of the file, {reason['en']}")
    return {"field": "file", "reason": told}


def _reason(field: str, fault: CellFault, expected: Words) -> dict[str, str]:
    """Return what is wrong with a cell: its column, the fault, and what it should be."""
    column = FIELDS.get(field)
    head = stated(column.zh, column.en) if column else stated("序号", "No.")
    more = f"（{expected.zh}）" if expected != NOTHING else "", f" ({expected.en})" if expected != NOTHING else ""
    return stated(f"{head['zh']}：{fault.zh}{more[0]}", f"{head['en']}: {fault.en}{more[1]}")
