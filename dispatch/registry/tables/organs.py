"""The catalogue of organs (办案机关目录): each organ once, with every name it goes by."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import OrganKind
from dispatch.registry.tables.columns import Moment, centre_field, id_field, one_of


class OrganRow(SQLModel, table=True):
    """A court, procuratorate, police or other organ that cases are before, or practitioners have served in."""

    __tablename__ = "organ"

    id: str = id_field()
    centre_id: str = centre_field()
    name: str = Field(max_length=80)
    """Its own name in full, which is one of its names."""
    kind: OrganKind | None = Field(default=None, sa_column=one_of(OrganKind, "organ_kind", nullable=True))
    area: str | None = Field(default=None, max_length=40)
    retired_at: Moment | None = None
    """Since when nobody chooses it any more; what names it still means it."""
    revision: int = 1
    updated_at: Moment


class OrganNameRow(SQLModel, table=True):
    """A name an organ goes by; no two organs of a centre share one."""

    __tablename__ = "organ_name"
    __table_args__ = (UniqueConstraint("centre_id", "key", name="organ_name_once"),)

    id: str = id_field()
    centre_id: str = centre_field()
    organ_id: str = Field(foreign_key="organ.id", index=True)
    name: str = Field(max_length=80)
    key: str = Field(max_length=80)
    """What its spellings share."""
