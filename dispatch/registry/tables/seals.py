"""With which secret the register is sealed."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from dispatch.registry.tables.columns import Moment


class SealRow(SQLModel, table=True):
    """The mark of the secret everything is sealed with; there is one row. A mark opens nothing."""

    __tablename__ = "seal"
    __table_args__ = (CheckConstraint("id = 1", name="seal_one"),)

    id: int = Field(default=1, primary_key=True)
    mark: str = Field(max_length=64)
    next_mark: str | None = Field(default=None, max_length=64)
    """Of the secret everything is being sealed with anew; until that is done nobody reads or writes."""
    since: Moment
