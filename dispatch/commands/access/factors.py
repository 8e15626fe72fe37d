"""The second factor: codes of an authenticator (TOTP, RFC 6238), each good once, and codes for when it is lost."""

import hmac
import secrets
from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from dispatch.commands.access.links import LETTERS
from dispatch.domain.access.guessing import typed_code
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CredentialRow

ISSUER = "legal-aid-dispatch"
DIGITS, STEP_S, SECRET_BYTES = 6, 30, 20
DRIFT = (-1, 0, 1)
"""Steps by which the clock of a telephone may be wrong."""

RECOVERY_CODES, RECOVERY_LENGTH = 8, 12


class Enrolment(NamedTuple):
    """A secret for an authenticator, as text and as what a QR code holds."""

    secret: str
    uri: str


def enrolment(seal: Seal, about: str, login: str) -> tuple[bytes, Enrolment]:
    """Return the secret that belongs to an invitation or a session: nothing is kept before a code has proved it."""
    key = bytes.fromhex(seal.fingerprint(f"totp:{about}"))[:SECRET_BYTES]
    # Authenticators take SHA-1 only, and as a keyed hash it is sound.
    uri = TOTP(key, DIGITS, SHA1(), STEP_S).get_provisioning_uri(login, ISSUER)
    return key, Enrolment(b32encode(key).decode(), uri)


def step_of(key: bytes, code: str, now: datetime, after: int) -> int | None:
    """Return the step a code is of, if it is right and later than the last one that was used."""
    typed, here = typed_code(code).encode(), int(now.timestamp()) // STEP_S
    totp = TOTP(key, DIGITS, SHA1(), STEP_S)
    found = [
        step for step in (here + each for each in DRIFT) if hmac.compare_digest(totp.generate(step * STEP_S), typed)
    ]
    return found[-1] if found and found[-1] > after else None


def keep_secret(row: CredentialRow, seal: Seal, key: bytes, step: int) -> None:
    """Keep an authenticator's secret, sealed, and the step of the code that proved it."""
    row.totp, row.totp_step = seal.seal({"totp": key.hex()}), step


def spend_code(row: CredentialRow, seal: Seal, code: str, now: datetime) -> bool:
    """Tell whether a code of the authenticator or for its loss is right, and let it never be right again."""
    if row.totp is None:
        return False
    step = step_of(bytes.fromhex(seal.open(row.totp)["totp"]), code, now, row.totp_step)
    if step is not None:
        row.totp_step = step
        return True
    kept = _recovery_codes(row, seal)
    typed = typed_code(code).encode()
    left = [each for each in kept if not hmac.compare_digest(each.encode(), typed)]
    if len(left) == len(kept):
        return False
    row.recovery = seal.seal({"codes": left})
    return True


def unspent(row: CredentialRow, seal: Seal, codes: Iterable[str]) -> list[str]:
    """Return those codes for the loss of the authenticator that were not used yet."""
    kept = _recovery_codes(row, seal)
    return [code for code in codes if typed_code(code) in kept]


def new_recovery_codes(row: CredentialRow, seal: Seal) -> list[str]:
    """Return codes for the loss of the authenticator, shown this once; those given before are of no use any more."""
    codes = ["".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES)]
    row.recovery = seal.seal({"codes": codes})
    return ["-".join(code[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4)) for code in codes]


def _recovery_codes(row: CredentialRow, seal: Seal) -> list[str]:
    return seal.open(row.recovery)["codes"] if row.recovery else []
