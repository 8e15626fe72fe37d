"""What a file comes to is worked out before anything is locked, and written whole or not at all."""

import os
import signal
import subprocess
import sys

import pytest

from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AuditRow, CaseRow, InstitutionRow, UserRow
from tests.exchange.files import a_csv, good
from tests.rows import NOW

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def bring_in(register, kind, content, begin=None, progress=None, **order):
    who = begin or register.begin, register.seal, register.clerk, NOW
    return carry_out(*who, Order(kind, content, **order), progress, read=register.read)


def firms(number):
    return a_csv(*(good("institutions", 机构编号=f"F{n}", 机构名称=f"第{n}律师事务所") for n in range(number)))


@sqlite_only
@pytest.mark.parametrize("kind", [Kind.INSTITUTIONS, Kind.PRACTITIONERS, Kind.CASES])
def test_dry_run_locks_nothing_whatever_it_is_of(register, kind):
    bring_in(register, Kind.INSTITUTIONS, a_csv(good("institutions")))

    def begin():
        raise AssertionError("a dry run has begun a transaction that writes")

    report = bring_in(register, kind, a_csv(good(kind.value)), begin, dry_run=True)

    assert report.refused == []
    assert not report.applied


@sqlite_only
def test_refused_file_locks_nothing(register):
    def begin():
        raise AssertionError("a file that is not taken in has begun a transaction that writes")

    report = bring_in(register, Kind.INSTITUTIONS, a_csv(good("institutions", 机构类型="茶馆")), begin)

    assert (report.applied, report.refused_rows) == (False, 1)


def test_others_write_while_a_roster_is_worked_out(register):
    written = []

    def write_elsewhere(phase, share):
        if phase == "writing":
            with register.begin() as tx:
                login = f"another-{len(written)}"
                centre_id = register.centre.id
                tx.add(UserRow(centre_id=centre_id, login=login, role=Role.CLERK, created_at=NOW))
            written.append(phase)

    report = bring_in(register, Kind.INSTITUTIONS, firms(3), progress=write_elsewhere)

    assert report.created == len(register.all(InstitutionRow)) == 3
    assert written


def test_what_was_decided_meanwhile_is_seen(register):
    done = []

    def forestall(phase, share):
        if phase == "writing" and not done:
            done.append(bring_in(register, Kind.INSTITUTIONS, firms(2)))

    report = bring_in(register, Kind.INSTITUTIONS, firms(3), progress=forestall)

    assert (report.created, report.unchanged) == (1, 2)
    assert len(register.all(InstitutionRow)) == 3


KILLED = """
import os, signal, sys
from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine, make_read
from sqlalchemy import event
from tests.rows import NOW

url, user, centre, kind = sys.argv[1:]
engine, written = make_engine(url), []

@event.listens_for(engine, "before_cursor_execute")
def cut_power(connection, cursor, statement, *rest):
    written.extend([statement] if statement.startswith("INSERT") else [])
    if len(written) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

who = make_begin(engine), Seal("a secret of the tests"), Actor(user, Role.CLERK, centre), NOW
carry_out(*who, Order(Kind(kind), sys.stdin.buffer.read()), read=make_read(engine))
"""


@pytest.mark.parametrize(("kind", "table"), [("institutions", InstitutionRow), ("cases", CaseRow)])
def test_import_that_is_killed_midway_has_kept_nothing_and_comes_in_whole_later(register, database_url, kind, table):
    content = firms(5_000) if kind == "institutions" else a_csv(*(good("cases", 案件编号=f"C{n}") for n in range(50)))
    words = (database_url, register.clerk.user_id, register.centre.id, kind)

    ended = subprocess.run(
        [sys.executable, "-c", KILLED, *words],
        input=content,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        check=False,
    )
    kept = len(register.all(table)), len(register.all(AuditRow))
    report = bring_in(register, Kind(kind), content)

    assert ended.returncode == -signal.SIGKILL
    assert kept == (0, 0)
    assert report.created == len(register.all(table)) == (5_000 if kind == "institutions" else 50)
