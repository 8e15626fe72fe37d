"""Drafts of a policy: written by managers, never decided by, never changed behind someone's back."""

import pytest

from dispatch.commands.policy_drafts import draft_policy
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError, PolicyInvalidError
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.policies import policy_in_force
from dispatch.registry.tables import AuditRow
from tests.rows import NOW


def a_document(register, **parts):
    """What the centre's policy says, but for these parts."""
    document = register.policy.document
    return document | {name: document[name] | part for name, part in parts.items()}


def a_draft(register, actor=None, base_id=None, **parts):
    document = a_document(register, **parts)
    return draft_policy(
        register.begin, actor or register.manager, NOW, document=document, base_id=base_id, note="try it"
    )


def test_draft_follows_the_version_in_force_and_decides_nothing(register):
    draft = a_draft(register, caps={"open_cases": 5})

    assert (draft.version, draft.status, draft.revision) == (2, PolicyStatus.DRAFT, 1)
    assert (draft.base_id, draft.created_by, draft.note) == (register.policy.id, register.manager.user_id, "try it")
    assert draft.document["caps"]["open_cases"] == 5
    with register.read() as session:
        assert policy_in_force(session, register.centre.id).id == register.policy.id
    assert [row.subject_id for row in register.all(AuditRow)] == [draft.id]


def test_draft_out_of_bounds_is_refused_and_leaves_nothing(register):
    with pytest.raises(PolicyInvalidError):
        a_draft(register, caps={"open_cases": 0})

    assert register.all(AuditRow) == []


def test_draft_follows_only_what_was_in_force_here(register):
    draft = a_draft(register)

    with pytest.raises(InvalidFieldError):
        a_draft(register, base_id=draft.id)
    with pytest.raises(NotFoundError):
        a_draft(register, base_id="nowhere")


def test_clerk_drafts_nothing(register):
    with pytest.raises(ForbiddenError):
        a_draft(register, actor=register.clerk)
