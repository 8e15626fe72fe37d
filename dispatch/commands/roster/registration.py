"""The one door of entries of the roster: files, the API and merging bring facts in through it, each change told.

A row says what is true from today on, or from the day of its effect: in advance, or as a correction. Past decisions
keep what they saw, and the ledger what was written: a correction changes neither.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import (
    Notify,
    Row,
    Upsert,
    changed,
    refused,
    require_known,
    require_sensible,
)
from dispatch.commands.roster.contacts import PERSONAL, closed, opened
from dispatch.domain.errors import (
    DispatchError,
    InvalidFieldError,
    ReasonRequiredError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.roster.timeline import TimeSpan, in_force, revised
from dispatch.domain.roster.words import RosterAct
from dispatch.domain.texts import CITIZEN, code_key, identity_key
from dispatch.domain.texts.identity import identify
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import IdentityKind
from dispatch.exchange.columns import Kind
from dispatch.registry.docket.roster import read_day
from dispatch.registry.roster.book import Book, ReportedChange
from dispatch.registry.roster.entries import HOUSES, PEOPLE, RosterEntry, Subject, load_entries
from dispatch.registry.roster.merging import require_kept
from dispatch.registry.seal import Seal
from dispatch.registry.tables import InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Transaction

STEP = 2_000
KNOWN_SHOWN = 20
SUBJECTS = {Kind.PRACTITIONERS: PEOPLE, Kind.INSTITUTIONS: HOUSES}
KEPT = {Kind.PRACTITIONERS: ("name", "entered_on", "listed"), Kind.INSTITUTIONS: ("name",)}
"""A blank cell does not empty these."""

DAYS = ("entered_on", "left_on")
"""What says itself from when it holds."""


class Batch(NamedTuple):
    """What all rows of one change are written with."""

    tx: Transaction
    seal: Seal
    actor_id: str | None
    centre_id: str
    now: datetime
    notify: Notify | None = None


class DatedEffect(NamedTuple):
    """Since when a change is true, until when if that is known, and why; from today on unless it says otherwise."""

    from_on: date | None = None
    until_on: date | None = None
    reason: str | None = None
    act: RosterAct | None = None


def upsert_entries(
    batch: Batch, kind: Kind, rows: Sequence[Row], effect: DatedEffect = DatedEffect(), ids: Sequence[str] | None = None
) -> list[Upsert]:
    """Add or change entries by their code; what a row does not mention stays as it is.

    ``ids`` are those of the entries the rows are about, where they are known; their code may change then.
    """
    prepared = prepare_entries(batch, kind, rows, effect, ids)
    prepared.book.write(batch.tx.session)
    return prepared.fates


class PreparedEntries(NamedTuple):
    """What is to be written, and what becomes of each row by it."""

    fates: list[Upsert]
    book: Book


def prepare_entries(
    batch: Batch, kind: Kind, rows: Sequence[Row], effect: DatedEffect = DatedEffect(), ids: Sequence[str] | None = None
) -> PreparedEntries:
    """Work out what the rows come to; the register is only read."""
    register = Registrar(batch, kind, effect, ids)
    fates = []
    for done, row in enumerate(rows):
        if batch.notify and done % STEP == 0:
            batch.notify(done, len(rows))
        fates.append(register.take(row, ids[done] if ids else None))
    return PreparedEntries(fates, register.book)


class Registrar:
    """Takes the rows of one kind in, one after another."""

    def __init__(self, batch: Batch, kind: Kind, effect: DatedEffect, ids: Sequence[str] | None = None) -> None:
        self._batch, self._kind, self._effect = batch, kind, effect
        self._subject: Subject = SUBJECTS[kind]
        session, centre_id = batch.tx.session, batch.centre_id
        self._today = read_day(session, centre_id, batch.now).today
        self._from_on = effect.from_on or self._today
        entries = load_entries(session, self._subject, centre_id, min(self._from_on, self._today), ids)
        self._by_code = {code_key(entry.code): entry for entry in entries}
        self._by_id = {entry.id: entry for entry in entries}
        firms = select(InstitutionRow.code, InstitutionRow.id).where(InstitutionRow.centre_id == centre_id)
        self._firms: Mapping[str, str] = dict(session.exec(firms).all()) if kind is Kind.PRACTITIONERS else {}
        self._firm_ids = {code_key(code): id for code, id in self._firms.items()}
        self.book = Book(self._subject, centre_id, batch.now, batch.actor_id)

    def take(self, row: Row, id: str | None = None) -> Upsert:
        """Return what became of a row; one that is refused changes nothing."""
        try:
            require_known(self._kind, row)
            there = self._by_id[id] if id else self._by_code.get(code_key(row["code"]))
            if there is None:
                return self._add(row)
            # Another spelling of the code names the entry, and changes none.
            return self._change(there, row if id else {**row, "code": there.code})
        except DispatchError as error:
            return refused(error)

    def _add(self, row: Row) -> Upsert:
        require_sensible(self._kind, row)
        require_identity(row)
        facts = {name: value for name, value in self._facts(row).items() if value is not None}
        identity = {name: row.get(name) for name in ("code", "name", *DAYS)}
        if self._kind is Kind.PRACTITIONERS:
            facts["listed"] = row.get("listed") is not False
            identity |= {"entered_on": row.get("entered_on") or self._today} | closed(self._batch.seal, row)
        else:
            identity["contact"] = row.get("contact")
        # An institution is asked of for days before the register knew it.
        first = self._today if self._sealing else min(row.get("entered_on") or self._today, self._today)
        told = ReportedChange(RosterAct.REGISTERED, first, {}, {}, reason=self._effect.reason)
        return Upsert(Fate.CREATED, self.book.register(identity, facts, told))

    def _change(self, there: RosterEntry, row: Row) -> Upsert:
        self._require_kept(there)
        now = in_force(there.spans, self._from_on)
        if now is None:
            raise _before_the_record(there)
        identity = changed(there.identity, row, self._plain, KEPT[self._kind])
        facts = changed(now.values, self._facts(row), self._subject.facts, KEPT[self._kind])
        known = self._known(there, row)
        personal = changed(known, row, known)
        if not identity and not facts and not personal:
            return Upsert(Fate.UNCHANGED, there.id)
        self._require_effect(identity | personal)
        require_identity({**now.values, **facts, **personal})
        spans = revised(there.spans, self._from_on, facts, self._effect.until_on) if facts else there.spans
        self._require_sensible(there, identity, spans)
        told = self._reported_change(there, identity, now, facts, (known, personal))
        final = identity | (closed(self._batch.seal, known | personal) if personal else {})
        self.book.rewrite(there, final, spans, told)
        return Upsert(Fate.UPDATED, there.id)

    @property
    def _plain(self) -> tuple[str, ...]:
        return ("code", "name", *DAYS) + (("contact",) if self._kind is Kind.INSTITUTIONS else ())

    def _facts(self, row: Row) -> dict[str, Any]:
        facts = {name: row[name] for name in self._subject.facts if name in row}
        if self._kind is Kind.PRACTITIONERS and "institution" in row:
            facts["institution_id"] = self._firm(row["institution"])
        return facts

    def _firm(self, code: str) -> str:
        found = self._firm_ids.get(code_key(code)) if code else None
        if found is None:
            raise UnknownReferenceError(field="institution", value=code, known=sorted(self._firms)[:KNOWN_SHOWN])
        return found

    def _known(self, there: RosterEntry, row: Row) -> dict[str, Any]:
        """Return what is sealed of a person, opened only for a row that speaks of it."""
        spoken = self._sealing and row.keys() & set(PERSONAL)
        return opened(self._batch.seal, there.identity["sealed"]) if spoken else {}

    def _require_effect(self, at_once: Row) -> None:
        """Refuse what cannot be changed from that day on, and a correction without a reason."""
        undated = [name for name in at_once if name not in DAYS]
        if self._from_on > self._today and undated:
            expected = stated("立即变更，不能预先登记：请不填生效日期（from_on）", "changed at once, without from_on")
            raise InvalidFieldError(field=undated[0], value=None, expected=expected)
        if self._corrects(at_once) and not self._effect.reason:
            raise ReasonRequiredError(field="reason")

    def _corrects(self, identity: Row) -> bool:
        return self._from_on < self._today or "code" in identity

    def _require_kept(self, there: RosterEntry) -> None:
        if there.identity.get("merged_into"):
            require_kept(self._batch.tx.session, self._batch.tx.session.get_one(PractitionerRow, there.id), "code")

    def _require_sensible(self, there: RosterEntry, identity: Row, spans: Sequence[TimeSpan]) -> None:
        for span in spans:
            if span not in there.spans or identity:
                require_sensible(self._kind, {**there.identity, **identity, **span.values})

    def _reported_change(
        self, there: RosterEntry, identity: Row, now: TimeSpan, facts: Row, personal: tuple[Row, Row]
    ) -> ReportedChange:
        plain = {name: value for name, value in {**identity, **facts}.items() if name != "name" or not self._sealing}
        was = {**there.identity, **now.values}
        own = {name: value for name, value in {**identity, **personal[1]}.items() if name not in plain}
        before = {name: {**there.identity, **personal[0]}[name] for name in own}
        return ReportedChange(
            self._effect.act or (RosterAct.CORRECTED if self._corrects(identity) else RosterAct.CHANGED),
            self._from_on,
            {name: in_json(was[name]) for name in plain},
            {name: in_json(value) for name, value in plain.items()},
            self._batch.seal.seal({"before": before, "after": own}) if own else None,
            self._effect.reason,
        )

    @property
    def _sealing(self) -> bool:
        return self._kind is Kind.PRACTITIONERS


NEARLY_CITIZEN = re.compile(r"\d{11,}X?", re.ASCII)
"""No other document has as many digits and nothing else."""


def require_identity(known: Row) -> None:
    """Refuse a number built, or nearly built, like a citizen's that no card has, or that tells another sex."""
    number = known.get("identity_number")
    if not number or not NEARLY_CITIZEN.fullmatch(identity_key(number)):
        return
    try:
        told = identify(number, None if CITIZEN.fullmatch(identity_key(number)) else IdentityKind.RESIDENT_CARD)
    except UnfitError as unfit:
        raise InvalidFieldError(field="identity_number", value=None, expected=stated(unfit.zh, str(unfit))) from None
    if told.sex and known.get("sex") and told.sex != known["sex"]:
        raise InvalidFieldError(
            field="sex",
            value=known["sex"],
            expected=stated(f"与证件号码一致：{told.sex.zh}", f"as it tells: {told.sex}"),
        )


def in_json(value: Any) -> Any:
    """Return a fact as the history keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def _before_the_record(there: RosterEntry) -> InvalidFieldError:
    begins = there.spans[0].from_on.isoformat()
    return InvalidFieldError(
        field="from_on", value=None, expected=stated(f"不早于登记之日 {begins}", f"not before {begins}, its first day")
    )
