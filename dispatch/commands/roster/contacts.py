"""How to reach a practitioner and tell them apart: sealed like a party's data, opened for those who may read it."""

from collections.abc import Mapping
from typing import Any

from dispatch.domain.errors import SealBrokenError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb
from dispatch.registry.seal import UNREADABLE, Seal

PERSONAL = ("contact", "phone", "identity_number")
"""Office telephone and address, which recipients are given; mobile telephone and identity number, which staff read."""

SHOWN_FIRST, SHOWN_LAST = 3, 4


def opened(seal: Seal, sealed: bytes | None) -> dict[str, str | None]:
    """Return what is known of a person; what was never stated is None."""
    known = seal.open(sealed) if sealed else {}
    return {name: known.get(name) for name in PERSONAL}


def shown(seal: Seal, sealed: bytes | None) -> dict[str, str | None]:
    """Return what is known of a person for somebody to read; what cannot be opened any more says so."""
    known = seal.show(sealed, *PERSONAL)
    return {name: known.get(name) for name in PERSONAL}


def contact_of(seal: Seal, sealed: bytes | None, otherwise: str | None) -> str | None:
    """Return how recipients reach a practitioner; without an own contact it is that of the institution."""
    try:
        return opened(seal, sealed)["contact"] or otherwise
    except SealBrokenError:
        # A recipient who waits for a lawyer reaches at least the office.
        return otherwise


def closed(seal: Seal, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that keep what is known of a person."""
    stated = {name: known[name] for name in PERSONAL if known.get(name)}
    number = stated.get("identity_number")
    return {
        "sealed": seal.seal(stated) if stated else None,
        "identity_key": seal.identity_key(number) if number else None,
    }


def readable(seal: Seal, actor: Actor, sealed: bytes | None) -> dict[str, str | None]:
    """Return what a reader of one entry may see: those who read the roster without keeping it see only the ends."""
    return masked_of(seal, sealed) if watches(actor) else shown(seal, sealed)


def watches(actor: Actor) -> bool:
    """Tell whether somebody reads the whole roster without keeping it."""
    verbs = PERMISSIONS[actor.role]
    return Verb.READ_ROSTER in verbs and Verb.EDIT_ROSTER not in verbs


def masked_of(seal: Seal, sealed: bytes | None) -> dict[str, str | None]:
    """Return what lists show."""
    return {name: masked(text) for name, text in shown(seal, sealed).items()}


def masked(text: str | None) -> str | None:
    """Return a text of which only the ends show, as lists give it: 138****5678."""
    if text is None or text == UNREADABLE:
        return text
    if len(text) <= SHOWN_FIRST + SHOWN_LAST:
        return "*" * len(text)
    return text[:SHOWN_FIRST] + "*" * (len(text) - SHOWN_FIRST - SHOWN_LAST) + text[-SHOWN_LAST:]
