"""One's own cases: what each is about, what is due when, and what its reader may do next."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from dispatch.casework.undertaking import WORKING
from dispatch.domain.law.citations import Citations
from dispatch.domain.law.deadlines import DEADLINES, Obliged
from dispatch.domain.next_acts import ACTS, NextAct, Situation, acts_of, situation_of
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import Cause
from dispatch.registry import own
from dispatch.registry.docket.roster import read_day
from dispatch.registry.own import Tie
from dispatch.registry.policies import load_in_force
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseRow, ClockRow, OfferRow, PractitionerRow
from dispatch.registry.transaction import Read

OFFICIAL = frozenset({Obliged.CENTRE, Obliged.BUREAU})
"""Whose limits are no business of who works on a case."""

ANSWER_BY = ("答复征询的期限", "until when the offer is to be answered")


class CaseDeadline(NamedTuple):
    """A time limit that runs, in both languages, and what it rests on."""

    at: datetime
    estimated: bool
    zh: str
    en: str
    source: Citations


class OwnCase(NamedTuple):
    """A case of one's own; ``tie`` is what makes it so, ``practitioner`` who is asked or named."""

    case: CaseRow
    cause: Cause | None
    tie: OfferRow | AssignmentRow | ArrangementRow
    practitioner: PractitionerRow | None
    situation: Situation
    deadlines: list[CaseDeadline]
    may: tuple[NextAct, ...]

    @property
    def next(self) -> NextAct | None:
        """What the reader has to do; nothing if somebody else is due."""
        return next((act for act in self.may if act is ACTS[self.situation][0]), None)


def own_cases(read: Read, actor: Actor, now: datetime) -> list[OwnCase]:
    """Return what a practitioner, or the people of an institution, are asked about or have in hand, by what is due."""
    require(actor, Verb.READ_OWN_CASE)
    with read() as session:
        ties = own.open_ties(session, actor, read_day(session, actor.centre_id, now).today)
        clocks = own.running_clocks(session, {tie.case.id for tie in ties})
        people = own.people(session, {id for tie in ties if (id := getattr(tie.row, "practitioner_id", None))})
        causes = load_in_force(session, actor.centre_id).policy.catalogue.by_code if ties else {}
    running = defaultdict(list)
    for clock in clocks:
        running[clock.case_id].append(clock)
    return sorted((_own_case(actor, tie, running[tie.case.id], people, causes) for tie in ties), key=_urgency)


def _own_case(
    actor: Actor,
    tie: Tie,
    clocks: Sequence[ClockRow],
    people: Mapping[str, PractitionerRow],
    causes: Mapping[str, Cause],
) -> OwnCase:
    situation = _situation(tie)
    return OwnCase(
        case=tie.case,
        cause=causes.get(tie.case.cause),
        tie=tie.row,
        practitioner=people.get(getattr(tie.row, "practitioner_id", "")),
        situation=situation,
        deadlines=_deadlines(tie, clocks),
        may=tuple(
            act for act in acts_of(situation, actor.role) if act is not NextAct.CLOSE or tie.case.status in WORKING
        ),
    )


def _situation(tie: Tie) -> Situation:
    if isinstance(tie.row, AssignmentRow):
        return situation_of(tie.row)
    return Situation.OFFERED if isinstance(tie.row, OfferRow) else Situation.ENTRUSTED


def _deadlines(tie: Tie, clocks: Sequence[ClockRow]) -> list[CaseDeadline]:
    answer = [CaseDeadline(tie.row.expires_at, False, *ANSWER_BY, ())] if isinstance(tie.row, OfferRow) else []
    return answer + [
        _due(clock) for clock in clocks
        if clock.assignment_id == tie.row.id
        or (clock.assignment_id is None and DEADLINES[clock.code].whose not in OFFICIAL)
    ]  # fmt: skip


def _due(clock: ClockRow) -> CaseDeadline:
    row = DEADLINES[clock.code]
    return CaseDeadline(clock.due_at, clock.due_estimated, row.zh, row.en, row.source)


def _urgency(each: OwnCase) -> tuple[bool, datetime | str, str]:
    first = min((due.at for due in each.deadlines), default=None)
    return (first is None, first or each.case.number, each.tie.id)
