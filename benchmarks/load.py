"""HTTP load of our own making: keep-alive connections, each asking the next question once the last is answered.

Parsed by httptools on uvloop, which come with uvicorn: one process asks some fifteen thousand times a
second, so that it is the service that is measured and not who measures.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import httptools
import uvloop

HOST = "127.0.0.1"


class Answer(NamedTuple):
    """One answer: its status, what it says, and how long it took, in seconds."""

    status: int
    body: bytes
    seconds: float

    @property
    def outcome(self) -> str:
        """Return the status, and for a refusal its code and what made it."""
        if self.status < 400:
            return str(self.status)
        wording = json.loads(self.body)
        if "code" not in wording:
            return str(self.status)
        facts = wording.get("facts", {})
        because = facts.get("reason") or ",".join(facts.get("rules", ()))
        return f"{self.status} {wording['code']}" + (f" {because}" if because else "")


class Outcome(NamedTuple):
    """What came of a load: every answer, and the time from the first question to the last answer."""

    answers: list[Answer]
    seconds: float

    @property
    def per_second(self) -> float:
        """Return answers a second."""
        return len(self.answers) / self.seconds

    def counts(self) -> Counter[str]:
        """Return how often each outcome occurred."""
        return Counter(answer.outcome for answer in self.answers)

    def at(self, share: float) -> float:
        """Return the time within which this share was answered, in seconds."""
        ordered = sorted(answer.seconds for answer in self.answers)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def question(method: str, path: str, token: str = "", body: object = None, key: str = "") -> bytes:
    """Return a request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body).encode()
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", f"Content-Length: {len(content)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Content-Type: application/json"] if content else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def ask(ports: Sequence[int], questions: Iterable[bytes], connections: int, seconds: float) -> Outcome:
    """Ask until the questions or the time run out, over connections spread evenly over the ports."""
    return uvloop.run(_ask(ports, iter(questions), connections, seconds))


async def _ask(ports: Sequence[int], questions: Iterator[bytes], connections: int, seconds: float) -> Outcome:
    loop, answers = asyncio.get_running_loop(), []  # type: ignore[var-annotated]
    start = time.perf_counter()
    callers = [_Caller(questions, answers, start + seconds, loop.create_future()) for _ in range(connections)]
    for number, caller in enumerate(callers):
        await loop.create_connection(lambda caller=caller: caller, HOST, ports[number % len(ports)])  # type: ignore[misc]
    await asyncio.gather(*(caller.done for caller in callers))
    return Outcome(answers, time.perf_counter() - start)


class _Caller(asyncio.Protocol):
    """One connection; its future is done when it has nothing more to ask."""

    def __init__(
        self, questions: Iterator[bytes], answers: list[Answer], end: float, done: asyncio.Future[None]
    ) -> None:
        self.done = done
        self._questions, self._answers, self._end = questions, answers, end
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, problem: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(problem or ConnectionError("the service hung up"))

    def on_body(self, part: bytes) -> None:
        self._body.append(part)

    def on_message_complete(self) -> None:
        spent = time.perf_counter() - self._asked
        self._answers.append(Answer(self._parser.get_status_code(), b"".join(self._body), spent))
        self._next()

    def _next(self) -> None:
        self._asked = time.perf_counter()
        asked = next(self._questions, None) if self._asked < self._end else None
        if asked is None:
            self.done.set_result(None)
            self._transport.close()
            return
        # A parser is good for one answer only if the next question is asked from within its callback.
        self._parser, self._body = httptools.HttpResponseParser(self), []
        self._transport.write(asked)  # type: ignore[attr-defined]
