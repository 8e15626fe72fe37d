"""Writes are whole, serial within a centre, and lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import InternalError

from dispatch.commands.webhooks.endpoints import create_webhook
from dispatch.domain.errors import IllegalTransitionError, NotFoundError
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import Status
from dispatch.domain.webhooks import HookType
from dispatch.registry import transaction
from dispatch.registry.tables import CaseEventRow, CaseRow, CentreRow, DeliveryRow, OutboxRow, WebhookRow
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import make_begin, make_engine, make_read, make_read_autocommit
from tests import locked
from tests.rows import NOW, case_row, open_register


class PowerCutError(Exception):
    """The process dies here."""


def test_error_in_the_block_undoes_all_of_it(register):
    def store_and_die():
        with register.begin() as tx:
            tx.add(case_row(register.centre.id))
            tx.session.flush()
            raise PowerCutError

    with pytest.raises(PowerCutError):
        store_and_die()

    assert register.all(CaseRow) == []


def test_no_update_is_lost_among_many_writers(register):
    def count_up(_):
        with register.begin() as tx:
            tx.lock_centre(register.centre.id)

    before = register.get(CentreRow, register.centre.id).revision
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(80)))

    assert register.get(CentreRow, register.centre.id).revision == before + 80


def test_decision_counts_once_however_often_its_parts_take_the_lock(register):
    before = register.get(CentreRow, register.centre.id).revision

    with register.begin() as tx:
        taken = [tx.lock_centre(register.centre.id).revision for _ in range(3)]

    assert taken == [before + 1] * 3
    assert register.get(CentreRow, register.centre.id).revision == before + 1


def test_command_that_writes_what_a_docket_reads_without_the_lock_is_named(register):
    lines = "with begin() as tx:\n    lock(tx)\n    tx.add(row)"
    command = compile(lines, f"{locked.HOUSE}/dispatch/commands/planted.py", "exec")

    def reported(lock):
        exec(command, {"begin": register.begin, "lock": lock, "row": case_row(register.centre.id, new_id())})
        return locked.take_unlocked()

    assert reported(lambda tx: tx.lock_centre(register.centre.id)) == []
    assert reported(lambda tx: tx.lock(CentreRow, register.centre.id)) == ["dispatch/commands/planted.py: legal_case"]


def test_no_update_of_a_locked_row_is_lost(register):
    case = register.a_case()

    def count_up(_):
        with register.begin() as tx:
            tx.lock(CaseRow, case.id).revision += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(40)))

    assert register.get(CaseRow, case.id).revision == 41


def test_reader_sees_one_moment_while_others_write(register):
    register.a_case("1")

    with register.read() as session:
        before = session.exec(text("SELECT count(*) FROM legal_case")).scalar_one()
        register.a_case("2")
        after = session.exec(text("SELECT count(*) FROM legal_case")).scalar_one()

    assert (before, after) == (1, 1)


def test_reader_does_not_wait_for_a_writer(register):
    register.a_case("1")

    with register.begin() as tx:
        tx.lock_centre(register.centre.id)
        tx.add(case_row(register.centre.id, "2"))
        tx.session.flush()
        seen = len(register.all(CaseRow))

    assert seen == 1


def test_unknown_centre_cannot_be_locked(register):
    with pytest.raises(NotFoundError), register.begin() as tx:
        tx.lock_centre("nowhere")


def test_row_of_another_centre_cannot_be_locked(register):
    case = register.a_case()

    with pytest.raises(NotFoundError), register.begin() as tx:
        tx.lock(CaseRow, case.id, "another centre")


def test_case_moves_along_the_table_and_leaves_a_trace(register):
    case = register.a_case()

    with register.begin() as tx:
        tx.advance(tx.lock(CaseRow, case.id), Event.ASSIGN, register.clerk, NOW, facts={"seat": 0})

    [event] = register.all(CaseEventRow)
    assert (event.from_status, event.to_status, event.actor_id, event.facts) == (
        Status.PENDING, Status.ASSIGNED, register.clerk.user_id, {"seat": 0},
    )  # fmt: skip
    assert register.get(CaseRow, case.id).revision == 2


def test_move_that_is_not_in_the_table_changes_nothing(register):
    case = register.a_case(status=Status.CLOSED)

    with pytest.raises(IllegalTransitionError), register.begin() as tx:
        tx.advance(tx.lock(CaseRow, case.id), Event.ASSIGN, register.clerk, NOW)

    assert register.get(CaseRow, case.id).status is Status.CLOSED


def test_crash_between_commit_and_send_loses_no_job(register):
    def crash():
        raise PowerCutError

    begin = make_begin(register.engine, wake=crash)

    with pytest.raises(PowerCutError), begin() as tx:
        tx.enqueue("workers.jobs.solve_run", "x", "runs", NOW, register.centre.id)

    [row] = register.all(OutboxRow)
    assert (row.sent_at, row.done_at) == (None, None)


def test_nobody_is_woken_for_a_commit_that_asked_for_nothing(register):
    woken = []
    begin = make_begin(register.engine, wake=lambda: woken.append(1))

    with begin() as tx:
        tx.add(case_row(register.centre.id))
    with begin() as tx:
        tx.enqueue("workers.jobs.solve_run", "x", "runs", NOW, register.centre.id)

    assert woken == [1]


def test_naive_instant_is_refused(register):
    with pytest.raises(Exception, match="timezone"):
        register.a_case(received_at=datetime(2026, 3, 8, 9))


def test_message_to_an_endpoint_does_not_wait_for_its_sender(clean_postgres_url):
    register = open_register(clean_postgres_url)
    webhook, _ = create_webhook(
        register.begin, register.seal, register.manager, NOW, "x", "https://hooks.example.org/",
        [HookType.RUN_SOLVED], private=False,
    )  # fmt: skip

    with register.begin() as sender:
        sender.lock(WebhookRow, webhook.id)
        with register.begin() as deciding:
            deciding.session.execute(text("SET LOCAL lock_timeout = '1s'"))
            deciding.announce(register.centre.id, HookType.RUN_SOLVED, {}, NOW)

    assert len(register.all(DeliveryRow)) == 1
    register.engine.dispose()


@pytest.fixture
def own_engine(postgres_url):
    """An engine by an address of its own: no other test is given the connections that are cut here."""
    url = make_url(postgres_url).update_query_dict({"application_name": "cut"})
    engine = make_engine(url.render_as_string(hide_password=False))
    yield engine
    engine.dispose()


def test_connection_cut_while_it_rested_is_replaced_unnoticed(own_engine, postgres_connection, monkeypatch):
    monkeypatch.setattr(transaction, "TRUSTED_S", 0)
    ways = (make_begin(own_engine), make_read(own_engine), make_read_autocommit(own_engine))
    pids = [pid_of(way) for way in ways]

    cut(postgres_connection, pids)

    assert set(pids).isdisjoint(pid_of(way) for way in ways)


def test_connection_found_cut_tells_of_those_still_trusted(own_engine, postgres_connection, monkeypatch):
    begin = make_begin(own_engine)
    with begin() as one, begin() as other:
        pids = [pid_behind(one.session), pid_behind(other.session)]
    cut(postgres_connection, pids)

    monkeypatch.setattr(transaction, "TRUSTED_S", 0)
    first = pid_of(begin)
    monkeypatch.setattr(transaction, "TRUSTED_S", 60)

    assert {first, pid_of(begin)}.isdisjoint(pids)


def cut(connection, pids):
    """End these processes of the server, and wait until they have ended."""
    ended = "SELECT bool_and(pg_terminate_backend(pid, 5000)) FROM unnest(%s::int[]) AS pid"
    with connection.transaction():
        assert connection.execute(ended, (pids,)).fetchone() == (True,)


def pid_of(way):
    """Return the server process behind the way's next connection."""
    with way() as opened:
        return pid_behind(getattr(opened, "session", opened))


def pid_behind(session):
    return session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()


def test_reading_writes_nothing(clean_postgres_url):
    engine = make_engine(clean_postgres_url)

    with pytest.raises(InternalError), make_read(engine)() as session:
        session.connection().exec_driver_sql("CREATE TABLE scribble (id int)")

    engine.dispose()
