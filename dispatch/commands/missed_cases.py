"""Cases that went to somebody else though one was eligible: why, in words and in one's own numbers."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.answers.days import judged_then
from dispatch.domain.chain import guarded
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import Cause
from dispatch.domain.states import ClaimState, OfferState
from dispatch.domain.vocabulary import ModeName
from dispatch.modes.optimized import Candidate, OwnPlace, places
from dispatch.registry.tables import AssignmentRow, CaseRow, ClaimRow, OfferRow
from dispatch.registry.transaction import Read

States = Mapping[str, Any]
"""What became of one's claims or offers, by case."""


class MissedCase(NamedTuple):
    """
    A case that went to somebody else, as far as a card shows it, and how one compared.

    ``own`` has one's score, its terms and one's rank of ``eligible`` people, by the register as it was; ``above``
    says of how many of them each term was greater. Nobody else's figures are in it.
    """

    case: CaseRow
    cause: Cause | None
    mode: ModeName
    assigned_at: datetime
    own: Candidate
    eligible: int
    above: dict[str, int]
    claim: ClaimState | None
    offer: OfferState | None


def missed_cases(read: Read, actor: Actor, most: int) -> list[MissedCase]:
    """Return which of the latest assigned cases one was eligible for, the latest first; guarded cases are left out."""
    require(actor, Verb.READ_OWN_STATEMENT)
    who = actor.practitioner_id
    if who is None:
        raise NotFoundError(what="practitioner", id=None)
    with read() as session:
        gone = _latest(session, actor.centre_id, who, most)
        claims, offers = (_states(session, table, who, [case.id for _, case in gone]) for table in (ClaimRow, OfferRow))
        together = groupby(gone, key=lambda each: (each[0].assigned_at, each[0].policy_id))
        found = [_decided_at(session, list(rows), who, claims, offers) for _, rows in together]
    return [each for missed in found for each in missed]


def _decided_at(
    session: Session, gone: Sequence[tuple[AssignmentRow, CaseRow]], who: str, claims: States, offers: States
) -> list[MissedCase]:
    """Judge cases that were decided at one moment under one policy."""
    row, _ = gone[0]
    docket, eligibility = judged_then(session, row, [case.id for _, case in gone])
    j = docket.column_of(who)
    if j == NOBODY:
        return []
    stood: dict[str, OwnPlace] = {}
    for i, place in enumerate(places(docket, eligibility, j)):
        if place:
            # Of two seats the first one counts.
            stood.setdefault(docket.case_at(i).id, place)
    causes = docket.policy.catalogue.by_code
    return [
        MissedCase(
            case, causes.get(case.cause), row.mode, row.assigned_at, *stood[case.id],
            claims.get(case.id), offers.get(case.id),
        ) for row, case in gone if case.id in stood
    ]  # fmt: skip


def _latest(session: Session, centre_id: str, who: str, most: int) -> list[tuple[AssignmentRow, CaseRow]]:
    others = (
        select(AssignmentRow, CaseRow)
        .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
        .where(AssignmentRow.centre_id == centre_id, AssignmentRow.seat == 0)
        .where(col(AssignmentRow.ended_at).is_(None), AssignmentRow.practitioner_id != who)
        .order_by(col(AssignmentRow.assigned_at).desc(), col(AssignmentRow.id))
    )
    found = session.exec(others.limit(most)).all()
    return [(row, case) for row, case in found if not guarded(case)]


def _states(
    session: Session, table: type[ClaimRow] | type[OfferRow], who: str, cases: Collection[str]
) -> dict[str, Any]:
    made = select(table.case_id, table.state).where(table.practitioner_id == who, col(table.case_id).in_(cases))
    return dict(session.exec(made).all())
