"""Reports over a year of the sample city, on both databases: ``python -m benchmarks.reports [cases] [days] [folder]``.

The year is played by the replay and put into a register; offers, claims, ledger and leave are those of the replay,
prices of runs are drawn. Measured are the reading of the books, every report, the workbook, and the night's
appraisal of a day. With a folder, the SQLite register is kept in it for ``legal-dispatch report``.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert, text

from dispatch.commands.centres import Area, create_centre
from dispatch.commands.policies.presets import ensure_preset
from dispatch.commands.reports.period import read_report_data, span_of
from dispatch.commands.simulations.appraisals import appraise_day
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.states import ClaimState, GivingBack, OfferState, PostingState
from dispatch.domain.vocabulary import (
    CentreLevel,
    JobKind,
    JobStatus,
    ModeName,
    ProposalState,
)
from dispatch.registry import tables
from dispatch.registry.migrate import upgrade
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import make_begin, make_engine, make_read
from dispatch.reports import REPORTS
from dispatch.reports.rendering import render_report
from dispatch.reports.workbook import write_workbook
from dispatch.simulation.backtest.entitlement import stands
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.play import Played, play
from dispatch.simulation.sample.places import SHANGQIU
from dispatch.simulation.sample.year import Year, make_year
from testbed import postgres
from testbed.period import case_row, roster_rows, wish_rows

FIRST = date(2026, 1, 1)
ROWS_AT_ONCE = 2_000
REPEATS = 5

Row = dict[str, Any]


def main(cases: int, days: int, folder: Path) -> None:
    """Play the year once, then fill and measure both databases."""
    policy = load_preset("national")
    size = Year(cases=cases, practitioners=300, active=300, days=days)
    period = make_year(1, FIRST, policy, size)
    played = play(period, policy, Model(seed=1))
    print_line(f"played {cases:,} cases, {days} days")
    for database in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            url = f"sqlite:///{folder / 'register.db'}"
            if database == "postgresql":
                url = stack.enter_context(postgres.running())
            upgrade(url)
            engine = make_engine(url)
            stack.callback(engine.dispose)
            for line in measure(engine, played, period, policy, days):
                print_line(f"{database}: {line}")


def measure(engine: Engine, played: Played, period: Any, policy: Policy, days: int) -> Iterator[str]:
    """Fill the register, then yield what each part took; of several turns the shortest, for others use the machine."""
    begin, read, now = make_begin(engine), make_read(engine), period.until
    areas = [Area(row.code, row.name, row.latitude, row.longitude) for row in SHANGQIU]
    centre = create_centre(begin, period.since, "city", "样本市法律援助中心", CentreLevel.CITY, areas)
    in_force = ensure_preset(begin, None, period.since, centre.id, "national")
    for table, rows in rows_of(played, period, policy, centre.id, in_force.id):
        with begin() as tx:
            for start in range(0, len(rows), ROWS_AT_ONCE):
                tx.session.execute(insert(table), rows[start : start + ROWS_AT_ONCE])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    nights = [timed(lambda on=on: appraise_day(begin, read, now, centre.id, on))[0] for on in working(period, played)]
    yield f"a night's appraisal: median {median(nights):.2f} s, most {max(nights):.2f} s, {len(nights)} days"
    last = FIRST + timedelta(days=days - 1)
    for what, since in (("the whole period", FIRST), ("its last month", last.replace(day=1))):
        with read() as session:
            span = span_of(session, centre.id, now, since, last)
            reading = [timed(lambda span=span: read_report_data(session, span, now)) for _ in range(REPEATS)]
        data, about = reading[-1][1]
        parts = {
            code: timed(lambda code=code, data=data: render_report(REPORTS[code], data, names=True)) for code in REPORTS
        }
        reported = [reported for _, reported in parts.values()]
        slowest = sorted(parts, key=lambda code: -parts[code][0])[:3]
        yield (
            f"{what}: {len(data.cases):,} cases, books {min(t for t, _ in reading):.2f} s, "
            f"all {len(REPORTS)} reports {sum(t for t, _ in parts.values()):.2f} s "
            f"({', '.join(f'{code} {parts[code][0]:.2f}' for code in slowest)}), "
            f"workbook {timed(lambda reported=reported, about=about: write_workbook(reported, about))[0]:.2f} s"
        )


def working(period: Any, played: Played) -> list[date]:
    """Return the days on which anything was assigned."""
    return sorted({each.assigned_at.astimezone(played.zone).date() for each in played.assignments})


def rows_of(
    played: Played, period: Any, policy: Policy, centre_id: str, policy_id: str
) -> Iterator[tuple[Any, list[Row]]]:
    """Yield the rows of a played period, table by table, in the order in which they may be stored."""
    own = {"centre_id": centre_id}
    assigned = {id(each): new_id() for each in played.assignments}
    yield from centred(roster_rows(period), own)
    yield tables.CaseRow, [own | case_row(file.case) | as_left(file) for file in played.files.values()]
    yield tables.WishRow, [own | row for row in wish_rows(file.case for file in played.files.values())]
    yield tables.AssignmentRow, [
        own | {"id": assigned[id(each)], "case_id": each.case_id, "seat": each.seat, "pool": each.pool,
               "practitioner_id": each.practitioner_id, "institution_id": each.institution_id, "mode": each.mode,
               "policy_id": policy_id, "assigned_at": each.assigned_at, "accepted_at": each.accepted_at,
               "ended_at": each.ended_at, "end_reason": each.end_reason} for each in played.assignments
    ]  # fmt: skip
    yield tables.LedgerRow, [own | entry for each in played.assignments for entry in entries(each, assigned[id(each)])]
    yield tables.OfferRow, [own | row for file in played.files.values() for row in offer_rows(file)]
    yield from board(played, own)
    yield from runs(played, own, policy_id)


def centred(rows: Any, own: Row) -> Iterator[tuple[Any, list[Row]]]:
    """Yield rows as those of a centre."""
    for table, found in rows:
        yield table, [own | row for row in found]


def as_left(file: Any) -> Row:
    """Return what became of a case by the end."""
    return {"status": file.status, "relaxed": list(file.relaxed), "updated_at": file.updated_at,
            "revision": file.revision}  # fmt: skip


def entries(each: Any, assignment_id: str) -> Iterator[Row]:
    """Yield the turn of an assignment, and its reversal if it came to nothing."""
    row = {"practitioner_id": each.practitioner_id, "assignment_id": assignment_id, "share": str(each.share)}
    yield row | {"kind": "turn", "turns": 1, "effort": each.effort, "at": each.assigned_at}
    if not stands(each):
        yield row | {"kind": "reversal", "turns": -1, "effort": -each.effort, "at": each.ended_at}


def offer_rows(file: Any) -> Iterator[Row]:
    """Yield the offers of a case; an acceptance counts as released, so that later ones may follow."""
    for offer in file.offers:
        answered = offer.state in (OfferState.ACCEPTED, OfferState.DECLINED)
        at = offer.offered_at + (offer.expires_at - offer.offered_at) / 3 if answered else None
        yield {
            "id": new_id(), "case_id": file.case.id, "seat": offer.seat, "practitioner_id": offer.practitioner_id,
            "mode": offer.mode, "state": offer.state, "offered_at": offer.offered_at, "expires_at": offer.expires_at,
            "reason": GivingBack.BUSY if offer.state is OfferState.DECLINED else None, "answered_at": at,
            "released_at": at,
        }  # fmt: skip


def board(played: Played, own: Row) -> Iterator[tuple[Any, list[Row]]]:
    """Yield a posting for each case that was grabbed, and its claims: one that won and one that did not."""
    postings, claims = [], []
    people = list(played.listed)
    for number, each in enumerate(one for one in played.assignments if one.mode is ModeName.GRAB):
        at, id = each.assigned_at - timedelta(minutes=12), new_id()
        postings.append(own | {"id": id, "case_id": each.case_id, "state": PostingState.GRANTED, "posted_at": at,
                               "sealed_until": at, "ends_at": at + timedelta(hours=4)})  # fmt: skip
        for who, state in ((each.practitioner_id, ClaimState.WON), (people[number % len(people)], ClaimState.LOST)):
            claims.append(own | {"id": new_id(), "case_id": each.case_id, "posting_id": id, "practitioner_id": who,
                                 "state": state, "claimed_at": at + timedelta(minutes=2)})  # fmt: skip
    yield tables.PostingRow, postings
    yield tables.ClaimRow, claims


def runs(played: Played, own: Row, policy_id: str) -> Iterator[tuple[Any, list[Row]]]:
    """Yield a run for each day with optimised assignments, with drawn prices by cause and area."""
    draw = np.random.default_rng(1)
    by_day: dict[date, list[Any]] = defaultdict(list)
    for each in played.assignments:
        if each.mode is ModeName.OPTIMIZED:
            by_day[each.assigned_at.date()].append(each)
    jobs, rows, proposals = [], [], []
    for _, made in sorted(by_day.items()):
        id, at = new_id(), made[0].assigned_at
        sums: dict[tuple[str, str | None], int] = defaultdict(int)
        for each in made:
            case = played.files[each.case_id].case
            sums[case.cause, case.area] += 1
        scarce = [{"cause": cause, "area": area, "seats": seats, "price": int(seats * draw.gamma(0.4, 20_000))}
                  for (cause, area), seats in sums.items()]  # fmt: skip
        jobs.append(own | {"id": id, "kind": JobKind.RUN, "status": JobStatus.DONE, "created_at": at, "finished_at": at,
                           "done_share": 1.0, "phase": "done", "cancel_wanted": False, "attempt": 1})  # fmt: skip
        rows.append(
            own | {"id": id, "policy_id": policy_id, "seed": 1, "case_ids": [], "summary": {"scarcity": scarce}}
        )
        proposals.append(own | {"id": new_id(), "run_id": id, "case_id": made[0].case_id, "seat": 0, "case_revision": 0,
                                "needs_reason": False, "alternatives": [], "refusals": {},
                                "state": ProposalState.APPLIED})  # fmt: skip
    yield tables.JobRow, jobs
    yield tables.RunRow, rows
    yield tables.ProposalRow, proposals


def timed(act: Any) -> tuple[float, Any]:
    """Return how many seconds something took, and what it returned."""
    began = perf_counter()
    found = act()
    return perf_counter() - began, found


def print_line(line: str) -> None:
    """Tell it at once."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    cases, days, kept = [*sys.argv[1:], *("8000", "365", "")[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as passing:
        main(int(cases), int(days), Path(kept or passing))
