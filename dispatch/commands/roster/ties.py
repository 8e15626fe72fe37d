"""Declared ties are kept: whom a practitioner or an institution advises, who the relatives are, where they serve.

Practitioners and institutions declare their own and say when it ends; what was wrong the centre corrects or removes.
Anyone who has a case that a declaration affects is judged again at once (``holder_barred``); nobody is taken off by it.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlmodel import Session, col, or_, select

from dispatch.commands.cases.holders import review_declared, touched_today
from dispatch.commands.imports.upserts import Row, changed, require_sensible
from dispatch.commands.roster.changes import ONE_OF_TWO, require_reach
from dispatch.commands.roster.shown_ties import PERSON, ShownTie, shown, shown_all
from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.errors import DuplicateNumberError, ForbiddenError, InvalidFieldError, StaleError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.roster.words import RosterAct
from dispatch.domain.texts import names_somebody
from dispatch.domain.texts.identity import identify
from dispatch.domain.texts.organs import Organs
from dispatch.domain.texts.typed import PartyName, kept
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import IdentityKind
from dispatch.exchange.columns import Kind
from dispatch.registry import reads
from dispatch.registry.audit import note
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.roster.merging import require_kept
from dispatch.registry.seal import Seal
from dispatch.registry.statements import in_force
from dispatch.registry.tables import (
    AttributesRow,
    DeclaredTieRow,
    InstitutionRow,
    PractitionerRow,
    RosterChangeRow,
    TieReviewRow,
)
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin, Read, Transaction

PLAIN = ("kind", "relation", "organ", "from_on", "until_on")
DECLARED_FIELDS = (*PLAIN, *PERSON)
MATCHED = frozenset({"kind", "relation", "organ", *PERSON})
"""What a review was about; the days are not."""

SEALED_NAMES = ("tie_name", "tie_identity_number")
"""As the history of an entry names them."""

CODE_LENGTH = 12


class TieSubject(NamedTuple):
    """Of whom it is declared: a practitioner, an institution, or, without either, of the person who declares it."""

    practitioner_id: str | None = None
    institution_id: str | None = None


class TieFilter(NamedTuple):
    """Which declarations are asked for; nothing is all that were not removed, those of other days too."""

    practitioner_id: str | None = None
    institution_id: str | None = None
    kind: TieKind | None = None
    removed: bool = False


class TieBook(NamedTuple):
    """What declarations are written with, under the centre's lock."""

    tx: Transaction
    seal: Seal
    centre_id: str
    actor_id: str | None
    now: datetime
    organs: Organs

    @classmethod
    def open(cls, tx: Transaction, seal: Seal, centre_id: str, actor_id: str | None, now: datetime) -> "TieBook":
        """Lock the centre."""
        tx.lock_centre(centre_id)
        return cls(tx, seal, centre_id, actor_id, now, load_organs(tx.session, centre_id))

    @property
    def today(self) -> date:
        """The centre's date."""
        return read_day(self.tx.session, self.centre_id, self.now).today


def declare(begin: Begin, seal: Seal, actor: Actor, now: datetime, whose: TieSubject, row: Row) -> ShownTie:
    """Write down a tie; the same said again is the one already there. A code in use is refused."""
    require(actor, Verb.DECLARE_TIE)
    with begin() as tx:
        book = TieBook.open(tx, seal, actor.centre_id, actor.user_id, now)
        subject = _require_subject(tx, actor, now, whose)
        declared = checked(book, row, subject)
        code = row.get("code")
        if code and _standing(tx.session, actor.centre_id, code):
            raise DuplicateNumberError(field="code", number=code)
        if there := None if code else _same(book, subject, declared):
            return shown(tx.session, seal, there)
        made = enter(book, code or new_id()[:CODE_LENGTH], subject, declared)
        note(tx, actor, Verb.DECLARE_TIE, "declared_tie", made.id, now)
        review_declared(host := RegisterHost(tx, actor.centre_id, actor, now), touched_today(host, made.id))
        return shown(tx.session, seal, made)


def end(begin: Begin, seal: Seal, actor: Actor, now: datetime, tie_id: str, until_on: date) -> ShownTie:
    """Say which day is the last; one's own not before today, for a day that is past a decision has read it."""

    def cut(book: TieBook, row: DeclaredTieRow) -> None:
        require_reach_of(book.tx, actor, now, row)
        if not _is_officer(actor) and until_on < book.today:
            expected = stated("不早于今天；更早的请工作人员更正", "not before today; an officer corrects the past")
            raise InvalidFieldError(field="until_on", value=until_on.isoformat(), expected=expected)
        rewrite(book, row, {"until_on": until_on}, None)

    return _change(begin, seal, actor, now, tie_id, cut)


def correct(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, tie_id: str, changes: Row, if_match: int, reason: str
) -> ShownTie:
    """Put right what was declared; what was found of it is looked at again if it now says somebody else."""
    require(actor, Verb.EDIT_ROSTER)

    def amend(book: TieBook, row: DeclaredTieRow) -> None:
        if row.revision != if_match:
            raise StaleError(what="declared_tie", id=tie_id, expected=if_match, actual=row.revision)
        rewrite(book, row, changes, reason)

    return _change(begin, seal, actor, now, tie_id, amend)


def remove(begin: Begin, seal: Seal, actor: Actor, now: datetime, tie_id: str, reason: str) -> ShownTie:
    """Take back what should never have been declared; it stays readable. Idempotent."""
    require(actor, Verb.EDIT_ROSTER)

    def take_back(book: TieBook, row: DeclaredTieRow) -> None:
        if row.removed_at is None:
            row.removed_at = now
            row.revision += 1
            report_change(book, row, {"tie_code": row.code}, {"tie_code": None}, reason)

    return _change(begin, seal, actor, now, tie_id, take_back)


def read_tie(read: Read, seal: Seal, actor: Actor, now: datetime, tie_id: str) -> ShownTie:
    """Return a declaration; who may read only their own finds nobody else's."""
    with read() as session:
        row = reads.get(session, DeclaredTieRow, actor.centre_id, tie_id)
        if row.practitioner_id:
            reads.roster_entry(session, actor, row.practitioner_id, read_day(session, actor.centre_id, now).today)
        else:
            reads.institution(session, actor, row.institution_id or "")
        return shown(session, seal, row)


def list_ties(
    read: Read, seal: Seal, actor: Actor, now: datetime, wanted: TieFilter, part: Slice
) -> tuple[list[ShownTie], Rows]:
    """Return declarations by their code; who may read only their own finds theirs, or those of their people."""
    with read() as session:
        filters = [
            getattr(DeclaredTieRow, name) == value
            for name, value in wanted._asdict().items()
            if name != "removed" and value is not None
        ]
        if not wanted.removed:
            filters.append(col(DeclaredTieRow.removed_at).is_(None))
        if Verb.READ_ROSTER not in PERMISSIONS[actor.role]:
            filters.append(_theirs(actor, read_day(session, actor.centre_id, now).today))
        found = reads.page(session, DeclaredTieRow, actor.centre_id, part, *filters, by="code")
        return shown_all(session, seal, found.rows), found


def checked(book: TieBook, row: Row, whose: TieSubject) -> dict[str, Any]:
    """Return what a row says, whole and in the words of the register, or refuse it."""
    declared: dict[str, Any] = {name: row.get(name) for name in DECLARED_FIELDS}
    require_sensible(Kind.TIES, {**declared, "institution": whose.institution_id})
    declared["kind"] = TieKind(declared["kind"])
    declared["relation"] = declared["relation"] and Kinship(declared["relation"])
    if declared["kind"] is TieKind.RELATIVE_AT_ORGAN:
        declared["organ"] = book.organs.official(declared["organ"])
    elif declared["kind"] is TieKind.ADVISER:
        known = book.organs.find(declared["name"])
        declared |= {"organ": known.name, "name": known.name} if known else {"organ": None}
    if declared["name"] and not names_somebody(declared["name"]):
        expected = stated("完整的姓名（名称）", "the whole name")
        raise InvalidFieldError(field="name", value=None, expected=expected)
    return declared | _identified(declared)


def enter(book: TieBook, code: str, whose: TieSubject, declared: Row) -> DeclaredTieRow:
    """Write a new declaration, and tell it in the history of the entry."""
    row = book.tx.add(
        DeclaredTieRow(
            centre_id=book.centre_id, code=code, **whose._asdict(), **{name: declared[name] for name in PLAIN},
            **_closed(book.seal, declared), declared_by=book.actor_id, recorded_at=book.now,
        )
    )  # fmt: skip
    book.tx.session.flush()
    _report_changes(book, row, dict.fromkeys(DECLARED_FIELDS), declared, None)
    return row


def rewrite(book: TieBook, row: DeclaredTieRow, changes: Row, reason: str | None) -> bool:
    """Lay changes over a declaration; tell whether anything is different."""
    if row.removed_at is not None:
        expected = stated("未撤销的申报", "a declaration that was not removed")
        raise InvalidFieldError(field="tie_id", value=row.id, expected=expected)
    there = opened(book.seal, row)
    given = changed(there, changes, DECLARED_FIELDS)
    if not given:
        return False
    return restate(book, row, there, {**there, **given}, reason)


def restate(book: TieBook, row: DeclaredTieRow, there: Row, given: Row, reason: str | None) -> bool:
    """Let a declaration say what is given, as the catalogue of organs has it; tell whether that is different."""
    declared = checked(book, given, TieSubject(row.practitioner_id, row.institution_id))
    if not (different := {name for name in DECLARED_FIELDS if declared[name] != there[name]}):
        return False
    for name, value in ({name: declared[name] for name in PLAIN} | _closed(book.seal, declared)).items():
        setattr(row, name, value)
    row.revision += 1
    if different & MATCHED:
        _look_again(book, row)
    _report_changes(book, row, there, declared, reason)
    return True


def opened(seal: Seal, row: DeclaredTieRow) -> dict[str, Any]:
    """Return what a declaration says, who is meant with it; it must be readable."""
    known = seal.open(row.sealed) if row.sealed else {}
    return {name: getattr(row, name) for name in PLAIN} | {name: known.get(name) for name in PERSON}


def require_reach_of(tx: Transaction, actor: Actor, now: datetime, row: DeclaredTieRow) -> None:
    """Refuse anyone who neither keeps the roster nor is, or answers for, whom it is declared of."""
    _require_subject(tx, actor, now, TieSubject(row.practitioner_id, row.institution_id))


def report_change(
    book: TieBook, row: DeclaredTieRow, before: Row, after: Row, reason: str | None, private: Any = None
) -> None:
    """Write what changed into the history of the entry."""
    book.tx.add(
        RosterChangeRow(
            centre_id=book.centre_id, practitioner_id=row.practitioner_id, institution_id=row.institution_id,
            act=RosterAct.TIES, from_on=row.from_on or book.today, before=dict(before), after=dict(after),
            sealed=book.seal.seal(private) if private else None, reason=reason, actor_id=book.actor_id, at=book.now,
        )
    )  # fmt: skip
    book.tx.session.flush()


def _change(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    tie_id: str,
    act: Callable[[TieBook, DeclaredTieRow], None],
) -> ShownTie:
    require(actor, Verb.DECLARE_TIE)
    with begin() as tx:
        book = TieBook.open(tx, seal, actor.centre_id, actor.user_id, now)
        row = tx.lock(DeclaredTieRow, tie_id, actor.centre_id)
        revision, before = row.revision, touched_today(host := RegisterHost(tx, actor.centre_id, actor, now), tie_id)
        act(book, row)
        tx.session.flush()
        if row.revision != revision:
            note(tx, actor, Verb.DECLARE_TIE, "declared_tie", row.id, now)
            review_declared(host, before | touched_today(host, tie_id))
        return shown(tx.session, seal, row)


def _require_subject(tx: Transaction, actor: Actor, now: datetime, whose: TieSubject) -> TieSubject:
    """Return of whom it is, refusing anybody else's: one's own, one's institution's, its people's."""
    if not any(whose):
        whose = TieSubject(actor.practitioner_id, None if actor.practitioner_id else actor.institution_id)
    if all(whose) or not any(whose):
        raise InvalidFieldError(field="practitioner_id", value=None, expected=ONE_OF_TWO)
    if whose.practitioner_id:
        person = reads.get(tx.session, PractitionerRow, actor.centre_id, whose.practitioner_id)
        require_kept(tx.session, person)
        require_reach(tx, actor, person, now, Verb.DECLARE_TIE)
    else:
        reads.get(tx.session, InstitutionRow, actor.centre_id, whose.institution_id or "")
        if not _is_officer(actor) and whose.institution_id != actor.institution_id:
            raise ForbiddenError(verb=Verb.EDIT_ROSTER.value, role=actor.role.value)
    return whose


def _theirs(actor: Actor, today: date) -> Any:
    if actor.practitioner_id:
        return col(DeclaredTieRow.practitioner_id) == actor.practitioner_id
    people = select(AttributesRow.practitioner_id).where(
        AttributesRow.institution_id == actor.institution_id, in_force(AttributesRow, today)
    )
    own = col(DeclaredTieRow.institution_id) == actor.institution_id
    return or_(own, col(DeclaredTieRow.practitioner_id).in_(people))


def _identified(declared: Row) -> dict[str, Any]:
    """Return the number as it is kept; that of an organisation is of no person's document."""
    number = declared["identity_number"]
    if declared["name"]:
        kept("name", PartyName, declared["name"])
    if not number:
        return {"identity_kind": None, "identity_number": None}
    otherwise = IdentityKind.OTHER if declared["kind"] is TieKind.ADVISER else None
    kind = IdentityKind(declared["identity_kind"]) if declared["identity_kind"] else otherwise
    try:
        found = identify(number, kind)
    except UnfitError as unfit:
        raise InvalidFieldError(field="identity_number", value=None, expected=stated(unfit.zh, str(unfit))) from None
    return {"identity_kind": found.kind, "identity_number": found.number}


def _closed(seal: Seal, declared: Row) -> dict[str, Any]:
    known = {name: declared[name] for name in PERSON if declared[name]}
    number, kind = declared["identity_number"], declared["identity_kind"]
    return {
        "sealed": seal.seal(known) if known else None,
        "identity_key": seal.identity_key(identify(number, kind).key) if number else None,
        "name_key": seal.name_key(declared["name"]) if declared["name"] else None,
    }


def _report_changes(book: TieBook, row: DeclaredTieRow, before: Row, after: Row, reason: str | None) -> None:
    plain = [name for name in PLAIN if before[name] != after[name]]
    was, declared = ({f"tie_{name}": _in_json(facts[name]) for name in plain} for facts in (before, after))
    named = [name for name in ("name", "identity_number") if before[name] != after[name]]
    private = {
        key: {f"tie_{name}": facts[name] for name in named} for key, facts in (("before", before), ("after", after))
    }
    # The code says which of them it was.
    about = {"tie_code": row.code}
    report_change(book, row, about | was, about | declared, reason, private if named else None)


def _look_again(book: TieBook, row: DeclaredTieRow) -> None:
    of_it = (TieReviewRow.tie_id == row.id, col(TieReviewRow.superseded_at).is_(None))
    for review in book.tx.session.exec(select(TieReviewRow).where(*of_it)):
        review.superseded_at = book.now


def _standing(session: Session, centre_id: str, code: str) -> DeclaredTieRow | None:
    known = (DeclaredTieRow.centre_id == centre_id, DeclaredTieRow.code == code)
    return session.exec(select(DeclaredTieRow).where(*known, col(DeclaredTieRow.removed_at).is_(None))).first()


def _same(book: TieBook, whose: TieSubject, declared: Row) -> DeclaredTieRow | None:
    of_them = [getattr(DeclaredTieRow, name) == value for name, value in whose._asdict().items() if value]
    standing = select(DeclaredTieRow).where(*of_them, col(DeclaredTieRow.removed_at).is_(None))
    rows: Collection[DeclaredTieRow] = book.tx.session.exec(standing.order_by(col(DeclaredTieRow.code))).all()
    alike = partial(_matches, book.seal, declared)
    return next(filter(alike, rows), None)


def _matches(seal: Seal, declared: Row, row: DeclaredTieRow) -> bool:
    there = opened(seal, row)
    return all(there[name] == declared[name] for name in DECLARED_FIELDS)


def _is_officer(actor: Actor) -> bool:
    return Verb.EDIT_ROSTER in PERMISSIONS[actor.role]


def _in_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
