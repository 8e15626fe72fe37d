"""Centres, their place in the tree, and their areas."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from dispatch.commands.access.users import add_invited, add_user
from dispatch.commands.policies.presets import put_preset
from dispatch.domain.errors import DuplicateNumberError, InvalidFieldError, NotFoundError, UnknownReferenceError, stated
from dispatch.domain.permissions import Actor, Verb, require, require_reader
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.texts import code_key
from dispatch.domain.texts.typed import Code, Title, kept
from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.audit import note
from dispatch.registry.docket.draws import publish
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.tables import AreaRow, CentreRow, PolicyRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

LEVELS = list(CentreLevel)
"""From the top of the tree down."""


class Area(NamedTuple):
    """A county, district or postcode area, and the point it is measured from."""

    code: str
    name: str
    latitude: float | None = None
    longitude: float | None = None


class Established(NamedTuple):
    """A new centre, its policy in force, and its administrator with what lets them in, which is shown once."""

    centre: CentreRow
    policy: PolicyRow
    user: UserRow
    secret: str
    """A token, or an invitation to set a password."""


def zone_of(read: Read, centre_id: str) -> ZoneInfo:
    """Return the zone of the clock on the wall of a centre."""
    with read() as session:
        return ZoneInfo(session.get_one(CentreRow, centre_id).time_zone)


def create_centre(
    begin: Begin,
    now: datetime,
    code: str,
    name: str,
    level: CentreLevel,
    areas: Sequence[Area] = (),
    parent_code: str | None = None,
    time_zone: str = "Asia/Shanghai",
) -> CentreRow:
    """Make sure that the centre with this code and its areas exist; one that is there keeps its name."""
    code, name = kept("code", Code, code), kept("name", Title, name)
    with begin() as tx:
        centre = _find(tx.session, code)
        if centre is None:
            above = parent_code and kept("parent_code", Code, parent_code)
            parent = _named(tx.session, above) if above else None
            centre = _add(tx, now, code, name, level, parent, time_zone)
        _add_areas(tx, centre.id, areas)
        return centre


def is_topmost(read: Read, actor: Actor) -> bool:
    """Tell whether the actor's centre is below no other: what all of them run on is seen to from there."""
    with read() as session:
        return session.get_one(CentreRow, actor.centre_id).parent_id is None


def establish_centre(
    begin: Begin,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    level: CentreLevel,
    preset: str,
    administrator: str,
    parent_code: str | None = None,
    *,
    invited: bool = False,
) -> Established:
    """Make a centre below the actor's own: with policy, administrator, and its draws published before any run."""
    require(actor, Verb.MANAGE_CENTRES)
    with begin() as tx:
        _lock_tree(tx, actor)
        if _find(tx.session, code):
            raise DuplicateNumberError(field="code", number=code)
        parent = _below(tx.session, actor, parent_code)
        centre = _add(tx, now, code, name, level, parent, parent.time_zone)
        policy = put_preset(tx, actor, now, centre.id, load_preset(preset))
        user = UserRow(centre_id=centre.id, login=administrator, role=Role.ADMIN, created_at=now)
        secret = add_invited(tx, user, now) if invited else add_user(tx, user, now)
        note(tx, actor, Verb.MANAGE_CENTRES, "centre", centre.id, now)
        # Its first run may be asked for within the minute, and is drawn like any other.
        publish(tx, centre.id, now)
        return Established(centre, policy, user, secret)


def amend_centre(begin: Begin, actor: Actor, now: datetime, centre_id: str, changes: Mapping[str, Any]) -> CentreRow:
    """Change the name, the level or the parent of a centre of the actor's subtree; what is not named stays."""
    require(actor, Verb.MANAGE_CENTRES)
    with begin() as tx:
        _lock_tree(tx, actor)
        reach = _subtree(tx.session, actor.centre_id)
        if centre_id not in reach:
            raise NotFoundError(what="centre", id=centre_id)
        centre = tx.session.get_one(CentreRow, centre_id)
        centre.name = changes.get("name", centre.name)
        centre.level = changes.get("level", centre.level)
        if "parent_code" in changes:
            parent = _below(tx.session, actor, changes["parent_code"])
            if parent.id in _subtree(tx.session, centre.id):
                expected = stated("不属于该中心及其下级的中心", "a centre that is not below this one")
                raise InvalidFieldError(field="parent_code", value=parent.code, expected=expected)
            centre.parent_id = parent.id
        _require_ranks(tx.session, centre)
        note(tx, actor, Verb.MANAGE_CENTRES, "centre", centre.id, now)
        return centre


def list_centres(read: Read, actor: Actor, part: Slice) -> Rows:
    """Return the actor's centre and those below it by their code."""
    require_reader(actor, Verb.MANAGE_CENTRES)
    with read() as session:
        reach = select(CentreRow).where(col(CentreRow.id).in_(_subtree(session, actor.centre_id)))
        if part.after is not None:
            reach = reach.where(CentreRow.code > part.after[0])
        rows = list(session.exec(reach.order_by(col(CentreRow.code)).limit(part.limit + 1)))
        return Rows(rows[: part.limit], (rows[part.limit - 1].code,) if len(rows) > part.limit else None)


def _add(
    tx: Transaction, now: datetime, code: str, name: str, level: CentreLevel, parent: CentreRow | None, time_zone: str
) -> CentreRow:
    centre = tx.add(
        CentreRow(
            code=code,
            name=name,
            level=level,
            parent_id=parent.id if parent else None,
            time_zone=time_zone,
            # Its register is checked first in the night to come.
            checked_on=now.astimezone(ZoneInfo(time_zone)).date(),
            created_at=now,
        )
    )
    tx.session.flush()
    _require_ranks(tx.session, centre)
    return centre


def _require_ranks(session: Session, centre: CentreRow) -> None:
    """Refuse a centre whose level is not below its parent's and above its children's."""
    session.flush()
    ranks = {level: rank for rank, level in enumerate(LEVELS)}
    parent = session.get(CentreRow, centre.parent_id) if centre.parent_id else None
    children = session.exec(select(CentreRow).where(CentreRow.parent_id == centre.id)).all()
    if (parent and ranks[parent.level] >= ranks[centre.level]) or any(
        ranks[child.level] <= ranks[centre.level] for child in children
    ):
        expected = stated("低于上级中心、高于下级中心的层级", "a level below the parent's and above the children's")
        raise InvalidFieldError(field="level", value=centre.level.value, expected=expected)


def _lock_tree(tx: Transaction, actor: Actor) -> None:
    # Two who move centres at the same time could make a ring of them.
    tx.lock(CentreRow, _root_of(tx.session, actor.centre_id))


def _below(session: Session, actor: Actor, code: str | None) -> CentreRow:
    """Return the centre with the code, if it is the actor's or below it; without a code the actor's own."""
    own = session.get_one(CentreRow, actor.centre_id)
    found = own if code is None else _find(session, code)
    if found is None or found.id not in _subtree(session, own.id):
        raise UnknownReferenceError(field="parent_code", value=code, known=[own.code])
    return found


def _subtree(session: Session, centre_id: str) -> set[str]:
    """Return the centre and every one below it, by id."""
    known: set[str] = set()
    edge = {centre_id}
    while edge:
        known |= edge
        edge = set(session.exec(select(CentreRow.id).where(col(CentreRow.parent_id).in_(edge)))) - known
    return known


def _root_of(session: Session, centre_id: str) -> str:
    """Return the centre at the top of the tree this one is in, by id."""
    parent_id = session.get_one(CentreRow, centre_id).parent_id
    return centre_id if parent_id is None else _root_of(session, parent_id)


def _find(session: Session, code: str) -> CentreRow | None:
    return session.exec(select(CentreRow).where(CentreRow.code_key == code_key(code))).one_or_none()


def _named(session: Session, code: str) -> CentreRow:
    found = _find(session, code)
    if found is None:
        raise NotFoundError(what="centre", id=code)
    return found


def _add_areas(tx: Transaction, centre_id: str, areas: Sequence[Area]) -> None:
    tx.lock_centre(centre_id)
    there = set(map(code_key, tx.session.exec(select(AreaRow.code).where(AreaRow.centre_id == centre_id))))
    for area in areas:
        if code_key(area.code) not in there:
            tx.add(AreaRow(centre_id=centre_id, **area._asdict()))
