"""Centres (a tree), their areas, users and access tokens."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.tables.columns import Moment, centre_field, id_field, one_of


class CentreRow(SQLModel, table=True):
    """A legal aid centre. ``revision`` grows with every change that a decision could see."""

    __tablename__ = "centre"

    id: str = id_field()
    parent_id: str | None = Field(default=None, foreign_key="centre.id", index=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=120)
    level: CentreLevel = Field(sa_column=one_of(CentreLevel, "centre_level"))
    time_zone: str = Field(default="Asia/Shanghai", max_length=40)
    revision: int = 0
    checked_on: date | None = None
    """The local day whose nightly check of the register has been asked for."""
    created_at: Moment

    def day_of(self, at: datetime) -> date:
        """Return the day of a moment in the centre's own calendar."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()


class AreaRow(SQLModel, table=True):
    """A county, district or postcode area of a centre."""

    __tablename__ = "area"
    __table_args__ = (CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="area_point_whole"),)

    centre_id: str = Field(foreign_key="centre.id", primary_key=True, max_length=32)
    code: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=120)
    latitude: float | None = None
    longitude: float | None = None


class UserRow(SQLModel, table=True):
    """Someone who may act. Practitioners and institution secretaries point at their row, case organs are named."""

    __tablename__ = "app_user"
    __table_args__ = (
        UniqueConstraint("centre_id", "login", name="user_login_once"),
        CheckConstraint("(role = 'organ') = (organ IS NOT NULL)", name="user_organ"),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    login: str = Field(max_length=80)
    role: Role = Field(sa_column=one_of(Role, "user_role"))
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id")
    organ: str | None = Field(default=None, max_length=80)
    """The case organ someone acts for, named as its cases name it."""
    active: bool = True
    created_at: Moment


class TokenRow(SQLModel, table=True):
    """A bearer token, kept only as its SHA-256."""

    __tablename__ = "token"

    id: str = id_field()
    user_id: str = Field(foreign_key="app_user.id", index=True)
    digest: str = Field(unique=True, max_length=64)
    created_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None
