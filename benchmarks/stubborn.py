"""A client that does not give up: asks again with the same key, of another process, until it is answered."""

import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

HOST = "127.0.0.1"
TIMEOUT_S = 60.0
PAUSE_S = 0.05
PATIENCE_S = 120.0
AWAY = (OSError, http.client.HTTPException)
UNAVAILABLE = (500, 503)


class Asked(NamedTuple):
    """A POST, and the key under which it may be repeated."""

    path: str
    token: str
    key: str
    body: Mapping[str, Any] | None = None


class Answered(NamedTuple):
    """What was said in the end, and how often it had to be asked."""

    asked: Asked
    status: int
    wording: Mapping[str, Any]
    asks: int

    @property
    def outcome(self) -> str:
        """Return the state of a claim that was taken, or a refusal's code with what made it."""
        if self.status < 400:
            return str(self.wording.get("state") or self.wording["status"])
        facts = self.wording.get("facts", {})
        because = facts.get("reason") or ",".join(facts.get("rules", ()))
        return f"{self.wording['code']}: {because}" if because else str(self.wording["code"])


@dataclass
class Progress:
    """How much of all is answered, so that a blow falls at its moment."""

    total: int
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> None:
        """Count one answer."""
        with self.lock:
            self.done += 1

    def wait_for(self, share: float) -> None:
        """Return once this share is answered."""
        while self.done < share * self.total:
            time.sleep(PAUSE_S)


def ask_all(ports: Sequence[int], asked: Sequence[Asked], progress: Progress) -> list[Answered]:
    """Ask one after another over a connection of one's own; return every answer."""
    client = _Client(ports)
    answers = []
    for each in asked:
        answers.append(client.ask(each))
        progress.count()
    client.close()
    return answers


class _Client:
    def __init__(self, ports: Sequence[int]) -> None:
        self._ports = list(ports)
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, asked: Asked) -> Answered:
        end, asks, trouble = time.monotonic() + PATIENCE_S, 0, ""
        while time.monotonic() < end:
            asks += 1
            try:
                status, wording = self._once(asked)
                if status not in UNAVAILABLE:
                    return Answered(asked, status, wording, asks)
                trouble = str(wording)
            except AWAY as problem:
                trouble = repr(problem)
            self.close()
            time.sleep(PAUSE_S)
        raise AssertionError(f"no answer to {asked.path} within {PATIENCE_S:.0f} s: {trouble}")

    def close(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _once(self, asked: Asked) -> tuple[int, Mapping[str, Any]]:
        if self._connection is None:
            # The next one is another's turn: this process may be gone.
            self._ports.append(self._ports.pop(0))
            self._connection = http.client.HTTPConnection(HOST, self._ports[0], timeout=TIMEOUT_S)
        headers = {"Authorization": f"Bearer {asked.token}", "Idempotency-Key": asked.key}
        body = None
        if asked.body is not None:
            body, headers["Content-Type"] = json.dumps(asked.body), "application/json"
        self._connection.request("POST", asked.path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())
