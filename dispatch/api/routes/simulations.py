"""Back-tests of policies: asked for, watched as jobs, read as a table."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.policy_schemas import (
    ResultOut,
    SimulationAskedOut,
    SimulationIn,
    SimulationOut,
    SimulationWholeOut,
)
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.schemas import JobOut
from dispatch.commands.simulations import request_simulation, scene_of
from dispatch.domain.errors import InvalidFieldError, NotFoundError, PolicyMissingError
from dispatch.domain.permissions import Actor, Verb
from dispatch.registry import reads
from dispatch.registry.tables import JobRow, SimulationRow
from dispatch.simulation.told import result_of

router = APIRouter(prefix="/simulations", tags=["simulations 政策试算"], route_class=ReplayRoute)

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
    """Try a version on the past, or on a sample city; watch its job. 试算政策。"""
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
    """List back-tests, oldest first; those of one version, if it is named. 试算列表。"""
    with read() as session:
        found = reads.simulations(session, actor.centre_id, paging.part, policy_id)
    return page_of(SimulationOut, found)


@router.get("/{simulation_id}", responses=responses(NotFoundError))
def get_simulation(simulation_id: str, actor: MayRead, read: ReadDep) -> SimulationWholeOut:
    """Return a back-test, and its table with intervals once it is played. 查看试算结果。"""
    with read() as session:
        row = reads.get(session, SimulationRow, actor.centre_id, simulation_id)
        job = session.get_one(JobRow, row.id)
    return SimulationWholeOut(
        **SimulationOut.model_validate(row).model_dump(),
        job=JobOut.model_validate(job),
        result=ResultOut.model_validate(result_of(row.result)) if row.result else None,
    )
