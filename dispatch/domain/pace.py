"""The pace of a policy: which modes follow each other in what time, and when runs come by themselves."""

from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from dispatch.domain.calendar import WorkingDays
from dispatch.domain.document import Document
from dispatch.domain.vocabulary import Matter, ModeName


class Step(Document):
    """One mode of a chain and how long it may take; the last step needs no window."""

    mode: ModeName
    hours: float | None = Field(default=None, gt=0)


class Chain(Document):
    """The modes tried in turn for one class of cases; the first chain that fits is taken."""

    code: str
    zh: str
    en: str
    matters: tuple[Matter, ...] = tuple(Matter)
    detained: bool = False
    """Only for detained recipients."""
    closed: bool = False
    """Only for minors', sexual-assault and secret cases, which never enter an open hall."""
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def guarded(self) -> Self:
        """Refuse a chain that would open a closed case to the board."""
        if self.closed and any(step.mode is ModeName.GRAB for step in self.steps):
            raise ValueError("minors', sexual-assault and secret cases never enter an open hall")
        return self


class Runs(Document):
    """When runs come by themselves; by button they come at any time."""

    every_minutes: int | None = Field(default=15, ge=1, le=1440)
    """A granted case waits no longer for a run; none where runs come by button only."""
    opens: time = time(8, 30)
    closes: time = time(18, 0)

    def waited_since(self, now: datetime, time_zone: str, days: WorkingDays) -> datetime | None:
        """Return since when a case must have waited to make a run due now; None outside working hours."""
        local = now.astimezone(ZoneInfo(time_zone))
        if self.every_minutes is None or not days.is_working(local.date()):
            return None
        return now - timedelta(minutes=self.every_minutes) if self.opens <= local.time() < self.closes else None
