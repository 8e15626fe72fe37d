"""Centres and their areas."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlmodel import select

from dispatch.domain.vocabulary import CentreLevel
from dispatch.registry.tables import AreaRow, CentreRow
from dispatch.registry.transaction import Begin, Transaction


class Area(NamedTuple):
    """A county, district or postcode area, and the point it is measured from."""

    code: str
    name: str
    latitude: float | None = None
    longitude: float | None = None


def create_centre(
    begin: Begin,
    now: datetime,
    code: str,
    name: str,
    level: CentreLevel,
    areas: Sequence[Area] = (),
    parent_id: str | None = None,
    time_zone: str = "Asia/Shanghai",
) -> CentreRow:
    """Make sure that the centre with this code and its areas exist; one that is there keeps its name."""
    with begin() as tx:
        centre = tx.session.exec(select(CentreRow).where(CentreRow.code == code)).one_or_none()
        if centre is None:
            centre = tx.add(
                CentreRow(
                    code=code,
                    name=name,
                    level=level,
                    parent_id=parent_id,
                    time_zone=time_zone,
                    # Its register is checked first in the night to come.
                    checked_on=now.astimezone(ZoneInfo(time_zone)).date(),
                    created_at=now,
                )
            )
            tx.session.flush()
        _add_areas(tx, centre.id, areas)
        return centre


def _add_areas(tx: Transaction, centre_id: str, areas: Sequence[Area]) -> None:
    there = set(tx.session.exec(select(AreaRow.code).where(AreaRow.centre_id == centre_id)))
    for area in areas:
        if area.code not in there:
            tx.add(AreaRow(centre_id=centre_id, **area._asdict()))
