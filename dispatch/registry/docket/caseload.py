"""What a decision may know of the cases in it, and of who is barred from them by what went before."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, literal_column, null, or_, union_all
from sqlmodel import Session, col, select

from dispatch.domain.conflicts.parties import Party
from dispatch.domain.docket.facts import CaseFacts, PairFact
from dispatch.domain.docket.ties import Held, Houses, Members, Ties, in_order, seats_taken
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Category, InstitutionKind, Service, Status
from dispatch.registry.docket.conflicts import EVER, load_parties, load_ties
from dispatch.registry.statements import fetch, fetch_by, in_force, load_by, select_rows
from dispatch.registry.tables import (
    AssignmentRow,
    AttributesRow,
    CaseRow,
    InstitutionAttributesRow,
    InstitutionRow,
    PairRow,
    WishRow,
)

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
STATUSES: BindParameter[Sequence[Status]] = bindparam("statuses", expanding=True)
TODAY: BindParameter[date] = bindparam("today")

STATED = tuple(field.name for field in fields(CaseFacts) if field.name in CaseRow.model_fields)
"""The facts that are in a case's row unchanged."""

# fmt: off
WAITING: Any = (
    select_rows(*(getattr(CaseRow, name) for name in (*STATED, "received_at")))
    .where(CaseRow.centre_id == CENTRE, col(CaseRow.status).in_(STATUSES)).order_by(col(CaseRow.id))
)
NAMED = WAITING.where(col(CaseRow.id).in_(KEYS))
# Recorded pairs and, in their order, wishes, which have no kind.
NOTED: Any = union_all(
    select_rows(PairRow.case_id, PairRow.practitioner_id, PairRow.kind, PairRow.created_at,
                literal_column("0").label("rank"))
    .where(PairRow.centre_id == CENTRE, col(PairRow.case_id).in_(KEYS)),
    select_rows(WishRow.case_id, WishRow.practitioner_id, null(), null(), WishRow.rank)
    .where(WishRow.centre_id == CENTRE, col(WishRow.case_id).in_(KEYS)),
).order_by("rank")
HELD: Any = (
    select_rows(AssignmentRow.case_id, AssignmentRow.practitioner_id, AssignmentRow.institution_id,
           AssignmentRow.ended_at, AssignmentRow.end_reason, CaseRow.service, AssignmentRow.accepted_at,
           AssignmentRow.assigned_at, col(AttributesRow.institution_id).label("moved_to"))
    .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
    .outerjoin(AttributesRow, (col(AttributesRow.practitioner_id) == col(AssignmentRow.practitioner_id))
               & in_force(AttributesRow, TODAY))
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.case_id).in_(KEYS))
    .order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.seat), col(AssignmentRow.id))
)
LONE_AREAS: Any = (
    select_rows(InstitutionAttributesRow.area)
    .join(InstitutionRow, col(InstitutionRow.id) == col(InstitutionAttributesRow.institution_id)).where(
        InstitutionRow.centre_id == CENTRE, in_force(InstitutionAttributesRow, TODAY),
        InstitutionAttributesRow.kind == InstitutionKind.LAW_FIRM,
        or_(col(InstitutionRow.entered_on).is_(None), col(InstitutionRow.entered_on) <= TODAY),
        or_(col(InstitutionRow.left_on).is_(None), col(InstitutionRow.left_on) > TODAY))
    .group_by(col(InstitutionAttributesRow.area)).having(func.count() == 1)
)
# fmt: on

CATEGORIES = {category.value: category for category in Category}


class Caseload(NamedTuple):
    """The cases of a decision, what is known of single pairs, and everyone with a part in the cases."""

    cases: tuple[CaseFacts, ...]
    pairs: tuple[PairFact, ...]
    parties: Sequence[Party]


def load_caseload(
    session: Session,
    centre_id: str,
    case_ids: Collection[str] | None,
    statuses: Collection[Status],
    members: Members,
    today: date,
    *,
    refill: bool = False,
    before: datetime | None = None,
) -> Caseload:
    """Return the cases in one of the states with a seat to fill; with ``refill`` each seat of them is.

    What came at the moment ``before`` or later is left out.
    """
    waiting = _waiting(session, centre_id, case_ids, statuses)
    case_ids = [row.id for row in waiting]
    parties = load_parties(session, centre_id, case_ids, before or EVER)
    ties = load_ties(session, centre_id, case_ids, before or EVER, parties)
    known = {row.id for row in waiting}.union(*(ties.touching(row.id) for row in waiting))
    held = _held(session, centre_id, known, today, before)
    if refill:
        held |= {row.id: [each for each in held[row.id] if not each.live] for row in waiting}
    wishes, recorded = _noted(session, centre_id, [row.id for row in waiting], before)
    still_open = (row for row in waiting if row.demand > seats_taken(row.id, held))
    cases = tuple(_case_facts(row, ties, held, wishes) for row in still_open)
    houses = Houses(members, _lone_areas(session, centre_id, today, ties))
    implied = (fact for case in cases for fact in ties.implied(case, held, houses))
    return Caseload(cases, in_order([*recorded, *implied]), parties)


def stated_facts(row: CaseRow) -> dict[str, Any]:
    """Return the facts of a case that are in its row, every rule asked: nothing is relaxed."""
    return {name: getattr(row, name) for name in STATED} | {
        "categories": tuple(CATEGORIES[category] for category in row.categories),
        "languages": tuple(row.languages),
        "domicile_areas": tuple(row.domicile_areas),
        "relaxed": (),
        # Before the grant both clocks run from the receipt.
        "entitled_at": row.entitled_at or row.received_at,
        "due_at": row.due_at or row.received_at,
    }


def _waiting(
    session: Session, centre_id: str, case_ids: Collection[str] | None, statuses: Collection[Status]
) -> list[Any]:
    bound = {"centre_id": centre_id, "statuses": list(statuses)}
    if case_ids is None:
        return list(fetch(session, WAITING, **bound))
    return list(fetch_by(session, NAMED, case_ids, **bound))


def _noted(
    session: Session, centre_id: str, case_ids: Collection[str], before: datetime | None
) -> tuple[dict[str, list[str]], list[PairFact]]:
    wishes: dict[str, list[str]] = defaultdict(list)
    pairs = []
    for case_id, practitioner_id, kind, at, _ in fetch_by(session, NOTED, case_ids, centre_id=centre_id):
        if kind is None:
            wishes[case_id].append(practitioner_id)
        elif before is None or at < before:
            pairs.append(PairFact(case_id=case_id, practitioner_id=practitioner_id, kind=kind))
    return wishes, pairs


def _held(
    session: Session, centre_id: str, case_ids: Collection[str], today: date, before: datetime | None
) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for row in fetch_by(session, HELD, case_ids, centre_id=centre_id, today=today):
        if before and row.assigned_at >= before:
            continue
        live = row.ended_at is None or (before is not None and row.ended_at >= before)
        held = Held(
            row.practitioner_id,
            row.institution_id,
            live,
            undertaken=live or row.end_reason == EndReason.CLOSED,
            duty=row.service is Service.DUTY_HELP,
            opened=row.accepted_at is not None,
            moved_to=row.moved_to if row.moved_to != row.institution_id else None,
        )
        found[row.case_id].append(held)
    return found


def _lone_areas(session: Session, centre_id: str, today: date, ties: Ties) -> frozenset[str]:
    """Return the areas with a single law firm; only who has opposing sides asks."""
    if not ties.opposing:
        return frozenset()
    return frozenset(area for (area,) in fetch(session, LONE_AREAS, centre_id=centre_id, today=today) if area)


def _case_facts(row: Any, ties: Ties, held: dict[str, list[Held]], wishes: dict[str, list[str]]) -> CaseFacts:
    stated = stated_facts(row) | {
        "demand": row.demand - seats_taken(row.id, held),
        "relaxed": tuple(row.relaxed),
    }
    return CaseFacts(
        **stated,
        wishes=tuple(wishes.get(row.id, ())),
        earlier_counsel=ties.earlier_counsel(row.id, held),
        joint_group=ties.joint_group(row.id),
        opposing_case_ids=tuple(sorted(ties.apart(row.id))),
    )


CASES = select(CaseRow).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(KEYS))
TAKEN = select(AssignmentRow.case_id, AssignmentRow.seat).where(
    AssignmentRow.centre_id == CENTRE, col(AssignmentRow.case_id).in_(KEYS),
    col(AssignmentRow.ended_at).is_(None) | (col(AssignmentRow.end_reason) == EndReason.CLOSED),
)  # fmt: skip
REVISIONS = select(CaseRow.id, CaseRow.revision).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(KEYS))


def load_cases(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, CaseRow]:
    """Return those of the cases that the centre has."""
    return {row.id: row for row in load_by(session, CASES, case_ids, centre_id=centre_id)}


def load_taken(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, set[int]]:
    """Return the seats of each case that somebody holds, or has carried through."""
    taken: dict[str, set[int]] = defaultdict(set)
    for case_id, seat in fetch_by(session, TAKEN, case_ids, centre_id=centre_id):
        taken[case_id].add(seat)
    return taken


def load_revisions(session: Session, centre_id: str, case_ids: Collection[str]) -> dict[str, int]:
    """Return how often each case has changed so far."""
    return dict(fetch_by(session, REVISIONS, case_ids, centre_id=centre_id))
