"""What a demo brings in: a sample city, or a real register with cases drawn for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from dispatch.commands.centres import Area
from dispatch.demo.registers import read_register
from dispatch.demo.rows import case_row, organ_rows, rows_of
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import make_lookups
from dispatch.exchange.spreadsheet import write_records
from dispatch.simulation.sample.city import CITY, Size, make_city
from dispatch.simulation.sample.places import Place
from dispatch.simulation.sample.records import City
from dispatch.simulation.sample.register import make_register_cases, touched_by_gaps

Period = tuple[date, date]


class DemoUpload(NamedTuple):
    """A file to bring in, and the mapping it needs if its layout is not ours."""

    kind: Kind
    path: Path
    mapping: Path | None = None


class Gaps(NamedTuple):
    """What a register leaves empty, and how many cases that touches."""

    unlocated: int
    unspecified: int
    touched: int


@dataclass(frozen=True, kw_only=True)
class DemoTrial:
    """A centre to open and what to bring in.

    ``active`` counts who is listed, before any rule.
    """

    name: str
    policy: Policy
    areas: tuple[Area, ...]
    uploads: tuple[DemoUpload, ...]
    active: int
    leaves: Mapping[str, Period] = field(default_factory=dict)
    suspensions: Mapping[str, Period] = field(default_factory=dict)
    gaps: Gaps | None = None


def city_trial(folder: Path, seed: int, now: datetime, size: Size = CITY) -> DemoTrial:
    """Draw a city and write its files."""
    policy = load_preset("shangqiu")
    city = make_city(seed, now, policy.causes, size)
    return DemoTrial(
        name="示例市法律援助中心",
        policy=policy,
        areas=areas_of(city.places),
        uploads=write_city(folder, city, policy),
        active=sum(practitioner.listed for practitioner in city.practitioners),
        leaves={row.code: row.leave for row in city.practitioners if row.leave},
        suspensions={row.code: row.suspended for row in city.practitioners if row.suspended},
    )


def register_trial(folder: Path, seed: int, now: datetime, file: Path, mapping: Path, cases: int) -> DemoTrial:
    """Read a register, draw cases for it, and write their file."""
    register = read_register(file, mapping)
    drawn = make_register_cases(seed, now, register.offices, register.places, register.policy.causes, cases)
    lookups = make_lookups(register.policy, named(register.places), register.policy.time_zone)
    path, organs = folder / "cases.xlsx", folder / "organs.xlsx"
    write_records(path, Kind.CASES, map(case_row, drawn), lookups)
    write_records(organs, Kind.ORGANS, organ_rows(register.places), lookups)
    return DemoTrial(
        name=register.policy.title_en,
        policy=register.policy,
        areas=areas_of(register.places),
        uploads=(
            DemoUpload(Kind.ORGANS, organs),
            DemoUpload(Kind.INSTITUTIONS, file, mapping),
            DemoUpload(Kind.PRACTITIONERS, file, mapping),
            DemoUpload(Kind.CASES, path),
        ),
        active=len(register.offices),
        gaps=Gaps(
            unlocated=sum(not office.located for office in register.offices),
            unspecified=sum(office.causes is None for office in register.offices),
            touched=touched_by_gaps(drawn, register.offices),
        ),
    )


def write_city(folder: Path, city: City, policy: Policy) -> tuple[DemoUpload, ...]:
    """Write the files of a city, with Chinese headers, as a centre would bring them."""
    lookups = make_lookups(policy, named(city.places), policy.time_zone)
    uploads = []
    for kind, rows in rows_of(city).items():
        path = folder / f"{kind.value}.xlsx"
        write_records(path, kind, rows, lookups)
        uploads.append(DemoUpload(kind, path))
    return tuple(uploads)


def areas_of(places: Sequence[Place]) -> tuple[Area, ...]:
    """Return the areas of a centre at these places."""
    return tuple(Area(place.code, place.name, place.latitude, place.longitude) for place in places)


def named(places: Sequence[Place]) -> list[tuple[str, str, str]]:
    """Return the places as words that cells may hold."""
    return [(place.code, place.name, place.name) for place in places]
