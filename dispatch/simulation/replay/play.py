"""Plays a period: minute by minute where anything happens, first what people do, then what comes by itself."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dispatch.domain.docket.columns import Fractions, Integers
from dispatch.domain.docket.facts import CaseFacts
from dispatch.domain.period import Period
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Status
from dispatch.simulation.replay import hall, matching, undertaking
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.behaviour import Behaviour
from dispatch.simulation.replay.centre import Centre, Done, Tally
from dispatch.simulation.replay.files import Assignment, File
from dispatch.simulation.replay.people import People
from dispatch.simulation.replay.tasks import TASKS, midnight_after
from dispatch.simulation.replay.walks import begin_plan

Watch = Callable[[date], None]
"""Told of each day that begins; may raise to stop."""

Act = Callable[..., None]


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What came of a period under a policy."""

    policy: Policy
    files: dict[str, File]
    assignments: tuple[Assignment, ...]
    ids: tuple[str, ...]
    """Everyone of the period; the arrays of standings are in this order."""
    listed: tuple[str, ...]
    """Those of them who were on the list on some day."""
    turns: Integers
    effort: Integers
    passed: dict[str, dict[str, int]]
    """How often each was passed over in the rotation by someone who had had more, by rule."""
    suspended: Counter[str]
    """Days of suspension."""
    barred: dict[str, Counter[str]]
    """Days on which a rule kept someone from every case, by rule."""
    refused: Counter[str]
    """How often each declined, or did not answer."""
    zone: ZoneInfo
    in_rotation: dict[date, tuple[Integers, Fractions]]
    """Who was in the rotation on each day and could be given a case, as places in ``ids``, and their shares."""
    tally: Tally
    done: tuple[Done, ...]
    minutes: tuple[datetime, ...]
    """Every minute at which anything was done or looked at."""


def play(
    period: Period,
    policy: Policy,
    behaviour: Behaviour,
    yardstick: Policy | None = None,
    watch: Watch | None = None,
) -> Played:
    """
    Return what a period would have come to under a policy.

    Parameters
    ----------
    yardstick : Policy, optional
        Whose weights measure the quality of matches; two policies are compared by the same one.
    watch : callable, optional
        Told of each day, for progress and cancelling.
    """
    centre = Centre(period, policy, behaviour, yardstick)
    _write_agenda(centre)
    minutes: list[datetime] = []
    shares: dict[date, tuple[Integers, Fractions]] = {}
    while (following := centre.agenda.next_minute()) and following[0] < period.until:
        centre.now, dues = following
        if centre.people.begin_day(centre.now):
            _begin_day(centre, shares, watch)
        for due in dues:
            ACTS[due.what](centre, *due.about)
        for task in TASKS:
            task(centre)
        minutes.append(centre.now)
    return _result(centre, shares, minutes)


def _write_agenda(centre: Centre) -> None:
    period, people = centre.period, centre.people
    people.begin_day(period.since)
    centre.day_began = False
    for earlier in period.earlier:
        assignment = centre.remember(earlier)
        if assignment.ended_at:
            people.remember(assignment)
            continue
        people.take_earlier(assignment)
        if earlier.ends_at is None:
            works = centre.behaviour.works(earlier.case_id, earlier.practitioner_id)
            centre.agenda.put(max(earlier.assigned_at + works, period.since), What.CLOSE, assignment)
        else:
            centre.agenda.put(earlier.ends_at, What.CLOSE, assignment)
    for case in sorted(period.arrivals, key=lambda case: (case.granted_at, case.id)):
        centre.agenda.put(max(case.granted_at, period.since), What.GRANT, case)
    for case_id, at in period.gone:
        centre.agenda.put(max(at, period.since), What.GO, case_id)
    centre.agenda.wake(midnight_after(centre))


def _begin_day(centre: Centre, shares: dict[date, tuple[Integers, Fractions]], watch: Watch | None) -> None:
    centre.day_began = True
    centre.version += 1
    centre.agenda.wake(midnight_after(centre))
    day = centre.now.astimezone(centre.people.zone).date()
    shares[day] = centre.people.in_rotation()
    if watch:
        watch(day)


def _grant(centre: Centre, case: CaseFacts) -> None:
    file = centre.grant(case)
    centre.note("grant", case.id)
    if not centre.policy.walk.start_on_grant and centre.behaviour.planned(case.id):
        centre.note("plan", case.id)
        begin_plan(centre, file)


def _go(centre: Centre, case_id: str) -> None:
    file = centre.undecided.pop(case_id, None)
    if file:
        file.status = Status.WITHDRAWN
        centre.withdraw_offers(file)
        centre.leave_board(file)
        centre.touch(file)


def _result(centre: Centre, shares: dict[date, tuple[Integers, Fractions]], minutes: list[datetime]) -> Played:
    people = centre.people
    return Played(
        policy=centre.policy,
        files=centre.files,
        assignments=tuple(centre.assignments),
        ids=tuple(people.ids),
        listed=tuple(id for id in people.ids if id in people.seen),
        turns=people.turns,
        effort=people.effort,
        passed=_passed(people),
        suspended=people.suspended,
        barred=dict(people.barred),
        refused=centre.refused,
        zone=people.zone,
        in_rotation=shares,
        tally=centre.tally,
        done=tuple(centre.done),
        minutes=tuple(minutes),
    )


def _passed(people: People) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for code, counts in people.passed.items():
        for k in counts.nonzero()[0].tolist():
            found.setdefault(people.ids[k], {})[code] = int(counts[k])
    return found


# fmt: off
ACTS: dict[What, Act] = {
    What.GRANT:     _grant,
    What.GO:        _go,
    What.ANSWER:    undertaking.answer,
    What.CLAIM:     hall.claim,
    What.STAND:     undertaking.stand,
    What.GIVE_BACK: undertaking.give_back,
    What.CLOSE:     undertaking.close,
    What.CONFIRM:   matching.confirm,
}
# fmt: on
