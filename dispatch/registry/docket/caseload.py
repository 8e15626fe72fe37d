"""What a decision may know of the cases in it, and of who is barred from them by what went before."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, literal_column, null, union_all
from sqlmodel import Session, col, select

from dispatch.domain.docket.facts import CaseFacts, PairFact
from dispatch.domain.docket.ties import Held, Members, Ties, in_order, seats_taken
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Category, Service, Status
from dispatch.registry.statements import fetch, fetch_by, load_by, select_rows
from dispatch.registry.tables import AssignmentRow, CaseRow, PairRow, RelationRow, WishRow

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
STATUSES: BindParameter[Sequence[Status]] = bindparam("statuses", expanding=True)

STATED = tuple(field.name for field in fields(CaseFacts) if field.name in CaseRow.model_fields)
"""The facts that stand in a case's row as they are."""

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
           AssignmentRow.assigned_at)
    .join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.case_id).in_(KEYS))
    .order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.seat), col(AssignmentRow.id))
)
# fmt: on

CATEGORIES = {category.value: category for category in Category}


class Caseload(NamedTuple):
    """The cases of a decision and what is known of single pairs."""

    cases: tuple[CaseFacts, ...]
    pairs: tuple[PairFact, ...]


def load_caseload(
    session: Session,
    centre_id: str,
    case_ids: Collection[str] | None,
    statuses: Collection[Status],
    members: Members,
    *,
    refill: bool = False,
    before: datetime | None = None,
) -> Caseload:
    """Return the cases in one of the states with a seat to fill; with ``refill`` each seat of them is.

    What came at the moment ``before`` or later is left out.
    """
    waiting = _waiting(session, centre_id, case_ids, statuses)
    ties = load_ties(session, centre_id)
    known = {row.id for row in waiting}.union(*(ties.touching(row.id) for row in waiting))
    held = _held(session, centre_id, known, before)
    if refill:
        held |= {row.id: [each for each in held[row.id] if not each.live] for row in waiting}
    wishes, recorded = _noted(session, centre_id, [row.id for row in waiting], before)
    still_open = (row for row in waiting if row.demand > seats_taken(row.id, held))
    cases = tuple(_case_facts(row, ties, held, wishes) for row in still_open)
    implied = (fact for case in cases for fact in ties.implied(case.id, held, members))
    return Caseload(cases, in_order([*recorded, *implied]))


def stated_facts(row: CaseRow) -> dict[str, Any]:
    """Return the facts of a case that stand in its row, every rule asked: nothing is relaxed."""
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
    session: Session, centre_id: str, case_ids: Collection[str], before: datetime | None
) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for case_id, practitioner_id, institution_id, ended_at, end_reason, service, accepted_at, assigned_at in fetch_by(
        session, HELD, case_ids, centre_id=centre_id
    ):
        if before and assigned_at >= before:
            continue
        live, duty = ended_at is None or (before is not None and ended_at >= before), service is Service.DUTY_HELP
        undertaken = live or end_reason == EndReason.CLOSED
        opened = accepted_at is not None
        found[case_id].append(Held(practitioner_id, institution_id, live, undertaken, duty, opened))
    return found


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
        opposing_case_ids=tuple(sorted(ties.opposing.get(row.id, ()))),
    )


RELATIONS: Any = select(RelationRow.kind, RelationRow.case_id, RelationRow.other_id).where(
    col(RelationRow.centre_id) == bindparam("centre_id")
)


def load_ties(session: Session, centre_id: str) -> Ties:
    """Return all ties of the centre's cases, so that a group holds together across assigned cases too."""
    return Ties.of(fetch(session, RELATIONS, centre_id=centre_id).all())


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
