"""Cases that went to somebody else though one was eligible: why, in words and in one's own numbers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.chain import guarded
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.causes import Cause
from dispatch.domain.states import ClaimState, OfferState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.modes.optimized import Candidate
from dispatch.modes.optimized import candidates as rank
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.tables import AssignmentRow, CaseRow, ClaimRow, OfferRow
from dispatch.registry.transaction import Read


class MissedCase(NamedTuple):
    """
    A case that went to somebody else, as far as a card shows it, and where one stood.

    ``own`` has one's score, its terms and one's rank of ``eligible`` people, by the register as it is now; ``above``
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


def missed_cases(read: Read, actor: Actor, now: datetime, most: int) -> list[MissedCase]:
    """Return which of the latest assigned cases one was eligible for, the latest first; guarded cases are left out."""
    require(actor, Verb.READ_OWN_STATEMENT)
    who = actor.practitioner_id
    if who is None:
        raise NotFoundError(what="practitioner", id=None)
    with read() as session:
        gone = {case.id: (row, case) for row, case in _latest(session, actor.centre_id, who, most)}
        policy = read_policy(policy_in_force(session, actor.centre_id))
        facts = load_docket(session, actor.centre_id, gone, now, tuple(Status), refill=True)
        claims, offers = (_states(session, table, who, gone) for table in (ClaimRow, OfferRow))
    docket = Docket.build(facts, policy)
    j, eligibility = docket.column_of(who), eligible(docket)
    rows = {docket.case_at(i).id: i for i in range(docket.n)}
    causes = policy.catalogue.by_code
    return [
        MissedCase(
            case, causes.get(case.cause), row.mode, row.assigned_at, *_standing(rank(docket, eligibility, i), who),
            claims.get(id), offers.get(id),
        )
        for id, (row, case) in gone.items()
        if (i := rows.get(id)) is not None and j != NOBODY and eligibility.row(i)[j]
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


def _standing(everyone: list[Candidate], who: str) -> tuple[Candidate, int, dict[str, int]]:
    able = [each for each in everyone if each.rank]
    own = next(each for each in able if each.practitioner_id == who)
    return own, len(able), {term: sum(each.terms[term] > points for each in able) for term, points in own.terms.items()}


def _states(
    session: Session, table: type[ClaimRow] | type[OfferRow], who: str, cases: Mapping[str, object]
) -> dict[str, Any]:
    made = select(table.case_id, table.state).where(table.practitioner_id == who, col(table.case_id).in_(cases))
    return dict(session.exec(made).all())
