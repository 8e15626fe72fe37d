"""The proof of a run: checked before it is stored, and kept so that anyone can check it again."""

import io

from dispatch.domain.errors import CertificateMismatchError
from dispatch.modes.optimized import Match
from optimizer import CertificateError, verify
from optimizer.files import save


def prove(found: Match) -> None:
    """Raise CertificateMismatchError unless the solution is legal and its bound proven; the solver is not believed."""
    try:
        verify(found.problem, found.solution)
    except CertificateError as fault:
        raise CertificateMismatchError(reason=str(fault)) from None


def pack_proof(found: Match) -> bytes:
    """Return the instance, which names nobody, with its solution and certificate as one file."""
    content = io.BytesIO()
    save(content, found.problem, found.solution)
    return content.getvalue()
