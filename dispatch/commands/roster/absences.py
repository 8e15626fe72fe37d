"""Absences are reported, agreed to, cut short, cancelled; what they said before each change is kept."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import select

from dispatch.commands.roster.changes import ONE_OF_TWO, require_reach
from dispatch.commands.roster.consequences import follow
from dispatch.domain.docket.absence import EVERY_DAY, ONE_DAY, WHOLE_DAY, Absence, AbsenceKind, AbsenceState, Minutes
from dispatch.domain.docket.reach import away_spans
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, PolicyMissingError, stated
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.policy.chain_schema import OwnLeave
from dispatch.domain.policy.schema import load_preset
from dispatch.registry.audit import note
from dispatch.registry.docket.absences import members_ever, own_leaves
from dispatch.registry.docket.roster import read_day
from dispatch.registry.due.calendar import load_days
from dispatch.registry.policies import load_in_force
from dispatch.registry.reads import get
from dispatch.registry.roster.merging import require_kept
from dispatch.registry.tables import AbsenceRow, InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Begin, Transaction

NOT_BEFORE = stated("不早于 from_on", "not before from_on")
STILL = stated("未取消，且当日尚未结束的休假或者暂停指派", "an absence that is neither cancelled nor over by then")
YEAR = timedelta(days=365)
GONE = (AbsenceState.CANCELLED, AbsenceState.REFUSED)


class Leave(NamedTuple):
    """Days of leave, both included: whole, a part of each, or some days of the week; only parts may have no end."""

    from_on: date
    until_on: date | None
    minutes: Minutes = (0, WHOLE_DAY)
    weekdays: str = EVERY_DAY

    @property
    def whole(self) -> bool:
        """Whether it leaves nothing of its days."""
        return self.minutes == (0, WHOLE_DAY) and self.weekdays == EVERY_DAY


def report_leave(begin: Begin, actor: Actor, now: datetime, practitioner_id: str, leave: Leave) -> AbsenceRow:
    """Write down a leave; the same leave again is the one already there.

    One's own, or that of one's people, holds from today on at once, as much as the policy allows; what is more, and
    what is of days that are past, waits for an officer.
    """
    _require_days(leave.from_on, leave.until_on)
    if leave.until_on is None and leave.whole:
        raise InvalidFieldError(
            field="until_on", value=None, expected=stated("整日休假须填末日", "the last day of whole days of leave")
        )
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        practitioner = tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        require_kept(tx.session, practitioner)
        require_reach(tx, actor, practitioner, now, Verb.REPORT_LEAVE)
        values: dict[str, Any] = {"from_on": leave.from_on, "until_on": leave.until_on, "weekdays": leave.weekdays}
        values |= dict(zip(("from_minute", "until_minute"), leave.minutes, strict=True))
        if there := _same(tx, practitioner_id, values):
            return there
        note(tx, actor, Verb.REPORT_LEAVE, "practitioner", practitioner_id, now)
        waits = not _is_officer(actor) and _needs_officer(tx, actor, now, practitioner_id, leave)
        row = AbsenceRow(
            centre_id=actor.centre_id,
            kind=AbsenceKind.LEAVE,
            practitioner_id=practitioner_id,
            state=AbsenceState.WAITING if waits else AbsenceState.IN_FORCE,
            reported_by=actor.user_id,
            created_at=now,
            **values,
        )
        return _kept(tx, actor, now, tx.add(row))


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
) -> AbsenceRow:
    """Keep new cases from one practitioner or one whole institution; cases they hold stay with them."""
    require(actor, Verb.SUSPEND)
    if (practitioner_id is None) == (institution_id is None):
        raise InvalidFieldError(
            field="practitioner_id",
            value=None,
            expected=ONE_OF_TWO,
        )
    _require_days(from_on, until_on)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        subject = _lock_one(tx, actor, practitioner_id, institution_id)
        note(tx, actor, Verb.SUSPEND, str(subject.__tablename__), subject.id, now)
        row = AbsenceRow(
            centre_id=actor.centre_id,
            kind=AbsenceKind.SUSPENSION,
            practitioner_id=practitioner_id,
            institution_id=institution_id,
            from_on=from_on,
            until_on=until_on,
            reason=reason,
            reported_by=actor.user_id,
            created_at=now,
        )
        return _kept(tx, actor, now, tx.add(row))


def decide(begin: Begin, actor: Actor, now: datetime, absence_id: str, approve: bool) -> AbsenceRow:
    """Agree to a leave that waits, or not; deciding it the other way undoes the decision, and the turns met by it."""
    require(actor, Verb.EDIT_ROSTER)
    became = AbsenceState.IN_FORCE if approve else AbsenceState.REFUSED

    def settle(row: AbsenceRow, today: date) -> None:
        _require_verb(actor, row)
        if row.state is AbsenceState.CANCELLED:
            raise InvalidFieldError(field="absence_id", value=row.id, expected=STILL)
        row.state, row.decided_by = became, actor.user_id

    return _change(begin, actor, now, absence_id, settle)


def shorten(begin: Begin, actor: Actor, now: datetime, absence_id: str, until_on: date) -> AbsenceRow:
    """Let an absence end on an earlier day; one's own leave not before yesterday, whose day is not over yet."""

    def cut(row: AbsenceRow, today: date) -> None:
        _require_verb(actor, row)
        if until_on < row.from_on:
            raise InvalidFieldError(field="until_on", value=until_on.isoformat(), expected=NOT_BEFORE)
        if row.state in GONE or (row.until_on is not None and row.until_on < until_on):
            raise InvalidFieldError(field="absence_id", value=row.id, expected=STILL)
        if not _is_officer(actor) and until_on < today - ONE_DAY:
            raise InvalidFieldError(
                field="until_on",
                value=until_on.isoformat(),
                expected=stated(
                    "不早于昨日；更早的请工作人员更正", "not before yesterday; an officer corrects the past"
                ),
            )
        row.until_on = until_on

    return _change(begin, actor, now, absence_id, cut)


def cancel(begin: Begin, actor: Actor, now: datetime, absence_id: str) -> AbsenceRow:
    """Take an absence back as if it had never been; one's own leave only before it begins."""

    def undo(row: AbsenceRow, today: date) -> None:
        _require_verb(actor, row)
        if not _is_officer(actor) and row.state is AbsenceState.IN_FORCE and row.from_on < today:
            raise InvalidFieldError(field="absence_id", value=row.id, expected=STILL)
        row.state = AbsenceState.CANCELLED

    return _change(begin, actor, now, absence_id, undo)


def lift(begin: Begin, actor: Actor, now: datetime, absence_id: str) -> AbsenceRow:
    """End an absence at once: yesterday was its last day; one that began today or later is cancelled."""

    def end(row: AbsenceRow, today: date) -> None:
        _require_verb(actor, row)
        if row.state in GONE:
            return
        if row.from_on >= today:
            row.state = AbsenceState.CANCELLED
        elif row.until_on is None or row.until_on >= today:
            row.until_on = today - ONE_DAY

    return _change(begin, actor, now, absence_id, end)


def _change(
    begin: Begin, actor: Actor, now: datetime, absence_id: str, act: Callable[[AbsenceRow, date], None]
) -> AbsenceRow:
    """Change an absence, keep what it said, and let the rotation meet what is different; no change keeps nothing."""
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        row = tx.lock(AbsenceRow, absence_id, actor.centre_id)
        if row.practitioner_id:
            practitioner = get(tx.session, PractitionerRow, actor.centre_id, row.practitioner_id)
            require_reach(tx, actor, practitioner, now, Verb.REPORT_LEAVE)
        before = (row.state, row.until_on)
        act(row, _today(tx, actor, now))
        if (row.state, row.until_on) == before:
            return row
        remember(row, actor, now, before)
        verb = Verb.SUSPEND if row.kind is AbsenceKind.SUSPENSION else Verb.REPORT_LEAVE
        note(tx, actor, verb, "absence", row.id, now)
        return _kept(tx, actor, now, row)


def remember(row: AbsenceRow, actor: Actor, now: datetime, before: tuple[AbsenceState, date | None]) -> None:
    """Keep what an absence said until now, its state and last day, and let the rotation look at it again."""
    state, until_on = before
    values = {"state": state.value, "until_on": until_on and until_on.isoformat()}
    row.history = [*row.history, {"at": now.isoformat(), "by": actor.user_id, **values}]
    row.looked_on = None


def _kept(tx: Transaction, actor: Actor, now: datetime, row: AbsenceRow) -> AbsenceRow:
    """Let what follows an absence follow: offers, findings, and turns that were met for days that were none of it."""
    people = [row.practitioner_id] if row.practitioner_id else members_ever(tx.session, row.institution_id or "")
    follow(tx, actor, now, people if row.history else (), people if row.state is AbsenceState.IN_FORCE else ())
    return row


def _same(tx: Transaction, practitioner_id: str, values: dict[str, Any]) -> AbsenceRow | None:
    equal = [getattr(AbsenceRow, name) == value for name, value in values.items()]
    same = select(AbsenceRow).where(
        AbsenceRow.practitioner_id == practitioner_id, AbsenceRow.kind == AbsenceKind.LEAVE, *equal
    )
    return next((row for row in tx.session.exec(same) if row.state not in GONE), None)


def _needs_officer(tx: Transaction, actor: Actor, now: datetime, practitioner_id: str, leave: Leave) -> bool:
    """Tell whether what people report themselves is of the past, of long ahead, or more than the policy lets hold."""
    office, allowed = _office(tx, actor.centre_id)
    today = _today(tx, actor, now)
    own = own_leaves(tx.session, practitioner_id, today)
    if sum(row.state is AbsenceState.WAITING for row in own) >= allowed.reports:
        expected = stated(f"待审核的休假不超过{allowed.reports}项", f"at most {allowed.reports} leaves that wait")
        raise InvalidFieldError(field="from_on", value=leave.from_on.isoformat(), expected=expected)
    if leave.from_on < today or leave.from_on > today + YEAR or len(own) >= allowed.reports:
        return True
    asked = Absence(who=practitioner_id, kind=AbsenceKind.LEAVE, **leave._asdict())
    spans = away_spans([asked, *(row.stated for row in own)], office.zone, today, today + YEAR)
    return sum(office.between(*span) for span in spans) > allowed.days * office.hours_a_day


def _office(tx: Transaction, centre_id: str) -> tuple[OfficeHours, OwnLeave]:
    """Return the office hours and what people may report themselves; as usual where no policy is in force yet."""
    try:
        policy = load_in_force(tx.session, centre_id).policy
    except PolicyMissingError:
        policy = load_preset("national")
    return OfficeHours.of(policy, load_days(tx.session, centre_id)), policy.leave


def _require_days(from_on: date, until_on: date | None) -> None:
    if until_on and until_on < from_on:
        raise InvalidFieldError(field="until_on", value=until_on.isoformat(), expected=NOT_BEFORE)


def _require_verb(actor: Actor, row: AbsenceRow) -> None:
    if row.kind is AbsenceKind.SUSPENSION:
        require(actor, Verb.SUSPEND)
    elif not {Verb.EDIT_ROSTER, Verb.REPORT_LEAVE} & PERMISSIONS[actor.role]:
        raise ForbiddenError(verb=Verb.REPORT_LEAVE.value, role=actor.role.value)


def _is_officer(actor: Actor) -> bool:
    return Verb.EDIT_ROSTER in PERMISSIONS[actor.role]


def _today(tx: Transaction, actor: Actor, now: datetime) -> date:
    return read_day(tx.session, actor.centre_id, now).today


def _lock_one(
    tx: Transaction, actor: Actor, practitioner_id: str | None, institution_id: str | None
) -> PractitionerRow | InstitutionRow:
    if practitioner_id:
        person = tx.lock(PractitionerRow, practitioner_id, actor.centre_id)
        require_kept(tx.session, person)
        return person
    return tx.lock(InstitutionRow, institution_id or "", actor.centre_id)
