"""Loads how the cases of a centre hang together."""

from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.domain.docket.ties import Ties
from dispatch.registry.statements import fetch
from dispatch.registry.tables import RelationRow

RELATIONS: Any = select(RelationRow.kind, RelationRow.case_id, RelationRow.other_id).where(
    col(RelationRow.centre_id) == bindparam("centre_id")
)


def load_ties(session: Session, centre_id: str) -> Ties:
    """Return all ties of the centre's cases, so that a group holds together across assigned cases too."""
    return Ties.of(fetch(session, RELATIONS, centre_id=centre_id).all())
