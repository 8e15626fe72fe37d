"""Asking an identity provider who somebody is: authorization code with PKCE, state and nonce (OpenID Connect)."""

import hmac
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dispatch.domain.access.provider import FACTORS, FLOW_LASTS, SKEW, Flaw, ProviderSettings, Purpose, is_safe
from dispatch.domain.errors import (
    IdentityUnprovedError,
    ProviderAnswerError,
    ProviderRefusedError,
    ProviderSilentError,
    SignInAnewError,
    TooManyRequestsError,
    stated,
)
from dispatch.exchange.outbound import Ask, make_ask

WITHIN_S = 6.0
AT_ONCE = 2
"""Conversations with the provider in one process: one that hangs leaves most threads to everybody else."""

BUSY_S = 2
FRESH = timedelta(hours=1)
"""So long it is believed where the provider's addresses are."""

KEYS_AGAIN = timedelta(seconds=10)
"""Signed with a key nobody knows: then the keys are asked for again, but not more often."""

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures only the provider can make; none, and those with a shared secret, are not among them."""

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SECRET_BYTES = 32
MAX_WORD = 40

# fmt: off
FLAWS = {
    "iss": Flaw.ISSUER, "aud": Flaw.AUDIENCE, "azp": Flaw.AUDIENCE, "exp": Flaw.EXPIRED, "iat": Flaw.EARLY,
    "nbf": Flaw.EARLY, "nonce": Flaw.NONCE, "auth_time": Flaw.AGE, "at_hash": Flaw.SIGNATURE,
}
# fmt: on


class Flow(NamedTuple):
    """A sign-in that was begun; the browser keeps it, sealed, until it comes back."""

    purpose: str
    about: str
    """Of which session, or which invitation, by its digest."""
    state: str
    nonce: str
    verifier: str
    return_to: str
    begun_at: float


class Begun(NamedTuple):
    """Where the browser goes, and what it keeps meanwhile."""

    address: str
    flow: Flow


class Proved(NamedTuple):
    """Who somebody is, by the word of the provider."""

    issuer: str
    subject: str
    at: datetime | None
    """When they last proved it there, if the provider says so."""
    strong: bool
    """Whether with a second factor."""


class IdentityProvider:
    """The identity provider of this service; what it publishes is remembered for a while."""

    def __init__(self, settings: ProviderSettings, ask: Ask | None = None) -> None:
        self.settings = settings
        self._asked = ask
        self._turn, self._room = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)
        self._published: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, list[Any]] | None = None

    def begin(self, now: datetime, purpose: Purpose, about: str, return_to: str) -> Begun:
        """Return where somebody goes to prove who they are; nothing of it is kept here."""
        # Loaded at the first sign-in: it costs half a second, and a centre without a provider never needs it.
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(3))
        again = {"prompt": "login", "max_age": "0"} if purpose is Purpose.CONFIRM else {}
        acr = {"acr_values": self.settings.acr} if self.settings.acr else {}
        with self._conversation():
            published = self._metadata(now)
        address = prepare_grant_uri(
            published["authorization_endpoint"], self.settings.client, "code", return_to, "openid", state,
            nonce=nonce, code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
            **again, **acr,
        )  # fmt: skip
        flow = Flow(purpose.value, about, state, nonce, verifier, return_to, now.timestamp())
        return Begun(address, flow)

    def finish(self, now: datetime, flow: Flow, came: Mapping[str, str]) -> Proved:
        """
        Return who came back from the provider, proved by a token it signed for this very sign-in.

        Raises
        ------
        SignInAnewError
            If it is not what was begun in this browser, or was begun too long ago.
        ProviderRefusedError
            If the provider lets nobody in, or does not know the code (any more).
        IdentityUnprovedError
            If what it says does not hold.
        ProviderSilentError, ProviderAnswerError
            If it does not answer, or answers something else.
        """
        begun_at = datetime.fromtimestamp(flow.begun_at, UTC)
        if not hmac.compare_digest(flow.state.encode(), came.get("state", "").encode()) or now > begun_at + FLOW_LASTS:
            raise SignInAnewError
        with self._conversation():
            published = self._metadata(now)
            # Mixed up with another provider's answer (RFC 9207), it would hand that one our code.
            named = came.get("iss")
            if named is None and published.get("authorization_response_iss_parameter_supported") is True:
                raise _flawed(Flaw.ISSUER)
            if named is not None and named != self.settings.issuer:
                raise _flawed(Flaw.ISSUER)
            if not came.get("code"):
                raise ProviderRefusedError(error=_word(came.get("error", "")))
            answer = self._exchange(published, flow, came["code"])
            header, claims = self._opened(now, published, answer["id_token"])
        return self._believed(now, flow, header, claims, answer)

    def sign_out_address(self, now: datetime) -> str | None:
        """Return where somebody ends their session at the provider, if it says so and answers."""
        try:
            with self._conversation():
                address = self._metadata(now).get("end_session_endpoint")
        except (ProviderSilentError, ProviderAnswerError, TooManyRequestsError):
            return None
        if not isinstance(address, str) or not is_safe(address):
            return None
        return f"{address}{'&' if '?' in address else '?'}{urlencode({'client_id': self.settings.client})}"

    def _exchange(self, published: dict[str, Any], flow: Flow, code: str) -> dict[str, Any]:
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        body = prepare_token_request(
            "authorization_code", "", flow.return_to, code=code, code_verifier=flow.verifier
        )  # fmt: skip
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        us = ClientAuth(self.settings.client, self.settings.secret, self._authentication_method(published))
        url, headers, body = us.prepare("POST", published["token_endpoint"], headers, body)
        status, answer = self._asking("token", "POST", url, headers, body.encode())
        if 400 <= status < 500:
            raise ProviderRefusedError(error=_word(answer.get("error", "")))
        if status != 200 or not isinstance(answer.get("id_token"), str):
            raise _strange("token")
        return answer

    def _authentication_method(self, published: dict[str, Any]) -> str:
        if not self.settings.secret:
            return "none"
        ways = published.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"

    def _opened(self, now: datetime, published: dict[str, Any], token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        from joserfc import jwt
        from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
        from joserfc.jwk import KeySet

        try:
            try:
                found = jwt.decode(token, KeySet(self._signing_keys(now, published, timedelta.max)), ALGORITHMS)
            except (InvalidKeyIdError, BadSignatureError):
                # The provider may have changed its keys meanwhile.
                found = jwt.decode(token, KeySet(self._signing_keys(now, published, KEYS_AGAIN)), ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            malformed = isinstance(problem, (TypeError, KeyError)) or type(problem).__name__ == "DecodeError"
            raise _flawed(Flaw.FORM if malformed else Flaw.SIGNATURE) from None
        return dict(found.header), dict(found.claims)

    def _believed(
        self, now: datetime, flow: Flow, header: dict[str, Any], claims: dict[str, Any], answer: dict[str, Any]
    ) -> Proved:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import ClaimError

        ours = self.settings
        options: Any = {
            "iss": {"essential": True, "value": ours.issuer},
            "aud": {"essential": True, "value": ours.client},
            "sub": {"essential": True},
        }
        params = {"nonce": flow.nonce, "client_id": ours.client, "access_token": answer.get("access_token")}
        try:
            CodeIDToken(claims, header, options, params).validate(int(now.timestamp()), int(SKEW.total_seconds()))
        except ClaimError as problem:
            raise _flawed(FLAWS.get(problem.claim.partition(",")[0], Flaw.FORM)) from None
        at = _moment(claims.get("auth_time"))
        if flow.purpose == Purpose.CONFIRM and (at is None or at < _begun(flow) - SKEW):
            raise _flawed(Flaw.AGE)
        strong = claims.get("acr") == ours.acr if ours.acr else not FACTORS.isdisjoint(_texts(claims.get("amr")))
        return Proved(ours.issuer, claims["sub"], at and min(at, now), strong)

    def _metadata(self, now: datetime) -> dict[str, Any]:
        from authlib.oidc.discovery import get_well_known_url

        with self._turn:
            kept = self._published
        if kept is not None and timedelta() <= now - kept[0] < FRESH:
            return kept[1]
        issuer = self.settings.issuer
        status, found = self._asking("discovery", "GET", get_well_known_url(issuer, external=True))
        whole = all(isinstance(found.get(name), str) and is_safe(found[name]) for name in ENDPOINTS)
        if status != 200 or found.get("issuer") != issuer or not whole:
            raise _strange("discovery")
        with self._turn:
            self._published = now, found
        return found

    def _signing_keys(self, now: datetime, published: dict[str, Any], fresh: timedelta) -> list[Any]:
        from joserfc.errors import JoseError
        from joserfc.jwk import import_key

        with self._turn:
            kept = self._keys
        if kept is not None and timedelta() <= now - kept[0] < fresh:
            return kept[1]
        status, found = self._asking("keys", "GET", published["jwks_uri"])
        given = found.get("keys")
        if status != 200 or not isinstance(given, list):
            raise _strange("keys")
        keys = []
        for key in given:
            try:
                if key.get("use", "sig") == "sig" and key.get("kty") != "oct":
                    keys.append(import_key(key))
            except (JoseError, ValueError, TypeError, AttributeError):
                """A key of a kind we do not know, among others we do."""
        with self._turn:
            self._keys = now, keys
        return keys

    def _asking(
        self, step: str, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[int, dict[str, Any]]:
        ask = self._asked = self._asked or make_ask(WITHIN_S)
        try:
            status, text = ask(method, url, headers or {"Accept": "application/json"}, body)
        except OSError:
            raise ProviderSilentError(step=step) from None
        if status >= 500:
            raise ProviderSilentError(step=step)
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise _strange(step)
        return status, found

    @contextmanager
    def _conversation(self) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise TooManyRequestsError(retry_after_s=BUSY_S)
        try:
            yield
        finally:
            self._room.release()


def _flawed(flaw: Flaw) -> IdentityUnprovedError:
    return IdentityUnprovedError(reason=flaw.value, expected=stated(flaw.zh, flaw.en))


def _strange(step: str) -> ProviderAnswerError:
    return ProviderAnswerError(step=step)


def _word(error: Any) -> str:
    """Return the code of an error, never a sentence: that might quote somebody."""
    return error[:MAX_WORD] if isinstance(error, str) and error.isascii() and error.replace("_", "").isalnum() else ""


def _begun(flow: Flow) -> datetime:
    return datetime.fromtimestamp(flow.begun_at, UTC)


def _moment(given: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(given, UTC) if given is not None else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _texts(given: Any) -> list[str]:
    return [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
