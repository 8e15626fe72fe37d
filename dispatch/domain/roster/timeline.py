"""What is true from when to when: a change holds until the next change of the same field, also one made in advance.

A correction is a change from a day that is past: it reaches as far as what was wrong did.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

Values = Mapping[str, Any]


class TimeSpan(NamedTuple):
    """What is true from a day until the day before another; ``id`` names the row that says so, if one does."""

    from_on: date
    until_on: date | None
    values: Values
    id: str | None = None


class Rewriting(NamedTuple):
    """How rows that said one thing come to say another: some end on another day, some go, some are new."""

    closed: Sequence[tuple[str, date | None]]
    superseded: Sequence[str]
    opened: Sequence[TimeSpan]


def in_force(spans: Sequence[TimeSpan], on: date) -> TimeSpan | None:
    """Return what is true on a day; None before the record begins."""
    return next((span for span in spans if span.from_on <= on and (span.until_on is None or on < span.until_on)), None)


def revised(spans: Sequence[TimeSpan], from_on: date, changes: Values, until_on: date | None = None) -> list[TimeSpan]:
    """
    Return the spans after a change from ``from_on`` on.

    Without ``until_on`` each field keeps its new value until it next changes anyhow. ``spans`` are in order, without
    gaps, the last without an end; ``from_on`` is not before the first.
    """
    cut = [*_cut([*_cut(spans, from_on)], until_on)]
    before = in_force(cut, from_on)
    assert before is not None, "nothing was recorded yet on that day"
    lasting, found = dict(changes), []
    for span in cut:
        if span.from_on >= from_on:
            lasting = {name: new for name, new in lasting.items() if _reaches(span, name, before, until_on)}
            span = _with_values(span, {**span.values, **lasting})
        found.append(span)
    return _joined(found)


def rewriting(old: Sequence[TimeSpan], new: Sequence[TimeSpan]) -> Rewriting:
    """Return what becomes of the rows of ``old`` so that they say ``new``."""
    rows = {span.from_on: span for span in old}
    closed, opened, kept = [], [], set()
    for span in new:
        row = rows.get(span.from_on)
        if row is None or row.values != span.values:
            opened.append(span)
            continue
        kept.add(row.id)
        if row.id and row.until_on != span.until_on:
            closed.append((row.id, span.until_on))
    return Rewriting(closed, [span.id for span in old if span.id and span.id not in kept], opened)


def _reaches(span: TimeSpan, name: str, before: TimeSpan, until_on: date | None) -> bool:
    return span.values[name] == before.values[name] if until_on is None else span.from_on < until_on


def _with_values(span: TimeSpan, values: Values) -> TimeSpan:
    return span if values == span.values else TimeSpan(span.from_on, span.until_on, values)


def _cut(spans: Sequence[TimeSpan], on: date | None) -> Iterator[TimeSpan]:
    for span in spans:
        if on is not None and span.from_on < on and (span.until_on is None or on < span.until_on):
            yield span._replace(until_on=on)
            yield TimeSpan(on, span.until_on, span.values)
        else:
            yield span


def _joined(spans: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Return the spans with neighbours that say the same as one."""
    joined: list[TimeSpan] = []
    for span in spans:
        if joined and joined[-1].values == span.values:
            joined[-1] = joined[-1]._replace(until_on=span.until_on)
        else:
            joined.append(span)
    return joined
