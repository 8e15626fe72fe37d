"""Absences by file: each row a leave or a suspension, laid beside what is recorded of the same person or firm."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, refused, require_known, require_sensible
from dispatch.commands.roster.absences import remember
from dispatch.commands.roster.consequences import follow
from dispatch.domain.docket.absence import EVERY_DAY, WHOLE_DAY, AbsenceKind, AbsenceState, overlap
from dispatch.domain.errors import DispatchError, InvalidFieldError, stated
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.texts import code_key
from dispatch.exchange.columns import Kind
from dispatch.exchange.faults import RemarkKind
from dispatch.exchange.roster.absences import AbsenceSubject
from dispatch.registry.docket.absences import members_ever
from dispatch.registry.docket.roster import read_day
from dispatch.registry.roster.merging import unknown_code
from dispatch.registry.statements import load_by
from dispatch.registry.tables import AbsenceRow, InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Transaction

TOOK_PLACE = (AbsenceState.IN_FORCE, AbsenceState.WAITING)
STATED_FIELDS = ("kind", "from_on", "until_on", "from_minute", "until_minute", "weekdays", "reason")
"""What tells the absences of one person or institution apart."""

KEYS: Any = bindparam("keys", expanding=True)
OF_THEM: Any = select(AbsenceRow).where(
    or_(col(AbsenceRow.practitioner_id).in_(KEYS), col(AbsenceRow.institution_id).in_(KEYS))
)
COLUMNS = {AbsenceSubject.PRACTITIONER: "practitioner_id", AbsenceSubject.INSTITUTION: "institution_id"}


class _Intake(NamedTuple):
    """Whom rows may be about, and what is recorded of them."""

    tx: Transaction
    actor: Actor
    now: datetime
    today: date
    ids: dict[tuple[AbsenceSubject, str], str]
    recorded: dict[str, list[AbsenceRow]]
    corrected: set[str]
    """Of whom something that held, or may have, was changed."""
    reported: set[str]
    """Of whom something holds since now."""


def take_in_absences(tx: Transaction, actor: Actor, now: datetime, rows: Sequence[Row]) -> list[Upsert]:
    """Record the absences of a file, agree to what waits, take back what is cancelled, and let follow what follows.

    An officer's file is not bound by what people may report themselves.
    """
    require(actor, Verb.EDIT_ROSTER)
    tx.lock_centre(actor.centre_id)
    intake = _open(tx, actor, now, rows)
    fates = [_laid_before(intake, row) for row in rows]
    follow(tx, actor, now, intake.corrected, intake.reported)
    return fates


def _open(tx: Transaction, actor: Actor, now: datetime, rows: Sequence[Row]) -> _Intake:
    people = select(PractitionerRow.code_key, PractitionerRow.id).where(
        PractitionerRow.centre_id == actor.centre_id, col(PractitionerRow.merged_into).is_(None)
    )
    houses = select(InstitutionRow.code_key, InstitutionRow.id).where(InstitutionRow.centre_id == actor.centre_id)
    ids = {(AbsenceSubject.PRACTITIONER, code): id for code, id in tx.session.exec(people)}
    ids |= {(AbsenceSubject.INSTITUTION, code): id for code, id in tx.session.exec(houses)}
    named = {id for row in rows for subject in AbsenceSubject if (id := ids.get((subject, code_key(row["code"]))))}
    recorded: dict[str, list[AbsenceRow]] = defaultdict(list)
    for row in load_by(tx.session, OF_THEM, named):
        recorded[row.stated.who].append(row)
    today = read_day(tx.session, actor.centre_id, now).today
    return _Intake(tx, actor, now, today, ids, recorded, set(), set())


def _laid_before(intake: _Intake, row: Row) -> Upsert:
    try:
        require_known(Kind.ABSENCES, row)
        require_sensible(Kind.ABSENCES, row)
        return _take(intake, row)
    except DispatchError as error:
        return refused(error)


def _take(intake: _Intake, row: Row) -> Upsert:
    subject = _subject(intake, row)
    who, values = intake.ids[subject, code_key(row["code"])], _stated_values(row)
    _require_allowed(intake, subject, values["kind"])
    there = [
        each for each in intake.recorded[who] if all(getattr(each, name) == values[name] for name in STATED_FIELDS)
    ]
    if row.get("state") == AbsenceState.CANCELLED:
        return _cancel(intake, there)
    if held := next((each for each in there if each.state is AbsenceState.IN_FORCE), None):
        return Upsert(Fate.UNCHANGED, held.id)
    if asked := next((each for each in there if each.state is AbsenceState.WAITING), None):
        return _become(intake, [asked], AbsenceState.IN_FORCE)
    made = intake.tx.add(
        AbsenceRow(
            centre_id=intake.actor.centre_id,
            reported_by=intake.actor.user_id,
            created_at=intake.now,
            **values | {COLUMNS[subject]: who},
        )
    )
    intake.reported.update(_people(intake, made))
    remarks = tuple(_remarks(intake, made, intake.recorded[who]))
    intake.recorded[who].append(made)
    return Upsert(Fate.CREATED, made.id, remarks=remarks)


def _subject(intake: _Intake, row: Row) -> AbsenceSubject:
    given = row.get("of")
    wanted = [AbsenceSubject(given)] if given else list(AbsenceSubject)
    found = [subject for subject in wanted if (subject, code_key(row["code"])) in intake.ids]
    if not found:
        known = sorted(code for subject, code in intake.ids if subject in wanted)
        raise unknown_code(intake.tx.session, intake.actor.centre_id, "code", row["code"], known)
    if len(found) > 1:
        expected = stated(
            "承办人员和承办机构同用该编号，请填写对象", "a person and an institution have this code: say of which"
        )
        raise InvalidFieldError(field="of", value=None, expected=expected)
    return found[0]


def _stated_values(row: Row) -> dict[str, Any]:
    return {
        "kind": AbsenceKind(row["kind"]),
        "from_on": row["from_on"],
        "until_on": row.get("until_on"),
        "from_minute": row.get("from_time") or 0,
        "until_minute": row.get("until_time") or WHOLE_DAY,
        "weekdays": row.get("weekdays") or EVERY_DAY,
        "reason": row.get("reason"),
    }


def _require_allowed(intake: _Intake, subject: AbsenceSubject, kind: AbsenceKind) -> None:
    if kind is AbsenceKind.SUSPENSION and Verb.SUSPEND not in PERMISSIONS[intake.actor.role]:
        expected = stated("休假；暂停指派由负责人导入", "leave; suspensions are a manager's to bring in")
        raise InvalidFieldError(field="kind", value=kind.value, expected=expected)
    if kind is AbsenceKind.LEAVE and subject is AbsenceSubject.INSTITUTION:
        expected = stated("承办人员的编号；机构没有休假", "a practitioner; institutions take no leave")
        raise InvalidFieldError(field="code", value=None, expected=expected)


def _cancel(intake: _Intake, there: Sequence[AbsenceRow]) -> Upsert:
    standing = [each for each in there if each.state in TOOK_PLACE]
    if standing:
        return _become(intake, standing, AbsenceState.CANCELLED)
    if there:
        return Upsert(Fate.UNCHANGED, there[0].id)
    expected = stated("已登记的、内容相同的休假或者暂停指派", "an absence that is recorded just so")
    raise InvalidFieldError(field="state", value=AbsenceState.CANCELLED.value, expected=expected)


def _become(intake: _Intake, rows: Sequence[AbsenceRow], state: AbsenceState) -> Upsert:
    """Let absences be agreed to or taken back; what they said before is kept."""
    for row in rows:
        remember(row, intake.actor, intake.now, (row.state, row.until_on))
        row.state = state
        if state is AbsenceState.IN_FORCE:
            row.decided_by = intake.actor.user_id
            intake.reported.update(_people(intake, row))
        intake.corrected.update(_people(intake, row))
    return Upsert(Fate.UPDATED, rows[0].id)


def _people(intake: _Intake, row: AbsenceRow) -> set[str]:
    if row.practitioner_id:
        return {row.practitioner_id}
    return members_ever(intake.tx.session, row.institution_id or "")


def _remarks(intake: _Intake, made: AbsenceRow, recorded: Iterable[AbsenceRow]) -> Iterable[RemarkKind]:
    if made.from_on < intake.today:
        yield RemarkKind.PAST_DAYS
    spans = (each.stated.days for each in recorded if each.state is AbsenceState.IN_FORCE)
    shared = (overlap(made.stated.days, span) for span in spans)
    if any(first < last for first, last in shared):
        yield RemarkKind.OVERLAPPING
