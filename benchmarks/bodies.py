"""Hostile bodies: ``python -m benchmarks.bodies [seconds]``.

Twenty clients send one API process the worst bodies there are, each kind in turn, while another asks whether it
lives. Told are the most memory the process ever had and how long the answers took. The clients run on the same cores;
the server and whoever asks go before them, because a machine under attack has the attackers elsewhere.
"""

import multiprocessing
import os
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx2
import numpy as np

from benchmarks.board import open_board
from benchmarks.establishment import established, machine_load
from benchmarks.report import RESULTS, machine
from dispatch.embedded import redis
from testbed.blows import pids_of

CLIENTS = 20
LASTS_S = 30.0
ASK_EVERY_S = 0.05
FIRST = -10
"""Niceness of the server and of whoever asks."""

MB = 2**20
BOUNDARY = b"--part\r\n"
FILE = BOUNDARY + b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
WHAT = BOUNDARY + b'Content-Disposition: form-data; name="what"\r\n\r\npractitioners\r\n'
END = b"\r\n--part--\r\n"
FORM = b"multipart/form-data; boundary=part"
JSON = b"application/json"


class Figures(NamedTuple):
    """What one round came to."""

    base_mb: float
    max_mb: float
    answers_ms: list[float]
    sent: Counter[str]


class Kind(NamedTuple):
    """A way to be a nuisance: where to, as what, by whom, and the pieces that follow the head."""

    path: bytes
    media_type: bytes
    known: bool
    pieces: Callable[[], Iterator[bytes]]
    chunked: bool = False
    more: bytes = b""


def _repeated(piece: bytes, size: int, before: bytes = b"", after: bytes = b"") -> Callable[[], Iterator[bytes]]:
    block = piece * max(1, 2**16 // len(piece))

    def pieces() -> Iterator[bytes]:
        yield before
        for _ in range(size // len(block)):
            yield block
        yield after

    return pieces


def _trickled() -> Iterator[bytes]:
    for _ in range(30):
        yield b"{"
        time.sleep(0.5)


PARTS = BOUNDARY + b'Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"a" * 20_000 + b"\r\n"
KINDS = {
    "30 MB of [{},…], no token": Kind(b"/v1/cases", JSON, False, _repeated(b"{},", 30 * MB, b"[")),
    "the same with a token": Kind(b"/v1/cases", JSON, True, _repeated(b"{},", 30 * MB, b"[")),
    "a megabyte of [{},…]": Kind(b"/v1/cases", JSON, True, _repeated(b"{},", 15 * MB // 16, b"[", b"{}]")),
    "50,000 empty objects": Kind(b"/v1/cases", JSON, True, _repeated(b"{}, " + b" " * 16, 24_000 * 20, b"[", b"{}]")),
    "endless in chunks": Kind(b"/v1/cases", JSON, True, _repeated(b"[", 30 * MB), chunked=True),
    "a text of quotes": Kind(b"/v1/cases", JSON, True, _repeated(b'"', 9 * MB // 10)),
    "30 MB of a file": Kind(b"/v1/imports", FORM, True, _repeated(b"{},", 30 * MB, WHAT + FILE, END)),
    "15 MB of a file": Kind(b"/v1/imports", FORM, True, _repeated(b"{},", 15 * MB, WHAT + FILE, END)),
    "the same, to be repeated": Kind(
        b"/v1/imports", FORM, True, _repeated(b"\r\n--par", 15 * MB, WHAT + FILE, END), more=b"Idempotency-Key: one\r\n"
    ),
    "a thousand files": Kind(b"/v1/imports", FORM, True, _repeated(PARTS, 15 * MB, b"", END)),
    "a body that trickles": Kind(b"/v1/cases", JSON, True, _trickled, chunked=True),
}


def send(port: int, token: str, kind: Kind) -> bytes:
    """Send one request of a kind as far as it is listened to; return the status."""
    pieces = list(kind.pieces()) if not kind.chunked else []
    length = b"Transfer-Encoding: chunked" if kind.chunked else b"Content-Length: %d" % sum(map(len, pieces))
    who = b"Authorization: Bearer %s\r\n" % token.encode() if kind.known else b""
    head = b"POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: %s\r\n%s\r\n%s%s\r\n" % (
        kind.path, kind.media_type, length, who, kind.more,
    )  # fmt: skip
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(head)
        for piece in pieces or kind.pieces():
            line.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if kind.chunked else piece)
        return line.recv(64).split(b" ")[1]


def crowd(port: int, token: str, until: float, reports: "multiprocessing.Queue[Counter[str]]") -> None:
    """Be the twenty clients, in a process of their own."""
    sent: Counter[str] = Counter()

    def one(number: int) -> None:
        names = list(KINDS)
        turn = number
        while time.time() < until:
            name, turn = names[turn % len(names)], turn + 1
            status = b"cut off"
            with suppress(OSError, IndexError):
                status = send(port, token, KINDS[name])
            sent[f"{name}: {status.decode()}"] += 1

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reports.put(sent)


def measure(folder: Path, lasts_s: float) -> Figures:
    """Keep a service under fire for so long."""
    with (
        redis.running(folder / "redis") as redis_url,
        established(f"sqlite:///{folder}/register.db", redis_url, folder, apis=1) as service,
    ):
        token = open_board(service.begin, datetime.now(UTC), "bodies", 3, 3).clerk
        pid, port = pids_of(service.supervisor)["api-0"], service.ports[0]
        for process in (pid, os.getpid()):
            _let_go_first(process)
        base_mb = memory_mb(pid, "VmRSS")
        reports: multiprocessing.Queue[Counter[str]] = multiprocessing.Queue()
        clients = multiprocessing.Process(target=_behind, args=(port, token, time.time() + lasts_s, reports))
        clients.start()
        answers_ms = list(_asked(port, clients))
        return Figures(base_mb, memory_mb(pid, "VmHWM"), answers_ms, reports.get(timeout=60))


def _let_go_first(pid: int) -> None:
    """Let a process go before others, and its session before other sessions, where we may say so."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, FIRST)
        Path(f"/proc/{pid}/autogroup").write_text(str(FIRST))


def _behind(port: int, token: str, until: float, reports: "multiprocessing.Queue[Counter[str]]") -> None:
    os.nice(-FIRST)
    crowd(port, token, until, reports)


def _asked(port: int, clients: multiprocessing.Process) -> Iterator[float]:
    with httpx2.Client(timeout=60) as client:
        while clients.is_alive():
            began = time.perf_counter()
            client.get(f"http://127.0.0.1:{port}/health/live").raise_for_status()
            yield 1000 * (time.perf_counter() - began)
            clients.join(ASK_EVERY_S)


def memory_mb(pid: int, what: str) -> float:
    """Return the memory of a process: ``VmRSS`` as it is, ``VmHWM`` the most it ever was."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def written(figures: Figures) -> str:
    """Return the report."""
    p50, p95, most = np.percentile(figures.answers_ms, [50, 95, 100])
    rows = [f"| {what} | {count} |" for what, count in sorted(figures.sent.items())]
    return "\n".join([
        f"# bodies\n\n{machine()}; load average {machine_load()}\n",
        f"Memory of the API process: {figures.base_mb:.0f} MB before, {figures.max_mb:.0f} MB at most.",
        f"`/health/live`, {len(figures.answers_ms)} times: p50 {p50:.0f}, p95 {p95:.0f}, longest {most:.0f} ms.\n",
        "| body: answer | sent |", "|---|---|", *rows, "",
    ])  # fmt: skip


def main() -> None:
    """Measure, and write the report."""
    with tempfile.TemporaryDirectory(prefix="bodies-") as folder:
        report = written(measure(Path(folder), float(sys.argv[1]) if len(sys.argv) > 1 else LASTS_S))
    (RESULTS / "bodies.md").write_text(report, encoding="utf-8")
    sys.stdout.write(report)


if __name__ == "__main__":
    main()
