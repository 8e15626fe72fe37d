"""The log as it is published, and each person's own entries with what proves them."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Out
from dispatch.commands.log import checks, own
from dispatch.domain.errors import InvalidFieldError, LogTooLongError, TooManyRequestsError
from dispatch.domain.log.words import LogFault, LogSource
from dispatch.domain.permissions import Actor, Verb

Root = Annotated[str, Field(description="Merkle root of all of them (RFC 9162). 默克尔树根。")]


class HeadOut(BaseModel):
    """What the log of a centre came to at the end of a day; who keeps it can tell later that nothing was changed."""

    format: str
    log: Annotated[str, Field(description="The centre's id. 中心标识。")]
    on: date
    size: Annotated[int, Field(description="Entries so far. 记录总数。")]
    root: Root
    previous: Annotated[str, Field(description="Digest of the head before it. 前一日的校验值。")]
    digest: Annotated[str, Field(description="SHA-256 of the other fields. 其余各项的校验值。")]


class OwnEntryOut(Out):
    """An entry of one's own: hashed with its salt it is a leaf, and the path leads to the root of the head."""

    source: LogSource
    id: int
    record: Annotated[str, Field(description="The entry as it is hashed. 记录原文。")]
    salt: Annotated[str | None, Field(description="Hashed before the record. 与记录一同计算的随机数。")]
    address: Annotated[str | None, Field(description="Where from; hashed in the record. 来源地址。")]
    address_salt: Annotated[str | None, Field(description="Hashed before the address. 与地址一同计算的随机数。")]
    position: Annotated[int | None, Field(description="Place in the log, from 0; null: not sealed yet. 位置。")]
    path: Annotated[list[str] | None, Field(description="Null for what came after the head. 尚未公布的为空。")]


class OwnLogOut(BaseModel):
    """A page of one's own entries, newest first, and the head that was published last."""

    head: Annotated[HeadOut | None, Field(description="Null before the first day is over. 最近公布的校验值。")]
    items: list[OwnEntryOut]
    next: str | None


class LogFaultOut(Out):
    """Something in the log that was changed without the service."""

    kind: LogFault
    where: Annotated[str, Field(description="Source and number of an entry, place of a seal, or a day. 位置。")]


class LogCheckOut(Out):
    """What the centre's log came to, computed anew from every entry."""

    size: Annotated[int, Field(description="Entries that are sealed. 已封存的记录数。")]
    root: Root
    holds: Annotated[bool, Field(description="Whether nothing is wrong. 是否一致。")]
    faults: Annotated[list[LogFaultOut], Field(description="The first 100 of each kind. 每类前100项。")]
    counts: Annotated[dict[LogFault, int], Field(description="How many there are of each kind. 各类数量。")]


router = APIRouter(tags=["audit 审计日志"], route_class=IdempotentRoute)

Anybody = Annotated[Actor, Depends(Permit(*Verb))]


@router.get("/me/log", responses=responses(InvalidFieldError))
def list_own_entries(
    actor: Anybody,
    read: ReadDep,
    paging: PagingQuery,
    source: Annotated[
        Literal[LogSource.AUDIT, LogSource.LEDGER],
        Query(description="`audit`: what one did; `ledger`: one's turns. 本人的操作或者承办件数。"),
    ] = LogSource.AUDIT,
) -> OwnLogOut:
    """List one's own entries of the audit log, with proofs of existence.

    Each proof shows that the entry is in what was published; `check_entries.py` of the transparency pack checks them.
    本人的日志记录及其存在证明。
    """
    found = own.own_entries(read, actor, paging.part, source)
    return OwnLogOut(
        head=HeadOut(**found.head.published()) if found.head else None,
        items=[OwnEntryOut.model_validate(entry) for entry in found.rows.rows],
        next=cursor_of(*found.rows.last) if found.rows.last else None,
    )


@router.get("/log/heads", responses=responses(InvalidFieldError))
def list_log_heads(actor: Anybody, read: ReadDep, paging: PagingQuery) -> Page[HeadOut]:
    """List the published daily digests of the audit log, the newest first. 审计日志每日校验值。"""
    found = own.list_heads(read, actor, paging.part)
    items = [HeadOut(**head.published()) for head in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


@router.get("/log/check", responses=responses(LogTooLongError, TooManyRequestsError))
def check_own_log(actor: Annotated[Actor, Depends(Permit(Verb.VERIFY))], read: ReadDep) -> LogCheckOut:
    """Check the whole audit log of the centre now.

    As is done every night: each entry, the seals and the published digests. One log is checked at a time; a log of more
    entries than can be checked at once is left to the night. 即时核验审计日志。
    """
    return LogCheckOut.model_validate(checks.check_own_log(read, actor))
