"""What every page stands in: who comes in and how, forged and repeated forms, refusals, files, languages."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select
from starlette.datastructures import FormData

import dispatch.console
from dispatch.commands.access import credentials, passwords
from dispatch.commands.access.users import invite
from dispatch.commands.cases.drafts import CaseDraft
from dispatch.console.frame.assets import ASSETS, asset_path
from dispatch.console.frame.details import details_of
from dispatch.console.frame.serving import CSP, local
from dispatch.console.frame.visit import FilledForm
from dispatch.console.pages import PAGES
from dispatch.domain.log.words import ActOutcome
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AuditRow, CentreRow, TokenRow
from tests.rows import NOW

PASSWORD = "four short plain words"
CHINESE = re.compile(r"[一-鿿]")
TEMPLATES = Path(dispatch.console.__file__).parent / "templates"
FOREIGN = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"},
           {"Sec-Fetch-Site": None, "Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": None})  # fmt: skip


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "COST", passwords.PasswordCost(1, 8))


def with_password(console, role=Role.CLERK):
    """Set a password for the role's user, as an invitation does."""
    register, user = console.register, console.user(role)
    secret = invite(register.begin, None, NOW, user.id).token
    credentials.accept_invitation(register.begin, register.read, register.seal, NOW, secret, PASSWORD, "")
    return f"{user.login}@c"


def enter(console, login, password=PASSWORD, back=""):
    return console.press(f"/sign-in/enter?back={back}", None, login=login, password=password)


def test_clerk_signs_in_and_comes_to_where_they_were_going(console):
    login = with_password(console)

    answer = enter(console, login, back="/account")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/account")
    assert re.search(r"lad-session=ses_.*HttpOnly", answer.headers["set-cookie"])


def test_wrong_password_shows_the_form_again_with_the_login_and_never_the_password(console):
    login = with_password(console)

    answer = enter(console, login, "a wrong password")

    assert answer.status_code == 401
    assert f'value="{login}"' in answer.text
    assert "a wrong password" not in answer.text
    assert 'role="alert"' in answer.text


def test_login_without_its_centre_is_told_in_words_how_it_is_written(console):
    answer = enter(console, "my-clerk")
    english = console.ask("POST", "/sign-in/enter", None, lang="en", data={"login": "my-clerk", "password": PASSWORD})

    assert answer.status_code == 422
    assert "应为登录名@中心代码，如 clerk-1@my-centre" in answer.text
    assert "login@centre, such as clerk-1@my-centre" in english.text
    assert r"\w" not in answer.text + english.text


def test_who_tried_too_often_is_told_kindly_what_to_do(console):
    login = with_password(console)

    answers = [enter(console, login, "a wrong password") for _ in range(6)]

    assert answers[-1].status_code == 429
    assert "账号没有停用" in answers[-1].text
    assert "retry-after" in answers[-1].headers
    assert "请在15分钟后再试。" in answers[-1].text


def test_invitation_sets_a_password_and_shows_the_secret_of_the_authenticator_to_who_needs_one(console):
    user = console.user(Role.MANAGER)
    secret = invite(console.register.begin, None, NOW, user.id).token

    looked = console.press("/invitation/look", None, invitation=secret)
    weak = console.press("/invitation/accept", None, invitation=secret, password="short", code="000000")
    over = console.press("/invitation/look", None, invitation="inv_none")

    assert f"{user.login}@c" in looked.text
    assert re.search(r"<code>([A-Z2-7]{4} )+", looked.text)
    assert (weak.status_code, over.status_code) == (422, 409)
    assert user.login in weak.text
    assert 'id="password-error"' in weak.text


@pytest.mark.parametrize(
    ("where", "leads"),
    [("/cases?x=1", "/cases?x=1"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/"), ("", "/")],
)
def test_return_address_leads_nowhere_else(where, leads):
    assert local(where) == leads


def test_every_button_of_every_page_refuses_a_foreign_page_and_a_token(console):
    for page in PAGES:
        for act in page.acts:
            path = f"{page.path.rstrip('/')}/{act}".replace("{", "").replace("}", "")
            for headers in FOREIGN:
                sent = {name: value for name, value in headers.items() if value is not None}
                bare = {"Accept": "text/html", "Cookie": f"lad-session={console.secret(Role.MANAGER)}", **sent}
                answer = console.client.post(f"/console{path}", headers=bare, data={}, follow_redirects=False)
                assert answer.status_code == 403, (path, headers)
            token = console.ask("POST", path, Role.MANAGER, headers={"Authorization": "Bearer none"}, data={})
            assert token.status_code == 303
            assert "/sign-in" in token.headers["location"]


def test_every_page_binds_the_browser_by_the_strictest_rules(console):
    for path in ("/", "/invitation", "/nowhere"):
        answer = console.get(path)

        assert answer.headers["content-security-policy"] == CSP
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "style=" not in answer.text
        assert re.findall(r"<script(?! src=)", answer.text) == []


def test_files_are_named_by_their_digest_kept_for_good_and_small(console):
    for name in ASSETS:
        answer = console.get(asset_path(name), None)

        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    other = console.get("/static/console.000000000000.css", None)
    assert (other.status_code, other.headers["cache-control"]) == (200, "no-store")
    assert console.get("/static/none.css", None).status_code == 404
    assert sum(len(asset.small) for name, asset in ASSETS.items() if name.endswith(".js")) < 10_000


def test_form_that_is_sent_twice_is_one_act(console):
    page = console.get("/account")
    key = console.hidden(page, "idempotency-key")
    before = len(console.register.all(TokenRow, TokenRow.revoked_at.is_(None)))

    answers = [console.press("/account/end-others", more={"idempotency-key": key}) for _ in range(2)]

    assert [answer.headers["location"] for answer in answers] == ["/console/account?done=end-others"] * 2
    assert "idempotency-replayed" in answers[1].headers
    assert len(console.register.all(TokenRow, TokenRow.revoked_at.is_(None))) == before
    assert "其他登录会话和令牌均已结束" in console.get("/account?done=end-others").text


def test_who_comes_with_a_session_that_is_over_is_told_so(console):
    with console.register.begin() as tx:
        for row in tx.session.exec(select(TokenRow).where(TokenRow.user_id == console.user(Role.CLERK).id)):
            row.revoked_at = NOW
    told = "登录已结束"

    assert told in console.get("/sign-in").text
    assert told not in console.get("/sign-in", None).text
    assert told not in console.press("/sign-in/enter", login="nobody@c", password="a wrong password").text


def test_address_of_a_button_loaded_again_is_its_page(console):
    answer = console.get("/account/end-others")

    assert (answer.status_code, answer.headers["location"]) == (303, "/console/account")


def test_refusals_are_pages_for_people_and_problems_for_programs(console):
    page = console.get("/nowhere")
    program = console.get("/nowhere", headers={"Accept": "application/json"})

    assert (page.status_code, program.status_code) == (404, 404)
    assert page.text.partition("<body")[2].count("请核对网址") == 1
    assert program.json()["code"] == "no-such-path"


def test_language_is_chosen_in_the_address_and_remembered(console):
    answer = console.get("/?lang=en")

    assert "lad-language=en" in answer.headers["set-cookie"]
    assert '<html lang="en">' in answer.text
    assert '<html lang="en">' in console.get("/nowhere", lang="en").text


def test_authenticator_asks_for_the_password_first_if_it_was_not_given_lately(console, app):
    console.forget_password(Role.MANAGER)

    answer = console.get("/authenticator", Role.MANAGER)

    assert answer.headers["location"] == "/console/confirm?back=%2Fauthenticator"


def test_form_nests_names_with_dots_makes_lists_and_leaves_out_what_is_empty():
    form = FilledForm(FormData([
        ("matter", "civil"), ("note", " "), ("minor", "unknown"), ("categories[]", ""), ("categories[]", "elderly"),
        ("parties.1.name", "乙"), ("parties.0.name", "甲"), ("means.income", "1"), ("revision", "3"),
    ]))  # fmt: skip

    assert form.nested() == {
        "matter": "civil", "minor": None, "categories": ["elderly"], "parties": [{"name": "甲"}, {"name": "乙"}],
        "means": {"income": "1"},
    }  # fmt: skip
    assert form.revision == 3


def test_unknown_is_an_answer_to_a_question_and_a_word_in_a_text():
    form = FilledForm(FormData([("recipient.name", "unknown"), ("grave", "unknown"), ("organ", "unknown")]))

    given = form.nested("", (), CaseDraft)

    assert given == {"recipient": {"name": "unknown"}, "grave": None, "organ": "unknown"}


def test_moment_is_of_the_clock_of_the_centre_as_it_is_typed_and_as_it_is_shown(console, register):
    with register.begin() as tx:
        tx.session.get_one(CentreRow, register.centre.id).time_zone = "Asia/Urumqi"
    form = FilledForm(FormData([("at", "2026-03-09T09:30")]), lambda: ZoneInfo("Asia/Urumqi"))

    assert form.nested() == {"at": "2026-03-09T09:30:00+06:00"}
    assert FilledForm(FormData([("at", "2026-02-30T09:30")])).nested() == {"at": "2026-02-30T09:30"}
    assert NOW.astimezone(ZoneInfo("Asia/Urumqi")).strftime("%Y-%m-%d %H:%M") in console.get("/account").text


def test_nobody_sees_a_page_without_a_session_but_the_entrance(console):
    open_ = {page.path for page in PAGES if not page.verbs}

    assert open_ == {"/sign-in", "/invitation", "/r/{link_id}"}
    assert console.get("/account", None).headers["location"] == "/console/sign-in?back=%2Faccount"


def test_refusal_on_a_page_is_written_into_the_log_without_what_was_typed(console, app):
    console.get("/cases/new", Role.PRACTITIONER)
    console.press("/cases/new/next", step="case", number="某某案")
    app.state.refusals.flush()

    refused = [row for row in console.register.all(AuditRow) if row.outcome is ActOutcome.REFUSED]

    assert {(row.subject, row.actor_id) for row in refused} == {
        ("intake_page", console.user(Role.PRACTITIONER).id), ("intake_page_next", console.user(Role.CLERK).id),
    }  # fmt: skip
    assert "某某案" not in str(refused)


def test_first_visit_is_small(console):
    files = sum(len(asset.small) for asset in ASSETS.values())
    for role, path, most in ((None, "/sign-in", 15_000), (Role.CLERK, "/", 25_000), (Role.CLERK, "/cases/new", 25_000)):
        answer = console.get(path, role, headers={"Accept-Encoding": "gzip"})

        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) + files <= most, path


def test_every_template_says_everything_in_both_languages():
    lacking = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = re.sub(r"(?s)\{#.*?#\}", "", path.read_text(encoding="utf-8"))
        for zh, en in re.findall(r'(?s)\bsay\(\s*"((?:[^"\\]|\\.)*)"(?:\s*,\s*"((?:[^"\\]|\\.)*)")?', text):
            # Punctuation and measure words are written apart, too; what is put in is no word of ours.
            chinese, words = CHINESE.search(zh), re.search("[A-Za-z]", re.sub(r"\{\w+\}", "", en))
            if CHINESE.search(en) or (chinese and not en) or (words and not chinese):
                lacking.append((path.name, zh))
        plain = re.sub(r"(?s)\{%.*?%\}|\{\{.*?\}\}", "", text)
        plain = re.sub(r'(?s)<[^>]*>|[\w-]+="[^"]*"|&\w+;', " ", plain)
        lacking += [(path.name, word) for word in re.findall(r"[A-Za-z一-鿿]{2,}", plain)]

    assert lacking == []


def test_refusal_tells_what_its_facts_say_to_people_and_nothing_else():
    names = [{"zh": "姓名", "en": "name", "where": {"zh": "名册", "en": "roster"}}, {"zh": "证号", "en": "number"}]
    problems = [{"field": "x", "reason": {"zh": "应为整数", "en": "a whole number"}}]

    assert details_of({"missing": names, "id": "x", "reason": "code", "detail": None}, "zh") == [
        "还缺：姓名（名册）、证号"
    ]
    assert details_of({"missing": names}, "en") == ["Still missing: name (roster), number"]
    assert details_of({"problems": problems, "retry_after_s": 30}, "zh") == ["应为整数", "请在30秒后再试。"]
    assert details_of({"retry_after_s": 61}, "en") == ["Try again in 2 min."]
