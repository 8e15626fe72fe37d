"""Drafts of the policy (方案草稿): numbers changed by controls, tried on today's cases, kept, carried over, dropped."""

from starlette.responses import Response

from dispatch.api.routes.answers.what_if import WhatIfIn, ask_what_if
from dispatch.commands.policies import drafts, versions
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.steering.filling import GROWING, changes_of, control_of, fillable
from dispatch.console.pages.steering.versions import context_of, view_of
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.fields import Unit
from dispatch.domain.policy.outline import outline_of, values_of

SHOWN = 100
"""Cases that change hands, of those that are listed."""


def draft_page(visit: Visit) -> Context:
    """Return a draft with a control for each of its values."""
    view = versions.view_draft(visit.read, visit.actor, visit.part("draft_id"))
    before = outline_of(view.present) if view.present else []
    return {
        **context_of(view),
        "outline": [part for part in fillable(outline_of(view.policy)) if part.row.unit is not Unit.TEXT],
        "control": control_of,
        "growing": GROWING,
        "before": {value.name: value for value in values_of(before)},
        "wrong": {name.partition(".")[0] for name in visit.errors},
        "causes": len(view.policy.causes),
        "revision": view.line.row.revision,
        "tried": None,
        "shown": SHOWN,
    }


def try_out(visit: Visit, form: FilledForm) -> Response:
    """Match today's cases under what is filled in; nothing is kept but what was typed."""
    draft_id = visit.part("draft_id")
    asked = WhatIfIn(policy_id=draft_id, changes=changes_of(view_of(visit, "draft_id").policy, form))
    found = ask_what_if(asked, visit.request, visit.actor, visit.read, visit.now)
    shown = {**draft_page(visit), "revision": form.revision, "tried": found}
    return visit.show_typed(form.typed, shown)


def save(visit: Visit, form: FilledForm) -> None:
    """Keep what is filled in; what it was tried by before is void then."""
    changes = changes_of(view_of(visit, "draft_id").policy, form)
    drafts.edit_draft(
        visit.begin, visit.actor, visit.now, visit.part("draft_id"), form.revision, changes=changes,
        note=form.text("note"),
    )  # fmt: skip


def rebase(visit: Visit, form: FilledForm) -> None:
    """Carry the draft's own changes over to the version in force."""
    drafts.rebase_draft(visit.begin, visit.actor, visit.now, visit.part("draft_id"), form.revision)


def drop(visit: Visit, form: FilledForm) -> str:
    """Throw the draft away."""
    drafts.discard_draft(visit.begin, visit.actor, visit.now, visit.part("draft_id"), form.revision)
    return "/policies"


# fmt: off
PAGES = (
    ConsolePage(
        "/policies/{draft_id}/draft", "draft_page", (Verb.EDIT_POLICY,), ("方案草稿", "Draft of the policy"),
        ("修改数值，先用今天的待指派案件即时试算，再保存；草稿发布以前不影响指派。",
         "Change numbers, try them on today’s cases, then save; a draft decides nothing until it is published."),
        draft_page, "steering/draft.html",
        acts={
            "save": PageAct(save, ("草稿已保存；内容有改动的，须重新进行方案试算后再发布。",
                                   "The draft is saved; what changed is tried anew before it is published.")),
            "try": PageAct(try_out, ("", ""), (Verb.SIMULATE,), once=False),
            "rebase": PageAct(rebase, ("草稿已改为依据现行方案。", "The draft now follows the version in force.")),
            "drop": PageAct(drop, ("", "")),
        },
    ),
)
# fmt: on
