"""What happens by itself, in the order in which the service's scheduler does it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from dispatch.domain.chain import Because
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import Status
from dispatch.simulation.replay import asking, hall, matching
from dispatch.simulation.replay.centre import Centre
from dispatch.simulation.replay.files import File
from dispatch.simulation.replay.walks import begin_plan, carry_on, leave


def settle_windows(centre: Centre) -> None:
    """Settle every sealed window that is over."""
    sealed = [
        file for file in _undecided(centre)
        if file.posting and file.posting.sealed_until <= centre.now and file.posting.open_claims()
    ]  # fmt: skip
    hall.settle(centre, sealed)


def expire_offers(centre: Centre) -> None:
    """End offers whose time is over and go on with their cases."""
    for file in _undecided(centre):
        over = [made for made in file.pending() if made.expires_at <= centre.now]
        if over:
            asking.expire(centre, file, over)
            carry_on(centre, file)


def walk_plans(centre: Centre) -> None:
    """End steps that are over, and put on chains what waits, where the policy says so."""
    for file in _undecided(centre):
        _end(centre, file)
    if centre.policy.walk.start_on_grant:
        for file in _undecided(centre):
            if file.status is Status.PENDING and file.open_plan is None:
                begin_plan(centre, file)


def calibrate(centre: Centre) -> None:
    """Let newcomers open at the median and returners meet it, on the first look of a day."""
    if centre.day_began:
        centre.day_began = False
        centre.people.calibrate(centre.now)
        centre.version += 1


# fmt: off
TASKS: tuple[Callable[[Centre], None], ...] = (
    settle_windows,
    expire_offers,
    walk_plans,
    matching.call_due_run,
    calibrate,
    matching.solve_run,
)
# fmt: on


def midnight_after(centre: Centre) -> datetime:
    """Return when the next day of the centre begins."""
    day = centre.now.astimezone(centre.people.zone).date() + timedelta(days=1)
    return datetime.combine(day, time(), centre.people.zone).astimezone(centre.now.tzinfo)


def _end(centre: Centre, file: File) -> None:
    plan = file.open_plan
    if plan is None or plan.ends_at is None or plan.ends_at > centre.now:
        return
    if file.status is Status.POSTED:
        hall.settle(centre, [file])
    if file.status is Status.POSTED:
        centre.leave_board(file)
        centre.advance(file, Event.EXPIRE)
    asking.expire(centre, file, file.pending())
    if file.status is Status.PENDING:
        leave(centre, file, plan, Because.WINDOW_OVER)


def _undecided(centre: Centre) -> list[File]:
    return [centre.undecided[id] for id in sorted(centre.undecided)]
