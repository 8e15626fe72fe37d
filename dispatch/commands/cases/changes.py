"""An officer changes what is known of a case, and a second person agrees where that lowers a protection."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, select

from dispatch.casework import clocks
from dispatch.commands.cases.drafts import draft_of
from dispatch.commands.cases.intake import Submission, take_in
from dispatch.commands.cases.known import APART, PRIVATE, Change, changes_of, document_of, facts_of, shown_changes
from dispatch.commands.cases.stored import Document, load_documents, open_to_change, show_document
from dispatch.domain.chain import Mark
from dispatch.domain.errors import (
    IllegalTransitionError,
    ReasonRequiredError,
    SealBrokenError,
    SecondPersonError,
    StaleError,
)
from dispatch.domain.lifecycle import OPEN
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import AmendmentState
from dispatch.domain.webhooks import AMEND
from dispatch.registry.audit import note
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import amendments_of, get
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AmendmentRow, CaseEventRow, CaseRow
from dispatch.registry.transaction import Begin, Transaction


class MovedLimit(NamedTuple):
    """A time limit that a change has begun (``was`` is None), moved, or ended (``now`` is None)."""

    code: str
    was: datetime | None
    now: datetime | None


class ChangedCase(NamedTuple):
    """A case after a change: what was changed, what waits for a second person, and what followed."""

    case: CaseRow
    made: AmendmentRow | None
    waiting: AmendmentRow | None
    limits: Sequence[MovedLimit]
    events: Sequence[CaseEventRow]


class PastValue(NamedTuple):
    """What a fact was until it was changed, by whom, and by which change."""

    value: Any
    until: datetime
    changed_by: str | None
    amendment_id: str


class Fact(NamedTuple):
    """A fact of a case: what it is, what somebody proposes, and what it was, the latest first."""

    field: str
    value: Any
    private: bool
    proposed: Sequence[tuple[str, Any]]
    history: Sequence[PastValue]


def change_case(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, changes: Mapping[str, Any], revision: int
) -> ChangedCase:
    """Change what is known of an open case, if it is still as it was read.

    What lowers a protection waits for a second person. Whatever was changed is undone by the contrary change.
    """
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.revision != revision:
            raise StaleError(what="legal_case", id=case_id, expected=revision, actual=case.revision)
        _require_open(case)
        before = _standing(host, case)
        document = _document_of(tx.session, seal, case)
        recipient = {**document["recipient"], **changes.get("recipient", {})}
        submission = _take_in(tx, seal, actor, now, {**open_to_change(document), **changes, "recipient": recipient})
        return _changed(RegisterHost(tx, actor.centre_id, actor, now), case, submission, before)


def review_change(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, amendment_id: str, approve: bool, reason: str
) -> AmendmentRow:
    """Confirm or reject a change that waits, never as the one who proposed it. Idempotent."""
    require(actor, Verb.REVIEW_AMENDMENT)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        row = tx.lock(AmendmentRow, amendment_id, actor.centre_id)
        case = host.case(row.case_id)
        became = AmendmentState.MADE if approve else AmendmentState.REJECTED
        if row.state is became and row.decided_by:
            return row
        if row.state is not AmendmentState.WAITING:
            raise IllegalTransitionError(status=row.state.value, event=AMEND)
        if row.made_by == actor.user_id:
            raise SecondPersonError(case_id=case.id, amendment_id=row.id)
        row.decided_by, row.decided_at, row.answer = actor.user_id, now, seal.seal({"reason": reason.strip()})
        if approve:
            _confirm(tx, seal, actor, now, case, row)
        else:
            host.note(case, Mark.OBJECT, None, {"amendment_id": row.id})
        host.end_amendment(row, became)
        return row


def facts_with_history(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str) -> list[Fact]:
    """Return every fact of a case with what it was before; the access is logged before it is shown."""
    require(actor, Verb.READ_CASE)
    with begin() as tx:
        case = get(tx.session, CaseRow, actor.centre_id, case_id)
        note(tx, actor, Verb.READ_CASE, "fact", case.id, now)
        facts = facts_of(show_document(tx.session, seal, case))
        rows = [(row, shown_changes(seal, row)) for row in amendments_of(tx.session, case.id)]
    return [Fact(name, value, name in PRIVATE, *_proposed_and_past(name, rows)) for name, value in facts.items()]


def _proposed_and_past(
    name: str, rows: Sequence[tuple[AmendmentRow, Mapping[str, Change]]]
) -> tuple[list[tuple[str, Any]], list[PastValue]]:
    """Return what is proposed for a fact, and what it was."""
    about = [(row, changes[name]) for row, changes in rows if name in changes]
    proposed = [(row.id, new) for row, (_, new) in about if row.state is AmendmentState.WAITING]
    past = [
        PastValue(old, row.decided_at or row.made_at, row.made_by, row.id)
        for row, (old, _) in about
        if row.state is AmendmentState.MADE
    ]
    return proposed, sorted(past, key=lambda each: each.until, reverse=True)


def _confirm(tx: Transaction, seal: Seal, actor: Actor, now: datetime, case: CaseRow, row: AmendmentRow) -> None:
    _require_open(case)
    document = _document_of(tx.session, seal, case)
    wanted = facts_of(open_to_change(document)) | {name: new for name, (_, new) in changes_of(seal, row).items()}
    _take_in(tx, seal, actor, now, {**document_of(wanted), **_apart(document)}, row)


def _take_in(
    tx: Transaction,
    seal: Seal,
    actor: Actor,
    now: datetime,
    document: Document,
    confirmed: AmendmentRow | None = None,
) -> Submission:
    draft = draft_of(document)
    [submission] = take_in(tx, seal, actor, now, [draft], amend=True, as_filed=False, confirmed=confirmed)
    if submission.error:
        raise submission.error
    return submission


def _document_of(session: Session, seal: Seal, case: CaseRow) -> Document:
    for document in load_documents(session, seal, case.centre_id, [case.id]).values():
        return document
    raise SealBrokenError


def _apart(document: Document) -> Document:
    return {name: document[name] for name in APART if name in document}


def _require_open(case: CaseRow) -> None:
    if case.status not in OPEN:
        raise IllegalTransitionError(status=case.status.value, event=AMEND)


class _Standing(NamedTuple):
    """How far the history of a case had come, and when its limits ended."""

    last: int
    limits: Mapping[str, tuple[str, datetime]]


def _standing(host: RegisterHost, case: CaseRow) -> _Standing:
    host.session.flush()
    last = select(func.max(CaseEventRow.id)).where(CaseEventRow.case_id == case.id)
    return _Standing(host.session.exec(last).one() or 0, _limits(host, case))


def _limits(host: RegisterHost, case: CaseRow) -> dict[str, tuple[str, datetime]]:
    return {clock.id: (clock.code, clock.due_at) for clock in clocks.running(host, case)}


def _changed(host: RegisterHost, case: CaseRow, submission: Submission, before: _Standing) -> ChangedCase:
    after = _standing(host, case)
    moved = _moved(dict(before.limits.values()), dict(after.limits.values()))
    since = (CaseEventRow.case_id == case.id, col(CaseEventRow.id) > before.last)
    events = host.session.exec(select(CaseEventRow).where(*since).order_by(col(CaseEventRow.id))).all()
    return ChangedCase(case, submission.made, submission.waiting, moved, events)


def _moved(before: Mapping[str, datetime], after: Mapping[str, datetime]) -> list[MovedLimit]:
    codes = sorted(before.keys() | after.keys())
    every = (MovedLimit(code, before.get(code), after.get(code)) for code in codes)
    return [each for each in every if each.was != each.now]
