"""One's identity at a provider: bound from the console without a script, listed, and unbound."""

import re
from html import unescape

import pytest
from sqlmodel import select

from dispatch.api.console.identities import BACK
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.tables import IdentityRow, TokenRow
from dispatch.settings import Settings
from testbed.provider import CLIENT, SECRET, TestProvider
from tests.console.conftest import SAME_ORIGIN
from tests.rows import NOW


@pytest.fixture
def provider():
    found = TestProvider(NOW.timestamp)
    found.return_to = f"http://127.0.0.1{BACK}"
    yield found
    found.close()


@pytest.fixture
def app(database_url, register, tmp_path, provider):
    settings = Settings(
        database_url=database_url, redis_url="redis://127.0.0.1:1/0", secret="a secret of the tests",
        data_dir=tmp_path, requests_per_token=0, refusals_per_minute=0, oidc_issuer=provider.issuer,
        oidc_client=CLIENT, oidc_client_secret=SECRET,
    )  # fmt: skip
    return create_app(settings, clock=lambda: NOW)


def test_identity_is_bound_by_a_link_to_the_provider_listed_and_unbound(console, register, provider):
    before = console.get("/identity").text
    begun = console.press("/identity/bind")
    way = unescape(re.search(rf'href="({provider.issuer}[^"]+)"', begun.text)[1])
    flow = begun.headers["set-cookie"].partition(";")[0]
    cookies = f"lad-session={console.secret(Role.CLERK)}; {flow}"
    back = console.client.get(
        provider.sign_in(way), headers=SAME_ORIGIN | {"Cookie": cookies, "Sec-Fetch-Site": "cross-site"},
        follow_redirects=False,
    )  # fmt: skip
    bound = console.get(back.headers["location"]).text
    [row] = register.all(IdentityRow)
    console.press("/identity/unbind", identity=row.id)

    assert "/identity/bind" in before
    assert "form-action 'self'" in begun.headers["content-security-policy"]
    assert back.headers["location"] == "/console/identity?done=bind"
    assert "已绑定，今后可以从该平台登录" in bound
    assert provider.subject not in bound
    assert row.user_id == console.user(Role.CLERK).id
    assert register.all(IdentityRow) == []
    assert "/identity" in console.get("/account").text


def test_binding_asks_for_the_password_again_and_is_not_offered_to_a_recipient(console, register):
    console.user(Role.CLERK)
    with register.begin() as tx:
        for row in tx.session.exec(select(TokenRow)):
            row.confirmed_at = NOW.replace(year=NOW.year - 1)

    answer = console.press("/identity/bind")

    assert answer.headers["location"] == "/console/confirm?back=%2Fidentity"
    assert "/identity/bind" not in console.get("/identity", Role.RECIPIENT).text
