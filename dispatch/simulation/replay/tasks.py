"""Automatic tasks, in the order of the service's scheduler."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from dispatch.casework import arrangement, asking, board, chain, deadline_watch, matching, recall, undertaking
from dispatch.casework.calibration import calibrate as level
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.simulation.host import MemoryHost
from dispatch.simulation.replay.agenda import MINUTE
from dispatch.simulation.replay.files import Plan
from dispatch.simulation.replay.runs import solve_runs


def resolve_windows(host: MemoryHost) -> None:
    """Settle every sealed window that is over, and write down where nobody has won by then."""
    postings = [posting for file in host.at_hand() if (posting := file.posting)]
    over = [posting for posting in postings if posting.sealed_until <= host.now]
    board.resolve_windows(host, [posting.case_id for posting in over if posting.open_claims()])
    for posting in over:
        if not posting.unsealed and posting.posted_at < posting.sealed_until and host.now < posting.ends_at:
            posting.unsealed = True
            board.unseal(host, posting.case_id)


def ask_on_absent(host: MemoryHost) -> None:
    """Take back what somebody is asked who is absent from this day on."""
    if host.day_began:
        recall.ask_on(host)


def expire_offers(host: MemoryHost) -> None:
    """End offers whose time is over and go on with their cases."""
    for file in host.at_hand():
        if any(offer.expires_at <= host.now and offer.state is OfferState.PENDING for offer in file.offers):
            undertaking.expire_offers(host, file.id)


def lapse_arrangements(host: MemoryHost) -> None:
    """End what institutions did not arrange in time."""
    for file in host.at_hand():
        if file.status is Status.ENTRUSTED:
            arrangement.lapse(host, file.id)


def expire_assignments(host: MemoryHost) -> None:
    """Take back what was assigned and not answered in time."""
    for case_id in sorted({case_id for due_at, case_id in host.unanswered.values() if due_at <= host.now}):
        undertaking.expire_assignments(host, case_id)


def advance_plans(host: MemoryHost) -> None:
    """Remind who has not chosen, end steps, ask wishes, put on chains what waits, where the policy says so."""
    for case_id, plan in _open_plans(host):
        if plan.mode is ModeName.POINT_SELECTION and host.files[case_id].status is Status.PENDING:
            asking.remind(host, case_id)
    for case_id, plan in _open_plans(host):
        if plan.ends_at and plan.ends_at <= host.now:
            chain.end_step(host, case_id)
    for case_id, plan in _open_plans(host):
        if plan.asks_at and plan.asks_at <= host.now:
            chain.ask_waiting(host, case_id)
    if host.policy.walk.start_on_grant:
        for file in host.at_hand():
            if file.open_plan is None:
                chain.start_waiting(host, file.id)


def call_due_run(host: MemoryHost) -> None:
    """Call a run if the policy lets no case wait longer, or wake when it will not."""
    if matching.call_due_run(host) or host.policy.runs.every_minutes is None:
        return
    if (since := host.waiting_since()) is not None:
        host.agenda.wake(_due_at(host, since))


def calibrate(host: MemoryHost) -> None:
    """Let newcomers open at the median and returners meet it, on the first look of a day."""
    if host.day_began:
        host.day_began = False
        level(host)


def watch_deadlines(host: MemoryHost) -> None:
    """Call the manager where a deadline cannot be met, or relax soft rules; at most looks nothing need be judged."""
    if (look := deadline_watch.next_look(host.now)) > host.now:
        host.agenda.look(look)
        return
    until = deadline_watch.horizon(host.office, host.now, deadline_watch.AHEAD_DAYS)
    due = [host.files[case_id] for case_id, _ in host.uncalled(until, host.now - deadline_watch.AGAIN_AFTER)]
    if unknown := host.outlook.unknown(due):
        host.docket(unknown, *UNDECIDED)
    calls = host.outlook.calls(due, host.now)
    if calls is None:
        deadline_watch.watch(host)
    else:
        deadline_watch.call(host, calls)


def ask_by_night(host: MemoryHost) -> None:
    """Ask others than those whom the day that has come excludes, once a night."""
    local = host.now.astimezone(host.people.zone)
    if host.night_of != local.date() and local.time() >= recall.NIGHT_FROM:
        host.night_of = local.date()
        recall.ask_by_night(host)


# fmt: off
TASKS: tuple[Callable[[MemoryHost], None], ...] = (
    resolve_windows,
    ask_on_absent,
    expire_offers,
    lapse_arrangements,
    expire_assignments,
    advance_plans,
    call_due_run,
    calibrate,
    watch_deadlines,
    ask_by_night,
    solve_runs,
)
# fmt: on

LOOKS = TASKS[TASKS.index(watch_deadlines) :]
"""What is to be done at a minute that has come for deadlines only: the watch, and what may follow from its calls."""


def midnight_after(host: MemoryHost) -> datetime:
    """Return when the next day of the centre begins."""
    day = host.now.astimezone(host.people.zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), host.people.zone).astimezone(host.now.tzinfo)


def night_of(host: MemoryHost) -> datetime:
    """Return when the work of this day's night may begin."""
    day = host.now.astimezone(host.people.zone).date()
    return datetime.combine(day, recall.NIGHT_FROM, host.people.zone).astimezone(host.now.tzinfo)


def _open_plans(host: MemoryHost) -> list[tuple[str, Plan]]:
    return [(file.id, plan) for file in host.at_hand() if (plan := file.open_plan)]


def _due_at(host: MemoryHost, since: datetime) -> datetime:
    """Return when a case that waits since then makes a run due: in the minutes of the office's next hours."""
    waited = since + timedelta(minutes=host.policy.runs.every_minutes or 0)
    return host.office.open_from(max(waited, host.now + MINUTE))
