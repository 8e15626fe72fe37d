"""Tokens of one's own in the console: made after the password, shown once, renewed and ended."""

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import TokenRow
from tests.rows import NOW


def of(register, label):
    return register.all(TokenRow, TokenRow.label == label)


def test_token_is_made_after_the_password_shown_once_renewed_and_ended(console, register, caplog):
    console.forget_password(Role.CLERK)
    asked = console.get("/account").text
    refused = console.press("/account/make-token", more={"token.label": "case-import"})
    console.sign_in(Role.CLERK, "another")
    wrong = console.press("/account/make-token", tried="token", more={"token.days": "400"})
    slip = console.press("/account/make-token", more={"token.days": "30", "token.label": "case-import"})
    [first] = of(register, "case-import")
    listed = console.get("/account").text
    renewed = console.press("/account/renew-token", id=first.id)
    old, second = sorted(of(register, "case-import"), key=lambda row: row.revoked_at is None)
    console.press("/account/end", id=second.id)

    assert "输入密码后生成" in asked
    assert refused.status_code != 303 or "/confirm" in refused.headers["location"]
    assert 'id="token.days-error"' in wrong.text
    assert "lad_" in slip.text
    assert "2026-04-08" in slip.text
    assert slip.headers["cache-control"] == "no-store"
    assert "case-import" in listed
    assert "lad_" not in listed + caplog.text
    assert "lad_" in renewed.text
    assert (old.id, bool(old.revoked_at)) == (first.id, True)
    assert register.get(TokenRow, second.id).revoked_at == NOW
    assert "case-import" not in console.get("/account").text


def test_token_is_not_renewed_in_a_session_whose_password_was_given_long_ago(console, register):
    console.press("/account/make-token", more={"token.label": "old"})
    [row] = of(register, "old")
    console.forget_password(Role.CLERK)

    console.press("/account/renew-token", id=row.id)

    assert len(of(register, "old")) == 1
    assert register.get(TokenRow, row.id).revoked_at is None
    assert "renew-token" not in console.get("/account").text


def test_nobody_renews_what_is_anothers_and_a_recipient_has_no_tokens(console, register):
    console.press("/account/make-token", more={"token.label": "theirs"})
    [theirs] = of(register, "theirs")

    refused = console.press("/account/renew-token", Role.AUDITOR, id=theirs.id)
    page = console.get("/account", Role.RECIPIENT).text
    forged = console.press("/account/make-token", Role.RECIPIENT)

    assert refused.status_code == 404
    assert register.get(TokenRow, theirs.id).revoked_at is None
    assert forged.status_code == 403
    assert not register.all(TokenRow, TokenRow.user_id == console.user(Role.RECIPIENT).id, TokenRow.kind == "token")
    assert "make-token" not in page
    assert "renew-token" not in page
