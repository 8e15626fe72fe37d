"""How answers show people, figures and cases that change hands."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field

from dispatch.api.routes.own import LabelOut
from dispatch.api.schemas import Id
from dispatch.commands.answers.names import Names
from dispatch.domain.eligibility.table import RULES_BY_CODE, basis_text
from dispatch.modes.figures import CriterionFigure, measured
from dispatch.simulation.evidence.why import CaseMove

Listed = Annotated[int, Field(description="People on the list. 名册在册人数。")]


class PractitionerNameOut(BaseModel):
    """A practitioner with the institution and the work in hand; the name is shown to those who may read the roster."""

    practitioner_id: Id
    code: str
    name: str | None
    institution_id: str
    institution: str
    load: Annotated[int, Field(description="Open cases. 在办案件数。")]
    capacity: Annotated[int | None, Field(description="Most open cases at a time. 可同时承办件数。")]
    month_count: Annotated[int, Field(description="Cases of this month. 本月指派件数。")]
    monthly_capacity: int | None

    @classmethod
    def of(cls, names: Names, practitioner_id: str) -> "PractitionerNameOut":
        """Return a person of an answer."""
        return cls.model_validate(names.people[practitioner_id]._asdict())


Practitioner = Annotated[PractitionerNameOut, Field(description="The practitioner. 该承办人员。")]
NobodyOr = Annotated[PractitionerNameOut | None, Field(description="Null is nobody. 无人承办为空。")]


class CriterionOut(LabelOut):
    """One criterion: weight times level is points; the fact behind it is given in words."""

    weight: Annotated[int, Field(description="Basis points; all weights sum to 10,000. 权重，合计10000。")]
    level: Annotated[int, Field(description="0 to 100. 分值。")]
    points: int
    share: Annotated[float, Field(description="Part of the best possible score. 占满分的比例。")]
    measure: Annotated[float | None, Field(description="Null if not recorded. 未登记的为空。")]
    text: Annotated[str, Field(description="The measure with its unit. 数值及单位。", examples=["相距12.5公里"])]


class MoveOut(BaseModel):
    """A case that would change hands; null is nobody."""

    case_id: Id
    number: str
    origin: NobodyOr
    target: NobodyOr


class RuleCountOut(BaseModel):
    """A rule and how many people on the list it refuses for this case."""

    code: str
    text: str
    source: Annotated[str, Field(description="The law in full. 依据。", examples=["《法律援助法》第二十六条"])]
    people: int


Refused = Annotated[list[RuleCountOut], Field(description="Rules that refuse, the most first. 不符合条件的人数。")]


def figures(found: Sequence[CriterionFigure], language: str) -> list[CriterionOut]:
    """Return criteria as they are shown."""
    return [
        CriterionOut(
            **LabelOut.of(each.criterion).model_dump(),
            weight=each.weight,
            level=each.level,
            points=each.points,
            share=each.share,
            measure=each.measure,
            text=measured(each, language),
        )
        for each in found
    ]


def rule_count(code: str, people: int, language: str) -> RuleCountOut:
    """Return a rule with how many it refuses."""
    text, source = RULES_BY_CODE[code].refusal(language), basis_text(code, language)
    return RuleCountOut(code=code, text=text, source=source, people=people)


def move_out(move: CaseMove, names: Names) -> MoveOut:
    """Return a case that changes hands."""
    origin, target = (PractitionerNameOut.of(names, id) if id else None for id in (move.origin, move.target))
    return MoveOut(case_id=move.case_id, number=names.numbers[move.case_id], origin=origin, target=target)
