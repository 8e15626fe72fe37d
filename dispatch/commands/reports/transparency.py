"""The public pack of a month that is over."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.log.own import heads_between
from dispatch.commands.reports.period import policies_of, read_report_data
from dispatch.commands.runs.draws import published_draws
from dispatch.commands.runs.proofs import mask_run
from dispatch.domain.calendar import EARLIEST
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.audit import note
from dispatch.registry.docket.roster import LocalInstant, read_day
from dispatch.registry.period.report_data import Days
from dispatch.registry.policies import read_policy
from dispatch.registry.seal import Seal
from dispatch.registry.tables import JobRow, PolicyRow, RunRow
from dispatch.registry.transaction import Begin, Read
from dispatch.reports import REPORTS
from dispatch.reports.pack import PUBLIC, PolicyDocument, Proven, pack
from dispatch.reports.rendering import render_report


class Pack(NamedTuple):
    """A pack, and the name of its file."""

    name: str
    content: bytes


def transparency(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, month: str, head: Actor | None = None
) -> Pack:
    """Return what the public may have of a month that is over; the same register gives the same bytes.

    Proofs hold the scores of practitioners, who may be recognised by them: they are left out unless `head`, the
    head of the institution, decided to publish them, and that decision is recorded in the audit log.
    """
    require(actor, Verb.READ_REPORTS)
    if head is not None:
        require(head, Verb.PUBLISH_SCORES)
    with read() as session:
        days = month_days(read_day(session, actor.centre_id, now), month)
        end = days.params()["end"]
        data, about = read_report_data(session, days, end)
        heads = heads_between(session, actor.centre_id, days.since, days.until)
        rendered = [render_report(REPORTS[code], data, names=False) for code in PUBLIC]
        runs = list(_runs(session, days))
        texts = _policies(session, days, [run.policy_id for run in runs])
        proofs = [_proven(run, _seed(seal, month, run.id), texts[run.policy_id].version) for run in runs]
        drawn = published_draws(session, actor.centre_id, days, {run.draw_on for run in runs if run.draw_on})
    documents = sorted(texts.values(), key=lambda text: text.version)
    content = pack(about, month, rendered, documents, proofs, heads, drawn, scores=head is not None)
    if head is not None:
        with begin() as tx:
            note(tx, head, Verb.PUBLISH_SCORES, "transparency", month, now)
    return Pack(f"transparency-{month}.zip", content)


def month_days(day: LocalInstant, month: str) -> Days:
    """Return the days of a month that is over, or refuse."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise InvalidFieldError(
            field="month", value=month, expected=stated("月份，如 2026-11", "a month, such as 2026-11")
        ) from None
    if first < EARLIEST or first >= day.today.replace(day=1):
        raise InvalidFieldError(field="month", value=month, expected=stated("已结束的月份", "a month that is over"))
    return Days(day.centre_id, first, first.replace(day=monthrange(first.year, first.month)[1]), day.zone)


def _runs(session: Session, days: Days) -> Sequence[RunRow]:
    params = days.params()
    solved = (
        select(RunRow).join(JobRow, col(JobRow.id) == col(RunRow.id))
        .where(JobRow.centre_id == days.centre_id, col(JobRow.finished_at) >= params["begin"])
        .where(col(JobRow.finished_at) < params["end"], col(RunRow.certificate).is_not(None))
        .order_by(col(JobRow.finished_at), col(RunRow.id))
    )  # fmt: skip
    return session.exec(solved).all()


def _proven(run: RunRow, seed: int, policy: int) -> Proven:
    masks = mask_run(run, seed)
    return Proven(
        content=masks.proof,
        facts=masks.facts,
        policy=policy,
        objective=run.objective or 0,
        bound=run.bound or 0,
        optimal=bool(run.optimal),
        docket=run.docket_digest or "",
        draw_on=run.draw_on.isoformat() if run.draw_on else "",
        seed=run.seed or 0,
        repeats=(run.summary or {}).get("repeats", 0),
        exceptions=[_exception(each) for each in run.exceptions],
    )


def _exception(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a choice without its words, which may name people, and the digest by which they are known again."""
    # The id of who chose, which is in no pack, keeps short reasons from being guessed.
    reason = sha256(f"{kept['at']} {kept['by']} {kept['reason']}".encode()).hexdigest()
    return {"choice": kept["what"], "left_out": kept["left_out"], "reason": reason}


def _policies(session: Session, days: Days, used: Sequence[str]) -> dict[str, PolicyDocument]:
    rows = {row.id: row for row in policies_of(session, days)}
    rows |= {id: session.get_one(PolicyRow, id) for id in used}
    return {
        id: PolicyDocument(row.version, row.name, row.digest, read_policy(row).canonical(), row.evidence)
        for id, row in rows.items()
    }


def _seed(seal: Seal, month: str, run_id: str) -> int:
    """Return a seed that nobody without the service's secret can draw again."""
    return int(seal.fingerprint(f"transparency {month} {run_id}"), 16)
