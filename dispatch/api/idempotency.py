"""Safe repetition: a POST with an ``Idempotency-Key`` takes effect at most once.

The key is stored in the very transaction that takes effect, so key and effect come together or not at
all. The answer is added afterwards; if a crash falls in between, a repetition is told that the request
was carried out, and changes nothing. So it is for answers that show a secret, which are never kept.
Two at the same time: the second waits for the first's key, or is refused and then told of it.
"""

import json
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from dispatch.api.gate.identity import identify, token_of
from dispatch.domain.errors import AnswerPendingError, DispatchError, InvalidFieldError, KeyReusedError, stated
from dispatch.registry.idempotency import PENDING, RepetitionKey, find_answer, keep_answer, reserve_key
from dispatch.registry.transaction import Begin, Transaction

HEADER = "idempotency-key"
REPLAYED = {"Idempotency-Replayed": "true"}
MAX_KEY = 80
SECRET = {"Cache-Control": "no-store"}
"""Header of an answer that shows a token or code this once: it is kept nowhere, here neither."""

KEPT = ("etag", "location")
"""Headers of an answer that a repetition gets too."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route whose POSTs may be repeated with the same key."""

    def get_route_handler(self) -> Handler:
        """Answer a repetition from what was kept, and keep the first answer."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            if request.method != "POST" or HEADER not in request.headers:
                return await handle(request)
            content = await (request.form() if _is_form(request) else request.body())
            key = await run_in_threadpool(_key_of, request, content)
            if key is None:
                return await handle(request)
            if given := await run_in_threadpool(answer_given, request, key):
                return given
            request.state.key = key
            try:
                answer = await handle(request)
            except DispatchError:
                # What prevented it may be the effect of this very key, stored since it was looked for.
                if not bound(request) and (given := await run_in_threadpool(answer_given, request, key)):
                    return given
                raise
            if answer.status_code < 300 and answer.headers.get("cache-control") != SECRET["Cache-Control"]:
                await run_in_threadpool(keep, request, key, answer)
            return answer

        return handle_once


def once(request: Request, begin: Begin) -> Begin:
    """Return a way to begin whose first transaction also binds the request's key, if it has one."""
    key: RepetitionKey | None = getattr(request.state, "key", None)
    if key is None:
        return begin

    @contextmanager
    def begin_once() -> Iterator[Transaction]:
        with begin() as tx:
            if not bound(request):
                reserve_key(tx, key, request.app.state.context.clock())
            yield tx
        request.state.key_bound = True

    return begin_once


def bound(request: Request) -> bool:
    """Tell whether a transaction of this request has stored its key."""
    return getattr(request.state, "key_bound", False)


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


def _key_of(request: Request, content: bytes | FormData) -> RepetitionKey | None:
    """Return the key of a request that names its user; a request without a user is refused further on."""
    text = request.headers[HEADER]
    if not 0 < len(text) <= MAX_KEY:
        raise InvalidFieldError(
            field="Idempotency-Key", expected=stated(f"1至{MAX_KEY}个字符", f"1 to {MAX_KEY} characters")
        )
    if token_of(request) is None:
        return None
    return key_of(request, identify(request).user_id, text, content)


def key_of(request: Request, user_id: str, text: str, content: bytes | FormData) -> RepetitionKey:
    """Return the key by which a user asks just this."""
    digest = sha256(f"{request.url.path}?{request.url.query}\n".encode())
    for piece in (content,) if isinstance(content, bytes) else _pieces(content):
        digest.update(piece)
    return RepetitionKey(user_id, text, digest.hexdigest())


def _pieces(form: FormData) -> Iterator[bytes]:
    """Yield what a form says, whatever separator it says it with; its files stay on the disk."""
    for name, value in form.multi_items():
        if isinstance(value, str):
            yield json.dumps([name, value]).encode()
            continue
        yield json.dumps([name, value.filename]).encode()
        while piece := value.file.read(2**16):
            yield piece
        value.file.seek(0)


def answer_given(request: Request, key: RepetitionKey) -> Response | None:
    """Return the answer to an earlier request with the key, or None if there was none."""
    with request.app.state.context.read_autocommit() as session:
        row = find_answer(session, key)
    if row is None:
        return None
    if row.fingerprint != key.fingerprint:
        raise KeyReusedError(
            header="Idempotency-Key", expected=stated("新的请求用新的编号", "a new key for a new request")
        )
    if row.status == PENDING:
        raise AnswerPendingError(
            header="Idempotency-Key",
            expected=stated("请先查询结果，再决定是否重新提交", "read the resource before you ask again"),
        )
    kept = row.body or {}
    headers = REPLAYED | kept.get("headers", {})
    if kept.get("body") is None:
        return Response(status_code=row.status, headers=headers)
    return JSONResponse(kept["body"], row.status, headers)


def keep(request: Request, key: RepetitionKey, answer: Response) -> None:
    """Keep the answer for when the same is asked again."""
    headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
    kept = {"body": json.loads(bytes(answer.body) or b"null"), "headers": headers}
    with request.app.state.context.begin() as tx:
        keep_answer(tx, key, answer.status_code, kept)
