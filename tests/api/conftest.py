import secrets
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlmodel import col
from starlette.testclient import TestClient

from dispatch.commands.access import add_user, digest_of
from dispatch.commands.access.tokens import PREFIX, TOKEN_BYTES
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.tables import TokenRow, UserRow
from dispatch.registry.tables.columns import new_id
from dispatch.settings import Settings
from tests.rows import NOW, a_user, register
from tests.stored import Found, put_stored, read_stored

__all__ = ["register"]


A_YEAR = timedelta(days=365)

ORGAN = "某市某区人民法院"
"""Whose user the office's case organ is."""


KEYS: dict[str, "Keys"] = {}
"""Of each database the users and tokens that commands made for an office once."""


class Keys(NamedTuple):
    """A user and a token for every role, and the statements that store them."""

    statements: str
    centre_id: str
    ids: list[str]
    tokens: dict[Role, str]


class Office:
    """An app on the test's register, with a token for every role."""

    def __init__(self, register, client):
        self.register, self.client = register, client
        known = KEYS.get(register.engine.dialect.name)
        self.tokens = self._put(known) if known else self._make()

    def _make(self):
        engine, centre_id = self.register.engine, self.register.centre.id
        made = {role: self._token(role) for role in Role}
        users = [user.id for user, _ in made.values()]
        tokens = {role: token for role, (_, token) in made.items()}
        rows = [row.id for row in self.register.all(TokenRow, col(TokenRow.user_id).in_(users))]
        statements = read_stored(engine, [Found(UserRow, "id", users), Found(TokenRow, "id", rows)])
        KEYS[engine.dialect.name] = Keys(statements, centre_id, [*users, *rows], tokens)
        return tokens

    def _put(self, known):
        """Store what commands made once, under other ids and with other tokens."""
        tokens = {role: PREFIX + secrets.token_urlsafe(TOKEN_BYTES) for role in Role}
        digests = {digest_of(known.tokens[role]): digest_of(token) for role, token in tokens.items()}
        ids = {known.centre_id: self.register.centre.id, **{id: new_id() for id in known.ids}}
        put_stored(self.register.engine, known.statements, ids | digests)
        return tokens

    def _token(self, role):
        organ = ORGAN if role is Role.ORGAN else None
        with self.register.begin() as tx:
            user = a_user(self.register.centre.id, f"token-{role.value}", role, organ=organ)
            return user, add_user(tx, user, NOW, A_YEAR)

    def ask(self, method, path, role=Role.CLERK, headers=None, **more):
        token = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return self.client.request(method, path, headers=token | (headers or {}), **more)

    def end_streams(self):
        """Let a stream end as soon as it has begun, so that a client who waits for the end of an answer gets it."""
        self.client.app.state.context.hub.close()

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.ask("POST", path, json=json, **more)


def app_on(database_url, redis_url, folder):
    """An app on a database, at the moment of the tests."""
    settings = Settings(
        database_url=database_url,
        redis_url=redis_url,
        secret="a secret of the tests",
        data_dir=folder,
        requests_per_token=0,
        refusals_per_minute=0,
    )
    app = create_app(settings, clock=lambda: NOW)
    describe_once(app)
    return app


_described: list[dict[str, object]] = []


def describe_once(app):
    """All apps share their routes: one description is that of each, and to write it takes longer than most tests."""
    write = app.openapi

    def document():
        if not _described:
            _described.append(write())
        return _described[0]

    app.openapi = document


def client_of(app):
    """A client of the app, who is told of a fault as anybody is."""
    return TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000))


@pytest.fixture
def app(database_url, redis_url, register, tmp_path):
    return app_on(database_url, redis_url, tmp_path)


@pytest.fixture
def office(app, register):
    with client_of(app) as client:
        yield Office(register, client)
