"""Stage by stage: the next stage of a matter is a case of its own, and counsel of the one before comes first."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

from sqlmodel import Session, col, or_, select

from dispatch.casework import clocks
from dispatch.casework.matching import enter_queue
from dispatch.commands.cases.drafts import NOT_HELD
from dispatch.commands.cases.entitlement import grant, set_due, take_notice
from dispatch.commands.funds.applications import FIELD, group_of
from dispatch.commands.life.papers import decision_context
from dispatch.domain.errors import DuplicateNumberError, IllegalTransitionError, InvalidFieldError, stated
from dispatch.domain.funds.sources import FundSource, needs_grant, require_fundable
from dispatch.domain.law.aid_first import TERMS
from dispatch.domain.law.means import MeansGround, MeansStatus, means_test_of, require_means
from dispatch.domain.law.urgency import DATES
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.stages import earlier_stages, follows
from dispatch.domain.texts import case_number_key, case_number_order
from dispatch.domain.vocabulary import ON_NOTICE, CaseSource, MeansTest, RelationKind, ReviewCourt, Stage, Status
from dispatch.domain.webhooks import RECEIVE
from dispatch.registry.reads import get, parties
from dispatch.registry.references import filed_before
from dispatch.registry.seal import Seal
from dispatch.registry.tables import AssignmentRow, CaseRow, PartyRow, RelationRow
from dispatch.registry.transaction import Begin, Read, Transaction

MEANS = ("means_test", "means_status", "means_ground")

OWN = frozenset({
    "id", "number", "number_key", "number_order", "status", "stage", "source", "organ", "received_at", "granted_at",
    "entitled_at", "due_at", "due_estimated", "due_source", "fingerprint", "duplicate_of", "lot_of", "relaxed",
    "revision", "created_by", "updated_at", "death_review", "review_court", "interpreter", "dates_known_at",
    "fund_source", *MEANS, *DATES, *TERMS,
})  # fmt: skip
"""What each stage states for itself; all else is known of the matter."""

FOLLOWED = (Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN, Status.CLOSED, Status.EVALUATED)
"""The next stage may begin before the closing report of the one before is in."""


class NextStage(NamedTuple):
    """What the next stage states for itself."""

    number: str
    stage: Stage
    source: CaseSource
    organ: str | None = None
    received_at: datetime | None = None
    review_court: ReviewCourt | None = None
    hearing_on: date | None = None
    limitation_ends_on: date | None = None
    custody_ends_on: date | None = None
    preservation: bool | None = None
    means_status: MeansStatus | None = None
    means_ground: MeansGround | None = None
    fund_source: FundSource | None = None


class StageOf(NamedTuple):
    """One stage of a matter, and who had or has it."""

    case: CaseRow
    assignments: Sequence[AssignmentRow]


def begin_stage(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, following: NextStage) -> CaseRow:
    """Register the next stage of a case's matter, granted or notified, with its facts and its people.

    Where the policy begins with continuity, counsel of the stage before is asked first, with nobody's doing.
    """
    require(actor, Verb.GRANT)
    with decision_context(begin, seal, actor, now) as context:
        host, before = context.host, context.host.case(case_id)
        _require_next(host.session, before, following, now)
        case = _case_of(before, following, actor, now)
        granting = case.source not in ON_NOTICE
        require_means(case, case.means_test, granted=granting, granting=granting)
        if case.fund_source and needs_grant(case.fund_source):
            require_fundable(case.fund_source, group_of(host, case), FIELD)
        case.lot_of, case.duplicate_of = filed_before(host.session, case, parties(host.session, before.id))
        host.add_case(case)
        set_due(host, case)
        host.session.flush()
        _follow(host.tx, before, case)
        host.tx.record(case, RECEIVE, actor, now, facts={"earlier_case_id": before.id})
        clocks.follow(host, case, RECEIVE, at=case.received_at)
        if granting:
            grant(host, case, now)
        else:
            take_notice(host, case)
        enter_queue(host, [case])
        return case


def matter_of(read: Read, actor: Actor, case_id: str) -> list[StageOf]:
    """Return every stage of the case's matter in the order they were received, each with its assignments."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        known, edge = set[str](), {get(session, CaseRow, actor.centre_id, case_id).id}
        while edge:
            known |= edge
            edge = _neighbours(session, edge) - known
        cases = session.exec(select(CaseRow).where(col(CaseRow.id).in_(known))).all()
        in_order = sorted(cases, key=lambda row: (row.received_at, len(earlier_stages(row.stage)), row.id))
        return [StageOf(case, _assignments(session, case)) for case in in_order]


def _require_next(session: Session, before: CaseRow, following: NextStage, now: datetime) -> None:
    if before.status not in FOLLOWED:
        raise IllegalTransitionError(status=before.status.value, event=RECEIVE)
    if not follows(following.stage, before.stage):
        known = [stage.value for stage in Stage if follows(stage, before.stage)]
        raise InvalidFieldError(field="stage", value=following.stage.value, expected=known)
    if following.review_court and following.stage is not Stage.DEATH_REVIEW:
        expected = stated("只用于死刑复核阶段", "for the review of a death sentence only")
        raise InvalidFieldError(field="review_court", value=following.review_court.value, expected=expected)
    if following.received_at and not before.received_at <= following.received_at <= now:
        value = following.received_at.isoformat()
        expected = stated("不早于前一阶段，且不晚于现在", "after the stage before, and not to come")
        raise InvalidFieldError(field="received_at", value=value, expected=expected)
    if following.custody_ends_on and before.detained is False:
        value = following.custody_ends_on.isoformat()
        raise InvalidFieldError(field="custody_ends_on", value=value, expected=stated(*NOT_HELD))
    key = case_number_key(following.number)
    taken = select(CaseRow.id).where(CaseRow.centre_id == before.centre_id, CaseRow.number_key == key)
    if session.exec(taken).first():
        raise DuplicateNumberError(field="number", number=following.number)


def _case_of(before: CaseRow, following: NextStage, actor: Actor, now: datetime) -> CaseRow:
    return CaseRow(
        **before.model_dump(exclude=set(OWN)),
        **{name: getattr(following, name) for name in DATES},
        **_means_of(before, following),
        fund_source=following.fund_source,
        number=following.number,
        number_key=case_number_key(following.number),
        number_order=case_number_order(following.number),
        status=Status.RECEIVED,
        stage=following.stage,
        source=following.source,
        organ=following.organ,
        review_court=following.review_court,
        received_at=following.received_at or now,
        dates_known_at=now,
        created_by=actor.user_id,
        updated_at=now,
    )


def _means_of(before: CaseRow, following: NextStage) -> dict[str, Any]:
    """Return what is known of hardship: as at the stage before, unless stated anew; a notice asks for nothing."""
    if following.source in ON_NOTICE:
        return {"means_test": MeansTest.NOT_APPLICABLE, "means_status": None, "means_ground": None}
    restated = following.means_status or following.means_ground
    status, ground = attrgetter("means_status", "means_ground")(following if restated else before)
    kept = None if restated or before.source in ON_NOTICE else before.means_test
    decides = means_test_of(following.source, before.service, before.categories, ground)
    return {"means_test": kept or decides, "means_status": status, "means_ground": ground}


def _follow(tx: Transaction, before: CaseRow, case: CaseRow) -> None:
    kind, centre_id = RelationKind.EARLIER_STAGE, case.centre_id
    tx.add(RelationRow(centre_id=centre_id, case_id=case.id, other_id=before.id, kind=kind))
    for person in parties(tx.session, before.id):
        tx.add(PartyRow(**person.model_dump(exclude={"id", "case_id", "recorded_at"}), case_id=case.id))


def _neighbours(session: Session, case_ids: set[str]) -> set[str]:
    row = RelationRow
    tied = select(row.case_id, row.other_id).where(row.kind == RelationKind.EARLIER_STAGE)
    found = session.exec(tied.where(or_(col(row.case_id).in_(case_ids), col(row.other_id).in_(case_ids))))
    return {id for pair in found for id in pair}


def _assignments(session: Session, case: CaseRow) -> Sequence[AssignmentRow]:
    made = select(AssignmentRow).where(AssignmentRow.case_id == case.id)
    return session.exec(made.order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.seat))).all()
