"""Areas of a centre, by their codes: files bring them in, and nothing of them is dated."""

from collections.abc import Sequence

from sqlmodel import select

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Row, Upsert, changed, refused, require_known, require_sensible
from dispatch.commands.roster.registration import Batch
from dispatch.domain.errors import DispatchError
from dispatch.domain.texts import code_key
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AreaRow

AREA_FIELDS = ("name", "latitude", "longitude")


def upsert_areas(batch: Batch, rows: Sequence[Row]) -> list[Upsert]:
    """Add or change areas by their code.

    What a row does not mention stays as it is.
    """
    of_centre = select(AreaRow).where(AreaRow.centre_id == batch.centre_id)
    there = {code_key(area.code): area for area in batch.tx.session.exec(of_centre)}
    return [_upsert(batch, there.get(code_key(row["code"])), row) for row in rows]


def _upsert(batch: Batch, there: AreaRow | None, row: Row) -> Upsert:
    try:
        require_known(Kind.AREAS, row)
        if there is None:
            require_sensible(Kind.AREAS, row)
            stated = {field: row[field] for field in AREA_FIELDS if field in row}
            batch.tx.add(AreaRow(centre_id=batch.centre_id, code=row["code"], **stated))
            return Upsert(Fate.CREATED, row["code"])
        stored = there.model_dump()
        new = changed(stored, row, AREA_FIELDS, ("name",))
        require_sensible(Kind.AREAS, {**stored, **new})
    except DispatchError as error:
        return refused(error)
    for field, value in new.items():
        setattr(there, field, value)
    return Upsert(Fate.UPDATED if new else Fate.UNCHANGED, row["code"])
