"""A policy as a person reads it or fills it in: groups, rows of lists, and every single value with what it may be."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from dispatch.domain.errors import stated
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.policy.diff import BY_KEY, LANGUAGES, Path, PathKey, name_of, words_of
from dispatch.domain.policy.fields import FIELDS, NUMBERS, PolicyField, Unit
from dispatch.domain.policy.json_schema import BRANCHES, fields_of, policy_schema
from dispatch.domain.policy.schema import Policy

LONG = frozenset({"causes"})
"""Lists too long to be read on a page: they are told by how many there are."""

ELSEWHERE = frozenset({"name", "title_zh", "title_en", "note_zh", "note_en", "sources", "deadlines.source"})
"""What heads a policy, or is given beside each value as its source."""

SEVERAL = {"zh": "、", "en": ", "}

NAMED = frozenset({"chains.code", "chains.zh", "chains.en"})
"""What a row of a list is called by."""


class FieldLimits(NamedTuple):
    """What a value may be: from ``least``, or from above ``above``, to ``most``; whole, left out, or several."""

    least: float | None
    above: float | None
    most: float | None
    whole: bool
    optional: bool
    several: bool


class PolicyValue(NamedTuple):
    """A value of a policy; ``name`` is its place, by which a form and a fault name it: ``chains.0.steps.1.hours``."""

    name: str
    path: Path
    value: Any
    title: dict[str, str]

    @property
    def row(self) -> PolicyField:
        """What is known of the field: its unit, its help, its words."""
        return FIELDS[name_of(self.path)]

    @property
    def limits(self) -> FieldLimits:
        """What it may be."""
        return limits()[name_of(self.path)]

    @property
    def words(self) -> dict[str, str]:
        """What it says, in both languages; of several numbers the unit is told once."""
        if self.row.unit is Unit.CLOCK:
            return dict.fromkeys(LANGUAGES, self.value[:5])
        if isinstance(self.value, list) and is_number(self.row):
            first = [f"{each:,}" for each in self.value[:-1]]
            return {
                language: SEVERAL[language].join([*first, words_of(self.path, self.value[-1], language)])
                for language in LANGUAGES
            }
        return {language: words_of(self.path, self.value, language) for language in LANGUAGES}


class PolicyPart(NamedTuple):
    """A group of values, or a row of a list, with what is below it."""

    name: str
    row: PolicyField
    title: dict[str, str]
    values: list[PolicyValue]
    parts: list["PolicyPart"]


def outline_of(policy: Policy) -> list[PolicyPart]:
    """Return everything a policy says by its groups, in the order of the table of fields."""
    document = policy.model_dump(mode="json")
    names = [path for path in FIELDS if "." not in path and path not in ELSEWHERE | LONG]
    return [_part((name,), name, _titled(FIELDS[name]), document[name]) for name in names]


def values_of(parts: list[PolicyPart]) -> Iterator[PolicyValue]:
    """Yield every value of some parts, with those below them."""
    for part in parts:
        yield from part.values
        yield from values_of(part.parts)


@cache
def limits() -> Mapping[str, FieldLimits]:
    """Return what each field may be, by its path."""
    return {path: _limits(field) for path, field in fields_of(policy_schema())}


def _limits(field: Mapping[str, Any]) -> FieldLimits:
    inner = [field[name] for name in ("items", "additionalProperties") if name in field]
    kinds = [field, *inner, *(kind for name in BRANCHES for kind in field.get(name, ()))]

    def first(name: str) -> Any:
        return next((kind[name] for kind in kinds if name in kind), None)

    types = {kind.get("type") for kind in kinds}
    return FieldLimits(
        least=first("minimum"),
        above=first("exclusiveMinimum"),
        most=first("maximum"),
        whole="number" not in types,
        optional="null" in types,
        several=field.get("type") == "array",
    )


def _part(path: Path, name: str, title: dict[str, str], found: Any) -> PolicyPart:
    """Return a group, a table or a list of rows; a plain value is a group of its own."""
    row, values, parts = FIELDS[name_of(path)], [], []
    if not isinstance(found, dict) and not _rows(found):
        return PolicyPart(name, row, title, [PolicyValue(name, path, found, title)], [])
    for at, below, each, called in _below(path, found):
        if name_of(below) in ELSEWHERE | NAMED:
            continue
        place = f"{name}.{at}"
        if isinstance(each, dict) or _rows(each):
            parts.append(_part(below, place, called, each))
        else:
            values.append(PolicyValue(place, below, each, called))
    return PolicyPart(name, row, title, values, parts)


def _below(path: Path, found: Any) -> Iterator[tuple[str | int, Path, Any, dict[str, str]]]:
    """Yield what is below a place: where, its path, what it says and what it is called."""
    if isinstance(found, list):
        for at, each in enumerate(found):
            numbered = stated(f"第{at + 1}项", f"no. {at + 1}")
            yield at, path, each, {one: each[one] for one in LANGUAGES} if "code" in each else numbered
    elif name_of(path) in BY_KEY and not isinstance(path[-1], PathKey):
        row = FIELDS[name_of(path)]
        known = {word.value: stated(word.zh, word.en) for word in row.words or ()}
        known |= {code: stated(limit.zh, limit.en) for code, limit in DEADLINES.items()}
        for key, each in found.items():
            yield key, (*path, PathKey(key)), each, known[key]
    else:
        for key, each in found.items():
            yield key, (*path, key), each, _titled(FIELDS[name_of((*path, key))])


def _rows(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and isinstance(found[0], dict)


def _titled(row: PolicyField) -> dict[str, str]:
    return stated(row.zh, row.en)


def is_number(row: PolicyField) -> bool:
    """Whether a field is a number or some of them."""
    return row.unit in NUMBERS or row.unit is Unit.COUNT
