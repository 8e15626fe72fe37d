"""What a run proposes, in the order in which it is shown and applied."""

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.registry.tables import CaseRow, ProposalRow

PROPOSALS = (
    select(ProposalRow)
    .join(CaseRow, col(CaseRow.id) == col(ProposalRow.case_id))
    .where(ProposalRow.run_id == bindparam("run_id"))
    .order_by(col(CaseRow.due_at), col(ProposalRow.case_id), col(ProposalRow.seat))
)


def list_proposals(session: Session, run_id: str) -> Sequence[ProposalRow]:
    """Return every proposal of the run, the most urgent case first."""
    return session.exec(PROPOSALS, params={"run_id": run_id}).all()
