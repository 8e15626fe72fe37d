"""Lists that are only read by people and never brought in again: as a workbook, or as comma-separated text."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import xlsxwriter

from dispatch.domain.errors import InvalidFieldError

HEADER = {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#E8EEF7"}
WIDTH = 18

Records = Iterable[Mapping[str, Any]]


class Heading(NamedTuple):
    """One column of a list."""

    field: str
    zh: str
    en: str


class ReadableList(NamedTuple):
    """A list: what it is called, and its columns."""

    title: str
    headings: Sequence[Heading]


# fmt: off
ASSIGNMENTS = ReadableList("指派 Assignments", (
    Heading("number",      "案件编号",     "Case"),
    Heading("seat",        "承办名额",     "Seat"),
    Heading("code",        "执业证号",     "Licence number"),
    Heading("name",        "承办人员",     "Practitioner"),
    Heading("institution", "机构编号",     "Institution code"),
    Heading("mode",        "指派方式",     "Mode"),
    Heading("assigned_at", "指派时间",     "Assigned at"),
    Heading("accepted_at", "接受指派时间", "Accepted at"),
    Heading("ended_at",    "结束时间",     "Ended at"),
    Heading("end_reason",  "结束原因",     "End reason"),
    Heading("run_id",      "匹配批次",     "Run"),
))

AUDIT = ReadableList("审计日志 Audit log", (
    Heading("id",          "序号",         "Number"),
    Heading("at",          "时间",         "When"),
    Heading("login",       "登录名",       "Login"),
    Heading("role",        "角色",         "Role"),
    Heading("verb",        "操作",         "Act"),
    Heading("subject",     "对象",         "Subject"),
    Heading("subject_id",  "对象标识",     "Subject id"),
    Heading("outcome",     "结果",         "Outcome"),
    Heading("reason",      "未予办理的原因",     "Reason"),
    Heading("times",       "次数",         "Times"),
    Heading("address",     "来源地址",     "Address"),
    Heading("actor_id",    "用户标识",     "User id"),
))
# fmt: on


def write_list(path: Path, of: ReadableList, records: Records, zone: ZoneInfo) -> int:
    """
    Write the records, moments in the zone, in the form the name of the file says; return how many.

    Raises
    ------
    InvalidFieldError
        If the name ends in neither of the forms there are.
    """
    write = FORMS.get(path.suffix.lower())
    if write is None:
        raise InvalidFieldError(field="file", value=path.suffix, expected=list(FORMS))
    return write(path, of, records, zone)


def _workbook(path: Path, of: ReadableList, records: Records, zone: ZoneInfo) -> int:
    row = 0
    # Row after row: a log of many years does not have to fit into memory.
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet(of.title)
        style = workbook.add_format(HEADER)
        sheet.set_column(0, len(of.headings) - 1, WIDTH)
        for place, heading in enumerate(of.headings):
            sheet.write_string(0, place, f"{heading.zh}\n{heading.en}", style)
        for row, record in enumerate(records, start=1):
            for place, heading in enumerate(of.headings):
                put(sheet, row, place, readable(record[heading.field], zone))
        sheet.freeze_panes(1, 0)
    return row


def _text(path: Path, of: ReadableList, records: Records, zone: ZoneInfo) -> int:
    count = 0
    # With the mark that lets a spreadsheet read Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([f"{heading.zh} {heading.en}" for heading in of.headings])
        for count, record in enumerate(records, start=1):  # noqa: B007
            writer.writerow([_harmless(readable(record[heading.field], zone)) for heading in of.headings])
    return count


Write = Callable[[Path, ReadableList, Records, ZoneInfo], int]

FORMS: dict[str, Write] = {".xlsx": _workbook, ".csv": _text}


def readable(value: Any, zone: ZoneInfo) -> Any:
    """Return a value as people read it: words in both languages, moments in the zone."""
    if hasattr(value, "zh"):
        return f"{value.zh} {value.en}"
    if hasattr(value, "astimezone"):
        return value.astimezone(zone).isoformat(" ", "minutes")[:16]
    return value


def put(sheet: Any, row: int, place: int, value: Any) -> None:
    """Write a value as what it is into a cell."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, place, value)
    elif value is not None:
        # Never a formula, whatever it begins with.
        sheet.write_string(row, place, str(value))


def _harmless(value: Any) -> Any:
    """Return the value, or, if a spreadsheet would take it for a formula, as text that is none."""
    return f"'{value}" if isinstance(value, str) and value[:1] in tuple("=+-@") else value
