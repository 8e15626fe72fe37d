"""How much one practitioner may claim: open claims, cases won in a week, and rest after giving one back."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.commands.desk import Desk
from dispatch.domain.policy import Grab
from dispatch.domain.states import ClaimState, Review
from dispatch.domain.vocabulary import Term
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AbandonmentRow, ClaimRow

WEEK = timedelta(days=7)
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


class Quota(Term):
    """Why the board takes no claim of someone for now."""

    OPEN_CLAIMS   = "open_claims",   "未定抢单已达上限", "as many claims are open as may be"
    WEEKLY_CLAIMS = "weekly_claims", "本周抢单已达上限", "as many cases were won this week as may be"
    COOL_DOWN     = "cool_down",     "放弃后冷却期内",   "a case was given back a short time ago"
# fmt: on


class Counts(NamedTuple):
    """What counts against one practitioner's next claim."""

    open_claims: int
    won_this_week: int
    given_back: int


def count_claims(session: Session, practitioner_id: str, now: datetime, grab: Grab) -> Counts:
    """Return what counts against the practitioner's next claim."""
    cooling_since = now - timedelta(hours=grab.cool_down_hours)
    bound = {"who": practitioner_id, "week_ago": now - WEEK, "cooling_since": cooling_since}
    return Counts(*session.exec(COUNTS, params=bound).one())


def refusal_of(counts: Counts, grab: Grab, *, winning: bool = False) -> Quota | None:
    """Return why the practitioner may not claim; one whose claim is about to win already holds it open."""
    if counts.given_back:
        return Quota.COOL_DOWN
    if counts.won_this_week >= grab.weekly_claims:
        return Quota.WEEKLY_CLAIMS
    if counts.open_claims >= grab.open_claims and not winning:
        return Quota.OPEN_CLAIMS
    return None


def over_quota(desk: Desk, practitioner_id: str) -> Quota | None:
    """Return why the practitioner may not win another case now."""
    desk.tx.session.flush()
    counts = count_claims(desk.tx.session, practitioner_id, desk.now, desk.policy.grab)
    return refusal_of(counts, desk.policy.grab, winning=True)
