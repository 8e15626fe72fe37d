"""The current plans, offers and postings: what is open, what is due, and what ends with an assignment."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, update
from sqlmodel import Session, col, select

from dispatch.casework.clocks import SIGN_BY
from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.states import ArrangementState, ClaimState, OfferState, PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    OfferRow,
    PlanRow,
    PostingRow,
)
from dispatch.registry.transaction import Transaction

CASE: BindParameter[str] = bindparam("of_case")
NOW: BindParameter[datetime] = bindparam("now")

# fmt: off
OPEN_PLAN = select(PlanRow).where(col(PlanRow.case_id) == CASE, col(PlanRow.state) == PlanState.OPEN)
LAST_PLAN = select(PlanRow).where(col(PlanRow.case_id) == CASE).order_by(col(PlanRow.began_at).desc()).limit(1)
ASKED_WISHES = (
    select(OfferRow).where(col(OfferRow.case_id) == CASE, OfferRow.mode == ModeName.POINT_SELECTION)
    .order_by(col(OfferRow.offered_at))
)
PENDING = (
    select(OfferRow).where(col(OfferRow.case_id) == CASE, col(OfferRow.state) == OfferState.PENDING)
    .order_by(col(OfferRow.offered_at), col(OfferRow.practitioner_id))
)
POSTING = select(PostingRow).where(col(PostingRow.case_id) == CASE, col(PostingRow.state) == PostingState.OPEN)
CLAIMS = (
    select(ClaimRow).where(col(ClaimRow.case_id) == CASE, col(ClaimRow.state) == ClaimState.OPEN)
    .order_by(col(ClaimRow.claimed_at), col(ClaimRow.practitioner_id))
)
# what is due, as (centre, case)
EXPIRED: Any = select_rows(OfferRow.centre_id, OfferRow.case_id).where(
    col(OfferRow.state) == OfferState.PENDING, col(OfferRow.expires_at) <= NOW)
SEALED: Any = (
    select_rows(PostingRow.centre_id, PostingRow.case_id)
    .join(ClaimRow, (col(ClaimRow.posting_id) == col(PostingRow.id)) & (col(ClaimRow.state) == ClaimState.OPEN))
    .where(col(PostingRow.state) == PostingState.OPEN, col(PostingRow.sealed_until) <= NOW)
)
UNSEALED: Any = select_rows(PostingRow.centre_id, PostingRow.case_id).where(
    col(PostingRow.state) == PostingState.OPEN, col(PostingRow.ends_at) > NOW,
    col(PostingRow.sealed_until) <= NOW, col(PostingRow.sealed_until) > col(PostingRow.posted_at),
    ~select(CaseEventRow.id).where(
        col(CaseEventRow.case_id) == col(PostingRow.case_id), col(CaseEventRow.event) == Mark.UNSEAL.value,
        col(CaseEventRow.at) >= col(PostingRow.sealed_until)).exists())
POSTED_TOO_LONG: Any = select_rows(PostingRow.centre_id, PostingRow.case_id).where(
    col(PostingRow.state) == PostingState.OPEN, col(PostingRow.plan_id).is_(None), col(PostingRow.ends_at) <= NOW)
ENDED: Any = select_rows(PlanRow.centre_id, PlanRow.case_id).where(
    col(PlanRow.state) == PlanState.OPEN, col(PlanRow.ends_at) <= NOW)
LEFT_QUEUE: Any = (
    select_rows(PlanRow.centre_id, PlanRow.case_id).join(CaseRow, col(CaseRow.id) == col(PlanRow.case_id))
    .where(col(PlanRow.state) == PlanState.OPEN, col(CaseRow.status).not_in(UNDECIDED))
)
UNREMINDED: Any = (
    select_rows(PlanRow.centre_id, PlanRow.case_id).join(CaseRow, col(CaseRow.id) == col(PlanRow.case_id))
    .where(col(PlanRow.state) == PlanState.OPEN, col(PlanRow.mode) == "point_selection")
    .where(col(PlanRow.reminded_at).is_(None), col(PlanRow.asks_at).is_(None), col(CaseRow.status) == Status.PENDING)
)
UNASKED: Any = (
    select_rows(PlanRow.centre_id, PlanRow.case_id).join(CaseRow, col(CaseRow.id) == col(PlanRow.case_id))
    .where(col(PlanRow.state) == PlanState.OPEN, col(PlanRow.mode) == "point_selection")
    .where(col(PlanRow.asks_at) <= NOW, col(CaseRow.status) == Status.PENDING)
)
UNANSWERED: Any = (
    select_rows(ClockRow.centre_id, ClockRow.case_id)
    .join(AssignmentRow, col(AssignmentRow.id) == col(ClockRow.assignment_id))
    .where(col(ClockRow.code) == SIGN_BY, col(ClockRow.stopped_at).is_(None), col(ClockRow.due_at) <= NOW)
    .where(col(AssignmentRow.accepted_at).is_(None), col(AssignmentRow.ended_at).is_(None))
)
UNPLANNED: Any = select_rows(CaseRow.centre_id, CaseRow.id).where(
    col(CaseRow.status) == Status.PENDING,
    ~select(PlanRow.id).where(col(PlanRow.case_id) == col(CaseRow.id), col(PlanRow.state) == PlanState.OPEN).exists())

END_PLAN = (
    update(PlanRow).where(col(PlanRow.case_id) == CASE, col(PlanRow.state) == PlanState.OPEN)
    .values(state=bindparam("became"), ended_at=NOW)
)
WITHDRAW = (
    update(OfferRow).where(col(OfferRow.case_id) == CASE, col(OfferRow.state) == OfferState.PENDING)
    .values(state=OfferState.WITHDRAWN, answered_at=NOW)
)
CLOSE_POSTING = (
    update(PostingRow).where(col(PostingRow.case_id) == CASE, col(PostingRow.state) == PostingState.OPEN)
    .values(state=bindparam("became"), closed_at=NOW)
)
LOSE_CLAIMS = (
    update(ClaimRow).where(col(ClaimRow.case_id) == CASE, col(ClaimRow.state) == ClaimState.OPEN)
    .values(state=ClaimState.LOST, settled_at=NOW, reason=bindparam("because"))
)
# fmt: on

TAKEN = "taken"
"""Another claimant has the case."""


def open_plan(session: Session, case_id: str) -> PlanRow | None:
    """Return the case's way through its chain, if it is on one."""
    return session.exec(OPEN_PLAN, params={"of_case": case_id}).one_or_none()


def last_plan(session: Session, case_id: str) -> PlanRow | None:
    """Return the case's latest plan, open or over."""
    return session.exec(LAST_PLAN, params={"of_case": case_id}).one_or_none()


def asked_wishes(session: Session, case_id: str, plan_id: str | None = None) -> Sequence[OfferRow]:
    """Return the offers to those wished for, on one way through the chain or on any, in their order."""
    made = ASKED_WISHES.where(OfferRow.plan_id == plan_id) if plan_id else ASKED_WISHES
    return session.exec(made, params={"of_case": case_id}).all()


def pending_offers(session: Session, case_id: str) -> Sequence[OfferRow]:
    """Return who is being asked to take the case."""
    return session.exec(PENDING, params={"of_case": case_id}).all()


def open_posting(session: Session, case_id: str) -> PostingRow | None:
    """Return the case's place on the board."""
    return session.exec(POSTING, params={"of_case": case_id}).one_or_none()


def open_arrangement(session: Session, case_id: str) -> ArrangementRow | None:
    """Return what an institution is to arrange its person for."""
    still = (ArrangementRow.case_id == case_id, ArrangementRow.state == ArrangementState.OPEN)
    return session.exec(select(ArrangementRow).where(*still)).one_or_none()


def open_claims(session: Session, case_id: str) -> Sequence[ClaimRow]:
    """Return the claims on a case, in the order they came."""
    return session.exec(CLAIMS, params={"of_case": case_id}).all()


def due(session: Session, statement: Any, now: datetime | None = None) -> dict[str, list[str]]:
    """Return the cases that one of the statements above finds, by centre."""
    found: dict[str, list[str]] = defaultdict(list)
    for centre_id, case_id in session.exec(statement, params={"now": now} if now else {}):
        if case_id not in found[centre_id]:
            found[centre_id].append(case_id)
    return {centre_id: sorted(found[centre_id]) for centre_id in sorted(found)}


def end_plan(tx: Transaction, case_id: str, became: PlanState, now: datetime) -> None:
    """Let the case be on no chain any more."""
    tx.session.flush()
    tx.session.exec(END_PLAN, params={"of_case": case_id, "now": now, "became": became})


def withdraw_offers(tx: Transaction, case_id: str, now: datetime) -> None:
    """Take back every offer that has no answer yet."""
    tx.session.flush()
    tx.session.exec(WITHDRAW, params={"of_case": case_id, "now": now})


def leave_board(tx: Transaction, case_id: str, became: PostingState, now: datetime) -> None:
    """Take the case off the board; claims that are still open are lost."""
    tx.session.flush()
    tx.session.exec(CLOSE_POSTING, params={"of_case": case_id, "now": now, "became": became})
    because = TAKEN if became is PostingState.GRANTED else became.value
    tx.session.exec(LOSE_CLAIMS, params={"of_case": case_id, "now": now, "because": because})
