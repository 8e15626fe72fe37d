"""Declared ties planted among practitioners and cases; what must come of each is written down apart from the engine.

Numbers and names are their own keys here, as in ``testbed.planted``: nobody exists, so nothing is hashed.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from numpy.random import Generator
from sqlmodel import Session

from dispatch.domain.conflicts.declared import Kinship, TieKind
from dispatch.domain.conflicts.parties import Party, compare
from dispatch.domain.conflicts.reviews import relations_of
from dispatch.domain.docket.ties import Relation
from dispatch.domain.texts.organs import organ_key
from dispatch.domain.vocabulary import PartyRole
from dispatch.registry import tables
from dispatch.registry.docket.conflicts import ALL, STANDING, STATED
from dispatch.registry.statements import fetch
from dispatch.registry.tables.columns import new_id
from testbed.rows import NOW

COURT, POLICE = "某市中级人民法院", "某市公安局"
ALIASES = {COURT: "某中院", POLICE: "某公安局"}
ONE_DAY = timedelta(days=1)


class PlantedTie(NamedTuple):
    """A declaration that concerns a case, and the rule that must keep its practitioner out, if one must."""

    what: str
    case_id: str
    practitioner_id: str
    """Who must not act: who declared it, or a colleague."""
    declared_by: str
    rule: str | None
    row: dict[str, Any]


class TieShape(NamedTuple):
    """What is declared, by which rule it excludes, and whether it is the colleague who is asked about."""

    what: str
    rule: str | None
    row: dict[str, Any]
    of_colleague: bool = False


def _shapes(number: str, name: str, today: date) -> Sequence[TieShape]:
    adviser = {"kind": TieKind.ADVISER}
    sister = {"kind": TieKind.RELATIVE, "relation": Kinship.SIBLING}
    by_number, by_name = {"identity_key": number, "name_key": "another spelling"}, {"name_key": name}
    at = {"kind": TieKind.RELATIVE_AT_ORGAN}
    # fmt: off
    return (
        #        what is declared                    which rule excludes          the row
        TieShape("client by number",                 "no_declared_tie",        adviser | by_number),
        TieShape("client by name",                   "declared_tie_reviewed",  adviser | by_name),
        TieShape("relative by number",               "no_declared_tie",        sister | by_number),
        TieShape("relative by name",                 "declared_tie_reviewed",  sister | by_name),
        TieShape("other kin by number",              "declared_tie_reviewed",
                 sister | by_number | {"relation": Kinship.OTHER}),
        TieShape("a colleague's relative",           "declared_tie_reviewed",  sister | by_number, of_colleague=True),
        TieShape("spouse at the court, by an alias", "no_relative_at_organ",
                 at | {"relation": Kinship.SPOUSE, "organ": ALIASES[COURT]}),
        TieShape("brother at the police",            "declared_tie_reviewed",
                 at | {"relation": Kinship.SIBLING, "organ": ALIASES[POLICE]}),
        TieShape("over since yesterday",             None, sister | by_number | {"until_on": today - ONE_DAY}),
        TieShape("from tomorrow on",                 None, adviser | by_number | {"from_on": today + ONE_DAY}),
    )
    # fmt: on


SHAPES = len(_shapes("", "", NOW.date()))


def plant_ties(cases: Sequence[str], pairs: Sequence[tuple[str, str]], today: date) -> list[PlantedTie]:
    """Return one declaration for each case, of each shape in turn, by the first of a pair of colleagues each."""
    planted = []
    for n, (case_id, (who, colleague)) in enumerate(zip(cases, pairs, strict=False)):
        shape = _shapes(f"tie number {n}", f"tie name {n}", today)[n % SHAPES]
        row = {
            "relation": None, "organ": None, "identity_key": None, "name_key": None, "from_on": None, "until_on": None,
            "id": new_id(), "code": f"planted-{n}", "practitioner_id": who, "recorded_at": NOW - ONE_DAY,
            "revision": 1, **shape.row,
        }  # fmt: skip
        asked = colleague if shape.of_colleague else who
        planted.append(PlantedTie(shape.what, case_id, asked, who, shape.rule, row))
    return planted


def opponents_of(planted: Sequence[PlantedTie]) -> Iterator[dict[str, Any]]:
    """Yield the rows of whom the declarations mean, as opponents in the cases, some by their name alone."""
    for each in planted:
        number = each.row["code"].removeprefix("planted-")
        yield {
            "id": new_id(), "case_id": each.case_id, "role": PartyRole.OPPOSING, "sealed": b"",
            "identity_key": f"tie number {number}" if each.row["identity_key"] else None,
            "name_key": f"tie name {number}",
        }  # fmt: skip


def crowd(draw: Generator, people: Sequence[str], names: int) -> Iterator[dict[str, Any]]:
    """Yield a relative of everyone, each with a number, and with a name that others have too."""
    drawn = draw.integers(names, size=len(people)).tolist()
    for n, (who, name) in enumerate(zip(people, drawn, strict=True)):
        yield {
            "id": new_id(), "code": f"crowd-{n}", "practitioner_id": who, "kind": TieKind.RELATIVE,
            "relation": list(Kinship)[n % len(Kinship)], "identity_key": f"kin {n}" if n % 2 else None,
            "name_key": f"a{name}", "recorded_at": NOW - ONE_DAY, "revision": 1,
        }  # fmt: skip


def catalogue() -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """Yield the court and the police with the names they go by."""
    ids = {name: new_id() for name in ALIASES}
    yield tables.OrganRow, [{"id": ids[name], "name": name, "revision": 1, "updated_at": NOW} for name in ALIASES]
    yield tables.OrganNameRow, [
        {"id": new_id(), "organ_id": ids[name], "name": each, "key": organ_key(each)}
        for name, alias in ALIASES.items() for each in (name, alias)
    ]  # fmt: skip


def load_all_relations(session: Session, centre_id: str) -> tuple[Relation, ...]:
    """Return every tie of the centre's cases as it is known now, stated or found, by reading all of them."""
    stated = (tuple(row) for row in fetch(session, STATED, centre_id=centre_id))
    parties = [Party(*row) for row in fetch(session, ALL, centre_id=centre_id)]
    reviewed = {(a, b, key): outcome for a, b, key, outcome, _ in fetch(session, STANDING, centre_id=centre_id)}
    return tuple(sorted({*stated, *relations_of(compare(parties, parties), reviewed)}))
