"""What several reports ask of a case: when its last seat was given, who has it, how good the match is."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dispatch.domain.lifecycle import LEFT_EARLY
from dispatch.domain.report_data import CaseLine, Label, ReportData, SeatLine
from dispatch.domain.vocabulary import ModeName, Status

HOUR = timedelta(hours=1)
POINTS = 10_000
"""Points of score to one of a hundred."""

LEFT = (*LEFT_EARLY, Status.REFUSED)
"""States in which a case without practitioner will never have one here."""


class Dispatched(NamedTuple):
    """A case to assign with what came of it; what has not happened, or is not known yet, is None."""

    case: CaseLine
    entitled_at: datetime
    filled_at: datetime | None
    """When its last seat was given the first time."""
    mode: ModeName | None
    """How the last standing seat came."""
    seats: tuple[SeatLine, ...]

    @property
    def hours(self) -> float | None:
        """Hours from the grant, or the notice, until the last seat was given the first time."""
        return (self.filled_at - self.entitled_at) / HOUR if self.filled_at else None

    @property
    def standing(self) -> Iterator[SeatLine]:
        """The assignments carried through, or still under way."""
        return (seat for seat in self.seats if seat.stands)

    @property
    def first_wish(self) -> bool | None:
        """Whether the one named first has the case; None where nobody was named."""
        if self.case.first_wish is None:
            return None
        return any(seat.practitioner_id == self.case.first_wish for seat in self.standing)


def dispatched(data: ReportData) -> list[Dispatched]:
    """Return the cases granted or notified in the period with what came of them."""
    seats: dict[str, list[SeatLine]] = defaultdict(list)
    for seat in data.seats:
        seats[seat.case_id].append(seat)
    return [_dispatched(case, seats[case.id]) for case in data.cases]


def month_of(data: ReportData, at: datetime) -> date:
    """Return the first day of the local month."""
    return at.astimezone(data.zone).date().replace(day=1)


def area_of(data: ReportData, code: str | None) -> Label:
    """Return an area with its name."""
    return data.areas.get(code or "", Label(code or "", "未登记", "unknown"))


def cause_of(data: ReportData, code: str) -> Label:
    """Return a cause with its name; one of an older catalogue keeps its code."""
    return data.causes.get(code, Label(code, code, code))


def quality_of(seats: Iterable[SeatLine]) -> list[float]:
    """Return the scores of matches in hundredths."""
    return [seat.score / POINTS for seat in seats if seat.score is not None]


def _dispatched(case: CaseLine, seats: list[SeatLine]) -> Dispatched:
    first: dict[int, datetime] = {}
    for seat in seats:
        first.setdefault(seat.seat, seat.assigned_at)
    filled = len(first) >= case.demand
    standing = [seat for seat in seats if seat.stands]
    return Dispatched(
        case=case,
        entitled_at=case.entitled_at or case.received_at,
        filled_at=max(first.values()) if filled else None,
        mode=standing[-1].mode if standing else None,
        seats=tuple(seats),
    )
