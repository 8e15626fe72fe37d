"""The practitioners of a sample city, a few of them with gaps, lapsed assessments, leave or a suspension."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from numpy.random import Generator

from dispatch.domain.policy.causes import Cause
from dispatch.domain.vocabulary import Category, InstitutionKind, Matter, PractitionerKind, Sex
from dispatch.simulation.sample.draws import chance, pick, some_of, with_gaps, years_before
from dispatch.simulation.sample.institutions import SEATS
from dispatch.simulation.sample.places import Place, organ_of, person_names
from dispatch.simulation.sample.records import SampleInstitution, SamplePractitioner
from dispatch.simulation.sample.shares import AGES, KINDS, LANGUAGES, WOMEN, usual

GAPS = 0.02
QUALIFIED = frozenset({
    PractitionerKind.LAWYER, PractitionerKind.CENTRE_LAWYER, PractitionerKind.GOVERNMENT_LAWYER,
    PractitionerKind.VOLUNTEER_LAWYER,
})  # fmt: skip


def make_practitioners(
    draw: Generator,
    today: date,
    institutions: Sequence[SampleInstitution],
    places: Sequence[Place],
    causes: Sequence[Cause],
    active: int,
) -> tuple[SamplePractitioner, ...]:
    """Return everyone on the register; ``active`` of them are listed for legal aid."""
    homes = [institution for institution in institutions for _ in range(institution.size)]
    kinds = [_kind(draw, institution.kind) for institution in homes]
    size = len(homes)
    columns: dict[str, Sequence[Any]] = {
        "code": [f"P{number:05}" for number in range(1, size + 1)],
        "name": person_names(draw, size),
        "institution": [home.code for home in homes],
        "kind": with_gaps(draw, kinds, GAPS / 2),
        "sex": with_gaps(draw, pick(draw, {Sex.FEMALE: WOMEN, Sex.MALE: 1 - WOMEN}, size), GAPS),
        "listed": _listed(draw, size, active),
        **_careers(draw, today, kinds),
        **_standing(draw, today, size),
        "legal_qualification": [kind in QUALIFIED for kind in kinds],
        "specialties": with_gaps(draw, [_specialties(draw, kind, usual(causes)) for kind in kinds], GAPS),
        "experience": with_gaps(draw, [_levels(draw, list(Category), 1, 5) for _ in kinds], GAPS),
        "languages": with_gaps(draw, [_languages(draw) for _ in kinds], GAPS),
        "areas": with_gaps(draw, [_served(draw, home.area, places) for home in homes], GAPS),
        **_former_offices(draw, today, kinds, places),
    }
    rows = (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return tuple(SamplePractitioner(**row) for row in rows)


def _kind(draw: Generator, institution: InstitutionKind) -> PractitionerKind:
    seats = SEATS[institution]
    return seats[0] if len(seats) == 1 else pick(draw, {kind: KINDS[kind] for kind in seats}, 1)[0]


def _listed(draw: Generator, size: int, active: int) -> list[bool]:
    chosen = set(draw.permutation(size)[:active].tolist())
    return [j in chosen for j in range(size)]


def _careers(draw: Generator, today: date, kinds: Sequence[PractitionerKind]) -> dict[str, Sequence[Any]]:
    size = len(kinds)
    ages = [draw.uniform(low, high + 1) for low, high in pick(draw, AGES, size)]
    practised = [max(0.1, age - draw.uniform(23.5, 30)) for age in ages]
    defended = [years * draw.uniform(0, 1) if draw.random() < 0.75 else 0.0 for years in practised]
    began = [years_before(today, years) for years in practised]
    defence = [
        years_before(today, years) if kind in QUALIFIED else None for years, kind in zip(defended, kinds, strict=True)
    ]
    return {
        "practising_since": with_gaps(draw, began, GAPS),
        "criminal_defence_since": with_gaps(draw, defence, 1.5 * GAPS),
        "entered_on": [max(day, years_before(today, 6)) for day in began],
    }


def _standing(draw: Generator, today: date, size: int) -> dict[str, Sequence[Any]]:
    valid_to = [today + timedelta(days=int(days)) for days in draw.integers(20, 900, size)]
    lapsed = [today - timedelta(days=int(days)) for days in draw.integers(1, 200, size)]
    expired = chance(draw, 0.025, size)
    return {
        "assessment_valid_to": with_gaps(
            draw, [old if gone else new for old, gone, new in zip(lapsed, expired, valid_to, strict=True)], GAPS
        ),
        "assessment_passed": with_gaps(draw, chance(draw, 0.97, size), GAPS),
        "minor_trained": with_gaps(draw, chance(draw, 0.22, size), GAPS),
        "quality": with_gaps(draw, [int(level) for level in draw.normal(78, 9, size).clip(40, 100)], 0.15),
        "capacity": with_gaps(draw, [int(cap) for cap in draw.choice([1, 2, 3, 4, 5, 6], size)], 0.1),
        "leave": [_period(today, draw, 12) if away else None for away in chance(draw, 0.03, size)],
        "suspended": [_period(today, draw, 90) if out else None for out in chance(draw, 0.012, size)],
    }


def _period(today: date, draw: Generator, length: int) -> tuple[date, date]:
    begun = today - timedelta(days=int(draw.integers(0, length)))
    return begun, today + timedelta(days=int(draw.integers(1, length)))


def _specialties(draw: Generator, kind: PractitionerKind, causes: Sequence[Cause]) -> dict[str, int]:
    allowed = [cause for cause in causes if kind in QUALIFIED or cause.matter is not Matter.CRIMINAL]
    leaning = draw.random()
    matters = {Matter.CRIMINAL} if leaning < 0.25 else set(Matter) - {Matter.CRIMINAL} if leaning < 0.6 else set(Matter)
    favoured = [cause.code for cause in allowed if cause.matter in matters] or [cause.code for cause in allowed]
    return _levels(draw, favoured, 3, 8)


def _levels(draw: Generator, codes: Sequence[str], least: int, most: int) -> dict[str, int]:
    return {str(code): 5 * int(draw.integers(7, 21)) for code in some_of(draw, codes, least, most)}


def _languages(draw: Generator) -> tuple[str, ...]:
    return tuple(pick(draw, LANGUAGES, 1)) if draw.random() < 0.05 else ()


def _served(draw: Generator, home: str, places: Sequence[Place]) -> tuple[str, ...]:
    codes = [place.code for place in places]
    if draw.random() < 0.35:
        return tuple(codes)
    return tuple(dict.fromkeys((home, *some_of(draw, codes, 1, min(4, len(codes))))))


def _former_offices(
    draw: Generator, today: date, kinds: Sequence[PractitionerKind], places: Sequence[Place]
) -> dict[str, Sequence[Any]]:
    offices = [_former_office(draw, today, kind, places) for kind in kinds]
    return {"former_organ": [organ for organ, _ in offices], "former_left_on": [left_on for _, left_on in offices]}


def _former_office(
    draw: Generator, today: date, kind: PractitionerKind, places: Sequence[Place]
) -> tuple[str | None, date | None]:
    if kind not in QUALIFIED or draw.random() > 0.02:
        return None, None
    place = places[int(draw.integers(len(places)))]
    return organ_of(place, int(draw.integers(1, 3))), years_before(today, draw.uniform(0.2, 10))
