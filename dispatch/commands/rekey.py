"""Sealing anew: every sealed text and every keyed hash, from one secret or provider to another.

While it lasts no process reads or writes anything personal: the service need not be stopped, but refuses what has to.
Each step is complete in itself: killed at any moment and run again, it goes on with what is still sealed as before.
Decisions that open nothing go on and find people by their hashes, so these change all at once and at the end.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select, update

from dispatch.commands.access.identities import ProviderSubject
from dispatch.domain.errors import DispatchError, SealBrokenError, WrongKeyError
from dispatch.domain.texts.identity import identify
from dispatch.domain.vocabulary import IdentityKind
from dispatch.registry.census import list_centres
from dispatch.registry.seal import Seal
from dispatch.registry.tables import (
    AmendmentRow,
    CaseRow,
    ConflictReviewRow,
    CredentialRow,
    DeclaredTieRow,
    DocumentRow,
    IdentityRow,
    ImportRow,
    PaperRow,
    PartyRow,
    PractitionerRow,
    RosterChangeRow,
    SealRow,
    TieReviewRow,
    WebhookRow,
)
from dispatch.registry.transaction import Begin, Read, Transaction

BATCH = 200


class SealedTable(NamedTuple):
    """A table with sealed texts: in which columns, and how many rows are sealed anew at a time."""

    table: Any
    columns: tuple[str, ...] = ("sealed",)
    batch: int = BATCH
    key: str = "id"

    def id_of(self, row: Any) -> str:
        """Return what tells its rows apart."""
        return str(getattr(row, self.key))


# fmt: off
SEALED = (
    # Reviews first: what they are about is found by the parties' plain names and numbers, sealed either way.
    SealedTable(ConflictReviewRow),
    SealedTable(PartyRow),
    SealedTable(PractitionerRow),
    SealedTable(RosterChangeRow),
    SealedTable(DeclaredTieRow),
    SealedTable(TieReviewRow),
    SealedTable(PaperRow),
    SealedTable(AmendmentRow, ("sealed", "answer")),
    SealedTable(DocumentRow),
    SealedTable(CredentialRow, ("totp", "recovery"), key="user_id"),
    SealedTable(IdentityRow),
    SealedTable(WebhookRow, ("sealed", "sealed_before")),
    SealedTable(ImportRow, ("content",), batch=1),
)
# fmt: on


class Unreadable(NamedTuple):
    """A text that neither key opens; it is left as it is."""

    table: str
    id: str
    column: str


class Rekeying(NamedTuple):
    """From which key to which."""

    old: Seal
    new: Seal

    def open(self, sealed: bytes) -> bytes:
        """Return what was sealed with either."""
        try:
            return self.new.open_bytes(sealed)
        except SealBrokenError:
            return self.old.open_bytes(sealed)

    def read(self, sealed: bytes | None) -> dict[str, Any]:
        """Return what is known of a person."""
        known: dict[str, Any] = json.loads(self.open(sealed)) if sealed else {}
        return known


Notify = Callable[[str, int], None]
"""Told the table, and how many of its rows were looked at."""

Hashes = Callable[[Session, Rekeying, Any], dict[str, str | None]]
"""What the keyed hashes of a row are with the new key, by their columns."""


def unreadable(read: Read, seal: Seal) -> Iterator[Unreadable]:
    """Yield every sealed text that cannot be opened; it reads all of them."""
    for sealed in SEALED:
        last: Any = None
        while True:
            with read() as session:
                rows = list(session.exec(_following(sealed, last)).all())
            for row in rows:
                yield from _broken(sealed, row, seal.open_bytes)
            if len(rows) < sealed.batch:
                break
            last = getattr(rows[-1], sealed.key)


def rekey(begin: Begin, keys: Rekeying, now: datetime, notify: Notify, wait: Callable[[], None]) -> list[Unreadable]:
    """
    Seal everything anew and return what neither key opens; what an interrupted attempt has done is kept.

    ``wait`` lets as much time pass as processes need to see that they may not write any more.

    Raises
    ------
    WrongKeyError
        If the register is sealed with neither, or is being sealed with a third.
    """
    if not _announce(begin, keys, now):
        return []
    wait()
    found = [each for sealed in SEALED for each in _reseal(begin, keys, sealed, notify)]
    with begin() as tx:
        # What was reviewed by the former hashes no longer holds.
        for centre in list_centres(tx.session):
            tx.lock_centre(centre.id)
        # Processes still writing when it began have long ended; what they wrote is sealed anew as well.
        for sealed in SEALED:
            for portion in _portions(tx, sealed):
                _anew(tx, keys, sealed, portion, hashes=HASHES.get(sealed.table))
        # What a case was filed as cannot be told from its hash; a file that comes again is compared with the case.
        tx.session.exec(update(CaseRow).values(fingerprint=None))
        mark = tx.session.get_one(SealRow, 1)
        mark.mark, mark.next_mark, mark.since = keys.new.mark, None, now
    return found


def _announce(begin: Begin, keys: Rekeying, now: datetime) -> bool:
    """Leave the mark of what is coming; return whether there is anything to do."""
    with begin() as tx:
        row = next(iter(tx.lock_all(select(SealRow))), None)
        if row is None:
            tx.add(SealRow(mark=keys.new.mark, since=now))
            return False
        if row.mark == keys.new.mark and row.next_mark is None:
            return False
        if row.mark != keys.old.mark or row.next_mark not in (None, keys.new.mark):
            raise WrongKeyError
        row.next_mark = keys.new.mark
    return True


def _reseal(begin: Begin, keys: Rekeying, sealed: SealedTable, notify: Notify) -> list[Unreadable]:
    found: list[Unreadable] = []
    last, looked_at, name = None, 0, sealed.table.__tablename__
    while True:
        with begin() as tx:
            rows = _after(tx, sealed, last)
            found += _anew(tx, keys, sealed, rows)
        looked_at += len(rows)
        notify(name, looked_at)
        if len(rows) < sealed.batch:
            return found
        last = getattr(rows[-1], sealed.key)


def _portions(tx: Transaction, sealed: SealedTable) -> Iterator[list[Any]]:
    rows = _after(tx, sealed, None)
    while rows:
        yield rows
        last = getattr(rows[-1], sealed.key)
        tx.session.flush()
        tx.session.expunge_all()
        rows = _after(tx, sealed, last)


def _after(tx: Transaction, sealed: SealedTable, last: Any) -> list[Any]:
    """Return the rows that follow, so that nobody else changes them meanwhile."""
    return tx.lock_all(_following(sealed, last))


def _following(sealed: SealedTable, last: Any) -> Any:
    id = col(getattr(sealed.table, sealed.key))
    wanted = select(sealed.table).order_by(id).limit(sealed.batch)
    return wanted if last is None else wanted.where(id > last)


def _anew(
    tx: Transaction, keys: Rekeying, sealed: SealedTable, rows: Iterable[Any], hashes: Hashes | None = None
) -> list[Unreadable]:
    found: list[Unreadable] = []
    for row in rows:
        broken = list(_broken(sealed, row, keys.open))
        found += broken
        if hashes and not broken:
            for name, value in hashes(tx.session, keys, row).items():
                if getattr(row, name) != value:
                    setattr(row, name, value)
        for column in sealed.columns:
            text = getattr(row, column)
            if text and not keys.new.is_own(text) and column not in {each.column for each in broken}:
                setattr(row, column, keys.new.seal_bytes(keys.open(text)))
    return found


def _broken(sealed: SealedTable, row: Any, open: Callable[[bytes], Any]) -> Iterator[Unreadable]:
    for column in sealed.columns:
        text = getattr(row, column)
        try:
            if text:
                open(text)
        except SealBrokenError:
            yield Unreadable(sealed.table.__tablename__, sealed.id_of(row), column)


def _of_practitioner(session: Session, keys: Rekeying, row: PractitionerRow) -> dict[str, str | None]:
    return {"identity_key": _moved(keys, row.identity_key, _identity_keys(keys, row.sealed))}


def _of_party(session: Session, keys: Rekeying, row: PartyRow | DeclaredTieRow) -> dict[str, str | None]:
    return {
        "identity_key": _moved(keys, row.identity_key, _identity_keys(keys, row.sealed)),
        "name_key": _moved(keys, row.name_key, _name_keys(keys, row.sealed)),
    }


def _of_review(session: Session, keys: Rekeying, row: ConflictReviewRow) -> dict[str, str | None]:
    """Find the person again among the parties of the two cases."""
    people = session.exec(select(PartyRow).where(col(PartyRow.case_id).in_((row.case_id, row.other_id)))).all()
    known: dict[str, str] = {}
    for person in people:
        try:
            known |= _identity_keys(keys, person.sealed) | _name_keys(keys, person.sealed)
        except SealBrokenError:
            continue
    return {"key": known.get(row.key, row.key)}


def _of_identity(session: Session, keys: Rekeying, row: IdentityRow) -> dict[str, str | None]:
    return {"digest": ProviderSubject(row.issuer, keys.read(row.sealed)["subject"]).digest(keys.new)}


def _moved(keys: Rekeying, key: str | None, known: dict[str, str]) -> str | None:
    """Return the hash with the new key; one that is of nothing known any more finds nobody, and is dropped."""
    return key if key in known.values() else known.get(key or "")


def _identity_keys(keys: Rekeying, sealed: bytes | None) -> dict[str, str]:
    person = keys.read(sealed)
    if not (number := person.get("identity_number")):
        return {}
    kind = person.get("identity_kind")
    spellings = {number}
    try:
        spellings.add(identify(number, IdentityKind(kind) if kind else None).key)
    except (DispatchError, ValueError):
        """A number of before it was checked."""
    return {keys.old.identity_key(each): keys.new.identity_key(each) for each in spellings}


def _name_keys(keys: Rekeying, sealed: bytes | None) -> dict[str, str]:
    name = keys.read(sealed).get("name")
    before, after = (seal.name_key(name) if name else None for seal in keys)
    return {before: after} if before and after else {}


HASHES: dict[Any, Hashes] = {
    PractitionerRow: _of_practitioner,
    PartyRow: _of_party,
    DeclaredTieRow: _of_party,
    ConflictReviewRow: _of_review,
    IdentityRow: _of_identity,
}
