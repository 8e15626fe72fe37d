"""Criteria: what a match is judged by, and how much each counts."""

from typing import Self

from pydantic import Field, model_validator

from dispatch.domain.policy.document import Document
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import Term

BASIS_POINTS = 10_000
MAX_SCORE = BASIS_POINTS * 100


# fmt: off
class Criterion(Term):
    """What a score is made of."""

    SPECIALTY  = "specialty",  "专业特长",   "specialty in the cause of action"
    EXPERIENCE = "experience", "受援人类别经验", "experience with the recipient's categories"
    DISTANCE   = "distance",   "便利程度",   "nearness to the case"
    LANGUAGE   = "language",   "语言",       "language"
    QUALITY    = "quality",    "办案质量",   "quality of past cases"
    SENIORITY  = "seniority",  "执业经验",   "years of practice"
    WISH       = "wish",       "点援意愿", "the recipient's wish"
    CONTINUITY = "continuity", "一援到底",   "counsel of the earlier stage"
# fmt: on


class Weights(Document):
    """How much each criterion counts, in basis points; together 10,000."""

    specialty: int = Field(ge=0)
    experience: int = Field(ge=0)
    distance: int = Field(ge=0)
    language: int = Field(ge=0)
    quality: int = Field(ge=0)
    seniority: int = Field(ge=0)
    wish: int = Field(ge=0)
    continuity: int = Field(ge=0)

    @model_validator(mode="after")
    def whole(self) -> Self:
        """Refuse weights that do not add up to 10,000."""
        total = sum(self.of(criterion) for criterion in Criterion)
        if total != BASIS_POINTS:
            raise UnfitError(
                f"各项权重之和应为{BASIS_POINTS}，现为{total}", f"weights must add up to {BASIS_POINTS}, not {total}"
            )
        return self

    def of(self, criterion: Criterion) -> int:
        """Return the weight of `criterion`."""
        weight: int = getattr(self, criterion.value)
        return weight
