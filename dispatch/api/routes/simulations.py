"""Back-tests of policies: asked for, watched as jobs, read as a table."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.jobs import JobOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.cases.drafts import Day
from dispatch.commands.simulations.requests import request_simulation, scene_of
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry import reads
from dispatch.registry.tables import JobRow, SimulationRow
from dispatch.simulation.backtest.compare import result_of

Seed = Annotated[
    int, Field(ge=0, lt=2**63, description="Seed for what was not recorded. 没有记录的情形所用的随机数种子。")
]


class CityIn(In):
    """Size of the sample city: cases granted in the period, people on the list."""

    cases: Annotated[int, Field(ge=1, le=20_000)] = 8_000
    practitioners: Annotated[int, Field(ge=1, le=2_000)] = 300


class SimulationIn(In):
    """The version to test, the version to compare with, and the past to replay."""

    policy_id: Id
    against_id: Annotated[Id | None, Field(description="The version in force, if left out. 不填则为现行方案。")] = None
    since: Annotated[Day | None, Field(description="One year before ``until``, if left out. 不填则为一年前。")] = None
    until: Annotated[Day | None, Field(description="Today, if left out. 不填则为今天。")] = None
    sample: Annotated[bool, Field(description="Replay the sample city instead. 用示例城市。")] = False
    city: CityIn = CityIn()
    seed: Seed = 1


class FigureOut(BaseModel):
    """A figure under both policies, their difference and its 95 % interval."""

    code: str
    zh: str
    en: str
    unit: str
    better: Annotated[int, Field(description="1 if more is better, -1 if less is. 1：越多越好；-1：越少越好。")]
    policy: float | None
    against: float | None
    difference: float | None
    low: float | None
    high: float | None
    chance: Annotated[
        float | None,
        Field(
            description="How often so large a difference comes of policies that do not differ. "
            "两个方案毫无差别时出现这样大的差值的概率。"
        ),
    ]
    same_cases: Annotated[
        bool,
        Field(
            description="Whether both figures are about the same cases; if not, there is no verdict. "
            "两个方案下是否同一批案件，不是的不作结论。"
        ),
    ]
    verdict: Annotated[
        int,
        Field(
            description="1 significantly better, -1 significantly worse, 0 undecided. 1：更好；-1：更差；0：无法判断。"
        ),
    ]


class EstimateOut(BaseModel):
    """A figure of people's behaviour, and what it rests on."""

    code: str
    zh: str
    en: str
    value: float
    seen: Annotated[int, Field(description="Observations in the record. 记录中的项数。")]
    assumed: Annotated[
        bool, Field(description="Too few observations: an assumption of the model. 记录不足，采用假定值。")
    ]


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
    reading: Annotated[dict[str, str], Field(description="How the figures are to be read. 怎样看这些数值。")]
    estimates: Annotated[
        list[EstimateOut],
        Field(description="How people behave in it: from the record, or assumed. 人员行为的取值与来源。"),
    ]


class SimulationOut(Out):
    """A back-test: the two policies compared and the past replayed."""

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
    """A back-test with its job, and its result once finished."""

    job: JobOut
    result: ResultOut | None


class SimulationAskedOut(BaseModel):
    """The back-test requested, and the job to watch."""

    simulation: SimulationOut
    job: JobOut


router = APIRouter(prefix="/simulations", tags=["simulations 方案试算"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_POLICY))]


@router.post("", status_code=202, responses=responses(PolicyMissingError, NotFoundError, InvalidFieldError))
def simulate_policy(
    asked: SimulationIn,
    actor: Annotated[Actor, Depends(Permit(Verb.SIMULATE))],
    begin: BeginDep,
    read: ReadDep,
    now: Now,
    response: Response,
) -> SimulationAskedOut:
    """Back-test a policy version on past cases or a sample city. The result is reported by its job. 试算指派方案。"""
    city = asked.city.model_dump() if asked.sample else None
    scene = scene_of(read, actor, now, asked.since, asked.until, city)
    row = request_simulation(begin, actor, now, asked.policy_id, scene, asked.seed, asked.against_id)
    response.headers["Location"] = f"/v1/simulations/{row.id}"
    with read() as session:
        job = reads.get(session, JobRow, actor.centre_id, row.id)
    return SimulationAskedOut(simulation=SimulationOut.model_validate(row), job=JobOut.model_validate(job))


@router.get("")
def list_simulations(
    actor: MayRead, read: ReadDep, paging: PagingQuery, policy_id: str | None = None
) -> Page[SimulationOut]:
    """List back-tests of policies, oldest first. Only those of one version, if given. 试算列表。"""
    with read() as session:
        found = reads.simulations(session, actor.centre_id, paging.part, policy_id)
    return page_of(SimulationOut, found)


@router.get("/{simulation_id}", responses=responses(NotFoundError))
def get_simulation(simulation_id: str, actor: MayRead, read: ReadDep) -> SimulationWholeOut:
    """Return a back-test of a policy.

    Once it has finished, with its table of figures and confidence intervals. 查看试算结果。
    """
    with read() as session:
        row = reads.get(session, SimulationRow, actor.centre_id, simulation_id)
        job = session.get_one(JobRow, row.id)
    return SimulationWholeOut(
        **SimulationOut.model_validate(row).model_dump(),
        job=JobOut.model_validate(job),
        result=ResultOut.model_validate(result_of(row.result)) if row.result else None,
    )
