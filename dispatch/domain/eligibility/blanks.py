"""Which blank of a case keeps a rule from a verdict, so that the refusal says what to fill in, and not whom to ask.

A blank is to blame where the rule would know its verdict if the blank were filled in one way or another. What stays
unknown however the case is filled in is missing of the practitioner.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dispatch.domain.docket.codes import term_codes
from dispatch.domain.eligibility.kleene import NO, UNKNOWN, YES, Truths
from dispatch.domain.eligibility.rules import Mask, Rule, View
from dispatch.domain.vocabulary import Sex, Term


# fmt: off
class CaseFact(Term):
    """Facts of a case that a rule may miss, by the column of a file; the labels are the headers of the template."""

    RECIPIENT_MINOR = "recipient_minor", "受援人为未成年人",             "Recipient is a minor"
    RECIPIENT_SEX   = "recipient_sex",   "受援人性别",                   "Recipient sex"
    GRAVE           = "grave",           "可能被判处无期徒刑、死刑",     "Grave"
    SEXUAL_ASSAULT  = "sexual_assault",  "性侵害案件",                   "Sexual assault"
    REVIEW_COURT    = "review_court",    "复核法院",                     "Reviewing court"
    AREA            = "area",            "办案机关（争议处理机关）所在地", "Area"
    ORGAN           = "organ",           "办案机关（争议处理机关）",     "Organ"
    COURT_AREA      = "court_area",      "审理法院所在地区",             "Area of the court"


CASE_FACTS = {fact.value: fact for fact in CaseFact}


class FactColumn(NamedTuple):
    """A fact, what stands for not knowing it, and what it may turn out to be; any of very many where none is listed."""

    fact: CaseFact
    unknown: int
    answers: tuple[int, ...] = ()


CODELESS = -1
SEXES = term_codes(Sex)
ANSWERS = (int(NO), int(YES))

BLANKS: Mapping[str, FactColumn] = {
    # column of the docket
    "minor":          FactColumn(CaseFact.RECIPIENT_MINOR, int(UNKNOWN), ANSWERS),
    "recipient_sex":  FactColumn(CaseFact.RECIPIENT_SEX,   CODELESS,     SEXES),
    "grave":          FactColumn(CaseFact.GRAVE,           int(UNKNOWN), ANSWERS),
    "sexual_assault": FactColumn(CaseFact.SEXUAL_ASSAULT,  int(UNKNOWN), ANSWERS),
    "supreme_review": FactColumn(CaseFact.REVIEW_COURT,    int(UNKNOWN), ANSWERS),
    "area":           FactColumn(CaseFact.AREA,            CODELESS),
    "organ":          FactColumn(CaseFact.ORGAN,           CODELESS),
    "court_area":     FactColumn(CaseFact.COURT_AREA,      CODELESS),
}
# fmt: on


def blanks_of(view: View, rule: Rule, verdict: Truths) -> Iterator[tuple[CaseFact, Mask]]:
    """Yield the blanks of the one case in view that leave a rule without a verdict, and for whom, (m,)."""
    open_to = verdict == UNKNOWN
    if not open_to.any():
        return
    for column in rule.reads:
        blank = BLANKS.get(column)
        if blank and getattr(view.case, column)[0, 0] == blank.unknown:
            settled = _settled(view, rule, column, blank) if blank.answers else open_to
            if (blamed := open_to & settled).any():
                yield blank.fact, blamed


def _settled(view: View, rule: Rule, column: str, blank: FactColumn) -> Mask:
    """Return for whom the rule has a verdict once the blank is filled in one way at least."""
    known = np.zeros(len(view.practitioner.key.ravel()), bool)
    for answer in blank.answers:
        filled = replace(view.case, **{column: np.full_like(getattr(view.case, column), answer)})
        known |= rule.known(replace(view, case=filled))[0]
    return known
