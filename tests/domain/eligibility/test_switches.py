"""What is law cannot be switched off; what a centre may switch says so."""

import pytest

from dispatch.domain.docket.facts import FormerOffice
from dispatch.domain.eligibility.table import RULES_BY_CODE, eligible
from dispatch.domain.law.instruments import InstrumentKind
from dispatch.domain.policy.legal_bounds import LEGAL_BOUNDS
from dispatch.domain.policy.schema import Checks
from dispatch.domain.vocabulary import (
    CaseSource,
    InstitutionKind,
    PairKind,
    PractitionerKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)
from tests.builders import a_case, a_defence, a_docket, a_pair, a_policy, a_practitioner, an_institution

GIRL = {"recipient_is_minor": True, "recipient_sex": Sex.FEMALE, "sexual_assault": True}
FAR = {"area": "B", "domicile_areas": ("B",), "court_area": "B"}
CASES = (
    a_case("plain"),
    a_case("far", **FAR, languages=("sign",)),
    a_case("minor", **GIRL),
    a_case("advice", service=Service.CONSULTATION),
    a_defence("theft"),
    a_defence("grave", grave=True),
    a_defence("supreme", stage=Stage.DEATH_REVIEW, review_court=ReviewCourt.SUPREME),
    a_defence("high", stage=Stage.DEATH_REVIEW, review_court=ReviewCourt.HIGH, source=CaseSource.APPLICATION),
    a_defence("duty", service=Service.DUTY_HELP),
    a_defence("treatment", service=Service.CRIMINAL_AGENCY, compulsory_treatment=True),
)
UNFIT = {
    "assessment_valid_to": None, "assessment_passed": False, "minor_trained": False, "legal_qualification": False,
    "criminal_defence_since": None, "practising_since": None, "relatives_at": ("court",),
    "suspended": True, "institution_suspended": True,
    "former_offices": (FormerOffice(organ="court", left_on=None),), "areas": ("C",),
}  # fmt: skip
PEOPLE = tuple(a_practitioner(kind.value, kind=kind, institution_id="campus", **UNFIT) for kind in PractitionerKind)
PAIRS = tuple(a_pair(kind, case.id, person.id) for kind in PairKind for case in CASES for person in PEOPLE)
SWITCHES = sorted(Checks.model_fields)


def refusing(**checks):
    """The rules that refuse somebody something, under a policy with these switches."""
    campus = (an_institution("campus", kind=InstitutionKind.UNIVERSITY),)
    found = eligible(a_docket(CASES, PEOPLE, a_policy(checks=checks), pairs=PAIRS, institutions=campus))
    return {code for i in range(found.n) for code in found.refusals(i)}


EVERYTHING_ON = {name: name != "supreme_review" for name in SWITCHES}


def switched_off_by(name):
    """The rules that a switch alone takes out of force."""
    return refusing(**EVERYTHING_ON) - refusing(**EVERYTHING_ON | {name: not EVERYTHING_ON[name]})


@pytest.mark.parametrize("name", SWITCHES)
def test_every_switch_takes_one_rule_out_of_force_and_no_other(name):
    assert len(switched_off_by(name)) == 1


@pytest.mark.parametrize("name", SWITCHES)
def test_rule_that_a_centre_switches_is_its_own_or_bounded_by_the_law(name):
    for code in switched_off_by(name):
        own = any(cited.kind is InstrumentKind.CENTRE for cited in RULES_BY_CODE[code].source)
        assert own or f"checks.{name}" in LEGAL_BOUNDS, code


def test_rule_that_names_the_centre_as_its_source_is_switched_by_the_centre():
    switched = {code for name in SWITCHES for code in switched_off_by(name)}
    named = {code for code, rule in RULES_BY_CODE.items() if rule.zh.startswith("按本中心规定")}

    assert named == {"minor_trained", "volunteers_light"}
    assert named <= switched


def test_rules_of_the_law_refuse_whatever_is_switched():
    everything_off = {name: not on for name, on in EVERYTHING_ON.items()}

    assert refusing(**everything_off) >= {
        "lawyer_for_defence", "staff_qualified", "grave_years", "death_review_notified", "minor_lawyer",
        "grassroots_not_criminal", "volunteer_services", "compulsory_treatment_lawyer", "duty_help_lawyer",
        "takes_outside_cases", "assessment_on_record", "not_suspended", "institution_active", "no_co_defence",
        "no_conflict", "not_opposite", "former_office_years", "former_organ", "no_relative_at_organ", "not_removed",
    }  # fmt: skip
