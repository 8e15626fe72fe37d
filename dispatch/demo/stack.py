"""A whole service on one machine: Redis, database, API, worker and scheduler, stopped together."""

import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx2

from dispatch.demo.steps import CheckFailedError, check
from dispatch.embedded import redis
from dispatch.embedded.processes import free_port, private_files
from dispatch.embedded.supervisor import Child, Supervisor, supervised, to_files
from dispatch.registry.migrate import upgrade
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Begin, make_begin, make_engine
from dispatch.settings import Settings

HERE = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
LOOPBACK = (HERE, "::1", "localhost")
LOGS = "logs"
READY_WITHIN_S = 90.0
LOOK_EVERY_S = 0.05
TERMINATED = 128 + signal.SIGTERM

Sink = Callable[[str, str], None]


class Address(NamedTuple):
    """Where the API listens."""

    host: str = HERE
    port: int = 0

    @property
    def of_this_machine(self) -> bool:
        """Whether nobody reaches it from elsewhere."""
        return self.host in LOOPBACK

    @property
    def url(self) -> str:
        """Return how it is reached from this machine."""
        return f"http://{HERE if self.host == EVERYWHERE else self.host}:{self.port}"


class AddressTakenError(CheckFailedError):
    """Somebody else listens there."""


class Stack(NamedTuple):
    """A running service, and the way to its register for what has no HTTP route: the first user."""

    url: str
    folder: Path
    begin: Begin
    seal: Seal
    supervisor: Supervisor


def utc_now() -> datetime:
    """Return the only clock of the demo."""
    return datetime.now(UTC)


def unwind_when_asked_to_end() -> None:
    """Let SIGTERM end us as Ctrl-C does: block by block, so that everything we started is stopped in order."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    # A shell starts background jobs with Ctrl-C switched off.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def run_stack(folder: Path, address: Address | None = None, sink: Sink | None = None) -> Iterator[Stack]:
    """Keep a whole service running for the length of the block; its data and logs are in the folder."""
    address = require_free(address) if address else Address(port=free_port())
    with private_files(folder), redis.running(folder / "redis", os.environ.get("REDIS_URL") or None) as redis_url:
        settings = Settings(data_dir=folder, redis_url=redis_url)
        upgrade(settings.database_url)
        engine = make_engine(settings.database_url)
        try:
            with supervised(children(settings, address), sink or to_files(folder / LOGS)) as supervisor:
                _await_health(address.url, folder)
                seal = Seal(settings.secret, settings.cipher)
                yield Stack(address.url, folder, make_begin(engine), seal, supervisor)
        finally:
            engine.dispose()


def children(settings: Settings, address: Address) -> list[Child]:
    """Return the processes of a service, all with the same environment."""
    environment = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "DISPATCH_DATA_DIR": str(settings.data_dir),
        "DISPATCH_SECRET": settings.secret,
        "DISPATCH_CIPHER": settings.cipher,
        # A receiver to try webhooks with is on this machine; who is let in from outside must not reach it.
        "DISPATCH_WEBHOOKS_PRIVATE": str(settings.webhooks_private or address.of_this_machine).lower(),
        # One thread each: two cores are shared by five processes.
        "OMP_NUM_THREADS": "1",
    }
    commands = {
        "api": ("dispatch", "api", "--host", address.host, "--port", str(address.port)),
        "worker": ("workers", "worker"),
        "scheduler": ("workers", "scheduler"),
    }
    return [Child(name, (sys.executable, "-m", *command), environment) for name, command in commands.items()]


def require_free(address: Address) -> Address:
    """Return the address if nobody listens there; another service would answer in place of ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as fault:
            kind = AddressTakenError if fault.errno == errno.EADDRINUSE else CheckFailedError
            raise kind(f"{address.host}:{address.port} cannot be used: {fault.strerror}") from None
    return address


def _await_health(url: str, folder: Path) -> None:
    end = time.monotonic() + READY_WITHIN_S
    while not _healthy(url):
        check(time.monotonic() < end, f"the API did not start within {READY_WITHIN_S:.0f} s; see {folder / LOGS}")
        time.sleep(LOOK_EVERY_S)


def _healthy(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health/ready", timeout=READY_WITHIN_S).is_success
    except httpx2.TransportError:
        return False
