"""Versions of the policy (指派方案): the one in force and all others, each in words, and how it differs."""

from dispatch.api.paging import cursor_of
from dispatch.api.routes.policies import PolicyDraftIn, PublishIn, RollbackIn
from dispatch.commands.policies import drafts, publication, versions
from dispatch.commands.policies.versions import VersionView
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.law.citations import in_words
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.diff import title_of
from dispatch.domain.policy.legal_bounds import LEGAL_BOUNDS
from dispatch.domain.policy.outline import outline_of
from dispatch.domain.policy.schema import PRESETS, load_preset
from dispatch.domain.policy.trial_floor import SOURCES
from dispatch.domain.vocabulary import PolicyStatus

SHOWN = 20
TONES = {PolicyStatus.PUBLISHED: "good", PolicyStatus.DRAFT: "warn", PolicyStatus.SIMULATED: "warn"}


def policies_page(visit: Visit) -> Context:
    """Return the version in force, and all of them, the newest first."""
    found = versions.recent_versions(visit.read, visit.actor, visit.paging(SHOWN).part)
    return {
        "in_force": versions.version_in_force(visit.read, visit.actor),
        "lines": found.rows,
        "next": cursor_of(*found.last) if found.last else None,
        "tones": TONES,
        "bounds": LEGAL_BOUNDS,
        "presets": [(name, (load_preset(name).title_zh, load_preset(name).title_en)) for name in PRESETS],
    }


def from_preset(visit: Visit, form: FilledForm) -> str:
    """Draft what a preset says, to follow the version in force."""
    given = form.read(PolicyDraftIn, "new")
    start = drafts.begin_with(visit.read, visit.actor, preset=given.preset)
    row = drafts.draft_policy(visit.begin, visit.actor, visit.now, **start._asdict(), note=given.note)
    return f"/policies/{row.id}/draft"


def policy_page(visit: Visit) -> Context:
    """Return a version in words, by its groups."""
    view = view_of(visit)
    is_draft = view.is_draft and visit.may(Verb.PUBLISH_POLICY, Verb.EDIT_POLICY)
    row_id = view.line.row.id
    return {
        **context_of(view),
        "standing": versions.standing_of(visit.read, visit.actor, visit.now, row_id) if is_draft else None,
        "kinds": SOURCES,
        "outline": outline_of(view.policy),
        "causes": len(view.policy.causes),
        "sources": [(title_of(tuple(path.split(".")), visit.language), in_words(source))
                    for path, source in view.policy.sources.items()],
    }  # fmt: skip


def copy(visit: Visit, form: FilledForm) -> str:
    """Draft what this version says, to follow the one in force."""
    given, chosen = form.read(PolicyDraftIn, "copy"), view_of(visit)
    start = drafts.begin_with(visit.read, visit.actor, document=chosen.line.row.document)
    row = drafts.draft_policy(visit.begin, visit.actor, visit.now, **start._asdict(), note=given.note)
    return f"/policies/{row.id}/draft"


def publish(visit: Visit, form: FilledForm) -> None:
    """Put the draft in force."""
    given, policy_id = form.read(PublishIn, "publish"), visit.part("policy_id")
    rules = [rule.model_dump() for rule in given.local_rules]
    publication.publish_policy(visit.begin, visit.actor, visit.now, policy_id, form.revision, rules)


def restore(visit: Visit, form: FilledForm) -> str:
    """Put an earlier version in force again, as a new one."""
    given, policy_id = form.read(RollbackIn, "restore"), visit.part("policy_id")
    rules = [rule.model_dump() for rule in given.local_rules]
    row = publication.roll_back(visit.begin, visit.actor, visit.now, policy_id, given.reason, rules)
    return f"/policies/{row.id}"


def view_of(visit: Visit, part: str = "policy_id") -> VersionView:
    """Return the version that the address names."""
    return versions.view_version(visit.read, visit.actor, visit.part(part))


def context_of(view: VersionView) -> Context:
    """Return what every page of a version says of it."""
    return {"view": view, "row": view.line.row, "policy": view.policy, "tones": TONES, "bounds": LEGAL_BOUNDS}


# fmt: off
PUBLISH = (Verb.PUBLISH_POLICY,)

PAGES = (
    ConsolePage(
        "/policies", "policies_page", (Verb.READ_POLICY,), ("方案版本", "Policy versions"),
        ("权重、上限、各环节时长等数值都在指派方案中；每次改动是一个新版本，试算以后由另一人发布。",
         "Weights, caps and times are in the policy; each change is a new version, tried, then published by another."),
        policies_page, "steering/policies.html", Menu.RULES,
        acts={"preset": PageAct(from_preset, ("", ""), (Verb.EDIT_POLICY,))},
    ),
    ConsolePage(
        "/policies/{policy_id}", "policy_page", (Verb.READ_POLICY,), ("指派方案版本", "A policy version"),
        ("逐项列出本版本的内容，以及与现行方案的差异。",
         "What this version says, item by item, and how it differs from the one in force."),
        policy_page, "steering/policy.html",
        acts={
            "copy": PageAct(copy, ("", ""), (Verb.EDIT_POLICY,)),
            "publish": PageAct(publish, ("方案已发布，此后的指派按本版本办理。",
                                         "It is in force: assignments from now on go by this version."), PUBLISH),
            "restore": PageAct(restore, ("已恢复为新的版本，此后的指派按本版本办理。",
                                         "It is in force again, as a new version."), PUBLISH),
        },
    ),
)
# fmt: on
