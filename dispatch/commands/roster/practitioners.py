"""Practitioners in bulk: compared in memory, written in a few statements, every change dated."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, changed, refused, require_known, require_sensible
from dispatch.domain.errors import DispatchError, UnknownReferenceError
from dispatch.exchange.columns import Kind
from dispatch.registry.docket.roster import read_day
from dispatch.registry.extracts import ATTRIBUTES, IDENTITY, list_institutions, list_practitioners
from dispatch.registry.tables import AttributesRow, CentreRow, PractitionerRow
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Transaction

STEP = 2_000
KNOWN_SHOWN = 20
KEPT = ("name", "entered_on", "listed")
"""A blank cell does not empty these."""

STATED = tuple(name for name in ATTRIBUTES if name != "institution_id")
Notify = Callable[[int, int], None]

# fmt: off
RENAME = (
    update(PractitionerRow).where(col(PractitionerRow.id) == bindparam("row_id"))
    .values({name: bindparam(name) for name in IDENTITY}
            | {"revision": bindparam("revision"), "updated_at": bindparam("updated_at")})
)
CLOSE = (
    update(AttributesRow).where(col(AttributesRow.id) == bindparam("row_id"))
    .values(until_on=bindparam("until_on"))
)
# With an id of its own: what was once said under an id stays what it says.
REPLACE = (
    update(AttributesRow).where(col(AttributesRow.id) == bindparam("row_id"))
    .values({name: bindparam(name) for name in ATTRIBUTES} | {"id": bindparam("new_id")})
)
# fmt: on


class ChangeDay(NamedTuple):
    """When the changes are made, as an instant and as the centre's date."""

    now: datetime
    today: date


class Changes:
    """What a bulk change adds and closes, gathered before anything is written."""

    def __init__(self, centre_id: str, day: ChangeDay) -> None:
        self._centre_id, self._day = centre_id, day
        self._added: list[dict[str, Any]] = []
        self._opened: list[dict[str, Any]] = []
        self._renamed: list[dict[str, Any]] = []
        self._closed: list[dict[str, Any]] = []
        self._replaced: list[dict[str, Any]] = []

    def add(self, row: Row, stated: Row) -> str:
        """Add a practitioner who is new to the register; return their id."""
        id = new_id()
        entered_on = row.get("entered_on") or self._day.today
        self._added.append(
            {
                "id": id,
                "centre_id": self._centre_id,
                "code": row["code"],
                **{name: row.get(name) for name in IDENTITY},
                "entered_on": entered_on,
                "revision": 1,
                "updated_at": self._day.now,
            }
        )
        self._open(id, stated, self._day.today)
        return id

    def change(self, there: Row, identity: Row, stated: Row) -> None:
        """Change one who is there: a new name at once, other attributes from today on."""
        final = {name: there[name] for name in IDENTITY} | dict(identity)
        revision = {"revision": there["revision"] + 1, "updated_at": self._day.now}
        self._renamed.append({"row_id": there["id"], **final, **revision})
        if not stated:
            return
        merged = {name: there[name] for name in ATTRIBUTES} | dict(stated)
        start = max(self._day.today, there["from_on"])
        if (there["from_on"], there["recorded_at"]) == (start, self._day.now):
            # Nobody can have decided on a state that lasted no time.
            self._replaced.append({"row_id": there["attributes_id"], "new_id": new_id(), **merged})
            return
        self._closed.append({"row_id": there["attributes_id"], "until_on": start})
        self._open(there["id"], merged, start)

    def write(self, session: Session) -> None:
        """Write everything; closing comes before opening, because only one state may be open."""
        connection = session.connection()
        for statement, rows in (
            (insert(PractitionerRow), self._added),
            (RENAME, self._renamed),
            (CLOSE, self._closed),
            (REPLACE, self._replaced),
            (insert(AttributesRow), self._opened),
        ):
            for start in range(0, len(rows), STEP):
                connection.execute(statement, rows[start : start + STEP])

    def _open(self, practitioner_id: str, stated: Row, from_on: date) -> None:
        self._opened.append(
            {
                "id": new_id(),
                "centre_id": self._centre_id,
                "practitioner_id": practitioner_id,
                "from_on": from_on,
                "until_on": None,
                "recorded_at": self._day.now,
                **stated,
            }
        )


def upsert_practitioners(
    tx: Transaction, centre: CentreRow, rows: Sequence[Row], now: datetime, notify: Notify | None = None
) -> list[Upsert]:
    """Add or change practitioners by their code; what a row does not mention stays as it is."""
    there = {record["code"]: record for record in list_practitioners(tx.session, centre.id)}
    firms = {record["code"]: record["id"] for record in list_institutions(tx.session, centre.id)}
    changes = Changes(centre.id, ChangeDay(now, read_day(tx.session, centre.id, now).today))
    fates = []
    for done, row in enumerate(rows):
        if notify and done % STEP == 0:
            notify(done, len(rows))
        try:
            fates.append(_upsert(changes, there.get(row["code"]), firms, row))
        except DispatchError as error:
            fates.append(refused(error))
    changes.write(tx.session)
    return fates


def _upsert(changes: Changes, there: Row | None, firms: Mapping[str, str], row: Row) -> Upsert:
    require_known(Kind.PRACTITIONERS, row)
    firm = {"institution_id": _firm(firms, row["institution"])} if "institution" in row else {}
    if there is None:
        stated = dict.fromkeys(STATED) | {name: row[name] for name in STATED if name in row} | firm
        stated["listed"] = row.get("listed") is not False
        require_sensible(Kind.PRACTITIONERS, row)
        return Upsert(Fate.CREATED, changes.add(row, stated))
    identity = changed(there, row, IDENTITY, KEPT)
    attributes = changed(there, {**row, **firm}, ATTRIBUTES, KEPT)
    if not identity and not attributes:
        return Upsert(Fate.UNCHANGED, there["id"])
    require_sensible(Kind.PRACTITIONERS, {**there, **identity, **attributes})
    changes.change(there, identity, attributes)
    return Upsert(Fate.UPDATED, there["id"])


def _firm(firms: Mapping[str, str], code: str) -> str:
    if code not in firms:
        raise UnknownReferenceError(field="institution", value=code, known=sorted(firms)[:KNOWN_SHOWN])
    return firms[code]
