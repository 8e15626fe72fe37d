"""The night's work of every centre, the check of its register, and what is thrown away when it has served."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dispatch.casework.recall import NIGHT_FROM
from dispatch.commands.cases.holders import review_declared, review_moved
from dispatch.commands.cases.tie_reviews import waiting_by_case
from dispatch.commands.roster.consequences import judge_by_night, name_leavers
from dispatch.domain.errors import PolicyMissingError
from dispatch.domain.findings import BY_NIGHT, observe, observe_ties
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.webhooks import HookType
from dispatch.registry.census import list_centres, load_census, observe_names
from dispatch.registry.findings import dismiss, reconcile
from dispatch.registry.host import RegisterHost
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.purge import SERVED, SLICE, forget_addresses, remove_slice
from dispatch.registry.tables import CentreRow, FindingRow
from dispatch.registry.transaction import Begin, Read

MAX_SLICES = 20
"""Slices of each table in one pass, so that a flood does not keep the other periodic work waiting."""


def purge(begin: Begin, now: datetime) -> int:
    """Remove what has served, slice by slice; return how many rows. Evidence is never touched."""
    removed = 0
    for served in SERVED:
        for _ in range(MAX_SLICES):
            with begin() as tx:
                count = remove_slice(tx, served, now)
            removed += count
            if count < SLICE:
                break
    with begin() as tx:
        return removed + forget_addresses(tx, now)


JOBS = ("workers.jobs.check_register", "workers.jobs.check_log", "workers.jobs.appraise_days")
QUEUE = "housekeeping"


def request_checks(begin: Begin, read: Read, now: datetime) -> int:
    """Ask for the night's work of every centre whose night has come; return how many. Idempotent."""
    with read() as session:
        due = [centre.id for centre in list_centres(session) if _due_on(centre, now)]
    return sum(_request(begin, centre_id, now) for centre_id in due)


def check_register(begin: Begin, read: Read, now: datetime, centre_id: str) -> str:
    """Let the open findings of the centre be what is found now; a centre without a policy is left alone."""
    try:
        with read() as session:
            policy = read_policy(policy_in_force(session, centre_id))
            census = load_census(session, centre_id, now)
            named = list(observe_names(session, centre_id, census.today))
            named += observe_ties(waiting_by_case(session, centre_id, now))
    except PolicyMissingError:
        return f"centre {centre_id}: no policy in force"
    # Nothing is locked while we look; what changes meanwhile is found in the night that follows.
    seen = [*observe(census.facts, policy, census.today, census.absences, census.days), *named]
    with begin() as tx:
        tx.lock(CentreRow, centre_id)
        done = reconcile(tx, centre_id, BY_NIGHT, seen, now)
        host = RegisterHost(tx, centre_id, None, now)
        review_moved(host)
        review_declared(host)
        judge_by_night(host)
        name_leavers(tx, centre_id, now)
        if done.opened or done.closed:
            tx.announce(centre_id, HookType.REGISTER_CHECKED, done._asdict(), now)
    return f"centre {centre_id}: {done.opened} new, {done.closed} gone, {done.open} open"


def dismiss_finding(begin: Begin, actor: Actor, now: datetime, finding_id: str) -> FindingRow:
    """Set a guess of the night aside that is none; it is not found again. Idempotent."""
    require(actor, Verb.EDIT_ROSTER)
    with begin() as tx:
        return dismiss(tx, actor, finding_id, now)


def dismiss_findings(
    begin: Begin, actor: Actor, now: datetime, finding_ids: Iterable[str], reason: str
) -> list[FindingRow]:
    """Set several guesses aside with one reason, all of them or none. Idempotent."""
    require(actor, Verb.EDIT_ROSTER)
    with begin() as tx:
        return [dismiss(tx, actor, finding_id, now, reason) for finding_id in sorted(set(finding_ids))]


def _request(begin: Begin, centre_id: str, now: datetime) -> int:
    with begin() as tx:
        centre = tx.lock(CentreRow, centre_id)
        day = _due_on(centre, now)
        if day is None:
            return 0
        centre.checked_on = day
        for job in JOBS:
            tx.enqueue(job, centre_id, QUEUE, now, centre_id)
        return 1


def _due_on(centre: CentreRow, now: datetime) -> date | None:
    local = now.astimezone(ZoneInfo(centre.time_zone))
    checked = centre.checked_on is not None and centre.checked_on >= local.date()
    return None if checked or local.time() < NIGHT_FROM else local.date()
