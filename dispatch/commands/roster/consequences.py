"""What follows when somebody becomes absent or leaves, whichever door the change came through."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlmodel import Session

from dispatch.casework.calibration import meet_returners
from dispatch.casework.undertaking import ask_on
from dispatch.domain.findings import FindingKind, of_leavers
from dispatch.domain.permissions import Actor
from dispatch.registry.census import list_centres
from dispatch.registry.docket.absences import asked_absent, entrusted_absent, leavers
from dispatch.registry.findings import reconcile
from dispatch.registry.host import RegisterHost
from dispatch.registry.transaction import Begin, Read, Transaction


def follow(tx: Transaction, actor: Actor, now: datetime, corrected: Collection[str] = ()) -> None:
    """Take back what the absent are asked, ask on, and name who has left with open cases. Idempotent.

    Whose past was corrected meets what the correction makes of it.
    """
    tx.session.flush()
    if corrected:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        meet_returners(host, host.away(corrected))
    if any(_absent(tx.session, actor.centre_id, now)):
        ask_on(RegisterHost(tx, actor.centre_id, actor, now))
    name_leavers(tx, actor.centre_id, now)


def name_leavers(tx: Transaction, centre_id: str, now: datetime) -> None:
    """Let the findings about who has left with open cases be those of now."""
    seen = list(of_leavers(leavers(tx.session, centre_id, now)))
    reconcile(tx, centre_id, (FindingKind.LEFT_WITH_CASES,), seen, now)


def ask_on_absent(begin: Begin, read: Read, now: datetime) -> int:
    """Go on with every case whose question is with somebody absent by now; return how many moved."""
    with read() as session:
        found = [centre.id for centre in list_centres(session) if any(_absent(session, centre.id, now))]
    moved = 0
    for centre_id in found:
        with begin() as tx:
            moved += ask_on(RegisterHost(tx, centre_id, None, now))
    return moved


def _absent(session: Session, centre_id: str, now: datetime) -> Iterator[bool]:
    yield bool(asked_absent(session, centre_id, now))
    yield bool(entrusted_absent(session, centre_id, now))
