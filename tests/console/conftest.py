"""Pages asked for as a browser asks, by somebody of each role, on a small register."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from dispatch.commands.access.links import create_link
from dispatch.commands.access.sessions import open_session
from dispatch.commands.access.sign_in import sign_in_by_link
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.tables import TokenRow, UserRow
from dispatch.settings import Settings
from tests.console.counting import count_commands
from tests.rows import NOW, a_user, register

__all__ = ["register"]

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Accept-Language": "zh-CN"}
ORGAN = "某市某区人民法院"
A_DAY = timedelta(days=1)


class Console:
    """The console of an app, and a session for every role."""

    def __init__(self, register, client, given):
        self.register, self.client, self.users, self.secrets = register, client, {}, {}
        self.given = given

    def user(self, role):
        """Return who has the role here."""
        return self.users.get(role) or self.sign_in(role, **self._ties(role))

    def secret(self, role):
        """Return the cookie of who has the role here."""
        self.user(role)
        return self.secrets[role]

    def _ties(self, role):
        if role is Role.PRACTITIONER:
            return {"practitioner_id": self.register.a_practitioner("seen").id}
        if role is Role.INSTITUTION:
            return {"institution_id": self.register.the_institution().id}
        return {"organ": ORGAN} if role is Role.ORGAN else {}

    def sign_in(self, role, name=None, **ties):
        """Begin a session for a new user of the role; from now on the role's pages are theirs."""
        with self.register.begin() as tx:
            case_id = ties.pop("case_id", None)
            organ = ties.pop("organ", None)
            user = a_user(self.register.centre.id, name or f"seen-{role.value}", role, organ=organ)
            for tie, id in ties.items():
                setattr(user, tie, id)
            tx.add(user)
            tx.session.flush()
            self.users[role] = user
            self.secrets[role] = open_session(tx, user, NOW, case_id=case_id).secret
        return self.users[role]

    def forget_password(self, role):
        """Let it be long ago that the role's password was given."""
        with self.register.begin() as tx:
            for row in tx.session.exec(select(TokenRow).where(TokenRow.user_id == self.user(role).id)):
                row.confirmed_at = NOW.replace(year=NOW.year - 1)

    def recipient_of(self, case):
        """Let the case's recipient in by a link and its code; from now on the role's pages are theirs."""
        register = self.register
        link = create_link(register.begin, register.clerk, NOW, case.id)
        opened = sign_in_by_link(register.begin, NOW, link.id, link.code)
        self.users[Role.RECIPIENT] = register.get(UserRow, opened.session.actor.user_id)
        self.secrets[Role.RECIPIENT] = opened.secret
        return link

    def ask(self, method, path, role=Role.CLERK, lang="zh", headers=None, **more):
        """Ask for a page below the console, as somebody of the role; None is somebody not signed in."""
        cookies = {"lad-language": lang} | ({"lad-session": self.secret(role)} if role else {})
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        url = path if path.startswith("/console") else f"/console{path}"
        self.given.clear()
        answer = self.client.request(
            method, url, headers=SAME_ORIGIN | cookie | (headers or {}), follow_redirects=False, **more
        )
        if method == "POST":
            self.require_one_command(url, answer)
        return answer

    def require_one_command(self, url, answer):
        """Fail where a button gave more than one command, or led on without any."""
        asked_first = re.search(r"/(sign-in|confirm)\?", answer.headers.get("location", ""))
        before = asked_first or "Idempotency-Replayed" in answer.headers
        assert answer.status_code >= 400 or len(self.given) <= 1, (url, self.given)
        assert answer.status_code != 303 or before or self.given, url

    def get(self, path, role=Role.CLERK, **more):
        """Open a page."""
        return self.ask("GET", path, role, **more)

    def press(self, path, role=Role.CLERK, **fields):
        """Press a button: post a form's fields; names with dots and brackets come in a dict called `more`."""
        more = fields.pop("more", {})
        return self.ask("POST", path, role, data=fields | more)

    def hidden(self, page, name):
        """Return what a hidden field of a page holds."""
        return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


@pytest.fixture
def database_url(clean_sqlite_url):
    """One database: what pages ask of it, commands and reads ask of both elsewhere."""
    return clean_sqlite_url


@pytest.fixture
def app(database_url, register, tmp_path):
    settings = Settings(
        database_url=database_url, redis_url="redis://127.0.0.1:1/0", secret="a secret of the tests",
        data_dir=tmp_path, requests_per_token=0, refusals_per_minute=0,
    )  # fmt: skip
    return create_app(settings, clock=lambda: NOW)


@pytest.fixture
def console(app, register, monkeypatch):
    with TestClient(
        app, base_url="http://127.0.0.1", raise_server_exceptions=False, client=("127.0.0.1", 50000)
    ) as client:
        yield Console(register, client, count_commands(monkeypatch))
