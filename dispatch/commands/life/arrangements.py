"""The institution's step: it arranges its person for a case, gives the case back, or its time runs out."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import col

from dispatch.casework import arrangement
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError, NotFoundError, ReasonRequiredError, stated
from dispatch.domain.lifecycle import UNDECIDED, UNNAMED, Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.states import ArrangementState, GivingBack
from dispatch.registry import own
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import due
from dispatch.registry.policies import load_in_force
from dispatch.registry.reads import get
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import ArrangementRow, CaseRow, InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read

LAPSED = select_rows(ArrangementRow.centre_id, ArrangementRow.case_id).where(
    col(ArrangementRow.state) == ArrangementState.OPEN
)


class ArrangementChoice(NamedTuple):
    """Somebody of the institution, and what keeps them from the case."""

    person: PractitionerRow
    refusals: tuple[Refusal, ...]


class Entrusted(NamedTuple):
    """A case that was given to an institution to arrange its person."""

    row: ArrangementRow
    institution: str
    case_number: str


def entrust(
    begin: Begin,
    actor: Actor,
    now: datetime,
    case_id: str,
    institution_id: str,
    reason: str,
    arrange_by: datetime | None = None,
) -> ArrangementRow:
    """Give a waiting case to an institution that arranges its person; anyone being asked is no longer asked.

    The institution has the time of the law and of the policy, unless the notice names another moment. Idempotent.
    """
    require(actor, Verb.DESIGNATE)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    if arrange_by is not None and arrange_by <= now:
        expected = stated("晚于现在的时间", "a moment to come")
        raise InvalidFieldError(field="arrange_by", value=arrange_by.isoformat(), expected=expected)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        get(tx.session, InstitutionRow, actor.centre_id, institution_id)
        case = host.case(case_id)
        given = host.open_arrangement(case_id)
        if given is not None and given.institution_id == institution_id:
            return given
        if case.status not in UNDECIDED:
            raise IllegalTransitionError(status=case.status.value, event=Event.ENTRUST.value)
        arrangement.recall(host, case)
        arrangement.entrust(host, case, institution_id, arrange_by)
        made = host.open_arrangement(case_id)
        assert made is not None
        made.note = reason.strip()
        return made


def arrange(begin: Begin, actor: Actor, now: datetime, arrangement_id: str, practitioner_id: str) -> ArrangementRow:
    """Name the institution's person for the case, which assigns it to them. Idempotent."""
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        given = _own(host, actor, arrangement_id)
        if given.assignment_id and host.assignment(given.assignment_id).practitioner_id == practitioner_id:
            return given
        case = host.case(given.case_id)
        _require_open(given, case.status.value, Event.ARRANGE, now)
        assignment = arrangement.arrange(host, case, given, practitioner_id)
        given.assignment_id = assignment.id
        return given


def choices(read: Read, actor: Actor, now: datetime, arrangement_id: str) -> list[ArrangementChoice]:
    """Return the institution's people with the rules against each for the case; who may take it first, by load."""
    require(actor, Verb.ARRANGE)
    with read() as session:
        given = get(session, ArrangementRow, actor.centre_id, arrangement_id)
        _require_of(actor, given)
        policy = load_in_force(session, actor.centre_id).policy
        facts = load_docket(session, actor.centre_id, [given.case_id], now, UNNAMED)
        docket = Docket.build(facts, policy)
        ours = {each.id for each in docket.facts.practitioners if each.institution_id == given.institution_id}
        people = own.people(session, ours)
    if not docket.n:
        return []
    why = eligible(docket).why_row(0)
    found = [
        ArrangementChoice(people[id], tuple(why[j]))
        for j in range(docket.m)
        if (id := docket.practitioner_at(j).id) in people
    ]
    return sorted(found, key=lambda each: (bool(each.refusals), each.person.code))


def read_arrangement(read: Read, actor: Actor, arrangement_id: str) -> Entrusted:
    """Return a case that was given to an institution, with the name of the institution and the number of the case."""
    require(actor, Verb.ARRANGE)
    with read() as session:
        given = get(session, ArrangementRow, actor.centre_id, arrangement_id)
        _require_of(actor, given)
        house = session.get_one(InstitutionRow, given.institution_id)
        return Entrusted(given, house.name, session.get_one(CaseRow, given.case_id).number)


def decline(begin: Begin, actor: Actor, now: datetime, arrangement_id: str, reason: GivingBack) -> ArrangementRow:
    """Give the case back: nobody of the institution is asked again for it, and it goes on to others. Idempotent."""
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        given = _own(host, actor, arrangement_id)
        if given.state is ArrangementState.DECLINED:
            return given
        case = host.case(given.case_id)
        _require_open(given, case.status.value, Event.RECALL, now)
        arrangement.decline(host, case, given, reason)
        return given


def expire_arrangements(begin: Begin, read: Read, now: datetime) -> int:
    """End what institutions did not arrange in time; return how many cases moved."""
    with read() as session:
        found = due(session, LAPSED.where(col(ArrangementRow.due_at) <= now))
    moved = 0
    for centre_id, case_ids in found.items():
        for case_id in case_ids:
            with begin() as tx:
                moved += arrangement.lapse(RegisterHost(tx, centre_id, None, now), case_id)
    return moved


def _own(host: RegisterHost, actor: Actor, arrangement_id: str) -> ArrangementRow:
    require(actor, Verb.ARRANGE)
    given = host.tx.lock(ArrangementRow, arrangement_id, actor.centre_id)
    _require_of(actor, given)
    return given


def _require_of(actor: Actor, given: ArrangementRow) -> None:
    if Verb.DESIGNATE not in PERMISSIONS[actor.role] and given.institution_id != actor.institution_id:
        raise NotFoundError(what="arrangement", id=given.id)


def _require_open(given: ArrangementRow, status: str, event: Event, now: datetime) -> None:
    if given.state is not ArrangementState.OPEN or given.due_at <= now:
        raise IllegalTransitionError(status=status, event=event.value)
