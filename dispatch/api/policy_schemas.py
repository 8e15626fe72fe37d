"""What goes over the wire about policies and what was tried with them."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from dispatch.api.schemas import Id, In, JobOut, Out
from dispatch.domain.policy.legal_bounds import LocalRule
from dispatch.domain.vocabulary import PolicyStatus

Changes = Annotated[
    dict[str, Any],
    Field(
        description="A merge patch (RFC 7396) of the document; null lifts a field. 按字段修改，null 为取消。",
        examples=[{"fairness": {"price_per_turn": 30000}}],
    ),
]
Note = Annotated[str, Field(max_length=400, examples=["轮次更均匀 fairer turns"])]
Seed = Annotated[int, Field(ge=0, lt=2**63, description="Fixes what was not recorded. 种子。")]


class PolicyDraftIn(In):
    """What a draft begins with: a version, a preset or a whole document, and changes to it."""

    base_id: Annotated[Id | None, Field(description="The version in force, if left out. 不填则为生效版本。")] = None
    preset: Annotated[str | None, Field(max_length=40, examples=["shangqiu"])] = None
    document: dict[str, Any] | None = None
    changes: Changes = Field(default_factory=dict)
    note: Note | None = None


class PolicyPatchIn(In):
    """Changes to a draft; its back-test is void then."""

    document: Changes = Field(default_factory=dict)
    note: Note | None = None


class PublishIn(In):
    """Rules of the place that allow values outside their legal bounds; none where all are within."""

    local_rules: list[LocalRule] = Field(default_factory=list)


class RollbackIn(PublishIn):
    """Why an earlier version is put in force again."""

    reason: Annotated[str, Field(min_length=1, max_length=400, examples=["指派过慢 too slow"])]


class EditOut(BaseModel):
    """A change of a draft: by whom, and of which fields."""

    revision: int
    by: str
    at: datetime
    fields: list[str]


class PolicyOut(Out):
    """A policy version."""

    id: Id
    version: int
    name: str
    status: PolicyStatus
    digest: str
    revision: int
    base_id: Annotated[str | None, Field(description="The version it follows. 所依据的版本。")]
    repeats_id: Annotated[str | None, Field(description="The earlier version it repeats. 所恢复的版本。")]
    note: str | None
    simulation_id: Annotated[str | None, Field(description="Its back-test as it stands. 现行内容的试算。")]
    created_by: str | None
    created_at: datetime
    published_by: str | None
    published_at: datetime | None


class PolicyWholeOut(PolicyOut):
    """A policy version with all it says."""

    document: dict[str, Any]
    edits: list[EditOut]
    local_rules: list[LocalRule]


class ChangeOut(Out):
    """A field that says something else, in words."""

    field: Annotated[str, Field(examples=["chains[civil].steps"])]
    title: dict[str, str]
    old: Any
    new: Any
    unit: str
    source: str
    local_rule: dict[str, str] | None
    text: dict[str, str]


class DiffOut(BaseModel):
    """What the first version says otherwise than the other."""

    policy_id: Id
    other_id: Id
    changes: list[ChangeOut]


class CityIn(In):
    """Size of the sample city: cases granted in the period, people on the list."""

    cases: Annotated[int, Field(ge=1, le=20_000)] = 8_000
    practitioners: Annotated[int, Field(ge=1, le=2_000)] = 300


class SimulationIn(In):
    """Which version to try, against which, on which past."""

    policy_id: Id
    against_id: Annotated[Id | None, Field(description="The one in force, if left out. 不填则为生效政策。")] = None
    since: Annotated[date | None, Field(description="A year before ``until``, if left out. 不填则为一年前。")] = None
    until: Annotated[date | None, Field(description="Today, if left out. 不填则为今天。")] = None
    sample: Annotated[bool, Field(description="On the sample city instead. 用示例城市。")] = False
    city: CityIn = CityIn()
    seed: Seed = 1


class FigureOut(BaseModel):
    """A figure under both policies, their difference and its 95 % interval."""

    code: str
    zh: str
    en: str
    unit: str
    better: Annotated[int, Field(description="1 more is better, -1 less is. 1 越多越好，-1 越少越好。")]
    policy: float | None
    against: float | None
    difference: float | None
    low: float | None
    high: float | None
    verdict: Annotated[int, Field(description="1 surely better, -1 surely worse, 0 open. 1 确定更好，-1 确定更差。")]


class ResultOut(BaseModel):
    """What came of a back-test."""

    cases: int
    people: int
    weeks: int
    source: str
    rows: list[FigureOut]
    hours_of: list[FigureOut]
    quality_of: list[FigureOut]
    lorenz: dict[str, list[float]]


class SimulationOut(Out):
    """A back-test: which two policies, on which past."""

    id: Id
    policy_id: str
    policy_digest: str
    against_id: str
    against_digest: str
    since: date
    until: date
    city: dict[str, int] | None
    seed: int
    created_at: datetime


class SimulationWholeOut(SimulationOut):
    """A back-test with its job, and its result once there is one."""

    job: JobOut
    result: ResultOut | None


class SimulationAskedOut(BaseModel):
    """A back-test that was asked for, and the job to watch."""

    simulation: SimulationOut
    job: JobOut
