"""The audit log: who read or changed what, newest first."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from dispatch.api.dependencies import Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.schemas import Out
from dispatch.commands.audit import read_audit
from dispatch.commands.cases.drafts import Instant
from dispatch.domain.log.words import ActOutcome, OwnVerb
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import AuditFilter


class AuditOut(Out):
    """An entry of the audit log: ids and codes, never what was read."""

    id: int
    at: datetime
    actor_id: Annotated[str | None, Field(description="The user; null for what the service did. 用户。")]
    login: Annotated[str | None, Field(description="Login of the account. 登录名。")]
    role: Role | None
    verb: Annotated[str, Field(description="What was done; ``Verb`` or ``OwnVerb`` in ``/v1/vocabulary``. 操作。")]
    subject: Annotated[
        str,
        Field(
            description="Kind of the thing: ``ActSubject``, a kind of file or document, or the ``operation``. 对象。"
        ),
    ]
    subject_id: str | None
    outcome: ActOutcome
    reason: Annotated[str | None, Field(description="Code of the refusal, and of the rules. 未予办理的原因。")]
    address: Annotated[str | None, Field(description="Where from; null once its time is over. 来源地址。")]
    times: Annotated[int, Field(description="How often the same was refused in a minute. 一分钟内相同的次数。")]


class AuditQuery(BaseModel):
    """What the audit log is narrowed by."""

    # The parameters of paging are declared beside these.
    model_config = ConfigDict(extra="ignore")

    since: Annotated[Instant | None, Field(description="From this moment on. 起始时间。")] = None
    until: Annotated[Instant | None, Field(description="Before this moment. 截止时间（不含）。")] = None
    actor_id: Annotated[str | None, Field(max_length=32, description="Who acted. 操作的用户。")] = None
    login: Annotated[
        str | None, Field(max_length=80, pattern=r"^[\w.@-]+$", description="Who acted, by login. 操作的用户的登录名。")
    ] = None
    verb: Annotated[Verb | OwnVerb | None, Field(description="What was done. 操作。")] = None
    subject_id: Annotated[str | None, Field(max_length=40, description="What it was done to. 对象标识。")] = None
    outcome: Annotated[ActOutcome | None, Field(description="Carried out or refused. 结果。")] = None
    unknown: Annotated[bool, Field(description="Of requests without a valid token. 未登录的请求。")] = False


router = APIRouter(tags=["audit 审计日志"], route_class=IdempotentRoute)


@router.get("/audit")
def list_audit(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_AUDIT))],
    read: ReadDep,
    paging: PagingQuery,
    wanted: Annotated[AuditQuery, Query()],
) -> Page[AuditOut]:
    """List the audit log, newest first.

    It tells who read or changed what, or was refused it, without names or contents. 审计日志。
    """
    found = read_audit(read, actor, paging.part, AuditFilter(**dict(wanted)))
    return page_of(AuditOut, found)
