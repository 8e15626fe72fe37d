"""Acceptance over a period: of one practitioner, of a page of them, and of the centre as a whole."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col

from dispatch.domain.acceptance import Acceptance, Asked, tally
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import GivingBack
from dispatch.registry.docket.roster import LocalInstant, read_day
from dispatch.registry.lists.roster import practitioners
from dispatch.registry.reads import Slice, roster_entry
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AbandonmentRow, OfferRow
from dispatch.registry.transaction import Read

CENTRE: BindParameter[str] = bindparam("centre_id")
BEGIN: BindParameter[datetime] = bindparam("begin")
END: BindParameter[datetime] = bindparam("end")

# fmt: off
OFFERS: Any = (
    select_rows(OfferRow.practitioner_id, OfferRow.state, OfferRow.reason, OfferRow.offered_at, OfferRow.answered_at)
    .where(col(OfferRow.centre_id) == CENTRE, col(OfferRow.offered_at) >= BEGIN, col(OfferRow.offered_at) < END)
)
GIVEN_BACK: Any = (
    select_rows(AbandonmentRow.practitioner_id, AbandonmentRow.reason)
    .where(col(AbandonmentRow.centre_id) == CENTRE, col(AbandonmentRow.at) >= BEGIN, col(AbandonmentRow.at) < END)
    .where(col(AbandonmentRow.own))
)
# fmt: on


class DateRange(NamedTuple):
    """Days of the centre's calendar, both included."""

    from_on: date
    until_on: date


class Answers(NamedTuple):
    """How one practitioner, or without one the centre as a whole, answered in a period."""

    practitioner_id: str | None
    period: DateRange
    reported: Acceptance


class AnswersPage(NamedTuple):
    """The centre as a whole, a page of its practitioners, and the key of the last of them if more follow."""

    total: Answers
    rows: list[Answers]
    last: tuple[str, ...] | None


Asks = dict[str, list[Asked]]
Returns = dict[str, list[GivingBack]]


def acceptance(
    read: Read, actor: Actor, now: datetime, practitioner_id: str, from_on: date | None, until_on: date | None
) -> Answers:
    """Return how a practitioner answered; who may read only their own entry finds nobody else's."""
    with read() as session:
        day = read_day(session, actor.centre_id, now)
        roster_entry(session, actor, practitioner_id, day.today)
        period = _period(day, from_on, until_on)
        asks, returns = _load(session, day, period, practitioner_id)
    return Answers(practitioner_id, period, tally(asks[practitioner_id], returns[practitioner_id]))


def acceptances(
    read: Read, actor: Actor, now: datetime, from_on: date | None, until_on: date | None, part: Slice
) -> AnswersPage:
    """Return how the centre's practitioners answered, by their code, and all of them together."""
    require(actor, Verb.READ_ROSTER)
    with read() as session:
        day = read_day(session, actor.centre_id, now)
        period = _period(day, from_on, until_on)
        asks, returns = _load(session, day, period)
        found = practitioners(session, actor, part, day.today)
    total = tally(list(chain(*asks.values())), chain(*returns.values()))
    rows = [Answers(row.id, period, tally(asks[row.id], returns[row.id])) for row in found.rows]
    return AnswersPage(Answers(None, period, total), rows, found.last)


def _period(day: LocalInstant, from_on: date | None, until_on: date | None) -> DateRange:
    last = until_on or day.today
    first = from_on or last.replace(month=1, day=1)
    if first > last:
        raise InvalidFieldError(
            field="from_on", value=first.isoformat(), expected=stated(f"不晚于{last}", f"{last} or before")
        )
    return DateRange(first, last)


def _load(
    session: Session, day: LocalInstant, period: DateRange, practitioner_id: str | None = None
) -> tuple[Asks, Returns]:
    begin, end = (_midnight(day, on) for on in (period.from_on, period.until_on + timedelta(days=1)))
    bound = {"centre_id": day.centre_id, "begin": begin, "end": end}
    offers, given_back = OFFERS, GIVEN_BACK
    if practitioner_id:
        offers = offers.where(col(OfferRow.practitioner_id) == practitioner_id)
        given_back = given_back.where(col(AbandonmentRow.practitioner_id) == practitioner_id)
    asks: Asks = defaultdict(list)
    returns: Returns = defaultdict(list)
    for id, *offer in session.exec(offers, params=bound):
        asks[id].append(Asked(*offer))
    for id, reason in session.exec(given_back, params=bound):
        returns[id].append(reason)
    return asks, returns


def _midnight(day: LocalInstant, on: date) -> datetime:
    return datetime.combine(on, time(), day.zone).astimezone(UTC)
