"""Blows that a service has to stand: its processes killed, its Redis gone as by a power cut and back again."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispatch.embedded import redis
from dispatch.embedded.supervisor import Supervisor


def pids_of(supervisor: Supervisor) -> dict[str, int]:
    """Return the process of each child that runs just now."""
    return {name: process.pid for name, process in dict(supervisor._processes).items() if process.poll() is None}


def kill_child(supervisor: Supervisor, name: str) -> None:
    """End a child and what it has started; the supervisor starts it again."""
    os.killpg(pids_of(supervisor)[name], signal.SIGKILL)


def redis_pid(folder: Path) -> int:
    """Return the process of the server that was started in a folder."""
    return redis.State(**json.loads((folder / redis.STATE).read_text())).pid


def kill_redis(folder: Path) -> None:
    """End the Redis of a folder as a power cut would, and return once it is gone."""
    pid = redis_pid(folder)
    os.kill(pid, signal.SIGKILL)
    # Until it is gone it keeps the port, and the next one would end at once.
    os.waitpid(pid, 0)


def start_redis(folder: Path) -> subprocess.Popen[bytes]:
    """Start a killed Redis again where it was, with what its log still knows; whoever starts it ends it."""
    order = [redis.find_program(), str(folder / "redis.conf")]
    return subprocess.Popen(order, stdout=subprocess.DEVNULL)


@contextmanager
def redis_again(folder: Path) -> Iterator[None]:
    """Have the killed server back for the length of the block."""
    server = start_redis(folder)
    try:
        yield
    finally:
        server.terminate()
        server.wait()
