"""Who alone may do something for a while."""

from sqlmodel import Field, SQLModel

from dispatch.registry.tables.columns import Moment


class LeaseRow(SQLModel, table=True):
    """A right one process holds until ``until``; ``beat_at`` is its last heartbeat."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=80)
    beat_at: Moment
    until: Moment
