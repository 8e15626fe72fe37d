"""What the live hall reads: the entries of a centre's history that touch the board, and the cards they are about.

Such entries are written under the centre's lock, so their ids rise in the order in which they were
committed: whoever has read up to an id has missed nothing below it.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.domain.states import PostingState
from dispatch.registry.board import Card
from dispatch.registry.statements import load_by
from dispatch.registry.tables import CaseEventRow, CaseRow, PostingRow
from dispatch.registry.tables.cases import OF_HALL

# fmt: off
ENTRIES = select(CaseEventRow).where(col(CaseEventRow.centre_id) == bindparam("centre"), OF_HALL)
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
