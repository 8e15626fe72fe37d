"""Who joined, who came back, and what everyone had had on a day: what a calibration of the rotation asks."""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.domain.ledger import Account, EntryKind
from dispatch.registry.docket.absences import came_back
from dispatch.registry.docket.roster import read_day
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AdjustmentRow, CentreRow, InstitutionRow, LedgerRow, OfferRow, PractitionerRow

CENTRE: BindParameter[str] = bindparam("centre_id")

# fmt: off
SUMS_BEFORE: Any = (
    select_rows(LedgerRow.practitioner_id, LedgerRow.share, func.sum(LedgerRow.turns), func.sum(LedgerRow.effort))
    .where(LedgerRow.centre_id == CENTRE, col(LedgerRow.at) < bindparam("before"))
    .group_by(col(LedgerRow.practitioner_id), col(LedgerRow.share))
)
OVERRIDDEN: Any = (
    select_rows(AdjustmentRow.practitioner_id, func.sum(AdjustmentRow.turns))
    .where(AdjustmentRow.centre_id == CENTRE, AdjustmentRow.kind == EntryKind.OVERRIDE.value)
    .group_by(col(AdjustmentRow.practitioner_id))
)
WAIVED: Any = (
    select_rows(OfferRow.practitioner_id, func.max(OfferRow.waived_until))
    .where(OfferRow.centre_id == CENTRE, col(OfferRow.waived_until) > bindparam("at"))
    .group_by(col(OfferRow.practitioner_id))
)
FIRST = select(func.min(LedgerRow.at)).where(LedgerRow.centre_id == CENTRE)
NEWCOMERS = (
    select(PractitionerRow.id).where(PractitionerRow.centre_id == CENTRE)
    .where(col(PractitionerRow.entered_on) > bindparam("first_on"))
    .where(col(PractitionerRow.entered_on) <= bindparam("today"))
    .where(~select(LedgerRow.id).where(col(LedgerRow.practitioner_id) == col(PractitionerRow.id)).exists())
)
# fmt: on


def names(session: Session, centre_id: str) -> dict[str, tuple[str, str | None]]:
    """Return code and name of everyone who is on the register of the centre, or ever was."""
    found = select(PractitionerRow.id, PractitionerRow.code, PractitionerRow.name)
    return {id: (code, name) for id, code, name in session.exec(found.where(PractitionerRow.centre_id == centre_id))}


def houses_called(session: Session, centre_id: str) -> dict[str, str]:
    """Return the name of every institution of the centre."""
    found = select(InstitutionRow.id, InstitutionRow.name).where(InstitutionRow.centre_id == centre_id)
    return dict(session.exec(found).all())


def overridden(session: Session, centre_id: str) -> dict[str, int]:
    """Return the turns that overrides gave to each person, less those they took."""
    return {id: int(turns) for id, turns in session.exec(OVERRIDDEN, params={"centre_id": centre_id})}


def waived_until(session: Session, centre_id: str, now: datetime) -> dict[str, datetime]:
    """Return until when others come first, for everyone who has declined or not answered a turn of late."""
    found = session.exec(WAIVED, params={"centre_id": centre_id, "at": now})
    return {id: until for id, until in found}


def list_overrides(session: Session, centre_id: str, part: Slice, practitioner_id: str | None) -> Rows:
    """Return the overrides of the rotation, the newest first; of one person only, if one is named."""
    of_one = () if practitioner_id is None else (AdjustmentRow.practitioner_id == practitioner_id,)
    override = col(AdjustmentRow.kind) == EntryKind.OVERRIDE.value
    return page(session, AdjustmentRow, centre_id, part, override, *of_one, by="at", newest_first=True)


def to_calibrate(session: Session, now: datetime) -> list[str]:
    """Return the centres where someone joined or came back and has no entry for it yet."""
    centres = session.exec(select(CentreRow.id).order_by(col(CentreRow.id)))
    return [id for id in list(centres) if newcomers(session, id, now) or came_back(session, id, now)]


def newcomers(session: Session, centre_id: str, now: datetime) -> set[str]:
    """Return who joined after the ledger began and has no entry in it yet."""
    first = session.exec(FIRST, params={"centre_id": centre_id}).one()
    if first is None:
        return set()
    day = read_day(session, centre_id, now)
    bound = {"centre_id": centre_id, "first_on": first.astimezone(day.zone).date(), "today": day.today}
    return set(session.exec(NEWCOMERS, params=bound))


def sums_before(session: Session, centre_id: str, now: datetime, day: date) -> dict[str, tuple[Fraction, Fraction]]:
    """Return turns and effort of everyone when that day of the centre began, each entry divided by its share."""
    midnight = datetime.combine(day, time(), read_day(session, centre_id, now).zone).astimezone(UTC)
    found: dict[str, Account] = defaultdict(Account)
    for id, share, turns, effort in session.exec(SUMS_BEFORE, params={"centre_id": centre_id, "before": midnight}):
        found[id] = found[id].with_entry(int(turns), int(effort), Fraction(share))
    return {id: (account.weighed_turns, account.weighed_effort) for id, account in found.items()}
