"""What evidence for a policy looks like over the wire: frontiers, firmness, lessons."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from dispatch.api.schemas import Id, In, Out
from dispatch.domain.policy.sweep_axis import Axis


class FiguresOut(Out):
    """What a plan comes to, whatever the policy weighs."""

    match: Annotated[float | None, Field(description="Mean score of a seat, of 1,000,000. 每席平均匹配分。")]
    levels: Annotated[dict[str, float], Field(description="Mean level of each criterion, of 100. 各项平均等级。")]
    first_wishes: int
    most: Annotated[int, Field(description="Cases of whoever gets most. 一人最多件数。")]
    gini: Annotated[float, Field(description="Of the turns of all on the list. 轮次基尼系数。")]
    open: int
    moved: Annotated[int | None, Field(description="Proposals of the run that are given up. 与原方案不同的指派。")]


class PointOut(Out):
    """A plan on the frontier, and what it costs."""

    kind: Literal["corner", "between"]
    level: Annotated[int | None, Field(description="Value of the policy's number that yields it. 对应的政策数值。")]
    least: float | None
    most: float | None
    amount: float
    price: Annotated[float, Field(description="Share of the best match given up. 匹配质量让出的份额。")]
    gap: Annotated[int, Field(description="0 if proven; else how far a better plan may lie. 未证明时的差距。")]
    figures: FiguresOut
    adoptable: Annotated[
        bool, Field(description="A policy was seen to yield it, with a verified certificate. 可采纳。")
    ]
    zh: str
    en: str


class CurveOut(Out):
    """The plans between those best by one criterion and those best by the rest."""

    axis: Axis
    now: int
    seats: int
    whole: Annotated[bool, Field(description="No corner can be missing. 角点齐全。")]
    points: list[PointOut]


class AdoptIn(In):
    """Which point becomes a draft."""

    axis: Axis
    level: Annotated[int, Field(ge=0, le=1_000_000)]


class RoomOut(Out):
    """Between which values a number of the policy changes no plan."""

    axis: Axis
    now: int
    least: int | None
    most: int | None
    least_run: str | None
    most_run: str | None
    zh: str
    en: str


class FirmnessOut(Out):
    """How firm the plans of the last runs are."""

    run_ids: list[Id]
    rooms: list[RoomOut]


class DesignatedOut(Out):
    """A designation of someone the run did not propose."""

    designation_id: Id
    run_id: Id
    case_id: Id
    practitioner_id: Id
    proposed: list[str]
    at: datetime


class DecisionOut(Out):
    """An override, and whether the new weights explain it."""

    override: DesignatedOut
    comparable: bool
    explained: bool
    loss: Annotated[int | None, Field(description="Points the whole day would lose by it; 0: none. 当日损失。")]


class LessonsOut(Out):
    """What overrides teach about the weights; a suggestion until someone drafts it."""

    now: dict[str, int]
    weights: dict[str, int]
    decisions: list[DecisionOut]
    contradiction: Annotated[list[Id], Field(description="Designations that contradict each other. 相互矛盾的决定。")]
    zh: str
    en: str
