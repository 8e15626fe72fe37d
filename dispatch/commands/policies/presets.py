"""The first policy of a centre; every later one is drafted, tried and published."""

from datetime import datetime

from dispatch.domain.errors import PolicyInForceError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.legal_bounds import require_lawful
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.policies import find_in_force, newest_version
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Begin, Transaction


def ensure_preset(begin: Begin, actor: Actor | None, now: datetime, centre_id: str, preset_name: str) -> PolicyRow:
    """Put the preset in force for a centre that has no policy yet; one that has keeps it."""
    if actor:
        require(actor, Verb.PUBLISH_POLICY)
    with begin() as tx:
        tx.lock_centre(centre_id)
        return put_preset(tx, actor, now, centre_id, load_preset(preset_name))


def put_preset(tx: Transaction, actor: Actor | None, now: datetime, centre_id: str, preset: Policy) -> PolicyRow:
    """Put the preset in force for a centre that has no policy yet; one that has keeps it."""
    return find_in_force(tx.session, centre_id) or _install(tx, actor, now, centre_id, preset)


def install_policy(begin: Begin, actor: Actor | None, now: datetime, centre_id: str, policy: Policy) -> PolicyRow:
    """Put the first policy of a centre in force; repeating the same policy changes nothing, another is refused."""
    if actor:
        require(actor, Verb.PUBLISH_POLICY)
    with begin() as tx:
        tx.lock_centre(centre_id)
        current = find_in_force(tx.session, centre_id)
        if current is None:
            return _install(tx, actor, now, centre_id, policy)
        if current.digest != policy.digest():
            raise PolicyInForceError(policy_id=current.id, version=current.version)
        return current


def _install(tx: Transaction, actor: Actor | None, now: datetime, centre_id: str, policy: Policy) -> PolicyRow:
    require_lawful(policy, ())
    who = actor.user_id if actor else None
    return tx.add(
        PolicyRow(
            centre_id=centre_id,
            version=newest_version(tx.session, centre_id) + 1,
            name=policy.name,
            status=PolicyStatus.PUBLISHED,
            document=policy.to_document(),
            digest=policy.digest(),
            created_by=who,
            created_at=now,
            published_by=who,
            published_at=now,
        )
    )
