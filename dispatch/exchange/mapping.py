"""A mapping file: how a layout of someone else's becomes our columns, as data.

One section a kind of record; a field goes by its code or by the header our templates give it. ``columns`` says
where a field comes from: a header of the file, or a text with headers in braces; ``ignore`` reads none.
``constants`` fill fields the file lacks. ``values`` translate cells, or the items of a list, beside our own words;
``ignore`` says that one means nothing. What neither has becomes unknown and is counted, an item of a list left out;
``otherwise`` may say ``ignore`` (not counted), or ``keep`` or ``refuse`` (it is refused where we cannot read it).
``lists`` says how a foreign list is cut, and the level its items get where we need one. ``once`` takes the first
row of each key alone. A ``policy`` section says what a centre that works on such files changes in the national
preset; the importer leaves it alone, the demo follows it.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dispatch.domain.errors import MappingInvalidError
from dispatch.domain.validation import expected_of
from dispatch.domain.vocabulary import word_key
from dispatch.exchange.cells import as_text, is_unknown
from dispatch.exchange.columns import Kind, Table
from dispatch.exchange.tables import TABLES
from dispatch.exchange.wording import escape, header_keys, split_items, unescape

Constant = str | bool | int | float | datetime | date
Otherwise = Literal["unknown", "ignore", "keep", "refuse"]
Knows = Callable[[str], bool]
"""Whether our own vocabulary has a word."""

IGNORE = "ignore"
"""Of a column: it is not read. Of a value: it says nothing."""


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

    @property
    def filled(self) -> dict[str, str]:
        """Return the columns that are read."""
        return {field: wording for field, wording in self.columns.items() if wording != IGNORE}


class Mapping(MappingPart):
    """A whole mapping file."""

    areas: Section | None = None
    institutions: Section | None = None
    practitioners: Section | None = None
    cases: Section | None = None
    causes: Section | None = None
    organs: Section | None = None
    assessments: Section | None = None
    specialties: Section | None = None
    absences: Section | None = None
    ties: Section | None = None
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
    except ValidationError as faults:
        raise MappingInvalidError(problems=[_problem(fault) for fault in faults.errors(include_url=False)]) from None
    except (ValueError, RecursionError) as fault:
        # A number of thousands of digits is no TOML fault to the parser, and neither are thousands of brackets.
        raise _invalid("", f"not TOML: {fault}", "不是有效的 TOML 文件") from None
    sections = {kind.value: getattr(mapping, kind.value) for kind in TABLES}
    named = {
        table.kind.value: _by_fields(section, table) for table in TABLES.values() if (section := sections[table.kind])
    }
    for kind, section in named.items():
        _check_fields(section, TABLES[Kind(kind)])
    return mapping.model_copy(update=named)


PARTS = ("columns", "constants", "values", "otherwise", "lists")


def _by_fields(section: Section, table: Table) -> Section:
    """Return the section with its fields by code, whichever header of the template it calls them by."""
    fields = {name: column.field for column in table.columns for name in column.names}
    renamed: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        said = getattr(section, part)
        codes = {name: next((fields[key] for key in header_keys(name) if key in fields), name) for name in said}
        renamed[part] = {codes[name]: value for name, value in said.items()}
        if len(renamed[part]) < len(said):
            raise _invalid(f"{table.kind.value}.{part}", "a field is named twice", "同一字段列出两次")
    return section.model_copy(update=renamed)


def _check_fields(section: Section, table: Table) -> None:
    known = [column.field for column in table.columns]
    filled = section.filled.keys() | section.constants.keys()
    native = section.other_columns == "template"
    for part in PARTS:
        for field in getattr(section, part):
            where = f"{table.kind.value}.{part}.{field}"
            if field not in known:
                raise _invalid(where, f"no such field{_nearest(field, known)}", "没有该字段", known=known)
            if part in ("values", "otherwise", "lists") and not native and field not in filled:
                raise _invalid(where, "the field is neither in columns nor in constants", "该字段没有来源列")
    if both := section.columns.keys() & section.constants.keys():
        raise _invalid(f"{table.kind.value}.constants.{min(both)}", "the field has a column too", "该字段已有来源列")
    needed = (column.field for column in table.columns if column.required and column.field not in filled)
    missing = [field for field in needed if field in section.columns or not native]
    if missing:
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
    """The translation of one field, beside our own words; what neither has is counted in ``dropped``."""

    def __init__(self, field: str, section: Section, dropped: Counter[str]) -> None:
        self._field = field
        self._rule = section.lists.get(field)
        self._otherwise = section.otherwise.get(field, "unknown")
        self._dropped = dropped
        words = section.values.get(field)
        self._words = None if words is None else {word_key(wording): meant for wording, meant in words.items()}

    def applied_to(self, source: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any], Knows], Any]:
        """Return a source that gives our words for the foreign ones, and keeps those that are ours already."""
        translate = self._list if self._rule else self._single
        plain = self._words is None and self._rule is None

        def translated(cells: Sequence[Any], knows: Knows) -> Any:
            cell = source(cells)
            return cell if plain or is_unknown(cell) else translate(cell, knows)

        return translated

    def _single(self, cell: Any, knows: Knows) -> Any:
        meant = self._meant(as_text(cell), knows)
        return cell if meant is None else "; ".join(meant) or None

    def _list(self, cell: Any, knows: Knows) -> str | None:
        items: dict[str, None] = {}
        for wording in split_items(as_text(cell), self._rule.split if self._rule else ";"):
            meant = self._meant(unescape(wording), knows) if self._words is not None else None
            items |= dict.fromkeys([escape(unescape(wording))] if meant is None else meant)
        return "; ".join(self._with_level(item) for item in items) or None

    def _with_level(self, item: str) -> str:
        level = self._rule.level if self._rule else None
        return item if level is None or ":" in item else f"{item}:{level}"

    def _meant(self, wording: str, knows: Knows) -> list[str] | None:
        """Return our words for a foreign one, none to leave it out, or None to take it as it is."""
        meant = (self._words or {}).get(word_key(wording))
        if meant is not None:
            return [word for word in ([meant] if isinstance(meant, str) else meant) if word != IGNORE]
        if self._otherwise in ("keep", "refuse") or knows(wording):
            return None
        if self._otherwise == "unknown":
            self._dropped[self._field] += 1
        return []
