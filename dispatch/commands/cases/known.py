"""What is known of a case as a flat list of facts, and how it changed: each value before and after.

Facts are named as the columns of a file name them.
"""

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from dispatch.commands.cases.drafts import PARTIES, CaseDraft, PersonDraft
from dispatch.commands.cases.stored import PERSON, Document
from dispatch.registry.seal import UNREADABLE, Seal
from dispatch.registry.tables import AmendmentRow

Facts = dict[str, Any]
Change = tuple[Any, Any]
"""A value before and after."""

APART = ("number", "relations")
"""A number never changes; ties are the other case's as well."""

OWN = tuple(name for name in CaseDraft.model_fields if name not in (*APART, "recipient"))
OF_PERSON = tuple(PersonDraft.model_fields)
PRIVATE = frozenset({"recipient_name", "recipient_identity_number", "recipient_contact", "story", *PARTIES})
"""What tells who somebody is, or what happened to them."""


def _nullable(model: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in model.model_fields.items() if type(None) in get_args(field.annotation))


MAY_BE_NULL = _nullable(CaseDraft) | {f"{PERSON}{name}" for name in _nullable(PersonDraft)}


def facts_of(document: Document) -> Facts:
    """Return the facts of a case as it would be handed in; a fact that nobody stated, or an empty list, is None."""
    plain = to_jsonable_python(document)
    person = plain.get("recipient", {})
    people = {field: [_stated(each) for each in plain.get(field, ())] for field in PARTIES}
    facts = {name: plain.get(name) for name in OWN} | {f"{PERSON}{name}": person.get(name) for name in OF_PERSON}
    return {name: None if value == [] else value for name, value in (facts | people).items()}


def document_of(facts: Mapping[str, Any]) -> Document:
    """Return facts as they would be handed in."""
    given = {name: value for name, value in facts.items() if value is not None or name in MAY_BE_NULL}
    document: Document = {name: value for name, value in given.items() if not _of_person(name)}
    return document | {"recipient": {name.removeprefix(PERSON): given[name] for name in given if _of_person(name)}}


def changes_between(before: Facts, after: Facts) -> dict[str, Change]:
    """Return the facts that differ, with both values."""
    return {name: (before[name], value) for name, value in after.items() if before[name] != value}


def amendment_row(seal: Seal, changes: Mapping[str, Change], **columns: Any) -> AmendmentRow:
    """Return a change to be stored, its private part sealed."""
    private = {name: list(change) for name, change in changes.items() if name in PRIVATE}
    return AmendmentRow(
        **columns,
        fields=sorted(changes),
        changes={name: list(change) for name, change in changes.items() if name not in PRIVATE},
        sealed=seal.seal(private) if private else None,
    )


def changes_of(seal: Seal, row: AmendmentRow) -> dict[str, Change]:
    """Return what a change says, with its private part opened."""
    whole = row.changes | (seal.open(row.sealed) if row.sealed else {})
    return {name: (old, new) for name, (old, new) in whole.items()}


def shown_changes(seal: Seal, row: AmendmentRow) -> dict[str, Change]:
    """Return what a change says for somebody to read; what cannot be opened any more says so."""
    sealed = (name for name in row.fields if name not in row.changes)
    whole = row.changes | seal.show(row.sealed, *sealed)
    return {name: (UNREADABLE, UNREADABLE) if each == UNREADABLE else tuple(each) for name, each in whole.items()}


def _of_person(name: str) -> bool:
    return name.startswith(PERSON)


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
