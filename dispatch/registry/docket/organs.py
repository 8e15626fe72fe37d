"""The catalogue of organs as a decision reads it, and the names in use that nobody entered in it."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from dispatch.domain.conflicts.declared import TieKind
from dispatch.domain.lifecycle import LEFT_EARLY
from dispatch.domain.texts.organs import Organ, Organs, organ_key
from dispatch.domain.vocabulary import Status
from dispatch.registry.statements import fetch, select_rows
from dispatch.registry.tables import AttributesRow, CaseRow, DeclaredTieRow, OrganNameRow, OrganRow, UserRow

OVER = (*LEFT_EARLY, Status.CLOSED, Status.EVALUATED, Status.REFUSED)
STILL_OPEN = tuple(status for status in Status if status not in OVER)
NEAR, MAX_NEAR = 0.6, 3
STANDING = col(DeclaredTieRow.removed_at).is_(None)
# fmt: off
NAMES: Any = (
    select_rows(OrganNameRow.organ_id, OrganRow.name, col(OrganNameRow.name).label("alias"))
    .join(OrganRow, col(OrganRow.id) == col(OrganNameRow.organ_id))
    .where(OrganNameRow.centre_id == bindparam("centre_id")).order_by(col(OrganRow.id), col(OrganNameRow.key))
)
# fmt: on


def load_organs(session: Session, centre_id: str) -> Organs:
    """Return the organs the centre knows, retired ones included: what names them still means them."""
    aliases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for organ_id, name, alias in fetch(session, NAMES, centre_id=centre_id):
        aliases[organ_id, name].append(alias)
    return Organs.of(Organ(id, name, tuple(names)) for (id, name), names in aliases.items())


def aliases_of(session: Session, organs: Sequence[OrganRow]) -> dict[str, list[str]]:
    """Return the names each organ goes by beside its own."""
    own = {organ.id: organ_key(organ.name) for organ in organs}
    rows = select(OrganNameRow).where(col(OrganNameRow.organ_id).in_(own)).order_by(col(OrganNameRow.key))
    found: dict[str, list[str]] = {id: [] for id in own}
    for row in session.exec(rows):
        if row.key != own[row.organ_id]:
            found[row.organ_id].append(row.name)
    return found


class UnlistedName(NamedTuple):
    """A name nobody entered, by how many open cases, practitioners and users it is used, and what may be meant."""

    key: str
    name: str
    cases: int
    practitioners: int
    users: int
    near: list[str]


def list_unlisted(session: Session, centre_id: str) -> list[UnlistedName]:
    """Return the names that the catalogue does not know, those most used first."""
    organs = load_organs(session, centre_id)
    counts: dict[str, Counter[str]] = {}
    written: dict[str, str] = {}
    for use, name, number in _in_use(session, centre_id):
        if organs.find(name) is None:
            key = organ_key(name)
            written.setdefault(key, name)
            counts.setdefault(key, Counter())[use] += number
    names = sorted(counts, key=lambda key: (-counts[key].total(), key))
    return [
        UnlistedName(
            key=key,
            name=written[key],
            cases=counts[key]["cases"],
            practitioners=counts[key]["practitioners"],
            users=counts[key]["users"],
            near=[organs.by_key[near].name for near in get_close_matches(key, organs.by_key, MAX_NEAR, NEAR)],
        )
        for key in names
    ]


def _in_use(session: Session, centre_id: str) -> Iterator[tuple[str, str, int]]:
    open_cases = (CaseRow.centre_id == centre_id, col(CaseRow.organ).is_not(None), col(CaseRow.status).in_(STILL_OPEN))
    for name, number in session.exec(
        select(CaseRow.organ, func.count()).where(*open_cases).group_by(col(CaseRow.organ)).order_by(col(CaseRow.organ))
    ):
        yield "cases", name or "", number
    stated = select(AttributesRow.former_offices, AttributesRow.relatives_at).where(
        AttributesRow.centre_id == centre_id, col(AttributesRow.superseded_at).is_(None)
    )
    for offices, relatives in session.exec(stated):
        named = {office["organ"] for office in offices or () if office["organ"]} | set(relatives or ())
        yield from (("practitioners", name, 1) for name in sorted(named))
    served = select(DeclaredTieRow.organ).where(
        DeclaredTieRow.centre_id == centre_id, DeclaredTieRow.kind == TieKind.RELATIVE_AT_ORGAN, STANDING
    )
    yield from (("practitioners", name, 1) for name in session.exec(served) if name)
    of_organs = select(UserRow.organ).where(UserRow.centre_id == centre_id, col(UserRow.organ).is_not(None))
    yield from (("users", name, 1) for name in session.exec(of_organs) if name)
