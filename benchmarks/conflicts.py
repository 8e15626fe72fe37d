"""Conflicts found among the parties of all cases: ``python -m benchmarks.conflicts [parties people cases plays]``.

First what it costs: a register with so many parties and practitioners on each database, and the ties of one case and
of a queue of 300, beside the same with a tenth of the history; every statement is explained, and none may walk a
whole table. Then a year of the sample city, so many cases of it, with conflicts planted in it (``testbed.planted``):
each is looked for, whoever had the first case asks for the second, and every false alarm must be gone once it is
dismissed. Declared ties (``testbed.planted_ties``) are planted in the register of the first part, among one relative
of everybody: who is tied must be kept out by the rule that says so, or asked about, and nobody else once namesakes
are dismissed. Last the year is played without the engine and with it: none may come about with it, and who has a case
when its conflict becomes known must be named. A miss ends the run with 1; 0 leaves a part out.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import numpy as np
from sqlalchemy import Engine, text
from sqlmodel import Session

from benchmarks.establishment import machine_load
from benchmarks.year import BEHAVIOUR, print_line
from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset
from dispatch.domain.conflicts.parties import COUNTERPARTS
from dispatch.domain.conflicts.reviews import DISMISSED, ReviewOutcome, outcomes_of, relations_of
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import DocketFacts
from dispatch.domain.docket.ties import Held, Houses, Ties
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.period import Period
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import CentreLevel, ModeName, PairKind, PartyRole, RelationKind, Status
from dispatch.registry import tables
from dispatch.registry.docket.conflicts import BY, OURS, REVIEWED, TOUCHING, asked, load_ties
from dispatch.registry.docket.declared import OF_CASES, OF_PEOPLE, OrganCase, TieQuestion, load_matches
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.migrate import upgrade
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin, Read, make_begin, make_engine, make_read
from dispatch.simulation.replay.play import play
from dispatch.simulation.sample.year import Year, make_year
from testbed.period import store
from testbed.planted import Breach, Planted, PlantedKind, PlantedYear, breaches, known_late, plant
from testbed.planted_ties import (
    COURT,
    POLICE,
    SHAPES,
    PlantedTie,
    catalogue,
    crowd,
    load_all_relations,
    opponents_of,
    plant_ties,
)
from testbed.postgres import running
from testbed.rows import NOW, attributes_row, case_row, practitioner_row

GROWING = "party|relation|conflict_review|assignment|legal_case|declared_tie"
WALK = re.compile(
    # SQLite may call it a search when it reads all that a centre has.
    rf"(?:SCAN|Seq Scan on) ((?:{GROWING})\b)(?! USING)|SEARCH ({GROWING}) USING .*\(centre_id=\?\)$"
)

QUEUE, FIRMS, EMPLOYERS, NAMES = 300, 600, 2_000, 40_000
FIRST, SEED, PEOPLE = date(2026, 1, 1), 1, 300

OF_TIES = frozenset({"no_declared_tie", "declared_tie_reviewed", "no_relative_at_organ"})

BARRED = frozenset({PairKind.ADVERSE, PairKind.OPPOSITE, PairKind.CO_DEFENCE, PairKind.UNCLEAR})

Rows = Iterator[tuple[Any, list[dict[str, Any]]]]


def cost(url: str, parties: int, practitioners: int) -> bool:
    """Fill a register to a tenth and then whole, and say what ties cost at each; return whether no table is walked."""
    upgrade(url)
    engine = make_engine(url)
    walked: set[str] = set()
    begin, read = make_begin(engine), make_read(engine)
    centre = create_centre(begin, NOW, "c", "centre", CentreLevel.CITY, [Area("A", "county", 34.41, 115.65)])
    policy = ensure_preset(begin, None, NOW, centre.id, "national")
    people = [new_id() for _ in range(practitioners)]
    store(begin, centre.id, roster(centre.id, people))
    draw, made = np.random.default_rng(SEED), 0
    for size in (parties // 10, parties):
        store(begin, centre.id, history(draw, centre.id, policy.id, people, made, size // 2))
        made = size // 2
        count(engine)
        with read() as session:
            for line in tie_figures(session, centre.id, [case_id(n) for n in range(QUEUE)], people[0]):
                print_line(f"{engine.dialect.name}, {size:,} parties, {practitioners:,} practitioners: {line}")
            walked |= set(walks(session, centre.id))
    sound = declared(begin, read, centre.id, people)
    count(engine)
    with read() as session:
        for line in tie_figures(session, centre.id, [case_id(n) for n in range(QUEUE)], people[0]):
            print_line(f"{engine.dialect.name}, with declared ties: {line}")
        walked |= set(walks(session, centre.id))
    print_line(f"{engine.dialect.name}: tables walked as a whole for the ties of one case: {sorted(walked) or 'none'}")
    engine.dispose()
    return sound and not walked


def count(engine: Engine) -> None:
    """Let PostgreSQL count what was written, as it does by itself a minute later; SQLite is told once and for all."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def declared(begin: Begin, read: Read, centre_id: str, people: list[str]) -> bool:
    """Declare a relative of everybody and the planted ties; return whether each is kept out, and nobody for nothing."""
    queue, today = [case_id(n) for n in range(QUEUE)], NOW.date()
    # Whoever is a firm's number apart is a colleague.
    pairs = [(people[n], people[n + FIRMS]) for n in range(len(people) - FIRMS)]
    planted = plant_ties(queue, pairs, today)
    store(begin, centre_id, catalogue())
    store(begin, centre_id, iter([(tables.PartyRow, list(opponents_of(planted)))]))
    rows = [each.row for each in planted]
    others = list(crowd(np.random.default_rng(SEED), people, NAMES))
    store(begin, centre_id, iter([(tables.DeclaredTieRow, rows), (tables.DeclaredTieRow, others)]))
    with begin() as tx:
        for each in planted:
            organ = POLICE if "police" in each.what else COURT
            tx.session.get_one(tables.CaseRow, each.case_id).organ = organ
    missed, alarms, ties = judged(read, centre_id, planted)
    print_line(f"declared ties {len(rows) + len(others):,}, planted {len(planted)} of {SHAPES} shapes, "
        f"missed {missed or 'none'}, false alarms {len(alarms)}")  # fmt: skip
    store(begin, centre_id, iter([(tables.TieReviewRow, [
        {"id": new_id(), "case_id": one, "tie_id": tie, "outcome": ReviewOutcome.DIFFERENT, "consent": False,
         "sealed": b"", "reviewed_at": NOW - timedelta(hours=1)} for one, tie in sorted(ties)
    ])]))  # fmt: skip
    missed_now, left_over, _ = judged(read, centre_id, planted)
    print_line(f"once dismissed: false alarms left {len(left_over)}, missed {missed_now or 'none'}")
    return not (missed or missed_now or left_over)


def judged(
    read: Read, centre_id: str, planted: list[PlantedTie]
) -> tuple[Counter[str], set[tuple[str, str]], set[tuple[str, str]]]:
    """Return what was missed, who is asked about for nothing, and the cases and declarations that ask."""
    queue = [each.case_id for each in planted]
    with read() as session:
        facts = load_docket(session, centre_id, queue, NOW)
        asked = TieQuestion(centre_id, NOW.date())
        cases = [OrganCase(each.id, COURT, each.service) for each in facts.cases]
        matches = load_matches(session, asked, cases, load_organs(session, centre_id))
    docket = Docket.build(facts, load_preset("national"))
    found = eligible(docket)
    rows = {case.id: i for i, case in enumerate(facts.cases)}
    missed: Counter[str] = Counter()
    for each in planted:
        codes = {refusal.code for refusal in found.why(rows[each.case_id], docket.column_of(each.practitioner_id))}
        if (each.rule not in codes) if each.rule else (codes & OF_TIES):
            missed[each.what] += 1
    ours = {(each.case_id, each.row["id"]) for each in planted}
    meant = {(each.case_id, who) for each in planted for who in (each.practitioner_id, each.declared_by)}
    alarms = {
        (pair.case_id, pair.practitioner_id) for pair in facts.pairs
        if pair.kind is PairKind.TIE_UNCLEAR and (pair.case_id, pair.practitioner_id) not in meant
    }  # fmt: skip
    by_name = {(match.case_id, match.tie.id) for match in matches if not match.same and match.role}
    # Colleagues of who is surely tied are asked about rightly.
    rightly = {(each.case_id, who) for each in planted if each.rule for who in colleagues(facts, each.declared_by)}
    # So is everyone with a brother at the police, of each of its cases.
    police = [each for each in planted if "police" in each.what]
    rightly |= {(one.case_id, other.declared_by) for one in police for other in police}
    return missed, alarms - rightly, by_name - ours


def colleagues(facts: DocketFacts, who: str) -> set[str]:
    """Return who belongs to the same institution."""
    houses = {person.id: person.institution_id for person in facts.practitioners}
    return {id for id, house in houses.items() if house == houses[who]}


def walks(session: Session, centre_id: str) -> Iterator[str]:
    """Yield each table that a statement behind the ties of a case walks as a whole."""
    if session.get_bind().dialect.name == "postgresql":
        # A small table is read whole where that is least work; one that is read so all the same has no index.
        session.connection().execute(text("SET LOCAL enable_seqscan = off"))
    roles = {role for role in PartyRole if COUNTERPARTS[role]}
    arms = frozenset((role, by) for role in roles for by in BY)
    keys = {f"{role}_{by}": ["n1"] for role, by in arms}
    for statement, bound in (
        (asked(arms), keys), (OURS, {"keys": [case_id(0)]}), (TOUCHING, {"keys": [case_id(0)]}),
        (REVIEWED, {"keys": [case_id(0)]}), (OF_CASES, {"keys": [case_id(0)]}),
        (OF_PEOPLE, {"identity_keys": ["n1"], "name_keys": ["a1"], "today": NOW.date()}),
    ):  # fmt: skip
        plain = statement.params(centre_id=centre_id, **bound).compile(
            session.get_bind(), compile_kwargs={"literal_binds": True}
        )
        explain = "EXPLAIN " if session.get_bind().dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        for row in session.connection().exec_driver_sql(explain + str(plain).replace("%", "%%")):
            yield from (one or other for one, other in WALK.findall(str(row[-1])))


def tie_figures(session: Session, centre_id: str, queue: list[str], who: str) -> Iterator[str]:
    """Yield what the ties of one case and of the queue cost, and how many there are."""
    yield f"ties of one case {timed(partial(load_ties, session, centre_id, [id]) for id in queue)}"
    yield f"ties of a queue of {len(queue)} {timed([partial(load_ties, session, centre_id, queue)] * 5)}"
    dockets = (partial(load_docket, session, centre_id, [id], NOW, practitioner_id=who) for id in queue)
    yield f"docket of one case and one person, ties included, {timed(dockets)}"
    began = perf_counter()
    kinds = Counter(str(kind) for kind, *_ in load_all_relations(session, centre_id))
    yield f"all ties for a back-test {perf_counter() - began:.1f} s: {dict(kinds)}"


def timed(acts: Iterable[Callable[[], object]]) -> str:
    """Return what acts of one kind took, by the clock and of our processor: the rest is what else the machine does."""
    seconds, busy = [], []
    for act in acts:
        began, before = perf_counter(), process_time()
        act()
        seconds.append(perf_counter() - began)
        busy.append(process_time() - before)
    return (
        f"least {1000 * min(seconds):.2f} ms, median {1000 * median(seconds):.2f} ms, "
        f"of our processor {1000 * min(busy):.2f} and {1000 * median(busy):.2f} ms"
    )


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
    stages = [(case_id(n), case_id(n - 1)) for n in numbers if n > QUEUE and n % 20 == 0]
    yield tables.RelationRow, [{"id": new_id(), "case_id": one, "other_id": other, "kind": RelationKind.EARLIER_STAGE}
                               for one, other in stages]  # fmt: skip
    yield tables.ConflictReviewRow, [
        {"id": new_id(), "case_id": min(pair), "other_id": max(pair), "key": f"k{n}", "sealed": b"",
         "outcome": ReviewOutcome.DIFFERENT, "reviewed_at": NOW} for n, pair in enumerate(stages)
    ]  # fmt: skip
    took = draw.integers(len(people), size=size).tolist()
    yield tables.AssignmentRow, [
        {"id": new_id(), "case_id": case_id(n), "seat": 0, "practitioner_id": people[took[n]],
         "institution_id": f"firm-{took[n] % FIRMS}", "mode": ModeName.ROTATION, "policy_id": policy_id,
         "assigned_at": NOW - timedelta(days=30), "accepted_at": NOW - timedelta(days=29),
         "ended_at": NOW - timedelta(days=1), "end_reason": EndReason.CLOSED} for n in numbers if n >= QUEUE
    ]  # fmt: skip


def lived(cases: int, practitioners: int, days: int, conflicts: int, *, played: bool) -> bool:
    """Look for the planted conflicts of a year, and play it; return whether none was missed."""
    policy, size = load_preset("national"), Year(cases=cases, practitioners=practitioners, active=practitioners,
                                                 days=days)  # fmt: skip
    year = plant(make_year(SEED, FIRST, policy, size), SEED, conflicts, practitioners // 10)
    kinds = Counter(each.kind.value for each in year.planted)
    print_line(f"{cases:,} cases, {len(year.parties):,} parties, {len(year.moves)} moves, planted {dict(kinds)}")
    missed, alarms = overlooked(year)
    print_line(
        f"pairs of cases overlooked {len(missed)}, false alarms {len(alarms)} "
        f"({1000 * len(alarms) / cases:.1f} in 1,000 cases), left once dismissed {len(left(year, alarms))}"
    )
    ties = Known(year)
    let_in = Counter(each.kind.value for each in year.planted if not ties.kept_out(each))
    print_line(f"of the {len(year.planted)} who would take the second case, let in: {dict(let_in) or 'none'}")
    sound = not (missed or let_in or left(year, alarms))
    return came_about(year, policy) and sound if played else sound


def came_about(year: PlantedYear, policy: Policy) -> bool:
    """Play the year without and with the engine; return whether no conflict came about, and each late one is named."""
    found = {}
    for label, period in (("without", year.period), ("with", year.found())):
        played = play(period, policy, BEHAVIOUR)
        found[label] = Counter(each.planted.kind.value for each in breaches(year, played.assignments))
        print_line(f"{label} the engine: {len(played.assignments):,} assignments, came about {dict(found[label])}")
    late = list(known_late(year, played.assignments))
    unnamed = [each for each in late if not named(period, each)]
    print_line(f"known late: {len(late)} had come about by then, {len(late) - len(unnamed)} of them named for review")
    return not (found["with"] or unnamed)


class Known:
    """What the ties of a year, each from when it is known, say of whoever would take the second case."""

    def __init__(self, year: PlantedYear) -> None:
        self.period = year.found()
        self.cases = {case.id: case for case in self.period.arrivals}
        last = (each.person for each in year.period.tenures if each.until_on is None)
        self.homes = {person.id: person.institution_id for person in last}
        self.at_first = Ties.of(self.period.relations)

    def kept_out(self, planted: Planted) -> bool:
        """Tell whether whom the second case is wished for is kept from it, and not before the conflict is known.

        Who has the first case accepted it, and gave it back if that was planted; with a move they took it with them.
        """
        case = self.cases[planted.later]
        early = planted.known_at > self.period.since and self._barred(planted, planted.known_at - timedelta(seconds=1))
        return self._barred(planted, max(planted.known_at, case.entitled_at)) and not early

    def _barred(self, planted: Planted, at: datetime) -> bool:
        who, other = planted.by
        gone = planted.kind is PlantedKind.GIVEN_BACK
        first = Held(who, "before", not gone, not gone, opened=True, moved_to=self.homes.get(who))
        houses = Houses({self.homes[other]: [other]} if other in self.homes else {})
        pairs = self._ties(at).implied(self.cases[planted.later], {planted.earlier: [first]}, houses)
        return any(pair.practitioner_id == other and pair.kind in BARRED for pair in pairs)

    def _ties(self, at: datetime) -> Ties:
        found = {tie for each in self.period.learned if each.at <= at for tie in each.found}
        return Ties.of(sorted({*self.period.relations, *found})) if found else self.at_first


def named(period: Period, breach: Breach) -> bool:
    """Tell whether the ties of the moment at which a conflict is known exclude who has the later case."""
    at, first, second = breach.planted.known_at, breach.first, breach.second
    found = [tie for each in period.learned if each.at <= at for tie in each.found]
    ties = Ties.of(sorted({*period.relations, *found}))
    case = next(case for case in period.arrivals if case.id == second.case_id)
    held = {
        first.case_id: [Held(first.practitioner_id, first.institution_id, first.ended_at is None, first.carried,
                             opened=first.accepted_at is not None and first.accepted_at <= at)],
    }  # fmt: skip
    return any(
        pair.practitioner_id == second.practitioner_id and pair.kind in BARRED
        for pair in ties.implied(case, held, Houses({}))
    )


def overlooked(year: PlantedYear) -> tuple[list[Planted], set[tuple[str, str]]]:
    """Return what was planted and has no tie, and the pairs of cases that have one for nothing."""
    tied = {(one, other) for _, one, other in relations_of(year.matches(), {})}
    planted = {each.pair for each in year.planted}
    return [each for each in year.planted if each.pair not in tied], tied - planted


def left(year: PlantedYear, alarms: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the false alarms that stay after a person dismissed each of them that may be dismissed."""
    reviewed = {
        (*each.pair, each.key): outcome for each in year.matches() if each.pair in alarms
        for outcome in outcomes_of(each) if outcome in DISMISSED
    }  # fmt: skip
    return {(one, other) for _, one, other in relations_of(year.matches(), reviewed)} & alarms


if __name__ == "__main__":
    wanted = [int(each) for each in sys.argv[1:]]
    parties, practitioners, cases, plays = (*wanted, *(200_000, 20_000, 8_000, 1)[len(wanted) :])
    print_line(f"load of the machine {machine_load()}")
    sound = []
    if parties:
        with tempfile.TemporaryDirectory() as folder:
            sound.append(cost(f"sqlite:///{Path(folder, 'register.db')}", parties, practitioners))
        with running() as url:
            sound.append(cost(url, parties, practitioners))
    if cases:
        sound.append(lived(cases, PEOPLE, max(365 * cases // 8_000, 20), max(cases // 80, 4), played=bool(plays)))
    print_line(f"load of the machine {machine_load()}")
    raise SystemExit(not all(sound))
