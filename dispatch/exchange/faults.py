"""What can be wrong with a file, a column or a cell: one word each, in both languages.

A refusal names the row, the field and what was expected. It never repeats a cell, because a
column out of place may hold a person's name; only short numbers and codes are shown.
"""

import re
from typing import Any, NamedTuple

from dispatch.domain.errors import UnreadableFileError
from dispatch.domain.vocabulary import Term

SHOWN = re.compile(r"(?=.*\d)[\w\-./:+% ]{1,20}", re.ASCII)
MAX_DIGITS_SHOWN = 10
"""Telephone and identity numbers are longer."""


# fmt: off
class FileFault(Term):
    """Why a file cannot be read at all."""

    EMPTY           = "empty",           "文件没有内容，请核对是否选错文件", "the file holds nothing"
    NOT_A_SHEET     = "not_a_sheet",     "不是 xlsx 或者 csv 表格，请另存后再导入", \
                      "it is neither an xlsx nor a csv sheet"
    OLD_WORKBOOK    = "old_workbook",    "旧版 xls 格式，请另存为 xlsx", "an old xls workbook: save it as xlsx"
    ENCRYPTED       = "encrypted",       "文件已加密，请先取消密码",     "it is encrypted: remove the password first"
    MACRO           = "macro",           "含有宏，请另存为不含宏的 xlsx", "it has macros: save it as a plain xlsx"
    DAMAGED         = "damaged",         "文件已损坏，请重新另存",       "the workbook is damaged"
    ENCODING        = "encoding",        "文字编码无法识别，请用 UTF-8", "the encoding is unknown: save it as UTF-8"
    QUOTES          = "quotes",          "引号不成对，请补上",           "a quotation mark is not closed"
    SHEET_MISSING   = "sheet_missing",   "没有所指定的工作表，请核对表名", "it has no such sheet"
    NO_HEADER       = "no_header",       "没有找到表头行，请对照模板",   "no header row was found"
    TWO_HEADERS     = "two_headers",     "有两行像表头，请在映射文件中写明 header_row", \
                      "two rows look like a header: see header_row"
    COLUMN_TWICE    = "column_twice",    "同一列出现两次，请删去一列",   "a column occurs twice"
    NO_ROWS         = "no_rows",         "表头之下没有数据，请填写后再导入", "there are no rows below the header"


class CellFault(Term):
    """Why a row was refused."""

    BLANK         = "blank",         "必填项没有填写",         "it must not be blank"
    TOO_LONG      = "too_long",      "内容过长",               "it is too long"
    UNPRINTABLE   = "unprintable",   "含有不可见字符",         "it holds characters that cannot be printed"
    INEXACT       = "inexact",       "长数字的末几位已丢失，请把单元格设为文本后重填", \
                    "a long number has lost its last digits: use text"
    CONVERTED     = "converted",     "Excel 已把内容改成日期、时间或者逻辑值，请把单元格设为文本后重填", \
                    "Excel has made a date, a time or a truth value of it: use text"
    MERGED        = "merged",        "在合并单元格之内，没有自己的内容，请取消合并后填写", \
                    "it lies under a merged cell: unmerge it and fill it in"
    NOT_COMPUTED  = "not_computed",  "公式没有计算结果，请在 Excel 中打开并保存，或者改为数值", \
                    "a formula without a value: open and save the file in Excel, or keep the value"
    FORMULA_FAILED = "formula_failed", "公式出错或者没有显示完整（如 #REF!），请改正", \
                    "a formula failed (such as #REF!): correct it"
    NOT_A_NUMBER  = "not_a_number",  "不是数字",               "it is not a number"
    NOT_WHOLE     = "not_whole",     "不是整数",               "it is not a whole number"
    OUT_OF_RANGE  = "out_of_range",  "超出允许范围",           "it is out of range"
    NOT_A_DAY     = "not_a_day",     "不是有效日期",           "it is not a date"
    NOT_AN_INSTANT = "not_an_instant", "不是有效时间",         "it is not a date and time"
    NOT_A_TIME    = "not_a_time",    "不是有效时刻",           "it is not a time of day"
    NOT_YES_OR_NO = "not_yes_or_no", "填写的不是“是”或者“否”",       "it is neither yes nor no"
    NOT_LISTED    = "not_listed",    "不在允许的取值之内",     "it is not one of the allowed values"
    AMBIGUOUS     = "ambiguous",     "有不止一项叫这个名称，请填代码", "more than one goes by this name: give the code"
    NAMED_TWICE   = "named_twice",   "同一项列出两次",         "an item is named twice"
    NO_LEVEL      = "no_level",      "缺少分值，应写作“名称:分值”", "the level is missing: write name:level"
    TOO_MANY      = "too_many",      "列出的项过多",           "it names too many items"
    UNKNOWN       = "unknown",       "本中心没有登记该项",     "the register does not know it"
    REPEATED      = "repeated",      "文件中编号重复",         "this number occurs twice in the file"
    SURPLUS       = "surplus",       "本行的内容多于表头的列数",   "the row has more cells than the header"
    CONTRADICTION = "contradiction", "与本行其他内容矛盾",     "it contradicts another cell of the row"
    TAKEN         = "taken",         "该编号已登记，且内容不同", "this number is registered with other contents"
    REFUSED       = "refused",       "与已登记的内容冲突",     "a rule of the register does not allow it"
# fmt: on


# fmt: off
class RemarkKind(Term):
    """What was done with a part of a file that is neither a record nor a fault."""

    IGNORED_COLUMN  = "ignored_column",  "没有这一列，未导入", "no such column; not imported"
    NAMELESS_COLUMN = "nameless_column", "该列没有表头，未导入", "the column has no header; not imported"
    OTHER_SHEET     = "other_sheet",     "另有一张工作表有同样的表头，未导入；请在映射文件中写明 sheet 后另行导入", \
                      "another sheet has such a header; not imported: name it as `sheet` in a mapping"
    HIDDEN_ROWS     = "hidden_rows",     "隐藏（被筛选）的行，同样导入", "hidden rows; imported like the others"
    MERGED_ROWS     = "merged_rows",     "合并单元格，各行均取其内容", "merged cells; each row takes their value"
    REPEATED_HEADER = "repeated_header", "重复的表头，未导入", "the header again; not imported"
    SAMPLE_ROW      = "sample_row",      "模板的示例行，未导入", "the template's example; not imported"
    PAST_DAYS       = "past_days",       "起始日期早于今日，已登记；返岗后照常补计轮次", \
                      "begins before today and is recorded; the rotation meets its days as any others"
    OVERLAPPING     = "overlapping",     "与已登记的休假或者暂停指派重叠，重叠的日数只计一次", \
                      "overlaps what is recorded; the days both have count once"
    AWAITS_SECOND   = "awaits_second",   "修改待负责人复核，复核前仍按原内容办理", \
                      "the change waits for a second person; until then the case stays as it was in this"
    FOOT_ROW        = "foot_row",        "合计、填表人等表尾内容，未导入", "totals and notes; not imported"
# fmt: on


class Words(NamedTuple):
    """A short text in both languages."""

    zh: str
    en: str


NOTHING = Words("", "")


class Damage(NamedTuple):
    """Stands for a cell whose value the file has lost; it is refused where it is read."""

    fault: CellFault


class Remark(NamedTuple):
    """What a report says of a file beside the fates of its rows: where, and the nearest that may have been meant."""

    kind: RemarkKind
    where: str = ""
    rows: tuple[int, ...] = ()
    nearest: Words = NOTHING

    def text(self, language: str) -> str:
        """Return the remark as a sentence."""
        near = self.nearest.zh if language == "zh" else self.nearest.en
        named = f"“{self.where}”：" if language == "zh" else f"{self.where}: "
        meant = f"；最接近的列是“{near}”" if language == "zh" else f"; the nearest column is {near}"
        return (named if self.where else "") + self.kind.label(language) + (meant if near else "")


class CellError(Exception):
    """A cell does not hold what its column must hold."""

    def __init__(self, fault: CellFault, expected: Words = NOTHING) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.expected = expected


class RowRefusal(NamedTuple):
    """Why a row was refused: its number as people see it, the field, and what was expected there."""

    row: int
    field: str
    fault: CellFault
    expected: Words = NOTHING
    value: str | None = None

    def to_document(self) -> dict[str, Any]:
        """Return the refusal as JSON in both languages."""
        return {
            "row": self.row,
            "field": self.field,
            "code": self.fault.value,
            "reason": {"zh": self.fault.zh, "en": self.fault.en},
            "expected": self.expected._asdict(),
            "value": self.value,
        }


def unreadable(fault: FileFault, **facts: Any) -> UnreadableFileError:
    """Return the error for a file with this fault."""
    return UnreadableFileError(reason=fault.value, detail={"zh": fault.zh, "en": fault.en}, **facts)


def shown(cell: object) -> str | None:
    """Return the cell if it is a short number or code, which cannot tell who someone is."""
    text = f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
    short = SHOWN.fullmatch(text) and sum(letter.isdigit() for letter in text) <= MAX_DIGITS_SHOWN
    return text if short else None
