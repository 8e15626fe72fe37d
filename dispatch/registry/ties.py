"""How the cases of a centre hang together: joint trials, opposing sides, stages of one matter."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from dispatch.domain.vocabulary import RelationKind
from dispatch.registry.tables import RelationRow

RELATIONS: Any = select(RelationRow.kind, RelationRow.case_id, RelationRow.other_id).where(
    col(RelationRow.centre_id) == bindparam("centre_id")
)


class Ties(NamedTuple):
    """The ties between cases; each maps a case to others."""

    joint: dict[str, frozenset[str]]
    """The whole joint group, the case itself included."""
    opposing: dict[str, set[str]]
    earlier: dict[str, set[str]]

    def joint_group(self, case_id: str) -> str | None:
        """Return the group's name, the same for all its members."""
        members = self.joint.get(case_id)
        return min(members) if members else None

    def touching(self, case_id: str) -> Iterator[str]:
        """Yield every other case whose assignments matter to this one."""
        yield from self.joint.get(case_id, frozenset()) - {case_id}
        yield from self.opposing.get(case_id, ())
        yield from self.earlier.get(case_id, ())


def load_ties(session: Session, centre_id: str) -> Ties:
    """Return all ties of the centre's cases, so that a group holds together across assigned cases too."""
    sided: dict[RelationKind, list[tuple[str, str]]] = defaultdict(list)
    for kind, case_id, other_id in session.exec(RELATIONS, params={"centre_id": centre_id}):
        sided[kind].append((case_id, other_id))
    opposing = sided[RelationKind.OPPOSING_SIDES]
    return Ties(
        joint=_components(sided[RelationKind.CO_DEFENDANTS]),
        opposing=_neighbours([*opposing, *((other, case) for case, other in opposing)]),
        earlier=_neighbours(sided[RelationKind.EARLIER_STAGE]),
    )


def _neighbours(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for case_id, other_id in pairs:
        found[case_id].add(other_id)
    return dict(found)


def _components(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for case_id, other_id in pairs:
        small, large = sorted((groups.get(case_id, {case_id}), groups.get(other_id, {other_id})), key=len)
        large |= small
        groups.update(dict.fromkeys(large if small is large else small, large))
        groups.update({case_id: large, other_id: large})
    frozen = {id(group): frozenset(group) for group in groups.values()}
    return {case_id: frozen[id(group)] for case_id, group in groups.items()}
