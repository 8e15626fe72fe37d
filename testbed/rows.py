"""Rows of a register with nothing unknown and nothing against anyone; whoever builds one names what differs."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dispatch.domain.law.means import MeansStatus, means_test_of
from dispatch.domain.texts import case_number_key, case_number_order
from dispatch.domain.vocabulary import (
    ON_NOTICE,
    CaseSource,
    Matter,
    MeansTest,
    PractitionerKind,
    Role,
    Service,
    Sex,
    Stage,
    Status,
)
from dispatch.registry.tables import AttributesRow, CaseRow, InstitutionRow, PractitionerRow, UserRow

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
"""A Monday morning in China."""

LONG_AGO = date(2020, 1, 1)


PLAIN_FACTS = {"detained": False, "grave": False, "sexual_assault": False, "secret": False}
"""What rules ask of a case, answered: what is left out is unknown."""


def practitioner_row(centre_id: str, code: str = "p1", **columns: Any) -> PractitionerRow:
    """A practitioner on the roster since long ago."""
    plain = {"name": f"person {code}", "entered_on": LONG_AGO, "updated_at": NOW}
    return PractitionerRow(centre_id=centre_id, code=code, **{**plain, **columns})


def attributes_row(practitioner: PractitionerRow, institution: InstitutionRow, **columns: Any) -> AttributesRow:
    """What is true of a lawyer of ten years since they entered."""
    plain = {
        "from_on": LONG_AGO,
        "recorded_at": NOW,
        "kind": PractitionerKind.LAWYER,
        "sex": Sex.MALE,
        "assessment_valid_to": date(2030, 12, 31),
        "assessment_passed": True,
        "practising_since": date(2016, 1, 1),
        "criminal_defence_since": date(2016, 1, 1),
        "minor_trained": True,
        "legal_qualification": True,
        "specialties": {"wages": 80, "theft": 60},
        "experience": {},
        "languages": [],
        "areas": ["A"],
        "former_offices": [],
        "relatives_at": [],
        "quality": 70,
        "latitude": 34.4,
        "longitude": 115.6,
        "capacity": 5,
    }
    return AttributesRow(
        centre_id=practitioner.centre_id,
        practitioner_id=practitioner.id,
        institution_id=institution.id,
        **{**plain, **columns},
    )


def with_means(draft: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case to hand in with the check of hardship answered, where one is made and nothing is said of it."""
    ground, source = draft.get("means_ground"), draft.get("source") or CaseSource.APPLICATION
    asked = draft.get("means_test") or means_test_of(source, draft["service"], draft.get("categories") or (), ground)
    if ground or "means_status" in draft or asked != MeansTest.REQUIRED:
        return dict(draft)
    return {**draft, "means_status": MeansStatus.PROVEN}


def case_row(centre_id: str, number: str = "1", **columns: Any) -> CaseRow:
    """A granted unpaid-wages case with three days left that any lawyer may take."""
    plain = {
        "status": Status.PENDING,
        "source": CaseSource.APPLICATION,
        "matter": Matter.CIVIL,
        "cause": "wages",
        "service": Service.LITIGATION_AGENCY,
        "stage": Stage.FIRST_INSTANCE,
        "means_test": MeansTest.REQUIRED,
        "area": "A",
        "organ": "court",
        "categories": [],
        "languages": [],
        "domicile_areas": ["A"],
        "recipient_sex": Sex.MALE,
        "recipient_is_minor": False,
        **PLAIN_FACTS,
        "received_at": NOW - timedelta(days=1),
        "granted_at": NOW,
        "due_at": NOW + timedelta(days=3),
        "updated_at": NOW,
    }
    if columns.get("source") in ON_NOTICE:
        plain["means_test"] = MeansTest.NOT_APPLICABLE
    stated = with_means({**plain, **columns})
    since = stated["granted_at"]
    if stated["source"] in ON_NOTICE and "entitled_at" not in columns:
        stated["granted_at"] = None
    return CaseRow(
        centre_id=centre_id,
        number=number,
        number_key=case_number_key(number),
        number_order=case_number_order(number),
        **{"entitled_at": since, **stated},
    )


def a_user(centre_id: str, login: str, role: Role, organ: str | None = None) -> UserRow:
    """Someone who may act."""
    return UserRow(centre_id=centre_id, login=login, role=role, organ=organ, created_at=NOW)
