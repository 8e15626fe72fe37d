"""What the papers of a case are made under: one row a kind, and the item of the law for each ground of termination.

For a kind that is not here no instrument asks: withdrawal, transfer, correction.
"""

from collections.abc import Mapping
from typing import Any

from dispatch.domain.law.citations import Citations, Trust, cite
from dispatch.domain.states import PaperKind, TerminationGround

REPLACEMENT = cite("legal_aid_law", 55) + cite("case_procedures", 37, trust=Trust.UNREAD)

SUPERVISION = cite("legal_aid_law", 59)

# fmt: off
PAPERS: dict[PaperKind, Citations] = {
    PaperKind.AGREEMENT:   cite("case_procedures", 27),
    PaperKind.OBSTACLE:    cite("case_procedures", 27),
    PaperKind.PROGRESS:    cite("legal_aid_law", 46, paragraph=2),
    PaperKind.MAJOR:       cite("case_procedures", trust=Trust.UNREAD),
    PaperKind.CLOSING:     cite("legal_aid_law", 50),
    PaperKind.REFUSAL:     cite("legal_aid_law", 43, paragraph=1),
    PaperKind.OBJECTION:   cite("legal_aid_law", 49, paragraph=1),
    PaperKind.RULING:      cite("legal_aid_law", 49, paragraph=2),
    PaperKind.TERMINATION: cite("legal_aid_law", 48, paragraph=1),
    PaperKind.OWN_COUNSEL: cite("legal_aid_law", 48, paragraph=1, item=6),
    PaperKind.CONFLICT:    cite("lawyers_law", 39),
    PaperKind.REPLACEMENT_REQUEST:  REPLACEMENT,
    PaperKind.REPLACEMENT_DECISION: REPLACEMENT,
    PaperKind.ASSESSMENT:  cite("legal_aid_law", 57),
    PaperKind.RATING:      cite("legal_aid_law", 59),
    PaperKind.HEARING:     SUPERVISION,
    PaperKind.INQUIRY:     SUPERVISION,
    PaperKind.INQUIRY_ANSWER: SUPERVISION,
    PaperKind.CALL_BACK:   SUPERVISION,
    PaperKind.COMPLAINT:   cite("legal_aid_law", 56) + cite("complaints", trust=Trust.UNREAD),
    PaperKind.COMPLAINT_DECISION: cite("legal_aid_law", 56) + cite("complaints", trust=Trust.UNREAD),
}

ITEMS = {
    TerminationGround.FRAUD: 1, TerminationGround.CONCEALMENT: 2, TerminationGround.UNLAWFUL: 3,
    TerminationGround.MEANS: 4, TerminationGround.CASE_OVER:   5, TerminationGround.ASKED:    7,
    TerminationGround.MATERIALS: 8, TerminationGround.OTHER: 8,
}
"""Items of 《法律援助法》第四十八条第一款; item 6 is own counsel, a paper of its own."""
# fmt: on


def basis_of(kind: PaperKind, facts: Mapping[str, Any]) -> Citations:
    """Return what a paper is made under, if any instrument asks for it; of a termination, the item of its ground."""
    if kind is PaperKind.TERMINATION and "ground" in facts:
        owed = cite("legal_aid_law", 44, paragraph=2) if facts["ground"] == TerminationGround.MATERIALS else ()
        return owed + cite("legal_aid_law", 48, paragraph=1, item=ITEMS.get(facts["ground"]))
    return PAPERS.get(kind, ())
