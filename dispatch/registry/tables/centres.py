"""Centres (a tree), their areas, users and access tokens."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from dispatch.domain.access.lives import PassKind
from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.tables.columns import Moment, centre_field, code_key_field, id_field, new_id, one_of

STAFF = text("role <> 'recipient'")
WAITING = text("decided_at IS NULL")


def _new_root() -> str:
    return new_id() + new_id()


class CentreRow(SQLModel, table=True):
    """A legal aid centre. ``revision`` grows with every change that a decision could see."""

    __tablename__ = "centre"
    __table_args__ = (UniqueConstraint("code_key", name="centre_code_key_once"),)

    id: str = id_field()
    parent_id: str | None = Field(default=None, foreign_key="centre.id", index=True)
    code: str = Field(unique=True, max_length=40)
    code_key: str = code_key_field()
    name: str = Field(max_length=120)
    level: CentreLevel = Field(sa_column=one_of(CentreLevel, "centre_level"))
    time_zone: str = Field(default="Asia/Shanghai", max_length=40)
    revision: int = 0
    checked_on: date | None = None
    """The local day whose nightly check of the register has been asked for."""
    draw_root: str = Field(default_factory=_new_root, max_length=64)
    """What the secrets of its draws follow from; never shown to anybody, and never changed."""
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
        UniqueConstraint("centre_id", "login_key", name="user_login_key_once"),
        CheckConstraint("(role = 'organ') = (organ IS NOT NULL)", name="user_organ"),
        # A user is made with every link, and none of them is ever listed.
        Index("user_listed", "centre_id", "login", "id", sqlite_where=STAFF, postgresql_where=STAFF),
    )

    id: str = id_field()
    centre_id: str = centre_field()
    login: str = Field(max_length=80)
    login_key: str = code_key_field("login")
    role: Role = Field(sa_column=one_of(Role, "user_role"))
    practitioner_id: str | None = Field(default=None, foreign_key="practitioner.id", index=True)
    institution_id: str | None = Field(default=None, foreign_key="institution.id")
    organ: str | None = Field(default=None, max_length=80)
    """The case organ someone acts for, named as its cases name it."""
    active: bool = True
    created_at: Moment


class TokenRow(SQLModel, table=True):
    """What lets a user in, kept only as its SHA-256: a program's token, a browser's session, or an invitation."""

    __tablename__ = "token"
    __table_args__ = (Index("token_age", "expires_at"),)

    id: str = id_field()
    user_id: str = Field(foreign_key="app_user.id", index=True)
    kind: PassKind = Field(default=PassKind.TOKEN, sa_column=one_of(PassKind, "token_kind"))
    label: str = Field(default="", max_length=40)
    """What the user calls it, to tell one from another."""
    digest: str = Field(unique=True, max_length=64)
    created_at: Moment
    expires_at: Moment
    revoked_at: Moment | None = None
    used_at: Moment | None = None
    """When something was last done in a session, to the minute."""
    idle_s: int | None = None
    """Seconds without anything done after which a session is over."""
    confirmed_at: Moment | None = None
    """When the password was last given in a session."""


class CredentialRow(SQLModel, table=True):
    """By what a user signs in: the password's Argon2id hash, the authenticator's sealed secret, codes for its loss."""

    __tablename__ = "credential"

    user_id: str = Field(foreign_key="app_user.id", primary_key=True, max_length=32)
    password: str | None = Field(default=None, max_length=200)
    changed_at: Moment
    totp: bytes | None = None
    totp_step: int = Field(default=0, sa_type=BigInteger)
    """Step of the last code that was used: none is good twice."""
    recovery: bytes | None = None
    """Codes for the loss of the authenticator that were not used yet, sealed."""


class IdentityRow(SQLModel, table=True):
    """By whose word a user comes in without a password: a subject of an identity provider, sealed, found by a hash."""

    __tablename__ = "identity"

    id: str = id_field()
    user_id: str = Field(foreign_key="app_user.id", index=True, max_length=32)
    issuer: str = Field(max_length=255)
    digest: str = Field(unique=True, max_length=64)
    """Keyed hash of issuer and subject: nobody is two users by one identity."""
    sealed: bytes
    bound_at: Moment
    bound_by: str = Field(foreign_key="app_user.id", max_length=32)


class GuessRow(SQLModel, table=True):
    """Failures at a login, from one source or from anywhere; which, is told by a keyed hash only."""

    __tablename__ = "guess"
    __table_args__ = (Index("guess_age", "last_at"),)

    key: str = Field(primary_key=True, max_length=64)
    failures: int = 0
    last_at: Moment
    good_at: Moment | None = None
    """When somebody last signed in so, with success."""


class ConfirmationRow(SQLModel, table=True):
    """A manager whom an administrator would let in, and what another manager says to it."""

    __tablename__ = "confirmation"
    __table_args__ = (
        Index("confirmation_waiting", "centre_id", "asked_at", "id", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: str = id_field()
    centre_id: str = Field(foreign_key="centre.id", max_length=32)
    user_id: str = Field(foreign_key="app_user.id", max_length=32)
    asked_by: str = Field(foreign_key="app_user.id", max_length=32)
    asked_at: Moment
    decided_by: str | None = Field(default=None, foreign_key="app_user.id", max_length=32)
    decided_at: Moment | None = None
    approved: bool | None = None
