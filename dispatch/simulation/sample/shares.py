"""What the sample city is drawn from: published figures where there are any, and our estimates.

Sources: the ministry's statistics of lawyers and grass-roots legal services for 2022 (651,600
lawyers, 38,600 firms; 13,000 grass-roots offices with 56,000 workers). Everything marked
``estimate`` is ours, and no statement about the real city.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from dispatch.domain.policy.causes import Cause
from dispatch.domain.vocabulary import CaseSource, Category, PractitionerKind, Service, Stage

# fmt: off
FIRM_SIZES = {
    # lawyers in a firm: share of firms (ministry statistics 2022)
    (1, 10):    0.655,
    (11, 20):   0.207,
    (21, 50):   0.104,
    (51, 100):  0.020,
    (101, 160): 0.014,
}
AGES = {
    # age of a lawyer: share (ministry statistics 2022)
    (25, 29): 0.166,
    (30, 49): 0.644,
    (50, 64): 0.163,
    (65, 74): 0.027,
}
KINDS = {
    # kind: share of the register. There are 56,000 grass-roots workers to 651,600 lawyers; the rest is an estimate.
    PractitionerKind.LAWYER:            0.870,
    PractitionerKind.GRASSROOTS_WORKER: 0.079,
    PractitionerKind.CENTRE_LAWYER:     0.006,
    PractitionerKind.CENTRE_STAFF:      0.004,
    PractitionerKind.GOVERNMENT_LAWYER: 0.021,
    PractitionerKind.VOLUNTEER_LAWYER:  0.010,
    PractitionerKind.VOLUNTEER:         0.010,
}
WORKERS_PER_OFFICE = 4.3
WOMEN = 0.42
# fmt: on


class CaseKind(NamedTuple):
    """How a cause of action usually comes in. ``women`` is the share of female recipients."""

    weight: float
    service: Service
    categories: Mapping[Category, float] = MappingProxyType({})
    women: float = 0.5


DEFENCE, AGENCY = Service.DEFENCE, Service.LITIGATION_AGENCY

# fmt: off
CASE_KINDS = {
    # cause                  weight within its branch of law; all estimates
    "theft":                CaseKind(22, DEFENCE, {Category.LOW_INCOME: 0.3}, 0.12),
    "fraud":                CaseKind(18, DEFENCE, {Category.LOW_INCOME: 0.2}, 0.25),
    "intentional_injury":   CaseKind(16, DEFENCE, {Category.MIGRANT_WORKER: 0.2}, 0.1),
    "homicide":             CaseKind(3,  DEFENCE, {}, 0.2),
    "sexual_offence":       CaseKind(6,  DEFENCE, {}, 0.05),
    "drug_offence":         CaseKind(7,  DEFENCE, {}, 0.15),
    "traffic_offence":      CaseKind(14, DEFENCE, {Category.MIGRANT_WORKER: 0.2}, 0.1),
    "public_order_offence": CaseKind(9,  DEFENCE, {Category.LOW_INCOME: 0.2}, 0.15),
    "criminal_other":       CaseKind(5,  DEFENCE, {}, 0.2),
    "wages":                CaseKind(24, AGENCY, {Category.MIGRANT_WORKER: 0.9, Category.NEW_FORM_WORKER: 0.1}, 0.3),
    "labour_relation":      CaseKind(8,  Service.LABOUR, {Category.MIGRANT_WORKER: 0.6, Category.NEW_FORM_WORKER: 0.3}),
    "work_injury":          CaseKind(10, Service.LABOUR, {Category.MIGRANT_WORKER: 0.7, Category.DISABLED: 0.2}, 0.25),
    "traffic_injury":       CaseKind(12, AGENCY, {Category.ELDERLY: 0.3, Category.DISABLED: 0.2}),
    "medical_injury":       CaseKind(3,  AGENCY, {Category.DISABLED: 0.2}),
    "food_drug_injury":     CaseKind(1,  AGENCY, {Category.LOW_INCOME: 0.3}),
    "maintenance":          CaseKind(12, AGENCY, {Category.ELDERLY: 0.5, Category.WOMAN: 0.3}, 0.7),
    "marriage_family":      CaseKind(12, AGENCY, {Category.WOMAN: 0.6, Category.LOW_INCOME: 0.3}, 0.8),
    "domestic_violence":    CaseKind(4,  AGENCY, {Category.DOMESTIC_VIOLENCE: 1.0, Category.WOMAN: 0.8}, 0.9),
    "incapacity":           CaseKind(2,  AGENCY, {Category.DISABLED: 0.7, Category.ELDERLY: 0.3}),
    "pollution":            CaseKind(1,  AGENCY, {Category.FARM_OPERATOR: 0.5}),
    "farm_dispute":         CaseKind(7,  AGENCY, {Category.FARM_OPERATOR: 0.9}, 0.4),
    "civil_other":          CaseKind(4,  AGENCY, {Category.LOW_INCOME: 0.3}),
    "state_compensation":   CaseKind(1,  AGENCY, {Category.LOW_INCOME: 0.2}),
    "social_insurance":     CaseKind(4, Service.RECONSIDERATION, {Category.LOW_INCOME: 0.6, Category.ELDERLY: 0.3}),
    "pension":              CaseKind(2, Service.RECONSIDERATION, {Category.VETERAN: 0.5, Category.SERVICE_FAMILY: 0.3}),
    "administrative_other": CaseKind(3,  AGENCY, {Category.FARM_OPERATOR: 0.3}),
    "advice":               CaseKind(4,  Service.NON_LITIGATION, {Category.ELDERLY: 0.3, Category.WOMAN: 0.3}),
}
STAGES = {
    # criminal stages, estimate: full coverage is at trial, the pilot at prosecution review
    Stage.INVESTIGATION:   0.15,
    Stage.PROSECUTION:     0.40,
    Stage.FIRST_INSTANCE:  0.38,
    Stage.SECOND_INSTANCE: 0.07,
}
CRIMINAL_SOURCES = {
    CaseSource.NOTICE_MUST: 0.45,
    CaseSource.NOTICE_MAY:  0.40,
    CaseSource.APPLICATION: 0.15,
}
STAGE_OF_SERVICE = {
    Service.LITIGATION_AGENCY: Stage.FIRST_INSTANCE,
    Service.LABOUR:            Stage.ARBITRATION,
    Service.RECONSIDERATION:   Stage.RECONSIDERATION,
    Service.NON_LITIGATION:    Stage.NON_LITIGATION,
}
LANGUAGES = {
    # languages beside Mandarin that are spoken in the register; sign language above all
    "sign": 0.6,
    "ug":   0.2,
    "en":   0.2,
}
NEEDED_LANGUAGES = LANGUAGES | {"vi": 0.4}
"""A queue asks now and then for what nobody in town speaks."""
# fmt: on

ORDINARY = CaseKind(1, AGENCY)
"""What is assumed of a cause that is not in the table."""


def usual(causes: Sequence[Cause]) -> list[Cause]:
    """Return those causes of a catalogue that the table knows, in its order; where it knows none, all of them."""
    known = {cause.code: cause for cause in causes}
    return [known[code] for code in CASE_KINDS if code in known] or list(causes)


GRAVE_CAUSES = ("homicide", "drug_offence")
SEXUAL_CAUSES = ("sexual_offence",)

# fmt: off
SUSPECT_AGES   = {(14, 17): 0.08, (18, 59): 0.88, (60, 80): 0.04}
VICTIM_AGES    = {(6, 17):  0.45, (18, 59): 0.50, (60, 80): 0.05}
RECIPIENT_AGES = {(8, 17):  0.05, (18, 59): 0.70, (60, 85): 0.25}
# fmt: on
