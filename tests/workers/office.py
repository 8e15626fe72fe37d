"""What the tests of this room share: an office whose jobs they can count."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select

from dispatch.commands.drafts import CaseDraft, PersonDraft
from dispatch.commands.intake import submit_case
from dispatch.commands.policies import ensure_preset
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Matter, Role, Service, Stage
from dispatch.registry.queues import Places, find_places
from dispatch.registry.tables import OutboxRow, RunRow, UserRow
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
    clerk: Actor = field(init=False)

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

    def open_for_business(self) -> None:
        """Put the national policy in force and give the centre a clerk."""
        ensure_preset(self.wiring.begin, None, self.now, self.centre_id, "national")
        clerk = UserRow(centre_id=self.centre_id, login="clerk", role=Role.CLERK, created_at=self.now)
        with self.wiring.begin() as tx:
            tx.add(clerk)
        self.clerk = Actor(user_id=clerk.id, role=Role.CLERK, centre_id=self.centre_id)

    def grant(self, *numbers: str) -> None:
        """Take in and grant wage cases that are in no hurry."""
        for number in numbers:
            submit_case(self.wiring.begin, self.wiring.seal, self.clerk, self.now, self._draft(number))

    def runs(self) -> list[RunRow]:
        with self.wiring.read() as session:
            return list(session.exec(select(RunRow)))

    def _draft(self, number: str) -> CaseDraft:
        return CaseDraft(
            number=number,
            matter=Matter.CIVIL,
            cause="wages",
            service=Service.LITIGATION_AGENCY,
            stage=Stage.FIRST_INSTANCE,
            recipient=PersonDraft(name="张三"),
            received_at=self.now,
            granted_at=self.now,
        )
