"""The same day on two hosts in network namespaces of their own: ``make hosts``, as root on Linux.

Not part of the suite, because not every machine may do this; where it cannot, it fails and says so.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from tests.receiver import receiving
from tests.workers.hosts import Host, spend_a_day
from tests.workers.office import opened

GATEWAY = "10.77.1.1"
"""Our address as both hosts see it: the first on its own cable, the second by its default route."""

CHUNK = 65536


def test_two_hosts_in_namespaces_lose_and_double_nothing(clean_postgres_url, own_redis_url, tmp_path):
    with (
        opened(clean_postgres_url, own_redis_url) as office,
        receiving() as receiver,
        ExitStack() as cables,
    ):
        names = [cables.enter_context(namespace(number)) for number in (1, 2)]
        there = {
            name: cables.enter_context(forwarded(url))
            for name, url in (("DATABASE_URL", clean_postgres_url), ("REDIS_URL", own_redis_url))
        }
        receiver.url = cables.enter_context(forwarded(receiver.url))
        hosts = [
            Host(name, tmp_path / name, {**office.environment, **there}, ("ip", "netns", "exec", name))
            for name in names
        ]
        for host in hosts:
            assert cannot_reach_loopback(host, clean_postgres_url)

        spend_a_day(office, *hosts, receiver)


@contextmanager
def namespace(number: int) -> Iterator[str]:
    """Set up a network of its own, joined to ours by a cable; it has no other way out."""
    assert shutil.which("ip"), "there is no `ip` command here"
    assert os.geteuid() == 0, "network namespaces are for root"
    name, ours, theirs = (f"{what}{os.getpid() % 10000}n{number}" for what in ("h", "o", "t"))
    inside = f"10.77.{number}"
    ip("netns", "add", name)
    try:
        ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
        ip("addr", "add", f"{inside}.1/24", "dev", ours)
        ip("link", "set", ours, "up")
        ip("-n", name, "addr", "add", f"{inside}.2/24", "dev", theirs)
        ip("-n", name, "link", "set", theirs, "up")
        ip("-n", name, "link", "set", "lo", "up")
        ip("-n", name, "route", "add", "default", "via", f"{inside}.1")
        yield name
    finally:
        ip("netns", "del", name)


def ip(*words: str) -> None:
    """Run the command that sets up networks; what it says is told if it fails."""
    wording = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert wording.returncode == 0, f"ip {' '.join(words)}: {wording.stderr.strip()}"


def cannot_reach_loopback(host: Host, url: str) -> bool:
    """Tell whether the servers' own address is out of reach inside: then everything goes by cable."""
    probe = f"import socket; socket.create_connection(('127.0.0.1', {urlsplit(url).port}), 2)"
    return subprocess.run([*host.inside, "python3", "-c", probe], capture_output=True, check=False).returncode != 0


@contextmanager
def forwarded(url: str) -> Iterator[str]:
    """Pass connections to our address on to a server on the loopback interface; give the URL as seen from inside."""
    port = urlsplit(url).port
    with socket.create_server((GATEWAY, 0)) as server:
        threading.Thread(target=serve, args=(server, port), daemon=True).start()
        yield url.replace(f"127.0.0.1:{port}", f"{GATEWAY}:{server.getsockname()[1]}")
        server.shutdown(socket.SHUT_RDWR)


def serve(server: socket.socket, port: int) -> None:
    """Join each caller with the server until ours is closed."""
    with contextlib.suppress(OSError):
        while True:
            caller, _ = server.accept()
            called = socket.create_connection(("127.0.0.1", port))
            for source, target in ((caller, called), (called, caller)):
                threading.Thread(target=pump, args=(source, target), daemon=True).start()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Carry bytes one way until the source ends."""
    with contextlib.suppress(OSError), source:
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
