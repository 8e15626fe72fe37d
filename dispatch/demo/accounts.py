"""Ready accounts of the sample city, one a role: a newcomer signs in to the console at once. For a demo only."""

import json
import secrets
from base64 import b32decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import httpx2
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from dispatch.commands.access import create_user
from dispatch.commands.access.factors import DIGITS, STEP_S, new_recovery_codes, unspent
from dispatch.commands.access.users import invite
from dispatch.demo.stack import Stack
from dispatch.demo.steps import check
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CredentialRow

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

    user_id: str = ""


def add_accounts(
    home: Stack, now: datetime, centre_id: str, centre: str, ties: Mapping[Role, Mapping[str, str]]
) -> list[DemoAccount]:
    """Make an account for each role that has something to do here; programs keep their own users and tokens."""
    password = f"city-{secrets.token_hex(4)}-{secrets.token_hex(2)}"
    roles = [Role.CLERK, Role.MANAGER, *ties, Role.AUDITOR, Role.ADMIN]
    accounts = [_account(home, now, centre_id, centre, role, password, ties.get(role, {})) for role in roles]
    _keep(home, accounts)
    return accounts


def kept_accounts(home: Stack) -> list[DemoAccount]:
    """Return the accounts of an earlier start, with codes that are still good; none if there was none."""
    path = home.folder / ACCOUNTS
    if not path.exists():
        return []
    accounts = [_with_good_codes(home, DemoAccount(*each)) for each in json.loads(path.read_text())]
    _keep(home, accounts)
    return accounts


def _keep(home: Stack, accounts: list[DemoAccount]) -> None:
    path = home.folder / ACCOUNTS
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts))


def _with_good_codes(home: Stack, account: DemoAccount) -> DemoAccount:
    """Return the account without the codes that were used; with new ones once all were."""
    if not (account.codes and account.user_id):
        return account
    with home.begin() as tx:
        row = tx.lock(CredentialRow, account.user_id)
        codes = unspent(row, home.seal, account.codes) or new_recovery_codes(row, home.seal)
    return account._replace(codes=codes[:CODES_SHOWN])


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
    codes = entered["recovery_codes"][:CODES_SHOWN]
    return DemoAccount(role.value, f"{login}@{centre}", password, codes, secret, user.id)


def _post(home: Stack, path: str, body: Mapping[str, str]) -> Any:
    answer = httpx2.post(home.url + path, json=body, headers=OWN_PAGE, timeout=TIMEOUT_S)
    check(answer.is_success, answer.text)
    return answer.json()
