"""Entries of the roster in the words of a file: each field as it is filled in and shown, and read by the same door."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.validation import UnfitError
from dispatch.exchange.cells import CellLookups, is_unknown
from dispatch.exchange.columns import Column, Kind
from dispatch.exchange.faults import CellError
from dispatch.exchange.lookups import load_lookups
from dispatch.exchange.tables import TABLES
from dispatch.registry.tables import InstitutionRow, OrganRow, PractitionerRow
from dispatch.registry.transaction import Read


class EntryWords(NamedTuple):
    """The fields of one kind of entry, and how each is written for a reader and read from what was typed."""

    columns: Mapping[str, Column]
    lookups: CellLookups
    language: str

    def written(self, field: str, value: Any) -> str:
        """Return a value in words; nothing where it is unknown."""
        if value is None:
            return ""
        column = self.columns[field]
        try:
            # What a history kept as text, such as a day, is read first; a word out of use stays as it is.
            known = column.converter.read(value, self.lookups) if isinstance(value, str) else value
        except CellError:
            return str(value)
        if known == [] or known == {}:
            return "无" if self.language == "zh" else "none"
        return str(column.converter.write(known, self.lookups, self.language))

    def typed(self, field: str, value: Any) -> str:
        """Return a value as a form sends it: a code, yes or no, a day, or words."""
        single = self.columns[field].converter.single
        if single and isinstance(value, bool):
            return "true" if value else "false"
        if value is not None and (single or isinstance(value, date)):
            return str(value)
        return self.written(field, value)

    def read(self, field: str, text: str) -> Any:
        """Return what was typed in a field; nothing where it says that it is unknown."""
        if is_unknown(text):
            return None
        try:
            return self.columns[field].converter.read(text, self.lookups)
        except CellError as error:
            zh = "：".join(filter(None, (error.fault.zh, error.expected.zh)))
            en = ": ".join(filter(None, (error.fault.en, error.expected.en)))
            raise UnfitError(zh, en) from None


def entry_words(read: Read, actor: Actor, kind: Kind, language: str) -> EntryWords:
    """Return the words of a kind of entry at the actor's centre, also those that have gone out of use."""
    _require_roster(actor)
    with read() as session:
        lookups = load_lookups(session, actor.centre_id, retired=True)
    return EntryWords({column.field: column for column in TABLES[kind].columns}, lookups, language)


def people_named(read: Read, actor: Actor, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the code and the name of practitioners by id."""
    require(actor, Verb.READ_ROSTER)
    person = PractitionerRow
    wanted = select(person.id, person.code, person.name).where(
        person.centre_id == actor.centre_id, col(person.id).in_(ids)
    )
    with read() as session:
        return {id: (code, name) for id, code, name in session.exec(wanted)}


def houses_named(read: Read, actor: Actor, ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return the code and the name of institutions by id."""
    _require_roster(actor)
    house = InstitutionRow
    wanted = select(house.id, house.code, house.name).where(house.centre_id == actor.centre_id, col(house.id).in_(ids))
    with read() as session:
        return {id: (code, name) for id, code, name in session.exec(wanted)}


def organs_named(read: Read, actor: Actor, ids: Collection[str]) -> dict[str, str]:
    """Return the names of organs by id; one that was merged away has none."""
    require(actor, Verb.READ_ROSTER)
    wanted = select(OrganRow.id, OrganRow.name).where(OrganRow.centre_id == actor.centre_id, col(OrganRow.id).in_(ids))
    with read() as session:
        return dict(session.exec(wanted).all())


def _require_roster(actor: Actor) -> None:
    """Let pass those who may read the roster, or their own entries in it."""
    whole = Verb.READ_ROSTER in PERMISSIONS[actor.role]
    require(actor, Verb.READ_ROSTER if whole else Verb.READ_OWN_ROSTER)
