"""Names, numbers and stories of people: sealed at rest, found again only by a keyed hash.

All keys are drawn from the one secret in the settings, each for its own purpose, so a leaked hash key opens nothing,
and a stolen database without the secret can neither be read nor searched. A sealed text is a version byte, a nonce,
and what the provider of that version makes of it; the settings choose which one seals, all of them open.
"""

import json
import os
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm

from dispatch.domain import texts
from dispatch.domain.errors import SealBrokenError
from dispatch.registry.seal.providers import HASH_BYTES, NONCE_BYTES, OF_VERSION, PROVIDERS, Provider

UNREADABLE = "〔无法读取 unreadable〕"
"""Put in a list in place of what cannot be opened any more."""


class Seal:
    """Seals and opens what the register knows of a person."""

    def __init__(self, secret: str, provider: str) -> None:
        self._secret, self._provider = secret, PROVIDERS[provider]
        self._keys: dict[bytes, bytes] = {}
        self._identity = self._derive(self._provider, b"identity", HASH_BYTES)

    @cached_property
    def mark(self) -> str:
        """Tells secrets and providers apart, and tells nothing of them."""
        return self._derive(self._provider, b"mark", HASH_BYTES).hex()

    def seal(self, story: dict[str, Any]) -> bytes:
        """Return the sealed form; sealing the same twice gives different bytes."""
        return self.seal_bytes(json.dumps(story, ensure_ascii=False, separators=(",", ":")).encode())

    def seal_bytes(self, plain: bytes) -> bytes:
        """Return the sealed form of a file."""
        own, nonce = self._provider, os.urandom(NONCE_BYTES)
        return b"".join((own.version, nonce, own.encrypt(self._key(own), nonce, plain, own.version)))

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return what was sealed; a changed byte or another secret is refused."""
        try:
            opened: dict[str, Any] = json.loads(self.open_bytes(sealed))
        except ValueError:
            raise SealBrokenError from None
        return opened

    def open_bytes(self, sealed: bytes) -> bytes:
        """Return the file that was sealed."""
        version, nonce, text = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            provider = OF_VERSION[version]
            return provider.decrypt(self._key(provider), nonce, text, version)
        except (InvalidTag, KeyError, ValueError, UnsupportedAlgorithm):
            raise SealBrokenError from None

    def show(self, sealed: bytes | None, *fields: str) -> dict[str, Any]:
        """Return what was sealed for somebody to read; of what cannot be opened any more, that it cannot."""
        try:
            return self.open(sealed) if sealed else {}
        except SealBrokenError:
            return dict.fromkeys(fields, UNREADABLE)

    def is_own(self, sealed: bytes) -> bool:
        """Tell whether a text is sealed with this secret, by the provider of the settings."""
        try:
            self.open_bytes(sealed)
        except SealBrokenError:
            return False
        return sealed[:1] == self._provider.version

    def identity_key(self, number: str) -> str:
        """Return the keyed hash of an identity number; blanks, width and case of letters do not matter."""
        return self.fingerprint(texts.identity_key(number))

    def name_key(self, name: str) -> str | None:
        """Return the keyed hash of a name, the same for all its spellings; None where it is nobody's."""
        return self.fingerprint(f"name:{texts.name_key(name)}") if texts.names_somebody(name) else None

    def fingerprint(self, text: str) -> str:
        """Return the keyed hash of a text: equal texts agree, and nobody without the secret can try texts out."""
        return self._provider.keyed_hash(self._identity, text.encode())

    def _key(self, provider: Provider) -> bytes:
        if provider.version not in self._keys:
            self._keys[provider.version] = self._derive(provider, b"party", provider.key_bytes)
        return self._keys[provider.version]

    def _derive(self, provider: Provider, purpose: bytes, length: int) -> bytes:
        return provider.derive(self._secret, purpose, length)
