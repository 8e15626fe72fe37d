"""Builders of facts: a test names only what matters to it. Append, never change."""

from datetime import UTC, date, datetime, timedelta

from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import (
    AreaFacts,
    CaseFacts,
    DocketFacts,
    InstitutionFacts,
    PairFact,
    PractitionerFacts,
)
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.vocabulary import CaseSource, Matter, PractitionerKind, Service, Sex, Stage

NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
"""A Monday morning in China."""


def a_case(id="c1", **facts):
    """An unpaid-wages case with three days left that any lawyer may take."""
    plain = {
        "matter": Matter.CIVIL,
        "cause": "wages",
        "service": Service.LITIGATION_AGENCY,
        "source": CaseSource.APPLICATION,
        "stage": Stage.FIRST_INSTANCE,
        "area": "A",
        "organ": "court",
        "recipient_sex": Sex.MALE,
        "recipient_is_minor": False,
        "detained": False,
        "grave": False,
        "sexual_assault": False,
        "secret": False,
        "domicile_areas": ("A",),
        "entitled_at": NOW,
        "due_at": NOW + timedelta(days=3),
    }
    return CaseFacts(id=id, **{**plain, **facts})


def a_defence(id="c1", **facts):
    """A theft defence in the first instance."""
    plain = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE, "source": CaseSource.NOTICE_MUST}
    return a_case(id, **{**plain, **facts})


def a_practitioner(id="p1", **facts):
    """A lawyer of ten years with nothing unknown and nothing against them."""
    plain = {
        "institution_id": "firm",
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
        "languages": (),
        "areas": ("A",),
        "quality": 70,
        "capacity": 5,
    }
    return PractitionerFacts(id=id, **{**plain, **facts})


def a_pair(kind, case_id="c1", practitioner_id="p1"):
    """A recorded fact about one pair."""
    return PairFact(case_id=case_id, practitioner_id=practitioner_id, kind=kind)


def an_institution(id="firm", **facts):
    """An institution without a cap."""
    return InstitutionFacts(id=id, **facts)


def an_area(code="A", latitude=34.41, longitude=115.65):
    """An area and its point."""
    return AreaFacts(code=code, latitude=latitude, longitude=longitude)


def a_policy(**parts):
    """The national preset; a dictionary changes fields of a part, any other value replaces it."""
    # Reading a document takes longer than most of what a test asks about it, and a law asks for one in each example.
    told = repr(parts)
    if told not in _policies:
        document = load_preset("national").to_document()
        for name, change in parts.items():
            document[name] = {**document[name], **change} if isinstance(change, dict) else change
        _policies[told] = Policy.from_document(document)
    return _policies[told]


_policies: dict[str, Policy] = {}


def docket_facts(cases=None, practitioners=None, **facts):
    """The facts of a docket: one case and one practitioner unless told otherwise."""
    return DocketFacts(
        centre_id="centre",
        now=NOW,
        cases=tuple([a_case()] if cases is None else cases),
        practitioners=tuple([a_practitioner()] if practitioners is None else practitioners),
        **facts,
    )


def a_docket(cases=None, practitioners=None, policy=None, seed=0, **facts):
    """A docket of these cases and practitioners."""
    return Docket.build(docket_facts(cases, practitioners, **facts), policy or load_preset("national"), seed)
