"""The roster's book: what changes is gathered, told, and written in a few statements; nothing is rewritten."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session

from dispatch.domain.roster.timeline import TimeSpan, rewriting
from dispatch.domain.roster.words import RosterAct
from dispatch.domain.texts import code_key, name_key
from dispatch.registry.roster.entries import RosterEntry, Subject
from dispatch.registry.tables import RosterChangeRow
from dispatch.registry.tables.columns import new_id

STEP = 2_000
Facts = Mapping[str, Any]


class ReportedChange(NamedTuple):
    """What the history is told of a change: facts before and after, and sealed what is a person's own."""

    act: RosterAct
    from_on: date
    before: Facts
    after: Facts
    sealed: bytes | None = None
    reason: str | None = None


class Book:
    """What a transaction writes into the roster of a centre, gathered before anything is written."""

    def __init__(self, subject: Subject, centre_id: str, now: datetime, actor_id: str | None) -> None:
        self._subject, self._centre_id, self._now, self._actor_id = subject, centre_id, now, actor_id
        self._added: list[dict[str, Any]] = []
        self._changed: list[dict[str, Any]] = []
        self._superseded: list[dict[str, Any]] = []
        self._closed: list[dict[str, Any]] = []
        self._opened: list[dict[str, Any]] = []
        self._reported: list[dict[str, Any]] = []

    def register(self, identity: Facts, facts: Facts, reported: ReportedChange) -> str:
        """Add an entry of which the facts are true from the day that is told; return its id."""
        id = new_id()
        kept = dict.fromkeys(self._subject.identity) | dict(identity)
        self._added.append({"id": id, "centre_id": self._centre_id, **kept, "revision": 1, "updated_at": self._now})
        self._open(id, [TimeSpan(reported.from_on, None, dict.fromkeys(self._subject.facts) | dict(facts))])
        self._report(id, reported)
        return id

    def rewrite(self, entry: RosterEntry, identity: Facts, spans: Sequence[TimeSpan], reported: ReportedChange) -> None:
        """Let an entry be this from now on, and let these facts be true of it."""
        final = {**entry.identity, **identity}
        keys = {"name_key": name_key(final["name"]), "code_key": code_key(final["code"])}
        kept = {**keys, "revision": entry.revision + 1, "updated_at": self._now}
        self._changed.append({"row_id": entry.id, **final, **kept})
        plan = rewriting(entry.spans, spans)
        self._superseded += [{"row_id": id, "superseded_at": self._now} for id in plan.superseded]
        self._closed += [{"row_id": id, "until_on": until_on} for id, until_on in plan.closed]
        self._open(entry.id, plan.opened)
        self._report(entry.id, reported)

    def write(self, session: Session) -> None:
        """Write everything; rows end before others begin, because only one may say what is believed of a day."""
        row, attributes = self._subject.row, self._subject.attributes
        connection = session.connection()
        for statement, rows in (
            (insert(row), self._added),
            (_setting(row, (*self._subject.identity, "name_key", "code_key", "revision", "updated_at")), self._changed),
            (_setting(attributes, ("superseded_at",)), self._superseded),
            (_setting(attributes, ("until_on",)), self._closed),
            (insert(attributes), self._opened),
            (insert(RosterChangeRow), self._reported),
        ):
            for start in range(0, len(rows), STEP):
                connection.execute(statement, rows[start : start + STEP])

    def _open(self, id: str, spans: Sequence[TimeSpan]) -> None:
        about = {"centre_id": self._centre_id, self._subject.key: id, "recorded_at": self._now}
        self._opened += [
            {"id": new_id(), **about, "from_on": span.from_on, "until_on": span.until_on, **span.values}
            for span in spans
        ]

    def _report(self, id: str, reported: ReportedChange) -> None:
        whose = {"practitioner_id": None, "institution_id": None} | {self._subject.key: id}
        about = {"centre_id": self._centre_id, "actor_id": self._actor_id, "at": self._now}
        self._reported.append({**whose, **about, **reported._asdict()})


def _setting(table: Any, names: Sequence[str]) -> Any:
    return update(table).where(table.id == bindparam("row_id")).values({name: bindparam(name) for name in names})
