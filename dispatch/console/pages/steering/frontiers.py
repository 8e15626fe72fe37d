"""What a run's day could have been (权衡曲线): more or less of one number of the policy, and a point of it drafted."""

from dispatch.api.routes.evidence import AdoptIn, get_frontier
from dispatch.commands.runs.report import view_run
from dispatch.commands.simulations import frontiers
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Verb
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.policy.sweep_axis import FIELDS, Axis
from dispatch.domain.vocabulary import JobStatus


def frontier_page(visit: Visit) -> Context:
    """Return the curve of a run along the axis that is asked for; without one nothing is worked out."""
    run_id = visit.part("run_id")
    line = view_run(visit.read, visit.actor, run_id, 1, None).line
    axis = _axis(visit.asked("axis") or visit.typed.get("axis", [""])[0])
    ready = line.job.status is JobStatus.DONE
    curve = get_frontier(run_id, visit.actor, visit.read, axis) if axis and ready else None
    return {
        "run": line.run,
        "job": line.job,
        "ready": ready,
        "axes": list(Axis),
        "axis": axis,
        "curve": curve,
        "drafted": axis in FIELDS,
        "most": MAX_SCORE,
    }


def _axis(text: str) -> Axis | None:
    if not text:
        return None
    found = next((axis for axis in Axis if axis.value == text), None)
    if found is None:
        raise InvalidFieldError(field="axis", value=text, expected=stated("列出的一项", "one of those listed"))
    return found


def adopt(visit: Visit, form: FilledForm) -> str:
    """Draft the policy that yields a point."""
    given = form.read(AdoptIn)
    row = frontiers.adopt_point(
        visit.begin, visit.read, visit.actor, visit.now, visit.part("run_id"), given.axis, given.level
    )
    return f"/policies/{row.id}/draft"


# fmt: off
PAGES = (
    ConsolePage(
        "/match/{run_id}/frontier", "frontier_page", (Verb.SIMULATE,), ("权衡曲线", "Trade-off"),
        ("某一项多考虑一些或者少考虑一些，当日的结果会怎样；合适的一点可以存为方案草稿。",
         "What more or less of one criterion would have made of the day; a point of it can be drafted."),
        frontier_page, "steering/frontier.html",
        acts={"adopt": PageAct(adopt, ("", ""), (Verb.EDIT_POLICY,))},
    ),
)
# fmt: on
