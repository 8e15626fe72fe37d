"""A merger raced with whatever else is done about the two, or killed midway: nothing is lost, nothing is doubled."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest
from sqlalchemy import event
from sqlmodel import select

from dispatch.commands.board import claim, post_case
from dispatch.commands.designation import designate
from dispatch.commands.offers.offers import answer, make_offers
from dispatch.commands.roster.merging import mark_distinct, merge
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.errors import DispatchError, InvalidFieldError, MergeRefusedError
from dispatch.domain.ledger import EntryKind
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.roster.merging import moved_columns
from dispatch.registry.tables import (
    AbsenceRow,
    AssignmentRow,
    AttributesRow,
    DistinctRow,
    LedgerRow,
    OfferRow,
    PractitionerRow,
    RosterChangeRow,
    UserRow,
    WishRow,
)
from testbed.invariants import require_sound
from tests.forked import Forked
from tests.rows import NOW

WHY = "one person, licence renewed"


class Interrupted(Exception):
    """The statement that was never answered."""


@pytest.fixture
def two(register):
    """Two records of one person, with something in every kind of place a merger touches."""
    kept, other = register.a_practitioner("new", quality=None), register.a_practitioner("old", quality=40)
    about, first = {"centre_id": register.centre.id, "practitioner_id": other.id}, NOW.date().replace(day=1)
    held = register.an_assignment(register.a_case("held", status=Status.ASSIGNED), other)
    wished = register.a_case("wished")
    register.add(
        LedgerRow(**about, assignment_id=held.id, kind=EntryKind.TURN.value, turns=1, effort=7, at=NOW),
        AbsenceRow(kind=AbsenceKind.LEAVE, **about, from_on=first, until_on=first, created_at=NOW),
        WishRow(**about, case_id=wished.id, rank=1),
        WishRow(**about | {"practitioner_id": kept.id}, case_id=wished.id, rank=2),
        UserRow(centre_id=register.centre.id, login="hers", role=Role.PRACTITIONER, practitioner_id=other.id,
                created_at=NOW),
    )  # fmt: skip
    return kept, other


def merged(register, kept, other):
    revision = register.get(PractitionerRow, kept.id).revision
    return merge(register.begin, register.seal, register.clerk, NOW, kept.id, other.id, WHY, revision)


def picture(register):
    """Everything a merger may write, row by row."""
    tables = {column.table for column in moved_columns()}
    tables |= {table.__table__ for table in (AttributesRow, LedgerRow, RosterChangeRow, PractitionerRow)}
    with register.read() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in tables}


def left_to(register, other):
    """Where the record that was merged is still spoken of, itself aside."""
    with register.read() as session:
        return [
            str(column) for column in moved_columns()
            if session.execute(select(column).where(column == other.id)).first()
        ]  # fmt: skip


@contextmanager
def stopping_after(engine, writes):
    """Let the statement after so many that write fail, as one does whose server is gone."""
    left = iter(range(writes))

    def stop(_connection, _cursor, statement, *_rest):
        if statement.startswith(("INSERT", "UPDATE", "DELETE")) and next(left, None) is None:
            raise Interrupted

    event.listen(engine, "before_cursor_execute", stop)
    yield
    event.remove(engine, "before_cursor_execute", stop)


def test_merger_that_stops_at_any_statement_has_changed_nothing_and_is_done_the_next_time(register, two):
    before, stopped = picture(register), 0

    while True:
        with stopping_after(register.engine, stopped):
            try:
                merged(register, *two)
            except Interrupted:
                stopped += 1
            else:
                break
        assert picture(register) == before

    assert stopped > 10
    assert left_to(register, two[1]) == []
    [turn] = register.all(LedgerRow, LedgerRow.practitioner_id == two[0].id)
    assert (turn.turns, turn.effort) == (1, 7)


KILLED = """
import sys, time
from sqlalchemy import event
from dispatch.commands.roster.merging import merge
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine
from testbed.rows import NOW

url, centre_id, user_id, kept_id, other_id = sys.argv[1:]
engine = make_engine(url)

def wait(connection):
    print("about to commit", flush=True)
    time.sleep(600)

event.listen(engine, "commit", wait)
actor = Actor(user_id=user_id, role=Role.CLERK, centre_id=centre_id)
merge(make_begin(engine), Seal("a secret of the tests", "aes"), actor, NOW, kept_id, other_id, "one person", 1)
"""


def test_merger_whose_process_is_killed_before_its_commit_never_was_and_is_done_by_another(register, two, database_url):
    before, ids = picture(register), (register.centre.id, register.clerk.user_id, two[0].id, two[1].id)
    child = Forked(KILLED, database_url, *ids)

    told = child.lines.readline()
    child.kill()
    child.wait()

    assert told == "about to commit\n"
    assert picture(register) == before
    merged(register, *two)
    assert left_to(register, two[1]) == []
    require_sound(register.read, register.centre.id)


def test_merger_at_the_same_moment_as_claims_offers_and_designations_loses_and_doubles_no_case(register, two):
    kept, other = two
    register.a_policy(grab={"window_minutes": 0})
    begin, clerk, hers = register.begin, register.clerk, register.all(UserRow, UserRow.login == "hers")[0]
    actors = [
        Actor(user_id=hers.id, role=Role.PRACTITIONER, centre_id=register.centre.id, practitioner_id=each.id)
        for each in (other, kept)
    ]
    cases = {name: register.a_case(name) for name in ("claimed", "her other", "offered", "designated")}
    for name in ("claimed", "her other"):
        post_case(begin, clerk, NOW, cases[name].id)
    [offer] = make_offers(begin, clerk, NOW, cases["offered"].id, [other.id])
    start = Barrier(5)
    acts = {
        "merged": lambda: merged(register, kept, other),
        "claimed": lambda: claim(begin, register.read, actors[0], NOW, cases["claimed"].id),
        "her other": lambda: claim(begin, register.read, actors[1], NOW, cases["her other"].id),
        "offered": lambda: answer(begin, actors[0], NOW, offer.id, accept=True),
        "designated": lambda: designate(begin, clerk, NOW, cases["designated"].id, other.id, "knows the case"),
    }

    def done(act):
        start.wait()
        try:
            act()
        except DispatchError as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        ends = dict(zip(acts, pool.map(done, acts.values()), strict=True))
    if ends["merged"]:
        # Somebody was faster, and changed what the merger had read; it is repeated as a person would.
        merged(register, kept, other)

    assert left_to(register, other) == []
    live = {row.case_id: row for row in register.all(AssignmentRow, AssignmentRow.ended_at.is_(None))}
    assert {row.practitioner_id for row in live.values()} == {kept.id}
    for name in ("claimed", "her other", "offered", "designated"):
        assert (cases[name].id in live) is (ends[name] is None), (name, ends[name])
    turns = {id: 0 for id in (kept.id, other.id)}
    for row in register.all(LedgerRow):
        turns[row.practitioner_id] += row.turns
    assert turns == {kept.id: len(live), other.id: 0}
    assert {row.practitioner_id for row in register.all(OfferRow)} == {kept.id}
    require_sound(register.read, register.centre.id)


def test_merger_and_not_the_same_at_once_are_never_both_believed(register, two):
    kept, other = two
    acts = (
        lambda: merged(register, kept, other),
        lambda: mark_distinct(register.begin, register.clerk, NOW, kept.id, other.id, "twins at one firm"),
    )

    with ThreadPoolExecutor(2) as pool:
        ends = [each.exception() for each in [pool.submit(act) for act in acts]]

    assert [type(end) for end in ends if end] == [InvalidFieldError]
    is_merged = register.get(PractitionerRow, other.id).merged_into == kept.id
    assert (is_merged, len(register.all(DistinctRow))) == ((True, 0) if ends[1] else (False, 1))
    with pytest.raises(InvalidFieldError):
        mark_distinct(register.begin, register.clerk, NOW, kept.id, kept.id, "is it?")


def test_records_that_came_to_meet_in_a_case_meanwhile_are_not_merged(register, two):
    kept, other = two
    case = register.a_case("both", status=Status.ASSIGNED, demand=2)
    register.an_assignment(case, kept)
    register.an_assignment(case, other, seat=1)
    before = picture(register)

    with pytest.raises(MergeRefusedError):
        merged(register, kept, other)

    assert picture(register) == before
