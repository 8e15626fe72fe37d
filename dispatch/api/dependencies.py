"""What routes ask for: the service's parts, who asks, and whether they may."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Annotated, Any, NamedTuple, get_origin

from anyio import to_thread
from fastapi import Depends, Header, HTTPException, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from redis import Redis
from sqlalchemy import Engine

from dispatch.api.gate.identity import identify
from dispatch.api.idempotency import once
from dispatch.api.refusals import origin_of
from dispatch.commands.access.provider import IdentityProvider
from dispatch.commands.audit import noting
from dispatch.domain.errors import ForbiddenError, IfMatchRequiredError, InvalidFieldError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.live.hub import Hub
from dispatch.registry.key import Key
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Begin, Read
from dispatch.settings import Settings


class AppContext(NamedTuple):
    """What an app is wired from."""

    settings: Settings
    engine: Engine
    begin: Begin
    read: Read
    read_autocommit: Read
    key: Key
    redis: Redis
    clock: Callable[[], datetime]
    hub: Hub
    provider: IdentityProvider | None
    """Where people may sign in instead, if anywhere."""


MAX_SHOWN = 40
"""Letters of an unknown name that are repeated to the sender."""

ETAG = re.compile(r'"?([0-9]{1,18})"?')
"""A revision as we give it; no register counts further, and a weak one matches nothing (RFC 9110, section 13.1.1)."""

bearer = HTTPBearer(auto_error=False, description="Token of a user: role and centre. 用户令牌：角色与中心。")


# What only hands something over is asynchronous, or FastAPI would send each through the thread pool;
# and none asks for another, because each link of such a chain is paid for with every request.
async def context_of(request: Request) -> AppContext:
    """Return the parts of the app that serves this request."""
    return _context(request)


async def _now(request: Request) -> datetime:
    return _context(request).clock()


async def _read(request: Request) -> Read:
    return _context(request).read


async def _read_autocommit(request: Request) -> Read:
    return _context(request).read_autocommit


async def _begin(request: Request) -> Begin:
    return begin_of(request)


async def _seal(request: Request) -> Seal:
    key = _context(request).key
    # Asked of the database only by a process that could not ask it when it started.
    return key.require() if key.fits else await to_thread.run_sync(key.require)


async def _hub(request: Request) -> Hub:
    return _context(request).hub


def _context(request: Request) -> AppContext:
    context: AppContext = request.app.state.context
    return context


def begin_of(request: Request) -> Begin:
    """Return the way to begin what this request does: noted in the log, and once for its key."""
    context = _context(request)
    return noting(once(request, context.begin), partial(origin_of, request), context.clock)


ContextDep = Annotated[AppContext, Depends(context_of)]
Now = Annotated[datetime, Depends(_now)]
ReadDep = Annotated[Read, Depends(_read)]
AutocommitDep = Annotated[Read, Depends(_read_autocommit)]
BeginDep = Annotated[Begin, Depends(_begin)]
SealDep = Annotated[Seal, Depends(_seal)]
HubDep = Annotated[Hub, Depends(_hub)]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


async def current_actor(request: Request, _credentials: Credentials) -> Actor:
    """Return who asks; a thread is taken only where the register is asked."""
    if known := getattr(request.state, "actor", None):
        return known  # type: ignore[no-any-return]
    return await to_thread.run_sync(identify, request)


def require_readable(request: Request) -> None:
    """Let pass what can be read: an address without hidden characters, a body in the form the route takes."""
    require_visible(request)
    if request.query_params:
        _require_known(request)
    body = getattr(request.scope["route"], "body_field", None)
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body is not None and given and given != body.field_info.media_type:
        raise HTTPException(415)


def require_visible(request: Request) -> None:
    """Let pass an address without hidden characters."""
    if "\x00" in request.url.path or "%00" in request.url.path:
        raise HTTPException(404)
    if "\x00" in "".join(request.query_params.values()):
        raise InvalidFieldError(field="query", expected=stated("不含不可见字符", "no hidden characters"))


def _require_known(request: Request) -> None:
    """Refuse a question the route would not answer: a list that ignores a filter is taken for the filtered one."""
    queries = dict(_queries(request.scope["route"].dependant))
    known = sorted(queries)
    asked = [name for name, _ in request.query_params.multi_items()]
    if strange := [name for name in asked if name not in known]:
        named = ", ".join(known)
        zh = f"可用的查询参数：{named}" if known else "不带查询参数"
        en = f"one of the query parameters {named}" if known else "no query parameters"
        raise InvalidFieldError(field=strange[0][:MAX_SHOWN], value=None, expected=stated(zh, en))
    if repeated := [name for name in asked if asked.count(name) > 1 and not queries[name]]:
        raise InvalidFieldError(field=repeated[0], value=None, expected=stated("只填一次", "given once"))


def _queries(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Yield the query parameters of a route and of what it depends on, and whether each may be given many times.

    Those of a model are its fields.
    """
    for field in dependant.query_params:
        kind: Any = field.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from ((name, _is_many(stated.annotation)) for name, stated in kind.model_fields.items())
        else:
            yield field.alias, _is_many(kind)
    for below in dependant.dependencies:
        yield from _queries(below)


def _is_many(kind: Any) -> bool:
    return get_origin(kind) in (list, set, tuple)


class Permit:
    """Lets an actor pass whose role has one of the verbs; every route carries one."""

    def __init__(self, *verbs: Verb) -> None:
        self.verbs = verbs

    async def __call__(self, request: Request, actor: Annotated[Actor, Depends(current_actor)]) -> Actor:
        """Return the actor, or refuse; errors in the request are reported only to those who may send it."""
        if PERMISSIONS[actor.role].isdisjoint(self.verbs):
            raise ForbiddenError(verb=self.verbs[0].value, role=actor.role.value)
        require_readable(request)
        return actor


async def _revision(if_match: Annotated[str | None, Header()] = None) -> int:
    found = ETAG.fullmatch(if_match or "")
    if found is None:
        raise IfMatchRequiredError(
            header="If-Match", expected=stated('读取时得到的 ETag，如 "3"', 'the ETag you read, such as "3"')
        )
    return int(found[1])


IfMatch = Annotated[int, Depends(_revision)]


def etag(revision: int) -> dict[str, str]:
    """Return the header that names a record's revision."""
    return {"ETag": f'"{revision}"'}
