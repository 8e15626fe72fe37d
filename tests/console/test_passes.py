"""What lets somebody in, on the page of their account: tokens given once and ended, identities bound and unbound."""

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.tables import IdentityRow, TokenRow
from dispatch.settings import Settings
from testbed.provider import CLIENT
from tests.rows import NOW

ADMIN = Role.ADMIN
ISSUER = "https://id.example.gov.cn"


@pytest.fixture
def app(database_url, register, tmp_path):
    settings = Settings(
        database_url=database_url, redis_url="redis://127.0.0.1:1/0", secret="a secret of the tests",
        data_dir=tmp_path, requests_per_token=0, refusals_per_minute=0, oidc_issuer=ISSUER, oidc_client=CLIENT,
    )  # fmt: skip
    return create_app(settings, clock=lambda: NOW)


def test_token_is_shown_once_listed_without_its_secret_and_ended(console, register, caplog):
    clerk = console.user(Role.CLERK)
    page = f"/users/{clerk.id}"

    wrong = console.press(f"{page}/token", ADMIN, tried="token", more={"token.days": "400"})
    slip = console.press(f"{page}/token", ADMIN, more={"token.days": "30", "token.label": "case-import"})
    [row] = register.all(TokenRow, TokenRow.user_id == clerk.id, TokenRow.label == "case-import")
    listed = console.get(page, ADMIN).text
    done = console.press(f"{page}/end", ADMIN, token_id=row.id)
    after = console.get(done.headers["location"], ADMIN).text

    assert wrong.status_code == 422
    assert 'id="token.days-error"' in wrong.text
    assert "lad_" in slip.text
    assert slip.headers["cache-control"] == "no-store"
    assert "2026-04-08" in slip.text
    assert "case-import" in listed
    assert "登录会话" in listed
    assert "lad_" not in listed + caplog.text
    assert register.get(TokenRow, row.id).revoked_at == NOW
    assert "已结束" in after
    assert "case-import" not in after


def test_session_of_a_user_is_ended_by_the_administrator(console, register):
    clerk = console.user(Role.CLERK)
    [session] = register.all(TokenRow, TokenRow.user_id == clerk.id)

    console.press(f"/users/{clerk.id}/end", ADMIN, token_id=session.id)

    assert console.get("/cases").status_code == 303
    assert "没有有效的令牌" in console.get(f"/users/{clerk.id}", ADMIN).text


def test_manager_with_another_gets_no_token_from_the_administrator(console, register):
    answer = console.press(f"/users/{console.user(Role.MANAGER).id}/token", ADMIN, tried="token")

    assert answer.status_code == 409
    assert "负责人登录后自行生成令牌" in answer.text


def test_identity_is_bound_by_its_subject_which_nobody_is_shown_and_unbound(console, register):
    page = f"/users/{console.user(Role.CLERK).id}"

    unsaid = console.press(f"{page}/bind", ADMIN, tried="identity")
    console.press(f"{page}/bind", ADMIN, more={"identity.subject": "248289761001"})
    [row] = register.all(IdentityRow)
    bound = console.get(page, ADMIN).text
    console.press(f"{page}/unbind", ADMIN, identity_id=row.id)

    assert 'id="identity.subject-error"' in unsaid.text
    assert ISSUER in bound
    assert "248289761001" not in bound
    assert f"{page}/unbind" in bound
    assert register.all(IdentityRow) == []
    assert console.get("/cases").status_code == 303
