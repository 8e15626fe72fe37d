"""A docket as JSON: the facts, the policy and the seed, in one canonical form."""

import json
import re
import types
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from dispatch.domain.docket.facts import DocketFacts, PractitionerFacts
from dispatch.domain.errors import DispatchError, UnreadableFileError, stated
from dispatch.domain.policy.schema import Policy

FORMAT = "legal-aid docket 1"
PARTS = {"format", "seed", "policy", "facts"}

FILE_LIMIT = 2**28
"""Bytes of a docket file: a nation of 50,000 cases and 150,000 practitioners fits."""

NUMBER_LIMIT = 2**31
"""Numbers of facts are below this in size, in any unit they are kept in."""

SEED_LIMIT = 2**63
FRACTION = re.compile(r"-?\d{1,30}(/0*[1-9]\d{0,29})?")
YEARS = range(1900, 3000)
"""Moments outside these cannot be moved between time zones, or are slips of the pen."""


def docket_to_json(facts: DocketFacts, policy: Policy, seed: int) -> bytes:
    """Return the docket as canonical JSON: the same docket has the same bytes on every machine."""
    document = {"format": FORMAT, "seed": seed, "policy": policy.to_document(), "facts": plain(facts)}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def docket_from_json(content: bytes) -> tuple[DocketFacts, Policy, int]:
    """
    Return the facts, the policy and the seed of a docket file.

    Raises
    ------
    UnreadableFileError
        If the file is no docket; the reason names the fault, never a value of it.
    """
    try:
        document = parse(content)
        if not isinstance(document, dict) or document.get("format") != FORMAT or document.keys() != PARTS:
            raise ValueError(f"it is not in the form {FORMAT!r}")
        seed = require_below(SEED_LIMIT, require(int, document["seed"]))
        facts = reviver(DocketFacts)(document["facts"])
        require_levels(facts.practitioners)
        return facts, Policy.from_document(document["policy"]), seed
    except DispatchError as fault:
        raise UnreadableFileError(
            reason=stated("其中指派方案的数值超出允许范围", "the policy in it breaks its bounds"), **fault.facts
        ) from None
    except RecursionError:
        raise UnreadableFileError(reason=stated("嵌套层数过多", "it is nested too deeply")) from None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise UnreadableFileError(
            reason=stated("内容不符合数据快照的格式", f"it is no docket ({type(fault).__name__}: {fault})")
        ) from None


def require_levels(people: Iterable[PractitionerFacts]) -> None:
    """Refuse a level that is not 0 to 100: scores are sums of levels and have no room for others."""
    for person in people:
        levels = (*(person.specialties or {}).values(), *(person.experience or {}).values(), person.quality or 0)
        if min(levels) < 0 or max(levels) > 100:
            raise ValueError("a level from 0 to 100 was expected")


def parse(content: bytes) -> Any:
    """Return the value of a JSON text in UTF-8 that names no key twice and knows no infinity."""
    if len(content) > FILE_LIMIT:
        raise ValueError(f"it is larger than {FILE_LIMIT} bytes")
    return json.loads(content.decode(), object_pairs_hook=unique, parse_constant=no_number)


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, or raise ValueError if it names a key twice."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object names a key twice")
    return found


def no_number(constant: str) -> Any:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise ValueError(f"{constant} is no number")


def plain(value: Any) -> Any:
    """Return a record as JSON values, fields at their default left out."""
    if is_dataclass(value):
        parts = ((name, getattr(value, name), default) for name, default in defaults(value.__class__))
        return {name: plain(part) for name, part, default in parts if part != default}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    return [plain(part) for part in value] if isinstance(value, tuple) else value


@cache
def defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return each field of a record and its default."""
    return tuple((part.name, () if part.default_factory is not MISSING else part.default) for part in fields(kind))


Reviver = Callable[[Any], Any]


@cache
def reviver(kind: Any) -> Reviver:
    """Return what turns a JSON value into a `kind`: made once a type, used for every field of it."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is types.UnionType:
        inner = reviver(next(part for part in parts if part is not type(None)))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        member = reviver(parts[0])
        return lambda value: tuple(map(member, require(list, value)))
    if origin is dict:
        member = reviver(parts[1])
        return lambda value: {text(key): member(item) for key, item in require(dict, value).items()}
    if is_dataclass(kind):
        return record_reviver(kind)
    if kind in SCALARS:
        return SCALARS[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return word_reviver(kind)
    return lambda value: require(origin or kind, value)


def word_reviver(kind: type[StrEnum]) -> Reviver:
    """Return what turns a text into a word of a vocabulary."""
    words = {word.value: word for word in kind}

    def revive(value: Any) -> StrEnum:
        if value not in words:
            raise ValueError(f"a {kind.__name__} was expected")
        return words[value]

    return revive


def day(value: Any) -> date:
    """Return the day of an ISO text."""
    try:
        return date.fromisoformat(require(str, value))
    except ValueError:
        raise ValueError("a day was expected") from None


def moment(value: Any) -> datetime:
    """Return the moment of an ISO text with its offset."""
    try:
        found = datetime.fromisoformat(require(str, value))
    except ValueError:
        raise ValueError("a moment was expected") from None
    if found.tzinfo is None or found.year not in YEARS:
        raise ValueError(f"a moment with its offset, from {YEARS[0]} to {YEARS[-1]}, was expected")
    return found


def fraction(value: Any) -> Fraction:
    """Return the fraction of a text such as 3/4."""
    if not FRACTION.fullmatch(require(str, value)):
        raise ValueError("a fraction of whole numbers was expected")
    return Fraction(value)


def text(value: Any) -> str:
    """Return a text of whole characters."""
    try:
        require(str, value).encode()
    except UnicodeError:
        raise ValueError("half of a character is no text") from None
    return cast(str, value)


def real(value: Any) -> float:
    """Return a finite number; one written without a point counts too."""
    return float(require_below(NUMBER_LIMIT, value if type(value) is int else require(float, value)))


def require_below(limit: int, value: Any) -> Any:
    """Return a number smaller in size than the limit."""
    if not -limit < value < limit:
        raise ValueError(f"a number below {limit} in size was expected")
    return value


SCALARS: dict[Any, Reviver] = {
    date: day,
    datetime: moment,
    Fraction: fraction,
    str: text,
    float: real,
    int: lambda value: require_below(NUMBER_LIMIT, require(int, value)),
}


def record_reviver(kind: Any) -> Reviver:
    """Return what turns a JSON object into a record."""
    revivers = {name: reviver(part) for name, part in get_type_hints(kind).items()}
    return lambda value: kind(**{name: revivers[name](part) for name, part in value.items()})


def require(kind: type, value: Any) -> Any:
    """Return a value of exactly this type; true is no whole number."""
    if type(value) is not kind:
        raise TypeError(f"a {kind.__name__} was expected")
    return value
