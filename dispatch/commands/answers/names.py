"""Whom and what an answer speaks of: names for those who may read the roster, cases by number."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.registry.docket.caseload import load_cases
from dispatch.registry.reads import areas
from dispatch.registry.tables import InstitutionRow, PractitionerRow


class PersonName(NamedTuple):
    """A practitioner by code, and by name for those who may read it, with the institution and the work in hand."""

    practitioner_id: str
    code: str
    name: str | None
    institution_id: str
    institution: str
    load: int
    capacity: int | None
    month_count: int
    monthly_capacity: int | None

    @property
    def label(self) -> str:
        """What they are called in a sentence."""
        return self.name or self.code


class Names(NamedTuple):
    """People by id, and the numbers of cases by theirs."""

    people: Mapping[str, PersonName]
    numbers: Mapping[str, str]
    houses: Mapping[str, str]
    """The names of institutions."""
    areas: Mapping[str, str]
    """The names of areas by code."""


def names_of(
    session: Session,
    actor: Actor,
    people: Iterable[PractitionerFacts],
    case_ids: Collection[str] = (),
    institution_ids: Collection[str] = (),
    area_codes: Collection[str] = (),
) -> Names:
    """Return how an answer may call these people and cases to its reader."""
    facts = {person.id: person for person in people}
    open_to_reader = Verb.READ_ROSTER in PERMISSIONS[actor.role]
    known = _labels(session, PractitionerRow, facts)
    houses = _labels(session, InstitutionRow, {*institution_ids, *(person.institution_id for person in facts.values())})
    cases = load_cases(session, actor.centre_id, sorted(set(case_ids))) if case_ids else {}
    return Names(
        {
            id: PersonName(
                practitioner_id=id,
                code=known[id][0],
                name=known[id][1] if open_to_reader else None,
                institution_id=person.institution_id,
                institution=houses[person.institution_id][1],
                load=person.load,
                capacity=person.capacity,
                month_count=person.month_count,
                monthly_capacity=person.monthly_capacity,
            )
            for id, person in facts.items()
        },
        {id: row.number for id, row in cases.items()},
        {id: name for id, (_, name) in houses.items()},
        {row.code: row.name for row in areas(session, actor.centre_id)} if area_codes else {},
    )


def _labels(
    session: Session, table: type[PractitionerRow] | type[InstitutionRow], ids: Collection[str]
) -> dict[str, tuple[str, str]]:
    found = session.exec(select(table.id, table.code, table.name).where(col(table.id).in_(ids)))
    return {id: (code, name) for id, code, name in found}
