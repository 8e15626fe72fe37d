"""What an operator must see to is named: room, backups, triggers, the log; and a full disk is told as such."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, text

from dispatch.commands.backups.restoring import SUBJECT, note_everywhere
from dispatch.commands.doctor import MEND, Ailment
from dispatch.commands.log.keeping import check_by_night, seal_log
from dispatch.commands.room import REMEMBERED, RoomWatch
from dispatch.commands.upkeep import STALE_AFTER, UNSEALED_AFTER, examine_upkeep
from dispatch.domain.errors import DiskFullError
from dispatch.domain.permissions import Verb
from dispatch.registry.audit import note
from dispatch.registry.transaction import make_begin, make_engine
from tests.rows import NOW, open_register

LATER = NOW + STALE_AFTER + timedelta(seconds=1)


@pytest.fixture
def register(sqlite_url):
    register = open_register(sqlite_url)
    yield register
    register.engine.dispose()


def named(register, now=NOW, folder=Path()):
    url = register.engine.url.render_as_string(hide_password=False)
    return {finding.ailment for finding in examine_upkeep(register.read, url, folder, now)}


def noted(register):
    with register.begin() as tx:
        note(tx, register.clerk, Verb.SUSPEND, "practitioner", "p1", NOW)


def flood(begin, actor):
    with begin() as tx:
        for number in range(5_000):
            note(tx, actor, Verb.SUSPEND, "practitioner", f"{number:040}", NOW)


def test_new_register_needs_nothing_and_every_ailment_says_what_to_do(register):
    assert named(register) == set()
    assert set(MEND) == set(Ailment)


def test_register_without_a_recent_backup_is_named_until_there_is_one(register):
    before = named(register, LATER)
    note_everywhere(register.begin, register.read, LATER, SUBJECT)
    seal_log(register.begin, register.read, LATER)

    assert before == {Ailment.BACKUP_STALE}
    assert named(register, LATER) == set()
    assert named(register, LATER + STALE_AFTER + timedelta(seconds=1)) == {Ailment.BACKUP_STALE}


def test_little_room_is_named_by_its_place(register, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))

    assert named(register) == {Ailment.DISK_FULL}


def test_missing_trigger_and_broken_log_are_named(register):
    noted(register)
    seal_log(register.begin, register.read, NOW)
    with register.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_keep_update"))
        connection.execute(text("UPDATE audit SET verb = 'other'"))

    check_by_night(register.begin, register.read, NOW, register.centre.id)

    assert named(register) == {Ailment.TRIGGER_GONE, Ailment.LOG_BROKEN}


def test_log_that_is_not_sealed_is_named(register):
    noted(register)

    at_once, later = named(register), named(register, NOW + UNSEALED_AFTER + timedelta(seconds=1))

    assert (at_once, later) == (set(), {Ailment.LOG_UNSEALED})


def test_full_disk_is_told_and_forgotten_once_there_is_room(register):
    engine = make_engine(f"{register.engine.url}?timeout=1")
    most = [1]
    event.listen(engine, "checkout", lambda connection, *_: connection.execute(f"PRAGMA max_page_count = {most[0]}"))
    clock = [NOW]
    room = RoomWatch(make_begin(engine), lambda: clock[0])

    with pytest.raises(DiskFullError):
        flood(room.begin, register.clerk)
    with register.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with pytest.raises(DiskFullError):
        room.require()
    clock[0] = NOW + REMEMBERED
    with pytest.raises(DiskFullError):
        flood(room.begin, register.clerk)
    most[0] = pages + 1_000
    clock[0] += REMEMBERED
    room.require()
    clock[0] -= REMEMBERED
    room.require()
    engine.dispose()
