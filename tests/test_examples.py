"""What receivers are shown works: they take what we send, and nothing else."""

import importlib.util
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatch.domain.webhooks import HookType
from dispatch.exchange.webhooks import body_of, headers_of, secret_of

EXAMPLE = Path(__file__).parent.parent / "examples/webhook_receiver.py"
NOW = datetime.now(UTC)
SECRET, OTHER = secret_of(b"a" * 32), secret_of(b"b" * 32)
BODY = body_of("m1", HookType.CASE_ASSIGNED, NOW, {"case_id": "c1"})


@pytest.fixture(scope="module")
def verify():
    spec = importlib.util.spec_from_file_location("webhook_receiver", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.verify


def sent(*secrets, at=NOW):
    return headers_of(secrets, "m1", at, BODY)


def test_example_receiver_takes_what_we_send(verify):
    assert verify(SECRET, sent(SECRET), BODY, NOW.timestamp())
    assert verify(SECRET, sent(OTHER, SECRET), BODY, NOW.timestamp())


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (sent(OTHER), BODY),
        (sent(SECRET), BODY + b" "),
        (sent(SECRET) | {"webhook-id": "m2"}, BODY),
        (sent(SECRET, at=NOW - timedelta(minutes=6)), BODY),
        (sent(SECRET) | {"webhook-timestamp": "soon"}, BODY),
        ({}, BODY),
    ],
)
def test_example_receiver_refuses_everything_else(verify, headers, body):
    assert not verify(SECRET, headers, body, NOW.timestamp())
