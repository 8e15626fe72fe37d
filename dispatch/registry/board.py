"""What is read of the board, of claims on it, of offers, and of plans.

Entries of a centre's history that touch the board are written under the centre's lock, so their ids rise in
the order in which they were committed: a reader that has read up to an id has missed nothing below it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from dispatch.domain.board import USED, WEEK, Counts
from dispatch.domain.policy.schema import Grab
from dispatch.domain.states import ClaimState, PostingState, Review
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.statements import fetch, load_by, select_rows
from dispatch.registry.tables import (
    AbandonmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    OfferRow,
    PostingRow,
)
from dispatch.registry.tables.cases import OF_BOARD

WHO: BindParameter[str] = bindparam("who")


class Card(NamedTuple):
    """A posted case as everyone may see it."""

    posting: PostingRow
    case: CaseRow


def cards(session: Session, centre_id: str, now: datetime, part: Slice) -> Rows:
    """Return the cases on the board, the longest posted first."""
    standing = (PostingRow.state == PostingState.OPEN, col(PostingRow.ends_at) > now)
    found = page(session, PostingRow, centre_id, part, *standing, by="posted_at")
    ids = [posting.case_id for posting in found.rows]
    cases = {case.id: case for case in session.exec(select(CaseRow).where(col(CaseRow.id).in_(ids)))}
    return Rows([Card(posting, cases[posting.case_id]) for posting in found.rows], found.last)


def offers(session: Session, centre_id: str, part: Slice, wanted: Mapping[str, Any]) -> Rows:
    """Return offers in the order they were made."""
    filters = [getattr(OfferRow, name) == value for name, value in wanted.items() if value is not None]
    return page(session, OfferRow, centre_id, part, *filters, by="offered_at")


def claims(session: Session, centre_id: str, part: Slice, wanted: Mapping[str, Any]) -> Rows:
    """Return claims in the order they came."""
    filters = [getattr(ClaimRow, name) == value for name, value in wanted.items() if value is not None]
    return page(session, ClaimRow, centre_id, part, *filters, by="claimed_at")


def abandonments(
    session: Session, centre_id: str, part: Slice, review: Review | None, case_id: str | None = None
) -> Rows:
    """Return cases that were given back, oldest first."""
    filters = [AbandonmentRow.review == review] if review else []
    filters += [AbandonmentRow.case_id == case_id] if case_id else []
    return page(session, AbandonmentRow, centre_id, part, *filters, by="at")


# fmt: off
ENTRIES = select(CaseEventRow).where(col(CaseEventRow.centre_id) == bindparam("centre"), OF_BOARD)
SINCE = ENTRIES.where(col(CaseEventRow.id) > bindparam("after")).order_by(col(CaseEventRow.id))
LATEST = ENTRIES.order_by(col(CaseEventRow.id).desc()).limit(bindparam("most"))
ON_BOARD = select(PostingRow.case_id).where(
    col(PostingRow.centre_id) == bindparam("centre"), col(PostingRow.state) == PostingState.OPEN)
CARDS = select(PostingRow, CaseRow).join(CaseRow, col(CaseRow.id) == col(PostingRow.case_id)).where(
    col(PostingRow.id).in_(bindparam("keys", expanding=True)))
# fmt: on


def entries_since(session: Session, centre_id: str, after: int) -> Sequence[CaseEventRow]:
    """Return every entry later than that id, in the order in which they happened."""
    return session.exec(SINCE, params={"centre": centre_id, "after": after}).all()


def latest_entries(session: Session, centre_id: str, most: int) -> Sequence[CaseEventRow]:
    """Return the last entries, in the order in which they happened."""
    return session.exec(LATEST, params={"centre": centre_id, "most": most}).all()[::-1]


def cases_on_board(session: Session, centre_id: str) -> list[str]:
    """Return the cases that are on the board now."""
    return list(session.exec(ON_BOARD, params={"centre": centre_id}))


def cards_of(session: Session, posting_ids: Collection[str]) -> dict[str, Card]:
    """Return the cards of these postings."""
    return {posting.id: Card(posting, case) for posting, case in load_by(session, CARDS, posting_ids)}


# fmt: off
COUNTS: Any = select_rows(
    select(func.count()).select_from(ClaimRow)
    .where(col(ClaimRow.practitioner_id) == WHO, col(ClaimRow.state) == ClaimState.OPEN).scalar_subquery(),
    select(func.count()).select_from(ClaimRow)
    .where(col(ClaimRow.practitioner_id) == WHO, col(ClaimRow.state).in_(USED))
    .where(col(ClaimRow.settled_at) > bindparam("week_ago")).scalar_subquery(),
    select(func.count()).select_from(AbandonmentRow)
    .where(col(AbandonmentRow.practitioner_id) == WHO, col(AbandonmentRow.at) > bindparam("cooling_since"))
    .where(col(AbandonmentRow.review) != Review.APPROVED, col(AbandonmentRow.own)).scalar_subquery(),
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
