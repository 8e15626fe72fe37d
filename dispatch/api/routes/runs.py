"""Matching runs: asked for, watched, checked, and applied by a person."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.documentation.cases import CASES
from dispatch.api.documentation.centre import CENTRE
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Page, PagingQuery, page_of
from dispatch.api.problems import responses
from dispatch.api.routes.jobs import JobOut
from dispatch.api.routes.policies import ChangeOut
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.runs import checks, draws, proofs, repeats, requests
from dispatch.commands.runs.checks import RunPart
from dispatch.domain.docket.changes import Difference, DocketChange, DocketPart
from dispatch.domain.errors import (
    NotFoundError,
    PolicyMissingError,
    ReasonRequiredError,
    RunNotReadyError,
    TooManyRequestsError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Reason
from dispatch.domain.vocabulary import ProposalState, Role
from dispatch.registry import reads
from dispatch.registry.audit import ActCount
from dispatch.registry.docket.roster import read_day
from dispatch.registry.tables import JobRow, ProposalRow, RunRow


class RunIn(In):
    """The cases to match; all waiting cases, if left out. Who names some of them says why.

    Nobody names a seed: each day's is fixed before its cases are known.
    """

    case_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=50_000)] = None
    reason: Reason | None = None


class DrawOut(Out):
    """The draw among equals of a day: published beforehand by its commitment, opened when the day is over."""

    on: date
    commitment: Annotated[
        str, Field(description="SHA-256 that the day's secret has to have. 当日抽签密钥的校验值（SHA-256），事先公布。")
    ]
    committed_at: datetime
    secret: Annotated[str | None, Field(description="The secret, once the day is over. 抽签密钥，次日公开。")]
    seed: int | None


class ExceptionOut(Out):
    """A choice that left something out of a run, or of what was made of it."""

    what: Literal["cases", "proposals"]
    left_out: int
    reason: str
    by: str
    at: datetime


class RunOut(Out):
    """A matching run and its proof."""

    id: Id
    policy_id: str
    policy_digest: str | None
    draw_on: date | None
    seed: Annotated[
        int | None,
        Field(
            description="Seed of the draw among equals, shown when its day is over. "
            "得分相同时抽签所用的随机数种子，次日公开。"
        ),
    ]
    exceptions: list[ExceptionOut]
    docket_at: datetime | None
    docket_digest: str | None
    objective: int | None
    bound: int | None
    optimal: bool | None
    summary: dict[str, Any] | None


class RepeatOut(Out):
    """Another run over some of the same cases, and what came of it for these."""

    id: Id
    docket_at: datetime | None
    asked_by: Annotated[
        str | None,
        Field(description="Who asked for it; none if a rule of the policy did. 发起人，按方案自动发起的为空。"),
    ]
    earlier: bool
    cases: Annotated[int, Field(description="How many cases were in it. 该批次的案件数。")]
    shared: Annotated[int, Field(description="How many cases were in both. 两个批次共同的案件数。")]
    proposed: Annotated[int, Field(description="Seats for which it proposed somebody. 该批次拟指派的名额数。")]
    applied: Annotated[int, Field(description="Proposals that were applied. 已采纳的件数。")]


class RepeatsOut(Out):
    """How often cases of a run were matched before and after it."""

    earlier: Annotated[int, Field(description="How many of them came before it. 此前的次数。")]
    items: list[RepeatOut]


class DocketChangeOut(Out):
    """How many of a kind came, left, or changed in one field; never whom it is about."""

    part: DocketPart
    what: Difference
    field: str | None
    number: Annotated[int, Field(description="How many. 数量。")]
    zh: str
    en: str


class ActCountOut(Out):
    """Who did what meanwhile, and how often."""

    login: Annotated[
        str | None,
        Field(description="Null where a recipient acted by link, or the service. 办理人的登录名，受援人或者系统为空。"),
    ]
    role: Role | None
    verb: Annotated[str, Field(description="What was done; `Verb` in `/v1/vocabulary`. 操作。")]
    number: Annotated[int, Field(description="How often. 次数。")]
    zh: str
    en: str


class RunChangesOut(Out):
    """What differed between two runs, and who did what in between."""

    since: Id
    same_seed: bool
    policy: list[ChangeOut]
    facts: list[DocketChangeOut]
    acts: Annotated[list[ActCountOut], Field(description="Who did what in between. 期间由谁办理了什么。")]


class RunCheckOut(Out):
    """Whether a part of a run holds, in words."""

    part: RunPart
    holds: bool
    zh: str
    en: str


class RunChecksOut(Out):
    """Whether a run holds, worked out anew from the docket that is kept."""

    holds: bool
    parts: list[RunCheckOut]


class RunAskedOut(BaseModel):
    """The run requested, and the job to watch."""

    run: RunOut
    job: JobOut


class ProposalOut(Out):
    """The proposal of a run for one seat, with its reasons."""

    id: Id
    case_id: str
    seat: int
    practitioner_id: str | None
    score: int | None
    slot_price: int | None
    terms: dict[str, int] | None
    alternatives: list[dict[str, Any]]
    refusals: dict[str, int]
    needs_reason: bool
    state: ProposalState
    stale_reason: str | None


class ApplyIn(In):
    """The proposals to apply; all of them, if left out. Who applies some and leaves others says why."""

    proposal_ids: Annotated[list[Id] | None, Field(min_length=1, max_length=50_000)] = None
    reason: Reason | None = None


class ApplyOut(Out):
    """Outcomes of the chosen proposals; those that no longer hold stay queued."""

    applied: list[ProposalOut]
    stale: list[ProposalOut]


def _change(change: DocketChange) -> DocketChangeOut:
    zh, en = (CASES | CENTRE).get(change.field or "", (change.field, change.field))
    return DocketChangeOut(
        **change._asdict(),
        zh=f"{change.part.zh}{change.what.zh}{change.number}" + (f"（{zh}）" if zh else ""),
        en=f"{change.part.en} {change.what.en}: {change.number}" + (f" ({en.rstrip('.')})" if en else ""),
    )


def _act(act: ActCount) -> ActCountOut:
    verb = VERBS[act.verb]
    zh, en = (f"{act.login}（{act.role.zh}）", f"{act.login} ({act.role.en})") if act.role else NO_LOGIN
    return ActCountOut(**act._asdict(), zh=f"{zh}：{verb.zh}{act.number}次", en=f"{en}: {verb.en} ({act.number})")


def _shown(run: RunRow, *, over: bool) -> RunOut:
    shown = RunOut.model_validate(run)
    return shown if over else shown.model_copy(update={"seed": None})


VERBS = {verb.value: verb for verb in Verb}
NO_LOGIN = ("受援人凭链接或者系统自动", "a recipient by link, or the service")

router = APIRouter(prefix="/runs", tags=["runs 匹配批次"], route_class=IdempotentRoute)


@router.post("", status_code=202, responses=responses(PolicyMissingError, NotFoundError, ReasonRequiredError))
def request_run(
    asked: RunIn,
    actor: Annotated[Actor, Depends(Permit(Verb.REQUEST_RUN))],
    begin: BeginDep,
    read: ReadDep,
    now: Now,
    response: Response,
) -> RunAskedOut:
    """Request a matching run for the waiting cases.

    The result is reported by its job. All waiting cases are included; to name only some of them is an exception that is
    recorded with its reason. 发起匹配。
    """
    run = requests.request_run(begin, actor, now, asked.case_ids, asked.reason)
    response.headers["Location"] = f"/v1/jobs/{run.id}"
    with read() as session:
        job = reads.get(session, JobRow, actor.centre_id, run.id)
        return RunAskedOut(run=_shown(run, over=False), job=JobOut.model_validate(job))


@router.get("")
def list_runs(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep, paging: PagingQuery, now: Now
) -> Page[RunOut]:
    """List the matching runs of the centre. 匹配批次列表。"""
    with read() as session:
        found, today = reads.runs(session, actor.centre_id, paging.part), read_day(session, actor.centre_id, now).today
        rows = [_shown(row, over=draws.is_open(row, today)) for row in found.rows]
    return page_of(RunOut, found._replace(rows=rows))


@router.get("/draws")
def list_draws(
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep, paging: PagingQuery, now: Now
) -> Page[DrawOut]:
    """List the draws among equals, those furthest ahead first.

    The commitment of each day's draw is published before the day, and its key once the day is over.
    抽签校验值和密钥列表。
    """
    return page_of(DrawOut, draws.list_draws(read, actor, paging.part, now))


@router.get("/{run_id}", responses=responses(NotFoundError))
def get_run(run_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep, now: Now) -> RunOut:
    """Return a matching run with its proven bound and its totals. 查看匹配批次。"""
    with read() as session:
        run = reads.get(session, RunRow, actor.centre_id, run_id)
        return _shown(run, over=draws.is_open(run, read_day(session, actor.centre_id, now).today))


@router.get("/{run_id}/repeats", responses=responses(NotFoundError))
def list_repeats(run_id: str, actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))], read: ReadDep) -> RepeatsOut:
    """List the other runs over any of the same cases.

    With who asked for them, when, and what came of them. 同一案件的其他匹配批次。
    """
    found = repeats.repeats_of(read, actor, run_id)
    items = [RepeatOut.model_validate(each) for each in found]
    return RepeatsOut(earlier=sum(each.earlier for each in found), items=items)


@router.get("/{run_id}/changes", responses=responses(NotFoundError, RunNotReadyError))
def get_changes(
    run_id: str,
    since: Annotated[str, Query(description="The run it is compared with. 对照的批次。")],
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))],
    read: ReadDep,
) -> RunChangesOut:
    """Compare a run with another: what differed, and who did what in between.

    Policy, facts and seed, by kind and number.
    与另一批次相比的变化：指派方案、登记信息和抽签，只列类别和数量；期间由谁办理了什么。
    """
    found = repeats.changes_between(read, actor, run_id, since)
    return RunChangesOut(
        since=found.since,
        same_seed=found.same_seed,
        policy=[ChangeOut.model_validate(each) for each in found.policy],
        facts=[_change(each) for each in found.facts],
        acts=[_act(each) for each in found.acts],
    )


@router.get("/{run_id}/proposals", responses=responses(NotFoundError))
def list_proposals(
    run_id: str,
    actor: Annotated[Actor, Depends(Permit(Verb.READ_RUN))],
    read: ReadDep,
    paging: PagingQuery,
    state: ProposalState | None = None,
) -> Page[ProposalOut]:
    """List the proposals of a run, with reasons.

    Each has the parts of its score, the alternatives, and the rules that excluded others. 匹配结果与理由。
    """
    filters = [ProposalRow.state == state] if state else []
    with read() as session:
        reads.get(session, RunRow, actor.centre_id, run_id)
        found = reads.proposals(session, actor.centre_id, run_id, paging.part, *filters)
    return page_of(ProposalOut, found)


@router.post("/{run_id}/apply", responses=responses(NotFoundError, RunNotReadyError, ReasonRequiredError))
def apply_run(
    run_id: str, chosen: ApplyIn, actor: Annotated[Actor, Depends(Permit(Verb.APPLY_RUN))], begin: BeginDep, now: Now
) -> ApplyOut:
    """Apply all proposals of a run, or the selected ones.

    Proposals that no longer hold are reported, and their cases stay queued. 采纳匹配结果。
    """
    return ApplyOut.model_validate(requests.apply_run(begin, actor, now, run_id, chosen.proposal_ids, chosen.reason))


@router.get("/{run_id}/check", responses=responses(NotFoundError, RunNotReadyError, TooManyRequestsError))
def check_run(run_id: str, actor: Annotated[Actor, Depends(Permit(Verb.VERIFY))], read: ReadDep) -> RunChecksOut:
    """Check a run again from the data kept with it.

    The scores, the proof and the draw are worked out anew, and whether they give this result.
    根据留存的数据快照重新核对一个批次：分值、证明、抽签和结果。
    """
    found = checks.check_run(read, actor, run_id)
    parts = [RunCheckOut(part=each.part, holds=each.holds, zh=each.part.zh, en=each.part.en) for each in found]
    return RunChecksOut(holds=all(each.holds for each in found), parts=parts)


@router.get(
    "/{run_id}/proof",
    response_class=Response,
    responses={200: {"content": {"application/zip": {}}}, **responses(NotFoundError, RunNotReadyError)},
)
def get_proof(run_id: str, actor: Annotated[Actor, Depends(Permit(Verb.VERIFY))], read: ReadDep, now: Now) -> Response:
    """Download the anonymised data of a run and the certificate of its optimality.

    To be checked with `legal-dispatch verify FILE`. The seed of the draw is included once its day is over.
    下载去标识化数据和最优性证明，供独立核验；抽签的随机数种子次日公开。
    """
    content = proofs.proof_of(read, actor, run_id, now)
    name = f'attachment; filename="run-{run_id}.zip"'
    return Response(content, media_type="application/zip", headers={"Content-Disposition": name})
