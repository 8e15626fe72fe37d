"""Who asks from where, and what they were refused: written into the log before the answer goes out.

An act is written down by its own transaction. A refusal has none, so those that come at one time share one:
the first takes a turn at the database, and those that come meanwhile go along. The same refused again within a
minute is counted and written once, so that nobody fills the log by asking.
"""

import asyncio
import itertools
import logging
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from dispatch.commands.audit import ActOrigin, RefusedAct, keep_refusals
from dispatch.domain.errors import DispatchError
from dispatch.domain.log.words import OwnVerb
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.registry.transaction import Begin

log = logging.getLogger(__name__)

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WINDOW = timedelta(minutes=1)
MAX_KINDS = 5_000
"""Different refusals remembered by one process; more are written without being counted."""

MAX_OVER = 20
"""Of those whose minute is over, how many one refusal takes along."""

PATIENCE_S = 2.0
"""How long an answer waits for its entry; a database that is busy for longer gets it afterwards."""

GUARDED = "/v1/"
PAGES, OF_SESSIONS = "/console/", "/console/session"
"""What is refused on a page of the console; signing in and what belongs to it writes down its own."""

DOOR = "door"

ID = re.compile(r"[A-Za-z0-9_.:-]{1,40}")
MAX_REASON, MAX_ADDRESS, MAX_SUBJECT = 120, 45, 60


def origin_of(request: Request) -> ActOrigin | None:
    """Return who asks for what from where; None for what changes nothing, and for nobody known."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        return None
    route = request.scope["route"]
    return ActOrigin(
        actor, address_of(request), _verb_of(route, actor), route.name[:MAX_SUBJECT], _id_in(request),
        always_reported=request.method in CHANGES,
    )  # fmt: skip


def address_of(request: Request) -> str | None:
    """Return the address the request came from, as the server saw it."""
    return request.client.host[:MAX_ADDRESS] if request.client else None


def refusal_of(request: Request, now: datetime) -> RefusedAct | None:
    """Return what was refused; nothing where the service asks nobody who they are."""
    path = request.url.path
    actor: Actor | None = getattr(request.state, "actor", None)
    on_page = actor is not None and path.startswith(PAGES) and not path.startswith(OF_SESSIONS)
    if not (path.startswith(GUARDED) or on_page):
        return None
    route = request.scope.get("route")
    reason = getattr(request.state, "reason", "refused")[:MAX_REASON]
    # Somebody unknown writes no ids of their own choice into the log.
    named = _id_in(request) if actor else None
    subject = route.name[:MAX_SUBJECT] if isinstance(route, APIRoute) else DOOR
    return RefusedAct(actor, address_of(request), _verb_of(route, actor), subject, named, reason, now)


def _verb_of(route: object, actor: Actor | None) -> Verb | OwnVerb:
    """Return what the route lets people do, as far as they may; before a route was found they are at the door."""
    verbs = list(_verbs(route.dependant)) if isinstance(route, APIRoute) else []
    mine = [verb for verb in verbs if actor is None or verb in PERMISSIONS[actor.role]]
    return next(iter(mine or verbs), OwnVerb.ENTER)


def _verbs(dependant: Dependant) -> Iterator[Verb]:
    yield from getattr(dependant.call, "verbs", ())
    for below in dependant.dependencies:
        yield from _verbs(below)


def _id_in(request: Request) -> str | None:
    return next((value for value in map(str, request.path_params.values()) if ID.fullmatch(value)), None)


class _Counted(NamedTuple):
    since: datetime
    more: int
    last: RefusedAct


class _Batch:
    def __init__(self) -> None:
        self.refusals: list[RefusedAct] = []
        self.done: Future[None] = Future()


class Refusals:
    """Writes refusals down, many in one transaction, and the same again only by its number."""

    def __init__(self, begin: Begin, clock: Callable[[], datetime]) -> None:
        self._begin, self._clock = begin, clock
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._batch = _Batch()
        self._counted: dict[tuple[Any, ...], _Counted] = {}

    async def keep(self, request: Request) -> None:
        """Write down that this request is refused, before its answer goes out."""
        refusal = refusal_of(request, self._clock())
        if refusal is None or not (due := self._due(refusal)):
            return
        with self._guard:
            batch = self._batch
            batch.refusals += due
            leads = len(batch.refusals) == len(due)
        if leads:
            asyncio.get_running_loop().run_in_executor(None, self._write, batch)
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(batch.done)), PATIENCE_S)
        except TimeoutError:
            log.warning("refusals waiting=%d", len(batch.refusals))

    def flush(self) -> None:
        """Write what was only counted so far."""
        with self._guard:
            due = [each.last._replace(times=each.more) for each in self._counted.values() if each.more]
            self._counted.clear()
        if due:
            self._commit(due)

    def _due(self, refusal: RefusedAct) -> list[RefusedAct]:
        """Return what is to be written now: this one unless it is one of many, and what was counted long enough."""
        key = (refusal.actor, refusal.address, refusal.subject, refusal.subject_id, refusal.reason)
        with self._guard:
            due = list(self._counted_out(refusal.at))
            known = self._counted.get(key)
            if known:
                self._counted[key] = known._replace(more=known.more + 1, last=refusal)
                return due
            if len(self._counted) < MAX_KINDS:
                self._counted[key] = _Counted(refusal.at, 0, refusal)
            return [*due, refusal]

    def _counted_out(self, now: datetime) -> Iterator[RefusedAct]:
        # The oldest come first, for they were put in in the order of time.
        for key, counted in list(itertools.islice(self._counted.items(), MAX_OVER)):
            if now - counted.since < WINDOW:
                return
            del self._counted[key]
            if counted.more:
                yield counted.last._replace(times=counted.more)

    def _write(self, batch: _Batch) -> None:
        with self._turn:
            with self._guard:
                self._batch = _Batch()
            try:
                self._commit(batch.refusals)
            finally:
                batch.done.set_result(None)

    def _commit(self, refusals: list[RefusedAct]) -> None:
        try:
            keep_refusals(self._begin, refusals)
        except DispatchError as problem:
            # A database that is away takes nothing in, and refuses everything: what is lost is counted here.
            log.error("refusals lost=%d error=%s", len(refusals), type(problem).__name__)
