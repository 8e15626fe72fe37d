"""How cases hang together, and whom that bars: joint trials, opposing sides, stages of one matter."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple, Self

from dispatch.domain.docket.facts import CaseFacts, PairFact
from dispatch.domain.vocabulary import Matter, PairKind, RelationKind


class DerivedKind(StrEnum):
    """Ties that nobody states: they follow from the parties of the cases (``dispatch.domain.conflicts``)."""

    ADVERSE = "adverse"
    """The client of one is the opponent in the other, in this dispute or another."""
    UNCLEAR = "unclear"
    """Perhaps adverse or co-defendants: somebody has to look."""
    UNCLEAR_SIDES = "unclear_sides"
    """Perhaps both sides of one dispute."""
    CONSENTED = "consented"
    """The parties agree to someone else of the same institution."""


Relation = tuple[RelationKind | DerivedKind, str, str]
"""A kind, a case, and the other case."""

Members = Mapping[str, Collection[str]]
"""Who belongs to an institution."""


class Houses(NamedTuple):
    """What is known of the institutions of the day."""

    members: Members
    lone_areas: Collection[str] = ()
    """Areas with a single law firm."""


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
    moved_to: str | None = None
    """The institution they belong to now, if it is another."""

    @property
    def knows(self) -> bool:
        """Whether what they know of the case keeps them from others (《律师法》第三十九条)."""
        return self.undertaken or self.opened


SEVERAL = 2

Bar = tuple[str, PairKind]
"""A practitioner, and what keeps them from a case."""

HeldBy = Mapping[str, list[Held]]
"""The assignments of each case, in the order they were made."""


class Ties(NamedTuple):
    """The ties between cases; each maps a case to others."""

    joint: dict[str, frozenset[str]]
    """The whole joint group, the case itself included."""
    opposing: dict[str, set[str]]
    earlier: dict[str, set[str]]
    stages: dict[str, frozenset[str]]
    """All stages of the case's matter, the case itself included."""
    adverse: dict[str, set[str]]
    unclear: dict[str, set[str]]
    unclear_sides: dict[str, set[str]]
    consented: dict[str, set[str]]

    @classmethod
    def of(cls, relations: Iterable[Relation]) -> Self:
        """Return the ties that some relations make."""
        sided: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for kind, case_id, other_id in relations:
            sided[kind].append((case_id, other_id))
        return cls(
            joint=_components(sided[RelationKind.CO_DEFENDANTS]),
            opposing=_mutual(sided[RelationKind.OPPOSING_SIDES]),
            earlier=_neighbours(sided[RelationKind.EARLIER_STAGE]),
            stages=_components(sided[RelationKind.EARLIER_STAGE]),
            **{kind.value: _mutual(sided[kind]) for kind in DerivedKind},
        )

    def joint_group(self, case_id: str) -> str | None:
        """Return the group's name, the same for all its members."""
        members = self.joint.get(case_id)
        return min(members) if members else None

    def touching(self, case_id: str) -> Iterator[str]:
        """Yield every other case whose assignments matter to this one."""
        yield from self.joint.get(case_id, frozenset()) - {case_id}
        yield from self.apart(case_id)
        yield from self.earlier.get(case_id, ())

    def apart(self, case_id: str) -> set[str]:
        """Return the cases that are given to other institutions where they are decided together."""
        kinds = (self.opposing, self.adverse, self.unclear, self.unclear_sides)
        return self._others(case_id, *(kind.get(case_id, ()) for kind in kinds))

    def earlier_counsel(self, case_id: str, held: HeldBy) -> tuple[str, ...]:
        """Return who acted in the earlier stages, in their order."""
        earlier = (each for id in sorted(self.earlier.get(case_id, ())) for each in held.get(id, ()))
        return tuple(dict.fromkeys(each.practitioner_id for each in earlier if each.undertaken))

    def implied(self, case: CaseFacts, held: HeldBy, houses: Houses) -> Iterator[PairFact]:
        """Yield who is barred from the case by what they, or their institution, hold or held."""
        bars = (self._own(case.id, held), self._co_defence(case.id, held), self._clients(case, held, houses))
        for bar in bars:
            for practitioner_id, kind in bar:
                yield PairFact(case_id=case.id, practitioner_id=practitioner_id, kind=kind)

    def _own(self, case_id: str, held: HeldBy) -> Iterator[Bar]:
        for each in held.get(case_id, ()):
            yield each.practitioner_id, PairKind.SEATED if each.live else PairKind.REFUSED

    def _co_defence(self, case_id: str, held: HeldBy) -> Iterator[Bar]:
        for each in _knowing(self._others(case_id, self.joint.get(case_id, ())), held):
            if not each.duty:
                yield each.practitioner_id, PairKind.CO_DEFENCE
        for helper in self._helped_several(case_id, held):
            yield helper, PairKind.DUTY_HELP

    def _clients(self, case: CaseFacts, held: HeldBy, houses: Houses) -> Iterator[Bar]:
        """Yield who acts, or has acted, for or against a party of the case; and of whom that is to be looked at."""
        consented = self.consented.get(case.id, ())
        alone = case.matter is Matter.CRIMINAL and case.area in houses.lone_areas
        for other in self._others(case.id, self.opposing.get(case.id, ())):
            agreed = alone and other in consented
            for each in _knowing((other,), held):
                yield each.practitioner_id, PairKind.ADVERSE
                if not agreed:
                    kind = PairKind.UNCLEAR if alone else PairKind.OPPOSITE
                    yield from ((colleague, kind) for colleague in _colleagues(each, houses))
        for other in self._others(case.id, self.adverse.get(case.id, ())) - self.opposing.get(case.id, set()):
            for each in _knowing((other,), held):
                yield each.practitioner_id, PairKind.ADVERSE
                if each.live and other not in consented:
                    yield from ((colleague, PairKind.UNCLEAR) for colleague in _colleagues(each, houses))
        for each in _knowing(self._others(case.id, self.unclear.get(case.id, ())), held):
            yield each.practitioner_id, PairKind.UNCLEAR
        for each in _knowing(self._others(case.id, self.unclear_sides.get(case.id, ())), held):
            yield from ((member, PairKind.UNCLEAR) for member in {each.practitioner_id, *_colleagues(each, houses)})

    def _others(self, case_id: str, *found: Collection[str]) -> set[str]:
        """Return the cases of other people: in each stage of a matter its counsel serves the same."""
        return set().union(*found) - {case_id} - self.stages.get(case_id, frozenset())

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


def _knowing(case_ids: Iterable[str], held: HeldBy) -> Iterator[Held]:
    """Yield those who know what is in the files of the cases."""
    yield from (each for case_id in case_ids for each in held.get(case_id, ()) if each.knows)


def _colleagues(each: Held, houses: Houses) -> set[str]:
    """Return who belongs to the institution that was given the case, and where its practitioner takes it with them."""
    theirs = {each.institution_id, *((each.moved_to,) if each.live and each.moved_to else ())}
    return {member for house in theirs for member in houses.members.get(house, ())} - {each.practitioner_id}


def _mutual(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    both = list(pairs)
    return _neighbours([*both, *((other, case) for case, other in both)])


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
