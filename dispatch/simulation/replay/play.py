"""Plays a period: minute by minute where anything happens, first what people do, then what is automatic."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dispatch.domain.docket.columns import Fractions, Integers
from dispatch.domain.period import Period
from dispatch.domain.policy.schema import Policy
from dispatch.simulation.host import MemoryHost
from dispatch.simulation.replay.acts import ACTS
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.behaviour import Behaviour
from dispatch.simulation.replay.centre import Act, Happened, LedgerLine, Tally
from dispatch.simulation.replay.files import Assignment, File
from dispatch.simulation.replay.people import People
from dispatch.simulation.replay.tasks import LOOKS, TASKS, midnight_after, night_of

Watch = Callable[[date], None]
"""Told of each day that begins; may raise to stop."""


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
    acts: tuple[Act, ...]
    history: tuple[Happened, ...]
    ledger: tuple[LedgerLine, ...]
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
    host = MemoryHost(period, policy, behaviour, yardstick)
    _write_agenda(host)
    minutes: list[datetime] = []
    shares: dict[date, tuple[Integers, Fractions]] = {}
    while (coming := host.agenda.next_minute()) and coming.at < period.until:
        host.now = coming.at
        if host.people.begin_day(host.now):
            _begin_day(host, shares, watch)
        for due in coming.dues:
            ACTS[due.what](host, *due.about)
        only_look = coming.only_look and not host.stirred
        host.begin_tasks(coming.case_ids)
        for task in LOOKS if only_look else TASKS:
            task(host)
        minutes.append(host.now)
    return _result(host, shares, minutes)


def _write_agenda(host: MemoryHost) -> None:
    period, people = host.period, host.people
    people.begin_day(period.since)
    for earlier in period.earlier:
        assignment = host.remember(earlier)
        if assignment.ended_at:
            people.remember(assignment)
            continue
        people.take_earlier(assignment)
        if earlier.ends_at is None:
            works = host.behaviour.works(earlier.case_id, earlier.practitioner_id)
            host.agenda.put(max(earlier.assigned_at + works, period.since), What.CLOSE, assignment)
        else:
            host.agenda.put(earlier.ends_at, What.CLOSE, assignment)
    for learned in period.learned:
        host.agenda.put(learned.at, What.LEARN, learned)
    for case in sorted(period.arrivals, key=lambda case: (case.entitled_at, case.id)):
        host.agenda.put(max(case.entitled_at, period.since), What.GRANT, case)
    for each in period.named:
        host.agenda.put(max(each.at, period.since), What.WISH, each.case_id, each.practitioner_ids)
    for case_id, at, event in period.gone:
        host.agenda.put(max(at, period.since), What.LEAVE, case_id, event)
    for who in host.behaviour.hand_overs(period, host.office):
        if who.at >= period.since:
            host.agenda.put(who.at, What.HAND_OVER, who)
    host.agenda.wake(midnight_after(host))


def _begin_day(host: MemoryHost, shares: dict[date, tuple[Integers, Fractions]], watch: Watch | None) -> None:
    host.day_began = True
    host.version += 1
    host.agenda.wake(night_of(host))
    host.agenda.wake(midnight_after(host))
    day = host.now.astimezone(host.people.zone).date()
    shares[day] = host.people.in_rotation()
    if watch:
        watch(day)


def _result(host: MemoryHost, shares: dict[date, tuple[Integers, Fractions]], minutes: list[datetime]) -> Played:
    people = host.people
    return Played(
        policy=host.policy,
        files=host.files,
        assignments=tuple(host.assignments),
        ids=tuple(people.ids),
        listed=tuple(id for id in people.ids if id in people.seen),
        turns=people.turns,
        effort=people.effort,
        passed=_passed(people),
        suspended=people.suspended,
        barred=dict(people.barred),
        refused=host.refused,
        zone=people.zone,
        in_rotation=shares,
        tally=host.tally,
        acts=tuple(host.acts),
        history=tuple(host.history),
        ledger=tuple(host.ledger),
        minutes=tuple(minutes),
    )


def _passed(people: People) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for code, counts in people.passed.items():
        for k in counts.nonzero()[0].tolist():
            found.setdefault(people.ids[k], {})[code] = int(counts[k])
    return found
