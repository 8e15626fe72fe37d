"""What the tests of this room share: a running application and a token of every role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from sqlmodel import SQLModel, func, select
from starlette.testclient import TestClient

from dispatch.commands.access import create_user, issue_token
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.settings import Settings
from tests.rows import NOW, Register

SECRET = "a secret of the tests"


@dataclass
class Desk:
    """The application, whoever may stand before it, and the time on its clock."""

    app: FastAPI
    client: TestClient
    register: Register
    tokens: dict[Role, str]
    times: list[datetime] = field(default_factory=lambda: [NOW])

    def ask(self, method: str, path: str, role: Role | None = Role.CLERK, **request: Any):
        """Send one request as someone of that role; None sends no token."""
        headers = request.pop("headers", {})
        if role is not None:
            headers = {"Authorization": f"Bearer {self.tokens[role]}", **headers}
        return self.client.request(method, path, headers=headers, **request)

    def get(self, path: str, role: Role | None = Role.CLERK, **request: Any):
        """Read."""
        return self.ask("GET", path, role, **request)

    def post(self, path: str, role: Role | None = Role.CLERK, key: str | None = None, **request: Any):
        """Send a POST, repeatable if it has a key."""
        headers = request.pop("headers", {}) | ({"Idempotency-Key": key} if key else {})
        return self.ask("POST", path, role, headers=headers, **request)

    def patch(self, path: str, etag: str | None, role: Role | None = Role.CLERK, **request: Any):
        """Change what was read with this ETag."""
        headers = {"If-Match": etag} if etag else {}
        return self.ask("PATCH", path, role, headers=headers, **request)

    def count_rows(self) -> dict[str, int]:
        """Return how many rows every table has."""
        with self.register.read() as session:
            return {
                table.name: session.exec(select(func.count()).select_from(table)).one()
                for table in SQLModel.metadata.sorted_tables
            }


@contextmanager
def open_desk(register: Register, redis_url: str, data_dir: Any) -> Iterator[Desk]:
    """Open the application over a register, with one user of every role."""
    times = [NOW]
    settings = Settings(
        database_url=register.engine.url.render_as_string(hide_password=False),
        redis_url=redis_url,
        data_dir=data_dir,
        secret=SECRET,
    )
    app = create_app(settings, clock=lambda: times[-1])
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(app, client, register, hand_out_tokens(register), times)


def hand_out_tokens(register: Register) -> dict[Role, str]:
    """Return a token of every role; a practitioner and a secretary stand for their own entry."""
    there = {Role.CLERK: register.clerk.user_id, Role.MANAGER: register.manager.user_id}
    tokens = {role: issue_token(register.begin, None, NOW, user_id) for role, user_id in there.items()}
    register.a_practitioner("self")
    own = {
        Role.PRACTITIONER: {"practitioner_code": "self"},
        Role.INSTITUTION: {"institution_code": "firm"},
    }
    for role in Role:
        if role not in tokens:
            named = own.get(role, {})
            _, tokens[role] = create_user(register.begin, None, NOW, register.centre.id, role.value, role, **named)
    return tokens


def a_case_body(number: str = "1", **fields: Any) -> dict[str, Any]:
    """A granted unpaid-wages case as a clerk sends it."""
    plain = {
        "number": number,
        "matter": "civil",
        "cause": "wages",
        "service": "litigation_agency",
        "stage": "first_instance",
        "area": "A",
        "recipient": {"name": "王小明", "identity_number": "410000199001011234", "sex": "male"},
        "received_at": "2026-03-08T09:00:00+08:00",
        "granted_at": "2026-03-09T08:00:00+08:00",
    }
    return {**plain, **fields}
