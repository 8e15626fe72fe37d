"""Runs: called or come by themselves, solved at once, confirmed by an officer some time later."""

from datetime import datetime, timedelta
from typing import NamedTuple

from dispatch.domain.calendar import ONE_DAY
from dispatch.domain.docket.docket import NOBODY, Docket, seed_of
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.optimized import match
from dispatch.modes.seating import Seats
from dispatch.simulation.replay import asking
from dispatch.simulation.replay.agenda import MINUTE, What
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.files import File


class Proposal(NamedTuple):
    """Whom a run proposes for a seat, and the revision of the case it saw."""

    case_id: str
    seat: int
    practitioner_id: str
    revision: int


def waiting(centre: Centre) -> list[File]:
    """Return the cases that can be in a run."""
    found = (centre.undecided[id] for id in sorted(centre.undecided))
    return [file for file in found if file.status is Status.PENDING and not file.asked_elsewhere()]


def call_run(centre: Centre) -> None:
    """Let every waiting case go with the run that no worker has begun, or with a new one."""
    pending = [file.case.id for file in waiting(centre)]
    seed, case_ids = centre.run or (seed_of(pending), set())
    centre.run, centre.last_run_at = (seed, case_ids | set(pending)), centre.now


def call_due_run(centre: Centre) -> None:
    """Call a run if the policy lets no case wait longer."""
    fresh = [f for f in waiting(centre) if centre.last_run_at is None or f.updated_at > centre.last_run_at]
    if not fresh:
        return
    longest = min(file.updated_at for file in fresh)
    policy = centre.policy
    since = policy.runs.waited_since(centre.now, policy.time_zone, centre.office.days)
    if since is not None and longest <= since:
        case_ids = [file.case.id for file in waiting(centre)]
        centre.run, centre.last_run_at = (seed_of(case_ids), set(case_ids)), centre.now
    elif policy.runs.every_minutes is not None:
        centre.agenda.wake(_due_at(centre, longest))


def solve_run(centre: Centre) -> None:
    """Solve the run that was called; its proposals wait for an officer."""
    if centre.run is None:
        return
    (seed, case_ids), centre.run = centre.run, None
    centre.tally.runs += 1
    docket, eligibility = centre.docket(sorted(case_ids), seed=seed)
    proposals = _proposals(centre, docket, match(docket, eligibility).choice.tolist()) if docket.n else []
    if proposals:
        at = centre.office.after(centre.now, centre.behaviour.confirms_after_hours())
        centre.agenda.put(at, What.CONFIRM, proposals)


def confirm(centre: Centre, proposals: list[Proposal]) -> None:
    """Turn proposals into assignments, or into offers where everyone is asked first; what is stale stays queued."""
    centre.note("confirm", proposals[0].case_id, "", *(each.case_id for each in proposals))
    if centre.policy.walk.ask_after_runs:
        _ask(centre, proposals)
        return
    case_ids = sorted({each.case_id for each in proposals})
    revisions = {id: centre.files[id].revision for id in case_ids}
    seats = Seats(*centre.docket(case_ids))
    for each in proposals:
        changed = revisions[each.case_id] != each.revision and seats.waits(each.case_id)
        if not changed:
            centre.give(seats, each.case_id, each.practitioner_id, ModeName.OPTIMIZED, Event.ASSIGN)


def _ask(centre: Centre, proposals: list[Proposal]) -> None:
    docket, eligibility = centre.docket(sorted({each.case_id for each in proposals}))
    rows = {docket.case_at(i).id: i for i in reversed(range(docket.n))}
    for each in proposals:
        file, j = centre.files[each.case_id], docket.column_of(each.practitioner_id)
        fresh = file.status is Status.PENDING and file.revision == each.revision
        if fresh and j != NOBODY and not eligibility.why(rows[each.case_id], j):
            asking.offer(centre, file, [each.practitioner_id], ModeName.OPTIMIZED, file.open_plan)


def _proposals(centre: Centre, docket: Docket, choice: list[int]) -> list[Proposal]:
    seats = [(docket.case_at(i), int(docket.seat[i]), j) for i, j in enumerate(choice) if j != NOBODY]
    seats.sort(key=lambda seat: (seat[0].due_at, seat[0].id, seat[1]))
    return [
        Proposal(case.id, number, docket.practitioner_at(j).id, centre.files[case.id].revision)
        for case, number, j in seats
    ]


def _due_at(centre: Centre, since: datetime) -> datetime:
    """Return when a case that waits since then makes a run due: in the minutes of the office's next hours."""
    runs, zone, days = centre.policy.runs, centre.office.zone, centre.office.days
    at = max(since + timedelta(minutes=runs.every_minutes or 0), centre.now + MINUTE)
    local = at.astimezone(zone)
    if days.is_working(local.date()) and runs.opens <= local.time() < runs.closes:
        return at
    day = local.date() if local.time() < runs.opens else local.date() + ONE_DAY
    return datetime.combine(days.roll(day), runs.opens, zone).astimezone(at.tzinfo)
