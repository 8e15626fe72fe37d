"""What an entry's annual assessment and specialties rest on: kept as rows, corrected with a reason, never rewritten.

An assessment counts from the day it was decided until the next year's was; so a rule asked about any day reads the
year that counted then. A level in a cause is that of the newest evidence not withdrawn.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, refused, require_known, require_sensible
from dispatch.commands.roster.consequences import follow
from dispatch.commands.roster.registration import Batch, DatedEffect, upsert_entries
from dispatch.domain.errors import (
    DispatchError,
    InvalidFieldError,
    ReasonRequiredError,
    StaleError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.roster.timeline import TimeSpan, in_force
from dispatch.domain.roster.words import PASSED, AssessmentResult, RosterAct, SpecialtySource
from dispatch.domain.texts import case_number_key, code_key
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import load_lookups, require_word
from dispatch.registry import reads
from dispatch.registry.audit import note
from dispatch.registry.docket.roster import read_day
from dispatch.registry.roster.entries import PEOPLE, load_entries
from dispatch.registry.roster.merging import require_kept, unknown_code
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssessmentRow, CaseRow, PractitionerRow, SpecialtyRow
from dispatch.registry.transaction import Begin, Read, Transaction

READ = ("assessment_passed", "assessment_valid_to")
"""What rules read of an assessment."""

ONE_DAY = timedelta(days=1)
STEP = 100


class YearResult(NamedTuple):
    """The result of one year, the day it was decided on, and until when it is on record."""

    year: int
    result: AssessmentResult
    decided_on: date
    valid_to: date | None = None


class SpecialtyEvidence(NamedTuple):
    """What a level in a cause rests on: its source, the case if it is one, and its day."""

    cause: str
    level: int
    source: SpecialtySource
    on: date
    case_number: str | None = None


class LockedEntry(NamedTuple):
    """A practitioner's entry, locked, with what its changes are written with."""

    tx: Transaction
    batch: Batch
    row: PractitionerRow
    today: date


def assess(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    practitioner_id: str,
    given: YearResult,
    if_match: int,
    reason: str | None = None,
) -> AssessmentRow:
    """Record the assessment of a year, or correct it with a reason. Idempotent."""
    with begin() as tx:
        entry = _lock_entry(tx, seal, actor, now, practitioner_id)
        known = _known(entry, given)
        if known is None:
            _require_read(entry, if_match)
            known = write_assessment(entry, given, reason)
            follow(tx, actor, now)
            note(tx, actor, Verb.EDIT_ROSTER, "practitioner", practitioner_id, now)
        return known


def upsert_assessments(batch: Batch, rows: Sequence[Row]) -> list[Upsert]:
    """Record the assessments of a file, or correct those that a row gives a reason for."""

    def take(entry: LockedEntry, row: Row) -> Upsert:
        result = AssessmentResult(row["result"])
        given = YearResult(row["year"], result, row["decided_on"], row.get("valid_to"))
        if known := _known(entry, given):
            return Upsert(Fate.UNCHANGED, known.id)
        fate = Fate.UPDATED if any(each.year == given.year for each in _believed(entry)) else Fate.CREATED
        return Upsert(fate, write_assessment(entry, given, row.get("reason")).id)

    return _upsert(batch, Kind.ASSESSMENTS, rows, take)


def upsert_evidence(batch: Batch, rows: Sequence[Row]) -> list[Upsert]:
    """Let levels rest on the evidence of a file; another level of the same evidence is a correction, with a reason."""
    words = load_lookups(batch.tx.session, batch.centre_id, retired=True).specialties

    def take(entry: LockedEntry, row: Row) -> Upsert:
        source, number = SpecialtySource(row["source"]), row.get("case_number")
        given = SpecialtyEvidence(require_word("cause", row["cause"], words), row["level"], source, row["on"], number)
        same = _of_same(entry, given)
        if known := next((each for each in same if each.level == given.level), None):
            return Upsert(Fate.UNCHANGED, known.id)
        _require_evidence(entry, given)
        if same and not row.get("reason"):
            raise ReasonRequiredError(field="reason")
        for each in same:
            each.withdrawn_at, each.reason = batch.now, row["reason"]
        return Upsert(Fate.UPDATED if same else Fate.CREATED, write_evidence(entry, given).id)

    return _upsert(batch, Kind.SPECIALTIES, rows, take)


def _upsert(batch: Batch, kind: Kind, rows: Sequence[Row], take: Callable[[LockedEntry, Row], Upsert]) -> list[Upsert]:
    """Return what became of each row; it is laid before the entry of the practitioner it names."""
    session, centre_id = batch.tx.session, batch.centre_id
    people = select(PractitionerRow.code_key, PractitionerRow.id).where(
        PractitionerRow.centre_id == centre_id, col(PractitionerRow.merged_into).is_(None)
    )
    ids: dict[str, str] = dict(session.exec(people).all())
    today = read_day(session, centre_id, batch.now).today
    fates = []
    for done, row in enumerate(rows):
        if batch.notify and done % STEP == 0:
            batch.notify(done, len(rows))
        try:
            require_known(kind, row)
            require_sensible(kind, row)
            if (key := code_key(row["code"])) not in ids:
                raise unknown_code(session, centre_id, "code", row["code"], sorted(ids))
            person = session.get_one(PractitionerRow, ids[key])
            fates.append(take(LockedEntry(batch.tx, batch._replace(notify=None), person, today), row))
        except DispatchError as error:
            fates.append(refused(error))
    return fates


def write_assessment(entry: LockedEntry, given: YearResult, reason: str | None) -> AssessmentRow:
    """Write what counts for the days of a year, and in the place of what was recorded of it."""
    there = {row.year: row for row in _believed(entry)}
    known = there.get(given.year)
    _require_order(entry, given, list(there.values()))
    if known:
        _take_back(entry, known, list(there.values()), reason)
    told = reason or f"{given.year}年度考核 annual assessment"
    values = {"assessment_passed": PASSED[given.result], "assessment_valid_to": given.valid_to}
    _state(entry, values, given.decided_on, _until(given.year, there.values()), told, corrects=known is not None)
    row = entry.tx.add(
        AssessmentRow(
            centre_id=entry.row.centre_id, practitioner_id=entry.row.id, **given._asdict(),
            reason=reason, recorded_by=entry.batch.actor_id, recorded_at=entry.batch.now,
        )
    )  # fmt: skip
    entry.tx.session.flush()
    return row


def add_evidence(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, practitioner_id: str, given: SpecialtyEvidence, if_match: int
) -> SpecialtyRow:
    """Let a level in a cause rest on evidence; it counts from today on. Idempotent."""
    with begin() as tx:
        entry = _lock_entry(tx, seal, actor, now, practitioner_id)
        cause = require_word("cause", given.cause, load_lookups(tx.session, actor.centre_id).specialties)
        given = given._replace(cause=cause)
        if known := next((each for each in _of_same(entry, given) if each.level == given.level), None):
            return known
        _require_read(entry, if_match)
        _require_evidence(entry, given)
        row = write_evidence(entry, given)
        note(tx, actor, Verb.EDIT_ROSTER, "practitioner", practitioner_id, now)
        return row


def write_evidence(entry: LockedEntry, given: SpecialtyEvidence) -> SpecialtyRow:
    """Write what a level rests on, and the level that follows from all that is not withdrawn."""
    row = entry.tx.add(
        SpecialtyRow(
            centre_id=entry.row.centre_id, practitioner_id=entry.row.id, **given._asdict(),
            recorded_by=entry.batch.actor_id, recorded_at=entry.batch.now,
        )
    )  # fmt: skip
    entry.tx.session.flush()
    _grade(entry, given.cause, f"{given.source.zh} {given.source.en}")
    return row


def withdraw_evidence(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, evidence_id: str, reason: str
) -> SpecialtyRow:
    """Withdraw evidence; the level is then that of the newest left, or unknown. Idempotent."""
    require(actor, Verb.EDIT_ROSTER)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row = tx.lock(SpecialtyRow, evidence_id, actor.centre_id)
        if row.withdrawn_at:
            return row
        entry = _lock_entry(tx, seal, actor, now, row.practitioner_id)
        row.withdrawn_at, row.reason = now, reason
        tx.session.flush()
        _grade(entry, row.cause, reason)
        note(tx, actor, Verb.EDIT_ROSTER, "practitioner", row.practitioner_id, now)
        return row


def list_qualifications(
    read: Read, actor: Actor, now: datetime, practitioner_id: str
) -> tuple[Sequence[AssessmentRow], Sequence[SpecialtyRow]]:
    """Return every assessment by year and every piece of evidence by day, withdrawn ones included."""
    with read() as session:
        reads.roster_entry(session, actor, practitioner_id, read_day(session, actor.centre_id, now).today)
        assessed = select(AssessmentRow).where(AssessmentRow.practitioner_id == practitioner_id)
        shown = select(SpecialtyRow).where(SpecialtyRow.practitioner_id == practitioner_id)
        return (
            session.exec(assessed.order_by(col(AssessmentRow.year), col(AssessmentRow.recorded_at))).all(),
            session.exec(shown.order_by(col(SpecialtyRow.on), col(SpecialtyRow.recorded_at))).all(),
        )


def _lock_entry(tx: Transaction, seal: Seal, actor: Actor, now: datetime, practitioner_id: str) -> LockedEntry:
    require(actor, Verb.EDIT_ROSTER)
    tx.lock_centre(actor.centre_id)
    row = tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
    require_kept(tx.session, row)
    today = read_day(tx.session, actor.centre_id, now).today
    return LockedEntry(tx, Batch(tx, seal, actor.user_id, actor.centre_id, now), row, today)


def _require_read(entry: LockedEntry, if_match: int) -> None:
    if entry.row.revision != if_match:
        raise StaleError(what="practitioner", id=entry.row.id, expected=if_match, actual=entry.row.revision)


def _require_order(entry: LockedEntry, given: YearResult, others: Sequence[AssessmentRow]) -> None:
    """Refuse a decision of a day to come, or one out of the order of the years."""
    last = min([entry.today, *(row.decided_on - ONE_DAY for row in others if row.year > given.year)])
    first = max([date(given.year, 1, 1), *(row.decided_on + ONE_DAY for row in others if row.year < given.year)])
    if not first <= given.decided_on <= last:
        expected = stated(f"{first}至{last}之间", f"from {first} to {last}")
        raise InvalidFieldError(field="decided_on", value=given.decided_on.isoformat(), expected=expected)
    if given.valid_to and given.valid_to < given.decided_on:
        expected = stated("不早于考核之日", "not before the day of the decision")
        raise InvalidFieldError(field="valid_to", value=given.valid_to.isoformat(), expected=expected)


def _require_evidence(entry: LockedEntry, given: SpecialtyEvidence) -> None:
    if given.on > entry.today:
        expected = stated("不晚于今天", "today or before")
        raise InvalidFieldError(field="on", value=given.on.isoformat(), expected=expected)
    if given.source is SpecialtySource.CASE and not given.case_number:
        expected = stated("办案经历须填案件编号", "the number of the case it was")
        raise InvalidFieldError(field="case_number", value=None, expected=expected)
    if given.case_number:
        of_it = (CaseRow.centre_id == entry.row.centre_id, CaseRow.number_key == case_number_key(given.case_number))
        if entry.tx.session.exec(select(CaseRow.id).where(*of_it)).first() is None:
            raise UnknownReferenceError(field="case_number", value=given.case_number, known=[])


def _take_back(
    entry: LockedEntry, known: AssessmentRow, all_of_them: Sequence[AssessmentRow], reason: str | None
) -> None:
    """Let what a wrong assessment said be what was true the day before it."""
    if not reason:
        raise ReasonRequiredError(field="reason")
    before = in_force(_spans(entry), known.decided_on - ONE_DAY)
    values = {name: before.values[name] if before else None for name in READ}
    _state(entry, values, known.decided_on, _until(known.year, all_of_them), reason, corrects=True)
    known.superseded_at = entry.batch.now
    entry.tx.session.flush()


def _state(
    entry: LockedEntry, values: dict[str, Any], from_on: date, until_on: date | None, reason: str, *, corrects: bool
) -> None:
    first = _spans(entry)[0].from_on
    since = max(from_on, first)
    if until_on is not None and until_on <= since:
        return
    act = RosterAct.CORRECTED if corrects else RosterAct.CHANGED
    _write(entry, values, DatedEffect(since, until_on, reason, act))


def _standing(entry: LockedEntry, cause: str) -> Sequence[SpecialtyRow]:
    entry.tx.session.flush()
    of_cause = (SpecialtyRow.practitioner_id == entry.row.id, SpecialtyRow.cause == cause)
    standing = select(SpecialtyRow).where(*of_cause, col(SpecialtyRow.withdrawn_at).is_(None))
    return entry.tx.session.exec(standing.order_by(col(SpecialtyRow.on), col(SpecialtyRow.recorded_at))).all()


def _of_same(entry: LockedEntry, given: SpecialtyEvidence) -> list[SpecialtyRow]:
    """Return the same evidence where it is not withdrawn, whatever the level."""
    return [each for each in _standing(entry, given.cause) if _evidence_key(each) == _evidence_key(given)]


def _evidence_key(evidence: SpecialtyRow | SpecialtyEvidence) -> tuple[SpecialtySource, date, str | None]:
    number = evidence.case_number
    return evidence.source, evidence.on, case_number_key(number) if number else None


def _grade(entry: LockedEntry, cause: str, reason: str) -> None:
    rows = _standing(entry, cause)
    now = in_force(_spans(entry), entry.today)
    levels = {name: level for name, level in ((now and now.values["specialties"]) or {}).items() if name != cause}
    if rows:
        levels[cause] = rows[-1].level
    _write(
        entry, {"specialties": dict(sorted(levels.items())) or None}, DatedEffect(reason=reason, act=RosterAct.CHANGED)
    )


def _write(entry: LockedEntry, values: dict[str, Any], effect: DatedEffect) -> None:
    row = {"code": entry.row.code, **values}
    [fate] = upsert_entries(entry.batch, Kind.PRACTITIONERS, [row], effect, [entry.row.id])
    if fate.error:
        raise fate.error
    entry.tx.session.refresh(entry.row)


def _spans(entry: LockedEntry) -> Sequence[TimeSpan]:
    [recorded] = load_entries(entry.tx.session, PEOPLE, entry.row.centre_id, date.min, [entry.row.id])
    return recorded.spans


def _until(year: int, rows: Any) -> date | None:
    """Return the day from which a later year's assessment counts."""
    return min((row.decided_on for row in rows if row.year > year), default=None)


def _believed(entry: LockedEntry) -> Sequence[AssessmentRow]:
    of_them = (AssessmentRow.practitioner_id == entry.row.id, col(AssessmentRow.superseded_at).is_(None))
    return entry.tx.session.exec(select(AssessmentRow).where(*of_them)).all()


def _known(entry: LockedEntry, given: YearResult) -> AssessmentRow | None:
    """Return what is recorded already, just so."""
    said = (given.year, given.result, given.decided_on, given.valid_to)
    there = ((row.year, row.result, row.decided_on, row.valid_to) == said and row for row in _believed(entry))
    return next((row for row in there if row), None)
