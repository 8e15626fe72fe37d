"""Point selection: the recipient's way to their own case, whom they may choose, and what refuses a wish."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import delete
from sqlmodel import Session, col, select

from dispatch.casework.chain import hear_wishes
from dispatch.casework.wish_time import WishPlace, places
from dispatch.domain.chain import MAX_WISHES, Mark
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    UnauthenticatedError,
    WishesAskedError,
    stated,
)
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.quality import quality_of
from dispatch.domain.texts import name_key
from dispatch.domain.vocabulary import ModeName, Role, Status
from dispatch.registry.audit import note
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import last_plan
from dispatch.registry.policies import load_in_force, policy_in_force, read_policy
from dispatch.registry.reads import attributes, get
from dispatch.registry.tables import (
    AttributesRow,
    CaseRow,
    InstitutionRow,
    LinkRow,
    OfferRow,
    PractitionerRow,
    UserRow,
    WishRow,
)
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin, Read

PREFIX = "lnk_"
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what is misread on paper: 0 and O, 1 and I."""

CODE_LENGTH = 12
"""Sixty bits: nobody guesses one through the door."""

LASTS = timedelta(days=7)
MAX_LASTS = timedelta(days=60)


class Link(NamedTuple):
    """A link and its code, which is shown this once; ``token`` is both, as a bearer token."""

    id: str
    case_id: str
    code: str
    token: str
    expires_at: datetime


def create_link(begin: Begin, actor: Actor, now: datetime, case_id: str, lasts: timedelta = LASTS) -> Link:
    """Make a link to the case for its recipient; links made before stay good until they expire."""
    require(actor, Verb.MAKE_LINK)
    if not timedelta() < lasts <= MAX_LASTS:
        raise InvalidFieldError(
            field="lasts",
            value=str(lasts),
            expected=stated(f"不超过{MAX_LASTS.days}日", f"up to {MAX_LASTS.days} days"),
        )
    with begin() as tx:
        case = tx.lock(CaseRow, case_id, actor.centre_id)
        id, code = new_id(), "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
        user = tx.add(UserRow(centre_id=case.centre_id, login=f"link-{id}", role=Role.RECIPIENT, created_at=now))
        tx.session.flush()
        row = tx.add(
            LinkRow(
                id=id,
                centre_id=case.centre_id,
                case_id=case.id,
                user_id=user.id,
                digest=_digest(code),
                created_by=actor.user_id,
                created_at=now,
                expires_at=now + lasts,
            )
        )
        note(tx, actor, Verb.MAKE_LINK, "link", row.id, now)
        return Link(row.id, case.id, code, f"{PREFIX}{row.id}_{code}", row.expires_at)


def recipient_of(session: Session, token: str, now: datetime) -> Actor:
    """Return the recipient who holds the link and its code; anything wrong is refused alike."""
    id, _, code = token.removeprefix(PREFIX).partition("_")
    row = session.get(LinkRow, id)
    # Compared even where there is no such link, in a time that does not depend on the code.
    known = hmac.compare_digest(row.digest if row else _digest(""), _digest(code.upper()))
    if row is None or not known or row.revoked_at or row.expires_at <= now:
        raise UnauthenticatedError
    return Actor(row.user_id, Role.RECIPIENT, row.centre_id, case_id=row.case_id)


def _digest(code: str) -> str:
    return sha256(code.encode()).hexdigest()


NOT_LISTED = Refusal("listed", unknown=False)


class PublishedPractitioner(NamedTuple):
    """One of the published list, without anything by which to reach them outside the service."""

    practitioner: PractitionerRow
    stated: AttributesRow
    institution: str
    level: int
    """In the cause of the case."""
    quality: int | None
    """The level that grades and complaints make of the registered one."""


class Wish(NamedTuple):
    """A wish as it was named: its rank if it can be honoured, and what becomes of it, else the rules against it."""

    practitioner_id: str
    rank: int | None
    refusals: tuple[Refusal, ...]
    place: WishPlace | None = None


def permitted(
    read: Read, actor: Actor, now: datetime, case_id: str, search: str = "", most: int = 50
) -> list[PublishedPractitioner]:
    """Return who may be wished for the case, the most specialised first; ``search`` looks at names and units."""
    require(actor, Verb.READ_PUBLISHED)
    _require_own(actor, case_id)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        docket = _docket(session, case, now)
        if not docket.n:
            return []
        passes = eligible(docket).row(0)
        able = [person for person, may in zip(docket.facts.practitioners, passes, strict=True) if may]
        return _choices(session, case, able, now, name_key(search))[:most]


def name_wishes(begin: Begin, actor: Actor, now: datetime, case_id: str, practitioner_ids: Sequence[str]) -> list[Wish]:
    """Name up to three, the most wished first; those that can be honoured replace what was wished before.

    They may be changed until the first of them is asked: in office hours at once, else when the office opens.
    Who cannot be honoured is told with the rules, who cannot be asked for want of time with that.
    """
    require(actor, Verb.WISH)
    _require_own(actor, case_id)
    if not 1 <= len(set(practitioner_ids)) == len(practitioner_ids) <= MAX_WISHES:
        raise InvalidFieldError(
            field="practitioner_ids",
            expected=stated(f"1至{MAX_WISHES}名不同的承办人员", f"1 to {MAX_WISHES} different practitioners"),
        )
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        _require_open(host, case)
        wishes = _judge(_docket(tx.session, case, now), practitioner_ids)
        if any(wish.rank for wish in wishes):
            _replace(host, case, wishes)
            hear_wishes(host, case)
        return _placed(host, case, wishes)


def _require_open(host: RegisterHost, case: CaseRow) -> None:
    """Refuse wishes once the first one is asked on the case's present way, or somebody else is."""
    plan = host.open_plan(case.id)
    asked = asked_wishes(host.session, case.id, plan.id) if plan else {}
    if asked:
        raise WishesAskedError(case_id=case.id, asked_at=min(row.offered_at for row in asked.values()).isoformat())
    if case.status not in (Status.RECEIVED, Status.PENDING):
        raise IllegalTransitionError(status=case.status.value, event=Mark.WISH.value)


def _placed(host: RegisterHost, case: CaseRow, wishes: Sequence[Wish]) -> list[Wish]:
    honoured = [wish.practitioner_id for wish in wishes if wish.rank]
    host.session.flush()
    place = dict(zip(honoured, wish_places(host.session, case.id, honoured, host.office), strict=True))
    return [wish._replace(place=place.get(wish.practitioner_id)) for wish in wishes]


def wish_places(session: Session, case_id: str, wishes: Sequence[str], office: OfficeHours) -> list[WishPlace]:
    """Return what becomes of each of a case's wishes."""
    return places(wishes, asked_wishes(session, case_id), last_plan(session, case_id), office)


def asked_wishes(session: Session, case_id: str, plan_id: str | None = None) -> dict[str, OfferRow]:
    """Return who of the wished for was asked, on one way through the chain or on any, with the last offer to each."""
    made = select(OfferRow).where(OfferRow.case_id == case_id, OfferRow.mode == ModeName.POINT_SELECTION)
    made = made.where(OfferRow.plan_id == plan_id) if plan_id else made
    return {row.practitioner_id: row for row in session.exec(made.order_by(col(OfferRow.offered_at)))}


def _judge(docket: Docket, practitioner_ids: Sequence[str]) -> list[Wish]:
    eligibility = eligible(docket)
    wishes, rank = [], 0
    for id in practitioner_ids:
        j = docket.column_of(id)
        refusals = eligibility.why(0, j) if j != NOBODY and docket.n else (NOT_LISTED,)
        rank += not refusals
        wishes.append(Wish(id, None if refusals else rank, refusals))
    return wishes


def _replace(host: RegisterHost, case: CaseRow, wishes: Sequence[Wish]) -> None:
    host.tx.session.exec(delete(WishRow).where(col(WishRow.case_id) == case.id))
    honoured = [wish for wish in wishes if wish.rank]
    for wish in honoured:
        host.tx.add(
            WishRow(
                centre_id=case.centre_id, case_id=case.id, practitioner_id=wish.practitioner_id, rank=wish.rank or 0
            )
        )
    case.revision += 1
    ids = [wish.practitioner_id for wish in honoured]
    host.note(case, Mark.WISH, ModeName.POINT_SELECTION, {"practitioner_ids": ids})
    host.tx.session.flush()


def _docket(session: Session, case: CaseRow, now: datetime) -> Docket:
    policy = read_policy(policy_in_force(session, case.centre_id))
    return Docket.build(load_docket(session, case.centre_id, [case.id], now, (Status.RECEIVED, *UNDECIDED)), policy)


def _choices(
    session: Session, case: CaseRow, able: Sequence[PractitionerFacts], now: datetime, search: str
) -> list[PublishedPractitioner]:
    today, facts = read_day(session, case.centre_id, now).today, {person.id: person for person in able}
    ids = list(facts)
    stated = attributes(session, ids, today)
    people = session.exec(select(PractitionerRow).where(col(PractitionerRow.id).in_(ids))).all()
    firms = select(InstitutionRow.id, InstitutionRow.name).where(InstitutionRow.centre_id == case.centre_id)
    names: dict[str, str] = dict(session.exec(firms).all())
    policy = load_in_force(session, case.centre_id).policy

    def choice(row: PractitionerRow) -> PublishedPractitioner:
        entry = stated[row.id]
        level = policy.catalogue.level(entry.specialties or {}, case.cause, case.matter)
        quality = quality_of(facts[row.id], policy, today).level
        return PublishedPractitioner(row, entry, names[entry.institution_id], level, quality)

    choices = map(choice, people)
    found = [choice for choice in choices if search in _searched(choice)]
    return sorted(found, key=_worth)


def _searched(choice: PublishedPractitioner) -> str:
    """Return the name and the unit as a search compares them; a line break is in neither."""
    return f"{name_key(choice.practitioner.name)}\n{name_key(choice.institution)}"


def _worth(choice: PublishedPractitioner) -> tuple[int, int, str]:
    return -choice.level, -(choice.quality or 0), choice.practitioner.id


def _require_own(actor: Actor, case_id: str) -> None:
    if actor.role is Role.RECIPIENT and actor.case_id != case_id:
        raise NotFoundError(what="legal_case", id=case_id)
