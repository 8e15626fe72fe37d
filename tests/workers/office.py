"""What the tests of this room share: an office whose jobs they can count."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from dispatch.registry.queues import Places, find_places
from dispatch.registry.tables import OutboxRow
from workers.relay import relay, sweep
from workers.wiring import Wiring

LEASE_S = 2.0


@dataclass
class Office:
    """One centre, its outbox, its Redis, and the time."""

    database_url: str
    redis_url: str
    now: datetime
    secret: str = "only for tests, and long enough"
    centre_id: str = ""
    wiring: Wiring = field(init=False)

    def ask(self, *arguments: str, queue: str = "runs", job: str = "workers.jobs.solve_run") -> None:
        with self.wiring.begin() as tx:
            for argument in arguments:
                tx.enqueue(job, argument, queue, self.now, self.centre_id)

    def relay(self) -> int:
        return relay(self.wiring.begin, self.wiring.read, self.wiring.redis, self.now)

    def sweep(self) -> int:
        return sweep(self.wiring.begin, self.wiring.read, self.wiring.redis, self.now, self.wiring.timing)

    def forget_sent(self) -> None:
        """Make every row look as if it had not been sent, but keep the count."""
        with self.wiring.begin() as tx:
            tx.session.exec(update(OutboxRow).values(sent_at=None))

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def places(self, queue: str = "runs") -> Places:
        return find_places(self.wiring.redis, queue, self.now)

    def outbox(self) -> list[OutboxRow]:
        with self.wiring.read() as session:
            return list(session.exec(select(OutboxRow).order_by(col(OutboxRow.id))))
