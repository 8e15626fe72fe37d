"""Entries of the roster: who or what each is, kept as it is now, and what is true of it from when to when."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import or_
from sqlmodel import Session, col

from dispatch.domain.roster.timeline import TimeSpan
from dispatch.registry.statements import select_rows
from dispatch.registry.tables import AttributesRow, InstitutionAttributesRow, InstitutionRow, PractitionerRow

DATED = ("id", "centre_id", "from_on", "until_on", "recorded_at", "superseded_at")
"""What a row of facts says about itself."""


class Subject(NamedTuple):
    """A kind of entry: its table, that of its dated facts, and what is kept as it is now."""

    row: Any
    attributes: Any
    key: str
    identity: tuple[str, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the names of what is true for a while."""
        return tuple(name for name in self.attributes.model_fields if name not in (*DATED, self.key))


PEOPLE = Subject(
    PractitionerRow, AttributesRow, "practitioner_id",
    ("code", "name", "entered_on", "left_on", "sealed", "identity_key", "merged_into"),
)  # fmt: skip
HOUSES = Subject(
    InstitutionRow, InstitutionAttributesRow, "institution_id", ("code", "name", "contact", "entered_on", "left_on")
)


class RosterEntry(NamedTuple):
    """An entry as it is stored."""

    id: str
    revision: int
    identity: Mapping[str, Any]
    spans: Sequence[TimeSpan]

    @property
    def code(self) -> str:
        """Return the code by which files know it."""
        code: str = self.identity["code"]
        return code


def load_entries(
    session: Session, subject: Subject, centre_id: str, since: date, ids: Collection[str] | None = None
) -> list[RosterEntry]:
    """Return the entries of a centre, or those of these ids, with what is true from a day on."""
    row, attributes = subject.row, subject.attributes
    session.flush()
    entries = select_rows(row.id, row.revision, *(getattr(row, name) for name in subject.identity)).where(
        row.centre_id == centre_id
    )
    of = getattr(attributes, subject.key)
    facts = select_rows(
        of, attributes.id, attributes.from_on, attributes.until_on, *(getattr(attributes, n) for n in subject.facts)
    ).where(
        attributes.centre_id == centre_id,
        col(attributes.superseded_at).is_(None),
        # With what ended that day: a change undone joins it again.
        or_(col(attributes.until_on).is_(None), col(attributes.until_on) >= since),
    )
    if ids is not None:
        entries, facts = entries.where(row.id.in_(ids)), facts.where(of.in_(ids))
    spans: dict[str, list[TimeSpan]] = defaultdict(list)
    for owner, id, from_on, until_on, *values in session.connection().execute(facts.order_by(of, attributes.from_on)):
        spans[owner].append(TimeSpan(from_on, until_on, dict(zip(subject.facts, values, strict=True)), id))
    found = session.connection().execute(entries.order_by(row.code))
    return [
        RosterEntry(id, revision, dict(zip(subject.identity, identity, strict=True)), spans[id])
        for id, revision, *identity in found
    ]
