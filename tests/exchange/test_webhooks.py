"""Messages go out signed as Standard Webhooks has it; that project's own library is the second opinion."""

import base64
import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from dispatch.domain.webhooks import HookType
from dispatch.exchange.webhooks import body_of, headers_of, secret_of, sign

SECRET, OTHER = secret_of(b"a" * 32), secret_of(b"b" * 32)


def sent(*secrets):
    now = datetime.now(UTC)
    body = body_of("m1", HookType.CASE_ASSIGNED, now, {"case_id": "c1"})
    return headers_of(secrets, "m1", now, body), body


def test_signature_is_that_of_the_schemes_published_example():
    secret, at = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.fromtimestamp(1614265330, UTC)

    signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_receiver_with_the_schemes_library_takes_the_message():
    headers, body = sent(SECRET)

    assert Webhook(SECRET).verify(body, headers)["data"] == {"case_id": "c1"}


def test_receiver_refuses_a_changed_body_and_another_secret():
    headers, body = sent(SECRET)

    for secret, changed in ((SECRET, body.replace(b"c1", b"c2")), (OTHER, body)):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(changed, headers)


def test_receiver_with_either_secret_takes_the_message_during_an_overlap():
    headers, body = sent(OTHER, SECRET)

    assert Webhook(SECRET).verify(body, headers) == Webhook(OTHER).verify(body, headers)


def test_body_names_type_version_id_and_moment():
    body = body_of("m1", HookType.WEBHOOK_TEST, datetime(2026, 3, 9, 1, tzinfo=UTC), {})

    assert json.loads(body) == {
        "id": "m1",
        "type": "webhook.test",
        "version": 1,
        "occurred_at": "2026-03-09T01:00:00+00:00",
        "data": {},
    }


def test_secret_is_as_long_as_the_scheme_asks():
    key = base64.b64decode(SECRET.removeprefix("whsec_"))

    assert 24 <= len(key) <= 64
