"""What rules ask of one case, one practitioner or both, as claims that are yes, no or unknown."""

import numpy as np

from dispatch.domain.docket.codes import term_codes
from dispatch.domain.eligibility.kleene import (
    UNKNOWN,
    Truths,
    all_of,
    any_of,
    at_least,
    at_most,
    negation,
    one_of,
    truth,
)
from dispatch.domain.eligibility.rules import View
from dispatch.domain.stages import UPWARDS
from dispatch.domain.vocabulary import InstitutionKind, Matter, PractitionerKind, Service, Sex, Stage

LAWYERS = (
    PractitionerKind.LAWYER, PractitionerKind.CENTRE_LAWYER, PractitionerKind.VOLUNTEER_LAWYER,
    PractitionerKind.MILITARY_LAWYER,
)  # fmt: skip
LICENSED = (*LAWYERS, PractitionerKind.GRASSROOTS_WORKER)
LIGHT = (Service.CONSULTATION, Service.DRAFTING)
OWN_BUREAU = (InstitutionKind.LEGAL_AID_CENTRE, InstitutionKind.JUSTICE_BUREAU)
"""Units whose government lawyers take the centre's cases as their own unit's."""
LITIGATES = (Service.LITIGATION_AGENCY, Service.PETITION, Service.ENFORCEMENT, Service.STATE_COMPENSATION)
IN_COURT = (Service.DEFENCE, Service.CRIMINAL_AGENCY, *LITIGATES)


def is_kind(d: View, *kinds: PractitionerKind) -> Truths:
    """Tell who is of one of these kinds."""
    return one_of(d.practitioner.kind, term_codes(kinds))


def is_service(d: View, *services: Service) -> Truths:
    """Tell which cases ask for one of these services."""
    return one_of(d.case.service, term_codes(services))


def is_matter(d: View, *matters: Matter) -> Truths:
    """Tell which cases belong to one of these branches."""
    return one_of(d.case.matter, term_codes(matters))


def is_of(d: View, *kinds: InstitutionKind) -> Truths:
    """Tell whose institution is of one of these kinds."""
    return one_of(d.practitioner.institution_kind, term_codes(kinds))


def represents(d: View) -> Truths:
    """Tell which cases ask for more than advice and drafting."""
    return negation(is_service(d, *LIGHT))


def in_territory(d: View) -> Truths:
    """Tell who may litigate in the case as a grass-roots worker: by domicile, by court, or by following it upwards."""
    upwards = one_of(d.case.stage, term_codes(UPWARDS))
    return any_of(d.domiciled(), all_of(d.heard_near(), any_of(negation(upwards), d.follows())))


def is_woman(d: View) -> Truths:
    """Tell who is a woman."""
    return one_of(d.practitioner.sex, term_codes([Sex.FEMALE]))


def unless(condition: Truths, claim: Truths) -> Truths:
    """Ask for `claim` except where `condition` holds."""
    return any_of(condition, claim)


def where(condition: Truths, claim: Truths) -> Truths:
    """Ask for `claim` only where `condition` holds, or may hold."""
    return any_of(negation(condition), claim)


def switched(on: bool, claim: Truths) -> Truths:
    """Ask for `claim` only if the policy switches the rule on."""
    return claim if on else truth(True)


def defends(d: View) -> Truths:
    """Tell which cases are criminal defence; until the investigation ends only lawyers may act at all."""
    at_stage = one_of(d.case.stage, term_codes([Stage.INVESTIGATION, Stage.ARREST_REVIEW]))
    light = is_service(d, *LIGHT)
    return any_of(is_service(d, Service.DEFENCE), all_of(is_matter(d, Matter.CRIMINAL), at_stage, negation(light)))


def girl_harmed(d: View) -> Truths:
    """Tell which cases are sexual assaults on a girl."""
    girl = one_of(d.case.recipient_sex, term_codes([Sex.FEMALE]))
    return all_of(d.case.minor, girl, d.case.sexual_assault)


def specialised(d: View) -> Truths:
    """Tell whose level in the cause reaches the floor of the policy."""
    floor = d.policy.thresholds.specialty_floor
    levels = d.specialty()
    return truth(True) if floor is None else np.where(levels < 0, UNKNOWN, truth(levels >= floor))


def in_reach(d: View) -> Truths:
    """Tell who is near enough to the case."""
    reach = d.policy.thresholds.reach_km
    return truth(True) if reach is None else at_most(d.distance_km(), reach)


def duty_years(d: View) -> Truths:
    """Tell who has practised long enough for duty help, where the place asks for it."""
    years = d.policy.thresholds.duty_years
    return truth(True) if years is None else at_least(d.practitioner.practice_years, years)
