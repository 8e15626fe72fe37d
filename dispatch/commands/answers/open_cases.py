"""Why a run left cases without anybody: who is shut in together, and the single changes that would help."""

from typing import NamedTuple

from dispatch.commands.answers.days import one_at_a_time
from dispatch.commands.answers.names import Names, names_of
from dispatch.commands.runs.proofs import day_of
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.reads import get
from dispatch.registry.runs import list_proposals
from dispatch.registry.tables import RunRow
from dispatch.registry.transaction import Read
from dispatch.simulation.evidence.repair import OpenCase, areas_of, why_open

MAX_CASES = 5
"""Cases answered at once: each change is tried by matching the whole day again."""


class OpenCases(NamedTuple):
    """The cases of a run without anybody, the most urgent first, what they are called, and how many are left out."""

    found: list[tuple[str, OpenCase]]
    names: Names
    left_out: int


def open_cases_of(read: Read, actor: Actor, run_id: str) -> OpenCases:
    """Return why the first cases of a run have nobody, by the run's own data; nothing is written."""
    require(actor, Verb.READ_RUN)
    with one_at_a_time(), read() as session:
        run = get(session, RunRow, actor.centre_id, run_id)
        day = day_of(run)
        ids = list(dict.fromkeys(row.case_id for row in list_proposals(session, run.id) if not row.practitioner_id))
        found = [(id, shut_in) for id in ids[:MAX_CASES] if (shut_in := why_open(day, id))]
        repairs = [each for _, shut_in in found for each in shut_in.repairs]
        docket = day.docket
        people = [
            docket.practitioner_at(docket.column_of(id))
            for id in sorted({each.practitioner_id for each in repairs if each.practitioner_id})
        ]
        cases = {id for _, shut_in in found for id in shut_in.case_ids} | set(ids)
        houses = {each.institution_id for each in repairs if each.institution_id}
        names = names_of(session, actor, people, cases, houses, areas_of(repairs))
        return OpenCases(found, names, max(len(ids) - MAX_CASES, 0))
