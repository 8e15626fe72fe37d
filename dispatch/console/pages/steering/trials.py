"""Back-tests of a version (方案试算): asked for, watched, and read figure by figure in words."""

from dispatch.api.paging import cursor_of
from dispatch.api.routes.simulations import CityIn, FigureOut, ResultOut, SimulationIn, get_simulation
from dispatch.commands.jobs import cancel_job
from dispatch.commands.policies import versions
from dispatch.commands.simulations import requests
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, validated
from dispatch.console.pages.steering.versions import context_of, view_of
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.trial_floor import SOURCES
from dispatch.domain.vocabulary import JobStatus

SHOWN = 20
UNDERWAY = (JobStatus.QUEUED, JobStatus.RUNNING)

# fmt: off
PHASES = {
    # phase             what is done in it
    "queued":          ("等待开始", "waiting to begin"),
    "loading":         ("读取案件和名册", "reading cases and roster"),
    "playing":         ("推演本版本", "playing this version"),
    "playing_against": ("推演对照的版本", "playing the version compared against"),
    "comparing":       ("比较", "comparing"),
}
VERDICTS = {
    #  what is told, and how it is shown
    1:  (("更好", "surely better"), "good"),
    -1: (("更差", "surely worse"), "bad"),
    0:  (("无法判断", "not known"), "quiet"),
}
NOT_ALIKE = ("不作结论", "no verdict"), "quiet"
UNITS = {
    "h":      ("小时", "hours"),
    "of 100": ("分（百分制）", "of 100"),
}
TABLES = (
    ("rows", ("各项指标", "All figures")),
    ("hours_of", ("指派用时，按受援人类别", "Time to assign, by category of recipient")),
    ("quality_of", ("匹配得分，按受援人类别", "Match quality, by category of recipient")),
)
# fmt: on


def trials_page(visit: Visit) -> Context:
    """Return the back-tests of a version, the newest first, and what one to publish by has to rest on."""
    view = view_of(visit)
    found = requests.recent_trials(visit.read, visit.actor, visit.paging(SHOWN).part, view.line.row.id)
    return {
        **context_of(view),
        "trials": found.rows,
        "next": cursor_of(*found.last) if found.last else None,
        "underway": any(each.job.status in UNDERWAY for each in found.rows),
        "floor": versions.standing_of(visit.read, visit.actor, visit.now, view.line.row.id).floor,
        "city": CityIn(),
    }


def ask(visit: Visit, form: FilledForm) -> str:
    """Ask for a back-test against the version in force."""
    given = form.nested("trial")
    asked = validated(SimulationIn, {**given, "policy_id": visit.part("policy_id")}, "trial")
    city = asked.city.model_dump() if asked.sample else None
    scene = requests.scene_of(visit.read, visit.actor, visit.now, asked.since, asked.until, city)
    row = requests.request_simulation(
        visit.begin, visit.actor, visit.now, asked.policy_id, scene, asked.seed, asked.against_id
    )
    return f"/trials/{row.id}"


def trial_page(visit: Visit) -> Context:
    """Return a back-test: how far it is, or what came of it."""
    found = get_simulation(visit.part("trial_id"), visit.actor, visit.read)
    return {
        "trial": found,
        "version": _version(visit, found.policy_id),
        "against": _version(visit, found.against_id),
        "units": UNITS,
        "job": found.job,
        "underway": found.job.status in UNDERWAY,
        "phases": PHASES,
        "tables": [(title, _reported(found.result, name)) for name, title in TABLES],
        "verdict": lambda row: VERDICTS[row.verdict] if row.same_cases else NOT_ALIKE,
        "figure": figure,
        "sources": SOURCES,
    }


def _version(visit: Visit, policy_id: str) -> int | None:
    """Return the number of a version; a draft that was tried may be gone."""
    try:
        return versions.view_version(visit.read, visit.actor, policy_id).line.row.version
    except NotFoundError:
        return None


def _reported(result: ResultOut | None, name: str) -> list[FigureOut]:
    """Return the rows of a table that hold a figure."""
    rows = getattr(result, name) if result else []
    return [row for row in rows if not (row.policy is None and row.against is None)]


def figure(row: FigureOut, value: float | None, sign: str = "") -> str:
    """Return a figure as it is read: shares in per cent."""
    if value is None:
        return "—"
    return f"{100 * value:{sign}.1f}%" if row.unit == "share" else f"{value:{sign}.2f}"


def cancel(visit: Visit, form: FilledForm) -> None:
    """Cancel the back-test, or ask it to stop."""
    cancel_job(visit.begin, visit.actor, visit.now, visit.part("trial_id"))


# fmt: off
PAGES = (
    ConsolePage(
        "/policies/{policy_id}/trials", "trials_page", (Verb.READ_POLICY,), ("方案试算", "Back-tests"),
        ("用过去的案件推演本版本和现行方案，逐项比较；不改变任何数据。",
         "Past cases are played under this version and under the one in force, and compared; nothing is changed."),
        trials_page, "steering/trials.html",
        acts={"ask": PageAct(ask, ("", ""), (Verb.SIMULATE,))},
    ),
    ConsolePage(
        "/trials/{trial_id}", "trial_page", (Verb.READ_POLICY,), ("方案试算", "Back-test"),
        ("逐项写明更好、更差还是无法判断；没有把握的不下结论。",
         "Figure by figure: surely better, surely worse, or not known."),
        trial_page, "steering/trial.html",
        acts={"cancel": PageAct(cancel, ("已请求取消。", "It was asked to stop."), (Verb.CANCEL_JOB,))},
    ),
)
# fmt: on
