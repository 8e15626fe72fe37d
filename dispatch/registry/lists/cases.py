"""The list of cases: narrowed by what is asked, counted, in the order of numbers or of deadlines."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.states import ArrangementState, EndReason
from dispatch.domain.vocabulary import CaseSource, Matter, PartyRole, Status, Term
from dispatch.registry.reads import CURSOR, Rows, Slice, count_of, page
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseRow, PartyRow

LAST_LETTER = "\U0010ffff"


# fmt: off
class CaseOrder(Term):
    """By what a list of cases is ordered; those without a deadline come last, or first the other way round."""

    NUMBER   = "number",   "案件编号", "case number"
    DEADLINE = "deadline", "期限",     "deadline"
# fmt: on


PersonKey = tuple[str, tuple[str, ...]]
"""A column of keyed hashes of people, with what may be in it."""


class CaseFilter(NamedTuple):
    """Which cases a list shows; what is left out shows all."""

    number_key: str | None = None
    number_prefix: str | None = None
    """Of the key, not of the number."""
    status: tuple[Status, ...] = ()
    matter: Matter | None = None
    area: str | None = None
    source: CaseSource | None = None
    archive_key: str | None = None
    due_from: datetime | None = None
    due_before: datetime | None = None
    practitioner_id: str | None = None
    institution_id: str | None = None
    person: tuple[PersonKey, ...] = ()


EQUAL = ("number_key", "matter", "area", "source", "archive_key")


def cases(
    session: Session,
    centre_id: str,
    wanted: CaseFilter,
    part: Slice,
    order: CaseOrder = CaseOrder.NUMBER,
    *,
    descending: bool = False,
) -> Rows:
    """Return a page of cases; the first one tells how many there are in all."""
    look = _Look(session, centre_id, wanted, part.limit, descending)
    total = look.count() if part.after is None else None
    key = _key(part.after, order)
    rows, more = look.by_number(key) if order is CaseOrder.NUMBER else look.by_deadline(key)
    last = (order.value, *_key_of(rows[-1], order)) if more else None
    return Rows(rows, last, total)


def case_ids(session: Session, centre_id: str, wanted: CaseFilter) -> list[str]:
    """Return the ids of all cases that are wanted."""
    return list(session.exec(select(CaseRow.id).where(CaseRow.centre_id == centre_id, *_all(centre_id, wanted))))


def _conditions(centre_id: str, wanted: CaseFilter) -> Iterator[ColumnElement[bool]]:
    for name in EQUAL:
        if (value := getattr(wanted, name)) is not None:
            yield col(getattr(CaseRow, name)) == value
    if wanted.number_prefix:
        key = col(CaseRow.number_order)
        yield key.between(wanted.number_prefix, wanted.number_prefix + LAST_LETTER)
    if wanted.due_from:
        yield col(CaseRow.due_at) >= wanted.due_from
    if wanted.due_before:
        yield col(CaseRow.due_at) < wanted.due_before
    if wanted.practitioner_id:
        yield col(CaseRow.id).in_(_undertaken(AssignmentRow.practitioner_id == wanted.practitioner_id))
    if wanted.institution_id:
        yield _of_institution(wanted.institution_id)
    if wanted.person:
        yield col(CaseRow.id).in_(_of_person(centre_id, wanted.person))


def _undertaken(whose: Any) -> Any:
    """Return the cases that somebody has a seat of, or carried through."""
    kept = or_(col(AssignmentRow.ended_at).is_(None), col(AssignmentRow.end_reason) == EndReason.CLOSED)
    return select(AssignmentRow.case_id).where(whose, kept)


def _of_institution(institution_id: str) -> ColumnElement[bool]:
    entrusted = select(ArrangementRow.case_id).where(
        ArrangementRow.institution_id == institution_id, ArrangementRow.state == ArrangementState.OPEN
    )
    undertaken = _undertaken(AssignmentRow.institution_id == institution_id)
    return col(CaseRow.id).in_(undertaken.union(entrusted))


def _of_person(centre_id: str, keys: tuple[PersonKey, ...]) -> Any:
    found = select(PartyRow.case_id).where(PartyRow.centre_id == centre_id, PartyRow.role == PartyRole.RECIPIENT)
    return found.where(*(col(getattr(PartyRow, name)).in_(among) for name, among in keys))


def _all(centre_id: str, wanted: CaseFilter) -> list[ColumnElement[bool]]:
    among = [col(CaseRow.status).in_(wanted.status)] if wanted.status else []
    return [*_conditions(centre_id, wanted), *among]


def _key(after: list[str] | None, order: CaseOrder) -> list[str] | None:
    """Return where a page begins; a cursor of another order begins nowhere."""
    if after is None:
        return None
    if len(after) != 3 or after[0] != order.value:
        raise InvalidFieldError(field="cursor", expected=CURSOR)
    return after[1:]


def _key_of(row: CaseRow, order: CaseOrder) -> tuple[str, str]:
    due = row.due_at.isoformat() if row.due_at else ""
    return (row.number_order if order is CaseOrder.NUMBER else due), row.id


Found = tuple[list[CaseRow], bool]
"""Rows of a page, and whether more follow."""


class _Look:
    """A look for one page of cases.

    Each state is walked separately, in the order of an index, and the walks are merged: among cases that nearly all
    are closed, no database finds the few open ones in an order without sorting or walking all of them.
    """

    def __init__(self, session: Session, centre_id: str, wanted: CaseFilter, limit: int, descending: bool) -> None:
        self._session, self._centre_id, self._wanted = session, centre_id, wanted
        self._limit, self._descending = limit, descending
        self._filters = list(_conditions(centre_id, wanted))
        self._arms = [[col(CaseRow.status) == status] for status in dict.fromkeys(wanted.status)] or [[]]

    def count(self) -> int:
        """Return how many there are in all."""
        return count_of(self._session, CaseRow, self._centre_id, *_all(self._centre_id, self._wanted))

    def by_number(self, after: list[str] | None) -> Found:
        """Return cases by their number."""
        return self._walk("number_order", after, self._limit)

    def by_deadline(self, after: list[str] | None) -> Found:
        """Return cases by their deadline, and those without one after them: no index compares a row with nothing."""
        due = col(CaseRow.due_at)
        halves = [("due_at", due.is_not(None)), ("id", due.is_(None))]
        if self._descending:
            halves.reverse()
        if after and (after[0] == "") is not self._descending:
            del halves[0]
        if self._wanted.due_from or self._wanted.due_before:
            halves = [half for half in halves if half[0] == "due_at"]
        rows: list[CaseRow] = []
        for by, half in halves:
            room = self._limit - len(rows)
            found, more = self._walk(by, after and (after if by == "due_at" else after[1:]), max(room, 1), half)
            rows += found[:room]
            if more or len(found) > room:
                return rows, True
            after = None
        return rows, False

    def _walk(self, by: str, after: list[str] | None, limit: int, *half: ColumnElement[bool]) -> Found:
        def arm(state: list[ColumnElement[bool]]) -> Rows:
            among = (*self._filters, *half, *state)
            here = Slice(limit, after)
            return page(self._session, CaseRow, self._centre_id, here, *among, by=by, newest_first=self._descending)

        arms = [arm(state) for state in self._arms]
        rows = [row for each in arms for row in each.rows]
        rows.sort(key=lambda row: (getattr(row, by), row.id), reverse=self._descending)
        return rows[:limit], len(rows) > limit or any(each.last for each in arms)
