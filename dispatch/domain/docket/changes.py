"""What differs between two dockets: by kind of fact and by number, never whom it is about."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple

from dispatch.domain.docket.facts import DocketFacts
from dispatch.domain.vocabulary import Term


# fmt: off
class DocketPart(Term):
    """What a docket is made of."""

    CASES         = "cases",         "案件",     "cases"
    PRACTITIONERS = "practitioners", "承办人员", "practitioners"
    INSTITUTIONS  = "institutions",  "法律援助承办机构", "institutions"
    AREAS         = "areas",         "地区",     "areas"
    PAIRS         = "pairs",         "案件与承办人员之间的事实", "facts about a case and a practitioner"


class Difference(Term):
    """How a part of a docket differs from an earlier one."""

    CAME    = "came",    "新增", "new"
    LEFT    = "left",    "减少", "gone"
    CHANGED = "changed", "变化", "changed"
# fmt: on


class DocketChange(NamedTuple):
    """How many of a kind came, left, or changed in one field."""

    part: DocketPart
    what: Difference
    field: str | None
    number: int


def changes(before: DocketFacts, after: DocketFacts) -> list[DocketChange]:
    """Return what differs, part by part; the moment of the docket is no fact of it."""
    return [change for part in DocketPart for change in _changes(part, before, after)]


def _changes(part: DocketPart, before: DocketFacts, after: DocketFacts) -> Iterator[DocketChange]:
    old, new = (_keyed(part, getattr(facts, part.value)) for facts in (before, after))
    for what, number in (
        (Difference.CAME, len(new.keys() - old.keys())),
        (Difference.LEFT, len(old.keys() - new.keys())),
    ):
        if number:
            yield DocketChange(part, what, None, number)
    moved = Counter(name for key in old.keys() & new.keys() for name in _differing(old[key], new[key]))
    yield from (DocketChange(part, Difference.CHANGED, name, number) for name, number in sorted(moved.items()))


def _keyed(part: DocketPart, records: Iterable[Any]) -> Mapping[Any, Any]:
    if part is DocketPart.PAIRS:
        return {record: record for record in records}
    return {record.code if part is DocketPart.AREAS else record.id: record for record in records}


def _differing(one: Any, other: Any) -> Iterator[str]:
    return (field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name))
