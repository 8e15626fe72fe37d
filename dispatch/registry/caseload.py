"""What a decision may know of the cases in it, and of who is barred from them by what went before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from dispatch.domain.facts import CaseFacts, PairFact
from dispatch.domain.ties import Held, Members, Ties, in_order, seats_taken
from dispatch.domain.vocabulary import Category, Status
from dispatch.registry.statements import fetch_by, select_rows
from dispatch.registry.tables import AssignmentRow, CaseRow, PairRow, WishRow
from dispatch.registry.ties import load_ties

CLOSED = "closed"
"""Why an assignment ended that was carried through: its practitioner still knows the case."""

CENTRE: BindParameter[str] = bindparam("centre_id")
KEYS: BindParameter[Sequence[str]] = bindparam("keys", expanding=True)
STATUSES: BindParameter[Sequence[Status]] = bindparam("statuses", expanding=True)

# fmt: off
WAITING = select(CaseRow.id).where(CaseRow.centre_id == CENTRE, col(CaseRow.status).in_(STATUSES))
CASES = select(CaseRow).where(CaseRow.centre_id == CENTRE, col(CaseRow.id).in_(KEYS))
WISHES = (
    select(WishRow.case_id, WishRow.practitioner_id)
    .where(WishRow.centre_id == CENTRE, col(WishRow.case_id).in_(KEYS)).order_by(col(WishRow.rank))
)
PAIRS = select(PairRow.case_id, PairRow.practitioner_id, PairRow.kind).where(
    PairRow.centre_id == CENTRE, col(PairRow.case_id).in_(KEYS))
HELD: Any = (
    select_rows(AssignmentRow.case_id, AssignmentRow.practitioner_id, AssignmentRow.institution_id,
           AssignmentRow.ended_at, AssignmentRow.end_reason)
    .where(AssignmentRow.centre_id == CENTRE, col(AssignmentRow.case_id).in_(KEYS))
    .order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.id))
)
# fmt: on


STATED = tuple(field.name for field in fields(CaseFacts) if field.name in CaseRow.model_fields)
"""The facts that stand in a case's row as they are."""

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
) -> Caseload:
    """Return the cases in one of the states with a seat to fill."""
    waiting = _waiting(session, centre_id, case_ids, statuses)
    ties = load_ties(session, centre_id)
    known = set(waiting).union(*(ties.touching(case_id) for case_id in waiting))
    held = _held(session, centre_id, sorted(known))
    wishes = _grouped(fetch_by(session, WISHES, waiting, centre_id=centre_id))
    cases = tuple(_case_facts(row, ties, held, wishes) for row in _open_rows(session, centre_id, waiting, held))
    recorded = fetch_by(session, PAIRS, waiting, centre_id=centre_id)
    known_pairs = (PairFact(case_id=case_id, practitioner_id=who, kind=kind) for case_id, who, kind in recorded)
    implied = (fact for case in cases for fact in ties.implied(case.id, held, members))
    return Caseload(cases, in_order([*known_pairs, *implied]))


def stated_facts(row: CaseRow) -> dict[str, Any]:
    """Return the facts of a case that stand in its row, every rule asked: nothing is relaxed."""
    return {name: getattr(row, name) for name in STATED} | {
        "categories": tuple(CATEGORIES[category] for category in row.categories),
        "languages": tuple(row.languages),
        "domicile_areas": tuple(row.domicile_areas),
        "relaxed": (),
        # Before the grant both clocks run from the receipt.
        "granted_at": row.granted_at or row.received_at,
        "due_at": row.due_at or row.received_at,
    }


def _waiting(
    session: Session, centre_id: str, case_ids: Collection[str] | None, statuses: Collection[Status]
) -> list[str]:
    found = session.exec(WAITING, params={"centre_id": centre_id, "statuses": list(statuses)}).all()
    return sorted(found if case_ids is None else set(found).intersection(case_ids))


def _open_rows(
    session: Session, centre_id: str, waiting: Sequence[str], held: dict[str, list[Held]]
) -> Iterator[CaseRow]:
    for row in fetch_by(session, CASES, waiting, centre_id=centre_id):
        if row.demand > seats_taken(row.id, held):
            yield row


def _held(session: Session, centre_id: str, case_ids: Sequence[str]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = defaultdict(list)
    for case_id, practitioner_id, institution_id, ended_at, end_reason in fetch_by(
        session, HELD, case_ids, centre_id=centre_id
    ):
        live = ended_at is None
        found[case_id].append(Held(practitioner_id, institution_id, live, live or end_reason == CLOSED))
    return found


def _case_facts(row: CaseRow, ties: Ties, held: dict[str, list[Held]], wishes: dict[str, list[str]]) -> CaseFacts:
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


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for case_id, other in pairs:
        found[case_id].append(other)
    return found
