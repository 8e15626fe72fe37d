"""What a file comes to is worked out before anything is locked, and written whole or not at all."""

import signal
import threading
import time

import pytest

from dispatch.commands.imports import portions
from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.vocabulary import Role, Status
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AuditRow, CaseRow, InstitutionRow, RelationRow, UserRow
from tests.exchange.files import a_csv, good
from tests.forked import Forked
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


def cases(number, **ties):
    """A file of cases; ``C3=("co_defendants", "C9")`` ties one to another."""
    rows = {f"C{n}": good("cases", 案件编号=f"C{n}") for n in range(number)}
    for name, (column, other) in ties.items():
        rows[name][column] = other
    return a_csv(*rows.values())


@pytest.fixture
def of_ten(monkeypatch):
    monkeypatch.setattr(portions, "PORTION", 10)


def test_while_a_large_file_of_cases_comes_in_another_centre_never_waits_for_the_whole_of_it(register, of_ten):
    elsewhere, over, waits = register.a_stranger().centre_id, threading.Event(), []

    def write_elsewhere():
        while not over.is_set():
            began = time.perf_counter()
            with register.begin() as tx:
                tx.add(UserRow(centre_id=elsewhere, login=f"u{len(waits)}", role=Role.CLERK, created_at=NOW))
            waits.append(time.perf_counter() - began)

    other = threading.Thread(target=write_elsewhere)
    other.start()
    began = time.perf_counter()
    report = bring_in(register, Kind.CASES, cases(120))
    whole = time.perf_counter() - began
    over.set()
    other.join()

    assert report.created == len(register.all(CaseRow)) == 120
    assert max(waits) < whole / 2


@sqlite_only
def test_portions_are_written_one_by_one_and_the_job_ends_with_the_last(register, of_ten):
    closed, begun = [], []

    def progress(phase, share):
        if phase == "writing":
            begun.append((share, len(register.all(CaseRow))))

    order = Order(Kind.CASES, cases(25))
    who = register.begin, register.seal, register.clerk, NOW
    report = carry_out(*who, order, progress, lambda tx, report: closed.append(report), register.read)

    assert [kept for _, kept in begun] == [0, 0, 10, 20]
    assert [share for share, _ in begun] == sorted(share for share, _ in begun)
    assert closed == [report]
    assert (report.created, report.applied, len(register.all(AuditRow))) == (25, True, 1)


def test_cases_tied_to_each_other_come_in_together_however_far_apart_they_stand(register, of_ten):
    content = cases(30, C0=("同案其他受援人的案件编号", "C29"), C15=("利益对立方的案件编号", "C0"))

    foreseen = bring_in(register, Kind.CASES, content, dry_run=True)
    report = bring_in(register, Kind.CASES, content)

    assert (report.refused, report.fates) == ([], foreseen.fates)
    assert len(register.all(RelationRow)) == 2
    assert bring_in(register, Kind.CASES, content).unchanged == 30


def test_row_that_somebody_forestalls_is_reported_and_the_others_are_kept(register, of_ten):
    def forestall(phase, share):
        if len(register.all(CaseRow)) == 10:
            register.a_case("C24", status=Status.CLOSED)

    report = bring_in(register, Kind.CASES, cases(25), progress=forestall)

    assert (report.created, report.applied) == (24, True)
    assert [refusal.row for refusal in report.refused] == [26]
    assert len(register.all(CaseRow)) == 25


@sqlite_only
@pytest.mark.parametrize("partial", [False, True])
def test_large_file_with_a_fault_is_judged_whole_before_any_of_it_is_kept(register, of_ten, partial):
    rows = [good("cases", 案件编号=f"C{n}") for n in range(25)]

    report = bring_in(
        register, Kind.CASES, a_csv(*rows, good("cases", 案件编号="C25", 案由="无此案由")), partial=partial
    )

    assert report.refused_rows == 1
    assert len(register.all(CaseRow)) == (25 if partial else 0)


KILLED = """
import os, signal, sys
from pathlib import Path
from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine, make_read
from sqlalchemy import event
from testbed.rows import NOW

url, user, centre, kind, turn, file = sys.argv[1:]
engine, turns, written = make_engine(url), [], []

@event.listens_for(engine, "before_cursor_execute")
def cut_power(connection, cursor, statement, *rest):
    turns.extend([statement] if statement.startswith("UPDATE centre") else [])
    written.extend([statement] if statement.startswith("INSERT") and len(turns) >= int(turn) else [])
    if len(written) == 2:
        os.kill(os.getpid(), signal.SIGKILL)

who = make_begin(engine), Seal("a secret of the tests", "aes"), Actor(user, Role.CLERK, centre), NOW
carry_out(*who, Order(Kind(kind), Path(file).read_bytes()), read=make_read(engine))
"""


@pytest.fixture
def killed(register, database_url, tmp_path):
    """Bring a file in by a process that ends in the transaction of that number; return how it ended."""

    def bring_in_and_die(kind, content, turn):
        (file := tmp_path / "file").write_bytes(content)
        who = (database_url, register.clerk.user_id, register.centre.id)
        return Forked(KILLED, *who, kind, str(turn), str(file)).wait()

    return bring_in_and_die


def test_large_import_that_is_killed_midway_has_kept_whole_portions_and_goes_on_later(register, killed):
    content = cases(150)

    ended = killed("cases", content, 2)
    kept = len(register.all(CaseRow))
    report = bring_in(register, Kind.CASES, content)

    assert (ended, kept) == (-signal.SIGKILL, 100)
    assert (report.created, report.unchanged, len(register.all(CaseRow))) == (50, 100, 150)


@pytest.mark.parametrize(("kind", "table"), [("institutions", InstitutionRow), ("cases", CaseRow)])
def test_import_that_is_killed_midway_has_kept_nothing_and_comes_in_whole_later(register, killed, kind, table):
    content = firms(5_000) if kind == "institutions" else a_csv(*(good("cases", 案件编号=f"C{n}") for n in range(50)))

    ended = killed(kind, content, 1)
    kept = len(register.all(table)), len(register.all(AuditRow))
    report = bring_in(register, Kind(kind), content)

    assert ended == -signal.SIGKILL
    assert kept == (0, 0)
    assert report.created == len(register.all(table)) == (5_000 if kind == "institutions" else 50)
