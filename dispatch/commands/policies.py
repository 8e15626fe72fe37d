"""Policy versions of a centre."""

from datetime import datetime

from dispatch.domain.errors import PolicyMissingError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy import Policy, load_preset
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.policies import newest_version, policy_in_force
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Begin, Transaction


def ensure_preset(begin: Begin, actor: Actor | None, now: datetime, centre_id: str, preset_name: str) -> PolicyRow:
    """Put the preset in force for a centre that has no policy yet; one that has keeps it."""
    if actor:
        require(actor, Verb.PUBLISH_POLICY)
    preset = load_preset(preset_name)
    with begin() as tx:
        tx.lock_centre(centre_id)
        try:
            return policy_in_force(tx.session, centre_id)
        except PolicyMissingError:
            return _publish(tx, actor, now, centre_id, preset)


def install_policy(begin: Begin, actor: Actor | None, now: datetime, centre_id: str, policy: Policy) -> PolicyRow:
    """Put the policy in force and supersede the one before; the same policy again changes nothing."""
    if actor:
        require(actor, Verb.PUBLISH_POLICY)
    with begin() as tx:
        tx.lock_centre(centre_id)
        try:
            current = policy_in_force(tx.session, centre_id)
        except PolicyMissingError:
            return _publish(tx, actor, now, centre_id, policy)
        if current.digest == policy.digest():
            return current
        current.status = PolicyStatus.SUPERSEDED
        tx.session.flush()
        return _publish(tx, actor, now, centre_id, policy)


def _publish(tx: Transaction, actor: Actor | None, now: datetime, centre_id: str, policy: Policy) -> PolicyRow:
    return tx.add(
        PolicyRow(
            centre_id=centre_id,
            version=newest_version(tx.session, centre_id) + 1,
            name=policy.name,
            status=PolicyStatus.PUBLISHED,
            document=policy.to_document(),
            digest=policy.digest(),
            created_by=actor.user_id if actor else None,
            created_at=now,
            published_at=now,
        )
    )
