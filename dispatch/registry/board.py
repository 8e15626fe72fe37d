"""What is read of the board, of offers, of plans, and of what stands behind a disclosure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from dispatch.domain.states import ClaimState, OfferState, PostingState, Review
from dispatch.registry.reads import Rows, Slice, page
from dispatch.registry.tables import AbandonmentRow, AssignmentRow, CaseRow, ClaimRow, OfferRow, PostingRow

CASE: BindParameter[str] = bindparam("of_case")
WHO: BindParameter[str] = bindparam("who")

# fmt: off
LIVE = (
    select(AssignmentRow).where(col(AssignmentRow.case_id) == CASE, col(AssignmentRow.practitioner_id) == WHO)
    .where(col(AssignmentRow.ended_at).is_(None))
)
ASKED = select(OfferRow.id).where(
    col(OfferRow.case_id) == CASE, col(OfferRow.practitioner_id) == WHO, col(OfferRow.state) == OfferState.PENDING)
CLAIMED = select(ClaimRow.id).where(
    col(ClaimRow.case_id) == CASE, col(ClaimRow.practitioner_id) == WHO, col(ClaimRow.state) == ClaimState.OPEN)
# fmt: on


class Card(NamedTuple):
    """A posted case as everyone may see it."""

    posting: PostingRow
    case: CaseRow


class Ties(NamedTuple):
    """What ties a practitioner to a case now."""

    assignment: AssignmentRow | None
    concerned: bool
    """Whether they are asked, have claimed it, or are named."""


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


def abandonments(session: Session, centre_id: str, part: Slice, review: Review | None) -> Rows:
    """Return cases that were given back, oldest first."""
    filters = [AbandonmentRow.review == review] if review else []
    return page(session, AbandonmentRow, centre_id, part, *filters, by="at")


def ties(session: Session, case_id: str, practitioner_id: str) -> Ties:
    """Return what ties the practitioner to the case."""
    bound = {"of_case": case_id, "who": practitioner_id}
    assignment = session.exec(LIVE, params=bound).first()
    concerned = assignment is not None or any(
        session.exec(statement, params=bound).first() is not None for statement in (ASKED, CLAIMED)
    )
    return Ties(assignment, concerned)
