"""Time limits of a case: one table from what happens to what runs; the earlier of law and policy binds.

An act of the case reaches the rows of the case, an act of one assignment the rows of a seat. What already runs is
not begun anew by a further act, unless it names a new day.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case, Clock
from dispatch.domain.chain import Mark
from dispatch.domain.law.deadlines import DEADLINES, MATERIALS_BY, Deadline, Limit
from dispatch.domain.law.deadlines import due_at as end_of_limit
from dispatch.domain.lifecycle import LEFT_EARLY, TRANSITIONS, Event
from dispatch.domain.states import ClockEnd, Milestone
from dispatch.domain.vocabulary import ON_NOTICE, Matter, ReviewCourt, Stage, Status
from dispatch.domain.webhooks import RECEIVE

Act = str
"""An event, a mark, a milestone or the receipt; what gives a seat counts as ``ASSIGN``, in whatever mode."""

SIGN_BY = "T6"
"""From the assignment to the agreement and the power of attorney (《办理法律援助案件程序规定》第二十七条)."""

DECIDE_OBJECTION_BY = "T10"
"""From the objection to a refusal or a termination to the decision of the bureau (《法律援助法》第四十九条)."""

ARRANGE_BY = "T5"
"""From the assignment to an institution to the person it arranges (《办理法律援助案件程序规定》第二十五条)."""

ANSWER_REPLACEMENT_BY = "T11"
"""From the request for another practitioner to its decision."""

SERVE_BY = "T12"
"""Before the hearing, the court's notice and the indictment."""

CLOSE_BY = "T21"
"""From the assignment to the closing day of the stage."""

TRIALS = frozenset({
    Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE, Stage.REMAND, Stage.RETRIAL, Stage.ABSENTIA,
    Stage.COMPULSORY_TREATMENT, Stage.CONFISCATION,
})  # fmt: skip
"""Stages before a court, which is to have the papers of counsel."""

OF_THE_FILE = ("T18a", "T18b")
"""Limits of an assignment that run after its end."""

NAMED = (Status.ENTRUSTED, Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)
"""States in which a unit has the case, or is to arrange somebody for it."""


def always(case: Case) -> bool:
    """Let a limit concern every case."""
    return True


def local(case: Case) -> bool:
    """Tell whether the centre assigns, not the ministry's own one."""
    return case.review_court is not ReviewCourt.SUPREME


def supreme(case: Case) -> bool:
    """Tell whether the Supreme Court reviews a death sentence."""
    return not local(case)


def undecided(case: Case) -> bool:
    """Tell whether there is a decision to take."""
    return case.source not in ON_NOTICE and case.status is Status.RECEIVED


def begins(case: Case) -> bool:
    """Tell whether aid begins now; after a termination that was wrong it goes on."""
    return case.status is not Status.TERMINATED


def tried(case: Case) -> bool:
    """Tell whether a criminal court tries the case."""
    return case.matter is Matter.CRIMINAL and case.stage in TRIALS


def held(case: Case) -> bool:
    """Tell whether a unit has the case."""
    return case.status in NAMED


def organised(case: Case) -> bool:
    """Tell whether a case organ is known."""
    return case.organ is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """
    When a limit begins and how it ends.

    Parameters
    ----------
    code : str
        Its row in ``DEADLINES``.
    starts, met : tuple of Act
        What begins it, and what it asks for.
    ends : Mapping of Act to ClockEnd
        What else ends it.
    of_seat : bool
        Whether each assignment has its own.
    when : callable
        Which cases it concerns, in the state before the act.
    after : str, optional
        The limit at whose end it begins.
    """

    code: str
    starts: tuple[Act, ...]
    met: tuple[Act, ...]
    ends: Mapping[Act, ClockEnd] = field(default_factory=dict)
    of_seat: bool = False
    when: Callable[[Case], bool] = always
    after: str | None = None

    def end_by(self, act: Act) -> ClockEnd | None:
        """Return how the act ends it, if it does."""
        return ClockEnd.MET if act in self.met else self.ends.get(act)


# fmt: off
RULES: tuple[ClockRule, ...] = (
    # T1, T7 and T17a end before the centre hears of the case; T9 is no length of time: aid is granted at once.
    # T19 begins and ends with complaints, which call `start` and `meet` themselves.
    ClockRule(code="T2",   starts=(Event.NOTICE, Milestone.NOTIFIED_AGAIN), met=(Event.ASSIGN,), when=local),
    ClockRule(code="T17b", starts=(Event.NOTICE, Milestone.NOTIFIED_AGAIN), met=(Event.ASSIGN,), when=supreme),
    ClockRule(code="T2b",  starts=(Event.NOTICE,), met=(Milestone.TOLD_COUNSEL,)),
    ClockRule(code="T3",   starts=(RECEIVE, Milestone.MATERIAL_IN), met=(Event.GRANT, Event.REFUSE),
              ends={Milestone.MATERIAL_ASKED: ClockEnd.PAUSED}, when=undecided),
    ClockRule(code="T4",   starts=(Event.GRANT, Event.OVERTURN), met=(Event.ASSIGN,), when=begins),
    # What aid that came first still asks for is begun with the day that was set, by the command that grants it.
    ClockRule(code=MATERIALS_BY, starts=(), met=(Milestone.MATERIAL_IN,)),
    ClockRule(code=ARRANGE_BY, starts=(Event.ENTRUST,), met=(Event.ARRANGE,),
              ends={Event.RECALL: ClockEnd.VOID, Event.EXPIRE: ClockEnd.VOID}),
    ClockRule(code=SIGN_BY, starts=(Event.ASSIGN,), met=(Event.SIGN,), ends={Event.UNDERTAKE: ClockEnd.EXCUSED},
              of_seat=True),
    ClockRule(code="T8",   starts=(Milestone.MATERIAL_ASKED,), met=(Milestone.MATERIAL_IN,)),
    ClockRule(code=DECIDE_OBJECTION_BY, starts=(Mark.CONTEST,), met=(Event.OVERTURN, Mark.DISMISS),
              ends={Event.CORRECT: ClockEnd.VOID}),
    ClockRule(code=ANSWER_REPLACEMENT_BY, starts=(Mark.ASK_REPLACEMENT,), met=(Event.REPLACE, Mark.KEEP), of_seat=True),
    ClockRule(code=SERVE_BY, starts=(Milestone.HEARING,), met=(Milestone.SERVED,), when=tried),
    ClockRule(code="T13",  starts=(Event.ASSIGN,), met=(Milestone.PAPERS,), of_seat=True, when=tried),
    ClockRule(code="T14",  starts=(Milestone.COUNSEL_REFUSED,), met=(Event.RETAIN,),
              ends={Milestone.NOTIFIED_AGAIN: ClockEnd.VOID}, when=tried),
    ClockRule(code="T15",  starts=(Milestone.COUNSEL_REFUSED,), met=(Milestone.NOTIFIED_AGAIN,), when=tried,
              after="T14"),
    ClockRule(code="T16",  starts=(Milestone.ADJOURNED,), met=(Milestone.RESUMED,), when=tried),
    ClockRule(code="T18a", starts=(Event.CLOSE,), met=(Milestone.FILE_IN,), of_seat=True),
    ClockRule(code="T18b", starts=(Milestone.FILE_IN,), met=(Milestone.PAID,), of_seat=True),
    ClockRule(code="T20a", starts=(Event.TERMINATE, Event.RETAIN), met=(Milestone.TOLD_RECIPIENT,)),
    ClockRule(code="T20b", starts=(Event.TERMINATE, Event.RETAIN), met=(Milestone.TOLD_INSTITUTION,), when=held),
    ClockRule(code="T20c", starts=(Event.TERMINATE, Event.RETAIN), met=(Milestone.TOLD_ORGAN,), when=organised),
    ClockRule(code=CLOSE_BY, starts=(Event.ASSIGN, Milestone.CLOSE_BY), met=(Event.CLOSE,)),
)

CLEARS = frozenset(event for (_, event), after in TRANSITIONS.items() if after in LEFT_EARLY)
"""Acts of a case after which nothing that still runs is due."""

CLEARS_SEAT = frozenset({Event.CLOSE, Event.DECLINE, Event.EXPIRE, Event.REPLACE})
"""Acts of an assignment after which nothing that still runs for it is due."""

RENEWS = frozenset({Milestone.NOTIFIED_AGAIN, Milestone.HEARING, Milestone.ADJOURNED, Milestone.CLOSE_BY})
"""Milestones that name a new day: what runs is begun anew."""

OF_CASEWORK = frozenset(rule.code for rule in RULES)
# fmt: on


class Reckoned(NamedTuple):
    """A limit that ends at another moment than it was thought to."""

    clock: Clock
    was: datetime
    now: datetime


def follow(
    host: Host,
    case: Case,
    act: Act,
    assignment: Assignment | None = None,
    at: datetime | None = None,
    due_at: datetime | None = None,
) -> dict[str, list[str]]:
    """Let the limits end and begin that the act ends and begins; say it before the case has moved.

    Parameters
    ----------
    at : datetime, optional
        When it happened; now if left out.
    due_at : datetime, optional
        The end that was named for what begins.

    Returns
    -------
    dict
        ``clock_ids`` of what has stopped and ``begun_clock_ids``, for a correction.
    """
    at = at or host.now
    rules = [rule for rule in RULES if rule.of_seat is (assignment is not None)]
    stopped = [
        id for rule in rules if (end := rule.end_by(act)) for id in stop(host, case, rule.code, end, assignment, at)
    ]
    if act in (CLEARS_SEAT if assignment else CLEARS):
        stopped += void(host, case, assignment)
    begun = []
    for rule in rules:
        if act in rule.starts and rule.when(case):
            if act in RENEWS:
                stopped += stop(host, case, rule.code, ClockEnd.VOID, assignment)
            begun += _begin(host, case, rule, assignment, at, due_at)
    return {name: ids for name, ids in (("clock_ids", stopped), ("begun_clock_ids", begun)) if ids}


def joined(first: Mapping[str, list[str]], second: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return what two acts have stopped and begun as the doing of one."""
    return {name: [*first.get(name, []), *second.get(name, [])] for name in {**first, **second}}


def start(
    host: Host,
    case: Case,
    code: str,
    assignment: Assignment | None = None,
    since: datetime | None = None,
    due_at: datetime | None = None,
) -> Clock:
    """Let a limit run for the case, or for one assignment of it; a notice may name the moment it ends itself."""
    since = since or host.now
    end = Deadline(due_at, estimated=False, source=()) if due_at else end_of(host, case, code, since)
    return host.start_clock(case, code, since, end, assignment, fixed=due_at is not None)


def meet(
    host: Host, case: Case, code: str, assignment: Assignment | None = None, at: datetime | None = None
) -> list[str]:
    """Stop a limit, because what it asked for was done: now, or at the moment named; return the ids of what ran."""
    return stop(host, case, code, ClockEnd.MET, assignment, at)


def stop(
    host: Host,
    case: Case,
    code: str,
    became: ClockEnd,
    assignment: Assignment | None = None,
    at: datetime | None = None,
) -> list[str]:
    """Stop a limit for another reason; return the ids of what ran."""
    return _stop(host, running(host, case, code, assignment), became, at)


def void(host: Host, case: Case, assignment: Assignment | None = None) -> list[str]:
    """Stop what runs for an assignment that is over, or for a case that has left; return the ids of what ran.

    What a complaint has begun runs on.
    """
    runs = [clock for clock in running(host, case, None, assignment) if clock.code in OF_CASEWORK]
    return _stop(host, runs, ClockEnd.VOID, None)


def resume(host: Host, case: Case, clock_ids: Collection[str]) -> None:
    """Let limits that were stopped run on, to the same moment as before; not those of a seat given back since."""
    for clock in host.clocks(case):
        if clock.id in clock_ids and not _is_over(host, clock):
            host.resume_clock(clock)


def _is_over(host: Host, clock: Clock) -> bool:
    ended = clock.assignment_id is not None and host.assignment(clock.assignment_id).ended_at is not None
    return ended and clock.code not in OF_THE_FILE


def annul(host: Host, case: Case, clock_ids: Collection[str]) -> None:
    """Stop what began with an act that is undone."""
    _stop(host, [clock for clock in running(host, case) if clock.id in clock_ids], ClockEnd.VOID, None)


def running(host: Host, case: Case, code: str | None = None, assignment: Assignment | None = None) -> list[Clock]:
    """Return the limits that run, of one code or of one assignment where they are named."""
    wanted = (code, assignment.id if assignment else None)
    return [
        clock for clock in host.clocks(case)
        if clock.stopped_at is None and all(
            asked in (None, has) for asked, has in zip(wanted, (clock.code, clock.assignment_id), strict=True)
        )
    ]  # fmt: skip


def due_of(host: Host, assignment: Assignment, code: str) -> datetime | None:
    """Return when a limit of the assignment ends that runs."""
    case = host.case(assignment.case_id)
    return next((clock.due_at for clock in running(host, case, code, assignment)), None)


def end_of(host: Host, case: Case, code: str, since: datetime) -> Deadline:
    """Return when a limit ends that began then, by the calendar and the policy as they are now."""
    policy = host.policy
    return end_of_limit(
        code,
        since,
        detained=case.detained,
        calendar=host.office.days,
        limits=limits_of(host, case),
        time_zone=policy.time_zone,
    )


def limits_of(host: Host, case: Case) -> Mapping[str, Limit]:
    """Return the centre's own limits for the case."""
    closing = host.policy.closing_limit(case.matter, case.stage)
    return host.policy.deadlines | ({CLOSE_BY: closing} if closing else {})


def reckon(host: Host, case: Case) -> list[Reckoned]:
    """Let every limit that runs end where it does by what is known now; return those that have moved.

    A moment that was named stays.
    """
    return [moved for clock in running(host, case) if (moved := _reckon(host, case, clock))]


def _reckon(host: Host, case: Case, clock: Clock) -> Reckoned | None:
    if clock.fixed or not _has_length(host, case, clock.code):
        return None
    was, end = clock.due_at, end_of(host, case, clock.code, clock.started_at)
    host.reckon_clock(clock, end)
    return Reckoned(clock, was, end.at) if was != end.at else None


def _begin(
    host: Host,
    case: Case,
    rule: ClockRule,
    assignment: Assignment | None,
    at: datetime,
    due_at: datetime | None,
) -> list[str]:
    if running(host, case, rule.code, assignment) or (due_at is None and not _has_length(host, case, rule.code)):
        return []
    since = end_of(host, case, rule.after, at).at if rule.after else _less_pauses(host, case, rule, at)
    return [start(host, case, rule.code, assignment, since, due_at).id]


def _less_pauses(host: Host, case: Case, rule: ClockRule, at: datetime) -> datetime:
    """Return from when a limit counts that was paused: as much later than before as the pause was long."""
    paused = [each for each in host.clocks(case) if each.code == rule.code and each.became is ClockEnd.PAUSED]
    if not paused or paused[-1].stopped_at is None:
        return at
    return paused[-1].started_at + (at - paused[-1].stopped_at)


def _has_length(host: Host, case: Case, code: str) -> bool:
    return DEADLINES[code].limit is not None or code in limits_of(host, case)


def _stop(host: Host, clocks: Iterable[Clock], became: ClockEnd, at: datetime | None) -> list[str]:
    stopped = list(clocks)
    for clock in stopped:
        host.stop_clock(clock, became, at or host.now)
    return [clock.id for clock in stopped]
