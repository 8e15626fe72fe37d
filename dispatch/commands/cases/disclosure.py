"""What a practitioner may see of a case, and when: first a card, then names to check for conflicts, then the file."""

from datetime import datetime
from typing import Any, NamedTuple

from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require, require_confirmed
from dispatch.domain.vocabulary import PartyRole, Term
from dispatch.registry.audit import note
from dispatch.registry.own import ties
from dispatch.registry.reads import get, parties
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import Begin

NAMED = ("name",)


# fmt: off
class Extent(Term):
    """How much of a case is open to someone."""

    NAMES = "names", "当事人姓名", "names, to check for conflicts"
    FILE  = "file",  "案卷",       "the file"
# fmt: on


class Disclosure(NamedTuple):
    """What is open, and of each person their part in the case and their details."""

    case_id: str
    extent: Extent
    people: list[tuple[PartyRole, dict[str, Any]]]


def disclose(begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str) -> Disclosure:
    """Open names to who is asked or named, and the file once they accepted; each look is logged."""
    require_confirmed(actor)
    with begin() as tx:
        case = get(tx.session, CaseRow, actor.centre_id, case_id)
        extent = extent_of(tx.session, actor, case)
        note(tx, actor, Verb.READ_OWN_CASE, extent.value, case.id, now)
        people = parties(tx.session, case.id)
    return Disclosure(case_id, extent, [(row.role, _wording(seal.show(row.sealed, "name"), extent)) for row in people])


def extent_of(session: Any, actor: Actor, case: CaseRow) -> Extent:
    """Return how much of the case is open to someone; who has no part in it does not find it."""
    if Verb.READ_CASE in PERMISSIONS[actor.role]:
        return Extent.FILE
    require(actor, Verb.READ_OWN_CASE)
    tied = ties(session, case.id, actor)
    if not tied.concerned:
        raise NotFoundError(what="legal_case", id=case.id)
    return Extent.FILE if tied.accepted else Extent.NAMES


def readable_case(session: Any, actor: Actor, case_id: str) -> CaseRow:
    """Return a case, without its people: any to staff, to others the one they are asked about or named for."""
    case = get(session, CaseRow, actor.centre_id, case_id)
    extent_of(session, actor, case)
    return case


def require_file(session: Any, actor: Actor, case_id: str) -> CaseRow:
    """Return a case whose file is open to someone; in a session, shortly after its password was given."""
    require_confirmed(actor)
    case = get(session, CaseRow, actor.centre_id, case_id)
    if extent_of(session, actor, case) is not Extent.FILE:
        raise NotFoundError(what="legal_case", id=case_id)
    return case


def verb_of(actor: Actor) -> Verb:
    """Return the verb by which the actor's look at people is logged."""
    return Verb.READ_CASE if Verb.READ_CASE in PERMISSIONS[actor.role] else Verb.READ_OWN_CASE


def _wording(whole: dict[str, Any], extent: Extent) -> dict[str, Any]:
    return whole if extent is Extent.FILE else {name: whole[name] for name in NAMED if name in whole}
