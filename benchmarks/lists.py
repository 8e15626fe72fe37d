"""Lists and their totals over ten years of a centre, on PostgreSQL: ``python -m benchmarks.lists [cases] [people]``.

One case, its assignment and a change of it are multiplied in the database: nearly all are closed, as after ten years.
Then each list is asked for its first page, which counts, at a tenth of the history and at all of it; told is
the time of the processor, for others use the machine. A total beyond the limit ends the run with 1.
"""

import hashlib
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from time import process_time
from typing import Any

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from benchmarks.establishment import machine_load
from benchmarks.year import print_line
from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset
from dispatch.domain.permissions import Actor
from dispatch.domain.states import AmendmentState, EndReason
from dispatch.domain.vocabulary import CentreLevel, ModeName, Role, Status
from dispatch.registry import reads
from dispatch.registry.lists import cases, roster
from dispatch.registry.lists.cases import CaseFilter
from dispatch.registry.lists.roster import PractitionerFilter
from dispatch.registry.migrate import upgrade
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AmendmentRow, AssignmentRow, InstitutionRow
from dispatch.registry.transaction import make_begin, make_engine, make_read
from testbed.postgres import running
from testbed.rows import NOW, attributes_row, case_row, practitioner_row

MAX_MS = 100
REPEATS = 9
FIRMS = 300
PAGE = Slice(50, None)
OPEN_OF = 200
"""One case of so many is still open."""

# fmt: off
OTHERWISE = {
    # table          column            what its n-th copy has there
    "practitioner": {"id": "md5('p' || n)", "code": "'1411' || n", "code_key": "'1411' || n",
                     "name_key": "'person' || n"},
    "institution":  {"id": "md5('f' || n)", "code": "'f' || n", "code_key": "'f' || n"},
    "attributes":   {"id": "md5('t' || n)", "practitioner_id": "md5('p' || n)"},
    "legal_case":   {"id": "md5('c' || n)", "number": "'（20' || 16 + n % 10 || '）援民字第' || n || '号'",
                     "number_key": "'(20' || 16 + n % 10 || ')援民字第' || n",
                     "number_order": "'(20' || 16 + n % 10 || ')援民字第' || n",
                     "status": f"CASE WHEN n % {OPEN_OF} = 0 THEN 'pending' ELSE 'closed' END",
                     "matter": "CASE WHEN n % 3 = 0 THEN 'criminal' ELSE 'civil' END",
                     **{day: f"{day} - make_interval(hours => n % 87600)"
                        for day in ("received_at", "granted_at", "entitled_at", "due_at")}},
    "assignment":   {"id": "md5('a' || n)", "case_id": "md5('c' || n)", "practitioner_id": "md5('p' || n % {people})",
                     "institution_id": f"md5('f' || n % {FIRMS})"},
    "amendment":    {"id": "md5('m' || n)", "case_id": "md5('c' || n)",
                     "state": f"CASE WHEN n % {OPEN_OF} = 0 THEN 'waiting' ELSE 'made' END"},
}
# fmt: on

Ask = Callable[[Any], Any]


def officer(centre_id: str) -> Actor:
    """Return who asks."""
    return Actor("clerk", Role.CLERK, centre_id)


def lists(centre_id: str) -> Iterator[tuple[str, Ask]]:
    """Yield every list that counts, and the filters that leave the most."""

    def found(wanted: CaseFilter) -> Ask:
        return lambda session: cases.cases(session, centre_id, wanted, PAGE)

    def changed(state: AmendmentState | None, decider: str | None = None) -> Ask:
        return lambda session: reads.amendments(session, centre_id, PAGE, state, None, decider)

    yield "cases, all", found(CaseFilter())
    yield "cases, closed", found(CaseFilter(status=(Status.CLOSED,)))
    yield "cases, pending", found(CaseFilter(status=(Status.PENDING,)))
    yield "cases, criminal", found(CaseFilter(matter="criminal"))  # type: ignore[arg-type]
    yield "cases, of an area", found(CaseFilter(area="A"))
    yield "cases, numbers of a year", found(CaseFilter(number_prefix="(2020)"))
    yield "cases, due in a year", found(CaseFilter(due_from=NOW - timedelta(days=700), due_before=NOW))
    yield "cases, of a practitioner", found(CaseFilter(practitioner_id=md5("p1")))
    yield "cases, of an institution", found(CaseFilter(institution_id=md5("f1")))
    yield (
        "practitioners, all",
        lambda s: roster.practitioners(s, officer(centre_id), PAGE, NOW.date(), PractitionerFilter()),
    )
    yield "practitioners, of a name", lambda s: roster.practitioners(
        s, officer(centre_id), PAGE, NOW.date(), PractitionerFilter(name_key="99"))  # fmt: skip
    yield "changes, all", changed(None)
    yield "changes, made", changed(AmendmentState.MADE)
    yield "changes, to be decided", changed(None, "somebody")


def md5(word: str) -> str:
    """Return the id of a copy."""
    return hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()


def main(size: int, people: int) -> bool:
    """Fill a register to a tenth and then whole, and say what each list takes; return whether all keep the limit."""
    with running() as url:
        upgrade(url)
        engine = make_engine(url)
        read = make_read(engine)
        centre_id = _templates(make_begin(engine))
        _copy(engine, ("institution",), 0, FIRMS, people)
        _copy(engine, ("practitioner", "attributes"), 0, people, people)
        kept = True
        for made, until in ((0, size // 10), (size // 10, size)):
            _copy(engine, ("legal_case", "assignment", "amendment"), made, until, people)
            print_line(f"{until:,} cases, {people:,} practitioners; load of the machine {machine_load()}")
            for name, ask in lists(centre_id):
                with read() as session:
                    ms = _timed(ask, session)
                    total = ask(session).total
                print_line(f"  {name:28} {total:>9,} {ms:7.1f} ms")
                kept &= ms <= MAX_MS
        engine.dispose()
    return kept


def _templates(begin: Any) -> str:
    centre = create_centre(begin, NOW, "c", "centre", CentreLevel.CITY, [Area("A", "county", 34.41, 115.65)])
    policy = ensure_preset(begin, None, NOW, centre.id, "national")
    firm = InstitutionRow(id="firm", centre_id=centre.id, code="firm", name="firm", updated_at=NOW)
    person, case = practitioner_row(centre.id), case_row(centre.id, status=Status.CLOSED)
    about: dict[str, Any] = {"centre_id": centre.id, "case_id": case.id}
    assignment = AssignmentRow(
        **about, practitioner_id=person.id, institution_id="firm", mode=ModeName.ROTATION, policy_id=policy.id,
        assigned_at=NOW, ended_at=NOW, end_reason=EndReason.CLOSED,
    )  # fmt: skip
    amendment = AmendmentRow(**about, case_number="1", state=AmendmentState.MADE, fields=["area"], made_at=NOW)
    with begin() as tx:
        for row in (firm, person, attributes_row(person, firm), case, assignment, amendment):
            tx.add(row)
            tx.session.flush()
    return centre.id


def _copy(engine: Engine, tables: tuple[str, ...], made: int, until: int, people: int) -> None:
    """Multiply the first row of each table; the copies from one number to the other."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in tables:
            table = SQLModel.metadata.tables[name]
            other = {column: words.replace("{people}", str(people)) for column, words in OTHERWISE[name].items()}
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            values = ", ".join(other.get(column.name, f't."{column.name}"') for column in table.columns)
            first = f"SELECT * FROM {name} ORDER BY length(id) DESC, ctid LIMIT 1"
            numbers = f"generate_series({made}, {until - 1}) AS n"
            connection.execute(text(f"INSERT INTO {name} ({columns}) SELECT {values} FROM ({first}) t, {numbers}"))
            connection.execute(text(f"VACUUM ANALYZE {name}"))


def _timed(ask: Ask, session: Any) -> float:
    """Return the milliseconds of the processor that the server and we take, whatever else the machine does."""
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    # One process does it all, so that nothing of it is missed.
    session.execute(text("SET max_parallel_workers_per_gather = 0"))
    ask(session)
    started = _on_processor(pid)
    for _ in range(REPEATS):
        ask(session)
    return (_on_processor(pid) - started) * 1_000 / REPEATS


def _on_processor(pid: int) -> float:
    return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9 + process_time()


if __name__ == "__main__":
    size, people = [int(word) for word in (*sys.argv[1:], *("300000", "20000")[len(sys.argv) - 1 :])]
    sys.exit(0 if main(size, people) else 1)
