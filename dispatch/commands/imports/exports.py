"""Templates and exports: the register in the very columns in which it comes in."""

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlmodel import Session

from dispatch.commands.cases.stored import open_record
from dispatch.commands.lists.cases import leave_a_trace
from dispatch.commands.lists.searches import (
    CaseSearch,
    InstitutionSearch,
    PractitionerSearch,
    RecipientSearch,
    Search,
)
from dispatch.commands.policies.catalogue import list_causes
from dispatch.commands.roster import tie_files
from dispatch.commands.roster.contacts import opened
from dispatch.domain.errors import InvalidFieldError, SealBrokenError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import load_preset
from dispatch.exchange import readable
from dispatch.exchange.columns import Kind
from dispatch.exchange.lookups import load_lookups, make_lookups
from dispatch.exchange.spreadsheet import Exported, write_records, write_template
from dispatch.registry.audit import note
from dispatch.registry.docket.roster import read_day
from dispatch.registry.extracts import (
    list_absences,
    list_areas,
    list_assessments,
    list_assignments,
    list_cases,
    list_institutions,
    list_organs,
    list_practitioners,
    list_specialties,
)
from dispatch.registry.lists.cases import case_ids
from dispatch.registry.lists.roster import institution_codes, practitioner_codes
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
    begin: Begin,
    read: Read,
    seal: Seal,
    actor: Actor,
    now: datetime,
    what: str,
    path: Path,
    language: str = "zh",
    wanted: Search | None = None,
) -> Exported:
    """Write every record of a kind, or those that are wanted, as a workbook, and note who took it."""
    require(actor, Verb.EXPORT)
    _workbook(path)
    with read() as session:
        lookups = load_lookups(session, actor.centre_id, retired=True)
        if what == ASSIGNMENTS:
            assignments = list_assignments(session, actor.centre_id)
            exported = Exported(readable.write_list(path, readable.ASSIGNMENTS, assignments, lookups.zone))
        else:
            kind = _kind(what)
            records = _records(session, seal, actor.centre_id, now, kind, wanted)
            exported = write_records(path, kind, records, lookups, language)
    with begin() as tx:
        note(tx, actor, Verb.EXPORT, what, None, now)
    return exported


def export_found_cases(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, wanted: RecipientSearch, path: Path
) -> Exported:
    """Write the cases that a search for a recipient finds; the search and each case are noted before they are shown."""
    require(actor, Verb.EXPORT)
    require(actor, Verb.READ_CASE)
    keys = wanted.keys(seal)
    with begin() as tx:
        about = wanted.filter(tx.session, actor.centre_id)._replace(person=keys)
        ids = case_ids(tx.session, actor.centre_id, about)
        if keys:
            leave_a_trace(tx, actor, now, ids)
        note(tx, actor, Verb.EXPORT, Kind.CASES.value, None, now)
    with read() as session:
        found = sorted(list_cases(session, actor.centre_id, ids), key=itemgetter("number_order"))
        records = (_opened(seal, record, open_record, "recipient_name") for record in found)
        return write_records(_workbook(path), Kind.CASES, records, load_lookups(session, actor.centre_id, retired=True))


def _records(
    session: Session, seal: Seal, centre_id: str, now: datetime, kind: Kind, wanted: Search | None
) -> Iterable[dict[str, Any]]:
    """Return the records of a kind as they are today, people opened."""
    if kind in LISTS:
        return LISTS[kind](session, centre_id)
    if kind is Kind.TIES:
        declared = tie_files.list_declared(session, seal, centre_id)
        return [_opened(seal, record, tie_files.open_record, "name") for record in declared]
    if kind is Kind.CASES:
        return (_opened(seal, record, open_record, "recipient_name") for record in _cases(session, centre_id, wanted))
    today = read_day(session, centre_id, now).today
    if kind is Kind.INSTITUTIONS:
        houses = list_institutions(session, centre_id, today)
        if not isinstance(wanted, InstitutionSearch):
            return houses
        named = institution_codes(session, centre_id, today, wanted.filter(session, centre_id))
        return [record for record in houses if record["code"] in named]
    people = list_practitioners(session, centre_id, today)
    if isinstance(wanted, PractitionerSearch):
        named = practitioner_codes(session, centre_id, today, wanted.filter(session, centre_id))
        people = [record for record in people if record["code"] in named]
    return (_opened(seal, record, _with_contacts, "contact") for record in people)


def _cases(session: Session, centre_id: str, wanted: Search | None) -> list[dict[str, Any]]:
    if not isinstance(wanted, CaseSearch):
        return list_cases(session, centre_id)
    found = list_cases(session, centre_id, case_ids(session, centre_id, wanted.filter(session, centre_id)))
    return sorted(found, key=itemgetter("number_order"))


def _with_contacts(seal: Seal, record: dict[str, Any]) -> dict[str, Any]:
    return record | opened(seal, record["sealed"])


def _opened(
    seal: Seal, record: dict[str, Any], open: Callable[[Seal, dict[str, Any]], dict[str, Any]], field: str
) -> dict[str, Any]:
    """Return a record with its people; where they cannot be opened, with what cannot be written of them."""
    try:
        return open(seal, record)
    except SealBrokenError:
        return {**record, field: UNWRITABLE}


UNWRITABLE = object()
LISTS: dict[Kind, Callable[[Session, str], Iterable[dict[str, Any]]]] = {
    Kind.AREAS: list_areas,
    Kind.CAUSES: list_causes,
    Kind.ORGANS: list_organs,
    Kind.ASSESSMENTS: list_assessments,
    Kind.SPECIALTIES: list_specialties,
    Kind.ABSENCES: list_absences,
}


def _kind(what: str) -> Kind:
    if what not in set(Kind):
        raise InvalidFieldError(field="what", value=what, expected=list(EXPORTS))
    return Kind(what)


def _workbook(path: Path) -> Path:
    if path.suffix.lower() != ".xlsx":
        raise InvalidFieldError(field="file", value=path.suffix, expected=".xlsx")
    return path
