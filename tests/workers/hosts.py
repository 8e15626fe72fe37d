"""Hosts of workers that share nothing but a Redis and a PostgreSQL, and a day on two of them with a power cut."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

from dispatch.commands.runs.requests import request_run
from dispatch.domain.vocabulary import JobStatus
from dispatch.domain.webhooks import HookType
from dispatch.registry.tables import DeliveryRow, LeaseRow
from tests.receiver import Receiver
from tests.workers.office import Office
from tests.workers.processes import cut_power, started_from_nothing, wait_until

RUNS, CASES_EACH, PRACTITIONERS = 8, 3, 30


@dataclass
class Host:
    """One machine: its folder, its way to the servers, and what runs on it."""

    name: str
    folder: Path
    environment: Mapping[str, str]
    inside: Sequence[str] = ()
    processes: list[Popen[bytes]] = field(default_factory=list)

    @contextmanager
    def up(self) -> Iterator["Host"]:
        """Run a worker for each queue and a scheduler while the block lasts."""
        self.folder.mkdir(exist_ok=True)
        environment = {**self.environment, "DISPATCH_DATA_DIR": str(self.folder / "var"), "OMP_NUM_THREADS": "1"}
        with ExitStack() as running:
            for role in ("worker", "scheduler"):
                process = started_from_nothing(
                    role, env=environment, output=self.folder / f"{role}.log", folder=self.folder, inside=self.inside
                )
                self.processes.append(running.enter_context(process))
            yield self

    def lose_power(self) -> None:
        """End everything on this host at once."""
        for process in self.processes:
            cut_power(process)


def spend_a_day(office: Office, first: Host, second: Host, receiver: Receiver) -> None:
    """Solve runs and tell of them on two hosts; the one whose scheduler is effective loses power in the middle."""
    office.fill(PRACTITIONERS, RUNS * CASES_EACH)
    webhook = office.endpoint(receiver.url, HookType.RUN_SOLVED)
    with first.up(), second.up():
        wait_until(lambda: holder(office) is not None, "a scheduler is effective")
        runs = [
            request_run(
                office.context.begin, office.register.clerk, datetime.now(UTC), office.case_ids[n::RUNS], "in parts"
            ).id
            for n in range(RUNS)
        ]
        wait_until(lambda: receiver.received, "the first run is solved and told of")
        effective = first if runs_on(first, holder(office)) else second
        effective.lose_power()
        wait_until(lambda: len(office.delivered(webhook)) == RUNS, "every run is solved and told of")
        wait_until(lambda: all(row.done_at for row in office.outbox()), "nothing is left to do")

    survivor = second if effective is first else first
    assert runs_on(survivor, holder(office))
    assert {job.id for job in office.jobs(JobStatus.DONE)} == set(runs)
    proposed = sorted(row.case_id for run in runs for row in office.proposals(run))
    assert proposed == sorted(office.case_ids)
    reported = office.register.all(DeliveryRow)
    assert sorted(row.data["run_id"] for row in reported) == sorted(runs)
    assert set(receiver.ids()) == {row.id for row in reported}


def holder(office: Office) -> str | None:
    """Return who holds the scheduler's lease."""
    return next((row.holder for row in office.register.all(LeaseRow)), None)


def runs_on(host: Host, name: str | None) -> bool:
    """Tell whether a process of that name is one of the host's."""
    return any(f"-{process.pid}-" in (name or "") for process in host.processes)
