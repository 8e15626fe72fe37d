"""A run checked from what the institution keeps of it: docket, policy, scores, proof, draw and result."""

import io
import zlib
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from sqlmodel import Session

from dispatch.commands.answers.days import one_at_a_time
from dispatch.domain.docket.docket import Docket, docket_from_json
from dispatch.domain.docket.draw import commitment_to, secret_of, seed_from
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import RunNotReadyError, UnreadableFileError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import Term
from dispatch.modes.encode import decode, encode
from dispatch.registry import reads
from dispatch.registry.docket.draws import draws_of
from dispatch.registry.runs import list_proposals
from dispatch.registry.tables import CentreRow, PolicyRow, RunRow
from dispatch.registry.transaction import Read
from optimizer import CertificateError, Problem, Solution, solve, verify
from optimizer.proof.files import FormatError, load


# fmt: off
class RunPart(Term):
    """What is checked of a run."""

    DOCKET    = "docket",    "数据快照未被更改",               "the docket is the one that was stored"
    POLICY    = "policy",    "指派方案为该版本原文",           "the policy is that version, word for word"
    SCORES    = "scores",    "分值和指派条件按数据快照重新计算一致", "scores and refusals follow from the docket"
    PROOF     = "proof",     "最优性证明成立",                 "the proof holds"
    DRAW      = "draw",      "抽签为当日的抽签，且事先公布",   "the draw is its day's, and was published beforehand"
    PLAN      = "plan",      "按该抽签重新求解得到同一方案",   "the same draw gives the same plan"
    PROPOSALS = "proposals", "匹配结果与该方案一致",           "the proposals are those of the plan"
# fmt: on


class RunCheck(NamedTuple):
    """Whether a part of a run holds."""

    part: RunPart
    holds: bool


def check_run(read: Read, actor: Actor, run_id: str) -> list[RunCheck]:
    """Return whether each part of a run holds, worked out anew from the docket that is kept."""
    require(actor, Verb.VERIFY)
    with read() as session:
        run = reads.get(session, RunRow, actor.centre_id, run_id)
        if run.docket is None or run.certificate is None or run.draw_on is None:
            raise RunNotReadyError(id=run_id)
        content = zlib.decompress(run.docket)
        docket = _readable(content)
        if docket is None:
            return [RunCheck(RunPart.DOCKET, holds=False)]
        policy = session.get_one(PolicyRow, run.policy_id).digest
        drawn = _is_drawn(session, run)
        proposed = {(row.case_id, row.seat): row.practitioner_id for row in list_proposals(session, run.id)}
    with one_at_a_time():
        kept, problem = _loaded(run.certificate), encode(docket, eligible(docket))
        again, proves = solve(problem, docket.seed), kept is not None and _proves(*kept, run)
    choice = decode(docket, again).tolist()
    named = {(docket.case_at(i).id, int(docket.seat[i])): j for i, j in enumerate(choice)}
    found = {
        RunPart.DOCKET: sha256(content).hexdigest() == run.docket_digest,
        RunPart.POLICY: docket.policy.digest() == policy == run.policy_digest,
        RunPart.SCORES: kept is not None and kept[0].digest == problem.digest,
        RunPart.PROOF: proves,
        RunPart.DRAW: drawn and kept is not None and kept[1].certificate.seed == docket.seed == run.seed,
        RunPart.PLAN: kept is not None and _same_plan(kept[1], again),
        RunPart.PROPOSALS: proposed == {
            seat: docket.practitioner_at(j).id if j >= 0 else None for seat, j in named.items()
        },
    }  # fmt: skip
    return [RunCheck(part, holds) for part, holds in found.items()]


def _readable(content: bytes) -> Docket | None:
    try:
        return Docket.build(*docket_from_json(content))
    except UnreadableFileError:
        return None


def _loaded(content: bytes) -> tuple[Problem, Solution] | None:
    try:
        return load(io.BytesIO(content))
    except FormatError:
        return None


def _proves(problem: Problem, solution: Solution, run: RunRow) -> bool:
    try:
        verify(problem, solution)
    except CertificateError:
        return False
    return (solution.objective, solution.bound, solution.optimal) == (run.objective, run.bound, run.optimal)


def _same_plan(one: Solution, other: Solution) -> bool:
    return np.array_equal(one.rows, other.rows) and np.array_equal(one.cols, other.cols)


def _is_drawn(session: Session, run: RunRow) -> bool:
    """Tell whether a run has the seed of its day, which was published before its docket was drawn up."""
    centre = session.get_one(CentreRow, run.centre_id)
    assert run.draw_on is not None
    assert run.docket_at is not None
    secret, row = secret_of(centre.draw_root, run.draw_on), draws_of(session, centre.id, [run.draw_on]).get(run.draw_on)
    if row is None or row.committed_at > run.docket_at:
        return False
    return row.commitment == commitment_to(secret, run.draw_on) and seed_from(secret) == run.seed
