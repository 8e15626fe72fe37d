"""Providers of encryption: what seals, what derives keys and what hashes, one row each.

Every sealed text begins with the version of its provider, so that texts of both are read side by side.
"""

import hmac
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dispatch.domain.vocabulary import Term

HASH_BYTES, TAG_BYTES = 32, 16
NONCE_BYTES = 12


# fmt: off
class ProviderName(Term):
    """What a centre may choose by its settings."""

    AES = "aes", "国际通用算法AES-256-GCM、SHA-256", "AES-256-GCM and SHA-256"
    SM  = "sm",  "国密SM4-GCM、SM3（GB/T 32907、GB/T 32905）", "SM4-GCM and SM3 (GB/T 32907, GB/T 32905)"
# fmt: on


class Provider(NamedTuple):
    """How texts are sealed and hashed; the version is the first byte of whatever is sealed."""

    version: bytes
    key_bytes: int
    derive: Callable[[str, bytes, int], bytes]
    """From the secret, for a purpose, so many bytes (HKDF, RFC 5869)."""
    encrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    """Key, nonce, plain text, and what is bound to it: the sealed text with its tag."""
    decrypt: Callable[[bytes, bytes, bytes, bytes], bytes]
    """The other way; InvalidTag where a byte or the key is another."""
    keyed_hash: Callable[[bytes, bytes], str]


def _derive(algorithm: hashes.HashAlgorithm, secret: str, purpose: bytes, length: int) -> bytes:
    info = b"legal-aid-dispatch:" + purpose
    return HKDF(algorithm=algorithm, length=length, salt=None, info=info).derive(secret.encode())


def _aes_seal(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, plain, bound)


def _aes_open(key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, text, bound)


def _sm4_seal(key: bytes, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _sm4_open(key: bytes, nonce: bytes, text: bytes, bound: bytes) -> bytes:
    if len(text) < TAG_BYTES:
        raise InvalidTag
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, text[-TAG_BYTES:])).decryptor()
    decryptor.authenticate_additional_data(bound)
    return decryptor.update(text[:-TAG_BYTES]) + decryptor.finalize()


def _sha256_hash(key: bytes, text: bytes) -> str:
    return hmac.new(key, text, sha256).hexdigest()


def _sm3_hash(key: bytes, text: bytes) -> str:
    digest = HMAC(key, hashes.SM3())
    digest.update(text)
    return digest.finalize().hex()


# fmt: off
PROVIDERS: dict[str, Provider] = {
    ProviderName.AES: Provider(b"\x01", 32, partial(_derive, hashes.SHA256()), _aes_seal, _aes_open, _sha256_hash),
    ProviderName.SM:  Provider(b"\x02", 16, partial(_derive, hashes.SM3()), _sm4_seal, _sm4_open, _sm3_hash),
}
# fmt: on
OF_VERSION = {provider.version: provider for provider in PROVIDERS.values()}
