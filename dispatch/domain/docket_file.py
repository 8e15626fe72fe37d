"""A docket as JSON: the facts, the policy and the seed, in one canonical form."""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from dispatch.domain.errors import DispatchError, UnreadableFileError
from dispatch.domain.facts import DocketFacts
from dispatch.domain.policy import Policy

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
        return revived(DocketFacts, document["facts"]), policy, int(document["seed"])
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
    return [plain(part) for part in value] if isinstance(value, tuple) else value


@cache
def defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    """Return each field of a record and its default."""
    return tuple((part.name, () if part.default_factory is not MISSING else part.default) for part in fields(kind))


@cache
def hints(kind: type) -> Mapping[str, Any]:
    """Return the type of each field of a record."""
    return get_type_hints(kind)


def revived(kind: Any, value: Any) -> Any:
    """Return JSON values as the record type that they were."""
    if value is None and type(None) in get_args(kind):
        return None
    if get_origin(kind) is types.UnionType:
        return revived(next(part for part in get_args(kind) if part is not type(None)), value)
    if get_origin(kind) is tuple:
        return tuple(revived(get_args(kind)[0], part) for part in value)
    if is_dataclass(kind):
        types_of = hints(kind)  # type: ignore[arg-type]
        return kind(**{name: revived(types_of[name], part) for name, part in value.items()})  # type: ignore[operator]
    return revived_plain(kind, value)


def revived_plain(kind: Any, value: Any) -> Any:
    """Return one JSON value as the plain type that it was."""
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(value)
    wanted = get_origin(kind) or kind
    if wanted is float and isinstance(value, int):
        return float(value)
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise TypeError(f"a {wanted.__name__} was expected")
    return value
