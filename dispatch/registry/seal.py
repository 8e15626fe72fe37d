"""Names, numbers and stories of people: sealed at rest, found again only by a keyed hash.

Both keys are drawn from the one secret in the settings (HKDF, RFC 5869), each for its own purpose,
so a leaked hash key opens nothing. A sealed text is a version byte, a nonce, and AES-256-GCM.
"""

import hmac
import json
import os
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dispatch.domain import texts
from dispatch.domain.errors import SealBrokenError

VERSION = b"\x01"
NONCE_BYTES = 12


class Seal:
    """Seals and opens what the register knows of a person."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(_derive(secret, b"party"))
        self._identity = _derive(secret, b"identity")
        self.mark = _derive(secret, b"mark").hex()
        """Tells secrets apart, and tells nothing of them."""

    def seal(self, story: dict[str, Any]) -> bytes:
        """Return the sealed form; sealing the same twice gives different bytes."""
        return self.seal_bytes(json.dumps(story, ensure_ascii=False, separators=(",", ":")).encode())

    def seal_bytes(self, plain: bytes) -> bytes:
        """Return the sealed form of a file."""
        nonce = os.urandom(NONCE_BYTES)
        return b"".join((VERSION, nonce, self._cipher.encrypt(nonce, plain, VERSION)))

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return what was sealed; a changed byte or another secret is refused."""
        try:
            opened: dict[str, Any] = json.loads(self.open_bytes(sealed))
        except ValueError:
            raise SealBrokenError from None
        return opened

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the file that was sealed."""
        nonce, text = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, text, sealed[:1])
        except (InvalidTag, ValueError):
            raise SealBrokenError from None

    def identity_key(self, number: str) -> str:
        """Return the keyed hash of an identity number; blanks, width and case of letters do not matter."""
        return self.fingerprint(texts.identity_key(number))

    def name_key(self, name: str) -> str | None:
        """Return the keyed hash of a name, the same for all its spellings; None where it is nobody's."""
        return self.fingerprint(f"name:{texts.name_key(name)}") if texts.names_somebody(name) else None

    def fingerprint(self, text: str) -> str:
        """Return the keyed hash of a text: equal texts agree, and nobody without the secret can try texts out."""
        return hmac.new(self._identity, text.encode(), sha256).hexdigest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"legal-aid-dispatch:" + purpose).derive(secret.encode())
