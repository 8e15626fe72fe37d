"""One's own entry of the roster, or those of an institution's people: what they carry, and when they are away."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from dispatch.domain.docket.absence import AbsenceKind, AbsenceState
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.docket.roster import read_day
from dispatch.registry.lists.roster import practitioners
from dispatch.registry.reads import Slice, attributes
from dispatch.registry.tables import AbsenceRow, AssignmentRow, AttributesRow, PractitionerRow
from dispatch.registry.transaction import Read

MAX_PEOPLE = 500


class OwnPerson(NamedTuple):
    """Somebody of one's own as of today: the entry, the cases in hand, leave that is not over."""

    person: PractitionerRow
    stated: AttributesRow | None
    open_cases: int
    leaves: list[AbsenceRow]


def own_people(read: Read, actor: Actor, now: datetime) -> list[OwnPerson]:
    """Return a practitioner's own entry, or those of an institution's people, by code."""
    require(actor, Verb.READ_OWN_ROSTER)
    with read() as session:
        today = read_day(session, actor.centre_id, now).today
        people: list[PractitionerRow] = practitioners(session, actor, Slice(MAX_PEOPLE, None), today).rows
        ids = [person.id for person in people]
        stated, load, away = attributes(session, ids, today), _load(session, ids), _away(session, ids, today)
    return [OwnPerson(each, stated.get(each.id), load.get(each.id, 0), away[each.id]) for each in people]


def _load(session: Session, ids: Sequence[str]) -> dict[str, int]:
    live = (
        select(AssignmentRow.practitioner_id, func.count())
        .where(col(AssignmentRow.practitioner_id).in_(ids), col(AssignmentRow.ended_at).is_(None))
        .group_by(col(AssignmentRow.practitioner_id))
    )
    return dict(session.exec(live).all())


def _away(session: Session, ids: Sequence[str], today: date) -> defaultdict[str, list[AbsenceRow]]:
    to_come = (
        select(AbsenceRow)
        .where(col(AbsenceRow.practitioner_id).in_(ids), AbsenceRow.kind == AbsenceKind.LEAVE)
        .where(col(AbsenceRow.state).in_((AbsenceState.WAITING, AbsenceState.IN_FORCE)))
        .where(or_(col(AbsenceRow.until_on).is_(None), col(AbsenceRow.until_on) >= today))
        .order_by(col(AbsenceRow.from_on), col(AbsenceRow.id))
    )
    found = defaultdict[str, list[AbsenceRow]](list)
    for row in session.exec(to_come):
        found[row.practitioner_id or ""].append(row)
    return found
