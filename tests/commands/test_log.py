"""The log proves itself: sealed whatever the order of commits, checked whole, published by day; tampering is found."""

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session, select

from dispatch.commands.housekeeping import purge
from dispatch.commands.log.keeping import check_by_night, publish_heads, seal_log, verify_logs
from dispatch.commands.webhooks.endpoints import create_webhook
from dispatch.domain.findings import FindingKind
from dispatch.domain.lifecycle import Event
from dispatch.domain.log.records import Head
from dispatch.domain.log.words import LogFault
from dispatch.domain.permissions import Verb
from dispatch.domain.webhooks import HookType
from dispatch.registry.audit import RefusedAct, note, note_refusals
from dispatch.registry.log.checking import check_log
from dispatch.registry.log.sealing import DISTANCE
from dispatch.registry.purge import KEEP_ADDRESSES
from dispatch.registry.tables import (
    AuditRow,
    DeliveryRow,
    FindingRow,
    LedgerRow,
    LogFloorRow,
    LogHeadRow,
    LogLeafRow,
    LogTreeRow,
)
from dispatch.registry.tables.append_only import APPEND_ONLY, protect, release
from dispatch.registry.tables.log.tree import SERVICE
from tests.rows import NOW

DAY = timedelta(days=1)


def filled(register):
    """Three kinds of entries, and one of nobody known."""
    case, person = register.a_case(), register.a_practitioner()
    with register.begin() as tx:
        tx.address = "203.0.113.7"
        for subject in ("p1", "p2", "p3"):
            note(tx, register.clerk, Verb.SUSPEND, "practitioner", subject, NOW)
        tx.record(case, Event.GRANT, register.clerk, NOW, facts={"reason": "甲", "ids": [1, 2]})
        tx.add(
            LedgerRow(centre_id=register.centre.id, practitioner_id=person.id, kind="turn", turns=1, effort=9, at=NOW)
        )
        note_refusals(tx, [RefusedAct(None, "198.51.100.1", "enter", "door", None, "unauthenticated", NOW)])
    return register


def sealed(register):
    seal_log(filled(register).begin, register.read, NOW)
    return register


@pytest.fixture
def unguarded(register):
    """Drop the triggers, as somebody might who wants to change what was written."""
    dialect = register.engine.dialect.name
    for table in APPEND_ONLY:
        for statement in release(dialect, table):
            tamper(register, statement)
    yield register
    for table in APPEND_ONLY:
        columns = [column["name"] for column in inspect(register.engine).get_columns(table)]
        for statement in protect(dialect, table, columns):
            tamper(register, statement)


def tamper(register, statement):
    with register.engine.begin() as connection:
        connection.execute(text(statement))


def counts(register, *published):
    checked, triggers = verify_logs(register.read, register.centre.id, published)
    return dict(checked[0].counts), {fault.kind for fault in triggers}


def heads(register):
    return register.all(LogHeadRow, LogHeadRow.log == register.centre.id)


def test_every_entry_is_sealed_once_and_the_whole_log_verifies(register):
    sealed(register)

    again = seal_log(register.begin, register.read, NOW)

    assert again == 0
    assert len(register.all(LogLeafRow)) == 6
    assert {row.log: row.size for row in register.all(LogTreeRow)} == {register.centre.id: 5, SERVICE: 1}
    assert counts(register) == ({}, set())


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM audit WHERE id = 2", LogFault.ROW_GONE),
        ("UPDATE audit SET subject_id = 'p9' WHERE id = 2", LogFault.ROW_CHANGED),
        ("UPDATE audit SET address = '203.0.113.8' WHERE id = 2", LogFault.ROW_CHANGED),
        ("UPDATE ledger SET turns = 0", LogFault.ROW_CHANGED),
        ("UPDATE case_event SET facts = NULL", LogFault.ROW_CHANGED),
        ("DELETE FROM log_leaf WHERE position = 1", LogFault.LEAF_GONE),
        ("UPDATE log_tree SET size = 4", LogFault.TREE_DIFFERS),
        ("DELETE FROM log_tree", LogFault.TREE_DIFFERS),
    ],
)
def test_what_somebody_changed_past_the_service_is_found_and_so_is_the_missing_trigger(
    register, unguarded, statement, fault
):
    sealed(register)

    tamper(register, statement)

    found, triggers = counts(register)
    assert fault in found
    assert triggers == {LogFault.TRIGGER_GONE}


def test_trigger_that_says_nothing_or_is_switched_off_is_found(register):
    if register.engine.dialect.name == "sqlite":
        tamper(register, "DROP TRIGGER audit_keep_delete")
        tamper(register, "CREATE TRIGGER audit_keep_delete BEFORE DELETE ON audit BEGIN SELECT 1; END")
    else:
        tamper(register, "ALTER TABLE audit DISABLE TRIGGER audit_keep")

    try:
        _, triggers = verify_logs(register.read)
    finally:
        if register.engine.dialect.name == "postgresql":
            tamper(register, "ALTER TABLE audit ENABLE TRIGGER audit_keep")

    assert [(fault.kind, fault.where.startswith("audit_keep")) for fault in triggers] == [
        (LogFault.TRIGGER_CHANGED, True)
    ]


def test_history_is_kept_by_triggers_and_only_an_address_may_be_emptied(register):
    sealed(register)

    tamper(register, "UPDATE audit SET address = NULL WHERE id = 1")
    tamper(register, "UPDATE log_leaf SET address_salt = NULL WHERE row_id = 1 AND source = 'audit'")

    assert counts(register) == ({}, set())
    for statement in (
        "UPDATE audit SET address = '::1'", "UPDATE audit SET address = NULL, verb = 'x'", "DELETE FROM audit",
        "UPDATE log_leaf SET salt = NULL", "DELETE FROM log_leaf", "DELETE FROM log_head WHERE size >= 0",
    ):  # fmt: skip
        if "log_head" in statement:
            publish_heads(register.begin, register.read, NOW)
        with pytest.raises(Exception, match="append-only"):
            tamper(register, statement)


def test_address_goes_when_its_time_is_over_and_the_log_still_verifies(register):
    sealed(register)
    purge(register.begin, NOW + KEEP_ADDRESSES)
    kept = {row.address for row in register.all(AuditRow)}

    purge(register.begin, NOW + KEEP_ADDRESSES + DAY)

    assert None not in kept
    assert {row.address for row in register.all(AuditRow)} == {None}
    assert {row.address_salt for row in register.all(LogLeafRow)} == {None}
    assert counts(register) == ({}, set())


def test_row_that_was_committed_after_later_ones_were_sealed_is_sealed_in_the_next_turn(register):
    with register.begin() as tx:
        tx.add(AuditRow(id=7, centre_id=register.centre.id, verb="suspend", subject="x", at=NOW))
    seal_log(register.begin, register.read, NOW)
    with register.begin() as tx:
        tx.add(AuditRow(id=5, centre_id=register.centre.id, verb="suspend", subject="x", at=NOW))

    assert seal_log(register.begin, register.read, NOW) == 1
    assert counts(register)[0] == {}


def test_row_that_was_slipped_in_long_after_is_named(register, unguarded):
    sealed(register)
    for turn in (0, 1, 2):
        seal_log(register.begin, register.read, NOW + turn * DISTANCE)

    tamper(register, "UPDATE audit SET id = -2 WHERE id = 2")

    assert counts(register)[0] == {LogFault.ROW_GONE: 1, LogFault.ROW_LATE: 1}
    assert {row.floor for row in register.all(LogFloorRow)} == {1, 4}


def test_head_of_a_day_is_published_once_chained_to_the_one_before_and_sent_to_subscribers(register):
    create_webhook(
        register.begin, register.seal, register.manager, NOW, "x", "https://example.org/", [HookType.LOG_HEAD],
        private=False,
    )  # fmt: skip
    sealed(register)

    told = [publish_heads(register.begin, register.read, NOW + later) for later in (0 * DAY, 0 * DAY, DAY)]

    first, second = heads(register)
    assert told == [2, 0, 2]
    assert (first.on, second.previous) == (date(2026, 3, 8), first.digest)
    assert second.digest == Head(register.centre.id, second.on, second.size, second.root, first.digest).digest
    assert [row.data["digest"] for row in register.all(DeliveryRow)] == [first.digest, second.digest]


def test_log_that_was_written_anew_does_not_fit_what_was_published(register, unguarded):
    publish_heads(sealed(register).begin, register.read, NOW)
    [row] = heads(register)
    kept_elsewhere = Head(row.log, row.on, row.size, row.root, row.previous)
    for table in ("log_leaf", "log_node", "log_tree", "log_head"):
        tamper(register, f"DELETE FROM {table}")
    tamper(register, "DELETE FROM audit WHERE id = 1")
    seal_log(register.begin, register.read, NOW)

    assert counts(register)[0] == {}
    assert counts(register, kept_elsewhere)[0] == {LogFault.HEAD_DIFFERS: 1}


def test_heads_that_were_changed_do_not_follow_each_other(register, unguarded):
    sealed(register)
    for day in (0, 1, 2):
        publish_heads(register.begin, register.read, NOW + day * DAY)

    tamper(register, "DELETE FROM log_head WHERE previous <> '' AND \"on\" = '2026-03-09'")

    assert counts(register)[0] == {LogFault.HEADS_BROKEN: 1}


def test_night_opens_a_finding_while_the_log_is_broken_and_closes_it(register, unguarded):
    sealed(register)
    tamper(register, "UPDATE audit SET verb = 'other' WHERE id = 2")

    line = check_by_night(register.begin, register.read, NOW, register.centre.id)
    [finding] = register.all(FindingRow, FindingRow.kind == FindingKind.LOG_BROKEN)
    tamper(register, "UPDATE audit SET verb = 'suspend' WHERE id = 2")

    assert finding.facts["row_changed"] == 1
    assert line.endswith("faults")
    with Session(register.engine) as session:
        assert check_log(session, register.centre.id).counts == {}
        assert session.exec(select(FindingRow.closed_at)).all() == [None]
