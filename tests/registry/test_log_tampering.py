"""Whatever somebody does to a single row of a sealed log is found: every row, every column, every pair exchanged."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlmodel import Session

from dispatch.commands.log.keeping import seal_log
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Verb
from dispatch.registry.audit import RefusedAct, note, note_refusals
from dispatch.registry.log.checking import check_log
from dispatch.registry.tables import LedgerRow
from tests.rows import NOW, open_register

COLUMNS = {
    "audit": "id centre_id actor_id verb subject subject_id outcome reason address times at",
    "ledger": "id centre_id practitioner_id assignment_id kind turns effort share at",
    "case_event": "id centre_id case_id event from_status to_status mode actor_id facts at",
    "log_leaf": "position source row_id hash salt address_salt address_mask",
}
OTHER = {
    "integer": "{0} + 100", "real": "{0} + 1", "text": "{0} || 'x'", "blob": "CAST(hex({0}) AS BLOB)", "null": "'x'",
}  # fmt: skip


@pytest.fixture(scope="module")
def log(sqlite_template, tmp_path_factory):
    """A sealed log of a dozen entries whose triggers and constraints somebody has switched off."""
    path = tmp_path_factory.mktemp("log") / "register.db"
    path.write_bytes(sqlite_template.read_bytes())
    register = open_register(f"sqlite:///{path}")
    case, person = register.a_case(), register.a_practitioner()
    with register.begin() as tx:
        for turn in range(3):
            tx.address = f"203.0.113.{turn}"
            note(tx, register.clerk, Verb.SUSPEND, "practitioner", f"p{turn}", NOW)
            row = {"centre_id": register.centre.id, "practitioner_id": person.id, "kind": "turn", "share": "1"}
            tx.add(LedgerRow(turns=turn, effort=9, at=NOW, **row))
            tx.record(case, Event.GRANT, register.clerk, NOW, facts={"turn": turn})
            note_refusals(tx, [RefusedAct(register.clerk, "::1", "close", "close_case", case.id, f"no: {turn}", NOW)])
    seal_log(register.begin, register.read, NOW)
    register.engine.dispose()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        yield connection, register.centre.id
    engine.dispose()


def found(log, *statements):
    """Return what a check finds after the statements, which are undone."""
    connection, centre_id = log
    with connection.begin() as trial:
        changed = sum(connection.exec_driver_sql(statement).rowcount for statement in statements)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            counts = check_log(session, centre_id).counts
        trial.rollback()
    assert changed
    return counts


def keys(log, table):
    found = log[0].exec_driver_sql(f"SELECT rowid FROM {table} ORDER BY rowid").scalars().all()
    log[0].rollback()
    return found


def test_log_is_sound_before_anything_is_done_to_it(log):
    assert len(keys(log, "log_leaf")) == 12
    assert found(log, "UPDATE log_leaf SET hash = hash") == {}


@pytest.mark.parametrize("table", COLUMNS)
def test_every_removal_of_a_row_is_found(log, table):
    assert all(found(log, f"DELETE FROM {table} WHERE rowid = {key}") for key in keys(log, table))


@pytest.mark.parametrize("table", COLUMNS)
def test_every_change_of_a_column_is_found(log, table):
    missed = []
    for key in keys(log, table):
        for column in COLUMNS[table].split():
            where = f"FROM {table} WHERE rowid = {key}"
            kind, value = log[0].exec_driver_sql(f"SELECT typeof({column}), {column} {where}").one()
            log[0].rollback()
            changed = OTHER[kind].format(column)
            if not found(log, f"UPDATE {table} SET {column} = {changed} WHERE rowid = {key}"):
                missed.append((key, column, value))

    assert missed == []


@pytest.mark.parametrize("table", COLUMNS)
def test_every_exchange_of_two_rows_is_found(log, table):
    number = "position" if table == "log_leaf" else "id"
    numbers = log[0].exec_driver_sql(f"SELECT {number} FROM {table}").scalars().all()
    log[0].rollback()

    for one, other in combinations(numbers, 2):
        steps = ((one, -1), (other, one), (-1, other))
        assert found(log, *(f"UPDATE {table} SET {number} = {new} WHERE {number} = {old}" for old, new in steps))


@given(data=st.data())
@settings(max_examples=40)
def test_any_text_written_into_an_entry_is_found(log, data):
    table = data.draw(st.sampled_from(["audit", "ledger", "case_event"]))
    column = data.draw(st.sampled_from(COLUMNS[table].split()[1:]))
    key = data.draw(st.sampled_from(keys(log, table)))
    text = data.draw(st.text(st.characters(codec="ascii", exclude_characters="'\0:%"), min_size=1, max_size=8))

    assert found(log, f"UPDATE {table} SET {column} = 'Z{text}' WHERE rowid = {key}")
