"""The trees over what is only ever added: a leaf for each entry, and the digests that were published."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from dispatch.domain.log.words import LogSource
from dispatch.registry.tables.columns import Moment, a_word

SERVICE = "service"
"""The log of requests that belong to no centre."""


class LogLeafRow(SQLModel, table=True):
    """The seal of one entry; the salt of its address may be forgotten, nothing else."""

    __tablename__ = "log_leaf"
    __table_args__ = (UniqueConstraint("source", "row_id", name="log_leaf_once"),)

    log: str = Field(primary_key=True, max_length=32)
    """The centre's id, or ``service``."""
    position: int = Field(primary_key=True)
    source: LogSource = Field(sa_column=a_word(LogSource))
    row_id: int
    hash: bytes
    salt: bytes
    address_salt: bytes | None = None
    address_mask: str | None = Field(default=None, max_length=64)
    """What the record has in place of the address."""


class LogNodeRow(SQLModel, table=True):
    """A whole subtree of 256 leaves, of 256 of them, and so on."""

    __tablename__ = "log_node"

    log: str = Field(primary_key=True, max_length=32)
    height: int = Field(primary_key=True)
    place: int = Field(primary_key=True)
    hash: bytes


class LogTreeRow(SQLModel, table=True):
    """How far a log is sealed, and the right edge of its tree; who seals locks this row, and nobody else does."""

    __tablename__ = "log_tree"

    log: str = Field(primary_key=True, max_length=32)
    size: int = 0
    frontier: bytes = b""
    """Hashes of the whole subtrees, the largest first."""
    sealed_at: Moment


class LogFloorRow(SQLModel, table=True):
    """Up to which number every entry of a source is sealed; what comes below it later was slipped in."""

    __tablename__ = "log_floor"

    source: LogSource = Field(sa_column=a_word(LogSource, key=True))
    floor: int = 0
    next: int = 0
    """Becomes the floor when nothing that was begun before ``since`` can still be written."""
    since: Moment


class LogHeadRow(SQLModel, table=True):
    """The digest of a log at the end of a day, as it was published; never changed."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("size >= 0", name="log_head_size"),)

    log: str = Field(primary_key=True, max_length=32)
    on: date = Field(primary_key=True)
    size: int
    root: bytes
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    at: Moment
