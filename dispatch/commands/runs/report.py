"""Runs as officers look at them: the latest first, and one with its job and what it proposes, by number and name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import JobKind, ProposalState
from dispatch.registry.own import people
from dispatch.registry.reads import CURSOR, Rows, Slice, get, logins_of, page
from dispatch.registry.runs import count_proposals, list_proposals, page_proposals
from dispatch.registry.tables import CaseRow, JobRow, PolicyRow, PractitionerRow, ProposalRow, RunRow
from dispatch.registry.transaction import Read

OPEN, PLACED = "open", "placed"
"""The two lists of a run's proposals, as the cursor of a page names them."""


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


class RunView(NamedTuple):
    """A run as it is looked at: the state of its proposals, and a page of those with and of those without anybody."""

    line: RunLine
    policy_version: int
    states: Counter[ProposalState]
    """Of the proposals that name somebody."""
    unnamed: int
    open: Rows
    placed: Rows


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


def view_run(read: Read, actor: Actor, run_id: str, limit: int, after: Sequence[str] | None) -> RunView:
    """Return a run with a page of its proposals; ``after`` says first of which list it is the place."""
    require(actor, Verb.READ_RUN)
    which, *place = after or (PLACED,)
    if which not in (OPEN, PLACED):
        raise InvalidFieldError(field="cursor", expected=CURSOR)
    starts = {which: place or None}
    with read() as session:
        run = get(session, RunRow, actor.centre_id, run_id)
        [line] = _lines(session, [session.get_one(JobRow, run.id)])
        counts = count_proposals(session, run.id)
        parts = {
            name: page_proposals(session, run.id, Slice(limit, starts.get(name)), named=name == PLACED)
            for name in (OPEN, PLACED)
        }
        named = people(session, {row.practitioner_id for row, _ in parts[PLACED].rows})
        version = session.get_one(PolicyRow, run.policy_id).version
    pages = [_named(name, part, named) for name, part in parts.items()]
    states = Counter({state: count for (state, somebody), count in counts.items() if somebody})
    unnamed = sum(count for (_, somebody), count in counts.items() if not somebody)
    return RunView(line, version, states, unnamed, *pages)


def _named(name: str, part: Rows, called: Mapping[str, PractitionerRow]) -> Rows:
    rows = [NamedProposal(row, case, called.get(row.practitioner_id or "")) for row, case in part.rows]
    return Rows(rows, (name, *part.last) if part.last else None)


def _lines(session: Session, jobs: Sequence[JobRow]) -> list[RunLine]:
    of_jobs = select(RunRow).where(col(RunRow.id).in_([job.id for job in jobs]))
    runs = {run.id: run for run in session.exec(of_jobs)}
    logins = logins_of(session, {job.asked_by for job in jobs if job.asked_by})
    return [RunLine(runs[job.id], job, logins.get(job.asked_by or "")) for job in jobs if job.id in runs]
