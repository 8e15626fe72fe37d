"""Declared ties come in by file, each row by its code, and go out in the same columns."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, refused, require_known
from dispatch.commands.roster.registration import KNOWN_SHOWN, Batch
from dispatch.commands.roster.ties import TieBook, TieSubject, checked, enter, opened, rewrite
from dispatch.domain.errors import DispatchError, InvalidFieldError, UnknownReferenceError, stated
from dispatch.domain.texts import code_key
from dispatch.exchange.columns import Kind
from dispatch.registry.roster.merging import unknown_code
from dispatch.registry.seal import Seal
from dispatch.registry.tables import DeclaredTieRow, InstitutionRow, PractitionerRow

STEP = 100
SUBJECTS: Mapping[str, Any] = {"practitioner": PractitionerRow, "institution": InstitutionRow}
IMPORTED = "导入 imported"


def upsert_ties(batch: Batch, rows: Sequence[Row]) -> list[Upsert]:
    """Declare the ties of a file, or correct those already declared under their codes."""
    session = batch.tx.session
    book = TieBook.open(batch.tx, batch.seal, batch.centre_id, batch.actor_id, batch.now)
    ids = {
        name: {code_key(code): id for code, id in _ids(session, table, batch.centre_id).items()}
        for name, table in SUBJECTS.items()
    }
    there = {code_key(row.code): row for row in _standing(session, batch.centre_id)}
    fates = []
    for done, row in enumerate(rows):
        if batch.notify and done % STEP == 0:
            batch.notify(done, len(rows))
        try:
            require_known(Kind.TIES, row)
            fates.append(_take(book, row, _subject(book, row, ids), there))
        except DispatchError as error:
            fates.append(refused(error))
    return fates


def list_declared(session: Session, seal: Seal, centre_id: str) -> Iterator[dict[str, Any]]:
    """Yield the declarations not removed by their code, with the person meant decrypted."""
    codes = {table: {id: code for code, id in _ids(session, table, centre_id).items()} for table in SUBJECTS.values()}
    for row in _standing(session, centre_id):
        whose = {name: codes[table].get(getattr(row, f"{name}_id") or "") for name, table in SUBJECTS.items()}
        yield {"code": row.code, "sealed": row.sealed, **whose, "row": row}


def open_record(seal: Seal, record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with who is meant; the organ of a client is only what the catalogue says of its name."""
    said = opened(seal, record["row"])
    return {**record, **said, "organ": said["organ"] if said["relation"] else None}


def _take(book: TieBook, row: Row, whose: TieSubject, there: dict[str, DeclaredTieRow]) -> Upsert:
    known = there.get(code_key(row["code"]))
    if known is None:
        there[code_key(row["code"])] = made = enter(book, row["code"], whose, checked(book, row, whose))
        return Upsert(Fate.CREATED, made.id)
    if whose != TieSubject(known.practitioner_id, known.institution_id):
        expected = stated(
            "与已登记的申报人一致；改由他人申报的，请另编编号", "of whom it was declared; else another code"
        )
        field = "practitioner" if whose.practitioner_id else "institution"
        raise InvalidFieldError(field=field, value=row[field], expected=expected)
    changes = row if row.get("kind", known.kind) != "adviser" else {**row, "organ": known.organ}
    return Upsert(Fate.UPDATED if rewrite(book, known, changes, IMPORTED) else Fate.UNCHANGED, known.id)


def _subject(book: TieBook, row: Row, ids: Mapping[str, Mapping[str, str]]) -> TieSubject:
    named = [name for name in SUBJECTS if row.get(name) is not None]
    if len(named) != 1:
        expected = stated("执业证号或者机构编号，填一项", "a licence number or the code of an institution")
        raise InvalidFieldError(field="practitioner", value=None, expected=expected)
    [name] = named
    found = ids[name].get(code_key(row[name]))
    if found is None and name == "practitioner":
        raise unknown_code(book.tx.session, book.centre_id, name, row[name], sorted(ids[name]))
    if found is None:
        raise UnknownReferenceError(field=name, value=row[name], known=sorted(ids[name])[:KNOWN_SHOWN])
    return TieSubject(**{f"{name}_id": found})


def _ids(session: Session, table: Any, centre_id: str) -> dict[str, str]:
    listed = select(table.code, table.id).where(table.centre_id == centre_id)
    if table is PractitionerRow:
        listed = listed.where(col(PractitionerRow.merged_into).is_(None))
    return dict(session.exec(listed).all())


def _standing(session: Session, centre_id: str) -> Sequence[DeclaredTieRow]:
    standing = select(DeclaredTieRow).where(DeclaredTieRow.centre_id == centre_id)
    return session.exec(
        standing.where(col(DeclaredTieRow.removed_at).is_(None)).order_by(col(DeclaredTieRow.code))
    ).all()
