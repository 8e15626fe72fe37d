"""What interfaces read: lists by cursor and single rows, always of one centre, never locking."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import Session, SQLModel, col, func, or_, select, tuple_

from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.domain.states import AmendmentState, ArrangementState, ComplaintState, EndReason, Review
from dispatch.domain.texts.organs import organ_key
from dispatch.domain.vocabulary import ON_NOTICE, OrganKind, PartyRole
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.statements import in_force
from dispatch.registry.tables import (
    AbsenceRow,
    AmendmentRow,
    ArchiveRow,
    AreaRow,
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    CaseEventRow,
    CaseRow,
    ComplaintRow,
    DocumentRow,
    InstitutionAttributesRow,
    InstitutionRow,
    OrganNameRow,
    OrganRow,
    PartyRow,
    PolicyRow,
    PractitionerRow,
    ProposalRow,
    ReplacementRow,
    RosterChangeRow,
    RunRow,
    SimulationRow,
    UserRow,
    WishRow,
)

Row = TypeVar("Row", bound=SQLModel)

CURSOR = stated("前一页的 `next`，原样填写", "the `next` of an earlier page, unchanged")

MAX_STORED = 2**63 - 1

MAX_COUNTED = 100_000
"""As far as rows are counted of which there are more every year."""

NOTHING: Mapping[str, str] = {}


class Slice(NamedTuple):
    """Where a page starts (after this key, or at the top) and how many rows it may have."""

    limit: int
    after: list[str] | None


class Rows(NamedTuple):
    """A page of rows and the key of its last, or None if nothing follows; ``total`` where the whole list is counted."""

    rows: list[Any]
    last: tuple[str, ...] | None
    total: int | None = None


def get(session: Session, table: type[Row], centre_id: str, id: str) -> Row:
    """Return a row of this centre; another centre's is not found."""
    row = session.get(table, id)
    if row is None or getattr(row, "centre_id", None) != centre_id:
        raise NotFoundError(what=table.__tablename__, id=id)
    return row


def page(
    session: Session,
    table: type[Row],
    centre_id: str | None,
    part: Slice,
    *filters: Any,
    by: str = "id",
    newest_first: bool = False,
    unread: Sequence[Any] = (),
) -> Rows:
    """Return rows of one centre, or of none, in the order of ``by`` and id, or the other way round.

    Large columns that nobody asks for stay ``unread``.
    """
    order, id = getattr(table, by), table.id  # type: ignore[attr-defined]  # every listed table has it
    statement = select(table).where(table.centre_id == centre_id, *filters)  # type: ignore[attr-defined]  # likewise
    statement = statement.options(*(defer(column) for column in unread))
    if part.after is not None:
        # Compared as one value, so that an index finds the place where the page begins.
        here, seen = tuple_(order, id), (_typed(table, by, part.after[0]), _typed(table, "id", part.after[-1]))
        statement = statement.where(here < seen if newest_first else here > seen)
    keys = (order,) if by == "id" else (order, id)
    ways = [each.desc() for each in keys] if newest_first else keys
    rows: list[Any] = list(session.exec(statement.order_by(*ways).limit(part.limit + 1)))
    full = len(rows) > part.limit
    rows = rows[: part.limit]
    return Rows(rows, (_text(getattr(rows[-1], by)), str(rows[-1].id)) if full else None)


def _equal(table: Any, **wanted: Any) -> list[Any]:
    return [getattr(table, name) == value for name, value in wanted.items() if value is not None]


def _typed(table: type[SQLModel], name: str, text: str) -> Any:
    """Read a part of a cursor back as what the column holds."""
    kind = table.model_fields[name].annotation
    try:
        if kind in (int, int | None):
            return _bounded(int(text))
        if kind is date:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text).astimezone(UTC) if kind in (datetime, datetime | None) else text
    except (ValueError, OverflowError):
        raise InvalidFieldError(field="cursor", expected=CURSOR) from None


def _bounded(number: int) -> int:
    if abs(number) > MAX_STORED:
        raise ValueError("no row has such a number")
    return number


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def notified_cases(session: Session, centre_id: str, organ: str, part: Slice, *, newest_first: bool = False) -> Rows:
    """Return the cases a case organ gave notice of, by their number, or those that came last first."""
    noticed = (_of_organ(session, CaseRow, centre_id, organ), col(CaseRow.source).in_(ON_NOTICE))
    by = "received_at" if newest_first else "number_order"
    return page(session, CaseRow, centre_id, part, *noticed, by=by, newest_first=newest_first)


def organs(
    session: Session, centre_id: str, part: Slice, text: str | None, kind: OrganKind | None, *, retired: bool
) -> Rows:
    """Return the catalogue of organs by their own names: those that go by a name with the text in it."""
    wanted: list[Any] = [] if retired else [col(OrganRow.retired_at).is_(None)]
    wanted += [OrganRow.kind == kind] if kind else []
    if text:
        part_of = ((OrganNameRow.key, organ_key(text)), (OrganNameRow.name, text))
        has_part = or_(*(col(column).contains(piece, autoescape=True) for column, piece in part_of))
        known = load_organs(session, centre_id).find(text)
        named = col(OrganRow.id).in_(select(OrganNameRow.organ_id).where(has_part))
        wanted.append(named | (OrganRow.id == known.id) if known else named)
    return page(session, OrganRow, centre_id, part, *wanted, by="name")


def _of_organ(session: Session, table: type[CaseRow] | type[DocumentRow], centre_id: str, organ: str) -> Any:
    """Return what finds the rows of an organ, by whichever of its names; a centre deals with few organs."""
    names, organs = _organs_named(session, table, centre_id), load_organs(session, centre_id)
    return col(table.organ).in_([name for name in names if organs.key(name) == organs.key(organ)])


def _organs_named(session: Session, table: type[CaseRow] | type[DocumentRow], centre_id: str) -> list[str]:
    """Return the names of organs in a table: each is the least after the one before, however often it is there."""
    least = select(func.min(table.organ)).where(table.centre_id == centre_id)
    names = least.cte("names", recursive=True)
    name = names.c[0]
    following = least.where(col(table.organ) > name).correlate(names).scalar_subquery()
    names = names.union_all(select(following).where(name.is_not(None)))
    return [name for name in session.exec(select(names.c[0])) if name is not None]


class ActingCounsel(NamedTuple):
    """Who has a seat of a case, or carried it through, and of which institution."""

    assignment: AssignmentRow
    practitioner: PractitionerRow
    institution: InstitutionRow


def counsel(session: Session, case_id: str) -> list[ActingCounsel]:
    """Return who acts or acted to the end in a case, the lead first."""
    return counsel_of(session, [case_id])[case_id]


def counsel_of(session: Session, case_ids: Collection[str]) -> Mapping[str, list[ActingCounsel]]:
    """Return who acts or acted to the end in each of these cases, the lead first."""
    kept = or_(col(AssignmentRow.ended_at).is_(None), col(AssignmentRow.end_reason) == EndReason.CLOSED)
    named = (
        select(AssignmentRow, PractitionerRow, InstitutionRow)
        .join(PractitionerRow, col(PractitionerRow.id) == col(AssignmentRow.practitioner_id))
        .join(InstitutionRow, col(InstitutionRow.id) == col(AssignmentRow.institution_id))
        .where(col(AssignmentRow.case_id).in_(case_ids), kept)
        .order_by(col(AssignmentRow.seat))
    )
    found: dict[str, list[ActingCounsel]] = {case_id: [] for case_id in case_ids}
    for row in session.exec(named):
        found[row[0].case_id].append(ActingCounsel(*row))
    return found


def logins_of(session: Session, user_ids: Collection[str]) -> dict[str, str]:
    """Return by which login each user is known."""
    found = session.exec(select(UserRow.id, UserRow.login).where(col(UserRow.id).in_(user_ids)))
    return dict(found.all())


def wished(session: Session, case_id: str) -> list[str]:
    """Return the practitioners the recipient named, the most wished first."""
    return list(
        session.exec(select(WishRow.practitioner_id).where(WishRow.case_id == case_id).order_by(col(WishRow.rank)))
    )


def parties(session: Session, case_id: str) -> Sequence[PartyRow]:
    """Return the sealed people of a case, its recipient first."""
    found = session.exec(select(PartyRow).where(PartyRow.case_id == case_id).order_by(col(PartyRow.id))).all()
    return sorted(found, key=lambda row: list(PartyRole).index(row.role))


def waiting_amendments(session: Session, case_id: str) -> Sequence[AmendmentRow]:
    """Return the changes of a case that wait for a second person, the oldest first."""
    waits = (AmendmentRow.case_id == case_id, AmendmentRow.state == AmendmentState.WAITING)
    return session.exec(select(AmendmentRow).where(*waits).order_by(col(AmendmentRow.made_at))).all()


def amendments_of(session: Session, case_id: str) -> Sequence[AmendmentRow]:
    """Return the changes of a case in the order they were made or proposed."""
    made = select(AmendmentRow).where(AmendmentRow.case_id == case_id)
    return session.exec(made.order_by(col(AmendmentRow.made_at), col(AmendmentRow.id))).all()


def count_of(session: Session, table: Any, centre_id: str, *filters: ColumnElement[bool]) -> int:
    """Return how many rows there are, no further than to MAX_COUNTED: more years of them take no longer."""
    some = select(table.id).where(table.centre_id == centre_id, *filters).limit(MAX_COUNTED)
    return session.exec(select(func.count()).select_from(some.subquery())).one()


def amendments(
    session: Session,
    centre_id: str,
    part: Slice,
    state: AmendmentState | None,
    case_id: str | None,
    decider_id: str | None = None,
) -> Rows:
    """Return changes of cases in the order they were made or proposed; those that wait for somebody's decision."""
    filters = _equal(AmendmentRow, state=AmendmentState.WAITING if decider_id else state, case_id=case_id)
    if decider_id:
        filters.append(or_(col(AmendmentRow.made_by).is_(None), col(AmendmentRow.made_by) != decider_id))
    total = None if part.after else count_of(session, AmendmentRow, centre_id, *filters)
    return page(session, AmendmentRow, centre_id, part, *filters, by="made_at")._replace(total=total)


def events(session: Session, centre_id: str, case_id: str, part: Slice) -> Rows:
    """Return what happened to a case, oldest first."""
    return page(session, CaseEventRow, centre_id, part, CaseEventRow.case_id == case_id)


def roster_entry(session: Session, actor: Actor, id: str, on: date) -> tuple[PractitionerRow, AttributesRow | None]:
    """Return a practitioner as of a day; who may read only their own finds nobody else."""
    practitioner = get(session, PractitionerRow, actor.centre_id, id)
    stated = attributes(session, [id], on).get(id)
    theirs = id == actor.practitioner_id or (stated is not None and stated.institution_id == actor.institution_id)
    if not theirs and Verb.READ_ROSTER not in PERMISSIONS[actor.role]:
        raise NotFoundError(what="practitioner", id=id)
    return practitioner, stated


def absences(session: Session, centre_id: str, part: Slice, **wanted: Any) -> Rows:
    """Return absences by their first day; of whom, of which kind and in which state, where that is named."""
    return page(session, AbsenceRow, centre_id, part, *_equal(AbsenceRow, **wanted), by="from_on")


def areas(session: Session, centre_id: str) -> list[AreaRow]:
    """Return the centre's areas; they are few."""
    return list(session.exec(select(AreaRow).where(AreaRow.centre_id == centre_id).order_by(col(AreaRow.code))))


def attributes(session: Session, practitioner_ids: Sequence[str], on: date) -> dict[str, AttributesRow]:
    """Return what was true of each practitioner on a day."""
    of_them = col(AttributesRow.practitioner_id).in_(practitioner_ids)
    found = session.exec(select(AttributesRow).where(of_them, in_force(AttributesRow, on)))
    return {attributes.practitioner_id: attributes for attributes in found}


def institution_attributes(
    session: Session, institution_ids: Sequence[str], on: date
) -> dict[str, InstitutionAttributesRow]:
    """Return what was true of each institution on a day."""
    of_them = col(InstitutionAttributesRow.institution_id).in_(institution_ids)
    found = session.exec(select(InstitutionAttributesRow).where(of_them, in_force(InstitutionAttributesRow, on)))
    return {attributes.institution_id: attributes for attributes in found}


def institution(session: Session, actor: Actor, id: str) -> InstitutionRow:
    """Return an institution; who may read only their own finds no other."""
    if id != actor.institution_id and Verb.READ_ROSTER not in PERMISSIONS[actor.role]:
        raise NotFoundError(what="institution", id=id)
    return get(session, InstitutionRow, actor.centre_id, id)


def roster_changes(session: Session, centre_id: str, part: Slice, **whose: str) -> Rows:
    """Return how an entry of the roster came to say what it says, oldest first."""
    return page(session, RosterChangeRow, centre_id, part, *_equal(RosterChangeRow, **whose))


def runs(session: Session, centre_id: str, part: Slice) -> Rows:
    """Return runs by their id."""
    return page(session, RunRow, centre_id, part)


def proposals(session: Session, centre_id: str, run_id: str, part: Slice, *filters: Any) -> Rows:
    """Return the proposals of a run, case by case."""
    return page(session, ProposalRow, centre_id, part, ProposalRow.run_id == run_id, *filters)


def assignments(
    session: Session,
    centre_id: str,
    part: Slice,
    case_id: str | None,
    practitioner_id: str | None,
    live: bool | None,
    whose: Mapping[str, str] = NOTHING,
) -> Rows:
    """Return assignments in the order they were made; ``whose`` narrows them to someone's own."""
    filters: list[Any] = _equal(AssignmentRow, **whose)
    if case_id:
        filters.append(AssignmentRow.case_id == case_id)
    if practitioner_id:
        filters.append(AssignmentRow.practitioner_id == practitioner_id)
    if live is not None:
        filters.append(col(AssignmentRow.ended_at).is_(None) if live else col(AssignmentRow.ended_at).is_not(None))
    return page(session, AssignmentRow, centre_id, part, *filters, by="assigned_at")


def replacements(session: Session, centre_id: str, part: Slice, state: Review | None) -> Rows:
    """Return requests to replace someone in the order they were made."""
    return page(session, ReplacementRow, centre_id, part, *_equal(ReplacementRow, state=state), by="asked_at")


def next_serial(
    session: Session, table: type[DocumentRow] | type[ArchiveRow], centre_id: str, series: str, year: int
) -> int:
    """Return the number that follows the last one ever given in a series; what was voided keeps its own.

    Read under the centre's lock, so that nobody else reads the last one before ours is committed.
    """
    counted = (table.centre_id == centre_id, table.series == series, table.year == year)
    return (session.exec(select(func.max(table.serial)).where(*counted)).one() or 0) + 1


def complaints(session: Session, centre_id: str, part: Slice, state: ComplaintState | None) -> Rows:
    """Return complaints in the order they were received."""
    return page(session, ComplaintRow, centre_id, part, *_equal(ComplaintRow, state=state), by="received_at")


def arrangements(
    session: Session, centre_id: str, part: Slice, institution_id: str | None, state: ArrangementState | None
) -> Rows:
    """Return cases given to institutions in the order they were given."""
    about = _equal(ArrangementRow, institution_id=institution_id, state=state)
    return page(session, ArrangementRow, centre_id, part, *about, by="entrusted_at")


def letters(
    session: Session,
    centre_id: str,
    part: Slice,
    kinds: Collection[str],
    organ: str | None,
    *,
    awaited: bool = False,
    newest_first: bool = False,
) -> Rows:
    """Return letters to case organs, or to one of them, as they were issued or the newest first; not yet received."""
    sent = [col(DocumentRow.kind).in_(kinds), col(DocumentRow.organ).is_not(None)]
    if organ is not None:
        sent.append(_of_organ(session, DocumentRow, centre_id, organ))
    if awaited:
        sent += [col(DocumentRow.received_on).is_(None), col(DocumentRow.voided_at).is_(None)]
    return page(session, DocumentRow, centre_id, part, *sent, by="issued_at", newest_first=newest_first)


def policies(session: Session, centre_id: str, part: Slice, *, newest_first: bool = False) -> Rows:
    """Return policy versions, oldest first or newest first, without their documents."""
    unread = (PolicyRow.document,)
    return page(session, PolicyRow, centre_id, part, by="version", newest_first=newest_first, unread=unread)


def simulations(
    session: Session, centre_id: str, part: Slice, policy_id: str | None = None, *, newest_first: bool = False
) -> Rows:
    """Return back-tests in the order they were asked for, or the newest first, without what was played."""
    of_it, row = _equal(SimulationRow, policy_id=policy_id), SimulationRow
    unread = (row.policy_document, row.against_document, row.policy_part, row.against_part, row.result)
    return page(session, row, centre_id, part, *of_it, by="created_at", newest_first=newest_first, unread=unread)
