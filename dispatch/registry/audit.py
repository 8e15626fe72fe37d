"""The log of reads and administrative acts: who, what, when; ids and verbs only."""

from datetime import datetime

from dispatch.domain.permissions import Actor, Verb
from dispatch.registry.tables import AuditRow
from dispatch.registry.transaction import Transaction


def note(tx: Transaction, actor: Actor, verb: Verb, subject: str, subject_id: str | None, now: datetime) -> AuditRow:
    """Write down that the actor did this; the row is kept for good."""
    return tx.add(
        AuditRow(
            centre_id=actor.centre_id,
            actor_id=actor.user_id,
            verb=verb.value,
            subject=subject,
            subject_id=subject_id,
            at=now,
        )
    )
