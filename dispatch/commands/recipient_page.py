"""A recipient's own case, in words: where it stands, who acts, why they were chosen, and what may be done."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from dispatch.domain.errors import NotFoundError
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.next_acts import OF_RECIPIENT, NextAct
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry import own
from dispatch.registry.reads import counsel, get, wished
from dispatch.registry.tables import CaseRow, LinkRow
from dispatch.registry.transaction import Read


class Counsel(NamedTuple):
    """Who acts for the recipient, of which institution, how to reach them, and how they were chosen."""

    name: str
    institution: str
    contact: str | None
    mode: ModeName
    pool: int | None
    accepted: bool


class RecipientPage(NamedTuple):
    """What a recipient is told of their own case; ``due_at`` while nobody is named."""

    case_id: str
    number: str
    status: Status
    due_at: datetime | None
    wishes: list[str]
    counsel: list[Counsel]
    may: tuple[NextAct, ...]


def recipient_page(read: Read, actor: Actor, link_id: str) -> RecipientPage:
    """Return the case of the link, to its recipient and to staff; another recipient does not find it."""
    with read() as session:
        link = get(session, LinkRow, actor.centre_id, link_id)
        if actor.role is Role.RECIPIENT and actor.case_id != link.case_id:
            raise NotFoundError(what="link", id=link_id)
        case = get(session, CaseRow, actor.centre_id, link.case_id)
        wishes = wished(session, case.id)
        people = own.people(session, wishes)
        return RecipientPage(
            case_id=case.id,
            number=case.number,
            status=case.status,
            due_at=case.due_at if case.status in UNNAMED else None,
            wishes=[people[id].name for id in wishes],
            counsel=_counsel(session, case),
            may=OF_RECIPIENT.get(case.status, ()),
        )


def _counsel(session: Session, case: CaseRow) -> list[Counsel]:
    return [
        Counsel(person.name, firm.name, firm.contact, row.mode, row.pool, row.accepted_at is not None)
        for row, person, firm in counsel(session, case.id)
    ]
