"""The roster: areas, institutions and practitioners come, change and leave; past decisions keep what they saw."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, changed, refused, require_known, require_sensible
from dispatch.commands.roster.practitioners import upsert_practitioners
from dispatch.domain.errors import (
    DispatchError,
    ForbiddenError,
    InvalidFieldError,
    NotFoundError,
    StaleError,
    stated,
)
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.exchange.columns import Kind
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.lookups import load_lookups, require_word, require_words
from dispatch.registry.audit import note
from dispatch.registry.docket.roster import read_day
from dispatch.registry.tables import (
    AreaRow,
    AttributesRow,
    CentreRow,
    InstitutionRow,
    LeaveRow,
    PractitionerRow,
    SuspensionRow,
)
from dispatch.registry.transaction import Begin, Transaction

AREA_FIELDS = ("name", "latitude", "longitude")
INSTITUTION_FIELDS = ("name", "kind", "area", "contact", "latitude", "longitude", "capacity", "entered_on", "left_on")
SELF_REPORTED = frozenset({"capacity", "monthly_capacity", "contact"})
"""What practitioners may change of themselves."""

Notify = Callable[[int, int], None]


def upsert_areas(
    tx: Transaction, centre: CentreRow, rows: Sequence[Row], now: datetime, notify: Notify | None = None
) -> list[Upsert]:
    """Add or change areas by their code; what a row does not mention stays as it is."""
    there = {area.code: area for area in tx.session.exec(select(AreaRow).where(AreaRow.centre_id == centre.id))}

    def make(row: Row) -> AreaRow:
        return tx.add(AreaRow(centre_id=centre.id, code=row["code"], **_only(row, AREA_FIELDS)))

    return [_upsert(Kind.AREAS, there.get(row["code"]), row, AREA_FIELDS, make) for row in rows]


def upsert_institutions(
    tx: Transaction, centre: CentreRow, rows: Sequence[Row], now: datetime, notify: Notify | None = None
) -> list[Upsert]:
    """Add or change institutions by their code; what a row does not mention stays as it is."""
    of_centre = select(InstitutionRow).where(InstitutionRow.centre_id == centre.id)
    there = {institution.code: institution for institution in tx.session.exec(of_centre)}

    def make(row: Row) -> InstitutionRow:
        stated = _only(row, INSTITUTION_FIELDS)
        return tx.add(InstitutionRow(centre_id=centre.id, code=row["code"], updated_at=now, **stated))

    fates = []
    for row in rows:
        institution = there.get(row["code"])
        fate = _upsert(Kind.INSTITUTIONS, institution, row, INSTITUTION_FIELDS, make)
        if institution and fate.fate is Fate.UPDATED:
            institution.revision += 1
            institution.updated_at = now
        fates.append(fate)
    return fates


def change_attributes(
    begin: Begin, actor: Actor, now: datetime, practitioner_id: str, changes: Row, if_match: int
) -> PractitionerRow:
    """Change what is true of a practitioner from today on; a stale revision is refused, no change is no revision."""
    with begin() as tx:
        centre = tx.lock_centre(actor.centre_id)
        practitioner = tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        _require_reach(tx, actor, practitioner, changes)
        if practitioner.revision != if_match:
            raise StaleError(what="practitioner", id=practitioner_id, expected=if_match, actual=practitioner.revision)
        if changes.get("code", practitioner.code) != practitioner.code:
            raise InvalidFieldError(
                field="code", value=None, expected=stated("编号登记后不能更改", "a code never changes")
            )
        rewritten = _in_words(tx, actor.centre_id, changes)
        [upsert] = upsert_practitioners(tx, centre, [{**rewritten, "code": practitioner.code}], now)
        if upsert.error:
            raise upsert.error
        tx.session.refresh(practitioner)
        note(tx, actor, Verb.EDIT_ROSTER, "practitioner", practitioner_id, now)
        return practitioner


def change_institution(
    begin: Begin, actor: Actor, now: datetime, institution_id: str, changes: Row, if_match: int
) -> InstitutionRow:
    """Change an institution; a stale revision is refused."""
    require(actor, Verb.EDIT_ROSTER)
    with begin() as tx:
        centre = tx.lock_centre(actor.centre_id)
        institution = tx.lock(InstitutionRow, institution_id, actor.centre_id)
        if institution.revision != if_match:
            raise StaleError(what="institution", id=institution_id, expected=if_match, actual=institution.revision)
        if changes.get("code", institution.code) != institution.code:
            raise InvalidFieldError(
                field="code", value=None, expected=stated("编号登记后不能更改", "a code never changes")
            )
        if area := changes.get("area"):
            areas = load_lookups(tx.session, centre.id).areas
            changes = {**changes, "area": require_word("area", area, areas)}
        [upsert] = upsert_institutions(tx, centre, [{**changes, "code": institution.code}], now)
        if upsert.error:
            raise upsert.error
        note(tx, actor, Verb.EDIT_ROSTER, "institution", institution_id, now)
        return institution


def set_leave(
    begin: Begin, actor: Actor, now: datetime, practitioner_id: str, from_on: date, until_on: date
) -> LeaveRow:
    """Write down a leave, both days included; the same leave again is the one already there."""
    if until_on < from_on:
        raise InvalidFieldError(
            field="until_on", value=until_on.isoformat(), expected=stated("不早于 from_on", "not before from_on")
        )
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        practitioner = tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        _require_reach(tx, actor, practitioner, {}, Verb.REPORT_LEAVE)
        same = select(LeaveRow).where(
            LeaveRow.practitioner_id == practitioner_id, LeaveRow.from_on == from_on, LeaveRow.until_on == until_on
        )
        leave = tx.session.exec(same).first()
        if leave is None:
            note(tx, actor, Verb.REPORT_LEAVE, "practitioner", practitioner_id, now)
            leave = tx.add(
                LeaveRow(
                    centre_id=actor.centre_id,
                    practitioner_id=practitioner_id,
                    from_on=from_on,
                    until_on=until_on,
                    created_at=now,
                )
            )
        return leave


def suspend(
    begin: Begin,
    actor: Actor,
    now: datetime,
    from_on: date,
    until_on: date | None,
    reason: str,
    *,
    practitioner_id: str | None = None,
    institution_id: str | None = None,
) -> SuspensionRow:
    """Keep new cases from one practitioner or one whole institution; cases they hold stay with them."""
    require(actor, Verb.SUSPEND)
    if (practitioner_id is None) == (institution_id is None):
        raise InvalidFieldError(
            field="practitioner_id",
            value=None,
            expected=stated("承办人员或者承办机构，填一项", "a practitioner or an institution"),
        )
    if until_on and until_on < from_on:
        raise InvalidFieldError(
            field="until_on", value=until_on.isoformat(), expected=stated("不早于 from_on", "not before from_on")
        )
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        subject = _lock_one(tx, actor, practitioner_id, institution_id)
        note(tx, actor, Verb.SUSPEND, str(subject.__tablename__), subject.id, now)
        return tx.add(
            SuspensionRow(
                centre_id=actor.centre_id,
                practitioner_id=practitioner_id,
                institution_id=institution_id,
                from_on=from_on,
                until_on=until_on,
                reason=reason,
                created_at=now,
            )
        )


def lift(begin: Begin, actor: Actor, now: datetime, suspension_id: str) -> None:
    """End a suspension at once; one that began today or later is taken off the register."""
    require(actor, Verb.SUSPEND)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        suspension = tx.lock(SuspensionRow, suspension_id, actor.centre_id)
        today = read_day(tx.session, actor.centre_id, now).today
        if suspension.until_on and suspension.until_on < today:
            return
        note(tx, actor, Verb.SUSPEND, "suspension", suspension_id, now)
        if suspension.from_on >= today:
            tx.session.delete(suspension)
        else:
            suspension.until_on = today - timedelta(days=1)


def _lock_one(
    tx: Transaction, actor: Actor, practitioner_id: str | None, institution_id: str | None
) -> PractitionerRow | InstitutionRow:
    if practitioner_id:
        return tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
    return tx.lock(InstitutionRow, institution_id or "", actor.centre_id)


def _upsert(
    kind: Kind, there: AreaRow | InstitutionRow | None, row: Row, fields: Sequence[str], make: Callable[[Row], Any]
) -> Upsert:
    try:
        require_known(kind, row)
        if there is None:
            require_sensible(kind, row)
            made = make(row)
            return Upsert(Fate.CREATED, getattr(made, "id", row["code"]))
        stored = there.model_dump()
        new = changed(stored, row, fields, ("name",))
        require_sensible(kind, {**stored, **new})
    except DispatchError as error:
        return refused(error)
    for field, value in new.items():
        setattr(there, field, value)
    return Upsert(Fate.UPDATED if new else Fate.UNCHANGED, stored.get("id", row["code"]))


def _only(row: Row, fields: Sequence[str]) -> dict[str, Any]:
    return {field: row[field] for field in fields if field in row}


def _in_words(tx: Transaction, centre_id: str, changes: Row) -> Row:
    """Return the changes with causes, areas and languages by their codes, or refuse a word nobody has heard of."""
    lookups = load_lookups(tx.session, centre_id)
    rewritten = dict(changes)
    for field, words in (("areas", lookups.areas), ("languages", LANGUAGES)):
        if listed := rewritten.get(field):
            rewritten[field] = require_words(field, listed, words)
    if levels := rewritten.get("specialties"):
        causes = require_words("specialties", levels, lookups.specialties)
        rewritten["specialties"] = dict(zip(causes, levels.values(), strict=True))
    return rewritten


def _require_reach(
    tx: Transaction, actor: Actor, practitioner: PractitionerRow, changes: Mapping[str, Any], own: Verb | None = None
) -> None:
    """Refuse whoever may neither edit the roster nor is concerned by this entry of it."""
    verbs = PERMISSIONS[actor.role]
    if Verb.EDIT_ROSTER in verbs:
        return
    if actor.practitioner_id == practitioner.id and Verb.REPORT_LEAVE in verbs and changes.keys() <= SELF_REPORTED:
        return
    if actor.institution_id and (own or Verb.EDIT_OWN_ROSTER) in verbs and "institution" not in changes:
        current = select(AttributesRow.institution_id).where(
            AttributesRow.practitioner_id == practitioner.id, col(AttributesRow.until_on).is_(None)
        )
        if tx.session.exec(current).first() == actor.institution_id:
            return
        # Another institution's people are none of theirs to know of.
        raise NotFoundError(what="practitioner", id=practitioner.id)
    raise ForbiddenError(verb=(own or Verb.EDIT_ROSTER).value, role=actor.role.value)
