"""What a practitioner could gain, or has and nobody recorded: a language spoken, an area served."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import Integers, needed, vocabularies
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import CaseFacts, PractitionerFacts
from dispatch.domain.docket.lookups import Lookups
from dispatch.domain.docket.roster import Roster
from dispatch.domain.vocabulary import PractitionerKind
from dispatch.simulation.evidence.promise import points_of

Labels = tuple[str, ...]


class Ability(NamedTuple):
    """
    A kind of fact about a practitioner that a rule asks for.

    Parameters
    ----------
    rule : str
        The rule.
    asked : callable
        What a case asks for; nothing where it does not.
    may_gain : callable
        Who could come to have it.
    added : callable
        The practitioner with it.
    """

    rule: str
    asked: Callable[[CaseFacts], Labels]
    may_gain: Callable[[PractitionerFacts], bool]
    added: Callable[[PractitionerFacts, Labels], PractitionerFacts]


def _area(case: CaseFacts) -> Labels:
    return (case.area,) if case.area else ()


def _chooses_areas(person: PractitionerFacts) -> bool:
    # The areas of a grass-roots worker are those they are licensed for, too: that is law, and no wish of a centre.
    return person.kind is not PractitionerKind.GRASSROOTS_WORKER


def _speaking(person: PractitionerFacts, more: Labels) -> PractitionerFacts:
    return replace(person, languages=tuple(dict.fromkeys((*(person.languages or ()), *more))))


def _serving(person: PractitionerFacts, more: Labels) -> PractitionerFacts:
    return replace(person, areas=tuple(dict.fromkeys((*(person.areas or ()), *more))))


SPEAKS = Ability("speaks_language", lambda case: tuple(needed(case)), lambda _: True, _speaking)
SERVES = Ability("serves_area", _area, _chooses_areas, _serving)


def may_gain(docket: Docket, ability: Ability) -> NDArray[np.bool_]:
    """Return who could come to have it, (m,)."""
    return np.array([ability.may_gain(person) for person in docket.facts.practitioners], bool)


def points_with(docket: Docket, ability: Ability, row: int, cols: Integers) -> Integers:
    """Return what each of these would be worth to the case of a row if they had it, (cols,): the score counts it."""
    case = docket.case_at(row)
    people = tuple(ability.added(docket.practitioner_at(j), ability.asked(case)) for j in cols.tolist())
    facts = replace(docket.facts, cases=(case,), practitioners=people)
    points: Integers = points_of(Docket.build(facts, docket.policy))[0]
    return points


def with_ability(docket: Docket, ability: Ability, j: int, labels: Labels) -> Docket:
    """Return the docket in which one practitioner has it, for every case: as if it were built anew."""
    people = list(docket.facts.practitioners)
    people[j] = ability.added(people[j], labels)
    alone = replace(docket.facts, practitioners=(people[j],))
    theirs = Roster.of(alone, docket.policy, vocabularies(docket.facts.cases)).lookups
    lookups = Lookups(**{each.name: _put(docket, theirs, each.name, j) for each in fields(Lookups)})
    return replace(docket, facts=replace(docket.facts, practitioners=tuple(people)), lookups=lookups)


def _put(docket: Docket, theirs: Lookups, name: str, j: int) -> Any:
    table = getattr(docket.lookups, name).copy()
    table[:, [j]] = getattr(theirs, name)
    return table
