"""Who is asked: for a question that is open only while somebody is away, that somebody is on leave.

The one place for every mode that asks before it binds: rotation, continuity, wishes, runs that ask, and officers;
and for readers of who is next in turn.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from dispatch.casework.offers import answer_by
from dispatch.casework.records import Case, Judged, Plan, Records
from dispatch.domain.chain import Because, chain_for, chain_named, end_of_step, is_last
from dispatch.domain.docket.absence import joined
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.docket.reach import Spans, away_spans, back_from, can_answer
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.eligibility.table import RULES_BY_CODE, eligible
from dispatch.domain.errors import OutOfHoursError
from dispatch.domain.vocabulary import ModeName

ON_LEAVE = RULES_BY_CODE["not_on_leave"]


class Attendance:
    """When people are there from now on, as far as a question asked now can be open."""

    def __init__(self, records: Records, until: datetime) -> None:
        self._records = records
        zone = records.office.zone
        first, last = (at.astimezone(zone).date() for at in (records.now, max(records.now, until)))
        found = records.absences(last)
        self._away = {who: away_spans(absences, zone, first, last) for who, absences in found.items()}
        self._answered: dict[tuple[Spans, datetime], bool] = {}
        """Most of those who are away are so all the time that is asked about: they are all alike."""

    def ever_away(self, people: Sequence[PractitionerFacts]) -> list[int]:
        """Return which of these people are away at some time, by their place."""
        away = self._away
        return [j for j, each in enumerate(people) if each.id in away or each.institution_id in away]

    def can_answer(self, person: PractitionerFacts, until: datetime) -> bool:
        """Tell whether the person is there for the least time to answer a question that is open until then."""
        away, records = tuple(self._of(person)), self._records
        if (away, until) not in self._answered:
            least = records.policy.walk.wish_hours
            self._answered[away, until] = not away or can_answer(records.office, away, records.now, until, least)
        return self._answered[away, until]

    def back_at(self, person: PractitionerFacts) -> datetime:
        """Return from when in office hours the person is there."""
        return back_from(self._records.office, self._of(person), self._records.now)

    def _of(self, person: PractitionerFacts) -> Spans:
        own, of_house = self._away.get(person.id, ()), self._away.get(person.institution_id, ())
        return joined([*own, *of_house]) if own and of_house else own or of_house


def for_asking(records: Records, judged: Judged, until: datetime) -> Judged:
    """Return the docket of a question that is open until then: those away for all that time are on leave in it.

    No other rule yields to that: hours away make nobody fit who was not.
    """
    docket, eligibility = judged
    away = _away(records, docket, until)
    if not away.any():
        return judged
    return docket.without(away), eligibility.barring(ON_LEAVE, away)


def for_step(records: Records, judged: Judged, ends_at: datetime | None) -> Judged:
    """Return the docket of a question put now in a step that ends then; the same one where nobody may take the case."""
    docket, eligibility = judged
    if docket.n and not eligibility.row(0).any():
        return judged
    return for_asking(records, judged, answer_by(records.now, ends_at, records.policy, records.office))


def for_turn(records: Records, judged: Judged) -> Judged:
    """Return the docket in which the chain looks for the person next in turn: for its one case, or without a case."""
    docket, _ = judged
    return for_step(records, judged, _end_of_turn(records, docket) if docket.n else _longest_turn(records))


def for_run(records: Records, judged: Judged) -> Judged:
    """Return the docket of a run whose proposals are asked first, and who may take its cases.

    It says so itself, so that solving it again gives the same result. Where that would let the rule for girls yield,
    it says nothing, and who is away is found when the proposals are applied.
    """
    docket, plain = judged
    if not records.policy.walk.ask_after_runs or not docket.n:
        return judged
    away = _away(records, docket, records.office.after(records.now, records.policy.walk.answer_hours))
    if not away.any():
        return judged
    asked = docket.without(away)
    eligibility = eligible(asked)
    return judged if (eligibility.needs_reason & ~plain.needs_reason).any() else (asked, eligibility)


def require_there(
    records: Records, docket: Docket, case: Case, practitioner_ids: Sequence[str], plan: Plan | None
) -> None:
    """
    Refuse to ask somebody who is away for as long as the question would be open.

    Raises
    ------
    OutOfHoursError
        With the moment from which they are there again, as far as it lies within the time to answer.
    """
    until = answer_by(records.now, plan.ends_at if plan else None, records.policy, records.office)
    reach = Attendance(records, until)
    for practitioner_id in practitioner_ids:
        person = docket.practitioner_at(docket.column_of(practitioner_id))
        if not reach.can_answer(person, until):
            back_at = reach.back_at(person).isoformat()
            facts = {"expires_at": until.isoformat(), "back_at": back_at}
            raise OutOfHoursError(case_id=case.id, practitioner_id=practitioner_id, **facts)


def _end_of_turn(records: Records, docket: Docket) -> datetime | None:
    """Return when the rotation's step of the case ends: the one it is in, or the one to come as if that began now."""
    case = docket.case_at(0)
    plan = records.open_plan(case.id)
    if plan is not None and plan.mode is ModeName.ROTATION:
        return plan.ends_at
    policy = records.policy_of(plan) if plan else records.policy
    chain = chain_named(policy, plan.chain) if plan else chain_for(case, policy)
    coming = range(plan.step + 1 if plan else 0, len(chain.steps))
    step = next((step for step in coming if chain.steps[step].mode is ModeName.ROTATION), None)
    end = None if step is None else end_of_step(chain, step, records.now, case.due_at, policy, records.office)
    return None if isinstance(end, Because) else end


def _longest_turn(records: Records) -> datetime:
    """Return until when a question in turn is open at most, whatever the chain, if its step began now."""
    chains, usual = records.policy.chains, records.policy.walk.answer_hours
    turns = ((chain, k) for chain in chains for k, step in enumerate(chain.steps) if step.mode is ModeName.ROTATION)
    hours = (usual if is_last(chain, k) else chain.steps[k].hours or 0 for chain, k in turns)
    return records.office.after(records.now, max(hours, default=usual))


def _away(records: Records, docket: Docket, until: datetime) -> Mask:
    people, reach = docket.facts.practitioners, Attendance(records, until)
    away = np.zeros(docket.m, bool)
    for j in reach.ever_away(people):
        away[j] = not reach.can_answer(people[j], until)
    return away
