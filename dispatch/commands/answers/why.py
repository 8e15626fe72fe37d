"""Why a case has who it has, and why not somebody else: told to officers, practitioners and recipients."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from dispatch.commands.answers.days import judged_then, one_at_a_time, solved, today
from dispatch.commands.answers.names import Names, names_of
from dispatch.domain.chain import guarded
from dispatch.domain.docket.docket import Docket
from dispatch.domain.errors import NotFoundError
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.vocabulary import ModeName, Role, Term
from dispatch.registry.reads import counsel, get
from dispatch.registry.tables import AssignmentRow, CaseRow, PractitionerRow, RunRow
from dispatch.registry.transaction import Read
from dispatch.simulation.evidence.repair import OpenCase, areas_of, why_open
from dispatch.simulation.evidence.why import CaseStanding, Why, why_as_registered, why_on_day


# fmt: off
class Basis(Term):
    """What an answer rests on."""

    TODAY    = "today",    "按现在的登记测算",             "today's register: a run asked for now"
    RUN      = "run",      "匹配批次当时的数据和结果",     "the run that decided, with its data and its proof"
    REGISTER = "register", "指派当时登记的数据",           "the register as it was when somebody was named"
# fmt: on


class Reader(Term):
    """How much of an answer is shown."""

    OFFICER = "officer", "经办人员", "all of it"
    PRACTITIONER = "practitioner", "承办人员本人", "one's own figures"
    RECIPIENT = "recipient", "受援人", "plain words"


class WhyAnswer(NamedTuple):
    """An answer about a case: on what it rests, of when, by which mode the case was given, and in whose words."""

    case: CaseRow
    reader: Reader
    basis: Basis
    at: datetime
    run_id: str | None
    mode: ModeName | None
    why: Why
    open: OpenCase | None
    """Why a seat has nobody, and what would help; only where the case was matched with a day."""
    names: Names
    cases: int
    """How many cases were decided together."""


class _Found(NamedTuple):
    basis: Basis
    at: datetime
    run_id: str | None
    mode: ModeName | None
    docket: Docket
    why: Why | None
    open: OpenCase | None = None


def why_case(read: Read, actor: Actor, now: datetime, case_id: str, practitioner_id: str | None = None) -> WhyAnswer:
    """
    Return why the case has who it has, and how a practitioner compares for it; nothing is written.

    Raises
    ------
    NotFoundError
        If the case is not the reader's to ask about, nobody was ever named, or the practitioner is not on that day.
    """
    require(actor, Verb.READ_WHY)
    reader = reader_of(actor)
    asked = ASKED[reader](actor, practitioner_id)
    with one_at_a_time(), read() as session:
        case = _case(session, actor, reader, case_id)
        if asked is not None:
            get(session, PractitionerRow, actor.centre_id, asked)
        found = _found(session, case, now, asked, reader)
        if found.why is None:
            raise NotFoundError(what="practitioner", id=asked)
        _require_own(reader, case, found.why)
        names, cases = _names(session, actor, found, found.why), len(found.docket.facts.cases)
        return WhyAnswer(case, reader, *found[:4], found.why, found.open, names, cases)


def reader_of(actor: Actor) -> Reader:
    """Return how much the actor reads of an answer."""
    if Verb.READ_CANDIDATES in PERMISSIONS[actor.role]:
        return Reader.OFFICER
    return Reader.RECIPIENT if actor.role is Role.RECIPIENT else Reader.PRACTITIONER


def _anyone(actor: Actor, asked: str | None) -> str | None:
    return asked


def _oneself(actor: Actor, asked: str | None) -> str | None:
    if actor.practitioner_id is None or asked not in (None, actor.practitioner_id):
        raise NotFoundError(what="practitioner", id=asked)
    return actor.practitioner_id


def _nobody(actor: Actor, asked: str | None) -> None:
    if asked is not None:
        raise NotFoundError(what="practitioner", id=asked)


ASKED: dict[Reader, Callable[[Actor, str | None], str | None]] = {
    Reader.OFFICER: _anyone,
    Reader.PRACTITIONER: _oneself,
    Reader.RECIPIENT: _nobody,
}
"""About whom each reader may ask."""


def _case(session: Session, actor: Actor, reader: Reader, case_id: str) -> CaseRow:
    case = get(session, CaseRow, actor.centre_id, case_id)
    strange = reader is Reader.RECIPIENT and actor.case_id != case_id
    if strange or (reader is Reader.PRACTITIONER and case.status in UNNAMED):
        raise NotFoundError(what="legal_case", id=case_id)
    return case


def _require_own(reader: Reader, case: CaseRow, why: Why) -> None:
    """Tell practitioners only of cases they have, or were eligible for and that may be on the board."""
    if reader is not Reader.PRACTITIONER:
        return
    standing = why.asked.standing if why.asked else CaseStanding.REFUSED
    if standing is CaseStanding.REFUSED or (guarded(case) and standing is not CaseStanding.CHOSEN):
        raise NotFoundError(what="legal_case", id=case.id)


def _found(session: Session, case: CaseRow, now: datetime, asked: str | None, reader: Reader) -> _Found:
    """Return the answer on the day it is about, and that day."""
    if case.status in UNNAMED:
        day = today(session, case.centre_id, now, [case.id])
        shut_in = why_open(day, case.id) if reader is Reader.OFFICER else None
        return _Found(Basis.TODAY, now, None, None, day.docket, why_on_day(day, case.id, asked), shut_in)
    named = [each.assignment for each in counsel(session, case.id)]
    if not named:
        raise NotFoundError(what="assignment", id=case.id)
    row = named[0]
    if (run := _run_of(session, row)) is not None:
        day = solved(run)
        return _Found(Basis.RUN, row.assigned_at, run.id, row.mode, day.docket, why_on_day(day, case.id, asked))
    judged = judged_then(session, row, [case.id])
    why = why_as_registered(judged, case.id, [each.practitioner_id for each in named], asked)
    return _Found(Basis.REGISTER, row.assigned_at, None, row.mode, judged[0], why)


def _run_of(session: Session, row: AssignmentRow) -> RunRow | None:
    run = session.get(RunRow, row.run_id) if row.run_id else None
    return run if run is not None and run.docket is not None and run.certificate is not None else None


def _names(session: Session, actor: Actor, found: _Found, why: Why) -> Names:
    docket, shut_in, moves = found.docket, found.open, why.asked.moves if why.asked else []
    repairs = shut_in.repairs if shut_in else []
    named = {*_people(why), *(each.practitioner_id for each in repairs if each.practitioner_id)}
    people = [docket.practitioner_at(docket.column_of(id)) for id in sorted(named)]
    cases = {*(each.case_id for each in moves), *(shut_in.case_ids if shut_in else ())}
    houses = {each.institution_id for each in repairs if each.institution_id}
    return names_of(session, actor, people, cases, houses, areas_of(repairs))


def _people(why: Why) -> Iterator[str]:
    yield from (each.practitioner_id for each in why.chosen)
    if why.asked:
        yield why.asked.seen.practitioner_id
        for move in why.asked.moves:
            yield from (id for id in (move.origin, move.target) if id)
