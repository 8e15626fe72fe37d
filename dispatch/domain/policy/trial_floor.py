"""What a back-test has to rest on before it carries a publication: weeks, cases and people, by the size of the centre.

The numbers are a choice of this service; no rule sets them. Six weeks are two above the fewest that have intervals.
"""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, NamedTuple

from dispatch.domain.errors import stated

YEAR = timedelta(days=365)
WEEKS_A_YEAR = 52
WEEKS = 6
MIN_CASES, MAX_CASES = 30, 500
MIN_PEOPLE, MAX_PEOPLE = 10, 200

RECORDED, SAMPLE = "recorded", "sample"
SOURCES = {RECORDED: ("本中心历史", "the centre's own past"), SAMPLE: ("示例城市", "the sample city")}


class CentreSize(NamedTuple):
    """How large a centre is: cases granted in the past year, weeks since the first of them, people on its list."""

    cases: int
    weeks: int
    people: int

    @property
    def has_past(self) -> bool:
        """Whether its own past is long enough to try a policy on."""
        return self.cases >= MIN_CASES and self.weeks >= WEEKS


class TrialFloor(NamedTuple):
    """The least a back-test rests on."""

    own_past: bool
    """Whether it has to be the centre's own; a new centre takes the sample city."""
    weeks: int
    cases: int
    people: int

    def lacks(self, basis: Mapping[str, Any]) -> bool:
        """Tell whether a back-test rests on less."""
        short = any(basis[name] < getattr(self, name) for name in ("weeks", "cases", "people"))
        return short or (self.own_past and basis["source"] != RECORDED)


def floor_of(size: CentreSize) -> TrialFloor:
    """Return the floor of a centre: its cases of so many weeks, and half of its people."""
    cases = _between(MIN_CASES, ceil(size.cases * WEEKS / WEEKS_A_YEAR), MAX_CASES)
    people = ceil(size.people / 2)
    if size.has_past:
        # Everyone on its list then is in it; a centre of three people has no ten.
        return TrialFloor(own_past=True, weeks=WEEKS, cases=cases, people=min(people, MAX_PEOPLE))
    return TrialFloor(own_past=False, weeks=WEEKS, cases=cases, people=_between(MIN_PEOPLE, people, MAX_PEOPLE))


def _between(least: int, value: int, most: int) -> int:
    return max(least, min(value, most))


OWN_PAST = stated(
    "请用本中心最近一年的案件试算（不填起止日期即为一年）",
    "try it on the centre's own past; a year of it, where the request leaves the days out",
)
NEW_CENTRE = stated(
    "本中心历史案件尚少，请用示例城市试算（`sample` 为 true，缺省规模即可；命令行为 `policy simulate --city`）",
    "this centre has little past: try it on the sample city (`sample` true, of the default size; `policy simulate "
    "--city` at the command line)",
)
