"""Matching runs (匹配批次): asked for, watched, looked at case by case, checked, and confirmed by a person."""

from typing import Any

from starlette.responses import Response

from dispatch.api.paging import cursor_of
from dispatch.api.routes.answers.price_history import PricesOut, get_prices
from dispatch.api.routes.answers.prices import get_run_prices
from dispatch.api.routes.answers.run_reports import list_open_cases, list_recent_runs
from dispatch.api.routes.runs import ApplyIn, RunIn, check_run, get_proof
from dispatch.commands.jobs import cancel_job
from dispatch.commands.runs import requests
from dispatch.commands.runs.report import OPEN, PLACED, view_run
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.eligibility.table import RULES_BY_CODE, basis_text
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.criteria import MAX_SCORE, Criterion
from dispatch.domain.vocabulary import JobStatus, ProposalState

SHOWN = 100
"""Proposals on a page."""
LISTS = (OPEN, PLACED)
UNDERWAY = (JobStatus.QUEUED, JobStatus.RUNNING)

# fmt: off
PHASES = {
    # phase     what is done in it
    "queued":   ("等待开始", "waiting to begin"),
    "loading":  ("读取案件和名册", "reading cases and roster"),
    "matching": ("计算最优方案", "computing the best plan"),
    "proving":  ("核对最优性证明", "checking its proof"),
    "telling":  ("整理得分依据", "writing down the reasons"),
    "packing":  ("保存数据和证明", "packing data and proof"),
    "storing":  ("保存匹配结果", "storing the proposals"),
}
STALE = {
    # why a proposal no longer holds, beside the codes of rules
    "changed": ("案件信息已修改", "the case was changed"),
}
# fmt: on


def runs_page(visit: Visit) -> Context:
    """Return the latest runs."""
    found = list_recent_runs(visit.actor, visit.read, visit.paging(20))
    return {
        "runs": found.items,
        "next": found.next,
        "underway": any(each.job.status in UNDERWAY for each in found.items),
        "prices": _prices(visit) if found.items and visit.asked("prices") else None,
        "asked": visit.asked("prices"),
    }


def _prices(visit: Visit) -> PricesOut | None:
    """Return what rules and people were worth over the last days; None where no run is proven yet."""
    try:
        return get_prices(visit.request, visit.actor, visit.read)
    except NotFoundError:
        return None


def start(visit: Visit, form: FilledForm) -> str:
    """Ask for a run over every case that waits."""
    given = form.read(RunIn)
    run = requests.request_run(visit.begin, visit.actor, visit.now, given.case_ids, given.reason)
    return f"/match/{run.id}"


def run_page(visit: Visit) -> Context:
    """Return a run: its progress, or what it proposes, open cases first."""
    run_id, who = visit.part("run_id"), (visit.actor, visit.read)
    paging = visit.paging(SHOWN)
    report = view_run(visit.read, visit.actor, run_id, paging.limit, paging.after)
    line, done = report.line, report.line.job.status is JobStatus.DONE
    told = done and line.run.certificate is not None
    return {
        "report": report,
        "run": line.run,
        "job": line.job,
        "underway": line.job.status in UNDERWAY,
        "phases": PHASES,
        "open": report.open.rows,
        "placed": report.placed.rows,
        "more": {name: part.last and cursor_of(*part.last) for name, part in zip(LISTS, report[-2:], strict=True)},
        "states": report.states,
        "waiting": report.states[ProposalState.PROPOSED],
        "criteria": list(Criterion),
        "most": MAX_SCORE,
        "told": told,
        "reasons": list_open_cases(run_id, visit.request, *who) if told and visit.asked("reasons") else None,
        "prices": get_run_prices(run_id, visit.request, *who) if told and visit.asked("prices") else None,
        "checked": check_run(run_id, *who) if told and visit.asked("check") else None,
        "rule": lambda code: _rule(code, visit.language),
    }


def _rule(code: str, language: str) -> tuple[str, str]:
    """Return what a rule says and what it rests on; other reasons go by words of their own."""
    known = code.partition(":")[0]
    if known in RULES_BY_CODE:
        return RULES_BY_CODE[known].refusal(language), basis_text(known, language)
    words = STALE.get(known)
    return (words[language != "zh"] if words else code), ""


def apply_all(visit: Visit, form: FilledForm) -> None:
    """Turn every proposal into an assignment."""
    requests.apply_run(visit.begin, visit.actor, visit.now, visit.part("run_id"))


def apply_some(visit: Visit, form: FilledForm) -> None:
    """Turn the ticked proposals into assignments; the others are left, with a reason."""
    given = form.read(ApplyIn)
    chosen = given.proposal_ids or []
    requests.apply_run(visit.begin, visit.actor, visit.now, visit.part("run_id"), chosen, given.reason)


def cancel(visit: Visit, form: FilledForm) -> None:
    """Cancel the run, or ask it to stop."""
    cancel_job(visit.begin, visit.actor, visit.now, visit.part("run_id"))


def proof(visit: Visit, form: FilledForm) -> Response:
    """Download the run's data without names, and its proof."""
    found: Any = get_proof(visit.part("run_id"), visit.actor, visit.read, visit.now)
    found.headers["Cache-Control"] = "no-store"
    return found  # type: ignore[no-any-return]


# fmt: off
PAGES = (
    ConsolePage(
        "/match", "runs_page", (Verb.READ_RUN,), ("匹配批次", "Matching runs"),
        ("把全部待指派案件一并匹配，使合计得分最高；结果由人确认后才成为指派。",
         "All waiting cases are matched together for the best total; a person confirms before anything is assigned."),
        runs_page, "match/runs.html", Menu.WORK,
        acts={"start": PageAct(start, ("已发起匹配。", "The run is asked for."), (Verb.REQUEST_RUN,))},
    ),
    ConsolePage(
        "/match/{run_id}", "run_page", (Verb.READ_RUN,), ("匹配批次", "Matching run"),
        ("先看无人承办的案件，再核对其余结果；可以全部采纳、采纳一部分或者不采纳。",
         "Look first at the cases without anybody, then at the rest; apply all, some or none."),
        run_page, "match/run.html",
        acts={
            "apply-all": PageAct(apply_all, ("已采纳。", "Applied."), (Verb.APPLY_RUN,)),
            "apply-some": PageAct(apply_some, ("已采纳所选结果。", "What you chose is applied."), (Verb.APPLY_RUN,)),
            "cancel": PageAct(cancel, ("已请求取消。", "It was asked to stop."), (Verb.CANCEL_JOB,)),
            "proof": PageAct(proof, ("", ""), (Verb.VERIFY,)),
        },
    ),
)
# fmt: on
