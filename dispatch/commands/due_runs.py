"""Runs that come by themselves, because a granted case has waited long enough."""

from datetime import datetime

from sqlmodel import Session

from dispatch.commands.requests import open_run
from dispatch.domain.calendar import china
from dispatch.domain.docket.docket import seed_of
from dispatch.domain.errors import PolicyMissingError
from dispatch.registry.due import Waiting, list_pending, list_waiting
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.transaction import Begin, Read


def request_due_runs(begin: Begin, read: Read, now: datetime) -> int:
    """Ask for a run in every centre whose policy lets no case wait longer; return how many. Again changes nothing."""
    with read() as session:
        due = [waiting.centre_id for waiting in list_waiting(session) if _is_due(session, waiting, now)]
    return sum(_request_run(begin, centre_id, now) for centre_id in due)


def _request_run(begin: Begin, centre_id: str, now: datetime) -> int:
    with begin() as tx:
        tx.lock_centre(centre_id)
        if not any(waiting.centre_id == centre_id for waiting in list_waiting(tx.session)):
            return 0
        case_ids = list_pending(tx.session, centre_id)
        open_run(tx, None, now, seed_of(case_ids), policy_in_force(tx.session, centre_id), case_ids)
        return 1


def _is_due(session: Session, waiting: Waiting, now: datetime) -> bool:
    try:
        policy = read_policy(policy_in_force(session, waiting.centre_id))
    except PolicyMissingError:
        return False
    since = policy.runs.waited_since(now, policy.time_zone, china())
    return since is not None and waiting.since <= since
