"""Counts what one practitioner has claimed, won and given back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.domain.board import WEEK, Counts
from dispatch.domain.policy.schema import Grab
from dispatch.domain.states import ClaimState, Review
from dispatch.registry.statements import fetch, select_rows
from dispatch.registry.tables import AbandonmentRow, ClaimRow

WHO: BindParameter[str] = bindparam("who")

# fmt: off
COUNTS: Any = select_rows(
    select(func.count()).select_from(ClaimRow)
    .where(col(ClaimRow.practitioner_id) == WHO, col(ClaimRow.state) == ClaimState.OPEN).scalar_subquery(),
    select(func.count()).select_from(ClaimRow)
    .where(col(ClaimRow.practitioner_id) == WHO, col(ClaimRow.state).in_((ClaimState.WON, ClaimState.ABANDONED)))
    .where(col(ClaimRow.settled_at) > bindparam("week_ago")).scalar_subquery(),
    select(func.count()).select_from(AbandonmentRow)
    .where(col(AbandonmentRow.practitioner_id) == WHO, col(AbandonmentRow.at) > bindparam("cooling_since"))
    .where(col(AbandonmentRow.review) != Review.APPROVED).scalar_subquery(),
)
# what counts against a claim, and the claimant's own on this posting
KEPT: Any = COUNTS.add_columns(
    select(ClaimRow.id)
    .where(col(ClaimRow.posting_id) == bindparam("on"), col(ClaimRow.practitioner_id) == WHO)
    .where(col(ClaimRow.state).in_((ClaimState.OPEN, ClaimState.WON)))
    .limit(1).scalar_subquery()
)
# fmt: on


def count_claims(session: Session, practitioner_id: str, now: datetime, grab: Grab) -> Counts:
    """Return what counts against the practitioner's next claim."""
    return Counts(*fetch(session, COUNTS, **_bounds(practitioner_id, now, grab)).one())


def find_claim(
    session: Session, practitioner_id: str, now: datetime, grab: Grab, posting_id: str
) -> tuple[ClaimRow | None, Counts]:
    """Return the practitioner's open or winning claim on a posted case, and what counts against another one."""
    bound = _bounds(practitioner_id, now, grab) | {"on": posting_id}
    *counted, kept = fetch(session, KEPT, **bound).one()
    return session.get(ClaimRow, kept) if kept else None, Counts(*counted)


def _bounds(practitioner_id: str, now: datetime, grab: Grab) -> dict[str, Any]:
    cooling_since = now - timedelta(hours=grab.cool_down_hours)
    return {"who": practitioner_id, "week_ago": now - WEEK, "cooling_since": cooling_since}
