"""A docket as JSON: the facts, the policy and the seed, in one canonical form."""

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from dispatch.domain.docket.facts import DocketFacts
from dispatch.domain.errors import DispatchError, UnreadableFileError
from dispatch.domain.policy.schema import Policy

FORMAT = "legal-aid docket 1"


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
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError(f"it is not in the form {FORMAT!r}")
        policy = Policy.from_document(document["policy"])
        return reviver(DocketFacts)(document["facts"]), policy, int(document["seed"])
    except DispatchError as fault:
        raise UnreadableFileError(reason="the policy in it breaks its bounds", **fault.facts) from None
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise UnreadableFileError(reason=f"{type(fault).__name__}: {fault}") from None


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
    if is_dataclass(kind):
        return record_reviver(kind)
    if kind in (datetime, date):
        return cast(Reviver, kind.fromisoformat)
    if kind is Fraction:
        return lambda value: Fraction(require(str, value))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {word.value: word for word in kind}.__getitem__
    if kind is float:
        return lambda value: float(require(int, value)) if type(value) is int else require(float, value)
    return lambda value: require(origin or kind, value)


def record_reviver(kind: Any) -> Reviver:
    """Return what turns a JSON object into a record."""
    revivers = {name: reviver(part) for name, part in get_type_hints(kind).items()}
    return lambda value: kind(**{name: revivers[name](part) for name, part in value.items()})


def require(kind: type, value: Any) -> Any:
    """Return a value of exactly this type; true is no whole number."""
    if type(value) is not kind:
        raise TypeError(f"a {kind.__name__} was expected")
    return value
