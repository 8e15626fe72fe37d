"""One policy's half of a comparison, as it is kept: a worker that goes on with a back-test need not play it again."""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np

from dispatch.domain.period import Period
from dispatch.domain.record import Record
from dispatch.simulation.backtest.measures import Figures, Weekly, figures_of, week_of, weeks_of
from dispatch.simulation.replay.play import Played


class Part(NamedTuple):
    """Figures of every week in which a case was granted, and which weeks are over."""

    figures: Figures
    due: tuple[date, ...]
    past: str
    """Digest of the past it was played on; parts of two pasts are not compared."""

    @classmethod
    def of(cls, played: Played, past: str) -> "Part":
        """Return what is kept of a period that was played."""
        granted = sorted({week_of(played, file) for file in played.files.values()})
        return cls(figures_of(played, granted), tuple(weeks_of(played)), past)

    def over(self, weeks: Sequence[date]) -> Figures:
        """Return the figures of these weeks alone; one without a grant has none."""
        place = {week: k for k, week in enumerate(self.figures.weeks)}
        known = [(k, place[week]) for k, week in enumerate(weeks) if week in place]
        picked = [self.figures.measures, self.figures.hours_of, self.figures.quality_of]
        measures, hours_of, quality_of = ({code: _pick(each, known, len(weeks)) for code, each in table.items()}
                                          for table in picked)  # fmt: skip
        credit = np.zeros((len(weeks), self.figures.credit.shape[1]))
        for to, at in known:
            credit[to] = self.figures.credit[at]
        return Figures(tuple(weeks), measures, _counted(hours_of), _counted(quality_of), credit, self.figures.people)

    def to_bytes(self) -> bytes:
        """Return the part as it is stored."""
        document = self.figures._asdict() | {"due": self.due, "past": self.past}
        return zlib.compress(json.dumps(document, default=_plain).encode())

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Part":
        """Read a stored part back, number by number the same."""
        document = json.loads(zlib.decompress(stored))
        tables = {name: {code: _weekly(pair) for code, pair in document[name].items()}
                  for name in ("measures", "hours_of", "quality_of")}  # fmt: skip
        people = tuple(document["people"])
        credit = np.array(document["credit"], float).reshape(len(document["weeks"]), len(people))
        weeks, due = (tuple(map(date.fromisoformat, document[name])) for name in ("weeks", "due"))
        return cls(Figures(weeks=weeks, credit=credit, people=people, **tables), due, document["past"])


def digest_of(period: Period, record: Record) -> str:
    """Return what a recorded past is known by; the same on every machine, in whatever order it was read."""
    lines = [repr(period)]
    for field in fields(record):
        value: Any = getattr(record, field.name)
        lines += [field.name, *_lines(value)]
    return sha256("\n".join(lines).encode()).hexdigest()


def _lines(value: Any) -> list[str]:
    items: Iterable[Any] = (
        value.items() if isinstance(value, dict) else value if hasattr(value, "__iter__") else [value]
    )
    return sorted(map(repr, items))


def _pick(weekly: Weekly, known: Sequence[tuple[int, int]], weeks: int) -> Weekly:
    picked = Weekly(np.zeros(weeks), np.zeros(weeks))
    for to, at in known:
        picked.above[to], picked.below[to] = weekly.above[at], weekly.below[at]
    return picked


def _counted(table: dict[str, Weekly]) -> dict[str, Weekly]:
    return {code: weekly for code, weekly in table.items() if weekly.below.any()}


def _weekly(pair: Sequence[Sequence[float]]) -> Weekly:
    above, below = (np.array(each, float) for each in pair)
    return Weekly(above, below)


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value.isoformat()
