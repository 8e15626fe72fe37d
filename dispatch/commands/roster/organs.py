"""The catalogue of organs is kept: entered, given aliases, merged, retired, and asked what it lacks."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from dispatch.commands.cases.holders import review_declared
from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, refused, require_known
from dispatch.commands.roster.registration import Batch
from dispatch.commands.roster.ties import TieBook, opened, restate
from dispatch.domain.conflicts.declared import AGAINST, TieKind, organ_against
from dispatch.domain.errors import DispatchError, InvalidFieldError, SealBrokenError, StaleError, stated
from dispatch.domain.lifecycle import OPEN
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.texts.organs import Organ, Organs, organ_key
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import load_lookups, require_word
from dispatch.registry.audit import note
from dispatch.registry.docket.organs import UnlistedName, list_unlisted, load_organs
from dispatch.registry.host import RegisterHost
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, DeclaredTieRow, OrganNameRow, OrganRow, PartyRow
from dispatch.registry.transaction import Begin, Read, Transaction

FIELDS = ("name", "kind", "area")

RECOGNISED = "已列入办案机关目录 entered in the catalogue of organs"
"""Why a client is said otherwise than it was declared: nobody could know then that it is an organ."""


def add_organ(begin: Begin, seal: Seal, actor: Actor, now: datetime, row: Row) -> OrganRow:
    """Enter an organ with its aliases; a name that is another's is refused."""
    with begin() as tx:
        _lock(tx, actor)
        made = _enter(tx, seal, actor.centre_id, now, _in_words(tx.session, actor.centre_id, row))
        _look_again(tx, seal, actor.centre_id, actor.user_id, now)
        note(tx, actor, Verb.EDIT_ORGANS, "organ", made.id, now)
        return made


def change_organ(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, organ_id: str, changes: Row, if_match: int
) -> OrganRow:
    """Change an organ; the name it had stays one of its names. A stale revision is refused."""
    with begin() as tx:
        _lock(tx, actor)
        organ = tx.lock(OrganRow, organ_id, actor.centre_id)
        if organ.revision != if_match:
            raise StaleError(what="organ", id=organ_id, expected=if_match, actual=organ.revision)
        for field, value in _in_words(tx.session, actor.centre_id, changes).items():
            setattr(organ, field, value)
        if _name(tx, seal, load_organs(tx.session, actor.centre_id), organ, [organ.name]):
            _look_again(tx, seal, actor.centre_id, actor.user_id, now)
        return _changed(tx, actor, organ, now)


def add_alias(begin: Begin, seal: Seal, actor: Actor, now: datetime, organ_id: str, alias: str) -> OrganRow:
    """Let an organ go by one more name; one it has changes nothing, one of another organ is refused."""
    with begin() as tx:
        _lock(tx, actor)
        organ = tx.lock(OrganRow, organ_id, actor.centre_id)
        known = load_organs(tx.session, actor.centre_id)
        if not _name(tx, seal, known, organ, [alias], "alias"):
            return organ
        _look_again(tx, seal, actor.centre_id, actor.user_id, now)
        return _changed(tx, actor, organ, now)


def remove_alias(begin: Begin, actor: Actor, now: datetime, organ_id: str, alias: str) -> OrganRow:
    """Let an organ go by a name no more; its own name stays, and a name it does not have changes nothing."""
    with begin() as tx:
        _lock(tx, actor)
        organ = tx.lock(OrganRow, organ_id, actor.centre_id)
        key = organ_key(alias)
        if key == organ_key(organ.name):
            expected = stated("别名，不是该机关的全称", "an alias, not the organ's own name")
            raise InvalidFieldError(field="alias", value=alias, expected=expected)
        named = (OrganNameRow.organ_id == organ.id, OrganNameRow.key == key)
        row = tx.session.exec(select(OrganNameRow).where(*named)).one_or_none()
        if row is None:
            return organ
        tx.session.delete(row)
        return _changed(tx, actor, organ, now)


def merge_organ(begin: Begin, actor: Actor, now: datetime, organ_id: str, into_id: str) -> OrganRow:
    """Let two entries of one organ be one: every name of the first becomes an alias of the other, which is returned.

    To undo it, take the alias away and enter the organ again.
    """
    with begin() as tx:
        _lock(tx, actor)
        organ, other = (tx.lock(OrganRow, id, actor.centre_id) for id in (organ_id, into_id))
        if organ.id == other.id:
            raise InvalidFieldError(field="into", value=into_id, expected=stated("另一个机关", "another organ"))
        for row in tx.session.exec(select(OrganNameRow).where(OrganNameRow.organ_id == organ.id)):
            row.organ_id = other.id
        tx.session.flush()
        tx.session.delete(organ)
        note(tx, actor, Verb.EDIT_ORGANS, "organ", organ.id, now)
        return _changed(tx, actor, other, now)


def retire_organ(begin: Begin, actor: Actor, now: datetime, organ_id: str, *, retired: bool) -> OrganRow:
    """Take an organ off the list to choose from, or put it back; what names it still means it. Idempotent."""
    with begin() as tx:
        _lock(tx, actor)
        organ = tx.lock(OrganRow, organ_id, actor.centre_id)
        if (organ.retired_at is not None) == retired:
            return organ
        organ.retired_at = now if retired else None
        return _changed(tx, actor, organ, now)


def unlisted_names(read: Read, actor: Actor) -> list[UnlistedName]:
    """Return the names in use that the catalogue does not know, each with who uses it."""
    with read() as session:
        return list_unlisted(session, actor.centre_id)


def find_organ(read: Read, actor: Actor, text: str) -> Organ | None:
    """Return the organ of the catalogue that a text surely means, as the rules about recusal take it."""
    require(actor, Verb.READ_ROSTER)
    with read() as session:
        return load_organs(session, actor.centre_id).find(text)


def upsert_organs(batch: Batch, rows: Sequence[Row]) -> list[Upsert]:
    """Add organs by their name, or change those that go by it; aliases are added, never taken away."""
    fates = [_upsert(batch.tx, batch.seal, batch.centre_id, batch.now, row) for row in rows]
    if any(fate.fate in (Fate.CREATED, Fate.UPDATED) for fate in fates):
        _look_again(batch.tx, batch.seal, batch.centre_id, batch.actor_id, batch.now)
    return fates


def _upsert(tx: Transaction, seal: Seal, centre_id: str, now: datetime, row: Row) -> Upsert:
    try:
        require_known(Kind.ORGANS, row)
        known = load_organs(tx.session, centre_id)
        there = known.by_key.get(organ_key(row["name"]))
        if there is None:
            return Upsert(Fate.CREATED, _enter(tx, seal, centre_id, now, row).id)
        organ = tx.session.get_one(OrganRow, there.id)
        new = {name: row[name] for name in ("kind", "area") if row.get(name) not in (None, getattr(organ, name))}
        named = _name(tx, seal, known, organ, row.get("aliases") or (), "aliases")
    except DispatchError as error:
        return refused(error)
    if not new and not named:
        return Upsert(Fate.UNCHANGED, organ.id)
    for field, value in new.items():
        setattr(organ, field, value)
    organ.revision, organ.updated_at = organ.revision + 1, now
    tx.session.flush()
    return Upsert(Fate.UPDATED, organ.id)


def _lock(tx: Transaction, actor: Actor) -> None:
    require(actor, Verb.EDIT_ORGANS)
    tx.lock_centre(actor.centre_id)


def _enter(tx: Transaction, seal: Seal, centre_id: str, now: datetime, row: Row) -> OrganRow:
    known, names = load_organs(tx.session, centre_id), [row["name"], *(row.get("aliases") or ())]
    stated: dict[str, Any] = {field: row.get(field) for field in FIELDS}
    organ = OrganRow(centre_id=centre_id, updated_at=now, **stated)
    _require_free(known, organ, names[:1], "name")
    _require_free(known, organ, names[1:], "aliases")
    tx.add(organ)
    tx.session.flush()
    _name(tx, seal, known, organ, names)
    return organ


def _name(
    tx: Transaction, seal: Seal, known: Organs, organ: OrganRow, names: Iterable[str], field: str = "name"
) -> bool:
    """Let the organ go by the names; tell whether one of them is new."""
    wanted = {organ_key(name): name for name in names}
    _require_free(known, organ, wanted.values(), field)
    new = {key: name for key, name in wanted.items() if key not in known.by_key}
    for key, name in new.items():
        tx.add(OrganNameRow(centre_id=organ.centre_id, organ_id=organ.id, name=name, key=key))
        _let_parties_know(tx, seal, organ.centre_id, key, name)
    tx.session.flush()
    return bool(new)


def _look_again(tx: Transaction, seal: Seal, centre_id: str, actor_id: str | None, now: datetime) -> None:
    """Let clients and parties of before be known for organs, and judge anyone who has, or is asked for, a case.

    What lies in cases that are over is compared with no declaration any more.
    """
    book = TieBook.open(tx, seal, centre_id, actor_id, now)
    _recognise_clients(book)
    _recognise_parties(book)
    review_declared(RegisterHost(tx, centre_id, None, now))


def _recognise_clients(book: TieBook) -> None:
    standing = (DeclaredTieRow.kind == TieKind.ADVISER, col(DeclaredTieRow.removed_at).is_(None))
    unknown = (DeclaredTieRow.centre_id == book.centre_id, *standing, col(DeclaredTieRow.organ).is_(None))
    for row in book.tx.session.exec(select(DeclaredTieRow).where(*unknown)).all():
        # One that cannot be read keeps nobody from the others.
        with suppress(SealBrokenError):
            there = opened(book.seal, row)
            if there["name"] and book.organs.find(there["name"]):
                restate(book, row, there, there, RECOGNISED)


def _recognise_parties(book: TieBook) -> None:
    unknown = (PartyRow.centre_id == book.centre_id, col(PartyRow.role).in_(AGAINST), col(PartyRow.organ).is_(None))
    rows = select(PartyRow).join(CaseRow).where(*unknown, col(CaseRow.status).in_(OPEN), col(PartyRow.name_key) != "")
    for row in book.tx.session.exec(rows).all():
        with suppress(SealBrokenError):
            row.organ = organ_against(book.organs, row.role, book.seal.open(row.sealed).get("name"))
    book.tx.session.flush()


def _let_parties_know(tx: Transaction, seal: Seal, centre_id: str, key: str, name: str) -> None:
    """Let the parties who are in cases under a new name of an organ, or its short form, be known for the organ."""
    names = {name_key for each in (key, name) if (name_key := seal.name_key(each))}
    those: Any = (PartyRow.centre_id == centre_id, col(PartyRow.name_key).in_(names), col(PartyRow.role).in_(AGAINST))
    tx.session.execute(update(PartyRow).where(*those).values(organ=key))


def _require_free(known: Organs, organ: OrganRow, names: Iterable[str], field: str) -> None:
    for name in names:
        taken = known.by_key.get(organ_key(name))
        if taken and taken.id != organ.id:
            expected = stated(
                f"其他机关没有使用的名称：目录中“{taken.name}”已有此名；确为同一机关的请合并",
                f"a name of no other organ: {taken.name} goes by it; merge them if they are one",
            )
            raise InvalidFieldError(field=field, value=name, expected=expected)


def _in_words(session: Session, centre_id: str, row: Row) -> dict[str, Any]:
    area = row.get("area")
    return {**row, "area": require_word("area", area, load_lookups(session, centre_id).areas)} if area else {**row}


def _changed(tx: Transaction, actor: Actor, organ: OrganRow, now: datetime) -> OrganRow:
    organ.revision, organ.updated_at = organ.revision + 1, now
    note(tx, actor, Verb.EDIT_ORGANS, "organ", organ.id, now)
    tx.session.flush()
    return organ
