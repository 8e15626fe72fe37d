"""Entries of the roster, kept one by one: registered, changed from a day on, or corrected with a reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.commands.cases.holders import Refusals, refusals_of, review_declared, review_holders
from dispatch.commands.imports.upserts import Row, Upsert
from dispatch.commands.roster.consequences import ask_others_than, follow
from dispatch.commands.roster.registration import Batch, DatedEffect, upsert_entries
from dispatch.domain.errors import (
    DuplicateNumberError,
    ForbiddenError,
    NotFoundError,
    StaleError,
    stated,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.texts import code_key
from dispatch.exchange.columns import Kind
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.lookups import load_lookups, require_word, require_words
from dispatch.registry.audit import note
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import attributes
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Begin, Transaction

SELF_REPORTED = frozenset({"capacity", "monthly_capacity", "contact", "phone"})
"""What practitioners may change of themselves."""

VOUCHED = frozenset({"code", "institution", "listed", "quality", "entered_on", "left_on"})
"""What the centre alone says of an institution's people."""

ONE_OF_TWO = stated("承办人员或者承办机构，填一项", "a practitioner or an institution")

Entries = PractitionerRow | InstitutionRow
TABLES: Mapping[Kind, Any] = {Kind.PRACTITIONERS: PractitionerRow, Kind.INSTITUTIONS: InstitutionRow}


def register_entry(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, kind: Kind, row: Row, reason: str | None = None
) -> Entries:
    """Add an entry under a code nobody has; an institution adds its own people, and the centre lists them."""
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        own = _of_own(tx, actor, kind, row)
        if _taken(tx, kind, actor.centre_id, row["code"]):
            raise DuplicateNumberError(field="code", number=row["code"])
        batch = Batch(tx, seal, actor.user_id, actor.centre_id, now)
        rewritten = _in_words(tx, actor.centre_id, {**row, **own})
        id = _done(upsert_entries(batch, kind, [rewritten], DatedEffect(reason=reason)))
        note(tx, actor, Verb.EDIT_ROSTER, str(TABLES[kind].__tablename__), id, now)
        made: Entries = tx.session.get_one(TABLES[kind], id)
        return made


def change_entry(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    kind: Kind,
    id: str,
    changes: Row,
    if_match: int,
    effect: DatedEffect = DatedEffect(),
) -> Entries:
    """Change what is true of an entry from today on, from a later day, or, with a reason, since an earlier one.

    A stale revision is refused, no change is no revision. Anyone who has a case and is now
    excluded from it is reported to the manager.
    """
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row: Entries = tx.lock(TABLES[kind], id, actor.centre_id)
        _require_change(tx, actor, row, changes, effect, now)
        if row.revision != if_match:
            raise StaleError(what=str(row.__tablename__), id=id, expected=if_match, actual=row.revision)
        code = changes.get("code", row.code)
        if code_key(code) != row.code_key and _taken(tx, kind, actor.centre_id, code):
            raise DuplicateNumberError(field="code", number=code)
        rewritten = {**_in_words(tx, actor.centre_id, changes), "code": code}
        held = _held(tx, actor, now, id) if kind is Kind.PRACTITIONERS else []
        batch = Batch(tx, seal, actor.user_id, actor.centre_id, now)
        _done(upsert_entries(batch, kind, [rewritten], effect, [id]))
        tx.session.refresh(row)
        for host, case, before in held:
            review_holders(host, case, before)
        if kind is Kind.PRACTITIONERS and "institution" in changes:
            # What she declared comes with her to her new colleagues.
            review_declared(RegisterHost(tx, actor.centre_id, actor, now))
        note(tx, actor, Verb.EDIT_ROSTER, str(row.__tablename__), id, now)
        follow(tx, actor, now, [id] if effect.from_on and kind is Kind.PRACTITIONERS else ())
        ask_others_than(tx, actor, now, kind, [id])
        return row


def require_reach(tx: Transaction, actor: Actor, practitioner: PractitionerRow, now: datetime, own: Verb) -> None:
    """Refuse anyone who neither edits the roster nor has the verb for their own entry or their institution's people."""
    verbs = PERMISSIONS[actor.role]
    if Verb.EDIT_ROSTER in verbs or (actor.practitioner_id == practitioner.id and own in verbs):
        return
    if not actor.institution_id or own not in verbs:
        raise ForbiddenError(verb=own.value, role=actor.role.value)
    today = read_day(tx.session, actor.centre_id, now).today
    stated = attributes(tx.session, [practitioner.id], today).get(practitioner.id)
    if stated is None or stated.institution_id != actor.institution_id:
        # Another institution's people are none of theirs to know of.
        raise NotFoundError(what="practitioner", id=practitioner.id)


def _require_change(
    tx: Transaction, actor: Actor, row: Entries, changes: Row, effect: DatedEffect, now: datetime
) -> None:
    """Refuse a change that is not theirs: only the centre corrects the past, and what it vouches for."""
    if isinstance(row, InstitutionRow) or Verb.EDIT_ROSTER in PERMISSIONS[actor.role]:
        require(actor, Verb.EDIT_ROSTER)
        return
    own = Verb.REPORT_LEAVE if actor.practitioner_id == row.id else Verb.EDIT_OWN_ROSTER
    require_reach(tx, actor, row, now, own)
    theirs = changes.keys() <= SELF_REPORTED if actor.practitioner_id else changes.keys().isdisjoint(VOUCHED)
    today = read_day(tx.session, actor.centre_id, now).today
    if not theirs or (effect.from_on and effect.from_on < today):
        raise ForbiddenError(verb=Verb.EDIT_ROSTER.value, role=actor.role.value)


def _of_own(tx: Transaction, actor: Actor, kind: Kind, row: Row) -> Row:
    """Return what an institution's secretary has no say in: its own people, until the centre lists them."""
    if kind is Kind.INSTITUTIONS or Verb.EDIT_ROSTER in PERMISSIONS[actor.role]:
        require(actor, Verb.EDIT_ROSTER)
        return {}
    require(actor, Verb.EDIT_OWN_ROSTER)
    own = tx.session.get_one(InstitutionRow, actor.institution_id).code
    vouched = {name for name in row.keys() & VOUCHED if row[name] is not None}
    if code_key(row.get("institution") or own) != code_key(own) or vouched - {"code", "institution", "entered_on"}:
        raise ForbiddenError(verb=Verb.EDIT_ROSTER.value, role=actor.role.value)
    return {"institution": own, "listed": False}


def _taken(tx: Transaction, kind: Kind, centre_id: str, code: str) -> bool:
    table = TABLES[kind]
    named = select(table.id).where(table.centre_id == centre_id, table.code_key == code_key(code))
    return tx.session.exec(named).first() is not None


def _done(fates: Sequence[Upsert]) -> str:
    [fate] = fates
    if fate.error:
        raise fate.error
    assert fate.id is not None
    return fate.id


def _in_words(tx: Transaction, centre_id: str, changes: Row) -> dict[str, Any]:
    """Return the changes with causes, areas and languages by their codes, or refuse a word nobody has heard of."""
    rewritten = dict(changes)
    if not any(rewritten.get(field) for field in ("areas", "area", "languages", "specialties")):
        return rewritten
    lookups = load_lookups(tx.session, centre_id)
    for field, words in (("areas", lookups.areas), ("languages", LANGUAGES)):
        if listed := rewritten.get(field):
            rewritten[field] = require_words(field, listed, words)
    if area := rewritten.get("area"):
        rewritten["area"] = require_word("area", area, lookups.areas)
    if levels := rewritten.get("specialties"):
        causes = require_words("specialties", levels, lookups.specialties)
        rewritten["specialties"] = dict(zip(causes, levels.values(), strict=True))
    return rewritten


class _Held(NamedTuple):
    host: RegisterHost
    case: CaseRow
    before: Refusals


def _held(tx: Transaction, actor: Actor, now: datetime, practitioner_id: str) -> list[_Held]:
    """Return the cases somebody has, with the rules that exclude a holder of each already."""
    live = (AssignmentRow.practitioner_id == practitioner_id, col(AssignmentRow.ended_at).is_(None))
    cases = tx.session.exec(select(CaseRow).join(AssignmentRow).where(*live).order_by(col(CaseRow.id))).all()
    if not cases:
        return []
    host = RegisterHost(tx, actor.centre_id, actor, now)
    return [_Held(host, case, refusals_of(host, case)) for case in cases]
