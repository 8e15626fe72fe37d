"""Fan-out of the live board: ``python -m benchmarks.listeners [listeners ...]``.

Two real API processes over one register and one Redis, listeners on loopback spread over both, every one a
practitioner whom each case is meant for. Cases are posted at a steady pace; a delivery is timed from the
commit to the arrival of its event, so the time holds the reading of the history, the judging of the whole
roster, and the sending. The clients run on the same cores.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx2
import numpy as np
from sqlalchemy import Engine

from benchmarks.board import Board, open_board
from benchmarks.report import RESULTS, machine
from dispatch.commands.access import authenticate
from dispatch.commands.board import post_case
from dispatch.embedded import redis
from dispatch.embedded.processes import free_port
from dispatch.live.hub import allow_many_streams
from dispatch.registry.jobs.queues import open_redis, publish_boards
from dispatch.registry.migrate import upgrade
from dispatch.registry.transaction import Begin, make_begin, make_engine, make_read_autocommit
from testbed.rows import case_row

PROCESSES = 2
A_SECOND = 2.0
LASTS_S = 10.0
CASES = int(A_SECOND * LASTS_S)
CONNECTING_AT_ONCE = 100
PATIENCE_S = 300.0
SETTLES_S = 3.0
NUMBERS = (1_000, 3_000)
HEADER = "| listeners | events | connect, s | first, ms | p50, ms | p95, ms | max, ms | lost | added MB | CPU, s |"


class FanOut(NamedTuple):
    """What one run measured; ``first_ms`` is the median time to the first listener: reading and judging alone."""

    listeners: int
    events: int
    connect_s: float
    first_ms: float
    p50_ms: float
    p95_ms: float
    max_ms: float
    lost: int
    added_mb: float
    cpu_s: float

    def row(self) -> str:
        """Return the run as a row of a Markdown table."""
        return (
            f"| {self.listeners:,} | {self.events} | {self.connect_s:.1f} | {self.first_ms:.0f} | {self.p50_ms:.0f} "
            f"| {self.p95_ms:.0f} | {self.max_ms:.0f} | {self.lost} | {self.added_mb:.0f} | {self.cpu_s:.1f} |"
        )


class Stream(asyncio.Protocol):
    """One listener: keeps what arrives, and when; it is read after the run."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.greeted = asyncio.get_running_loop().create_future()
        self.arrived: list[tuple[float, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        request = f"GET /v1/board/events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {self._token}\r\n\r\n"
        transport.write(request.encode())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Note the moment."""
        self.arrived.append((time.monotonic(), data))
        if b"event: hello" in data and not self.greeted.done():
            self.greeted.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Do not wait for the greeting of a server that hung up."""
        if not self.greeted.done():
            self.greeted.set_exception(exc or ConnectionResetError())


class ServedBoard(NamedTuple):
    """A register with a board whom every case is meant for, and the processes that serve it."""

    engine: Engine
    begin: Begin
    redis_url: str
    board: Board
    granted: list[str]
    """Cases to be posted."""

    servers: list[tuple[int, int]]
    """Port and process number of each."""


@contextmanager
def served_board(name: str, people: int) -> Iterator[ServedBoard]:
    """Keep a board with so many practitioners, and its servers, while the block lasts."""
    allow_many_streams()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis_url = stack.enter_context(redis.running(Path(folder) / "redis"))
        database_url = f"sqlite:///{folder}/register.db"
        upgrade(database_url)
        engine = make_engine(database_url)
        stack.callback(engine.dispose)
        begin = make_begin(engine)
        board = open_board(begin, datetime.now(UTC), name, people, 0)
        granted = grant(begin, board.centre_id)
        servers = stack.enter_context(serving(database_url, redis_url, Path(folder)))
        yield ServedBoard(engine, begin, redis_url, board, granted, servers)


def fan_out(listeners: int) -> FanOut:
    """Return what it takes to tell so many listeners of each case."""
    with served_board("listeners", listeners) as served:
        return asyncio.run(_measure(served))


def grant(begin: Begin, centre_id: str) -> list[str]:
    """Store the granted cases that will be posted, each one that every listener may take; return their ids."""
    now = datetime.now(UTC)
    dates = {
        "received_at": now,
        "granted_at": now,
        "entitled_at": now,
        "due_at": now + timedelta(days=3),
        "updated_at": now,
    }
    rows = [case_row(centre_id, str(n), **dates) for n in range(CASES)]
    with begin() as tx:
        tx.session.add_all(rows)
    return [row.id for row in rows]


@contextmanager
def serving(database_url: str, redis_url: str, folder: Path) -> Iterator[list[tuple[int, int]]]:
    """Run the API processes while the block lasts; give the port and the process number of each."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DISPATCH_SECRET": "a secret of the benchmark",
    }
    ports = [free_port() for _ in range(PROCESSES)]
    words = (sys.executable, "-m", "uvicorn", "--factory", "dispatch.main:create_app", "--log-level", "warning")
    backlog = ("--backlog", "4096", "--no-access-log", "--timeout-graceful-shutdown", "10")
    with (folder / "api.log").open("wb") as log:
        processes = [
            subprocess.Popen([*words, *backlog, "--port", str(port)], env=environment, stdout=log, stderr=log)
            for port in ports
        ]
    try:
        for port in ports:
            _await_health(port)
        yield [(port, process.pid) for port, process in zip(ports, processes, strict=True)]
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


async def _measure(served: ServedBoard) -> FanOut:
    ports, pids = zip(*served.servers, strict=True)
    began, memory = time.monotonic(), sum(map(_memory_mb, pids))
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
    streams = await asyncio.gather(
        *(_join(lawyer.token, ports[n % len(ports)], gate) for n, lawyer in enumerate(served.board.lawyers))
    )
    connect_s = time.monotonic() - began
    cpu = sum(map(cpu_s_of, pids))
    posted_at = await asyncio.to_thread(post_all, served)
    await asyncio.sleep(SETTLES_S)
    cpu_s, added_mb = sum(map(cpu_s_of, pids)) - cpu, sum(map(_memory_mb, pids)) - memory
    for stream in streams:
        stream.transport.close()
    return _summed_up(streams, posted_at, connect_s, added_mb, cpu_s)


async def _join(token: str, port: int, gate: asyncio.Semaphore) -> Stream:
    async with gate:
        _, stream = await asyncio.get_running_loop().create_connection(lambda: Stream(token), "127.0.0.1", port)
        await asyncio.wait_for(stream.greeted, PATIENCE_S)
        return stream


def post_all(served: ServedBoard) -> dict[str, float]:
    """Post every case at the steady pace; return when each was committed, by its id."""
    posted_at: dict[str, float] = {}
    committed: list[float] = []
    with open_redis(served.redis_url) as wire:

        def notify_boards(centres: Collection[str]) -> None:
            committed.append(time.monotonic())
            publish_boards(wire, centres)

        begin = make_begin(served.engine, notify_boards=notify_boards)
        clerk = authenticate(make_read_autocommit(served.engine), served.board.clerk, datetime.now(UTC))
        start = time.monotonic()
        for n, case_id in enumerate(served.granted):
            time.sleep(max(0.0, start + n / A_SECOND - time.monotonic()))
            post_case(begin, clerk, datetime.now(UTC), case_id)
            posted_at[case_id] = committed[-1]
    return posted_at


def _summed_up(
    streams: Sequence[Stream], posted_at: dict[str, float], connect_s: float, added_mb: float, cpu_s: float
) -> FanOut:
    taken = {case_id: delays_ms(streams, case_id, at) for case_id, at in posted_at.items()}
    every = np.concatenate([np.array(delays) for delays in taken.values()])
    return FanOut(
        listeners=len(streams),
        events=len(posted_at),
        connect_s=connect_s,
        first_ms=float(np.median([min(delays) for delays in taken.values()])),
        p50_ms=float(np.median(every)),
        p95_ms=float(np.quantile(every, 0.95)),
        max_ms=float(every.max()),
        lost=len(streams) * len(posted_at) - every.size,
        added_mb=added_mb,
        cpu_s=cpu_s,
    )


def delays_ms(streams: Sequence[Stream], case_id: str, at: float) -> list[float]:
    """Return how late each stream was told of the case."""
    word = f'data: {{"case_id":"{case_id}"'.encode()
    return [1000 * (when - at) for stream in streams for when, data in stream.arrived if word in data]


def _await_health(port: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        try:
            if httpx2.get(f"http://127.0.0.1:{port}/health/live", timeout=5).is_success:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"the API did not answer within {PATIENCE_S:.0f} s")


def _memory_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def cpu_s_of(pid: int) -> float:
    """Return the processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(numbers: Sequence[int]) -> None:
    """Measure each number of listeners and write the table."""
    lines = [HEADER, "|---|---|---|---|---|---|---|---|---|---|"]
    sys.stdout.write("\n".join(lines) + "\n")
    for number in numbers:
        lines.append(fan_out(number).row())
        sys.stdout.write(lines[-1] + "\n")
        sys.stdout.flush()
    load = f"load average {os.getloadavg()[0]:.1f} at the end: what else the machine did"
    reported = (
        f"{PROCESSES} API processes, {A_SECOND:.0f} events a second for {LASTS_S:.0f} s, SQLite, clients on the same "
        f"cores. *First* is the median time to the first listener: reading the history and judging the whole roster. "
        f"Memory and processor time are those of both servers; {load}."
    )
    target = RESULTS / "listeners.md"
    target.write_text("\n".join(["# listeners", "", machine(), "", *lines, "", reported, ""]), encoding="utf-8")
    sys.stdout.write(f"written: {target}\n")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or NUMBERS)
