"""Drafts of a policy: written, changed, carried over to a newer base, thrown away; nobody decides by them."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from dispatch.domain.errors import InvalidFieldError, NotDraftError, StaleError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.diff import differences
from dispatch.domain.policy.merge import apply_patch, patch_between
from dispatch.domain.policy.schema import Policy, load_preset
from dispatch.domain.texts import unseen
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.audit import note as audit
from dispatch.registry.policies import find_in_force, newest_version, policy_in_force, read_policy
from dispatch.registry.reads import get
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Begin, Read, Transaction

MAX_NOTE = 400
OPEN = (PolicyStatus.DRAFT, PolicyStatus.SIMULATED)
WAS_IN_FORCE = (PolicyStatus.PUBLISHED, PolicyStatus.SUPERSEDED)


class Beginning(NamedTuple):
    """What a draft begins with, and the version it is to follow."""

    document: dict[str, Any]
    base_id: str | None


def begin_with(
    read: Read,
    actor: Actor,
    *,
    base_id: str | None = None,
    preset: str | None = None,
    document: dict[str, Any] | None = None,
    changes: dict[str, Any] | None = None,
) -> Beginning:
    """Return a preset, a whole document, or else what the base says, with the changes made to it."""
    require(actor, Verb.EDIT_POLICY)
    if preset is not None and document is not None:
        raise InvalidFieldError(
            field="preset", expected=stated("预置方案和方案内容，只填一项", "a preset or a document, not both")
        )
    with read() as session:
        base = base_of(session, actor.centre_id, base_id)
        if preset is not None:
            document = load_preset(preset).to_document()
        elif document is None:
            document = (base or policy_in_force(session, actor.centre_id)).document
    return Beginning(apply_patch(document, changes or {}), base.id if base else None)


def draft_policy(
    begin: Begin, actor: Actor, now: datetime, *, document: dict[str, Any], base_id: str | None, note: str | None
) -> PolicyRow:
    """Add a draft that says this and is to follow a version that is or was in force, by default the present one."""
    require(actor, Verb.EDIT_POLICY)
    policy = Policy.from_document(document)
    require_legible(note)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        return add_draft(tx, actor, now, policy, base_of(tx.session, actor.centre_id, base_id), note)


def add_draft(
    tx: Transaction, actor: Actor, now: datetime, policy: Policy, base: PolicyRow | None, note: str | None
) -> PolicyRow:
    """Add a draft to a transaction that has locked the centre."""
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


def edit_draft(
    begin: Begin,
    actor: Actor,
    now: datetime,
    policy_id: str,
    if_match: int,
    *,
    changes: dict[str, Any] | None = None,
    note: str | None = None,
) -> PolicyRow:
    """Change a draft by a merge patch; its back-test is void then. What changes nothing leaves it as it is."""
    require(actor, Verb.EDIT_POLICY)
    require_legible(note)
    with begin() as tx:
        row = lock_draft(tx, actor, policy_id, if_match)
        row.note = row.note if note is None else note
        _rewrite(tx, actor, now, row, Policy.from_document(apply_patch(row.document, changes or {})), row.base_id)
        return row


def rebase_draft(begin: Begin, actor: Actor, now: datetime, policy_id: str, if_match: int) -> PolicyRow:
    """Make the draft's own changes to the policy in force now; where both changed a field, the draft's value wins."""
    require(actor, Verb.EDIT_POLICY)
    with begin() as tx:
        row = lock_draft(tx, actor, policy_id, if_match)
        in_force = policy_in_force(tx.session, actor.centre_id)
        if row.base_id != in_force.id:
            base = tx.session.get(PolicyRow, row.base_id) if row.base_id else None
            own = patch_between(_whole(base), _whole(row)) if base else row.document
            _rewrite(tx, actor, now, row, Policy.from_document(apply_patch(_whole(in_force), own)), in_force.id)
        return row


def discard_draft(begin: Begin, actor: Actor, now: datetime, policy_id: str, if_match: int) -> None:
    """Remove a draft; what was tried with it stays."""
    require(actor, Verb.EDIT_POLICY)
    with begin() as tx:
        row = lock_draft(tx, actor, policy_id, if_match)
        audit(tx, actor, Verb.EDIT_POLICY, "policy", row.id, now)
        tx.session.delete(row)


def lock_draft(tx: Transaction, actor: Actor, policy_id: str, if_match: int) -> PolicyRow:
    """Return a draft, locked, if it still is one and says what the actor has seen."""
    tx.lock_centre(actor.centre_id)
    row = tx.lock(PolicyRow, policy_id, actor.centre_id)
    if row.status not in OPEN:
        raise NotDraftError(policy_id=row.id, version=row.version, status=row.status.value)
    if row.revision != if_match:
        since = [edit for edit in row.edits if edit["revision"] > if_match]
        raise StaleError(what="policy", id=row.id, expected=if_match, actual=row.revision, edits=since)
    return row


def base_of(session: Session, centre_id: str, base_id: str | None) -> PolicyRow | None:
    """Return the version a draft follows; one that was never in force cannot be followed."""
    if base_id is None:
        return find_in_force(session, centre_id)
    base = get(session, PolicyRow, centre_id, base_id)
    if base.status not in WAS_IN_FORCE:
        raise InvalidFieldError(
            field="base_id",
            value=base_id,
            expected=stated("现行的或者曾经生效的版本", "a version that is or was in force"),
        )
    return base


def _rewrite(tx: Transaction, actor: Actor, now: datetime, row: PolicyRow, policy: Policy, base_id: str | None) -> None:
    if policy.digest() == row.digest and base_id == row.base_id:
        return
    fields = [change.field for change in differences(read_policy(row), policy)]
    row.revision += 1
    row.edits = [*row.edits, {"revision": row.revision, "by": actor.user_id, "at": now.isoformat(), "fields": fields}]
    row.name, row.document, row.digest = policy.name, policy.to_document(), policy.digest()
    row.base_id, row.status, row.simulation_id = base_id, PolicyStatus.DRAFT, None
    audit(tx, actor, Verb.EDIT_POLICY, "policy", row.id, now)


def _whole(row: PolicyRow) -> dict[str, Any]:
    """Return what a version says with every default in it, whatever release wrote it down."""
    return read_policy(row).to_document()


def require_legible(note: str | None, field: str = "note") -> None:
    """Refuse a note that is longer than what is kept of it, or that hides characters."""
    if note and (len(note) > MAX_NOTE or unseen(note, lines=True)):
        raise InvalidFieldError(
            field=field,
            expected=stated(
                f"不超过{MAX_NOTE}个字，不含不可见字符", f"up to {MAX_NOTE} characters, none of them hidden"
            ),
        )
