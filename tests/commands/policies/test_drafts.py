"""Drafts of a policy: written by managers, never decided by, never changed behind someone's back."""

import pytest

from dispatch.commands.policies.drafts import begin_with, discard_draft, edit_draft, rebase_draft
from dispatch.commands.policies.publication import publish_policy
from dispatch.domain.errors import (
    ForbiddenError,
    InvalidFieldError,
    NotDraftError,
    NotFoundError,
    PolicyInvalidError,
    StaleError,
)
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import PolicyStatus
from dispatch.registry.policies import policy_in_force
from dispatch.registry.tables import AuditRow, PolicyRow, SimulationRow
from tests.commands.policies.history import a_draft, another_manager, tried
from tests.rows import NOW

FEWER = {"caps": {"open_cases": 5}}


def edit(register, draft, if_match=None, actor=None, note=None, **changes):
    actor, if_match = actor or register.manager, if_match or draft.revision
    return edit_draft(register.begin, actor, NOW, draft.id, if_match, changes=changes, note=note)


def test_draft_follows_the_version_in_force_and_decides_nothing(register):
    draft = a_draft(register, **FEWER)

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


def test_draft_outside_the_law_may_be_written_and_tried(register):
    draft = tried(register, a_draft(register, thresholds={"grave_years": 1}))

    assert draft.status is PolicyStatus.SIMULATED


def test_draft_follows_only_what_was_in_force_here(register):
    draft = a_draft(register)

    with pytest.raises(InvalidFieldError):
        a_draft(register, base_id=draft.id)
    with pytest.raises(NotFoundError):
        a_draft(register, base_id="nowhere")


def test_draft_begins_with_a_preset_a_document_or_the_base(register):
    def begun(**asked):
        return begin_with(register.read, register.manager, **asked).document

    assert begun(changes=FEWER)["caps"]["open_cases"] == 5
    assert begun(preset="shangqiu", changes=FEWER)["name"] == "shangqiu"
    assert begun(document={"name": "mine"}) == {"name": "mine"}
    with pytest.raises(InvalidFieldError):
        begun(preset="national", document={})


def test_edit_changes_what_it_names_and_says_who_did_it(register):
    draft = a_draft(register, **FEWER)
    colleague = another_manager(register)

    edited = edit(register, draft, actor=colleague, note="better", thresholds={"reach_km": 80})

    assert (edited.revision, edited.note) == (2, "better")
    assert (edited.document["caps"]["open_cases"], edited.document["thresholds"]["reach_km"]) == (5, 80)
    assert [(edit["by"], edit["fields"]) for edit in edited.edits] == [(colleague.user_id, ["thresholds.reach_km"])]


def test_edit_that_changes_nothing_leaves_the_back_test_good(register):
    draft = tried(register, a_draft(register, **FEWER))

    same = edit(register, draft, **FEWER)

    assert (same.revision, same.status, same.simulation_id) == (1, PolicyStatus.SIMULATED, draft.simulation_id)


def test_edit_of_a_tried_draft_makes_its_back_test_void(register):
    draft = tried(register, a_draft(register, **FEWER))
    assert draft.simulation_id

    edited = edit(register, draft, caps={"open_cases": 6})

    assert (edited.status, edited.simulation_id) == (PolicyStatus.DRAFT, None)


def test_edit_of_a_stale_revision_is_told_what_changed_meanwhile(register):
    draft = a_draft(register, **FEWER)
    edit(register, draft, caps={"per_month": 4})

    with pytest.raises(StaleError) as refused:
        edit(register, draft, if_match=1, caps={"open_cases": 9})

    assert (refused.value.facts["expected"], refused.value.facts["actual"]) == (1, 2)
    assert [edit["fields"] for edit in refused.value.facts["edits"]] == [["caps.per_month"]]
    assert register.get(PolicyRow, draft.id).document["caps"] == {"open_cases": 5, "per_month": 4}


def test_edit_out_of_bounds_changes_nothing(register):
    draft = a_draft(register, **FEWER)

    with pytest.raises(PolicyInvalidError):
        edit(register, draft, weights={"wish": 1})
    with pytest.raises(InvalidFieldError):
        edit(register, draft, note="x" * 401)

    assert register.get(PolicyRow, draft.id) == draft


def test_version_that_was_published_is_never_edited_nor_removed(register):
    with pytest.raises(NotDraftError):
        edit(register, register.policy, **FEWER)
    with pytest.raises(NotDraftError):
        discard_draft(register.begin, register.manager, NOW, register.policy.id, 1)


def test_discarded_draft_is_gone_and_what_was_tried_stays(register):
    draft = tried(register, a_draft(register, **FEWER))

    discard_draft(register.begin, register.manager, NOW, draft.id, draft.revision)

    assert [row.id for row in register.all(PolicyRow)] == [register.policy.id]
    assert [row.policy_digest for row in register.all(SimulationRow)] == [draft.digest]


def test_rebased_draft_makes_its_own_changes_to_the_policy_in_force(register):
    draft = a_draft(register, caps={"open_cases": 5}, thresholds={"reach_km": 80})
    rival = tried(register, a_draft(register, caps={"open_cases": 9}, checks={"area": True}))
    in_force = publish_policy(register.begin, another_manager(register), NOW, rival.id, rival.revision)

    rebased = rebase_draft(register.begin, register.manager, NOW, draft.id, draft.revision)

    assert (rebased.base_id, rebased.revision, rebased.status) == (in_force.id, 2, PolicyStatus.DRAFT)
    document = rebased.document
    assert (document["caps"]["open_cases"], document["thresholds"]["reach_km"], document["checks"]["area"]) == (
        5, 80, True,
    )  # fmt: skip
    assert rebase_draft(register.begin, register.manager, NOW, draft.id, 2).revision == 2


def test_clerk_drafts_edits_and_discards_nothing(register):
    draft = a_draft(register)

    for attempt in (
        lambda: a_draft(register, actor=register.clerk),
        lambda: edit(register, draft, actor=register.clerk),
        lambda: begin_with(register.read, register.clerk),
        lambda: rebase_draft(register.begin, register.clerk, NOW, draft.id, 1),
        lambda: discard_draft(register.begin, register.clerk, NOW, draft.id, 1),
    ):
        with pytest.raises(ForbiddenError):
            attempt()


def test_draft_of_another_centre_is_not_found(register):
    draft = a_draft(register)

    with pytest.raises(NotFoundError):
        edit(register, draft, actor=register.a_stranger(register.manager.role))


def test_every_preset_may_be_drafted(register):
    document = load_preset("shangqiu").to_document()

    assert a_draft(register, **document).name == "shangqiu"
