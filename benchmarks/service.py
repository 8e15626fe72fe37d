"""The running service beside two limits taken in the same run, on both databases: ``python -m benchmarks.service``.

Two API processes, worker and scheduler; PostgreSQL with its commits on disk, SQLite as it ships, a real
Redis. The limits: a bare FastAPI endpoint with one raw conditional write, also in two processes, and the
very statements of a won claim run by ``pgbench``, or by a bare loop on SQLite.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import bare, scenes
from benchmarks.establishment import Establishment, await_answer, established, machine_load
from benchmarks.immediate import immediate_path
from benchmarks.report import RESULTS, machine
from benchmarks.scenes import Line
from dispatch.embedded import redis
from dispatch.embedded.processes import free_port, leash
from testbed import postgres

DATABASES = ("postgresql", "sqlite")
HEADER = "| what | a second | limit | of the limit | answers |\n|---|---|---|---|---|"


def measure(database: str, folder: Path) -> list[str]:
    """Measure everything on one database; return the part of the report on it."""
    with ExitStack() as stack:
        url = f"sqlite:///{folder / 'register.db'}"
        if database == "postgresql":
            url = stack.enter_context(postgres.running(durable=True))
        redis_url = stack.enter_context(redis.running(folder / "redis"))
        service = stack.enter_context(established(url, redis_url, folder))
        bare_ports = stack.enter_context(bare_endpoints(service, url))
        lines = list(_lines(service, bare_ports, url))
        waits = immediate_path(service, folder)
    return [f"## {database}", "", HEADER, *map(_row, lines), "", waits, ""]


def _lines(service: Establishment, bare_ports: list[int], url: str) -> Iterator[Line]:
    now = datetime.now(UTC)
    scenes.warm_up(service, now)
    for line in (
        *scenes.refusals(service, bare_ports, now),
        *scenes.wins(service, url, now),
        scenes.wins_apart(service, now),
        scenes.hot_cases(service, now),
        scenes.offers_accepted(service, now),
        scenes.intake(service, now),
    ):
        sys.stderr.write(_row(line) + "\n")
        yield line


@contextmanager
def bare_endpoints(service: Establishment, url: str) -> Iterator[list[int]]:
    """Run the bare endpoint in as many processes as the service answers with, on the same database."""
    connection = bare.connect(url)
    connection.execute(bare.TABLE)
    connection.close()
    ports = [free_port() for _ in service.ports]
    order = (
        sys.executable,
        "-m",
        "uvicorn",
        "--factory",
        "benchmarks.bare:create_app",
        "--no-access-log",
        "--log-level",
    )
    with ExitStack() as stack:
        for port in ports:
            process = subprocess.Popen(
                [*order, "warning", "--port", str(port)], env={**os.environ, **service.environment}
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)
            stack.enter_context(leash(process.pid))
            await_answer(port)
        yield ports


def _row(line: Line) -> str:
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    limit = f"{line.limit}: {line.limit_per_second:.0f}" if line.limit_per_second else ""
    return f"| {line.what} | {line.per_second:.0f} | {limit} | {ratio} | {line.answers} |"


def main() -> None:
    """Measure both databases and write the report."""
    parts = [f"# service\n\n{machine()}; load average before and after: {machine_load()}"]
    for database in DATABASES:
        with tempfile.TemporaryDirectory(prefix="service-") as folder:
            parts += ["", *measure(database, Path(folder))]
    parts[0] += f" / {machine_load()}"
    (RESULTS / "service.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
