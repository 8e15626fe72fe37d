"""A whole service under load: several API processes, worker and scheduler, kept running by the supervisor."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2
from sqlalchemy import Engine

from dispatch.embedded.processes import free_port
from dispatch.embedded.supervisor import Child, Supervisor, supervised, to_files
from dispatch.registry.migrate import upgrade
from dispatch.registry.transaction import Begin, Read, make_begin, make_engine, make_read

COMMAND = Path(sys.executable).with_name("legal-dispatch")
READY_WITHIN_S = 120.0


class Establishment(NamedTuple):
    """A running service and its register."""

    ports: list[int]
    """One a process that answers: whom a connection reaches is not left to the kernel."""
    engine: Engine
    begin: Begin
    read: Read
    supervisor: Supervisor
    environment: dict[str, str]


@contextmanager
def established(database_url: str, redis_url: str, folder: Path, *, apis: int = 2) -> Iterator[Establishment]:
    """Keep a service on this database and Redis running for the length of the block; its logs are in the folder."""
    upgrade(database_url)
    engine = make_engine(database_url)
    ports = [free_port() for _ in range(apis)]
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DISPATCH_DATA_DIR": str(folder),
        "DISPATCH_SECRET": "a secret of the benchmark",
        "DISPATCH_LEASE_S": "4",
        # A benchmark asks with few tokens, as fast as it can.
        "DISPATCH_REQUESTS_PER_TOKEN": "0",
        "OMP_NUM_THREADS": "1",
    }
    try:
        with supervised(children(ports, environment), to_files(folder / "logs")) as supervisor:
            for port in ports:
                await_answer(port)
            yield Establishment(ports, engine, make_begin(engine), make_read(engine), supervisor, environment)
    finally:
        engine.dispose()


def children(ports: list[int], environment: dict[str, str]) -> list[Child]:
    """Return the processes, started as an operator starts them."""
    apis = {f"api-{number}": ("api", "--port", str(port)) for number, port in enumerate(ports)}
    orders = {**apis, "worker": ("worker",), "scheduler": ("scheduler",)}
    return [Child(name, (str(COMMAND), *order), environment) for name, order in orders.items()]


def await_answer(port: int) -> None:
    """Return when the process on this port answers, whatever it says."""
    end = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < end:
        try:
            httpx2.get(f"http://127.0.0.1:{port}/health/ready", timeout=5)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing answers on port {port} within {READY_WITHIN_S:.0f} s")


def machine_load() -> str:
    """Return how busy the machine is with other things too."""
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())
