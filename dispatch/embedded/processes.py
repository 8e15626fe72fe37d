"""What every process of our own needs: a free port, and an end when the one that started it is gone."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Our end of the pipe closes with us, even under SIGKILL; then the reader goes on to its second line.
WATCH = 'cat >/dev/null; kill -"$1" "$2" 2>/dev/null; [ -z "$3" ] || rm -rf "$3"'


@contextmanager
def leash(pid: int, number: signal.Signals = signal.SIGTERM, remove: Path | None = None) -> Iterator[None]:
    """
    Tie a process to this one for the length of the block.

    Parameters
    ----------
    pid : int
        The process to end if this one ends inside the block.
    number : Signals
        What to send it.
    remove : Path, optional
        A folder to remove with it.
    """
    order = ["sh", "-c", WATCH, "leash", str(int(number)), str(pid), str(remove or "")]
    watcher = subprocess.Popen(order, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        watcher.kill()
        watcher.communicate()


@contextmanager
def private_files(folder: Path) -> Iterator[None]:
    """Let nobody else on this machine read what is written into the folder by us, and by what we start."""
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        yield
    finally:
        os.umask(before)


def free_port() -> int:
    """Return a port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
