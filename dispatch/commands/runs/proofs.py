"""The proof of a run: checked before it is stored, and kept so that anyone can check it again."""

import io
import zlib

from dispatch.domain.docket.docket import Docket, docket_from_json
from dispatch.domain.errors import CertificateMismatchError, RunNotReadyError, stated
from dispatch.modes.optimized import Match
from dispatch.registry.tables import RunRow
from dispatch.simulation.evidence.days import Day
from optimizer import CertificateError, verify
from optimizer.proof.anonymise import masked
from optimizer.proof.files import load, save


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


def mask_proof(content: bytes, seed: int) -> bytes:
    """Return a stored proof under names of its own, or raise CertificateMismatchError if it does not hold."""
    try:
        problem, solution = masked(*load(io.BytesIO(content)), seed)
        verify(problem, solution)
    except (CertificateError, ValueError) as fault:
        raise CertificateMismatchError(reason=stated("证明不成立", str(fault))) from None
    masks = io.BytesIO()
    save(masks, problem, solution)
    return masks.getvalue()
