"""Rows of a file become cases handed in."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from dispatch.commands.cases.drafts import PARTIES, CaseDraft, draft_of
from dispatch.commands.cases.intake import Submission, take_in
from dispatch.commands.cases.stored import PERSON, Document, load_documents, open_to_change
from dispatch.commands.imports.upserts import Upsert, refused
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.permissions import Actor
from dispatch.domain.texts import CITIZEN, case_number_key, identity_key, name_key, tidy
from dispatch.domain.vocabulary import IdentityKind, RelationKind
from dispatch.exchange.cases import PAPERS
from dispatch.registry.references import ids_of
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Transaction

OPENING, CLOSING = r"[(（\[【〔〖]", r"[)）\]】〕〗]"

NUMBERED = tuple(re.compile(pattern) for pattern in (
    # The number in brackets, perhaps after what it is of: 李某（18位号码）, 李某（护照：E12345678）.
    rf"(?P<name>.*\S)\s*{OPENING}\s*(?P<paper>[^\W\d_A-Za-z]*)[\s:：]*"
    rf"(?P<number>[0-9A-Za-z]*\d[0-9A-Za-z]{{3,}})\s*{CLOSING}",
    # The number of a citizen or a company as it is, behind a Chinese name.
    r"(?P<name>.*?[^\x00-\xff：，])\s*(?P<paper>(?:身份证|公民身份|统一社会信用代)(?:号码?|码)?|)[\s:：]*"
    r"(?P<number>[0-9A-Za-z]{18}|\d{15})",
))  # fmt: skip
"""A party with their number behind the name."""

LONE = re.compile(r"[0-9A-Za-z]{15}|[0-9A-Za-z]{18}")
"""A number that is one without anybody saying what it is of."""


def take_in_rows(
    tx: Transaction, seal: Seal, actor: Actor, now: datetime, rows: Sequence[dict[str, Any]], *, write: bool = True
) -> list[Upsert]:
    """Hand in the rows as cases; one that is queued already takes what has changed, and keeps what no column says.

    Without ``write``, tell what would become of them.
    """
    numbers = {case_number_key(row["number"]) for row in rows if row.get("number")}
    known = load_documents(tx.session, seal, actor.centre_id, ids_of(tx.session, actor.centre_id, numbers))
    drafts = [_draft(row, known.get(case_number_key(row.get("number") or ""))) for row in rows]
    good = [draft for draft in drafts if isinstance(draft, CaseDraft)]
    fates = iter(take_in(tx, seal, actor, now, good, amend=True, write=write))
    return [refused(draft) if isinstance(draft, InvalidFieldError) else _upsert(next(fates)) for draft in drafts]


def _upsert(submission: Submission) -> Upsert:
    id = submission.case.id if submission.case else None
    return Upsert(submission.fate, id, submission.error, submission.safeguards)


def _draft(row: Mapping[str, Any], known: Document | None) -> CaseDraft | InvalidFieldError:
    try:
        return draft_of(_laid_over(open_to_change(known or {}), row))
    except InvalidFieldError as fault:
        return fault


def _laid_over(known: Document, row: Mapping[str, Any]) -> Document:
    """Return the case with what the row says; a field the file has no column for stays, a blank cell empties it."""
    document = known | {"recipient": dict(known.get("recipient", {})), "relations": list(_relations(known, row))}
    for field, value in row.items():
        target = document["recipient"] if field.startswith(PERSON) else document
        name = field.removeprefix(PERSON)
        if field in PARTIES:
            document[field] = list(_people(known, field, value or ()))
        elif value is not None:
            target[name] = value
        else:
            target.pop(name, None)
    return {field: value for field, value in document.items() if field not in set(RelationKind)}


def _people(known: Document, field: str, items: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the parties of a cell, a name or a name (number) each, with what is known of them already."""
    people = list(known.get(field, ()))
    for stated in map(_person, items):
        person = next((each for each in people if name_key(each["name"]) == name_key(stated["name"])), None)
        if person:
            people.remove(person)
        yield (person or {}) | stated


def _person(item: str) -> dict[str, Any]:
    named = next((found for form in NUMBERED if (found := form.fullmatch(tidy(item)))), None)
    paper = PAPERS.find(named["paper"]) if named and named["paper"] else None
    if named is None or not (paper or (not named["paper"] and LONE.fullmatch(named["number"]))):
        return {"name": item}
    number = identity_key(named["number"])
    # A number that is no person's, such as the unified social credit code of a company.
    kind = paper or (None if CITIZEN.fullmatch(number) else IdentityKind.OTHER)
    return {"name": named["name"], "identity_number": number, **({"identity_kind": kind} if kind else {})}


def _relations(known: Document, row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for kind in RelationKind:
        stated = (tie["number"] for tie in known.get("relations", ()) if tie["kind"] == kind)
        # Ties have no order, so the same ties are the same draft.
        for number in sorted(row[kind.value] or () if kind.value in row else stated):
            yield {"kind": kind.value, "number": number}
