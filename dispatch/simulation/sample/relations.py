"""How cases of a sample hang together: co-defendants, and both sides of one dispute."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from numpy.random import Generator

from dispatch.domain.vocabulary import RelationKind, Service
from dispatch.simulation.sample.records import SampleCase, SampleRelation

JOINT_SHARE = 0.09
"""Defendants tried together, as a part of all cases."""

OPPOSING_SHARE = 0.04
"""Cases whose other side is a recipient too, as a part of all cases."""

TWO_SIDED_CAUSES = ("marriage_family", "maintenance", "farm_dispute", "civil_other")


def tie_cases(draw: Generator, cases: Sequence[SampleCase]) -> tuple[SampleCase, ...]:
    """Return the cases with some defendants tried together and some disputes seen from both sides."""
    tied = {case.number: case for case in cases}
    defended = [case for case in cases if case.service is Service.DEFENCE and not case.secret]
    for group in _groups(draw, defended, JOINT_SHARE * len(cases), most=4):
        _tie(tied, group, RelationKind.CO_DEFENDANTS)
    disputes = [case for case in cases if case.cause in TWO_SIDED_CAUSES]
    for pair in _groups(draw, disputes, OPPOSING_SHARE * len(cases), most=2):
        _tie(tied, pair, RelationKind.OPPOSING_SIDES)
    for pair in _suspects_and_victims(cases):
        _tie(tied, pair, RelationKind.OPPOSING_SIDES)
    return tuple(tied.values())


def _groups(draw: Generator, cases: Sequence[SampleCase], wanted: float, most: int) -> list[list[SampleCase]]:
    by_cause: dict[str, list[SampleCase]] = defaultdict(list)
    for k in draw.permutation(len(cases))[: round(wanted)]:
        by_cause[cases[k].cause].append(cases[k])
    groups = []
    for left in by_cause.values():
        while len(left) >= 2:
            size = int(draw.integers(2, most + 1))
            groups.append(left[:size])
            del left[:size]
    return groups


def _suspects_and_victims(cases: Sequence[SampleCase]) -> list[list[SampleCase]]:
    suspects = {case.cause: case for case in cases if case.service is Service.DEFENCE and not case.secret}
    victims = {case.cause: case for case in cases if case.service is Service.CRIMINAL_AGENCY}
    return [[suspects[cause], victim] for cause, victim in victims.items() if cause in suspects]


def _tie(tied: dict[str, SampleCase], group: Sequence[SampleCase], kind: RelationKind) -> None:
    # One crime, or one quarrel, is handled in one place: that of the first.
    first = tied[group[0].number]
    for number in (case.number for case in group):
        case = tied[number]
        earlier = tuple(SampleRelation(kind=kind, number=other.number) for other in group if other.number < number)
        tied[number] = replace(
            case,
            area=first.area,
            organ=first.organ,
            court_area=first.court_area,
            stage=first.stage,
            domicile_areas=tuple(dict.fromkeys((*case.domicile_areas, *first.domicile_areas))),
            relations=case.relations + earlier,
        )
