"""The rotation: who is next and why, who is passed over and why, overrides with reasons, and calibration."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from dispatch.casework.calibration import calibrate as level
from dispatch.casework.calibration import entitled
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import InvalidFieldError, NotFoundError, ReasonRequiredError, stated
from dispatch.domain.ledger import Entry, EntryKind
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.shares import TurnUnit
from dispatch.modes.rotation import Standing, queue_of, standings
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.host import RegisterHost
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.rotation import to_calibrate
from dispatch.registry.tables import AdjustmentRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read

MAX_OVERRIDE = 20
DIGITS = 4


class Turn(NamedTuple):
    """
    One place in the rotation, and all that puts it there; ``skipped`` names the rules that pass over it.

    ``entitled`` is the portion of all turns someone is due, ``ahead`` how many turns they have had beyond it
    (negative: behind); likewise for their institution, where it is the institution's turn. ``owed`` are the
    cases that lack to the floor of the year: they come before everything else.
    """

    place: int
    practitioner_id: str
    institution_id: str
    by: TurnUnit
    turns: int
    effort: int
    share: str
    entitled: float
    ahead: float
    institution_entitled: float | None
    institution_ahead: float | None
    owed: int
    waiting_since: datetime | None
    next: bool
    skipped: tuple[str, ...]


def rotation(read: Read, actor: Actor, now: datetime, case_id: str | None = None) -> list[Turn]:
    """Return the order of the rotation, who of it is next, and why those before are passed over.

    With a case every rule is asked; without one only leave, suspension, the list and caps.
    """
    require(actor, Verb.READ_ROTATION)
    with read() as session:
        policy = read_policy(policy_in_force(session, actor.centre_id))
        facts = load_docket(session, actor.centre_id, [case_id] if case_id else [], now, UNDECIDED)
    docket = Docket.build(facts, policy)
    if case_id and not docket.n:
        raise NotFoundError(what="undecided case", id=case_id)
    if case_id:
        refusals: list[tuple[str, ...]] = [tuple(r.code for r in each) for each in eligible(docket).why_row(0)]
    else:
        rooms = (docket.practitioner.room[0] > 0) & (docket.practitioner.month_room[0] > 0)
        refusals = [_absent(person, bool(room)) for person, room in zip(facts.practitioners, rooms, strict=True)]
    return list(_turns(docket, refusals))


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
    if turns == 0 or abs(turns) > MAX_OVERRIDE:
        raise InvalidFieldError(
            field="turns",
            value=turns,
            expected=stated(f"-{MAX_OVERRIDE}至{MAX_OVERRIDE}，不为0", f"-{MAX_OVERRIDE} to {MAX_OVERRIDE}, not 0"),
        )
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        share = entitled(host.roster(), host.policy).get(practitioner_id, Fraction(1))
        return host.adjust(practitioner_id, Entry(EntryKind.OVERRIDE, turns, 0), share, reason=reason.strip())


def calibrate(begin: Begin, read: Read, now: datetime) -> int:
    """Let newcomers open at the median, and returners take on what the median grew; return how many entries."""
    with read() as session:
        centres = to_calibrate(session, now)
    done = 0
    for centre_id in centres:
        with begin() as tx:
            done += level(RegisterHost(tx, centre_id, None, now))
    return done


def _turns(docket: Docket, refusals: Sequence[tuple[str, ...]]) -> Iterable[Turn]:
    stands, found = standings(docket), False
    for place, j in enumerate(queue_of(docket).tolist(), start=1):
        following = not refusals[j] and not found
        found = found or following
        yield _turn(docket, place, j, stands[j], refusals[j], following)


def _turn(docket: Docket, place: int, j: int, stand: Standing, skipped: tuple[str, ...], following: bool) -> Turn:
    person, by = docket.practitioner_at(j), docket.policy.rotation.by
    return Turn(
        place=place,
        practitioner_id=person.id,
        institution_id=person.institution_id,
        by=by,
        turns=person.turns,
        effort=person.effort,
        share=str(docket.practitioner.share[0, j]),
        entitled=round(float(stand.portion), DIGITS),
        ahead=round(float(stand.ahead), DIGITS),
        institution_entitled=round(float(stand.house_portion), DIGITS) if by is TurnUnit.INSTITUTION else None,
        institution_ahead=round(float(stand.house_ahead), DIGITS) if by is TurnUnit.INSTITUTION else None,
        owed=int(docket.practitioner.owed[0, j]),
        waiting_since=person.waiting_since,
        next=following,
        skipped=skipped,
    )


def _absent(person: PractitionerFacts, room: bool) -> tuple[str, ...]:
    stands = {
        "listed": person.listed,
        "not_on_leave": not person.on_leave,
        "not_suspended": not person.suspended,
        "under_cap": room,
    }
    return tuple(code for code, holds in stands.items() if not holds)
