"""Conflicts found among the parties of all cases: ``python -m benchmarks.conflicts [parties] [practitioners] [cases]``.

First what it costs: a register with so many parties and practitioners on each database, and the ties of one case and
of a queue of 300, beside the same with a tenth of the history. Then a year of the sample city, so many cases of it,
with conflicts planted in it (``testbed.planted``): played without the engine and with it, none may come about with
it, and every false alarm must be gone once it is dismissed. A miss ends the run with 1.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import text
from sqlmodel import Session

from benchmarks.establishment import machine_load
from benchmarks.year import BEHAVIOUR, say
from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset
from dispatch.domain.conflicts.reviews import ReviewOutcome, relations_of
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import CentreLevel, ModeName, PartyRole, Status
from dispatch.registry import tables
from dispatch.registry.docket.conflicts import load_all_relations, load_ties
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.migrate import upgrade
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.simulation.replay.play import play
from dispatch.simulation.sample.year import Year, make_year
from testbed.period import store
from testbed.planted import Planted, PlantedYear, breaches, plant
from testbed.postgres import running
from testbed.rows import NOW, attributes_row, case_row, practitioner_row

QUEUE, FIRMS, EMPLOYERS, NAMES = 300, 600, 2_000, 40_000
FIRST, SEED, PEOPLE = date(2026, 1, 1), 1, 300

Rows = Iterator[tuple[Any, list[dict[str, Any]]]]


def cost(url: str, parties: int, practitioners: int) -> None:
    """Fill a register to a tenth and then whole, and say what ties cost at each."""
    upgrade(url)
    engine = make_engine(url)
    begin, read = make_begin(engine), make_read(engine)
    centre = create_centre(begin, NOW, "c", "centre", CentreLevel.CITY, [Area("A", "county", 34.41, 115.65)])
    policy = ensure_preset(begin, None, NOW, centre.id, "national")
    people = [new_id() for _ in range(practitioners)]
    store(begin, centre.id, roster(centre.id, people))
    draw, made = np.random.default_rng(SEED), 0
    for size in (parties // 10, parties):
        store(begin, centre.id, history(draw, centre.id, policy.id, people, made, size // 2))
        made = size // 2
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        with read() as session:
            for line in told(session, centre.id, [case_id(n) for n in range(QUEUE)], people[0]):
                say(f"{engine.dialect.name}, {size:,} parties, {practitioners:,} practitioners: {line}")
    engine.dispose()


def told(session: Session, centre_id: str, queue: list[str], who: str) -> Iterator[str]:
    """Yield what the ties of one case and of the queue cost, and how many there are."""
    yield f"ties of one case {timed(partial(load_ties, session, centre_id, [id]) for id in queue)}"
    yield f"ties of a queue of {len(queue)} {timed([partial(load_ties, session, centre_id, queue)] * 5)}"
    dockets = (partial(load_docket, session, centre_id, [id], NOW, practitioner_id=who) for id in queue)
    yield f"docket of one case and one person, ties included, {timed(dockets)}"
    began = perf_counter()
    kinds = Counter(str(kind) for kind, *_ in load_all_relations(session, centre_id))
    yield f"all ties for a back-test {perf_counter() - began:.1f} s: {dict(kinds)}"


def timed(acts: Iterable[Callable[[], object]]) -> str:
    """Return what acts of one kind took: the least is what they cost, the rest is what else the machine does."""
    seconds = []
    for act in acts:
        began = perf_counter()
        act()
        seconds.append(perf_counter() - began)
    return f"least {1000 * min(seconds):.2f} ms, median {1000 * median(seconds):.2f} ms"


def case_id(number: int) -> str:
    """Return the id of a case."""
    return f"{number:032}"


def roster(centre_id: str, people: list[str]) -> Rows:
    """Yield firms and who belongs to them."""
    yield (
        tables.InstitutionRow,
        [
            {
                "id": f"firm-{n}",
                "code": f"f{n}",
                "name": f"firm {n}",
                "kind": "law_firm",
                "revision": 1,
                "updated_at": NOW,
            }
            for n in range(FIRMS)
        ],
    )
    rows = [practitioner_row(centre_id, f"p{n}", id=id) for n, id in enumerate(people)]
    firms = [tables.InstitutionRow(id=f"firm-{n}", centre_id=centre_id, code="", name="", updated_at=NOW) for n in
             range(FIRMS)]  # fmt: skip
    yield tables.PractitionerRow, [row.model_dump() for row in rows]
    yield tables.AttributesRow, [attributes_row(row, firms[n % FIRMS]).model_dump() for n, row in enumerate(rows)]


def history(draw: np.random.Generator, centre_id: str, policy_id: str, people: list[str], made: int, size: int) -> Rows:
    """Yield cases from the number made so far to a size, two parties each; all but the queue were carried through."""
    numbers = range(made, size)
    over = {"status": Status.CLOSED}
    yield (
        tables.CaseRow,
        [case_row(centre_id, f"{n}", id=case_id(n), **({} if n < QUEUE else over)).model_dump() for n in numbers],
    )
    names, sued = draw.integers(NAMES, size=(size, 2)), draw.zipf(1.3, size) % EMPLOYERS
    employers, known = draw.random(size) < 0.6, draw.random(size) < 0.25
    clients = [{"id": new_id(), "case_id": case_id(n), "role": PartyRole.RECIPIENT, "sealed": b"",
                "identity_key": f"n{n}", "name_key": f"a{names[n, 0]}"} for n in numbers]  # fmt: skip
    opponents = [{"id": new_id(), "case_id": case_id(n), "role": PartyRole.OPPOSING, "sealed": b"",
                  "identity_key": f"o{n}" if known[n] else None,
                  "name_key": f"e{sued[n]}" if employers[n] else f"a{names[n, 1]}"} for n in numbers]  # fmt: skip
    yield tables.PartyRow, clients + opponents
    took = draw.integers(len(people), size=size).tolist()
    yield tables.AssignmentRow, [
        {"id": new_id(), "case_id": case_id(n), "seat": 0, "practitioner_id": people[took[n]],
         "institution_id": f"firm-{took[n] % FIRMS}", "mode": ModeName.ROTATION, "policy_id": policy_id,
         "assigned_at": NOW - timedelta(days=30), "accepted_at": NOW - timedelta(days=29),
         "ended_at": NOW - timedelta(days=1), "end_reason": EndReason.CLOSED} for n in numbers if n >= QUEUE
    ]  # fmt: skip


def lived(cases: int, practitioners: int, days: int, conflicts: int) -> bool:
    """Play a year with planted conflicts without the engine and with it; return whether none came about with it."""
    policy, size = load_preset("national"), Year(cases=cases, practitioners=practitioners, active=practitioners,
                                                 days=days)  # fmt: skip
    year = plant(make_year(SEED, FIRST, policy, size), SEED, conflicts, practitioners // 10)
    kinds = Counter(each.kind.value for each in year.planted)
    say(f"{cases:,} cases, {len(year.parties):,} parties, {len(year.moves)} moves, planted {dict(kinds)}")
    found = {}
    for label, period in (("without", year.period), ("with", year.found({}))):
        played = play(period, policy, BEHAVIOUR)
        found[label] = Counter(each.planted.kind.value for each in breaches(year, played.assignments))
        say(f"{label} the engine: {len(played.assignments):,} assignments, came about {dict(found[label])}")
    missed, alarms = overlooked(year)
    say(f"pairs of cases overlooked {len(missed)}, false alarms {len(alarms)} ({1000 * len(alarms) / cases:.1f} in "
          f"1,000 cases), left once dismissed {len(left(year, alarms))}")  # fmt: skip
    return not (found["with"] or missed or left(year, alarms))


def overlooked(year: PlantedYear) -> tuple[list[Planted], set[tuple[str, str]]]:
    """Return what was planted and has no tie, and the pairs of cases that have one for nothing."""
    tied = {(one, other) for _, one, other in relations_of(year.matches(), {})}
    planted = {each.pair for each in year.planted}
    return [each for each in year.planted if each.pair not in tied], tied - planted


def left(year: PlantedYear, alarms: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the false alarms that stay after a person dismissed each of them."""
    reviewed = {(*each.pair, each.key): ReviewOutcome.DIFFERENT for each in year.matches() if each.pair in alarms}
    return {(one, other) for _, one, other in relations_of(year.matches(), reviewed)} & alarms


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:]]
    parties, practitioners, cases = (*asked, *(200_000, 20_000, 8_000)[len(asked) :])
    say(f"load of the machine {machine_load()}")
    with tempfile.TemporaryDirectory() as folder:
        cost(f"sqlite:///{Path(folder, 'register.db')}", parties, practitioners)
    with running() as url:
        cost(url, parties, practitioners)
    sound = lived(cases, PEOPLE, max(365 * cases // 8_000, 20), max(cases // 80, 4))
    say(f"load of the machine {machine_load()}")
    raise SystemExit(not sound)
