"""Runs over the same cases: how often, by whom, when, what came of each, what differed between two, and who did it."""

import zlib
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from dispatch.domain.docket.changes import DocketChange, changes
from dispatch.domain.docket.docket import docket_from_json
from dispatch.domain.docket.facts import DocketFacts
from dispatch.domain.errors import RunNotReadyError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.diff import FieldChange, differences
from dispatch.domain.policy.schema import Policy
from dispatch.registry import reads
from dispatch.registry.audit import ActCount, acts_between
from dispatch.registry.runs import list_repeats
from dispatch.registry.tables import JobRow, RunRow
from dispatch.registry.transaction import Read


class Repeat(NamedTuple):
    """Another run over some of the same cases."""

    id: str
    docket_at: datetime | None
    asked_by: str | None
    """None where a rule of the policy asked."""
    earlier: bool
    cases: int
    shared: int
    proposed: int
    """Seats of the shared cases for which it proposed somebody."""
    applied: int


class RunChanges(NamedTuple):
    """What differed between a run and another, by kind and number, and who did what meanwhile."""

    since: str
    same_seed: bool
    policy: list[FieldChange]
    facts: list[DocketChange]
    acts: list[ActCount]


# fmt: off
ASIDE = frozenset({
    Verb.REQUEST_RUN, Verb.CANCEL_JOB, Verb.SIMULATE, Verb.EDIT_POLICY, Verb.VERIFY, Verb.SIGN_IN, Verb.EXPORT,
    Verb.ISSUE_DOCUMENT, Verb.MANAGE_TEMPLATES, Verb.MAKE_LINK, Verb.SEND_NOTICE, Verb.CONFIRM_LETTER, Verb.FUND,
    Verb.SETTLE, Verb.MANAGE_SUBSIDIES, Verb.MANAGE_USERS, Verb.CONFIRM_ACCESS, Verb.MANAGE_WEBHOOKS,
    Verb.PUBLISH_SCORES, Verb.ARCHIVE, Verb.SUPERVISE,
})
# fmt: on
"""What is done and leaves the facts of the next run as they are."""
CHANGING = [verb for verb in Verb if verb not in ASIDE and not verb.value.startswith("read_")]
"""Everything else: a verb that is new is told."""


def repeats_of(read: Read, actor: Actor, run_id: str) -> list[Repeat]:
    """Return the other runs over any case of a run, the earliest first."""
    require(actor, Verb.READ_RUN)
    with read() as session:
        run = reads.get(session, RunRow, actor.centre_id, run_id)
        return [
            Repeat(
                id=other.id, docket_at=other.docket_at, asked_by=session.get_one(JobRow, other.id).asked_by,
                earlier=run.docket_at is None or (other.docket_at or run.docket_at) < run.docket_at,
                cases=len(other.case_ids), shared=shared, proposed=proposed, applied=applied,
            )
            for other, shared, proposed, applied in list_repeats(session, run.id)
        ]  # fmt: skip


def changes_between(read: Read, actor: Actor, run_id: str, since: str) -> RunChanges:
    """Return what differed between the dockets of two runs, the earlier named second."""
    require(actor, Verb.READ_RUN)
    with read() as session:
        (now, policy, seed), (before, earlier, other_seed) = (_kept(session, actor, id) for id in (run_id, since))
        first, last = sorted((before.now, now.now))
        acts = acts_between(session, actor.centre_id, first, last, CHANGING)
    return RunChanges(since, seed == other_seed, differences(earlier, policy), changes(before, now), acts)


def _kept(session: Session, actor: Actor, run_id: str) -> tuple[DocketFacts, Policy, int]:
    run = reads.get(session, RunRow, actor.centre_id, run_id)
    if run.docket is None:
        raise RunNotReadyError(id=run_id)
    return docket_from_json(zlib.decompress(run.docket))
