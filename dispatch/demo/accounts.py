"""Ready accounts of the sample city, one a role: a newcomer signs in to the console at once. For a demo only."""

import json
import secrets
from base64 import b32decode
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from dispatch.commands.access import create_user
from dispatch.commands.access.factors import DIGITS, STEP_S
from dispatch.commands.access.users import invite
from dispatch.demo.stack import Stack
from dispatch.demo.steps import check
from dispatch.domain.vocabulary import Role

ACCOUNTS = "accounts.json"
SESSION = "/console/session/invitation"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
TIMEOUT_S = 30.0
CODES_SHOWN = 4


class DemoAccount(NamedTuple):
    """How somebody of a role signs in."""

    role: str
    login: str
    password: str
    codes: list[str]
    """Of a role that signs in with a code: each is good once."""

    authenticator: str
    """The secret for an authenticator, of such a role."""


def add_accounts(
    home: Stack, now: datetime, centre_id: str, centre: str, ties: Mapping[Role, Mapping[str, str]]
) -> list[DemoAccount]:
    """Make an account for each role that has something to do here; programs keep their own users and tokens."""
    password = f"city-{secrets.token_hex(4)}-{secrets.token_hex(2)}"
    roles = [Role.CLERK, Role.MANAGER, *ties, Role.AUDITOR, Role.ADMIN]
    accounts = [_account(home, now, centre_id, centre, role, password, ties.get(role, {})) for role in roles]
    path = home.folder / ACCOUNTS
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts))
    return accounts


def kept_accounts(folder: Path) -> list[DemoAccount]:
    """Return the accounts of an earlier start; none if there was none."""
    with suppress(FileNotFoundError):
        return [DemoAccount(*each) for each in json.loads((folder / ACCOUNTS).read_text())]
    return []


def _account(
    home: Stack, now: datetime, centre_id: str, centre: str, role: Role, password: str, ties: Mapping[str, str]
) -> DemoAccount:
    login = f"my-{role.value}"
    # Its keys are those that take a text.
    user, _ = create_user(home.begin, None, now, centre_id, login, role, **ties)  # type: ignore[arg-type]
    issued = invite(home.begin, None, now, user.id)
    check(issued is not None, f"no invitation for {login}")
    assert issued is not None
    invitation = {"invitation": issued.token}
    authenticator = _post(home, SESSION, invitation)["authenticator"]
    secret = authenticator["secret"] if authenticator else ""
    code = TOTP(b32decode(secret), DIGITS, SHA1(), STEP_S).generate(int(now.timestamp())).decode() if secret else ""
    entered = _post(home, f"{SESSION}/accept", {**invitation, "password": password, "code": code})
    return DemoAccount(role.value, f"{login}@{centre}", password, entered["recovery_codes"][:CODES_SHOWN], secret)


def _post(home: Stack, path: str, body: Mapping[str, str]) -> Any:
    answer = httpx2.post(home.url + path, json=body, headers=OWN_PAGE, timeout=TIMEOUT_S)
    check(answer.is_success, answer.text)
    return answer.json()
