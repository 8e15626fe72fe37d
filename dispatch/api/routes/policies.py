"""Policies, to be read: versions of the centre, the one in force, and the presets."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.replay import ReplayRoute
from dispatch.api.schemas import PolicyOut, PolicyWholeOut
from dispatch.domain.errors import NotFoundError, PolicyMissingError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.policy import PRESETS, Policy, load_preset
from dispatch.registry import reads
from dispatch.registry.policies import policy_in_force
from dispatch.registry.tables import PolicyRow

router = APIRouter(prefix="/policies", tags=["policies 政策"], route_class=ReplayRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_POLICY))]


@router.get("")
def list_policies(actor: MayRead, read: ReadDep, paging: PagingQuery) -> Page[PolicyOut]:
    """List the centre's policy versions, oldest first. 政策版本列表。"""
    with read() as session:
        found = reads.policies(session, actor.centre_id, paging.part)
    return page_of(PolicyOut, found)


@router.get("/in-force", responses=responses(PolicyMissingError))
def get_policy_in_force(actor: MayRead, read: ReadDep) -> PolicyWholeOut:
    """Return the policy by which the centre decides now. 生效政策。"""
    with read() as session:
        return PolicyWholeOut.model_validate(policy_in_force(session, actor.centre_id))


@router.get("/schema")
def get_policy_schema(actor: MayRead) -> dict[str, Any]:
    """Return the JSON schema of a policy: every field with bounds and help. 政策字段说明。"""
    return Policy.model_json_schema()


@router.get("/presets")
def list_presets(actor: MayRead) -> dict[str, Any]:
    """Return the presets with the source of every threshold. 预设政策及其依据。"""
    return {name: load_preset(name).to_document() for name in PRESETS}


@router.get("/{policy_id}", responses=responses(NotFoundError))
def get_policy(policy_id: str, actor: MayRead, read: ReadDep) -> PolicyWholeOut:
    """Return a policy version. 查看政策版本。"""
    with read() as session:
        return PolicyWholeOut.model_validate(reads.get(session, PolicyRow, actor.centre_id, policy_id))
