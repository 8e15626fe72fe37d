"""PostgreSQL goes away, has no room, or hands over to its follower: the service says so and goes on by itself."""

import subprocess
from contextlib import ExitStack, suppress

import psycopg
import pytest

from dispatch.commands.room import REMEMBERED
from dispatch.registry import migrate, transaction
from testbed import postgres
from tests.api.conftest import app, office
from tests.api.test_cases import a_draft
from tests.rows import NOW, register

__all__ = ["app", "office", "register"]

ROOM = 30
"""Connections a server has."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """A change of servers takes longer than a connection is trusted; the test does not wait so long."""
    monkeypatch.setattr(transaction, "TRUSTED_S", 0.0)


@pytest.fixture
def leader():
    settings = f"-c fsync=off -c max_connections={ROOM} -c superuser_reserved_connections=0"
    with postgres.created(settings) as server:
        server.start()
        migrate.upgrade(server.url)
        yield server
        server.stop()


@pytest.fixture
def follower(leader):
    server = leader.follower()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database_url(request, leader):
    """The address of the leader; of it and its follower, whichever of them takes writes, where there is one."""
    if "follower" not in request.fixturenames:
        return leader.url
    ports = (leader.port, request.getfixturevalue("follower").port)
    hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
    return f"postgresql+psycopg://{postgres.USER}@/postgres?{hosts}&target_session_attrs={request.param}"


class SmallDisk:
    """A disk of four megabytes on which the rows of the register are."""

    def __init__(self, place):
        self.filler = place / "filler"

    def fill(self):
        with suppress(OSError), self.filler.open("wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))

    def free(self):
        self.filler.unlink()


@pytest.fixture
def small_disk(leader):
    place = leader.folder / "small"
    place.mkdir()
    owner = leader.folder.stat()
    options = f"size=4m,mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a disk of its own is mounted by root only")
    try:
        with psycopg.connect(plain(leader.url), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
            connection.execute("ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE small")
        yield SmallDisk(place)
    finally:
        leader.stop()
        subprocess.run(["umount", place], check=True)


def plain(url):
    return url.replace("+psycopg", "")


def refusal(answer):
    return answer.status_code, answer.json()["code"]


def ready(office):
    answer = office.get("/health/ready", role=None)
    return answer.status_code, answer.json()["down"]


def test_full_disk_is_told_as_such_and_needs_no_restart_once_there_is_room(office, small_disk, monkeypatch):
    # A long story takes pages of its own, so that none that is half empty helps out.
    long = {"story": "".join(chr(0x4E00 + n) for n in range(3000))}
    first = office.post("/v1/cases", a_draft(number="1"))

    small_disk.fill()
    full = office.post("/v1/cases", a_draft(number="2", **long), headers={"Accept-Language": "zh"})
    listed = office.get("/v1/cases")
    unready = ready(office)
    small_disk.free()
    again = office.post("/v1/cases", a_draft(number="2", **long))
    monkeypatch.setattr(office.client.app.state.room, "_clock", lambda: NOW + REMEMBERED)

    assert (refusal(full), full.json()["title"]) == ((503, "disk-full"), "磁盘空间不足")
    assert full.json()["facts"] == {"part": "database"}
    assert (listed.status_code, [each["number"] for each in listed.json()["items"]]) == (200, ["1"])
    assert unready == (503, ["disk"])
    assert [first.status_code, again.status_code, ready(office)[0]] == [201, 201, 200]


def test_server_that_went_away_or_has_no_room_is_missed_and_found_again(office, leader):
    first = office.post("/v1/cases", a_draft(number="1"))

    leader.stop()
    assert refusal(office.get("/v1/cases")) == (503, "unavailable")
    assert refusal(office.post("/v1/cases", a_draft(number="2"))) == (503, "unavailable")
    assert ready(office) == (503, ["database"])
    assert office.get("/health/live", role=None).status_code == 200

    leader.start()
    with ExitStack() as others:
        for _ in range(ROOM):
            others.enter_context(psycopg.connect(plain(leader.url)))
        assert refusal(office.get("/v1/cases")) == (503, "unavailable")

    assert office.get(f"/v1/cases/{first.json()['id']}").json()["number"] == "1"
    assert office.post("/v1/cases", a_draft(number="2")).status_code == 201
    assert ready(office) == (200, [])


@pytest.mark.parametrize("database_url", ["read-write"], indirect=True)
def test_follower_that_is_promoted_takes_over_all_that_was_committed(office, leader, follower):
    first = office.post("/v1/cases", a_draft(number="1"))
    follower.catch_up(leader)

    leader.stop()
    assert refusal(office.post("/v1/cases", a_draft(number="2"))) == (503, "unavailable")
    follower.promote()

    assert office.get(f"/v1/cases/{first.json()['id']}").json()["number"] == "1"
    assert office.post("/v1/cases", a_draft(number="2")).status_code == 201


@pytest.mark.parametrize("database_url", ["any"], indirect=True)
def test_server_that_only_reads_is_no_fault_of_ours(office, leader, follower):
    follower.catch_up(leader)
    leader.stop()

    assert office.get("/v1/cases").status_code == 200
    assert refusal(office.post("/v1/cases", a_draft())) == (503, "unavailable")
