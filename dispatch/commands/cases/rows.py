"""Rows of a file become cases handed in."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.intake import take_in
from dispatch.commands.imports.upserts import Upsert, refused
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.permissions import Actor
from dispatch.domain.validation import expected_of
from dispatch.domain.vocabulary import RelationKind
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Transaction

PERSON = "recipient_"
MAY_BE_UNKNOWN = frozenset({"detained", "grave", "sexual_assault", "recipient_minor"})
"""A blank cell here says that it is not known; elsewhere it says nothing."""


def take_in_rows(
    tx: Transaction, seal: Seal, actor: Actor, now: datetime, rows: Sequence[dict[str, Any]]
) -> list[Upsert]:
    """Hand in the rows as cases; one that is queued already takes what has changed."""
    drafts = [_draft(row) for row in rows]
    good = [draft for draft in drafts if isinstance(draft, CaseDraft)]
    fates = iter(take_in(tx, seal, actor, now, good, amend=True))
    return [refused(draft) if isinstance(draft, InvalidFieldError) else _upsert(next(fates)) for draft in drafts]


def _upsert(submission: Any) -> Upsert:
    return Upsert(submission.fate, submission.case.id if submission.case else None, submission.error)


def _draft(row: dict[str, Any]) -> CaseDraft | InvalidFieldError:
    given = {field: value for field, value in row.items() if value is not None or field in MAY_BE_UNKNOWN}
    document: dict[str, Any] = {"recipient": {}, "relations": list(_relations(given))}
    for field, value in given.items():
        if field.startswith(PERSON):
            document["recipient"][field.removeprefix(PERSON)] = value
        elif field == "opposing":
            document["opposing"] = [{"name": name} for name in value]
        elif field not in set(RelationKind):
            document[field] = value
    try:
        return CaseDraft.model_validate(document)
    except ValidationError as faults:
        [fault, *_] = faults.errors(include_url=False, include_input=False)
        where = "_".join(str(part) for part in fault["loc"])
        return InvalidFieldError(field=where, value=None, expected=expected_of(fault))


def _relations(given: dict[str, Any]) -> Iterator[dict[str, str]]:
    for kind in RelationKind:
        # Ties have no order, so the same ties are the same draft.
        for number in sorted(given.get(kind.value) or ()):
            yield {"kind": kind.value, "number": number}
