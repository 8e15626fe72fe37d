"""What runs: background jobs (后台任务), how far each is and what came of it; the health of the service (运行状况)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dispatch.api.routes.jobs import JobOut, JobQuery, list_jobs
from dispatch.commands.centres import is_topmost
from dispatch.commands.doctor import examine
from dispatch.commands.jobs import cancel_job
from dispatch.commands.upkeep import examine_upkeep
from dispatch.console.frame.details import details_of
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages import match
from dispatch.console.pages.administration.log_words import reasons_of
from dispatch.console.pages.steering import trials
from dispatch.console.pages.work import AT
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import JobKind, JobStatus

# fmt: off
PHASES: Mapping[str, LocalizedText] = {
    # phase       what is done in it
    "reading":   ("读取文件", "reading the file"),
    "checking":  ("逐行核对", "checking each row"),
    "writing":   ("写入登记", "writing the register"),
    "measuring": ("逐项测算", "measuring field by field"),
    **match.PHASES,
    **trials.PHASES,
    "queued":    ("开始办理", "beginning"),
    "claimed":   ("开始办理", "beginning"),
}
MAY_WATCH: Mapping[JobKind, Verb] = {
    # kind               who may open its page
    JobKind.RUN:        Verb.READ_RUN,
    JobKind.IMPORT:     Verb.READ_JOB,
    JobKind.SIMULATION: Verb.READ_POLICY,
}
RESULTS: Mapping[JobKind, tuple[tuple[str, LocalizedText], ...]] = {
    # kind           counts of its result, and what is said of each
    JobKind.RUN:    (("assigned", ("指派{n}", "{n} placed")), ("open", ("无人承办{n}", "{n} without anybody"))),
    JobKind.IMPORT: (("created", ("新登记{n}", "{n} new")), ("updated", ("有修改{n}", "{n} changed")),
                     ("refused", ("不符合要求{n}", "{n} refused"))),
}
# fmt: on
UNDERWAY = (JobStatus.QUEUED, JobStatus.RUNNING)


class ShownJob(NamedTuple):
    """A job in words; ``to`` is where it is watched, for who may open it."""

    job: JobOut
    underway: bool
    phase: LocalizedText | None
    counts: list[tuple[int, LocalizedText]]
    reasons: list[str]
    to: str


def jobs_page(visit: Visit) -> Context:
    """Return a page of the jobs that are asked for, the newest first."""
    wanted = visit.search(JobQuery).model_copy(update={"newest": True})
    found = list_jobs(visit.actor, visit.read, visit.paging(), wanted)
    rows = [_shown(visit, each) for each in found.items]
    return {
        "rows": rows,
        "next": found.next,
        "moving": any(each.underway for each in rows),
    }


def cancel(visit: Visit, form: FilledForm) -> None:
    """Cancel a job that waits, or ask one that runs to stop."""
    cancel_job(visit.begin, visit.actor, visit.now, form.text("job_id"))


def _shown(visit: Visit, job: JobOut) -> ShownJob:
    result: Mapping[str, Any] = job.result or {}
    problem: Mapping[str, Any] = job.problem or {}
    verb = MAY_WATCH.get(job.kind)
    return ShownJob(
        job,
        job.status in UNDERWAY,
        PHASES.get(job.phase) if job.status is JobStatus.RUNNING else None,
        [(result[name], said) for name, said in RESULTS.get(job.kind, ()) if isinstance(result.get(name), int)],
        [*reasons_of(problem.get("type", ""), visit.language), *details_of(problem.get("facts", {}), visit.language)],
        AT[job.kind].format(id=job.id) if verb and visit.may(verb) else "",
    )


def health_page(visit: Visit) -> Context:
    """Return what the doctor finds, but for texts that must be opened one by one; each with its remedy.

    It is of the whole service, with its hosts and folders: a centre below another is told whom to ask.
    """
    if not is_topmost(visit.read, visit.actor):
        return {"found": None}
    context = visit.context
    found = examine(visit.read, context.key, context.redis, visit.now, whole=False)
    found += examine_upkeep(visit.read, context.settings.database_url, context.settings.data_dir, visit.now)
    return {"found": [(each, each.details(visit.language), each.mend(visit.language).split("`")) for each in found]}


# fmt: off
PAGES = (
    ConsolePage(
        "/jobs", "jobs_page", (Verb.READ_JOB,), ("后台任务", "Jobs"),
        ("匹配、导入和方案试算由后台办理，本页列出各办到哪一步、结果如何、为何出错。",
         "Runs, imports and back-tests are done in the background: how far each is, what came of it, why it failed."),
        jobs_page, "oversight/jobs.html", Menu.WATCH,
        acts={"cancel": PageAct(cancel, ("已请求取消；正在办理的，稍后停止。",
                                         "It was cancelled, or asked to stop."), (Verb.CANCEL_JOB,))},
    ),
    ConsolePage(
        "/health", "health_page", (Verb.MANAGE_CENTRES,), ("运行状况", "Health of the service"),
        ("哪里卡住、缺少什么、怎样处理；与命令 doctor 相同，只是不逐条打开加密内容。",
         "What is stuck or missing and what to do, as the command doctor tells it, without opening each sealed text."),
        health_page, "administration/health.html", Menu.ADMINISTRATION,
    ),
)
# fmt: on
