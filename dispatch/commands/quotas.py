"""Counts what one practitioner has claimed, won and given back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.commands.desk import Desk
from dispatch.domain.board import WEEK, Counts, Quota, refusal_of
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
# fmt: on


def bounds(practitioner_id: str, now: datetime, grab: Grab) -> dict[str, Any]:
    """Return what ``COUNTS`` is bound to: about whom, and since when."""
    cooling_since = now - timedelta(hours=grab.cool_down_hours)
    return {"who": practitioner_id, "week_ago": now - WEEK, "cooling_since": cooling_since}


def count_claims(session: Session, practitioner_id: str, now: datetime, grab: Grab) -> Counts:
    """Return what counts against the practitioner's next claim."""
    return Counts(*fetch(session, COUNTS, **bounds(practitioner_id, now, grab)).one())


def over_quota(desk: Desk, practitioner_id: str) -> Quota | None:
    """Return why the practitioner may not win another case now."""
    counts = count_claims(desk.tx.session, practitioner_id, desk.now, desk.policy.grab)
    return refusal_of(counts, desk.policy.grab, winning=True)
