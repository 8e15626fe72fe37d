"""The subsidy of a piece of work (补贴核算): what was reported, reviewed and settled line by line; paid, corrected."""

from typing import Any

from dispatch.api.routes.funds.subsidies import PaymentIn, SettleIn, get_subsidy
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.commands.funds import settlements
from dispatch.commands.lists.case_view import view_case
from dispatch.console.frame.details import details_of
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.costs import CostsInYuan, in_yuan
from dispatch.domain.errors import (
    InvalidFieldError,
    NoRateFitsError,
    NoSubsidyDueError,
    NotFoundError,
    StepOutOfOrderError,
    SubsidyTableMissingError,
    WorkUnknownError,
)
from dispatch.domain.funds.subsidy import CostKind
from dispatch.domain.permissions import Verb
from dispatch.domain.states import EndReason

UNRECKONED = (
    StepOutOfOrderError, InvalidFieldError, NoRateFitsError, NoSubsidyDueError, SubsidyTableMissingError,
    WorkUnknownError,
)  # fmt: skip
"""Why there is no amount yet; the page says it in words."""

AS_SHOWN = "as-shown"
"""Sent where the reported costs were shown in the fields: what was emptied then is nothing spent."""


class SettleForm(SettleIn):
    """What the reviewer found, as the form has it."""

    costs: CostsInYuan | None = None


def subsidy_page(visit: Visit) -> Context:
    """Return what is settled, or would be by what was reported; or why there is no amount yet."""
    id, view = visit.part("assignment_id"), view_case(visit.read, visit.actor, visit.part("case_id"))
    seat = next((each for each in view.seats if each.assignment.id == id), None)
    if seat is None:
        raise NotFoundError(what="assignment", id=id)
    found, refusal = _reckoned(visit, id)
    return {
        "case": view.case,
        "seat": seat,
        "found": found,
        "refusal": refusal,
        "spent": in_yuan(found.costs) if found else {},
        "cost_kinds": list(CostKind),
        "partly": seat.assignment.end_reason is not EndReason.CLOSED,
        "over": seat.assignment.ended_at is not None and seat.assignment.begun_at is not None,
        "by": view.logins,
    }


def _reckoned(visit: Visit, id: str) -> tuple[Any, list[str]]:
    try:
        return get_subsidy(id, visit.actor, visit.read, visit.now), []
    except UNRECKONED as refusal:
        expected = refusal.facts.get("expected")
        more = [str(expected[visit.language])] if isinstance(expected, dict) else []
        return None, [refusal.title(visit.language), *more, *details_of(refusal.facts, visit.language)]


def settle(visit: Visit, form: FilledForm) -> None:
    """Settle what is paid, by what was reported and what the review found otherwise."""
    given = form.read(SettleForm, "settle", but=(f"settle.{AS_SHOWN}",))
    costs = given.costs or (() if form.text(f"settle.{AS_SHOWN}") else None)
    reviewed = given.model_copy(update={"costs": costs}).reviewed()
    settlements.settle(*visit.sealed, visit.part("assignment_id"), reviewed)


def pay(visit: Visit, form: FilledForm) -> None:
    """Record that it was paid."""
    settlements.pay(*visit.sealed, form.text("settlement"), form.read(PaymentIn, "pay").on)


def correct(visit: Visit, form: FilledForm) -> None:
    """Undo the payment that was recorded, or else the settlement."""
    settlements.correct(*visit.sealed, form.text("settlement"), form.read(CorrectionIn, "correct").reason)


# fmt: off
SETTLE = (Verb.SETTLE,)

PAGES = (
    ConsolePage(
        "/cases/{case_id}/work/{assignment_id}/subsidy", "subsidy_page", (Verb.SETTLE, Verb.READ_REPORTS),
        ("补贴核算", "Subsidy"),
        ("按结案报告和本中心补贴标准逐项核算；服务天数和直接费用经审核不同的，改后再核定。",
         "Line by line, by the report and the centre’s table; what the review found otherwise is changed first."),
        subsidy_page, "funds/subsidy.html",
        acts={
            "settle": PageAct(settle, ("补贴已核定。", "It is settled."), SETTLE),
            "pay": PageAct(pay, ("支付日期已登记。", "The payment is recorded."), SETTLE),
            "correct-settlement": PageAct(correct, ("已更正，可以重新核定。", "It is undone, and can be settled anew."),
                                          (Verb.CORRECT,)),
        },
    ),
)
# fmt: on
