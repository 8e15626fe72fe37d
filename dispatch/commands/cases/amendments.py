"""Facts of a case that turn out otherwise: whichever door says so, the same follows from it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from dispatch.casework import clocks
from dispatch.casework.arrangement import recall
from dispatch.casework.chain import resume_chain, retime
from dispatch.casework.seats import reseat
from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.entitlement import change, reckon, restart_duty
from dispatch.commands.cases.filing import Filing, add_people, add_wishes, columns_of, entitle
from dispatch.commands.cases.holders import refusals_of, review_holders, review_tied, tied_to
from dispatch.commands.cases.known import PRIVATE, Change, amendment_row
from dispatch.commands.cases.lowering import lapse
from dispatch.commands.funds.applications import follow_fund
from dispatch.domain.chain import guarded
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.states import AmendmentState, ClockEnd
from dispatch.domain.vocabulary import ON_NOTICE, PartyRole, Status
from dispatch.domain.webhooks import AMEND
from dispatch.registry.host import RegisterHost
from dispatch.registry.reads import parties
from dispatch.registry.references import filed_before
from dispatch.registry.tables import AmendmentRow, CaseRow, PartyRow, WishRow

UNASKED = (Status.RECEIVED, Status.PENDING)
"""Once somebody is asked or named, wishes are changed by their own command."""

WHAT_IT_IS = frozenset({"recipient_identity_kind", "recipient_identity_number", "matter", "cause", "stage"})
"""What makes two cases the same."""


def amend_case(filing: Filing, case: CaseRow, draft: CaseDraft) -> AmendmentRow | None:
    """
    Let an open case say what a draft says, and let follow what hangs on it; its number and its history stay.

    The history names the facts and keeps their values. Time limits run as they would have run, a case that must not
    be in the open leaves the board, one that asks for another practitioner waits for one, and anyone who has it
    and is excluded by a rule now is reported to the manager, and stays until the manager decides.

    Returns
    -------
    AmendmentRow or None
        What was changed; None if the case says so already.
    """
    changes, host = filing.changes(case, draft), filing.host
    if not changes:
        return None
    before, tied = refusals_of(host, case), tied_to(host, [case.id])
    days = case.received_at, case.granted_at
    _write(filing, case, draft, changes)
    made = _note(filing, case, changes)
    _time(host, case, *days)
    if case.status is Status.POSTED and guarded(case):
        recall(host, case)
        resume_chain(host, case)
    if "demand" in changes:
        reseat(host, case)
    if "fund_source" in changes:
        follow_fund(host, case)
    review_holders(host, case, before)
    review_tied(host, [case.id], tied)
    entitle(filing, case, draft)
    return made


def _write(filing: Filing, case: CaseRow, draft: CaseDraft, changes: Mapping[str, Change]) -> None:
    change(case, columns_of(draft), filing.now)
    _date(case, draft)
    # People are sealed, so those of whom nothing else is known stay the rows they were.
    if any(name in PRIVATE or name.startswith("recipient_") for name in changes):
        _write_people(filing, case, draft)
    if "wishes" in changes:
        filing.tx.session.exec(delete(WishRow).where(col(WishRow.case_id) == case.id))
        add_wishes(filing, case, draft)
    if not WHAT_IT_IS.isdisjoint(changes):
        _recognise(filing.tx.session, case)


def _recognise(session: Session, case: CaseRow) -> None:
    """
    Let a case that turns out to be one filed before draw its lot, and be told as its double, as at filing.

    Its lot follows from what it is now: another's is not kept by being taken for that other one for a while.
    """
    session.flush()
    case.lot_of, case.duplicate_of = filed_before(session, case, parties(session, case.id))


def _write_people(filing: Filing, case: CaseRow, draft: CaseDraft) -> None:
    """Let the people of a case be those of its draft; who is in it already has been known since then."""
    session = filing.tx.session
    since = {_as_known(row): row.recorded_at for row in parties(session, case.id)}
    session.exec(delete(PartyRow).where(col(PartyRow.case_id) == case.id))
    add_people(filing, case, draft)
    session.flush()
    for row in parties(session, case.id):
        row.recorded_at = since.get(_as_known(row), filing.now)


def _as_known(row: PartyRow) -> tuple[PartyRole, str | None, str | None]:
    return row.role, row.identity_key, row.name_key


def _note(filing: Filing, case: CaseRow, changes: Mapping[str, Change]) -> AmendmentRow:
    """Write down what is changed, in the place of what was proposed where a second person has agreed to it."""
    row = amendment_row(
        filing.seal,
        changes,
        centre_id=case.centre_id,
        case_id=case.id,
        case_number=case.number,
        state=AmendmentState.MADE,
        made_by=filing.actor.user_id,
        made_at=filing.now,
    )
    if proposed := filing.confirmed:
        proposed.fields, proposed.changes, proposed.sealed = row.fields, row.changes, row.sealed
        proposed.state = AmendmentState.MADE
        row = proposed
    else:
        filing.tx.add(row)
    lapse(filing.host, case, row.fields)
    filing.host.touch(case, moved=True)
    facts: dict[str, object] = {"fields": row.fields, "amendment_id": row.id}
    filing.tx.record(case, AMEND, filing.actor, filing.now, case.status, facts=facts)
    return row


def _date(case: CaseRow, draft: CaseDraft) -> None:
    """Let a case have the days of its draft: one that is notified has no decision, any other keeps the one it has."""
    case.received_at = draft.received_at
    if case.source in ON_NOTICE:
        case.granted_at = None
    elif draft.granted_at and case.status is not Status.RECEIVED:
        case.granted_at = draft.granted_at
    if case.status is not Status.RECEIVED:
        case.entitled_at = case.granted_at or case.received_at


def _time(host: RegisterHost, case: CaseRow, received_at: datetime, granted_at: datetime | None) -> None:
    """Let the limits run that a case has now, since the days and to the moments that hold now."""
    for was, now in ((received_at, case.received_at), (granted_at, case.granted_at)):
        if was and now and was != now:
            _run_since(host, case, was, now)
    if case.status in UNNAMED:
        restart_duty(host, case)
    reckon(host, case)
    retime(host, case)


def _run_since(host: RegisterHost, case: CaseRow, was: datetime, now: datetime) -> None:
    """Let the limits of the case that run since one moment run since another."""
    for clock in clocks.running(host, case):
        if clock.started_at == was and clock.assignment_id is None and not clock.fixed:
            clocks.stop(host, case, clock.code, ClockEnd.VOID)
            clocks.start(host, case, clock.code, since=now)
