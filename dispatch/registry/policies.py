"""The policy a centre decides by."""

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, func, select

from dispatch.domain.errors import PolicyMissingError
from dispatch.domain.policy import Policy
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.tables import PolicyRow

CENTRE: BindParameter[str] = bindparam("centre_id")
IN_FORCE = select(PolicyRow).where(PolicyRow.centre_id == CENTRE, col(PolicyRow.status) == PolicyStatus.PUBLISHED)
NEWEST = select(func.max(PolicyRow.version)).where(PolicyRow.centre_id == CENTRE)


def policy_in_force(session: Session, centre_id: str) -> PolicyRow:
    """Return the centre's published policy; a centre without one decides nothing."""
    row = session.exec(IN_FORCE, params={"centre_id": centre_id}).one_or_none()
    if row is None:
        raise PolicyMissingError(centre_id=centre_id)
    return row


def newest_version(session: Session, centre_id: str) -> int:
    """Return the highest version number given so far, 0 before the first."""
    return session.exec(NEWEST, params={"centre_id": centre_id}).one() or 0


def read_policy(row: PolicyRow) -> Policy:
    """Return what the row's document says."""
    return Policy.from_document(row.document)
