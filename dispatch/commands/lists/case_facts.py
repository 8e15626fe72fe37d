"""What is known of a case in words, with what each fact was before; what is a person's own is not among it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from dispatch.commands.cases.known import PRIVATE
from dispatch.domain.law.safeguards import BY_CODE, Safeguard
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import AmendmentState
from dispatch.exchange.cases import CASES
from dispatch.exchange.cells import ANSWERS, CellLookups
from dispatch.exchange.columns import Column
from dispatch.exchange.faults import CellError
from dispatch.exchange.lookups import load_lookups
from dispatch.registry.reads import amendments_of, get, logins_of
from dispatch.registry.tables import AmendmentRow, CaseRow
from dispatch.registry.transaction import Read

ELSEWHERE = frozenset({"number", "wishes", "co_defendants", "opposing_sides", "earlier_stage"})
"""Facts that a case has under other addresses."""

NAMED = {"recipient_minor": "recipient_is_minor"}
"""Columns of a file that the register has under another name."""

FACTS = tuple(
    column for column in CASES.columns
    if column.field not in ELSEWHERE | PRIVATE and (NAMED.get(column.field, column.field)) in CaseRow.model_fields
)  # fmt: skip


LABELS = {column.field: (column.zh, column.en) for column in CASES.columns}


class PastWording(NamedTuple):
    """What a fact was until somebody changed it."""

    value: str | None
    until: datetime
    changed_by: str | None
    """By which login."""


class ProposedWording(NamedTuple):
    """What a fact would be once a second person agrees."""

    amendment_id: str
    value: str | None
    by: str | None
    own: bool
    """Whether the reader proposed it."""


class KnownFact(NamedTuple):
    """A fact of a case in words; None is unknown, which no hard rule passes."""

    field: str
    label: tuple[str, str]
    value: str | None
    asked: bool
    """Whether it is answered by yes or no; where nobody did, that matters to the rules."""
    proposed: list[ProposedWording]
    history: list[PastWording]


class ChangedFact(NamedTuple):
    """A fact that a proposal changes, before and after in words; None is unknown."""

    label: tuple[str, str]
    before: str | None
    after: str | None
    private: bool
    """Whether it is a person's own, and is told only where looks are logged."""


class ProposedChange(NamedTuple):
    """A change that waits for a second person, in words."""

    row: AmendmentRow
    by: str | None
    """By which login; None where a program of the centre handed it in."""

    safeguards: list[Safeguard]
    """The protections it lowers."""

    facts: list[ChangedFact]


def known_facts(read: Read, actor: Actor, case_id: str, language: str) -> list[KnownFact]:
    """Return the facts of a case that are codes, numbers and days, each with what it was before, the latest first."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        case = get(session, CaseRow, actor.centre_id, case_id)
        lookups = load_lookups(session, case.centre_id, retired=True)
        rows = amendments_of(session, case.id)
        logins = logins_of(session, {row.made_by for row in rows if row.made_by})
    words = _Words(lookups, language, logins, actor.user_id)
    return [words.fact(column, getattr(case, NAMED.get(column.field, column.field)), rows) for column in FACTS]


def facts_in_words(lookups: CellLookups, language: str, value_of: Callable[[str], Any]) -> list[KnownFact]:
    """Return the same facts of what is no case yet, by the names they have in a file; they have no history."""
    words = _Words(lookups, language, {}, "")
    return [words.fact(column, value_of(column.field), ()) for column in FACTS]


def proposals_in_words(read: Read, actor: Actor, rows: Sequence[AmendmentRow], language: str) -> list[ProposedChange]:
    """Return waiting changes as the person who decides them reads them; personal data is named, not told."""
    require(actor, Verb.REVIEW_AMENDMENT)
    with read() as session:
        lookups = load_lookups(session, actor.centre_id, retired=True)
        logins = logins_of(session, {row.made_by for row in rows if row.made_by})
    words = _Words(lookups, language, logins, actor.user_id)
    return [
        ProposedChange(
            row, logins.get(row.made_by or ""), [BY_CODE[code] for code in row.safeguards], words.changed(row)
        )
        for row in rows
    ]


class _Words(NamedTuple):
    """How values are written, and for whom."""

    lookups: CellLookups
    language: str
    logins: Mapping[str, str]
    reader: str

    def fact(self, column: Column, value: Any, rows: Sequence[AmendmentRow]) -> KnownFact:
        about = [(row, row.changes[column.field]) for row in rows if column.field in row.changes]
        past = [
            PastWording(self.value(column, old), row.decided_at or row.made_at, self.logins.get(row.made_by or ""))
            for row, (old, _) in about
            if row.state is AmendmentState.MADE
        ]
        proposed = [
            ProposedWording(
                row.id, self.value(column, new), self.logins.get(row.made_by or ""), row.made_by == self.reader
            )
            for row, (_, new) in about
            if row.state is AmendmentState.WAITING
        ]
        choices, label = column.converter.choices, (column.zh, column.en)
        asked = choices is not None and choices(self.lookups) is ANSWERS
        return KnownFact(column.field, label, self.value(column, value), asked, proposed, past[::-1])

    def changed(self, row: AmendmentRow) -> list[ChangedFact]:
        """Return each fact that a change is about, before and after."""
        return [
            ChangedFact(LABELS.get(name, (name, name)), *self._both(name, row.changes.get(name)), name in PRIVATE)
            for name in row.fields
        ]

    def _both(self, name: str, change: Sequence[Any] | None) -> tuple[str | None, str | None]:
        column = next((column for column in CASES.columns if column.field == name), None)
        if column is None or change is None:
            return None, None
        before, after = (self.value(column, each) for each in change)
        return before, after

    def value(self, column: Column, value: Any) -> str | None:
        if value is None or value == []:
            return None
        try:
            # What was kept as text, such as a day, is read first; a word that has gone out of use stays as it is.
            known = column.converter.read(value, self.lookups) if isinstance(value, str) else value
        except CellError:
            return str(value)
        if isinstance(known, datetime):
            return known.astimezone(self.lookups.zone).strftime("%Y-%m-%d %H:%M")
        return str(column.converter.write(known, self.lookups, self.language))
