"""Where each of our columns comes from in one file: by the headers of our templates, or by a mapping."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple

from dispatch.domain.errors import MissingColumnError
from dispatch.exchange.cells import CellLookups
from dispatch.exchange.columns import Column, Table
from dispatch.exchange.faults import NOTHING, CellError, Damage, FileFault, Remark, RemarkKind, Words, unreadable
from dispatch.exchange.mapping import Knows, Section, Translation
from dispatch.exchange.sheets import Cell
from dispatch.exchange.wording import header_key, header_keys

Cells = Callable[[Sequence[Cell]], Cell]
Source = Callable[[Sequence[Cell], Knows], Cell]
PLACE = re.compile(r"\{([^{}]+)\}")
NEAR, MAX_SHOWN = 0.5, 40


class Origin(NamedTuple):
    """A column of ours and how its cell is made from a row of the file: as it is there, and in our words."""

    column: Column
    raw: Cells
    source: Source

    def cell(self, cells: Sequence[Cell], lookups: CellLookups) -> Cell:
        """Return the cell of a row, in our words."""
        return self.source(cells, lambda wording: self.column.converter.knows(wording, lookups))


@dataclass(frozen=True)
class Layout:
    """All columns that one file fills. ``dropped`` counts what the mapping had no translation for."""

    table: Table
    origins: tuple[Origin, ...]
    width: int
    once: bool = False
    dropped: Counter[str] = field(default_factory=Counter)
    remarks: Sequence[Remark] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Return the fields that the file says something about."""
        return frozenset(origin.column.field for origin in self.origins)


def known_headers(table: Table, section: Section | None) -> frozenset[str]:
    """Return the header keys by which the header row is recognised."""
    template = frozenset(name for column in table.columns for name in column.names)
    if section is None:
        return template
    named = frozenset(header_key(name) for wording in section.filled.values() for name in _headers_in(wording))
    return named | template if section.other_columns == "template" else named


def plan_layout(table: Table, header: Sequence[str], section: Section | None) -> Layout:
    """Match the header with our columns, or raise which column is missing or there twice."""
    if section is None:
        remarks: list[Remark] = []
        return Layout(table, _by_template(table, header, remarks), len(header), remarks=remarks)
    dropped: Counter[str] = Counter()
    found = {origin.column.field: origin for origin in _by_mapping(table, header, section, dropped)}
    if section.other_columns == "template":
        rest = Table(
            table.kind, tuple(c for c in table.columns if c.field not in section.columns.keys() | found.keys())
        )
        beside = _by_template(rest, header)
        found |= {each.column.field: _translated(each.column, each.raw, section, dropped) for each in beside}
    return Layout(table, tuple(found.values()), len(header), section.once, dropped)


def _by_template(table: Table, header: Sequence[str], remarks: list[Remark] | None = None) -> tuple[Origin, ...]:
    """Match headers with the columns they name; a column that nobody knows is worth a remark, if they are kept."""
    found: dict[str, Origin] = {}
    for place, wording in enumerate(header):
        column = next((column for column in table.columns if column.names & header_keys(wording)), None)
        if column is None:
            if remarks is not None and wording:
                remarks.append(_ignored(table, wording))
        elif column.field not in found:
            found[column.field] = _as_it_is(column, _cell_at(place))
        elif remarks is not None:
            raise unreadable(FileFault.COLUMN_TWICE, column=column.zh, field=column.field)
    missing = [column for column in table.columns if column.required and column.field not in found]
    if missing:
        raise MissingColumnError(columns=[{"field": c.field, "zh": c.zh, "en": c.en} for c in missing])
    return tuple(found.values())


def _by_mapping(table: Table, header: Sequence[str], section: Section, dropped: Counter[str]) -> list[Origin]:
    places: dict[str, int] = {}
    used = known_headers(table, section)
    for place, wording in enumerate(header):
        if places.setdefault(header_key(wording), place) != place and header_key(wording) in used:
            raise unreadable(FileFault.COLUMN_TWICE, column=wording)
    origins = []
    for column in table.columns:
        source = _source(column, section, places)
        if source is not None:
            origins.append(_translated(column, source, section, dropped))
    return origins


def _translated(column: Column, cell_at: Cells, section: Section, dropped: Counter[str]) -> Origin:
    return Origin(column, cell_at, Translation(column.field, section, dropped).applied_to(cell_at))


def _source(column: Column, section: Section, places: dict[str, int]) -> Cells | None:
    if column.field in section.constants:
        constant = section.constants[column.field]
        return lambda _: constant
    wording = section.filled.get(column.field)
    if wording is None:
        return None
    if missing := [name for name in _headers_in(wording) if header_key(name) not in places]:
        raise MissingColumnError(columns=[{"field": column.field, "zh": name, "en": name} for name in missing])
    if not PLACE.search(wording):
        return _cell_at(places[header_key(wording)])
    return _composed(wording, places)


def _headers_in(wording: str) -> list[str]:
    return PLACE.findall(wording) or [wording]


def _as_it_is(column: Column, cell_at: Cells) -> Origin:
    return Origin(column, cell_at, lambda cells, _: cell_at(cells))


def _cell_at(place: int) -> Cells:
    def cell_at(cells: Sequence[Cell]) -> Cell:
        cell = cells[place] if place < len(cells) else None
        if isinstance(cell, Damage):
            raise CellError(cell.fault)
        return cell

    return cell_at


def _composed(pattern: str, places: dict[str, int]) -> Cells:
    def compose(cells: Sequence[Cell]) -> Cell:
        parts = {name: _plain(_cell_at(places[header_key(name)])(cells)) for name in PLACE.findall(pattern)}
        filled = PLACE.sub(lambda match: parts[match[1]], pattern)
        return filled if any(parts.values()) else None

    return compose


def _plain(cell: Cell) -> str:
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _ignored(table: Table, wording: str) -> Remark:
    spellings = {spelling: column for column in table.columns for spelling in (column.zh, column.en, column.field)}
    near = get_close_matches(wording, spellings, n=1, cutoff=NEAR)
    column = spellings[near[0]] if near else None
    nearest = Words(column.zh, f"{column.en} ({column.field})") if column else NOTHING
    return Remark(RemarkKind.IGNORED_COLUMN, " ".join(wording.split())[:MAX_SHOWN], nearest=nearest)
