"""Notices of case organs (通知辩护、通知代理): sent into the same intake as a clerk's, and followed by the organ."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, select

from dispatch.commands.cases.drafts import NoticeDraft
from dispatch.commands.cases.intake import take_in
from dispatch.commands.life.ends import require_own_notice
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry import reads
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import Begin, Read


class OrganNotice(NamedTuple):
    """A notice by the case it became, and who was assigned."""

    case: CaseRow
    counsel: list[reads.ActingCounsel]


def send_notice(begin: Begin, seal: Seal, actor: Actor, now: datetime, draft: NoticeDraft) -> OrganNotice:
    """Register the case a notice asks for; its clock runs from now. The same notice again is the one already there.

    Source: 《法律援助法》第三十六条.
    """
    require(actor, Verb.SEND_NOTICE)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        known = select(CaseRow).where(CaseRow.centre_id == actor.centre_id, CaseRow.number_key == draft.key)
        there = tx.session.exec(known).one_or_none()
        # A notice has no day of its own: sent again, it was received when it first came.
        case = draft.to_case(actor.organ or "", there.received_at if there else now)
        [submission] = take_in(tx, seal, actor, now, [case])
        if submission.case is None:
            raise submission.error or AssertionError("a draft has a case or an error")
        return _notice(tx.session, submission.case)


def list_notices(
    read: Read, actor: Actor, part: reads.Slice, *, newest: bool = False
) -> tuple[list[OrganNotice], reads.Rows]:
    """Return the notices of the actor's organ by number, or the newest first, no matter who recorded them."""
    require(actor, Verb.SEND_NOTICE)
    with read() as session:
        found = reads.notified_cases(session, actor.centre_id, actor.organ or "", part, newest_first=newest)
        acting = reads.counsel_of(session, [case.id for case in found.rows])
        return [OrganNotice(case, acting[case.id]) for case in found.rows], found


def read_notice(read: Read, actor: Actor, case_id: str) -> OrganNotice:
    """Return a notice of the actor's organ; another organ's is not found."""
    require(actor, Verb.SEND_NOTICE)
    with read() as session:
        case = reads.get(session, CaseRow, actor.centre_id, case_id)
        require_own_notice(session, actor, case)
        return _notice(session, case)


def _notice(session: Session, case: CaseRow) -> OrganNotice:
    return OrganNotice(case, reads.counsel(session, case.id))
