"""A small identity provider on loopback, on authlib's server side: code, PKCE and client are checked by itself."""

import json
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.core.grants.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "dispatch", "what the provider gave us"
LASTS_S = 300
Claims = dict[str, Any]


class ProviderClient(ClientMixin):  # type: ignore[misc]  # the library has no types
    """The service, as the provider knows it."""

    def __init__(self, provider: "TestProvider") -> None:
        self.provider = provider

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.provider.return_to

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.provider.return_to

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.provider.way

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class ProviderRequest(OAuth2Request):  # type: ignore[misc]  # the library has no types
    """What came in, as parameters."""

    def __init__(self, method: str, query: str, headers: Any = None) -> None:
        super().__init__(method, "https://provider", headers=headers)
        self.given = dict(parse_qsl(query))
        self.payload = BasicOAuth2Payload(self.given)

    @property
    def args(self) -> dict[str, str]:
        return self.given if self.method == "GET" else {}

    @property
    def form(self) -> dict[str, str]:
        return self.given


class Code:
    """A code that was given out, for one use."""

    def __init__(self, request: OAuth2Request, subject: str) -> None:
        asked = request.payload.data
        self.subject, self.redirect_uri, self.scope = subject, asked.get("redirect_uri"), asked.get("scope")
        self.nonce = asked.get("nonce")
        self.code_challenge, self.code_challenge_method = (
            asked.get("code_challenge"),
            asked.get("code_challenge_method"),
        )

    def get_redirect_uri(self) -> Any:
        return self.redirect_uri

    def get_scope(self) -> Any:
        return self.scope


class TestProvider(AuthorizationServer):  # type: ignore[misc]  # the library has no types
    """People, codes and keys; ``twist`` changes what a token says, ``published`` what is published."""

    __test__ = False  # no class of tests, whatever pytest makes of its name

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self.clock, self.codes = clock, dict[str, Code]()
        self.subject: str | None = "248289761001"
        self.proved_at: float | None = None
        self.amr: list[str] = ["pwd"]
        self.return_to, self.way = "", "client_secret_basic"
        self.asked: list[str] = []
        self.twist: Callable[[Claims], None] = lambda claims: None
        self.header: Claims = {}
        self.published: Claims = {}
        self.down = False
        self.new_key()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.serve(self, "")

            def do_POST(self) -> None:
                provider.serve(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_: Any) -> None:
                """Nothing is written."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=lambda: self.http.serve_forever(0.01), daemon=True).start()
        self.register_grant(_grant(self), [CodeChallenge(required=True), _Tokens(self)])
        self.register_token_generator("default", self._token)

    def close(self) -> None:
        """Be gone: nothing answers any more."""
        self.http.shutdown()
        self.http.server_close()

    def new_key(self) -> None:
        """Change the key that signs; the one before is published no more."""
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)})

    def sign_in(self, address: str) -> str:
        """Do what somebody's browser does at the provider: go there, be known, and be sent back."""
        asked = ProviderRequest("GET", urlsplit(address).query)
        grant = self.get_consent_grant(asked, self.subject)
        _, _, headers = self.create_authorization_response(asked, self.subject, grant)
        return str(dict(headers)["Location"])

    def serve(self, http: BaseHTTPRequestHandler, body: str) -> None:
        """Answer the service."""
        path = urlsplit(http.path).path
        self.asked.append(path)
        if self.down:
            status, answer = 503, {}
        elif path == "/token":
            status, answer, _ = self.create_token_response(ProviderRequest("POST", body, dict(http.headers)))
        else:
            status, answer = 200, {"/keys": self._keys, "/.well-known/openid-configuration": self._metadata}[path]()
        text = json.dumps(answer).encode()
        http.send_response(status)
        http.send_header("Content-Length", str(len(text)))
        http.end_headers()
        http.wfile.write(text)

    def query_client(self, client_id: str) -> ProviderClient | None:
        return ProviderClient(self) if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        """Access tokens are of no use here."""

    def send_signal(self, name: str, *args: Any, **more: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> Any:
        return status, body, headers

    def _metadata(self) -> Claims:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
            "token_endpoint_auth_methods_supported": [self.way],
        } | self.published  # fmt: skip

    def _keys(self) -> Claims:
        return {"keys": [{"kty": "strange"}, self.key.as_dict(private=False)]}

    def _token(self, **_: Any) -> Claims:
        return {"token_type": "Bearer", "access_token": secrets.token_urlsafe(), "scope": "openid"}

    def id_token(self, code: Code, access_token: str) -> str:
        """Return who it is, signed."""
        now = int(self.clock())
        claims: Claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": code.subject, "nonce": code.nonce, "iat": now,
            "exp": now + LASTS_S, "auth_time": now if self.proved_at is None else int(self.proved_at),
            "amr": self.amr, "at_hash": create_half_hash(access_token, "ES256").decode(),
        }  # fmt: skip
        self.twist(claims)
        header = {"alg": "ES256", "kid": self.key.kid} | self.header
        return jwt.encode(header, claims, self.key, ["ES256"])


def _grant(provider: TestProvider) -> Any:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]  # the library has no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

        def save_authorization_code(self, code: str, request: Any) -> None:
            provider.codes[code] = Code(request, request.user)

        def query_authorization_code(self, code: str, client: Any) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            provider.codes = {code: kept for code, kept in provider.codes.items() if kept is not authorization_code}

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.subject

    return Grant


class _Tokens(OpenIDCode):  # type: ignore[misc]  # the library has no types
    def __init__(self, provider: TestProvider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(code.nonce == nonce for code in self.provider.codes.values())

    def encode_id_token(self, token: Claims, request: Any) -> str:
        return self.provider.id_token(request.authorization_code, token["access_token"])
