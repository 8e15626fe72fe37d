"""Point selection: whom the recipient may choose, and what refuses a wish."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.casework import wishes as casework
from dispatch.casework.wish_time import WishPlace, places
from dispatch.casework.wishes import Wish
from dispatch.domain.chain import MAX_WISHES
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.lifecycle import UNDECIDED
from dispatch.domain.office import OfficeHours
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.quality import quality_of
from dispatch.domain.texts import name_key
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.roster import read_day
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import asked_wishes, last_plan
from dispatch.registry.policies import load_in_force, policy_in_force, read_policy
from dispatch.registry.reads import attributes, get
from dispatch.registry.tables import AttributesRow, CaseRow, InstitutionRow, PractitionerRow
from dispatch.registry.transaction import Begin, Read


class PublishedPractitioner(NamedTuple):
    """One of the published list, without anything by which to reach them outside the service."""

    practitioner: PractitionerRow
    stated: AttributesRow
    institution: str
    level: int
    """In the cause of the case."""
    quality: int | None
    """The level that grades and complaints make of the registered one."""


class PlacedWish(NamedTuple):
    """A wish as it was judged, and what becomes of one that can be honoured."""

    wish: Wish
    place: WishPlace | None


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


def name_wishes(
    begin: Begin, actor: Actor, now: datetime, case_id: str, practitioner_ids: Sequence[str]
) -> list[PlacedWish]:
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
        named = casework.name_wishes(host, case, practitioner_ids)
        host.session.flush()
        honoured = [wish.practitioner_id for wish in named if wish.rank]
        place = dict(zip(honoured, wish_places(host.session, case.id, honoured, host.office), strict=True))
        return [PlacedWish(wish, place.get(wish.practitioner_id)) for wish in named]


def leave_to_centre(begin: Begin, actor: Actor, now: datetime, case_id: str) -> None:
    """Leave the choice to the centre: the case goes on at once, without waiting for wishes. Idempotent."""
    require(actor, Verb.WISH)
    _require_own(actor, case_id)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        casework.leave_to_centre(host, host.case(case_id))


def wish_places(session: Session, case_id: str, wishes: Sequence[str], office: OfficeHours) -> list[WishPlace]:
    """Return what becomes of each of a case's wishes."""
    asked = {row.practitioner_id: row for row in asked_wishes(session, case_id)}
    return places(wishes, asked, last_plan(session, case_id), office)


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
