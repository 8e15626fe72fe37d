"""The catalogue of organs: courts, procuratorates, police and others, each with every name it goes by."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from dispatch.api.dependencies import BeginDep, IfMatch, Now, Permit, ReadDep, SealDep, etag
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Change, Id, In, Kept, Out
from dispatch.commands.roster import organs
from dispatch.domain.errors import (
    IfMatchRequiredError,
    InvalidFieldError,
    NotFoundError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Name, Word
from dispatch.domain.vocabulary import OrganKind
from dispatch.registry import reads
from dispatch.registry.docket.organs import aliases_of
from dispatch.registry.tables import OrganRow

AnyName = Annotated[Name, Field(examples=["商丘中院"])]


class OrganIn(In):
    """An organ and the names it goes by."""

    name: Annotated[Name, Field(examples=["商丘市中级人民法院"], description="In full. 全称。")]
    kind: OrganKind | None = None
    area: Word | None = None
    aliases: Annotated[tuple[AnyName, ...], Field(max_length=40)] = ()


class OrganChange(Change):
    """A change of an organ; the name it had stays one of its names."""

    name: Annotated[Name | None, Kept, Field(examples=["商丘市中级人民法院"])] = None
    kind: OrganKind | None = None
    area: Word | None = None


class AliasIn(In):
    """One more name of an organ."""

    alias: AnyName


class MergeIn(In):
    """The organ that the two entries mean."""

    into: Annotated[Id, Field(description="Its id. 合并到的机关。")]


class OrganOut(Out):
    """An organ of the catalogue."""

    id: Id
    name: str
    kind: OrganKind | None
    area: str | None
    aliases: list[str]
    retired_at: datetime | None
    revision: int


class UnlistedOut(Out):
    """A name in use that the catalogue does not know: recusals by it are unknown until it does."""

    name: str
    cases: Annotated[int, Field(description="Open cases. 未结案件数。")]
    practitioners: Annotated[int, Field(description="Former offices, relatives. 承办人员数。")]
    users: int
    near: Annotated[list[str], Field(description="Organs that may be meant. 目录中相近的机关。")]


router = APIRouter(prefix="/organs", tags=["organs 办案机关"], route_class=IdempotentRoute)

Anyone = Annotated[Actor, Depends(Permit(*Verb))]
Staff = Annotated[Actor, Depends(Permit(Verb.READ_ROSTER))]
Keeper = Annotated[Actor, Depends(Permit(Verb.EDIT_ORGANS))]
REFUSALS = responses(NotFoundError, InvalidFieldError)


@router.get("")
def list_organs(
    actor: Anyone,
    read: ReadDep,
    paging: PagingQuery,
    q: Annotated[
        Name | None, Query(description="Part of any of its names, as anyone writes it. 名称或者别名。")
    ] = None,
    kind: OrganKind | None = None,
    retired: Annotated[bool, Query(description="With those that are retired. 含已停用。")] = False,
) -> Page[OrganOut]:
    """List the case organs by their name. 办案机关目录。"""
    with read() as session:
        found = reads.organs(session, actor.centre_id, paging.part, q, kind, retired=retired)
        aliases = aliases_of(session, found.rows)
    items = [_out(row, aliases[row.id]) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/unlisted")
def list_unlisted(actor: Staff, read: ReadDep) -> list[UnlistedOut]:
    """List names of case organs that are in use but not registered.

    Cases, practitioners and users go by them; the most used come first. 未列入目录的机关名称。
    """
    return [UnlistedOut.model_validate(each) for each in organs.unlisted_names(read, actor)]


@router.post("", status_code=201, responses=responses(InvalidFieldError, UnknownReferenceError))
def add_organ(
    given: OrganIn, actor: Keeper, begin: BeginDep, read: ReadDep, seal: SealDep, now: Now, response: Response
) -> OrganOut:
    """Register a case organ with its aliases. 登记办案机关。"""
    return _answer(response, read, organs.add_organ(begin, seal, actor, now, given.model_dump()))


@router.get("/{organ_id}", responses=responses(NotFoundError))
def get_organ(organ_id: str, actor: Anyone, read: ReadDep, response: Response) -> OrganOut:
    """Return a case organ. 查看办案机关。"""
    with read() as session:
        row = reads.get(session, OrganRow, actor.centre_id, organ_id)
    return _answer(response, read, row)


@router.patch(
    "/{organ_id}",
    responses=responses(NotFoundError, StaleError, IfMatchRequiredError, InvalidFieldError, UnknownReferenceError),
)
def change_organ(
    organ_id: str,
    change: OrganChange,
    actor: Keeper,
    if_match: IfMatch,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> OrganOut:
    """Change a case organ. Its former name stays one of its aliases. 变更办案机关。"""
    row = organs.change_organ(begin, seal, actor, now, organ_id, change.sent(), if_match)
    return _answer(response, read, row)


@router.post("/{organ_id}/aliases", responses=REFUSALS)
def add_alias(
    organ_id: str,
    given: AliasIn,
    actor: Keeper,
    begin: BeginDep,
    read: ReadDep,
    seal: SealDep,
    now: Now,
    response: Response,
) -> OrganOut:
    """Add an alias to a case organ. Idempotent. 登记别名。"""
    return _answer(response, read, organs.add_alias(begin, seal, actor, now, organ_id, given.alias))


@router.post("/{organ_id}/aliases/remove", responses=REFUSALS)
def remove_alias(
    organ_id: str, given: AliasIn, actor: Keeper, begin: BeginDep, read: ReadDep, now: Now, response: Response
) -> OrganOut:
    """Remove an alias from a case organ. Idempotent. 删除别名。"""
    return _answer(response, read, organs.remove_alias(begin, actor, now, organ_id, given.alias))


@router.post("/{organ_id}/merge", responses=REFUSALS)
def merge_organ(
    organ_id: str, given: MergeIn, actor: Keeper, begin: BeginDep, read: ReadDep, now: Now, response: Response
) -> OrganOut:
    """Merge two entries of one case organ. The names of the one become aliases of the other. 合并办案机关。"""
    return _answer(response, read, organs.merge_organ(begin, actor, now, organ_id, given.into))


@router.post("/{organ_id}/retire", responses=responses(NotFoundError))
def retire_organ(
    organ_id: str, actor: Keeper, begin: BeginDep, read: ReadDep, now: Now, response: Response
) -> OrganOut:
    """Take a case organ off the list to choose from. Records that name it still mean it. Idempotent. 停用办案机关。"""
    return _answer(response, read, organs.retire_organ(begin, actor, now, organ_id, retired=True))


@router.post("/{organ_id}/restore", responses=responses(NotFoundError))
def restore_organ(
    organ_id: str, actor: Keeper, begin: BeginDep, read: ReadDep, now: Now, response: Response
) -> OrganOut:
    """Put a retired case organ back on the list. Idempotent. 恢复办案机关。"""
    return _answer(response, read, organs.retire_organ(begin, actor, now, organ_id, retired=False))


def _answer(response: Response, read: Any, row: OrganRow) -> OrganOut:
    with read() as session:
        aliases = aliases_of(session, [row])[row.id]
    response.headers.update(etag(row.revision))
    return _out(row, aliases)


def _out(row: OrganRow, aliases: list[str]) -> OrganOut:
    stated = {name: getattr(row, name) for name in OrganOut.model_fields if name != "aliases"}
    return OrganOut(aliases=aliases, **stated)
