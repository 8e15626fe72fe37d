"""Who is away in a period, as it was drawn or recorded: leave, suspensions, and the days off the register."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from dispatch.domain.docket.absence import ONE_DAY, Absence, Days, Stay, away_days, gone_days, overlap, takes_cases
from dispatch.domain.period import House, Period


class Absences:
    """What is still to come or under way on a day; asked for by every question that is put on it."""

    def __init__(self, absences: Sequence[Absence]) -> None:
        self._absences = absences
        self._day: date | None = None
        self._coming: Sequence[Absence] = ()
        self._until: dict[date, Mapping[str, Sequence[Absence]]] = {}

    def between(self, today: date, until: date) -> Mapping[str, Sequence[Absence]]:
        """Return what keeps people and houses away at any time from today to that day, by whom."""
        if self._day != today:
            self._day, self._until = today, {}
            self._coming = [each for each in self._absences if each.days[1] > today]
        if until not in self._until:
            found: dict[str, list[Absence]] = defaultdict(list)
            for absence in self._coming:
                if absence.from_on <= until:
                    found[absence.who].append(absence)
            self._until[until] = found
        return self._until[until]


def days_away(period: Period, first: date) -> Iterator[tuple[str, list[Days]]]:
    """Yield everyone's days away, joined, but those that were over when the period began."""
    houses = {house.id: gone_days(house.entered_on, house.left_on) for house in period.houses}
    own: dict[str, list[Absence]] = defaultdict(list)
    for absence in period.absences:
        own[absence.who].append(absence)
    for house in houses:
        houses[house] += [absence.days for absence in own[house]]
    stays: dict[str, list[Stay]] = defaultdict(list)
    for tenure in period.tenures:
        person = tenure.person
        days = overlap((tenure.from_on, tenure.until_on or date.max), (tenure.entered_on, date.max))
        taking = takes_cases(person.listed, person.capacity, person.monthly_capacity)
        stays[person.id].append(Stay(person.institution_id, days, taking))
    until = period.until.date() + ONE_DAY
    for id, found in stays.items():
        if spans := [span for span in away_days(found, own[id], houses, until) if span[1] > first]:
            yield id, spans


def is_registered(house: House, today: date) -> bool:
    """Tell whether an institution is on the register on a day."""
    return (house.entered_on is None or house.entered_on <= today) and (house.left_on is None or house.left_on > today)
