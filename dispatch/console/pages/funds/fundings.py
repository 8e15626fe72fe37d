"""Which fund pays for a case (经费来源): applied for, decided, corrected; without a grant it is the centre's own."""

from dispatch.api.routes.funds.fundings import FundingDecisionIn, FundingIn, list_fundings
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.commands.funds import fundings
from dispatch.commands.lists.case_view import view_case
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.funds.sources import FundingState, FundSource, needs_grant
from dispatch.domain.permissions import Verb


def funds_page(visit: Visit) -> Context:
    """Return the applications made for the case, the newest first, and what may be done with the newest."""
    case_id = visit.part("case_id")
    found = list_fundings(case_id, visit.actor, visit.read)
    standing = [each for each in found if each.state is not FundingState.VOID]
    newest = max(standing, key=lambda each: each.applied_at, default=None)
    return {
        "case": view_case(visit.read, visit.actor, case_id).case,
        "fundings": sorted(found, key=lambda each: each.applied_at, reverse=True),
        "newest": newest,
        "waits": newest is not None and newest.state is FundingState.APPLIED,
        "granted": newest is not None and newest.state is FundingState.APPROVED,
        "sources": [each for each in FundSource if needs_grant(each)],
        "tones": {FundingState.APPLIED: "warn", FundingState.APPROVED: "good"},
    }


def apply(visit: Visit, form: FilledForm) -> None:
    """Apply to let a fund pay for the case."""
    fundings.apply(*visit.sealed, visit.part("case_id"), form.read(FundingIn, "apply").source)


def decide(visit: Visit, form: FilledForm) -> None:
    """Record the result of the newest application."""
    given = form.read(FundingDecisionIn, "decide")
    fundings.decide(*visit.sealed, visit.part("case_id"), given.approve, given.on, given.reference)


def correct(visit: Visit, form: FilledForm) -> None:
    """Undo the result of an application, or else the application."""
    fundings.correct(*visit.sealed, form.text("funding"), form.read(CorrectionIn, "correct").reason)


# fmt: off
FUND = (Verb.FUND,)

PAGES = (
    ConsolePage(
        "/cases/{case_id}/funds", "funds_page", (Verb.READ_CASE,), ("经费来源", "Who pays"),
        ("申报中央专项彩票公益金、社会捐赠等项目资金，登记审批结果；没有获批的，由本级财政法律援助经费支付。",
         "Applications for a fund and their results; without a grant the centre’s own budget pays."),
        funds_page, "funds/fundings.html",
        acts={
            "apply-fund": PageAct(apply, ("申报已登记。", "The application is recorded."), FUND),
            "decide-fund": PageAct(decide, ("审批结果已登记。", "The result is recorded."), FUND),
            "correct-fund": PageAct(correct, ("登记已更正。", "It is undone."), (Verb.CORRECT,)),
        },
    ),
)
# fmt: on
