"""A mapping file: how a layout of someone else's becomes our columns, as data.

One section a kind of record. ``columns`` says where a field comes from: a header of the file, or a
text with headers in braces. ``constants`` fill fields the file lacks. ``values`` translate cells, or
the items of a list; a cell that is not translated becomes unknown, unless ``otherwise`` says
``keep`` or ``refuse``; an item of a list is left out. ``lists`` says how a foreign list is cut, and
the level its items get where we need one. ``once`` takes the first row of each key alone. A
``policy`` section says what a centre that works on such files changes in the national preset; the
importer leaves it alone, the demo follows it.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dispatch.domain.errors import MappingInvalidError
from dispatch.domain.validation import expected_of
from dispatch.domain.vocabulary import word_key
from dispatch.exchange.cells import as_text, is_unknown
from dispatch.exchange.columns import Kind, Table
from dispatch.exchange.faults import CellError, CellFault
from dispatch.exchange.tables import TABLES
from dispatch.exchange.wording import escape, split_items, unescape

Constant = str | bool | int | float | datetime | date
Otherwise = Literal["unknown", "keep", "refuse"]


class MappingPart(BaseModel):
    """A part of a mapping: closed to words it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ListRule(MappingPart):
    """How a list in one cell is cut, and the level of each item in a map of levels."""

    split: Annotated[str, Field(min_length=1, max_length=8)] = ";"
    level: Annotated[int, Field(ge=0, le=100)] | None = None


class Section(MappingPart):
    """How the columns of one kind are found."""

    sheet: str | None = None
    header_row: Annotated[int, Field(ge=1, le=1000)] | None = None
    once: bool = False
    other_columns: Literal["ignore", "template"] = "ignore"
    columns: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    constants: dict[str, Constant] = Field(default_factory=dict)
    values: dict[str, dict[str, str | list[str]]] = Field(default_factory=dict)
    otherwise: dict[str, Otherwise] = Field(default_factory=dict)
    lists: dict[str, ListRule] = Field(default_factory=dict)


class Mapping(MappingPart):
    """A whole mapping file."""

    areas: Section | None = None
    institutions: Section | None = None
    practitioners: Section | None = None
    cases: Section | None = None
    causes: Section | None = None
    policy: dict[str, Any] = Field(default_factory=dict)
    """What a centre of this layout changes in a preset, such as its causes; the importer leaves it alone."""

    def section(self, kind: Kind) -> Section:
        """Return the section for a kind, or refuse a mapping that has none."""
        section: Section | None = getattr(self, kind.value)
        if section is None:
            raise _invalid(kind.value, "there is no such section", "没有该部分")
        return section


def read_mapping(text: str) -> Mapping:
    """Read a mapping from TOML and check every field it names."""
    try:
        mapping = Mapping.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise _invalid("", f"not TOML: {fault}", "不是有效的 TOML 文件") from None
    except ValidationError as faults:
        raise MappingInvalidError(problems=[_problem(fault) for fault in faults.errors(include_url=False)]) from None
    for kind, table in TABLES.items():
        if section := getattr(mapping, kind.value):
            _check_fields(section, table)
    return mapping


def _check_fields(section: Section, table: Table) -> None:
    known = [column.field for column in table.columns]
    filled = section.columns.keys() | section.constants.keys()
    native = section.other_columns == "template"
    for part in ("columns", "constants", "values", "otherwise", "lists"):
        for field in getattr(section, part):
            where = f"{table.kind.value}.{part}.{field}"
            if field not in known:
                raise _invalid(where, f"no such field{_nearest(field, known)}", "没有该字段", known=known)
            if part in ("values", "otherwise", "lists") and not native and field not in filled:
                raise _invalid(where, "the field is neither in columns nor in constants", "该字段没有来源列")
    if both := section.columns.keys() & section.constants.keys():
        raise _invalid(f"{table.kind.value}.constants.{min(both)}", "the field has a column too", "该字段已有来源列")
    missing = [column.field for column in table.columns if column.required and column.field not in filled]
    if missing and not native:
        where = f"{table.kind.value}.columns.{missing[0]}"
        raise _invalid(where, "this field is required", "该字段必须有来源", missing=missing)


def _nearest(field: str, known: list[str]) -> str:
    near = get_close_matches(field, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _problem(fault: Any) -> dict[str, Any]:
    where = ".".join(str(part) for part in fault["loc"])
    return {"field": where, "reason": expected_of(fault)}


def _invalid(field: str, en: str, zh: str, **facts: Any) -> MappingInvalidError:
    return MappingInvalidError(problems=[{"field": field, "reason": {"zh": zh, "en": en}}], **facts)


class Translation:
    """The translation of one field; what it has no word for is counted in ``dropped``."""

    def __init__(self, field: str, section: Section, dropped: Counter[str]) -> None:
        self._field = field
        self._rule = section.lists.get(field)
        self._otherwise = section.otherwise.get(field)
        self._dropped = dropped
        words = section.values.get(field)
        self._words = None if words is None else {word_key(wording): meant for wording, meant in words.items()}

    def applied_to(self, source: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
        """Return a source that gives our words for the foreign ones."""
        if self._words is None and self._rule is None:
            return source
        translate = self._list if self._rule else self._single

        def translated(cells: Sequence[Any]) -> Any:
            cell = source(cells)
            return None if is_unknown(cell) else translate(cell)

        return translated

    def _single(self, cell: Any) -> Any:
        wording = as_text(cell)
        meant = self._meant(wording)
        if meant is None:
            return cell if self._otherwise == "keep" else None
        return "; ".join(meant)

    def _list(self, cell: Any) -> str | None:
        rule = self._rule
        items: dict[str, None] = {}
        for wording in split_items(as_text(cell), rule.split if rule else ";"):
            items |= dict.fromkeys(self._items(unescape(wording)))
        if not items:
            return None
        return "; ".join(self._with_level(item) for item in items)

    def _items(self, wording: str) -> Iterator[str]:
        if self._words is None:
            yield escape(wording)
            return
        meant = self._meant(wording)
        if meant is not None:
            yield from meant
        elif self._otherwise == "keep":
            yield escape(wording)

    def _with_level(self, item: str) -> str:
        level = self._rule.level if self._rule else None
        return item if level is None or ":" in item else f"{item}:{level}"

    def _meant(self, wording: str) -> list[str] | None:
        meant = (self._words or {}).get(word_key(wording))
        if meant is None:
            if self._otherwise == "refuse":
                raise CellError(CellFault.NOT_LISTED)
            if self._otherwise != "keep":
                self._dropped[self._field] += 1
            return None
        return [meant] if isinstance(meant, str) else meant
