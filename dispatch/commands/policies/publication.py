"""Putting a policy in force: tried, seen by a second person, lawful, and made from what is in force now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from dispatch.commands.access import LOGIN as OPERATOR
from dispatch.commands.policies.drafts import WAS_IN_FORCE, lock_draft, require_legible
from dispatch.domain.errors import (
    BacktestMissingError,
    BacktestThinError,
    DraftStaleError,
    NotRepeatableError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.diff import differences
from dispatch.domain.policy.legal_bounds import LocalRule, read_local_rules, require_current, require_lawful
from dispatch.domain.policy.trial_floor import NEW_CENTRE, OWN_PAST, TrialFloor, floor_of
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.audit import note as audit
from dispatch.registry.policies import find_in_force, newest_version, read_policy, size_of_centre
from dispatch.registry.reads import get, logins_of
from dispatch.registry.tables import PolicyRow, SimulationRow
from dispatch.registry.transaction import Begin, Transaction

# fmt: off
REBASE = {
    "zh": "请将草稿改为依据现行方案（POST /v1/policies/{id}/rebase），重新试算后再发布",
    "en": "carry the draft over to the policy in force (POST /v1/policies/{id}/rebase), try it again, then publish",
}
TRY = {
    "zh": "请先试算（POST /v1/simulations）；试算以后，草稿和现行方案均不能再改",
    "en": "try it first (POST /v1/simulations); neither the draft nor the policy in force may change after that",
}
ASK_USER = {
    "zh": "请另一名有发布权限的人员发布",
    "en": "ask another user who may publish",
}
ASK_OPERATOR = {
    "zh": "请另一名有发布权限的人员发布；命令行操作员也算另一人",
    "en": "ask another user who may publish; the operator at the command line is another user too",
}
# fmt: on


def publish_policy(
    begin: Begin,
    actor: Actor,
    now: datetime,
    policy_id: str,
    if_match: int,
    local_rules: Sequence[Mapping[str, Any]] = (),
) -> PolicyRow:
    """Put a draft in force and supersede the version before; of two at once, the later is refused as stale."""
    require(actor, Verb.PUBLISH_POLICY)
    rules = read_local_rules(local_rules)
    with begin() as tx:
        draft = lock_draft(tx, actor, policy_id, if_match)
        in_force = find_in_force(tx.session, actor.centre_id)
        require_base(draft, in_force)
        require_second_person(tx, draft, actor)
        evidence = require_backtest(tx, draft, in_force, now)
        policy = read_policy(draft)
        require_lawful(policy, rules)
        require_current(policy)
        draft.local_rules, draft.evidence = [rule.model_dump() for rule in rules], evidence
        return _put_in_force(tx, actor, now, draft, in_force)


def roll_back(
    begin: Begin,
    actor: Actor,
    now: datetime,
    policy_id: str,
    reason: str,
    local_rules: Sequence[Mapping[str, Any]] = (),
) -> PolicyRow:
    """Put an earlier version in force again, as a new one that names it; if that is what is in force, nothing changes.

    It was tried and published once, so it needs no new back-test; its author still needs a second person.
    """
    require(actor, Verb.PUBLISH_POLICY)
    if not reason.strip():
        raise ReasonRequiredError(field="reason")
    require_legible(reason, "reason")
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        chosen = get(tx.session, PolicyRow, actor.centre_id, policy_id)
        if chosen.status not in WAS_IN_FORCE:
            raise NotRepeatableError(policy_id=chosen.id, version=chosen.version, status=chosen.status.value)
        earlier = tx.session.get_one(PolicyRow, chosen.repeats_id or chosen.id)
        in_force = find_in_force(tx.session, actor.centre_id)
        if in_force is not None and in_force.digest == earlier.digest:
            return in_force
        require_second_person(tx, earlier, actor)
        rules = read_local_rules([*earlier.local_rules, *local_rules])
        require_lawful(read_policy(earlier), rules)
        repeated = _repeat(tx, actor, now, earlier, in_force, reason)
        repeated.local_rules = [rule.model_dump() for rule in rules]
        return _put_in_force(tx, actor, now, repeated, in_force)


def require_base(draft: PolicyRow, in_force: PolicyRow | None) -> None:
    """Refuse a draft made from another version than the one in force."""
    if draft.base_id != (in_force.id if in_force else None):
        facts = {"in_force_id": in_force.id, "in_force_version": in_force.version} if in_force else {}
        raise DraftStaleError(policy_id=draft.id, base_id=draft.base_id, **facts, do=REBASE)


def require_second_person(tx: Transaction, version: PolicyRow, actor: Actor) -> None:
    """Refuse anyone who drafted the version or changed it last; they are named by their logins."""
    if actor.user_id in authors_of(version):
        logins = sorted(logins_of(tx.session, authors_of(version)).values())
        do = ASK_USER if OPERATOR in logins else ASK_OPERATOR
        raise SecondPersonError(policy_id=version.id, version=version.version, written_by=logins, do=do)


def require_backtest(
    tx: Transaction, draft: PolicyRow, in_force: PolicyRow | None, now: datetime
) -> dict[str, Any] | None:
    """
    Return what the back-test of a draft rests on; the first policy of a centre needs none.

    Raises
    ------
    BacktestMissingError
        If its current content was not tried against the policy in force.
    BacktestThinError
        If what it was tried on is less than the floor for a centre of this size.
    """
    if in_force is None:
        return None
    tried = find_backtest(tx.session, draft, in_force)
    if tried is None:
        changes = [change.text for change in differences(read_policy(in_force), read_policy(draft))]
        raise BacktestMissingError(policy_id=draft.id, against_id=in_force.id, changes=changes, do=TRY)
    return _evidence(tx, draft, tried, floor_of(size_of_centre(tx.session, draft.centre_id, now)))


def find_backtest(session: Session, draft: PolicyRow, in_force: PolicyRow) -> SimulationRow | None:
    """Return the finished back-test of exactly what a draft says now against what is in force now, if there is one."""
    tried = session.get(SimulationRow, draft.simulation_id) if draft.simulation_id else None
    compared = (draft.digest, in_force.id, in_force.digest)
    return tried if tried and (tried.policy_digest, tried.against_id, tried.against_digest) == compared else None


def basis_of(tried: SimulationRow) -> dict[str, Any]:
    """Return what a finished back-test rests on."""
    result = tried.result or {}
    return {name: result[name] for name in ("source", "weeks", "cases", "people")}


def _evidence(tx: Transaction, draft: PolicyRow, tried: SimulationRow, floor: TrialFloor) -> dict[str, Any]:
    basis = basis_of(tried)
    if floor.lacks(basis):
        do = OWN_PAST if floor.own_past else NEW_CENTRE
        raise BacktestThinError(policy_id=draft.id, rests_on=basis, needs=floor._asdict(), do=do)
    days = {"since": tried.since.isoformat(), "until": tried.until.isoformat()}
    return {"simulation_id": tried.id, **days, **basis, "floor": floor._asdict()}


def authors_of(version: PolicyRow) -> set[str]:
    """Return who drafted a version and who changed it last."""
    last = [edit["by"] for edit in version.edits[-1:]]
    return {user_id for user_id in (version.created_by, *last) if user_id}


def rules_of(version: PolicyRow) -> list[LocalRule]:
    """Return the local rules a version was published under."""
    return [LocalRule.model_validate(rule) for rule in version.local_rules]


def _repeat(
    tx: Transaction, actor: Actor, now: datetime, earlier: PolicyRow, in_force: PolicyRow | None, reason: str
) -> PolicyRow:
    kept = {
        name: getattr(earlier, name)
        for name in ("centre_id", "name", "document", "digest", "simulation_id", "evidence")
    }
    return PolicyRow(
        **kept,
        version=newest_version(tx.session, actor.centre_id) + 1,
        status=PolicyStatus.DRAFT,
        base_id=in_force.id if in_force else None,
        repeats_id=earlier.id,
        note=reason,
        created_by=actor.user_id,
        created_at=now,
    )


def _put_in_force(
    tx: Transaction, actor: Actor, now: datetime, version: PolicyRow, in_force: PolicyRow | None
) -> PolicyRow:
    if in_force is not None:
        in_force.status = PolicyStatus.SUPERSEDED
        tx.session.flush()
    version.status, version.published_by, version.published_at = PolicyStatus.PUBLISHED, actor.user_id, now
    tx.add(version)
    tx.session.flush()
    audit(tx, actor, Verb.PUBLISH_POLICY, "policy", version.id, now)
    return version
