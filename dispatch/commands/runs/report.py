"""Runs as officers look at them: the latest first, and one with its job and what it proposes, by number and name."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import JobKind
from dispatch.registry.own import people
from dispatch.registry.reads import Rows, Slice, get, logins_of, page
from dispatch.registry.runs import list_proposals
from dispatch.registry.tables import CaseRow, JobRow, PolicyRow, PractitionerRow, ProposalRow, RunRow
from dispatch.registry.transaction import Read


class RunLine(NamedTuple):
    """A run, its job, and who asked for it; none if a rule of the policy did."""

    run: RunRow
    job: JobRow
    asked_by: str | None


class NamedProposal(NamedTuple):
    """What a run proposes for a seat, with the case and the person."""

    row: ProposalRow
    case: CaseRow
    practitioner: PractitionerRow | None


class RunReport(NamedTuple):
    """A run with everything it proposes, the most urgent case first."""

    line: RunLine
    policy_version: int
    proposals: list[NamedProposal]


def recent_runs(read: Read, actor: Actor, part: Slice) -> Rows:
    """Return the runs of the centre, the latest first."""
    require(actor, Verb.READ_RUN)
    with read() as session:
        found = page(
            session, JobRow, actor.centre_id, part, JobRow.kind == JobKind.RUN, by="created_at", newest_first=True
        )
        return found._replace(rows=_lines(session, found.rows))


def report_run(read: Read, actor: Actor, run_id: str) -> RunReport:
    """Return a run with its job, and its proposals by case number and name."""
    require(actor, Verb.READ_RUN)
    with read() as session:
        run = get(session, RunRow, actor.centre_id, run_id)
        [line] = _lines(session, [session.get_one(JobRow, run.id)])
        rows = list_proposals(session, run.id)
        found = select(CaseRow).where(col(CaseRow.id).in_({row.case_id for row in rows}))
        cases = {case.id: case for case in session.exec(found)}
        named = people(session, {row.practitioner_id for row in rows if row.practitioner_id})
        proposals = [NamedProposal(row, cases[row.case_id], named.get(row.practitioner_id or "")) for row in rows]
        return RunReport(line, session.get_one(PolicyRow, run.policy_id).version, proposals)


def _lines(session: Session, jobs: Sequence[JobRow]) -> list[RunLine]:
    of_jobs = select(RunRow).where(col(RunRow.id).in_([job.id for job in jobs]))
    runs = {run.id: run for run in session.exec(of_jobs)}
    logins = logins_of(session, {job.asked_by for job in jobs if job.asked_by})
    return [RunLine(runs[job.id], job, logins.get(job.asked_by or "")) for job in jobs if job.id in runs]
