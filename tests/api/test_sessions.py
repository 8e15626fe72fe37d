"""Signing in over HTTP on a real server: password and code, lock-out, idle, end, step-up, links, one's own page."""

import threading
import time
from base64 import b32decode
from contextlib import contextmanager
from datetime import timedelta

import httpx2
import pytest
import uvicorn
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from dispatch.commands.access import create_user, passwords
from dispatch.commands.access.confirmations import decide_confirmation, list_confirmations
from dispatch.commands.access.guesses import Try, count_try, forgive
from dispatch.commands.access.links import create_link, revoke_link
from dispatch.commands.access.users import give_token, invite, restore_user, revoke_user
from dispatch.domain.access.guessing import LINK_TRIES, login_waits_until, require_strong
from dispatch.domain.access.lives import SESSIONS
from dispatch.domain.errors import (
    InvalidFieldError,
    NotFoundError,
    PasswordAgainError,
    SecondPersonError,
    TooManyTriesError,
)
from dispatch.domain.permissions import GRAVE, PERMISSIONS, Actor, require
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AuditRow, CredentialRow, GuessRow, LinkRow, TokenRow, UserRow
from dispatch.settings import Settings
from tests.rows import NOW

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
PASSWORD, BETTER = "four short plain words", "another four plain words"
AT = "/console/session"
PATIENCE_S = 60


def plain(method, url, **more):
    """Ask as something that is no browser and keeps nothing."""
    return httpx2.request(method, url, timeout=PATIENCE_S, **more)


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """What a password really costs is looked at once; here it is hashed a hundred times."""
    monkeypatch.setattr(passwords, "COST", passwords.PasswordCost(1, 8))


class Server:
    """A real server on the register, a clock to turn, and browsers."""

    def __init__(self, register, url, clock):
        self.register, self.url, self.clock = register, url, clock

    def later(self, much):
        self.clock[0] += much

    def browser(self, **headers):
        return Browser(self, headers)

    def user(self, login="li", role=Role.CLERK, **ties):
        user, token = create_user(
            self.register.begin, None, self.clock[0], self.register.centre.id, login, role, lasts=300 * DAY, **ties
        )
        return user, token

    def invitation(self, user):
        return invite(self.register.begin, None, self.clock[0], user.id).token

    def subjects(self):
        return [row.subject for row in self.register.all(AuditRow)]


class Browser:
    """Keeps its cookie and says where a request comes from, as browsers do."""

    def __init__(self, server, headers):
        self.server = server
        self.client = httpx2.Client(
            base_url=server.url, headers={"Sec-Fetch-Site": "same-origin"} | headers, timeout=PATIENCE_S
        )
        self.key, self.codes = None, []

    def ask(self, method, path="", json=None, **more):
        return self.client.request(method, AT + path, json=json, **more)

    def first(self, user, password=PASSWORD):
        """Accept an invitation; keep the authenticator and the recovery codes."""
        invitation = {"invitation": self.server.invitation(user)}
        found = self.ask("POST", "/invitation", invitation).json()
        if found["authenticator"]:
            self.key = b32decode(found["authenticator"]["secret"])
        answer = self.ask("POST", "/invitation/accept", invitation | {"password": password, "code": self.code()})
        self.codes = answer.json().get("recovery_codes", [])
        return answer

    def code(self):
        return (
            TOTP(self.key, 6, SHA1(), 30).generate(int(self.server.clock[0].timestamp())).decode() if self.key else ""
        )

    def enter(self, login="li@c", password=PASSWORD, code=None):
        return self.ask(
            "POST", json={"login": login, "password": password, "code": self.code() if code is None else code}
        )

    def inside(self):
        return self.ask("GET").status_code == 200


@pytest.fixture
def server(register, tmp_path):
    with serving(register, tmp_path, [NOW]) as server:
        yield server


@contextmanager
def serving(register, tmp_path, clock, **more):
    settings = Settings(
        database_url=register.engine.url.render_as_string(hide_password=False), redis_url="redis://127.0.0.1:1/0",
        secret="a secret of the tests", data_dir=tmp_path, **more,
    )  # fmt: skip
    app = create_app(settings, clock=lambda: clock[0])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="on", timeout_keep_alive=60))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Server(register, f"http://127.0.0.1:{port}", clock)
    server.should_exit = True
    thread.join()


def test_manager_signs_in_with_password_and_code_from_invitation_to_end(server):
    user, token = server.user("wang", Role.MANAGER)
    browser, other = server.browser(), server.browser()

    accepted = browser.first(user)
    reused = other.client.post(f"{AT}/invitation", json={"invitation": "inv_x"})
    server.later(MINUTE)
    other.key = browser.key
    without = other.enter("wang@c", code="")
    entered = other.enter("wang@c")
    replayed = server.browser().enter("wang@c", code=other.code())
    server.later(MINUTE)
    recovered = [server.browser().enter("wang@c", code=browser.codes[0].lower()).status_code for _ in range(2)]

    assert (accepted.status_code, len(browser.codes)) == (201, 8)
    cookie = accepted.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert accepted.headers["cache-control"] == "no-store"
    assert reused.json()["code"] == "invitation-ended"
    assert (without.status_code, without.json()["code"]) == (401, "second-factor-needed")
    assert (entered.status_code, entered.json()["role"]) == (201, "manager")
    assert (replayed.status_code, replayed.json()["code"]) == (401, "sign-in-refused")
    assert recovered == [201, 401]
    assert plain("GET", f"{server.url}/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    [kept] = server.register.all(CredentialRow)
    assert kept.password.startswith("$argon2id$")
    assert PASSWORD not in kept.password
    assert browser.key not in kept.totp
    assert browser.key.hex().encode() not in kept.totp
    assert server.subjects().count("sign_in_refused") == 2


@SQLITE
def test_login_and_centre_are_one_in_any_capital_letters_and_so_are_their_failures(server):
    user, _ = server.user("Wang.li")
    server.browser().first(user)

    entered = [server.browser().enter(login).status_code for login in ("wang.li@c", "Ｗang.Li@c", "wan.gli@c")]
    failures = [
        server.browser().enter(login, "wrong").status_code for login in ("wang.li@c", "WANG.li@C", "Wang.LI@c") * 2
    ]

    assert entered == [201, 201, 401]
    assert failures[-1] == 429


def test_five_failures_lock_one_source_for_a_quarter_of_an_hour_and_nobody_else(server):
    user, _ = server.user()
    away = server.browser()
    away.first(user)
    here = server.browser()

    failures = [here.enter(password="wrong").json()["code"] for _ in range(5)]
    locked = here.enter()
    begun = away.inside()
    server.later(15 * MINUTE)
    again = here.enter()

    assert failures == ["sign-in-refused"] * 5
    assert (locked.status_code, locked.json()["code"]) == (429, "too-many-tries")
    assert (locked.json()["facts"], locked.headers["retry-after"]) == ({"retry_after_s": 900}, "900")
    assert begun
    assert again.status_code == 201
    assert server.subjects().count("sign_in_refused") == 5
    assert not any("127.0.0.1" in row.key or row.key == "li" for row in server.register.all(GuessRow))


def test_session_ends_when_idle_at_its_limit_by_its_user_and_with_its_user(server):
    user, _ = server.user()
    first, second = server.browser(), server.browser()
    first.first(user)
    second.enter()

    server.later(29 * MINUTE)
    active = first.inside()
    server.later(29 * MINUTE)
    kept, idle = first.inside(), second.inside()
    for _ in range(25):
        server.later(28 * MINUTE)
        first.ask("GET")
    over = first.inside()
    first.enter(), second.enter()
    listed = second.ask("GET", "/all").json()
    ended = second.ask("POST", "/end-others", {}).json()["ended"]
    after = first.inside(), second.inside()
    first.enter()
    revoke_user(server.register.begin, Actor(user.id, Role.ADMIN, user.centre_id), server.clock[0], user.id)

    assert (active, kept, idle, over) == (True, True, False, False)
    assert [each["kind"] for each in listed].count("session") == 2
    assert [each["current"] for each in listed].count(True) == 1
    assert ended >= 1
    assert after == (False, True)
    assert (first.inside(), second.inside()) == (False, False)


def test_sign_out_ends_the_session_not_only_the_cookie(server):
    user, _ = server.user()
    browser = server.browser()
    browser.first(user)
    stolen = {"Cookie": f"lad-session={browser.client.cookies['lad-session']}"}
    before = plain("GET", server.url + AT, headers=stolen).status_code

    assert browser.ask("DELETE").status_code == 204
    assert "lad-session" not in browser.client.cookies
    assert (before, plain("GET", server.url + AT, headers=stolen).status_code) == (200, 401)


@SQLITE
def test_session_is_no_token_and_a_token_no_session(server):
    user, _ = server.user()
    browser = server.browser()
    browser.first(user)
    secret = browser.client.cookies["lad-session"]
    _, fresh = server.user("fresh")

    answers = [
        plain("GET", f"{server.url}/v1/me", headers={"Cookie": f"lad-session={secret}"}),
        plain("GET", f"{server.url}/v1/me", headers={"Authorization": f"Bearer {secret}"}),
        plain("GET", server.url + AT, headers={"Cookie": f"lad-session={fresh}"}),
        plain("GET", server.url + AT, headers={"Cookie": f"lad-session={secret}", "Authorization": f"Bearer {fresh}"}),
        plain("GET", server.url + AT, headers={"Cookie": f"__Host-lad-session={secret}"}),
    ]

    assert [answer.status_code for answer in answers] == [401] * 5
    assert secret not in [row.digest for row in server.register.all(TokenRow)]


FOREIGN = [
    # what the browser says, and whether our own page asks
    ({"Sec-Fetch-Site": "same-origin"}, True),
    ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Origin": "{own}"}, True),
    ({"Origin": "https://evil.example"}, False),
    ({"Origin": "null"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "{own}"}, False),
    ({}, False),
]


@SQLITE
def test_only_our_own_page_changes_anything(server):
    said = {"login": "li@c", "password": "x"}

    for headers, own in FOREIGN:
        named = {name: value.format(own=server.url) for name, value in headers.items()}
        answer = plain("POST", server.url + AT, json=said, headers=named)

        assert answer.json()["code"] == ("sign-in-refused" if own else "foreign-page"), headers
        server.later(HOUR)


@SQLITE
def test_open_connection_from_elsewhere_lets_nobody_sign_in_and_https_gets_a_cookie_of_the_host(server):
    user, _ = server.user()
    server.browser().first(user)
    said = {"json": {"login": "li@c", "password": PASSWORD}}

    named = plain("POST", server.url + AT, **said, headers={"Sec-Fetch-Site": "same-origin", "Host": "aid.example"})
    # A proxy on this machine says that the browser came to it over https.
    safe = plain("POST", 
        server.url + AT, **said,
        headers={"Sec-Fetch-Site": "same-origin", "Host": "aid.example", "X-Forwarded-Proto": "https"},
    )  # fmt: skip

    assert (named.status_code, named.json()["code"]) == (403, "transport-open")
    cookie = safe.headers["set-cookie"]
    assert cookie.startswith("__Host-lad-session=ses_")
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()


def test_recipient_signs_in_by_link_and_code_as_it_was_typed_until_it_is_ended(server):
    register = server.register
    case = register.a_case()
    link = create_link(register.begin, register.clerk, NOW, case.id)
    typed = f" {link.code[:4].lower()}-{link.code[4:8]} {link.code[8:]}"
    browser = server.browser()

    wrong = browser.ask("POST", "/recipient", {"link_id": link.id, "code": "wrong"})
    strange = browser.ask("POST", "/recipient", {"link_id": "0" * 32, "code": link.code})
    entered = browser.ask("POST", "/recipient", {"link_id": link.id, "code": typed})
    inside = browser.ask("GET").json()
    revoke_link(register.begin, register.clerk, NOW, link.id)
    over = browser.ask("POST", "/recipient", {"link_id": link.id, "code": typed})

    assert entered.status_code == 201
    assert (inside["role"], inside["expires_at"]) == ("recipient", (NOW + 2 * HOUR).isoformat().replace("+00:00", "Z"))
    assert {answer.json()["title"] for answer in (wrong, strange, over)} == {over.json()["title"]}
    assert not browser.inside()


@SQLITE
def test_recipients_code_has_ten_tries(server):
    register = server.register
    link = create_link(register.begin, register.clerk, NOW, register.a_case().id)
    ask = server.browser().ask

    for _ in range(LINK_TRIES):
        ask("POST", "/recipient", {"link_id": link.id, "code": "wrong"})
    late = ask("POST", "/recipient", {"link_id": link.id, "code": link.code})

    assert late.json()["code"] == "sign-in-refused"
    assert register.get(LinkRow, link.id).failures == LINK_TRIES


@SQLITE
def test_body_of_somebody_unknown_is_a_form_at_most_and_a_session_passes_while_others_try(server):
    user, _ = server.user()
    browser = server.browser()
    browser.first(user)
    browser.ask("GET")
    large = browser.ask("POST", json={"login": "li@c", "password": "x" * 70_000})

    # The minute may turn in between: one of the two has more than it allows.
    tries = [plain("GET", server.url + AT).status_code for _ in range(44)]

    assert large.status_code == 413
    assert tries[0] == 401
    assert 429 in tries
    assert browser.inside()


def test_password_is_changed_with_the_old_one_and_ends_what_was_open_elsewhere(server):
    user, _ = server.user()
    here, there = server.browser(), server.browser()
    here.first(user)
    there.enter()

    wrong = here.ask("POST", "/password", {"old": "wrong", "new": BETTER})
    weak = here.ask("POST", "/password", {"old": PASSWORD, "new": "short"})
    done = here.ask("POST", "/password", {"old": PASSWORD, "new": BETTER})

    assert (wrong.status_code, weak.status_code, done.status_code) == (401, 422, 204)
    assert (here.inside(), there.inside()) == (True, False)
    assert (there.enter().status_code, there.enter(password=BETTER).status_code) == (401, 201)


@SQLITE
def test_grave_acts_need_the_password_given_within_five_minutes(server):
    user, _ = server.user()
    browser = server.browser()
    browser.first(user)
    made = browser.ask("POST", "/tokens", {"days": 3, "label": "import"})
    server.later(5 * MINUTE)

    late = [
        browser.ask(*asked)
        for asked in (("POST", "/tokens", {}), ("GET", "/authenticator"), ("POST", "/recovery-codes"))
    ]
    wrong = browser.ask("POST", "/confirm", {"password": "wrong"})
    confirmed = browser.ask("POST", "/confirm", {"password": PASSWORD})
    again = browser.ask("POST", "/tokens", {})

    bearer = {"Authorization": f"Bearer {made.json()['token']}"}
    assert plain("GET", f"{server.url}/v1/me", headers=bearer).json()["user_id"] == user.id
    assert [answer.json()["code"] for answer in late] == ["password-again"] * 3
    assert (wrong.status_code, confirmed.status_code, again.status_code) == (401, 204, 201)


@pytest.mark.parametrize("verb", sorted(GRAVE))
def test_grave_verb_is_refused_to_a_session_whose_password_is_old(verb):
    [role, *_] = [role for role in Role if verb in PERMISSIONS[role]]

    require(Actor("u", role, "c"), verb)
    with pytest.raises(PasswordAgainError):
        require(Actor("u", role, "c", confirmed=False), verb)


@SQLITE
def test_authenticator_is_taken_up_by_choice_and_then_asked_for(server):
    user, _ = server.user()
    browser = server.browser()
    browser.first(user)

    offered = browser.ask("GET", "/authenticator").json()
    browser.key = b32decode(offered["secret"])
    wrong = browser.ask("POST", "/authenticator", {"code": "000000"})
    proved = browser.ask("POST", "/authenticator", {"code": browser.code()})
    other = browser.ask("GET", "/authenticator").json()
    server.later(MINUTE)

    assert offered["uri"].startswith("otpauth://totp/")
    assert (wrong.status_code, proved.status_code) == (401, 201)
    assert other["secret"] != offered["secret"]
    assert (server.browser().enter().json()["code"], browser.enter().status_code) == ("second-factor-needed", 201)


@SQLITE
def test_invitation_is_good_once_a_new_one_ends_it_and_a_reset_ends_what_was(server):
    user, _ = server.user()
    browser = server.browser()
    old, new = server.invitation(user), server.invitation(user)
    accept = {"password": PASSWORD}

    ended = browser.ask("POST", "/invitation/accept", {"invitation": old, **accept})
    done = browser.ask("POST", "/invitation/accept", {"invitation": new, **accept})
    twice = browser.ask("POST", "/invitation/accept", {"invitation": new, **accept})
    reset = server.invitation(user)
    still = browser.inside()
    server.browser().ask("POST", "/invitation/accept", {"invitation": reset, "password": BETTER})
    late = server.invitation(user)
    after = browser.inside()
    server.later(7 * DAY)

    assert [each.status_code for each in (ended, done, twice)] == [409, 201, 409]
    assert (still, after) == (True, False)
    assert browser.ask("POST", "/invitation", {"invitation": late}).status_code == 409


@SQLITE
@pytest.mark.parametrize("role", [Role.CLERK, Role.PRACTITIONER, Role.AUDITOR, Role.ADMIN])
def test_every_role_gets_the_session_its_role_has(server, role):
    server.register.a_practitioner("p1")
    user, _ = server.user("li", role, **({"practitioner_code": "p1"} if role is Role.PRACTITIONER else {}))
    browser = server.browser()

    session = browser.first(user).json()["session"]

    idle, longest = SESSIONS[role]
    assert (session["idle_until"], session["expires_at"]) == tuple(
        (NOW + each).isoformat().replace("+00:00", "Z") for each in (idle, longest)
    )


@SQLITE
def test_unknown_login_is_refused_like_a_wrong_password_and_costs_as_much(server, monkeypatch):
    user, _ = server.user()
    server.browser().first(user)
    tried = []
    monkeypatch.setattr(passwords, "fits", lambda password, kept: bool(tried.append(kept)))

    known, unknown, nowhere, recipient = (
        server.browser().enter(login, password="wrong").json()
        for login in ("li@c", "nobody@c", "li@elsewhere", "li@li")
    )

    assert known["title"] == unknown["title"] == nowhere["title"] == recipient["title"]
    assert [kept is None for kept in tried] == [False, True, True, True]


def test_password_costs_three_rounds_over_64_mebibytes(monkeypatch):
    monkeypatch.setattr(passwords, "COST", passwords.PasswordCost())

    kept = passwords.hash_of("x")

    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.fits("x", kept)
    assert not passwords.fits("y", kept)
    assert not passwords.fits("x", None)


def test_passwords_are_tried_one_at_a_time_and_a_crowd_is_sent_away():
    waiting = 1 + passwords.MAX_WAITING
    held = [passwords._room.acquire(blocking=False) for _ in range(waiting)]

    with pytest.raises(TooManyTriesError):
        passwords.fits("x", None)

    for _ in held:
        passwords._room.release()
    assert not passwords.fits("x", None)


@pytest.mark.parametrize("password", ["short", "a" * 20, "x" * 200, "li is my login here", "ab" * 10])
def test_weak_password_is_refused(password):
    with pytest.raises(InvalidFieldError):
        require_strong(password, "li")


def test_login_is_slowed_for_new_sources_but_never_shut_nor_for_those_it_knows(register):
    def tried(source):
        return Try.of(register.seal, "li@c", source)

    count_try(register.begin, NOW, tried("home"))
    with register.begin() as tx:
        forgive(tx, NOW, tried("home"))
    for number in range(10):
        count_try(register.begin, NOW, tried(f"evil {number}"))
    count_try(register.begin, NOW, tried("evil 10"))

    with pytest.raises(TooManyTriesError) as refused:
        count_try(register.begin, NOW, tried("evil 11"))
    count_try(register.begin, NOW, tried("home"))
    assert refused.value.facts["retry_after_s"] <= 60
    count_try(register.begin, NOW + MINUTE, tried("evil 12"))
    assert [login_waits_until(n, NOW) - NOW for n in (10, 11, 13, 17, 9000)] == [
        timedelta(), SECOND, 4 * SECOND, MINUTE, MINUTE,
    ]  # fmt: skip


def test_many_tries_at_once_count_as_many(register):
    refused = []

    def guess():
        try:
            count_try(register.begin, NOW, Try.of(register.seal, "li@c", "one"))
        except TooManyTriesError:
            refused.append(1)

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 7


def an_admin(register):
    user, _ = create_user(register.begin, None, NOW, register.centre.id, "root", Role.ADMIN)
    return Actor(user.id, Role.ADMIN, register.centre.id)


def waiting(register):
    return list_confirmations(register.read, register.manager, Slice(50, None)).rows


def decided(register, actor, id, approve=True):
    return decide_confirmation(register.begin, actor, NOW, id, approve=approve)


def test_administrator_alone_makes_no_second_manager(register):
    admin = an_admin(register)

    user, token = create_user(register.begin, admin, NOW, register.centre.id, "wang", Role.MANAGER)
    [asked] = waiting(register)
    invitation = decided(register, register.manager, asked.id)

    assert (token, user.active, asked.user_id) == ("", False, user.id)
    assert invitation.token.startswith("inv_")
    assert (register.get(UserRow, user.id).active, waiting(register)) == (True, [])


def test_administrator_alone_comes_in_as_no_manager_there_is(register):
    admin, manager = an_admin(register), register.manager
    register.add(UserRow(centre_id=register.centre.id, login="second", role=Role.MANAGER, created_at=NOW))

    with pytest.raises(SecondPersonError):
        give_token(register.begin, admin, NOW, manager.user_id)
    assert invite(register.begin, admin, NOW, manager.user_id) is None
    assert invite(register.begin, admin, NOW, manager.user_id) is None
    revoke_user(register.begin, admin, NOW, manager.user_id)
    assert not restore_user(register.begin, admin, NOW, manager.user_id).active
    [asked] = waiting(register)
    with pytest.raises(SecondPersonError):
        decided(register, manager, asked.id)


def test_manager_of_another_centre_confirms_nobody_here_and_sees_nobody_wait(register):
    create_user(register.begin, an_admin(register), NOW, register.centre.id, "wang", Role.MANAGER)
    [asked], stranger = waiting(register), register.a_stranger(Role.MANAGER)

    assert list_confirmations(register.read, stranger, Slice(50, None)).rows == []
    with pytest.raises(NotFoundError):
        decided(register, stranger, asked.id)


def test_manager_who_is_refused_stays_outside(register):
    user, _ = create_user(register.begin, an_admin(register), NOW, register.centre.id, "wang", Role.MANAGER)
    [asked] = waiting(register)

    assert decided(register, register.manager, asked.id, approve=False) is None
    assert (register.get(UserRow, user.id).active, waiting(register)) == (False, [])


def test_first_manager_of_a_centre_is_made_by_the_administrator_who_opens_it(register):
    stranger = register.a_stranger(Role.ADMIN)

    user, token = create_user(register.begin, stranger, NOW, stranger.centre_id, "wang", Role.MANAGER)
    second, none = create_user(register.begin, stranger, NOW, stranger.centre_id, "li", Role.MANAGER)

    assert (bool(token), user.active) == (True, True)
    assert (none, second.active) == ("", False)
