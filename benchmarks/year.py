"""A year of the city through the live commands, beside its replay: ``python -m benchmarks.year [cases] [days] [url]``.

The replay plays the year; what people did in it is a script, and the service lives it on its register, minute by
minute, with its scheduled tasks in between. Then every line that both have written is compared; a difference ends the
run with 1. Reported are what came of the year, the time and statements of each command, and how they grew by month.
"""

import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import Engine, event

from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset
from dispatch.domain.period import Period
from dispatch.domain.permissions import Actor
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import CentreLevel, Role, Status
from dispatch.registry.migrate import upgrade
from dispatch.registry.period.history import Span, load_period
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.centre import Act
from dispatch.simulation.replay.play import Played, play
from dispatch.simulation.sample.places import SHANGQIU
from dispatch.simulation.sample.year import Year, make_year
from testbed.driven import Driven, LiveService
from testbed.lines import Lines, differences, recorded, written
from testbed.period import arrival_rows, roster_rows, store
from testbed.rows import a_user

FIRST, SEED, PEOPLE = date(2026, 1, 1), 1, 300
BEHAVIOUR = Model(seed=SEED, changes_share=0.03, entrusted_share=0.05, away_days=20)
"""The usual behaviour, with more of what is rare."""

SHOWN = 5
"""Differing lines shown of each kind and side."""

Named = Callable[[], object]


class Timed(Driven):
    """Driven, with the seconds and the statements of each command by month."""

    def __init__(self, service: LiveService, acts: Iterable[Act], engine: Engine) -> None:
        super().__init__(service, acts)
        self.statements = 0
        self.seconds: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        self.asked: dict[str, Counter[str]] = defaultdict(Counter)
        self.times: dict[str, Counter[str]] = defaultdict(Counter)
        event.listen(engine, "before_cursor_execute", self._count)

    def call(self, name: str, now: datetime, command: Named) -> None:
        """Note what a command takes, whatever comes of it."""
        began, before, month = process_time(), self.statements, now.strftime("%m")
        super().call(name, now, command)
        self.seconds[name][month] += process_time() - began
        self.asked[name][month] += self.statements - before
        self.times[name][month] += 1

    def _count(self, *_: object) -> None:
        self.statements += 1


def main(cases: int, days: int, url: str) -> bool:
    """Play the year, live it, compare; return whether both are the same."""
    policy, size = load_preset("national"), Year(cases=cases, practitioners=PEOPLE, active=PEOPLE, days=days)
    upgrade(url)
    engine = make_engine(url)
    service, period = opened(engine, make_year(SEED, FIRST, policy, size))
    began = perf_counter()
    played = play(period, policy, BEHAVIOUR)
    print_line(f"played in {perf_counter() - began:.0f} s: {len(played.minutes):,} minutes, {len(played.acts):,} acts")
    caps = {each.person.id: each.person.capacity or policy.caps.open_cases for each in period.tenures}
    for line in outcome(played, caps):
        print_line(line)
    timed, began = Timed(service, played.acts, engine), perf_counter()
    for month, minutes in by_month(played.minutes):
        timed.live(minutes)
        print_line(f"{month} lived after {perf_counter() - began:.0f} s, {timed.statements:,} statements")
    for line in costs(timed, len(played.files)):
        print_line(line)
    with service.read() as session:
        return compare(written(played), recorded(session))


def opened(engine: Engine, year: Period) -> tuple[LiveService, Period]:
    """Put the year's roster and applications into a new register; return it, and the period as the register has it."""
    begin, read = make_begin(engine), make_read(engine)
    areas = [Area(row.code, row.name, row.latitude, row.longitude) for row in SHANGQIU]
    centre = create_centre(begin, year.since, "city", "样本市法律援助中心", CentreLevel.CITY, areas)
    ensure_preset(begin, None, year.since, centre.id, "national")
    actors = {}
    for role in (Role.CLERK, Role.MANAGER):
        with begin() as tx:
            user = tx.add(a_user(centre.id, role.value, role))
        actors[role] = Actor(user_id=user.id, role=role, centre_id=centre.id)
    store(begin, centre.id, roster_rows(year))
    store(begin, centre.id, arrival_rows(year))
    with read() as session:
        period = load_period(session, Span(centre.id, year.since, year.until))
    seal = Seal("a secret of the benchmark", "aes")
    return LiveService(begin, read, seal, actors[Role.CLERK], actors[Role.MANAGER]), period


def by_month(minutes: Iterable[datetime]) -> Iterator[tuple[str, list[datetime]]]:
    """Yield the minutes of each month."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for minute in minutes:
        found[minute.strftime("%Y-%m")].append(minute)
    return iter(found.items())


def outcome(played: Played, caps: Mapping[str, int]) -> Iterator[str]:
    """Yield what came of the year."""
    states = Counter(file.status.value for file in played.files.values())
    assigned = sum(file.filled_at is not None for file in played.files.values())
    yield f"{len(played.files):,} cases, {assigned:,} assigned, {states[Status.CLOSED]:,} closed; {dict(states)}"
    ended = Counter(str(each.end_reason) for each in played.assignments if each.end_reason)
    yield f"{len(played.assignments):,} assignments, ended {dict(ended)}, {played.tally.refused:,} acts refused"
    files = played.files.values()
    asked = Counter(each.state.value for file in files for each in file.replacements)
    given = Counter(each.state.value for file in files for each in file.arrangements)
    yield f"replacements {dict(asked)}, arrangements {dict(given)}"
    peaks = peak_loads(played)
    most = sorted(peaks.values(), reverse=True)
    full = [who for who, peak in peaks.items() if peak >= caps[who]]
    above = [who for who, peak in peaks.items() if peak > caps[who]]
    yield f"open cases a head: most {most[0]}, median peak {most[len(most) // 2]}"
    yield f"{len(full)} of {len(peaks)} people were at their cap at some time, {len(above)} above it"


def peak_loads(played: Played) -> Counter[str]:
    """Return how many cases each had at most at one time."""
    moves = [(each.assigned_at, 1, each.practitioner_id) for each in played.assignments]
    moves += [(each.ended_at, -1, each.practitioner_id) for each in played.assignments if each.ended_at]
    load, peak = Counter[str](), Counter[str]()
    for _, more, who in sorted(moves):
        load[who] += more
        peak[who] = max(peak[who], load[who])
    return peak


def costs(timed: Timed, cases: int) -> Iterator[str]:
    """Yield what each command took of the processor, and how that grew."""
    total = sum(sum(months.values()) for months in timed.seconds.values())
    yield f"{total / 60:.1f} minutes of the processor, {timed.statements / cases:.0f} statements a case"
    for name, seconds in sorted(timed.seconds.items(), key=lambda item: -sum(item[1].values())):
        times, asked = timed.times[name], timed.asked[name]
        n = sum(times.values())
        growth = " ".join(f"{1000 * seconds[month] / times[month]:.1f}" for month in sorted(seconds))
        yield (
            f"{name:20} {sum(seconds.values()):7.1f} s {n:7,} × {1000 * sum(seconds.values()) / n:6.1f} ms, "
            f"{sum(asked.values()) / n:5.1f} statements; by month {growth}"
        )


def compare(replay: Lines, register: Lines) -> bool:
    """Show where both differ; return whether they do not."""
    print_line("lines: " + ", ".join(f"{len(lines):,} {name}" for name, lines in replay.items()))
    found = differences(replay, register)
    for name, sides in found.items():
        for side, lines in zip(("replay", "register"), sides, strict=True):
            print_line(f"{name}: {len(lines):,} lines of the {side} alone")
            for line in lines[:SHOWN]:
                print_line("   " + " | ".join(line))
    print_line("different" if found else "identical, line by line")
    return not found


def print_line(line: str) -> None:
    """Tell it at once."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    cases, days, url = [*sys.argv[1:], *("8000", "365", "")[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder:
        same = main(int(cases), int(days), url or f"sqlite:///{Path(folder) / 'register.db'}")
    sys.exit(0 if same else 1)
