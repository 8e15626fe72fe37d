"""Reads a real register by its mapping, for what must be there before it is imported: areas and a policy."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dispatch.demo.steps import check
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.exchange.cells import as_text, is_unknown
from dispatch.exchange.columns import Kind
from dispatch.exchange.layout import Layout, known_headers, plan_layout
from dispatch.exchange.lookups import make_lookups
from dispatch.exchange.mapping import read_mapping
from dispatch.exchange.records import read_records
from dispatch.exchange.sheets import Sheet, read_sheet
from dispatch.exchange.tables import TABLES
from dispatch.simulation.sample.places import Place
from dispatch.simulation.sample.register import Office, centre_of

FOREIGN_ORGANS = (" police", " prosecution service", " court")
AREA = "areas"


class Register(NamedTuple):
    """Whom a register holds, the areas they are in, and the policy its mapping asks for."""

    offices: tuple[Office, ...]
    places: tuple[Place, ...]
    policy: Policy


def read_register(file: Path, mapping: Path) -> Register:
    """Read the file; an area lies in the middle of its offices."""
    mapped = read_mapping(mapping.read_text(encoding="utf-8-sig"))
    policy = derive_policy(mapped.policy or {})
    section, table = mapped.section(Kind.PRACTITIONERS), TABLES[Kind.PRACTITIONERS]
    sheet = read_sheet(file.read_bytes(), known_headers(table, section), section.sheet, section.header_row)
    layout = plan_layout(table, sheet.header, section)
    areas = list_areas(sheet, layout)
    lookups = make_lookups(policy, [(area, area, area) for area in areas], policy.time_zone)
    read = read_records(sheet, layout, lookups)
    check(
        not read.refusals, f"{len(read.refusals)} rows of the register cannot be read, the first: {read.refusals[:1]}"
    )
    offices = tuple(office_of(record.values) for record in read.records)
    return Register(offices, tuple(places_of(areas, offices)), policy)


def derive_policy(changes: Mapping[str, Any]) -> Policy:
    """Return the national preset with what the mapping changes in it."""
    return Policy.from_document(merged(load_preset("national").to_document(), changes))


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its tables changed in part and everything else replaced."""
    return dict(base) | {
        field: merged(base[field], value) if isinstance(value, dict) and isinstance(base.get(field), dict) else value
        for field, value in changes.items()
    }


def list_areas(sheet: Sheet, layout: Layout) -> list[str]:
    """Return every area the file names, in its order."""
    sources = [origin.source for origin in layout.origins if origin.column.field == AREA]
    cells = (source(row.cells, lambda _: False) for source in sources for row in sheet.rows)
    return list(dict.fromkeys(as_text(cell) for cell in cells if not is_unknown(cell)))


def office_of(values: Mapping[str, Any]) -> Office:
    """Return the office of a row."""
    specialties = values.get("specialties")
    return Office(
        code=values["code"],
        area=next(iter(values.get(AREA) or ()), None),
        causes=None if specialties is None else frozenset(specialties),
        latitude=values.get("latitude"),
        longitude=values.get("longitude"),
    )


def places_of(areas: Iterable[str], offices: Sequence[Office]) -> Iterable[Place]:
    """Yield a place for every area, as large as it has offices."""
    weight = Counter(office.area for office in offices)
    members: dict[str | None, list[Office]] = {}
    for office in offices:
        members.setdefault(office.area, []).append(office)
    for area in areas:
        latitude, longitude = centre_of(members.get(area, ()))
        yield Place(area, area, latitude, longitude, weight=float(weight[area]), organs=FOREIGN_ORGANS)
