"""The public monthly statement of a practitioner: counts only, no case and no person."""

from collections import Counter
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import ClaimState
from dispatch.registry.docket.roster import read_day
from dispatch.registry.reads import get
from dispatch.registry.tables import AbandonmentRow, AssignmentRow, ClaimRow, LedgerRow, OfferRow, PractitionerRow
from dispatch.registry.transaction import Read


class Statement(NamedTuple):
    """One month of one practitioner; balances are those of the fairness ledger."""

    practitioner_id: str
    month: str
    assignments: dict[str, int]
    entries: dict[str, int]
    turns: int
    effort: int
    turns_before: int
    effort_before: int
    offers: dict[str, int]
    declined_because: dict[str, int]
    claims_won: int
    given_back: int


def statement(read: Read, actor: Actor, now: datetime, practitioner_id: str, month: str) -> Statement:
    """Return what a month brought: assignments by mode, turns and effort, answers and their reasons."""
    require(actor, Verb.READ_ROTATION)
    with read() as session:
        get(session, PractitionerRow, actor.centre_id, practitioner_id)
        begin, end = _month(session, actor.centre_id, now, month)

        def during(table: Any, at: Any) -> list[Any]:
            own = select(table).where(table.practitioner_id == practitioner_id, col(at) >= begin, col(at) < end)
            return list(session.exec(own))

        ledger = during(LedgerRow, LedgerRow.at)
        offers = during(OfferRow, OfferRow.offered_at)
        before = select(func.coalesce(func.sum(LedgerRow.turns), 0), func.coalesce(func.sum(LedgerRow.effort), 0))
        turns, effort = session.exec(
            before.where(LedgerRow.practitioner_id == practitioner_id, col(LedgerRow.at) < begin)
        ).one()
        return Statement(
            practitioner_id=practitioner_id,
            month=month,
            assignments=_counted(row.mode for row in during(AssignmentRow, AssignmentRow.assigned_at)),
            entries=_counted(row.kind for row in ledger),
            turns=sum(row.turns for row in ledger),
            effort=sum(row.effort for row in ledger),
            turns_before=int(turns),
            effort_before=int(effort),
            offers=_counted(row.state for row in offers),
            declined_because=_counted(row.reason for row in offers if row.reason),
            claims_won=sum(row.state is ClaimState.WON for row in during(ClaimRow, ClaimRow.settled_at)),
            given_back=len(during(AbandonmentRow, AbandonmentRow.at)),
        )


def _counted(words: Any) -> dict[str, int]:
    return dict(sorted(Counter(map(str, words)).items()))


def _month(session: Session, centre_id: str, now: datetime, month: str) -> tuple[datetime, datetime]:
    zone = read_day(session, centre_id, now).zone
    try:
        first = date.fromisoformat(f"{month}-01")
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, following))
    except (ValueError, OverflowError):
        raise InvalidFieldError(
            field="month", value=month, expected=stated("月份，如 2026-11", "a month, such as 2026-11")
        ) from None
    return begin, end
