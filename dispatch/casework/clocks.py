"""Time limits of a case: started, met and stopped by what happens to it; the earlier of law and policy binds."""

from datetime import datetime

from dispatch.casework.host import Host
from dispatch.casework.records import Assignment, Case
from dispatch.domain import calendar
from dispatch.domain.law.deadlines import Deadline
from dispatch.domain.law.deadlines import due_at as end_of_limit
from dispatch.domain.states import ClockEnd

SIGN_BY = "T6"
"""From the assignment to the agreement and the power of attorney (《办理法律援助案件程序规定》第二十七条)."""

DECIDE_OBJECTION_BY = "T10"
"""From the objection to a refusal or a termination to the decision of the bureau (《法律援助法》第四十九条)."""


ARRANGE_BY = "T5"
"""From the assignment to an institution to the person it arranges (《办理法律援助案件程序规定》第二十五条)."""

ANSWER_REPLACEMENT_BY = "T11"
"""From the request for another practitioner to its decision."""


def start(
    host: Host, case: Case, code: str, assignment: Assignment | None = None, due_at: datetime | None = None
) -> datetime:
    """Let a time limit run from now, for the case or for one assignment of it; return when it ends.

    A notice may name the moment itself.
    """
    policy = host.policy
    end = end_of_limit(
        code,
        host.now,
        detained=case.detained,
        calendar=calendar.china(),
        limits=policy.deadlines,
        time_zone=policy.time_zone,
    )
    end = end if due_at is None else Deadline(due_at, estimated=False, source=())
    host.start_clock(case, code, end, assignment)
    return end.at


def meet(
    host: Host, case: Case, code: str, assignment: Assignment | None = None, at: datetime | None = None
) -> list[str]:
    """Stop a limit, because what it asked for was done: now, or at the moment named; return the ids of what ran."""
    return host.stop_clocks(case, ClockEnd.MET, code, assignment, at)


def excuse(host: Host, case: Case, code: str, assignment: Assignment) -> list[str]:
    """Stop a limit, because of an obstacle that the law accepts; return the ids of what ran."""
    return host.stop_clocks(case, ClockEnd.EXCUSED, code, assignment)


def void(host: Host, case: Case, assignment: Assignment | None = None) -> list[str]:
    """Stop whatever runs for an assignment that is over, or for a case that has left; return the ids of what ran."""
    return host.stop_clocks(case, ClockEnd.VOID, None, assignment)
