"""A receiver of webhooks that trusts nothing it cannot verify: standard library only, run it with Python 3.11 or later.

    WEBHOOK_SECRET=whsec_... python examples/webhook_receiver.py 8080

It listens on this machine, so the service must be let to: DISPATCH_WEBHOOKS_PRIVATE=true (trials only).
"""

import base64
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE_S = 300
"""An older message may be one that somebody recorded and sends again."""

seen: set[str] = set()
"""Ids of messages worked on; a real receiver keeps them with its data, for the same message may come twice."""


def verify(secret: str, headers: Mapping[str, str] | Message, body: bytes, now: float) -> bool:
    """Tell whether the very bytes of the body were sent by who knows the secret, just now."""
    id, sent_at, signatures = (headers.get(f"webhook-{name}") or "" for name in ("id", "timestamp", "signature"))
    if not sent_at.isdecimal() or abs(now - int(sent_at)) > TOLERANCE_S:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    good = "v1," + base64.b64encode(hmac.digest(key, f"{id}.{sent_at}.".encode() + body, "sha256")).decode()
    # Two signatures come while the secret is being changed; one that fits is enough.
    return any(hmac.compare_digest(good.encode(), given.encode()) for given in signatures.split(" "))


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is verified, also when it comes again, and 401 to everything else."""

    def do_POST(self) -> None:
        """Take one message; the work it asks for belongs behind the answer, which must come within seconds."""
        body = self.rfile.read(int(self.headers["content-length"]))
        known = verify(os.environ["WEBHOOK_SECRET"], self.headers, body, time.time())
        if known and self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            message = json.loads(body)
            sys.stdout.write(f"{message['type']} {message['occurred_at']} {message['data']}\n")
            sys.stdout.flush()
        self.send_response(204 if known else 401)
        self.end_headers()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
