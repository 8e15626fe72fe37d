"""What the log costs: ``python -m benchmarks.ledger [entries]``.

On each database a log of so many entries is written, sealed by the scheduler's own passes, computed anew as a whole,
and a page of fifty entries of one person is proven against its head. Processor time is said beside the clock's, for
the machine may be busy.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert

from dispatch.commands.centres import Area, create_centre
from dispatch.commands.log.keeping import publish_heads, seal_log, verify_logs
from dispatch.commands.log.own import own_entries
from dispatch.domain.log.words import ActOutcome, LogSource
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.migrate import upgrade
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AuditRow
from dispatch.registry.transaction import make_begin, make_engine, make_read
from testbed.postgres import running
from testbed.rows import NOW

ENTRIES, PEOPLE, AT_ONCE, PAGE = 100_000, 200, 10_000, 50


def measure(url: str, entries: int) -> None:
    """Write, seal, check and prove a log on one database, and say what each took."""
    upgrade(url)
    engine = make_engine(url)
    begin, read = make_begin(engine), make_read(engine)
    centre = create_centre(begin, NOW, "c", "centre", CentreLevel.CITY, [Area("A", "county", 34.41, 115.65)])
    for start in range(0, entries, AT_ONCE):
        with begin() as tx:
            tx.session.execute(insert(AuditRow), [_row(centre.id, n) for n in range(start, start + AT_ONCE)])
    person = Actor("p1", Role.PRACTITIONER, centre.id)
    sealed = timed("seal", lambda: sum(iter(lambda: seal_log(begin, read, NOW), 0)))
    publish_heads(begin, read, NOW)
    checked, triggers = timed("verify", lambda: verify_logs(read))
    proven = timed("prove", lambda: own_entries(read, person, Slice(PAGE, None), LogSource.AUDIT))
    engine.dispose()
    if sealed != entries or triggers or checked[0].counts or any(entry.path is None for entry in proven.rows.rows):
        sys.exit("the log does not verify")


def timed(what: str, act: Callable[[], Any]) -> Any:
    """Do it, and say how long it took."""
    clock, work = perf_counter(), process_time()
    result = act()
    sys.stdout.write(f"{what:8}{perf_counter() - clock:8.2f} s, {process_time() - work:6.2f} s of the processor\n")
    sys.stdout.flush()
    return result


def _row(centre_id: str, number: int) -> dict[str, Any]:
    return {
        "centre_id": centre_id, "actor_id": f"p{number % PEOPLE}", "verb": "claim", "subject": "claim_case",
        "subject_id": f"{number:032x}", "outcome": ActOutcome.DONE, "address": f"203.0.113.{number % 250}", "times": 1,
        "at": NOW + timedelta(seconds=number),
    }  # fmt: skip


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with tempfile.TemporaryDirectory() as folder, running() as postgres:
        for kind, url in (("SQLite", f"sqlite:///{Path(folder) / 'log.db'}"), ("PostgreSQL", postgres)):
            sys.stdout.write(f"{kind}, {count:,} entries\n")
            measure(url, count)
