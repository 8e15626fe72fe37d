"""The rotation: who is next and why, who is passed over and why, overrides with reasons, and calibration."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session

from dispatch.casework.calibration import calibrate as level
from dispatch.casework.calibration import entitled
from dispatch.casework.reach import for_turn
from dispatch.casework.records import Judged
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.eligibility.rules import Mask
from dispatch.domain.errors import InvalidFieldError, NotFoundError, ReasonRequiredError, stated
from dispatch.domain.ledger import override_of
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require, require_reader
from dispatch.domain.shares import TurnUnit
from dispatch.modes.rotation import Standing, queue_of, standings
from dispatch.registry.host import RegisterHost
from dispatch.registry.records import RegisterRecords
from dispatch.registry.roster.merging import require_kept
from dispatch.registry.rotation import houses_called, names, overridden, to_calibrate, waived_until
from dispatch.registry.tables import AdjustmentRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read

MAX_OVERRIDE = 20
DIGITS = 4

Called = Mapping[str, tuple[str, str | None]]
"""Code and name of each person; no name where it is not shown."""


class Turn(NamedTuple):
    """
    One place in the rotation, and all that puts it there; ``skipped`` names the rules that pass over it.

    ``upcoming`` counts those who may take a case, the next one first. ``asked`` are the offers someone has to answer,
    ``waived`` the turns they declined or did not answer of late, the last one until ``waived_until``, and ``away_now``
    is a part of the day that they are away for: all of it sends them behind everyone else. ``entitled`` is
    the portion of all turns someone is due, ``ahead`` how many turns they have had beyond it (negative: behind);
    likewise for their institution, where it is the institution's turn. ``overridden`` are the turns among theirs that
    overrides gave, less those they took. ``owed`` are the cases that lack to the floor
    of the year: they come before everything else. ``away_throughout`` are those whom the question would not
    reach in time: the chain asks somebody else, and so they are skipped.

    By institution ``institution_upcoming`` counts the institutions that have somebody who may take a case, the one
    whose turn it is first.
    """

    place: int
    practitioner_id: str
    institution_id: str
    institution: str
    code: str
    name: str | None
    by: TurnUnit
    turns: int
    overridden: int
    effort: int
    share: str
    entitled: float
    ahead: float
    institution_entitled: float | None
    institution_ahead: float | None
    institution_upcoming: int | None
    owed: int
    asked: int
    waived: int
    waived_until: datetime | None
    away_now: bool
    away_throughout: bool
    waiting_since: datetime | None
    next: bool
    upcoming: int | None
    skipped: tuple[str, ...]


class Call(NamedTuple):
    """When somebody is called, as in a turn."""

    skipped: tuple[str, ...]
    away_throughout: bool
    upcoming: int | None
    institution_upcoming: int | None


class Beside(NamedTuple):
    """What is shown beside the order: who is called what, turns by overrides, and until when others come first."""

    called: Called
    houses: Mapping[str, str]
    overridden: Mapping[str, int]
    waived_until: Mapping[str, datetime]


class TriedOverride(NamedTuple):
    """Turns given to someone, or taken from them where negative."""

    practitioner_id: str
    turns: int


def rotation(
    read: Read, actor: Actor, now: datetime, case_id: str | None = None, tried: TriedOverride | None = None
) -> list[Turn]:
    """Return the order of the rotation, who of it is next, and why those before are passed over.

    With a case every rule is asked; without one only leave, suspension and caps. Those away for as long as the
    question would be open are passed over as the chain passes over them. Who is not on the list has no place.
    With an override that is ``tried``, the order is that after it; nothing is kept. Names are shown to those who may
    read the roster, and everyone's own.
    """
    require(actor, Verb.READ_ROTATION)
    if tried:
        require_reader(actor, Verb.OVERRIDE_ROTATION)
        _require_turns(tried.turns)
    with read() as session:
        records = RegisterRecords(session, actor.centre_id, now)
        judged = records.docket([case_id] if case_id else [], *UNDECIDED)
        if case_id and not judged[0].n:
            raise NotFoundError(what="undecided case", id=case_id)
        docket, eligibility = for_turn(records, judged)
        called, moved = _called(session, actor), overridden(session, actor.centre_id)
        houses, waived = houses_called(session, actor.centre_id), waived_until(session, actor.centre_id, now)
    if tried:
        docket = _after(docket, tried)
        moved[tried.practitioner_id] = moved.get(tried.practitioner_id, 0) + tried.turns
    zone = ZoneInfo(docket.policy.time_zone)
    beside = Beside(called, houses, moved, {id: until.astimezone(zone) for id, until in waived.items()})
    out_of_reach = (docket.practitioner.on_leave != judged[0].practitioner.on_leave)[0]
    return list(_turns((docket, eligibility), out_of_reach, beside))


def called_by(read: Read, actor: Actor) -> Called:
    """Return what everybody of the rotation is called by its reader: names for those who may read the roster."""
    require(actor, Verb.READ_ROTATION)
    with read() as session:
        return _called(session, actor)


def own_turn(read: Read, actor: Actor, now: datetime) -> tuple[Turn, int]:
    """Return one's own place in the rotation, and how many are in it."""
    turns = rotation(read, actor, now)
    own = next((turn for turn in turns if turn.practitioner_id == actor.practitioner_id), None)
    if own is None:
        raise NotFoundError(what="turn", id=actor.practitioner_id)
    return own, len(turns)


def override(begin: Begin, actor: Actor, now: datetime, practitioner_id: str, turns: int, reason: str) -> AdjustmentRow:
    """Move someone back by giving turns, or forward by taking some, for a reason that is kept."""
    require(actor, Verb.OVERRIDE_ROTATION)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    _require_turns(turns)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        require_kept(tx.session, tx.lock(PractitionerRow, practitioner_id, actor.centre_id))
        share = entitled(host.roster(), host.policy).get(practitioner_id, Fraction(1))
        return host.adjust(practitioner_id, override_of(turns, host.policy), share, reason=reason.strip())


def calibrate(begin: Begin, read: Read, now: datetime) -> int:
    """Let newcomers open at the median, and returners take on what the median grew; return how many entries."""
    with read() as session:
        centres = to_calibrate(session, now)
    done = 0
    for centre_id in centres:
        with begin() as tx:
            done += level(RegisterHost(tx, centre_id, None, now))
    return done


def _called(session: Session, actor: Actor) -> Called:
    found = names(session, actor.centre_id)
    if Verb.READ_ROSTER in PERMISSIONS[actor.role]:
        return found
    return {id: each if id == actor.practitioner_id else (each[0], None) for id, each in found.items()}


def _require_turns(turns: int) -> None:
    if turns == 0 or abs(turns) > MAX_OVERRIDE:
        raise InvalidFieldError(
            field="turns",
            value=turns,
            expected=stated(f"-{MAX_OVERRIDE}至{MAX_OVERRIDE}，不为0", f"-{MAX_OVERRIDE} to {MAX_OVERRIDE}, not 0"),
        )


def _after(docket: Docket, tried: TriedOverride) -> Docket:
    """Return the docket as it would be after the override."""
    j, columns = docket.column_of(tried.practitioner_id), docket.practitioner
    if j == NOBODY or columns.listed[0, j] != YES:
        raise NotFoundError(what="practitioner", id=tried.practitioner_id)
    turns, effort, people = columns.turns.copy(), columns.effort.copy(), list(docket.facts.practitioners)
    entry, share = override_of(tried.turns, docket.policy), columns.share[0, j]
    turns[0, j] += Fraction(entry.turns) / share
    effort[0, j] += Fraction(entry.effort) / share
    # What is shown beside the order is that after it, too.
    people[j] = replace(people[j], turns=people[j].turns + entry.turns, effort=people[j].effort + entry.effort)
    facts = replace(docket.facts, practitioners=tuple(people))
    return replace(docket, facts=facts, practitioner=replace(columns, turns=turns, effort=effort))


def _refusals(judged: Judged) -> list[tuple[str, ...]]:
    docket, eligibility = judged
    if docket.n:
        return [tuple(refusal.code for refusal in each) for each in eligibility.why_row(0)]
    rooms = (docket.practitioner.room[0] > 0) & (docket.practitioner.month_room[0] > 0)
    return [_absent(docket.practitioner_at(j), bool(room)) for j, room in enumerate(rooms)]


def _turns(judged: Judged, out_of_reach: Mask, beside: Beside) -> Iterable[Turn]:
    docket, refusals = judged[0], _refusals(judged)
    on_list = docket.practitioner.listed[0] == YES
    queue = [j for j in queue_of(docket).tolist() if on_list[j]]
    house_of = [person.institution_id for person in docket.facts.practitioners]
    taking = [j for j in queue if not refusals[j]]
    upcoming = {j: number for number, j in enumerate(taking, start=1)}
    houses = {house: number for number, house in enumerate(dict.fromkeys(house_of[j] for j in taking), start=1)}
    stands = standings(docket)
    for place, j in enumerate(queue, start=1):
        call = Call(refusals[j], bool(out_of_reach[j]), upcoming.get(j), houses.get(house_of[j]))
        yield _turn(docket, place, j, stands[j], call, beside)


def _turn(docket: Docket, place: int, j: int, stand: Standing, call: Call, beside: Beside) -> Turn:
    person, by = docket.practitioner_at(j), docket.policy.rotation.by
    code, name = beside.called[person.id]
    return Turn(
        place=place,
        practitioner_id=person.id,
        institution_id=person.institution_id,
        institution=beside.houses[person.institution_id],
        code=code,
        name=name,
        by=by,
        turns=person.turns,
        overridden=beside.overridden.get(person.id, 0),
        effort=person.effort,
        share=str(docket.practitioner.share[0, j]),
        entitled=round(float(stand.portion), DIGITS),
        ahead=round(float(stand.ahead), DIGITS),
        institution_entitled=round(float(stand.house_portion), DIGITS) if by is TurnUnit.INSTITUTION else None,
        institution_ahead=round(float(stand.house_ahead), DIGITS) if by is TurnUnit.INSTITUTION else None,
        institution_upcoming=call.institution_upcoming if by is TurnUnit.INSTITUTION else None,
        owed=int(docket.practitioner.owed[0, j]),
        asked=int(docket.practitioner.asked[0, j]),
        waived=int(docket.practitioner.waived[0, j]),
        waived_until=beside.waived_until.get(person.id),
        away_now=bool(docket.practitioner.away_now[0, j]),
        away_throughout=call.away_throughout,
        waiting_since=person.waiting_since,
        next=call.upcoming == 1,
        upcoming=call.upcoming,
        skipped=call.skipped,
    )


def _absent(person: PractitionerFacts, room: bool) -> tuple[str, ...]:
    stands = {
        "not_on_leave": not person.on_leave,
        "not_suspended": not person.suspended,
        "under_cap": room,
    }
    return tuple(code for code, holds in stands.items() if not holds)
