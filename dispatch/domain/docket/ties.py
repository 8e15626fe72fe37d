"""How cases hang together, and whom that bars: joint trials, opposing sides, stages of one matter."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple, Self

from dispatch.domain.docket.facts import PairFact
from dispatch.domain.vocabulary import PairKind, RelationKind

Relation = tuple[RelationKind, str, str]
"""A kind, a case, and the other case."""

Members = Mapping[str, Collection[str]]
"""Who belongs to an institution."""


class Held(NamedTuple):
    """An assignment, live or ended, as this case and others must know it."""

    practitioner_id: str
    institution_id: str
    live: bool
    undertaken: bool
    """Whether they act in the case, or have acted to its end."""
    duty: bool = False
    """Whether it was help by a duty lawyer, which is no defence."""
    opened: bool = False
    """Whether they accepted it and so have seen the file, whatever became of it."""

    @property
    def knows(self) -> bool:
        """Whether what they know of the case keeps them from others (《律师法》第三十九条)."""
        return self.undertaken or self.opened


SEVERAL = 2

HeldBy = Mapping[str, list[Held]]
"""The assignments of each case, in the order they were made."""


class Ties(NamedTuple):
    """The ties between cases; each maps a case to others."""

    joint: dict[str, frozenset[str]]
    """The whole joint group, the case itself included."""
    opposing: dict[str, set[str]]
    earlier: dict[str, set[str]]

    @classmethod
    def of(cls, relations: Iterable[Relation]) -> Self:
        """Return the ties that some relations make."""
        sided: dict[RelationKind, list[tuple[str, str]]] = defaultdict(list)
        for kind, case_id, other_id in relations:
            sided[kind].append((case_id, other_id))
        opposing = sided[RelationKind.OPPOSING_SIDES]
        return cls(
            joint=_components(sided[RelationKind.CO_DEFENDANTS]),
            opposing=_neighbours([*opposing, *((other, case) for case, other in opposing)]),
            earlier=_neighbours(sided[RelationKind.EARLIER_STAGE]),
        )

    def joint_group(self, case_id: str) -> str | None:
        """Return the group's name, the same for all its members."""
        members = self.joint.get(case_id)
        return min(members) if members else None

    def touching(self, case_id: str) -> Iterator[str]:
        """Yield every other case whose assignments matter to this one."""
        yield from self.joint.get(case_id, frozenset()) - {case_id}
        yield from self.opposing.get(case_id, ())
        yield from self.earlier.get(case_id, ())

    def earlier_counsel(self, case_id: str, held: HeldBy) -> tuple[str, ...]:
        """Return who acted in the earlier stages, in their order."""
        earlier = (each for id in sorted(self.earlier.get(case_id, ())) for each in held.get(id, ()))
        return tuple(dict.fromkeys(each.practitioner_id for each in earlier if each.undertaken))

    def implied(self, case_id: str, held: HeldBy, members: Members) -> Iterator[PairFact]:
        """Yield who is barred from the case by what they, or their institution, hold or held."""
        for each in held.get(case_id, ()):
            kind = PairKind.SEATED if each.live else PairKind.REFUSED
            yield PairFact(case_id=case_id, practitioner_id=each.practitioner_id, kind=kind)
        for other in self.joint.get(case_id, frozenset()) - {case_id}:
            for each in held.get(other, ()):
                if each.knows and not each.duty:
                    yield PairFact(case_id=case_id, practitioner_id=each.practitioner_id, kind=PairKind.CO_DEFENCE)
        for helper in self._helped_several(case_id, held):
            yield PairFact(case_id=case_id, practitioner_id=helper, kind=PairKind.DUTY_HELP)
        for other in self.opposing.get(case_id, ()):
            for each in held.get(other, ()):
                if each.knows:
                    for colleague in {each.practitioner_id, *members.get(each.institution_id, ())}:
                        yield PairFact(case_id=case_id, practitioner_id=colleague, kind=PairKind.OPPOSITE)

    def _helped_several(self, case_id: str, held: HeldBy) -> Iterator[str]:
        """Yield the duty lawyers who helped several suspects of the joint crime, this one or others."""
        others = self.joint.get(case_id, frozenset()) - {case_id} | self.earlier.get(case_id, set())
        helped = Counter(
            helper
            for other in others
            for helper in {each.practitioner_id for each in held.get(other, ()) if each.undertaken and each.duty}
        )
        yield from (helper for helper, suspects in helped.items() if suspects >= SEVERAL)


def seats_taken(case_id: str, held: HeldBy) -> int:
    """Return how many seats of the case somebody holds, or has carried through."""
    return sum(each.undertaken for each in held.get(case_id, ()))


def in_order(pairs: Iterable[PairFact]) -> tuple[PairFact, ...]:
    """Return each fact once, in the one order a docket has them in."""
    return tuple(sorted(set(pairs), key=lambda fact: (fact.case_id, fact.practitioner_id, fact.kind)))


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
