"""What the tests of this room share: an office whose jobs they can count and whose time they move."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from dispatch.commands.webhooks.endpoints import create_webhook
from dispatch.domain.vocabulary import JobStatus
from dispatch.domain.webhooks import DeliveryState, HookType
from dispatch.exchange.outbound import make_send
from dispatch.registry.jobs.queues import QueueKeys, find_places, open_redis, wake_relay
from dispatch.registry.key import Key
from dispatch.registry.tables import CaseRow, CentreRow, DeliveryRow, JobRow, OutboxRow, ProposalRow, RunRow, WebhookRow
from dispatch.registry.transaction import make_begin
from tests.rows import Register, attributes_row, case_row, open_register, practitioner_row
from workers.context import WorkerContext
from workers.relay import relay, sweep
from workers.schedule import Scheduler
from workers.timing import Timing

LEASE_S = 2.0
SEND_WITHIN_S = 2.0


@dataclass
class Office:
    """One centre, its outbox, its Redis, and the time."""

    register: Register
    context: WorkerContext
    now: datetime
    environment: Mapping[str, str]
    case_ids: list[str] = field(default_factory=list)

    def ask(self, *arguments: str, queue: str = "runs", job: str = "workers.jobs.solve_run") -> None:
        with self.context.begin() as tx:
            for argument in arguments:
                tx.enqueue(job, argument, queue, self.now, self.register.centre.id)

    def relay(self) -> int:
        return relay(self.context.begin, self.context.read, self.context.redis, self.now)

    def sweep(self) -> int:
        return sweep(self.context.begin, self.context.read, self.context.redis, self.now, self.context.timing)

    def forget_sent(self) -> None:
        """Make every row look as if it had not been sent, but keep the count."""
        with self.context.begin() as tx:
            tx.session.exec(update(OutboxRow).values(sent_at=None))

    def forget_done(self) -> None:
        """Make every row look as if its job had not been done."""
        with self.context.begin() as tx:
            tx.session.exec(update(OutboxRow).values(done_at=None))

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def places(self, queue: str = "runs") -> QueueKeys:
        return find_places(self.context.redis, queue, self.now)

    def outbox(self) -> list[OutboxRow]:
        with self.context.read() as session:
            return list(session.exec(select(OutboxRow).order_by(col(OutboxRow.id))))

    def runs(self) -> list[RunRow]:
        return self.register.all(RunRow)

    def jobs(self, status: JobStatus) -> list[JobRow]:
        return self.register.all(JobRow, JobRow.status == status)

    def proposals(self, run_id: str) -> list[ProposalRow]:
        return self.register.all(ProposalRow, ProposalRow.run_id == run_id)

    def endpoint(self, url: str, *types: HookType) -> WebhookRow:
        """Let an endpoint be told of these types, or of granted cases."""
        reported = types or (HookType.CASE_GRANTED,)
        context, manager = self.context, self.register.manager
        row, _ = create_webhook(context.begin, self.register.seal, manager, self.now, "x", url, reported, private=True)
        return row

    def notify(self, times: int) -> None:
        """Let something happen that endpoints are told of."""
        for _ in range(times):
            with self.context.begin() as tx:
                tx.announce(self.register.centre.id, HookType.CASE_GRANTED, {}, datetime.now(UTC))

    def delivered(self, webhook: WebhookRow) -> list[str]:
        """Return the ids of the messages that have arrived."""
        rows = self.register.all(DeliveryRow, DeliveryRow.webhook_id == webhook.id)
        return sorted(row.id for row in rows if row.state is DeliveryState.DELIVERED)

    def grant(self, *numbers: str) -> list[CaseRow]:
        """Store granted cases that changed just now."""
        return [self.register.a_case(number, updated_at=self.now) for number in numbers]

    def fill(self, practitioners: int, cases: int) -> None:
        """Store a roster and a queue of that size in one go; nobody in it has waited long enough for a due run."""
        centre, firm = self.register.centre, self.register.the_institution()
        people = [practitioner_row(centre.id, f"p{n}") for n in range(practitioners)]
        queue = [case_row(centre.id, f"c{n}", updated_at=self.now) for n in range(cases)]
        with self.context.begin() as tx:
            tx.session.add_all([*people, *queue])
            tx.session.flush()
            tx.session.add_all([attributes_row(row, firm, quality=n % 100) for n, row in enumerate(people)])
        self.case_ids = [case.id for case in queue]


@contextmanager
def opened(database_url: str, redis_url: str) -> Iterator[Office]:
    """Open an office on an empty database and a Redis that may be emptied."""
    register, redis = open_register(database_url), open_redis(redis_url)
    redis.flushall()
    context = WorkerContext(
        begin=make_begin(register.engine, wake=lambda: wake_relay(redis)),
        read=register.read,
        redis=redis,
        key=Key(register.seal, register.begin, register.read, lambda: office.now),
        clock=lambda: office.now,
        timing=Timing(timedelta(seconds=LEASE_S)),
        send=make_send(SEND_WITHIN_S, private=True),
        send_within=timedelta(seconds=SEND_WITHIN_S),
    )
    with register.begin() as tx:
        # The night's check is not what these tests wait for.
        tx.lock(CentreRow, register.centre.id).checked_on = date.max
    environment = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "DISPATCH_LEASE_S": str(LEASE_S)}
    environment |= {"DISPATCH_WEBHOOKS_PRIVATE": "true", "DISPATCH_WEBHOOK_WITHIN_S": str(SEND_WITHIN_S)}
    office = Office(register, context, datetime.now(UTC), {**environment, "DISPATCH_SECRET": "a secret of the tests"})
    yield office
    redis.close()
    register.engine.dispose()


@contextmanager
def scheduling(office: Office) -> Iterator[None]:
    """Let a scheduler do its work in real time while the block lasts."""
    scheduler = Scheduler(office.context._replace(clock=lambda: datetime.now(UTC)), "of the test")
    thread = threading.Thread(target=scheduler.run)
    thread.start()
    try:
        yield
    finally:
        scheduler.stopping.set()
        thread.join()
