"""The institutions of a sample city: firms of the published sizes, and the smaller kinds beside them."""

from collections.abc import Iterable, Iterator, Sequence

from numpy.random import Generator

from dispatch.domain.vocabulary import InstitutionKind, PractitionerKind
from dispatch.simulation.sample.draws import near, pick
from dispatch.simulation.sample.places import Place, institution_names
from dispatch.simulation.sample.records import SampleInstitution
from dispatch.simulation.sample.shares import FIRM_SIZES, KINDS, WORKERS_PER_OFFICE

URBAN_PULL = 2.5
"""How much more than its people a town draws firms."""

ENDINGS = {
    InstitutionKind.LAW_FIRM: "律师事务所",
    InstitutionKind.GRASSROOTS_OFFICE: "法律服务所",
    InstitutionKind.LEGAL_AID_CENTRE: "法律援助中心",
    InstitutionKind.JUDICIAL_OFFICE: "公职律师事务部",
    InstitutionKind.UNIVERSITY: "高校法律援助工作站",
    InstitutionKind.MASS_ORG: "工会法律援助工作站",
}
SEATS = {
    # kind of institution                what of the register sits there
    InstitutionKind.LAW_FIRM: (PractitionerKind.LAWYER,),
    InstitutionKind.GRASSROOTS_OFFICE: (PractitionerKind.GRASSROOTS_WORKER,),
    InstitutionKind.LEGAL_AID_CENTRE: (PractitionerKind.CENTRE_LAWYER, PractitionerKind.CENTRE_STAFF),
    InstitutionKind.JUDICIAL_OFFICE: (PractitionerKind.GOVERNMENT_LAWYER,),
    InstitutionKind.UNIVERSITY: (PractitionerKind.VOLUNTEER,),
    InstitutionKind.MASS_ORG: (PractitionerKind.VOLUNTEER_LAWYER,),
}


def make_institutions(draw: Generator, places: Sequence[Place], people: int) -> tuple[SampleInstitution, ...]:
    """Return institutions whose sizes add up to ``people``."""
    plan = [(kind, size) for kind in SEATS for size in _sizes(draw, kind, people)]
    plan = _exactly(plan, people)
    homes = pick(draw, {place: place.weight * (URBAN_PULL if place.urban else 1) for place in places}, len(plan))
    names = {(kind, place): institution_names(place.name, ENDINGS[kind]) for kind in SEATS for place in places}
    return tuple(
        _institution(draw, number, kind, size, home, next(names[kind, home]))
        for number, ((kind, size), home) in enumerate(zip(plan, homes, strict=True), start=1)
    )


def _sizes(draw: Generator, kind: InstitutionKind, people: int) -> Iterator[int]:
    left = round(people * sum(KINDS[member] for member in SEATS[kind]))
    while left > 0:
        size = min(left, _size(draw, kind, left))
        left -= size
        yield size


def _size(draw: Generator, kind: InstitutionKind, left: int) -> int:
    if kind is InstitutionKind.LAW_FIRM:
        least, most = pick(draw, FIRM_SIZES, 1)[0]
        return int(draw.integers(least, most + 1))
    if kind is InstitutionKind.GRASSROOTS_OFFICE:
        return 1 + int(draw.poisson(WORKERS_PER_OFFICE - 1))
    return min(left, 15)


def _exactly(plan: Iterable[tuple[InstitutionKind, int]], people: int) -> list[tuple[InstitutionKind, int]]:
    # Rounding the kinds leaves a person or two over; the first firm takes them in or lets them go.
    (kind, size), *rest = plan
    size += people - size - sum(other for _, other in rest)
    return [(kind, size), *rest] if size > 0 else rest


def _institution(
    draw: Generator, number: int, kind: InstitutionKind, size: int, home: Place, name: str
) -> SampleInstitution:
    latitude, longitude = near(draw, home.latitude or 0.0, home.longitude or 0.0, 3.0 if home.urban else 6.0)
    missing = draw.random() < 0.02
    return SampleInstitution(
        code=f"I{number:04}",
        name=name,
        kind=kind,
        area=home.code,
        latitude=None if missing else latitude,
        longitude=None if missing else longitude,
        capacity=None if size < 50 else size,
        size=size,
    )
