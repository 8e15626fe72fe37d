"""Drafts of a policy: written, changed, carried over to a newer base, thrown away; nobody decides by them."""

from datetime import datetime
from typing import Any

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy import Policy
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.audit import note as audit
from dispatch.registry.policies import find_in_force, newest_version
from dispatch.registry.reads import get
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Begin, Transaction

MOST_NOTE = 400
WAS_IN_FORCE = (PolicyStatus.PUBLISHED, PolicyStatus.SUPERSEDED)


def draft_policy(
    begin: Begin, actor: Actor, now: datetime, *, document: dict[str, Any], base_id: str | None, note: str | None
) -> PolicyRow:
    """Add a draft that says this and is to follow a version that is or was in force, by default the present one."""
    require(actor, Verb.EDIT_POLICY)
    policy = Policy.from_document(document)
    if note and len(note) > MOST_NOTE:
        raise InvalidFieldError(field="note", expected=f"up to {MOST_NOTE} characters")
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        base = base_of(tx, actor.centre_id, base_id)
        row = tx.add(
            PolicyRow(
                centre_id=actor.centre_id,
                version=newest_version(tx.session, actor.centre_id) + 1,
                name=policy.name,
                status=PolicyStatus.DRAFT,
                document=policy.to_document(),
                digest=policy.digest(),
                base_id=base.id if base else None,
                note=note,
                created_by=actor.user_id,
                created_at=now,
            )
        )
        tx.session.flush()
        audit(tx, actor, Verb.EDIT_POLICY, "policy", row.id, now)
        return row


def base_of(tx: Transaction, centre_id: str, base_id: str | None) -> PolicyRow | None:
    """Return the version a draft follows; one that was never in force cannot be followed."""
    if base_id is None:
        return find_in_force(tx.session, centre_id)
    base = get(tx.session, PolicyRow, centre_id, base_id)
    if base.status not in WAS_IN_FORCE:
        raise InvalidFieldError(field="base_id", value=base_id, expected="a version that is or was in force")
    return base
