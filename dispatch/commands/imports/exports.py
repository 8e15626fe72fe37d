"""Templates and exports: the register in the very columns in which it comes in."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from dispatch.commands.policies.catalogue import list_causes
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import PartyRole
from dispatch.exchange import readable
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import load_lookups, make_lookups
from dispatch.exchange.spreadsheet import write_records, write_template
from dispatch.registry.audit import note
from dispatch.registry.extracts import list_areas, list_assignments, list_cases, list_institutions, list_practitioners
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Begin, Read

ASSIGNMENTS = "assignments"
EXPORTS = (*(kind.value for kind in Kind), ASSIGNMENTS)


def export_template(path: Path, what: str, read: Read | None = None, actor: Actor | None = None) -> None:
    """Write a workbook to fill in; with a centre it offers that centre's causes and areas."""
    kind = _kind(what)
    if read and actor:
        with read() as session:
            lookups = load_lookups(session, actor.centre_id)
    else:
        preset = load_preset("national")
        lookups = make_lookups(preset, [], preset.time_zone)
    write_template(_workbook(path), kind, lookups)


def export_records(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, what: str, path: Path, language: str = "zh"
) -> int:
    """Write every record of a kind as a workbook, and note who took it; return how many."""
    require(actor, Verb.EXPORT)
    _workbook(path)
    with read() as session:
        lookups = load_lookups(session, actor.centre_id)
        if what == ASSIGNMENTS:
            assignments = list_assignments(session, actor.centre_id)
            count = readable.write_list(path, readable.ASSIGNMENTS, assignments, lookups.zone)
        else:
            kind = _kind(what)
            records = LISTS[kind](session, actor.centre_id)
            named = (_opened(seal, record) for record in records) if kind is Kind.CASES else iter(records)
            count = write_records(path, kind, named, lookups, language)
    with begin() as tx:
        note(tx, actor, Verb.EXPORT, what, None, now)
    return count


LISTS = {
    Kind.AREAS: list_areas,
    Kind.INSTITUTIONS: list_institutions,
    Kind.PRACTITIONERS: list_practitioners,
    Kind.CASES: list_cases,
    Kind.CAUSES: list_causes,
}


def _opened(seal: Seal, record: dict[str, Any]) -> dict[str, Any]:
    """Return a case with its people by name; a list that nobody filled is a blank cell."""
    people = [(role, seal.open(sealed)) for role, sealed in record["people"]]
    recipient = next((person for role, person in people if role is PartyRole.RECIPIENT), {})
    opposing = [person["name"] for role, person in people if role is PartyRole.OPPOSING]
    return {field: value for field, value in record.items() if value != []} | dict(
        _of_recipient(recipient),
        story=recipient.get("story"),
        opposing=opposing or None,
    )


def _of_recipient(person: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for field in ("name", "identity_number", "sex", "minor", "contact"):
        yield f"recipient_{field}", person.get(field)


def _kind(what: str) -> Kind:
    if what not in set(Kind):
        raise InvalidFieldError(field="what", value=what, expected=list(EXPORTS))
    return Kind(what)  # type: ignore[call-arg]


def _workbook(path: Path) -> Path:
    if path.suffix.lower() != ".xlsx":
        raise InvalidFieldError(field="file", value=path.suffix, expected=".xlsx")
    return path
