"""Cases as the register has them: opened for an export, and as drafts that a file or a request is laid over."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from sqlmodel import Session

from dispatch.commands.cases.drafts import PARTIES, CaseDraft, PersonDraft
from dispatch.domain.errors import SealBrokenError
from dispatch.domain.law.means import means_test_of
from dispatch.domain.texts import case_number_key
from dispatch.domain.vocabulary import CaseSource, PartyRole, RelationKind
from dispatch.exchange.columns import Kind
from dispatch.exchange.tables import TABLES
from dispatch.registry.extracts import list_cases
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow

PERSON = "recipient_"
Document = dict[str, Any]
ReadSealed = Callable[[bytes], dict[str, Any]]
"""Opens what is sealed, or says that it cannot be."""


def open_record(seal: Seal, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case with its people by name; a list that nobody filled is a blank cell."""
    return _in_columns(record, seal.open)


def _in_columns(record: Mapping[str, Any], read: ReadSealed) -> dict[str, Any]:
    recipient, parties = _people(record, read)
    return {field: value for field, value in record.items() if value != []} | {
        **{f"{PERSON}{field}": recipient.get(field) for field in PersonDraft.model_fields},
        "story": recipient.get("story"),
        **{field: [person["name"] for person in people] or None for field, people in parties.items()},
    }


def load_documents(session: Session, seal: Seal, centre_id: str, case_ids: Collection[str]) -> dict[str, Document]:
    """Return what each case says now, as it would be handed in, by what the spellings of its number share.

    One whose people cannot be read any more has none.
    """
    documents = {}
    for record in list_cases(session, centre_id, case_ids):
        with suppress(SealBrokenError):
            documents[case_number_key(record["number"])] = _document(record, seal.open)
    return documents


def show_document(session: Session, seal: Seal, case: CaseRow) -> Document:
    """Return what a case says now for somebody to read; of people who cannot be read any more, that they cannot."""
    [record] = list_cases(session, case.centre_id, [case.id])
    return _document(record, lambda sealed: seal.show(sealed, *PersonDraft.model_fields, "story"))


def open_to_change(document: Document) -> Document:
    """Return what a case says without what follows from the rest of it, so that a change of that decides anew."""
    if not document:
        return document
    source, ground = document.get("source", CaseSource.APPLICATION), document.get("means_ground")
    follows = means_test_of(source, document["service"], document.get("categories", ()), ground)
    return {name: value for name, value in document.items() if name != "means_test" or value != follows}


def _document(record: Mapping[str, Any], read: ReadSealed) -> Document:
    opened = _in_columns(record, read)
    fields = [column.field for column in TABLES[Kind.CASES].columns]
    stated = {field: opened.get(field) for field in fields if opened.get(field) is not None}
    own = {field: value for field, value in stated.items() if field in CaseDraft.model_fields}
    recipient, parties = _people(record, read)
    ties = [{"kind": kind.value, "number": number} for kind in RelationKind for number in record[kind.value]]
    return own | {
        "recipient": _person(recipient),
        **{field: [_person(person) for person in people] for field, people in parties.items()},
        "relations": ties,
    }


def _people(record: Mapping[str, Any], read: ReadSealed) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return the recipient, and everyone else by the field they are handed in with."""
    people = [(role, read(sealed)) for role, sealed in record["people"]]
    recipient = next((person for role, person in people if role is PartyRole.RECIPIENT), {})
    return recipient, {field: [person for role, person in people if role is part] for field, part in PARTIES.items()}


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a person as handed in."""
    return {field: value for field, value in person.items() if field in PersonDraft.model_fields}
