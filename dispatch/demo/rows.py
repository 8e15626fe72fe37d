"""A sample as rows of the files a centre would bring: values by the fields of the importer's columns."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dispatch.domain.vocabulary import RelationKind
from dispatch.exchange.columns import Kind
from dispatch.simulation.sample.places import Place, organs_of
from dispatch.simulation.sample.records import City, SampleCase, SampleInstitution, SamplePractitioner

Row = Mapping[str, Any]

# fmt: off
RELATION_FIELDS = {
    "co_defendants":  RelationKind.CO_DEFENDANTS,
    "opposing_sides": RelationKind.OPPOSING_SIDES,
    "earlier_stage":  RelationKind.EARLIER_STAGE,
}
# fmt: on


def organ_rows(places: Iterable[Place]) -> Iterator[Row]:
    """Yield the rows of the catalogue of organs."""
    yield from (organ._asdict() | {"aliases": list(organ.aliases) or None} for organ in organs_of(places))


def institution_row(institution: SampleInstitution) -> Row:
    """Return an institution's row."""
    return {
        "code": institution.code,
        "name": institution.name,
        "kind": institution.kind,
        "area": institution.area,
        "latitude": institution.latitude,
        "longitude": institution.longitude,
        "capacity": institution.capacity,
    }


def practitioner_row(practitioner: SamplePractitioner, home: SampleInstitution) -> Row:
    """Return a practitioner's row; they work where their institution is."""
    row = {field: getattr(practitioner, field) for field in PRACTITIONER_FIELDS}
    organ, left_on = practitioner.former_organ, practitioner.former_left_on
    office = {"organ": organ, "left_on": left_on.isoformat() if left_on else None}
    return row | {
        "former_offices": [office] if organ else [],
        "relatives_at": [],
        "latitude": home.latitude,
        "longitude": home.longitude,
    }


def case_row(case: SampleCase) -> Row:
    """Return a case's row."""
    row = {field: getattr(case, field) for field in CASE_FIELDS}
    ties = {
        field: [tie.number for tie in case.relations if tie.kind is kind] or None
        for field, kind in RELATION_FIELDS.items()
    }
    return (
        row
        | ties
        | {
            "recipient_name": case.recipient.name,
            "recipient_identity_number": case.recipient.identity_number,
            "recipient_sex": case.recipient.sex,
            "recipient_minor": case.minor,
            "wishes": list(case.wishes) or None,
        }
    )


def rows_of(city: City) -> dict[Kind, Iterable[Row]]:
    """Return the rows of the four files, in the order in which they can be imported."""
    homes = {institution.code: institution for institution in city.institutions}
    return {
        Kind.ORGANS: organ_rows(city.places),
        Kind.INSTITUTIONS: map(institution_row, city.institutions),
        Kind.PRACTITIONERS: (practitioner_row(row, homes[row.institution]) for row in city.practitioners),
        Kind.CASES: map(case_row, city.cases),
    }


# fmt: off
PRACTITIONER_FIELDS = (
    "code", "name", "institution", "kind", "sex", "listed", "assessment_valid_to", "assessment_passed",
    "practising_since", "criminal_defence_since", "minor_trained", "legal_qualification", "specialties",
    "experience", "languages", "areas", "quality", "capacity", "entered_on",
)
CASE_FIELDS = (
    "number", "matter", "cause", "service", "source", "stage", "means_test", "means_status", "means_ground", "area",
    "organ", "categories", "languages", "domicile_areas", "court_area", "detained", "grave", "sexual_assault", "secret",
    "major", "demand", "received_at", "granted_at",
)
# fmt: on
