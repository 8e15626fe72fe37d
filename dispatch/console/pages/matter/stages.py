"""Stages of one matter: all of them, each a case of its own, and the next one opened with its facts and people."""

from dispatch.api.routes.life.stages import StageIn, list_stages
from dispatch.commands.life import stages
from dispatch.commands.life.stages import FOLLOWED, NextStage
from dispatch.commands.lists.case_view import view_case
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.permissions import Verb
from dispatch.domain.stages import follows
from dispatch.domain.vocabulary import CaseSource, ReviewCourt, Stage


def stages_page(visit: Visit) -> Context:
    """Return all stages of the matter, and what the next one may be."""
    case_id = visit.part("case_id")
    view = view_case(visit.read, visit.actor, case_id)
    return {
        "case": view.case,
        "stages": list_stages(case_id, visit.actor, visit.read),
        "following": [stage for stage in Stage if follows(stage, view.case.stage)],
        "ready": view.case.status in FOLLOWED,
        "sources": list(CaseSource),
        "courts": list(ReviewCourt),
        "statuses": list(MeansStatus),
        "grounds": list(MeansGround),
        "funds": list(FundSource),
    }


def begin(visit: Visit, form: FilledForm) -> str:
    """Open the next stage as a case of its own, and go to it."""
    following = NextStage(**dict(form.read(StageIn)))
    case = stages.begin_stage(*visit.sealed, visit.part("case_id"), following)
    return f"/cases/{case.id}"


# fmt: off
PAGES = (
    ConsolePage(
        "/cases/{case_id}/stages", "stages_page", (Verb.READ_CASE,), ("诉讼（办理）阶段", "Stages of the matter"),
        ("同一案件的各个阶段；进入下一阶段的，沿用本阶段的案件信息和当事人，原承办人员优先。",
         "Each stage is a case of its own; the next one takes over facts and people, and its counsel is asked first."),
        stages_page, "case/stages.html",
        acts={"open-stage": PageAct(begin, ("下一阶段已登记。", "The next stage is registered."), (Verb.GRANT,))},
    ),
)
# fmt: on
