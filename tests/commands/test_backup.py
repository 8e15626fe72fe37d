"""A backup taken while people work comes back row by row, with its own key only, and nothing is overwritten."""

import json
import os
import shutil
import threading
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import func, select

from dispatch.commands.backups import databases
from dispatch.commands.backups.archive import read_manifest
from dispatch.commands.backups.restoring import back_up, drill, restore
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
    FileExistsAlreadyError,
    WrongKeyError,
)
from dispatch.domain.permissions import Verb
from dispatch.registry.audit import note
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AuditRow, SealRow
from dispatch.registry.transaction import make_engine, make_read
from tests.rows import NOW, open_register

OTHER = Seal("another secret of the tests")
WRITERS, NOTES = 4, 25


@pytest.fixture
def storm(register):
    """Four people writing at once until they have had enough."""

    def work(number):
        for turn in range(NOTES):
            with register.begin() as tx:
                tx.lock_centre(register.centre.id)
                note(tx, register.clerk, Verb.SUSPEND, "practitioner", f"{number}-{turn}", NOW)

    with register.begin() as tx:
        tx.add(SealRow(mark=register.seal.mark, since=NOW))
    threads = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
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
        noted = session.exec(select(func.count()).select_from(AuditRow)).one()
    engine.dispose()
    manifest = read_manifest(source)
    assert (tried.rows, restored.rows) == (sum(table.rows for table in manifest.tables.values()),) * 2
    assert noted == manifest.tables["audit"].rows <= WRITERS * NOTES
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


def test_tool_that_is_missing_or_fails_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(databases, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackupToolError) as missing:
        databases.find_tool("pg_dump")
    (tmp_path / "16/bin").mkdir(parents=True)
    (tmp_path / "16/bin/pg_dump").write_text("#!/bin/sh\necho no such server >&2; exit 1\n")
    os.chmod(tmp_path / "16/bin/pg_dump", 0o700)
    with pytest.raises(BackupToolError) as failed:
        databases._run(make_url("postgresql://u:pw@h/d"), "pg_dump", database="--dbname")

    assert missing.value.facts == {"tool": "pg_dump", "said": "not found"}
    assert failed.value.facts["said"] == "no such server"


def test_last_backup_is_in_the_log_of_every_centre(sqlite_url, tmp_path):
    register = open_register(sqlite_url)

    backed_up(register, tmp_path)

    [row] = register.all(AuditRow)
    assert (row.verb, row.subject, row.at + timedelta()) == ("operate", "backup", NOW)
