"""The policy a centre decides by."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

from dispatch.domain.errors import NotFoundError, PolicyMissingError
from dispatch.domain.policy.schema import Policy
from dispatch.domain.policy.trial_floor import YEAR, CentreSize
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.statements import fetch, select_rows
from dispatch.registry.tables import AttributesRow, CaseRow, PolicyRow

CENTRE: BindParameter[str] = bindparam("centre_id")
IN_FORCE = select(PolicyRow).where(PolicyRow.centre_id == CENTRE, col(PolicyRow.status) == PolicyStatus.PUBLISHED)
KNOWN_BY: Any = select_rows(PolicyRow.id, PolicyRow.digest).where(
    PolicyRow.centre_id == CENTRE, col(PolicyRow.status) == PolicyStatus.PUBLISHED
)
NEWEST = select(func.max(PolicyRow.version)).where(PolicyRow.centre_id == CENTRE)

MAX_VERSION = 2**31 - 1
MAX_READ = 256
_read: dict[str, Policy] = {}
"""Policies by the digest of what they say: one that says something else has another digest."""


class InForce(NamedTuple):
    """The policy in force and the id it is referred to by."""

    id: str
    policy: Policy


def find_in_force(session: Session, centre_id: str) -> PolicyRow | None:
    """Return the centre's published policy, if it has one."""
    return session.exec(IN_FORCE, params={"centre_id": centre_id}).one_or_none()


def policy_in_force(session: Session, centre_id: str) -> PolicyRow:
    """Return the centre's published policy; a centre without one decides nothing."""
    row = find_in_force(session, centre_id)
    if row is None:
        raise PolicyMissingError(centre_id=centre_id)
    return row


def version_of(session: Session, centre_id: str, version: int) -> PolicyRow:
    """Return a version of the centre's policy by its number; one that no database can count to does not exist."""
    own = select(PolicyRow).where(PolicyRow.centre_id == centre_id, col(PolicyRow.version) == version)
    row = session.exec(own).one_or_none() if abs(version) <= MAX_VERSION else None
    if row is None:
        raise NotFoundError(what="policy", id=str(version))
    return row


def versions_of(session: Session, centre_id: str) -> Sequence[PolicyRow]:
    """Return every version of the centre's policy, the newest first."""
    own = select(PolicyRow).where(PolicyRow.centre_id == centre_id)
    return session.exec(own.order_by(col(PolicyRow.version).desc())).all()


def tried_policies(session: Session, centre_id: str, base_id: str) -> Sequence[PolicyRow]:
    """Return drafts that follow a version and were tried, the newest first, without their documents."""
    own = (PolicyRow.centre_id == centre_id, PolicyRow.base_id == base_id, PolicyRow.status == PolicyStatus.SIMULATED)
    # The attribute of a class is a column, that of a row a text.
    statement = select(PolicyRow).where(*own).options(defer(PolicyRow.document))  # type: ignore[arg-type]
    return session.exec(statement.order_by(col(PolicyRow.version).desc())).all()


def newest_version(session: Session, centre_id: str) -> int:
    """Return the highest version number given so far, 0 before the first."""
    return session.exec(NEWEST, params={"centre_id": centre_id}).one() or 0


def load_in_force(session: Session, centre_id: str) -> InForce:
    """Return the policy to decide by; its document is fetched only if no policy of its digest was read before."""
    found = fetch(session, KNOWN_BY, centre_id=centre_id).one_or_none()
    if found is None:
        raise PolicyMissingError(centre_id=centre_id)
    id, digest = found
    return InForce(id, _read.get(digest) or read_policy(session.get_one(PolicyRow, id)))


def read_policy(row: PolicyRow) -> Policy:
    """Return what the row's document says."""
    if row.digest not in _read:
        if len(_read) >= MAX_READ:
            _read.clear()
        _read[row.digest] = Policy.from_document(row.document)
    return _read[row.digest]


def size_of_centre(session: Session, centre_id: str, now: datetime) -> CentreSize:
    """Return how large a centre is, by its past year and its list of today."""
    year = (CaseRow.centre_id == centre_id, col(CaseRow.entitled_at) >= now - YEAR, col(CaseRow.entitled_at) <= now)
    cases, first = session.exec(select(func.count(), func.min(CaseRow.entitled_at)).where(*year)).one()
    people = session.exec(select(func.count()).where(*_listed(centre_id, now.date()))).one()
    return CentreSize(cases, (now - first).days // 7 if first else 0, people)


def _listed(centre_id: str, today: date) -> tuple[Any, ...]:
    row = AttributesRow
    open_ended = col(row.until_on).is_(None) | (col(row.until_on) > today)
    held = (col(row.superseded_at).is_(None), col(row.from_on) <= today, open_ended)
    return (row.centre_id == centre_id, col(row.listed).is_(True), *held)
