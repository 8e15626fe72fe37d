"""A message as it goes out, by the scheme of Standard Webhooks: three headers, and a body that is signed.

The signature is HMAC-SHA256 over ``id.timestamp.body`` with the bytes behind ``whsec_``, in base64, after
``v1,``. While a secret is being changed both sign, so that a receiver may hold either.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from dispatch.domain.webhooks import VERSION, HookType

PREFIX = "whsec_"
SECRET_BYTES = 32


def secret_of(key: bytes) -> str:
    """Return the key as receivers are given it."""
    return PREFIX + base64.b64encode(key).decode()


def sign(secret: str, id: str, at: datetime, body: bytes) -> str:
    """Return one signature of a message sent at ``at``."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()


def headers_of(secrets: Sequence[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers of a message, signed with every secret that is good."""
    return {
        "content-type": "application/json",
        "user-agent": "legal-aid-dispatch",
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(sign(secret, id, at, body) for secret in secrets),
    }


def body_of(id: str, type: HookType, occurred_at: datetime, data: dict[str, Any]) -> bytes:
    """Return the body of a message; the same message has the same bytes each time it is sent."""
    document = {
        "id": id,
        "type": type.value,
        "version": VERSION,
        "occurred_at": occurred_at.isoformat(),
        "data": data,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
