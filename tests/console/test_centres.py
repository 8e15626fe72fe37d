"""Centres in the console: an administrator makes one below their own, hands its invitation over, and changes it."""

from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.tables import CentreRow, TokenRow, UserRow

ADMIN = Role.ADMIN
NEW = {
    "new.code": "liangyuan", "new.name": "梁园区法律援助中心", "new.level": "county", "new.preset": "national",
    "new.administrator": "li",
}  # fmt: skip


def test_centre_is_made_below_ones_own_with_an_invitation_shown_once_and_changed(console, register, caplog):
    wrong = console.press("/centres/establish", ADMIN, tried="new", more=NEW | {"new.level": "nation"})
    slip = console.press("/centres/establish", ADMIN, more=NEW)
    [made] = register.all(CentreRow, CentreRow.code == "liangyuan")
    [user] = register.all(UserRow, UserRow.centre_id == made.id)
    key = f"amend-{made.id}"
    unnamed = console.press("/centres/amend-centre", ADMIN, tried=key, centre=made.id, more={f"{key}.name": "x" * 300})
    told = {"centre": made.id, f"{key}.name": "梁园区援助中心", f"{key}.level": "county"}
    console.press("/centres/amend-centre", ADMIN, more=told)
    page, english = (console.get("/centres", ADMIN, lang=lang).text for lang in ("zh", "en"))

    assert wrong.status_code == 422
    assert 'id="new.level-error"' in wrong.text
    assert 'value="liangyuan"' in wrong.text
    assert "li@liangyuan" in slip.text
    assert 'href="/console/centres"' in slip.text
    assert slip.headers["cache-control"] == "no-store"
    assert [row.kind.value for row in register.all(TokenRow, TokenRow.user_id == user.id)] == ["invitation"]
    assert (made.level, made.parent_id, user.role) == (CentreLevel.COUNTY, register.centre.id, ADMIN)
    assert unnamed.status_code == 422
    assert f'id="{key}.name-error"' in unnamed.text
    assert register.get(CentreRow, made.id).name == "梁园区援助中心"
    assert all(word in page for word in ("liangyuan", "梁园区援助中心", "本中心", "上级中心"))
    assert "your own" in english
    assert "inv_" not in page + caplog.text


def test_password_is_asked_for_first_and_others_see_no_centres(console, register):
    console.forget_password(ADMIN)
    page = console.get("/centres", ADMIN).text
    console.press("/centres/establish", ADMIN, more=NEW)

    assert "/centres/establish" not in page
    assert "输入密码后办理" in page
    assert len(register.all(CentreRow)) == 1
    assert console.get("/centres", Role.MANAGER).status_code == 403
