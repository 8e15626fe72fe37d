"""A sample as a decision sees it, without a register in between: for back-tests and benchmarks."""

from collections import defaultdict
from datetime import datetime

from dispatch.domain import calendar
from dispatch.domain.docket.facts import (
    AreaFacts,
    CaseFacts,
    DocketFacts,
    FormerOffice,
    InstitutionFacts,
    PractitionerFacts,
)
from dispatch.domain.law.deadlines import due_at
from dispatch.domain.vocabulary import CaseSource, RelationKind
from dispatch.simulation.sample.records import City, SampleCase, SampleInstitution, SamplePractitioner

SAMPLE = "sample"


def docket_facts(city: City, now: datetime) -> DocketFacts:
    """Return the facts of deciding the whole queue at ``now``; ids are the codes and numbers of the sample."""
    homes = {institution.code: institution for institution in city.institutions}
    joint, opposing = _ties(city.cases)
    return DocketFacts(
        centre_id=SAMPLE,
        now=now,
        cases=tuple(
            case_facts(case, joint.get(case.number), tuple(sorted(opposing[case.number]))) for case in city.cases
        ),
        practitioners=tuple(practitioner_facts(row, homes[row.institution], now) for row in city.practitioners),
        institutions=tuple(
            InstitutionFacts(id=row.code, kind=row.kind, room=row.capacity) for row in city.institutions
        ),
        areas=tuple(AreaFacts(code=row.code, latitude=row.latitude, longitude=row.longitude) for row in city.places),
    )


def _ties(cases: tuple[SampleCase, ...]) -> tuple[dict[str, str], dict[str, set[str]]]:
    joint: dict[str, str] = {}
    opposing: dict[str, set[str]] = defaultdict(set)
    for case in sorted(cases, key=lambda case: case.number):
        for tie in case.relations:
            if tie.kind is RelationKind.OPPOSING_SIDES:
                opposing[case.number].add(tie.number)
                opposing[tie.number].add(case.number)
            elif tie.kind is RelationKind.CO_DEFENDANTS:
                joint[case.number] = joint.setdefault(tie.number, tie.number)
    return joint, opposing


def case_facts(case: SampleCase, joint_group: str | None = None, opposing: tuple[str, ...] = ()) -> CaseFacts:
    """Return a case of the sample as a decision sees it."""
    limit, since = ("T4", case.entitled_at) if case.source is CaseSource.APPLICATION else ("T2", case.received_at)
    return CaseFacts(
        id=case.number,
        matter=case.matter,
        cause=case.cause,
        service=case.service,
        source=case.source,
        stage=case.stage,
        area=case.area,
        organ=case.organ,
        categories=case.categories,
        languages=case.languages,
        recipient_sex=case.recipient.sex,
        recipient_is_minor=case.minor,
        detained=case.detained,
        grave=case.grave,
        sexual_assault=case.sexual_assault,
        secret=case.secret,
        major=case.major,
        domicile_areas=case.domicile_areas,
        court_area=case.court_area,
        demand=case.demand,
        entitled_at=case.entitled_at,
        due_at=due_at(limit, since, detained=case.detained, calendar=calendar.china()).at,
        wishes=case.wishes,
        joint_group=joint_group,
        opposing_case_ids=opposing,
    )


def practitioner_facts(row: SamplePractitioner, home: SampleInstitution, now: datetime) -> PractitionerFacts:
    """Return a practitioner of the sample as a decision sees them."""
    today = now.date()
    office = FormerOffice(organ=row.former_organ, left_on=row.former_left_on) if row.former_organ else None
    return PractitionerFacts(
        id=row.code,
        institution_id=row.institution,
        kind=row.kind,
        sex=row.sex,
        listed=row.listed,
        assessment_valid_to=row.assessment_valid_to,
        assessment_passed=row.assessment_passed,
        practising_since=row.practising_since,
        criminal_defence_since=row.criminal_defence_since,
        minor_trained=row.minor_trained,
        legal_qualification=row.legal_qualification,
        specialties=row.specialties,
        experience=row.experience,
        languages=row.languages,
        areas=row.areas,
        former_offices=(office,) if office else (),
        quality=row.quality,
        latitude=home.latitude,
        longitude=home.longitude,
        capacity=row.capacity,
        on_leave=row.leave is not None and row.leave[0] <= today <= row.leave[1],
        suspended=row.suspended is not None and row.suspended[0] <= today <= row.suspended[1],
    )
