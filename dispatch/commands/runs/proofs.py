"""The proof of a run: checked before it is stored, and kept so that anyone can check it again."""

import io
import zlib
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from dispatch.commands.runs.draws import is_open
from dispatch.domain.docket.docket import Docket, docket_from_json
from dispatch.domain.errors import CertificateMismatchError, RunNotReadyError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.modes.optimized import Match
from dispatch.registry import reads
from dispatch.registry.docket.roster import read_day
from dispatch.registry.tables import RunRow
from dispatch.registry.transaction import Read
from dispatch.reports.run_facts import run_facts
from dispatch.simulation.evidence.days import Day
from optimizer import CertificateError, verify
from optimizer.proof.anonymise import masked, orders
from optimizer.proof.files import load, save

NO_SEED = -1
"""Put in a proof in place of a seed that is not shown yet."""


def prove(found: Match) -> None:
    """Raise CertificateMismatchError unless the solution is legal and its bound proven; the solver is not believed."""
    try:
        verify(found.problem, found.solution)
    except CertificateError as fault:
        raise CertificateMismatchError(reason=stated("证明不成立", str(fault))) from None


def pack_proof(found: Match) -> bytes:
    """Return the instance, which names nobody, with its solution and certificate as one file."""
    content = io.BytesIO()
    save(content, found.problem, found.solution)
    return content.getvalue()


def day_of(run: RunRow) -> Day:
    """Return a run as it was solved, or raise RunNotReadyError if it has no plan, or none is kept any more."""
    if run.docket is None or run.certificate is None:
        raise RunNotReadyError(id=run.id)
    docket = Docket.build(*docket_from_json(zlib.decompress(run.docket)))
    return Day(docket, *load(io.BytesIO(run.certificate)))


def proof_of(read: Read, actor: Actor, run_id: str, now: datetime) -> bytes:
    """Return the proof of a run; its seed is left out until the day is over on which others are drawn with it."""
    require(actor, Verb.VERIFY)
    with read() as session:
        run = reads.get(session, RunRow, actor.centre_id, run_id)
        if run.certificate is None:
            raise RunNotReadyError(id=run_id)
        today = read_day(session, run.centre_id, now).today
        return run.certificate if is_open(run, today) else without_seed(run.certificate)


def without_seed(content: bytes) -> bytes:
    """Return a proof that says nothing of the draw; what it proves is the same."""
    problem, solution = load(io.BytesIO(content))
    bare = replace(solution, certificate=replace(solution.certificate, seed=NO_SEED)).sealed()
    target = io.BytesIO()
    save(target, problem, bare)
    return target.getvalue()


class Masked(NamedTuple):
    """A proof under names of its own, and the facts behind its scores under the same."""

    proof: bytes
    facts: bytes


def mask_run(run: RunRow, seed: int) -> Masked:
    """Return a run under names of its own, or raise CertificateMismatchError if its proof does not hold."""
    day = day_of(run)
    try:
        problem, solution = masked(day.problem, day.solution, seed)
        verify(problem, solution)
    except (CertificateError, ValueError) as fault:
        raise CertificateMismatchError(reason=stated("证明不成立", str(fault))) from None
    masks = io.BytesIO()
    save(masks, problem, solution)
    cases, people, *_ = orders(day.problem, seed)
    return Masked(masks.getvalue(), run_facts(day.docket, cases, people, seed))
