"""A recipient's own case, in words: its state, who acts, why they were chosen, what is owed, what may be done."""

from datetime import date, datetime
from typing import NamedTuple

from sqlmodel import Session

from dispatch.casework.wish_time import WishPlace
from dispatch.commands.roster.contacts import contact_of
from dispatch.commands.wishes import wish_places
from dispatch.domain.errors import NotFoundError
from dispatch.domain.law.aid_first import Material
from dispatch.domain.lifecycle import OPEN, UNNAMED
from dispatch.domain.next_acts import OF_RECIPIENT, NextAct
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry import own
from dispatch.registry.offers import asked_wishes, open_plan
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.reads import counsel, get, wished
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, LinkRow, PlanRow
from dispatch.registry.transaction import Read

MATERIALS: dict[str, Material] = {each.value: each for each in Material}


class Counsel(NamedTuple):
    """Who acts for the recipient, of which institution, how to reach them, and how they were chosen."""

    name: str
    institution: str
    contact: str | None
    mode: ModeName
    pool: int | None
    accepted: bool


class NamedWish(NamedTuple):
    """Who was wished for, and what becomes of it."""

    name: str
    place: WishPlace


class Choosing(NamedTuple):
    """Until when the recipient may choose, or change what they chose, told in the centre's time."""

    until: datetime
    chosen: bool


class Owed(NamedTuple):
    """What the recipient must still hand in, the last day to do so, and whether it is past."""

    materials: tuple[Material, ...]
    due_on: date
    overdue: bool


class RecipientPage(NamedTuple):
    """What a recipient is told of their own case; ``due_at`` while nobody is named."""

    case_id: str
    number: str
    status: Status
    due_at: datetime | None
    wishes: list[NamedWish]
    choosing: Choosing | None
    counsel: list[Counsel]
    owed: Owed | None
    may: tuple[NextAct, ...]


def recipient_page(read: Read, seal: Seal, actor: Actor, now: datetime, link_id: str) -> RecipientPage:
    """Return the case of the link, to its recipient and to staff; another recipient does not find it."""
    with read() as session:
        link = get(session, LinkRow, actor.centre_id, link_id)
        if actor.role is Role.RECIPIENT and actor.case_id != link.case_id:
            raise NotFoundError(what="link", id=link_id)
        case = get(session, CaseRow, actor.centre_id, link.case_id)
        office = OfficeHours.of(read_policy(policy_in_force(session, actor.centre_id)))
        plan = open_plan(session, case.id)
        asked = bool(plan and asked_wishes(session, case.id, plan.id))
        return RecipientPage(
            case_id=case.id,
            number=case.number,
            status=case.status,
            due_at=case.due_at if case.status in UNNAMED else None,
            wishes=_wishes(session, case, office),
            choosing=None if asked or case.status is not Status.PENDING else _choosing(plan, office),
            counsel=_counsel(session, seal, case),
            owed=_owed(case, now.astimezone(office.zone).date()),
            may=tuple(act for act in OF_RECIPIENT.get(case.status, ()) if not (asked and act is NextAct.WISH)),
        )


def _wishes(session: Session, case: CaseRow, office: OfficeHours) -> list[NamedWish]:
    ids = wished(session, case.id)
    people, found = own.people(session, ids), wish_places(session, case.id, ids, office)
    return [NamedWish(people[id].name, place) for id, place in zip(ids, found, strict=True)]


def _owed(case: CaseRow, today: date) -> Owed | None:
    if case.status not in OPEN or not case.materials_owed or case.materials_due_on is None:
        return None
    materials = tuple(MATERIALS[each] for each in case.materials_owed)
    return Owed(materials, case.materials_due_on, overdue=today > case.materials_due_on)


def _choosing(plan: PlanRow | None, office: OfficeHours) -> Choosing | None:
    if plan is None or plan.mode is not ModeName.POINT_SELECTION or plan.ends_at is None:
        return None
    return Choosing((plan.asks_at or plan.ends_at).astimezone(office.zone), chosen=plan.asks_at is not None)


def _counsel(session: Session, seal: Seal, case: CaseRow) -> list[Counsel]:
    return [
        Counsel(
            name=person.name,
            institution=firm.name,
            contact=contact_of(seal, person.sealed, firm.contact),
            mode=row.mode,
            pool=row.pool,
            accepted=row.accepted_at is not None,
        )
        for row, person, firm in counsel(session, case.id)
    ]
