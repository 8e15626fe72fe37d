"""The pace of a policy: which modes follow each other in what time, and when things happen automatically."""

from datetime import time
from typing import Self

from pydantic import Field, model_validator

from dispatch.domain.policy.document import MAX_HOURS, Document, Text
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import Matter, ModeName


class Step(Document):
    """One mode of a chain and how long it may take; the last step needs no window.

    In point selection it is the time to choose; asking the wishes follows it.
    """

    mode: ModeName
    hours: float | None = Field(default=None, gt=0, le=MAX_HOURS)


class Chain(Document):
    """The modes tried in turn for one class of cases; the first chain that fits is taken."""

    code: Text
    zh: Text
    en: Text
    matters: tuple[Matter, ...] = tuple(Matter)
    detained: bool = False
    """Only for detained recipients."""
    closed: bool = False
    """Only for minors', sexual-assault and secret cases, which never enter the board."""
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def guarded(self) -> Self:
        """Refuse a chain that would open a closed case to the board."""
        if self.closed and any(step.mode is ModeName.GRAB for step in self.steps):
            raise UnfitError(
                "未成年人、性侵害、涉密案件不进入抢单大厅",
                "minors', sexual-assault and secret cases never enter the board",
            )
        return self


class Walk(Document):
    """How chains are walked. Office hours are those of ``runs``, on working days."""

    start_on_grant: bool = False
    """Put every granted case on its chain at once; otherwise an officer does, or cases wait for a run."""
    answer_hours: float = Field(default=8, gt=0, le=MAX_HOURS)
    """Office hours to answer an offer; never longer than its step."""
    wish_hours: float = Field(default=0.5, ge=0.25, le=MAX_HOURS)
    """Least office hours each wish is asked for, even at the cost of the steps between; fewer wishes are asked else."""
    offers_at_once: int = Field(default=1, ge=1, le=20)
    """How many are asked at the same time in the rotation; the first to accept has the case."""
    ask_after_runs: bool = False
    """Let a run's proposals be offered before they become assignments."""
    reserve_hours: float = Field(default=8, gt=0, le=MAX_HOURS)
    """Office hours kept for the last step: earlier windows end before them."""
    escalate_hours: float = Field(default=4, gt=0, le=MAX_HOURS)
    """Office hours before the deadline at which the manager is called."""
    direct_below_hours: float = Field(default=24, ge=0, le=MAX_HOURS)
    """With fewer hours left a case goes straight to the last step."""

    @model_validator(mode="after")
    def in_time(self) -> Self:
        """Refuse to call the manager before the last step has begun, and a least time above the usual one."""
        if self.wish_hours > self.answer_hours:
            raise UnfitError(
                "每名点援人员的最短征询时间不应长于征询答复时限",
                "the least time for a wish is no longer than the time to answer an offer",
            )
        if self.escalate_hours > self.reserve_hours:
            raise UnfitError(
                "提请负责人的时间应在为最后环节预留的时间之内",
                "the manager is called within the time kept for the last step",
            )
        return self


class Nightly(Document):
    """How far the nightly check of the register looks ahead, in calendar days."""

    assessment_days: int = Field(default=60, ge=0, le=366)
    """An annual assessment on record that runs out within so many days is named."""
    absence_days: int = Field(default=7, ge=0, le=366)
    """A leave or suspension that ends within so many days is named."""


class OwnLeave(Document):
    """How much leave people report themselves; what is more waits for an officer to agree."""

    days: int = Field(default=30, ge=0, le=366)
    """Working days of a year ahead, hours of a day counted as its parts."""
    reports: int = Field(default=20, ge=1, le=100)
    """Leaves of one person that are not over; as many may wait besides."""


class Runs(Document):
    """When runs start automatically, in office hours; on request they start at any time."""

    every_minutes: int | None = Field(default=15, ge=1, le=1440)
    """A granted case waits no longer for a run; none where runs come by button only."""
    opens: time = time(8, 30)
    """Where it is not before ``closes``, the office is always open, on holidays too."""
    closes: time = time(18, 0)
