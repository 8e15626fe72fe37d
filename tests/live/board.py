"""A board of real processes: servers over one register and one Redis, and watchers on their streams."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx2
import uvicorn
from sqlmodel import select

from dispatch.commands.access import create_user
from dispatch.domain.vocabulary import Role
from dispatch.embedded.processes import free_port
from dispatch.main import create_app
from dispatch.registry.tables.board import PostingRow
from dispatch.settings import Settings
from tests.rows import Register, open_register
from tests.workers.processes import cut_power, wait_until

LEASE_S = 2.0
STARTS_WITHIN_S = 200.0
WITHIN_S = 120.0
SECRET = "a secret of the tests"


class StreamEvent(NamedTuple):
    """One event of a stream."""

    event: str
    id: str
    data: dict


class Watcher:
    """Reads a stream in a thread of its own, until it or the watcher ends it."""

    def __init__(self, url: str, token: str, last: str | None = None) -> None:
        self.reported: list[StreamEvent] = []
        self.pings = 0
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc)
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last is not None else {})
        self.connection.request("GET", "/v1/board/events", headers=headers)
        self.socket = self.connection.sock
        self.answer = self.connection.getresponse()
        self.thread = threading.Thread(target=self._read)
        self.thread.start()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            while line := self.answer.readline().decode():
                name, _, value = line.rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                elif "data" in fields:
                    self.reported.append(StreamEvent(fields["event"], fields.get("id", ""), json.loads(fields["data"])))
                    fields = {}
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            return

    @property
    def events(self) -> list[tuple[str, str]]:
        """What was told of cases, without the greeting."""
        return [(each.event, each.data["case_id"]) for each in self.reported if "case_id" in each.data]

    def wait_for(self, number: int) -> None:
        wait_until(
            lambda: len(self.reported) >= number,
            f"{number} events, not {self.reported}",
            within_s=WITHIN_S,
            every_s=0.02,
        )

    @property
    def ended(self) -> bool:
        return not self.thread.is_alive()

    def leave(self) -> None:
        # Closing alone would not wake the thread that reads.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.connection.close()


class Board:
    """A register with people, and the servers they reach it through."""

    def __init__(self, register: Register, environment: dict[str, str], folder: Path, stack: ExitStack) -> None:
        self.register, self.environment, self.folder, self.stack = register, environment, folder, stack
        self.processes: list[subprocess.Popen[bytes]] = []

    def serve(self) -> str:
        """Start one more server, in a thread of ours; return its address."""
        settings = Settings(
            database_url=self.environment["DATABASE_URL"],
            redis_url=self.environment["REDIS_URL"],
            lease_s=LEASE_S,
            secret=SECRET,
            data_dir=self.folder,
            refusals_per_minute=0,
        )
        config = uvicorn.Config(create_app(settings), port=free_port(), log_level="warning", lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        self.stack.callback(thread.join)
        self.stack.callback(setattr, server, "should_exit", True)
        wait_until(lambda: server.started, "the server answers", every_s=0.02)
        return f"http://127.0.0.1:{config.port}"

    def serve_apart(self, number: int = 1) -> list[str]:
        """Start more API processes, all at once; return their addresses."""
        ports = [free_port() for _ in range(number)]
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        for port in ports:
            words = ("-m", "uvicorn", "--factory", "dispatch.main:create_app", "--port", str(port))
            with (self.folder / f"api-{port}.log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, *words], env={**os.environ, **self.environment}, stdout=log, stderr=log
                )
            self.stack.callback(cut_power, process)
            self.processes.append(process)
        wait_until(lambda: all(map(alive, urls)), "the servers answer", within_s=STARTS_WITHIN_S)
        return urls

    def token(self, login: str, role: Role = Role.CLERK, code: str | None = None, centre_id: str | None = None) -> str:
        centre_id = centre_id or self.register.centre.id
        return create_user(self.register.begin, None, datetime.now(UTC), centre_id, login, role, code)[1]

    def practitioner(self, code: str, **attributes) -> str:
        """Store a practitioner; return their token."""
        self.register.a_practitioner(code, **attributes)
        return self.token(code, Role.PRACTITIONER, code)

    def run_out(self, case_id: str) -> None:
        """Move a posting into the past, so that its time is over without waiting for it."""
        with self.register.begin() as tx:
            posting = tx.session.exec(select(PostingRow).where(PostingRow.case_id == case_id)).one()
            ago = posting.ends_at - datetime.now(UTC) + timedelta(seconds=1)
            posting.posted_at, posting.sealed_until = posting.posted_at - ago, posting.sealed_until - ago
            posting.ends_at -= ago

    def case(self, number: str, **columns) -> str:
        """Store a granted case with three days left from now; return its id."""
        now = datetime.now(UTC)
        times = {
            "received_at": now,
            "granted_at": now,
            "entitled_at": now,
            "due_at": now + timedelta(days=3),
            "updated_at": now,
        }
        return self.register.a_case(number, **{**times, **columns}).id

    def watch(self, url: str, token: str, last: str | None = None) -> Watcher:
        watcher = Watcher(url, token, last)
        self.stack.callback(watcher.leave)
        watcher.wait_for(1)
        return watcher


@contextmanager
def opened(database_url: str, redis_url: str, folder: Path) -> Iterator[Board]:
    """Open a board where claims are won at once; everything it starts ends with the block."""
    register = open_register(database_url)
    register.a_policy(grab={"window_minutes": 0})
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    environment |= {"DISPATCH_LEASE_S": str(LEASE_S), "DISPATCH_SECRET": SECRET, "DISPATCH_REFUSALS_PER_MINUTE": "0"}
    with ExitStack() as stack:
        stack.callback(register.engine.dispose)
        yield Board(register, environment, folder, stack)


def alive(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health/live", timeout=5).is_success
    except httpx2.TransportError:
        return False


def ask(url: str, method: str, path: str, token: str, **more) -> dict:
    """Ask as a user; a refusal fails the test."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx2.request(method, url + path, headers=headers, timeout=60, **more)
    assert answer.is_success, answer.text
    return answer.json()


def post(url: str, case_id: str, token: str, **body) -> None:
    ask(url, "POST", f"/v1/cases/{case_id}/post", token, json=body)
