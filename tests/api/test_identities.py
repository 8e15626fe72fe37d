"""Signing in at an identity provider over HTTP: a real one on loopback, all that may be wrong with what it says."""

from datetime import datetime, timedelta

import pytest
from joserfc.jwk import ECKey

from dispatch.api.console.identities import BACK
from dispatch.commands.access import passwords
from dispatch.commands.access.identities import ProviderSubject, bind
from dispatch.commands.access.users import restore_user, revoke_user
from dispatch.commands.rekey import Rekeying, rekey
from dispatch.domain.access.lives import CONFIRMED_FOR
from dispatch.domain.access.provider import MAX_IDENTITIES, ProviderSettings, require_set_up
from dispatch.domain.errors import IdentityBoundError, InvalidFieldError, ProviderSettingsError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.registry.seal import Seal
from dispatch.registry.tables import IdentityRow, SealRow
from testbed.provider import CLIENT, SECRET, TestProvider
from tests.api.test_sessions import AT, HOUR, MINUTE, PASSWORD, SQLITE, Browser, serving
from tests.rows import NOW

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "COST", passwords.PasswordCost(1, 8))


@pytest.fixture
def entrance(register, tmp_path):
    """A service, and the provider it lets people sign in at."""
    clock = [NOW]
    provider = TestProvider(lambda: clock[0].timestamp())
    settings = {"oidc_issuer": provider.issuer, "oidc_client": CLIENT, "oidc_client_secret": SECRET}
    with serving(register, tmp_path, clock, **settings) as door:
        provider.return_to = f"{door.url}{BACK}"
        yield Entrance(door, provider)
    provider.close()


class Entrance:
    def __init__(self, door, provider):
        self.door, self.provider, self.register = door, provider, door.register

    def known(self, login="li", role=Role.CLERK, subject=None):
        """A user the administrator has bound to somebody at the provider."""
        user, _ = self.door.user(login, role)
        self.bind(user, subject or self.provider.subject, Actor(user.id, Role.ADMIN, user.centre_id))
        return user

    def bind(self, user, subject, actor=None):
        actor = actor or Actor(self.register.manager.user_id, Role.ADMIN, user.centre_id)
        return bind(
            self.register.begin, self.register.seal, actor, NOW, user.id, ProviderSubject(self.provider.issuer, subject)
        )

    def browser(self):
        return Visitor(self)


class Visitor(Browser):
    """A browser that goes to the provider and comes back."""

    def __init__(self, entrance):
        super().__init__(entrance.door, {})
        self.provider = entrance.provider

    def begin(self):
        return self.ask("GET", "/identity/begin").headers["location"]

    def back(self, address):
        """Follow the provider's redirect, which comes from another site."""
        return self.client.get(address, headers={"Sec-Fetch-Site": "cross-site"})

    def sign_in(self):
        return self.back(self.provider.sign_in(self.begin()))

    def go(self, path, json=None):
        """Begin what needs a session, and come back from the provider."""
        begun = self.ask("POST", path, json or {})
        return self.back(self.provider.sign_in(begun.json()["address"])) if begun.status_code == 200 else begun


def refusal_of(answer):
    return answer.json()["code"], answer.json().get("facts", {}).get("reason")


def test_known_identity_ends_in_a_session_like_any_other_until_it_is_unbound(entrance):
    user = entrance.known()
    browser = entrance.browser()

    offered = browser.ask("GET", "/identity").json()
    entered = browser.sign_in()
    inside = browser.ask("GET").json()
    [bound] = browser.ask("GET", "/identities").json()
    browser.ask("DELETE")
    outside = browser.inside()
    again = browser.sign_in()
    unbound = browser.ask("DELETE", f"/identities/{bound['id']}")
    after = entrance.browser().sign_in()

    assert (offered["issuer"], offered["begin"]) == (entrance.provider.issuer, f"{AT}/identity/begin")
    assert offered["sign_out"] == f"{entrance.provider.issuer}/logout?client_id={CLIENT}"
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/")
    assert "lad-flow" not in browser.client.cookies
    assert (inside["user_id"], inside["role"]) == (user.id, "clerk")
    assert (outside, again.status_code, unbound.status_code) == (False, 303, 204)
    assert refusal_of(after) == ("identity-unknown", None)
    assert entrance.door.subjects()[-4:] == ["session", "session_ended", "session", "identity_unbound"]
    assert entrance.register.all(IdentityRow) == []


@SQLITE
def test_session_by_an_identity_ends_within_half_a_day_in_any_role(entrance):
    person = entrance.register.a_practitioner("p1")
    user, _ = entrance.door.user("he", Role.PRACTITIONER, practitioner_code=person.code)
    entrance.bind(user, entrance.provider.subject, Actor(user.id, Role.ADMIN, user.centre_id))
    browser = entrance.browser()

    entered = browser.sign_in()
    inside = browser.ask("GET").json()
    entrance.door.later(11 * HOUR)
    busy = browser.inside()
    entrance.door.later(HOUR)

    assert entered.status_code == 303
    assert datetime.fromisoformat(inside["expires_at"]) == NOW + 12 * HOUR
    assert (busy, browser.inside()) == (True, False)


FAULTS = [
    # what the token says, and what is found wrong with it
    ({"nonce": "of another sign-in"}, "nonce"),
    ({"nonce": None}, "nonce"),
    ({"aud": "another service"}, "audience"),
    ({"aud": [CLIENT, "another service"], "azp": "another service"}, "audience"),
    ({"aud": [CLIENT, "another service"]}, "audience"),
    ({"aud": [CLIENT, "another service"], "azp": CLIENT}, None),
    ({"iss": "https://foreign.example"}, "issuer"),
    ({"exp": NOW.timestamp() - 61}, "expired"),
    ({"exp": NOW.timestamp() - 59}, None),
    ({"iat": NOW.timestamp() + 61}, "early"),
    ({"iat": NOW.timestamp() + 59}, None),
    ({"nbf": NOW.timestamp() + 61}, "early"),
    ({"exp": "tomorrow"}, "expired"),
    ({"exp": None}, "expired"),
    ({"at_hash": "of another token"}, "signature"),
    ({"sub": None}, "form"),
    ({"sub": 248289761001}, "form"),
    ({"auth_time": "lately"}, "age"),
]


@SQLITE
def test_token_that_does_not_hold_lets_nobody_in_and_says_why(entrance):
    entrance.known()

    for twist, flaw in FAULTS:
        entrance.provider.twist = lambda claims, twist=twist: [
            claims.pop(name, None) if value is None else claims.update({name: value}) for name, value in twist.items()
        ]
        answer = entrance.browser().sign_in()

        if flaw is None:
            assert answer.status_code == 303, twist
        else:
            assert refusal_of(answer) == ("identity-unproved", flaw), twist
            assert answer.json()["facts"]["expected"]["zh"]


@SQLITE
def test_key_nobody_published_and_signatures_that_prove_nothing_are_refused(entrance):
    entrance.known()
    browser, provider = entrance.browser(), entrance.provider
    browser.sign_in()
    honest = provider.key

    provider.key = ECKey.generate_key("P-256", {"kid": honest.kid})
    published, provider._keys = provider._keys, lambda: {"keys": [honest.as_dict(private=False)]}
    forged = refusal_of(entrance.browser().sign_in())
    provider._keys, provider.key = published, honest
    unsigned = refusal_of(_with_token(entrance, "eyJhbGciOiJub25lIn0.e30."))
    garbage = refusal_of(_with_token(entrance, "garbage"))

    assert (forged, unsigned) == (("identity-unproved", "signature"),) * 2
    assert garbage[0] == "identity-unproved"


def _with_token(entrance, token):
    provider = entrance.provider
    made, provider.id_token = provider.id_token, lambda *_: token
    try:
        return entrance.browser().sign_in()
    finally:
        provider.id_token = made


@SQLITE
def test_keys_that_changed_are_asked_for_again_but_not_with_every_forgery(entrance):
    entrance.known()
    provider = entrance.provider
    entrance.browser().sign_in()

    provider.new_key()
    soon = entrance.browser().sign_in()
    entrance.door.later(10 * SECOND)
    later = [entrance.browser().sign_in().status_code for _ in range(2)]

    assert refusal_of(soon) == ("identity-unproved", "signature")
    assert later == [303, 303]
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_code_state_and_browser_are_good_once_together(entrance):
    entrance.known()
    browser, other = entrance.browser(), entrance.browser()

    first = entrance.provider.sign_in(browser.begin())
    stolen = other.back(first)
    mixed = other.back(entrance.provider.sign_in(browser.begin()).replace("state=", "state=x"))
    second = entrance.provider.sign_in(browser.begin())
    kept = browser.client.cookies["lad-flow"]
    entered = browser.back(second)
    over = browser.back(second)
    browser.client.cookies["lad-flow"] = kept
    replayed = browser.back(second)
    late = entrance.provider.sign_in(browser.begin())
    entrance.door.later(11 * MINUTE)

    assert (refusal_of(stolen)[0], refusal_of(mixed)[0], refusal_of(over)[0]) == ("sign-in-anew",) * 3
    assert entered.status_code == 303
    assert (replayed.status_code, replayed.json()["code"]) == (401, "provider-refused")
    assert replayed.json()["facts"] == {"error": "invalid_grant"}
    assert refusal_of(browser.back(late))[0] == "sign-in-anew"


@SQLITE
def test_answer_of_another_issuer_is_refused_before_its_code_is_spent(entrance):
    entrance.known()
    provider = entrance.provider

    def came(more):
        browser = entrance.browser()
        return browser.back(provider.sign_in(browser.begin()) + more)

    foreign, own = came("&iss=https://foreign.example"), came(f"&iss={provider.issuer}&session_state=1")
    provider.published = {"authorization_response_iss_parameter_supported": True}
    entrance.door.later(HOUR)
    silent = came("")

    assert (refusal_of(foreign), refusal_of(silent)) == (("identity-unproved", "issuer"),) * 2
    assert own.status_code == 303
    assert provider.asked.count("/token") == 1


@SQLITE
def test_whoever_is_refused_there_or_unknown_or_retired_here_stays_outside(entrance):
    user = entrance.known(subject="somebody else")
    admin = Actor(user.id, Role.ADMIN, user.centre_id)
    browser = entrance.browser()

    unknown = refusal_of(browser.sign_in())[0]
    entrance.provider.subject = None
    refused = browser.sign_in()
    entrance.provider.subject = "somebody else"
    entered = browser.sign_in().status_code
    revoke_user(entrance.register.begin, admin, entrance.door.clock[0], user.id)
    inside, retired = browser.inside(), refusal_of(browser.sign_in())[0]
    restore_user(entrance.register.begin, admin, entrance.door.clock[0], user.id)

    assert (unknown, entered, inside, retired) == ("identity-unknown", 303, False, "identity-unknown")
    assert (refused.status_code, refused.json()["facts"]) == (401, {"error": "access_denied"})
    assert browser.sign_in().status_code == 303
    assert "sign_in_refused" in entrance.door.subjects()


@SQLITE
def test_provider_that_is_down_or_strange_is_told_apart_and_passwords_go_on(entrance):
    user = entrance.known()
    entrance.browser().first(user)
    provider, browser = entrance.provider, entrance.browser()

    provider.down = True
    down = browser.ask("GET", "/identity/begin")
    offered = browser.ask("GET", "/identity")
    provider.down = False
    began = provider.sign_in(browser.begin())
    provider.down = True
    lost = browser.back(began)
    provider.down = False
    strange = []
    for published in ({"issuer": "https://x.example"}, {"token_endpoint": "http://x.example/t"}, {"jwks_uri": None}):
        provider.published = published
        entrance.door.later(HOUR)
        strange.append(browser.ask("GET", "/identity/begin"))
    provider.close()
    entrance.door.later(HOUR)
    gone = browser.ask("GET", "/identity/begin")

    assert (down.status_code, down.json()["code"], down.json()["facts"]) == (
        503, "provider-silent", {"step": "discovery"},
    )  # fmt: skip
    assert (offered.status_code, offered.json()["sign_out"]) == (200, None)
    assert (lost.status_code, lost.json()["facts"]) == (503, {"step": "token"})
    assert [(answer.status_code, refusal_of(answer)[0]) for answer in strange] == [(502, "provider-answer")] * 3
    assert (gone.status_code, refusal_of(gone)[0]) == (503, "provider-silent")
    assert browser.enter().status_code == 201


def test_grave_acts_are_opened_by_proving_it_anew_and_by_nothing_older_or_elses(entrance):
    entrance.known(role=Role.ADMIN)
    provider, browser = entrance.provider, entrance.browser()
    provider.amr, provider.proved_at = ["pwd", "otp"], (NOW - HOUR).timestamp()

    browser.sign_in()
    shut = browser.ask("POST", "/tokens", {})
    old = browser.go("/identity/confirm")
    provider.proved_at, provider.subject = None, "somebody else"
    elses = browser.go("/identity/confirm")
    provider.subject = "248289761001"
    asked = browser.ask("POST", "/identity/confirm", {}).json()["address"]
    confirmed = browser.go("/identity/confirm")
    open_ = browser.ask("POST", "/tokens", {})
    entrance.door.later(CONFIRMED_FOR)

    assert refusal_of(shut)[0] == "password-again"
    assert (refusal_of(old), refusal_of(elses)) == (("identity-unproved", "age"), ("identity-unproved", "person"))
    assert "prompt=login" in asked
    assert "max_age=0" in asked
    assert (confirmed.status_code, open_.status_code) == (303, 201)
    assert refusal_of(browser.ask("POST", "/tokens", {}))[0] == "password-again"


@SQLITE
def test_flow_begun_in_one_session_ends_in_no_other(entrance):
    user = entrance.known()
    browser = entrance.browser()
    browser.first(user)
    address = browser.ask("POST", "/identity/confirm", {}).json()["address"]

    browser.ask("DELETE")
    nobody = browser.back(entrance.provider.sign_in(address))
    browser.enter()

    assert nobody.status_code == 401
    assert refusal_of(browser.back(entrance.provider.sign_in(address)))[0] == "sign-in-anew"


def test_identity_is_bound_by_ones_own_act_with_the_password_given_lately(entrance):
    user, _ = entrance.door.user("wang")
    other, _ = entrance.door.user("zhao")
    browser, second = entrance.browser(), entrance.browser()
    browser.first(user)
    second.first(other)

    bound = browser.go("/identity/bind")
    twice = browser.go("/identity/bind")
    taken = refusal_of(second.go("/identity/bind"))[0]
    elsewhere = entrance.browser()
    entered = elsewhere.sign_in().status_code
    entrance.door.later(CONFIRMED_FOR)
    late = [refusal_of(browser.go("/identity/bind"))[0]]
    [row] = browser.ask("GET", "/identities").json()
    late.append(refusal_of(browser.ask("DELETE", f"/identities/{row['id']}"))[0])
    browser.ask("POST", "/confirm", {"password": PASSWORD})
    foreign = second.ask("DELETE", f"/identities/{row['id']}").status_code
    removed = browser.ask("DELETE", f"/identities/{row['id']}").status_code

    assert (bound.status_code, twice.status_code, taken, entered) == (303, 303, "identity-bound", 303)
    assert (late, removed) == (["password-again"] * 2, 204)
    assert foreign in (403, 404)
    assert (browser.inside(), elsewhere.inside()) == (True, False)
    assert set(row) == {"id", "issuer", "bound_at", "bound_by"}


def test_account_is_taken_up_by_an_identity_without_a_password_and_a_reset_ends_it(entrance):
    user, _ = entrance.door.user("wang", Role.AUDITOR)
    browser = entrance.browser()
    invitation = {"invitation": entrance.door.invitation(user)}

    weak = browser.go("/identity/invitation", invitation)
    entrance.provider.amr = ["mfa"]
    accepted = browser.go("/identity/invitation", invitation)
    used = browser.go("/identity/invitation", invitation)
    inside = browser.inside()
    entrance.provider.amr = ["pwd"]
    without = refusal_of(entrance.browser().sign_in())[0]
    entrance.browser().first(user)

    assert (refusal_of(weak)[0], accepted.status_code, used.status_code) == ("provider-factor", 303, 409)
    assert (inside, without) == (True, "provider-factor")
    assert not browser.inside()
    assert refusal_of(browser.sign_in())[0] == "identity-unknown"


@SQLITE
def test_second_factor_is_what_the_operator_named_where_one_is_named(register, tmp_path):
    clock = [NOW]
    provider = TestProvider(lambda: NOW.timestamp())
    settings = {
        "oidc_issuer": provider.issuer,
        "oidc_client": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_acr": "level2",
    }
    with serving(register, tmp_path, clock, **settings) as door:
        provider.return_to, provider.way, provider.amr = f"{door.url}{BACK}", "client_secret_post", ["mfa"]
        entrance = Entrance(door, provider)
        entrance.known(role=Role.ADMIN)
        address = entrance.browser().begin()
        without = refusal_of(entrance.browser().sign_in())[0]
        provider.twist = lambda claims: claims.update(acr="level2")

        assert "acr_values=level2" in address
        assert (without, entrance.browser().sign_in().status_code) == ("provider-factor", 303)
    provider.close()


@SQLITE
def test_administrator_binds_lists_and_unbinds_but_never_for_a_manager(entrance):
    register, admin = entrance.register, entrance.door.user("root", Role.ADMIN)
    bearer = {"Authorization": f"Bearer {admin[1]}"}
    user, _ = entrance.door.user("li")

    def ask(method, path="", json=None, of=user.id):
        return entrance.browser().client.request(
            method, f"/v1/users/{of}/identities{path}", headers=bearer, json=json
        )  # fmt: skip

    made = ask("POST", json={"subject": entrance.provider.subject})
    entered = entrance.browser().sign_in().status_code
    [row] = ask("GET").json()
    mail = ask("POST", json={"subject": "李@example.cn"})
    second, _ = entrance.door.user("second", Role.MANAGER)
    of_managers = [ask("POST", json={"subject": "x"}, of=id) for id in (register.manager.user_id, second.id)]
    ended = ask("DELETE", f"/{row['id']}")
    gone = ask("DELETE", f"/{row['id']}")

    assert (made.status_code, entered, row["bound_by"]) == (201, 303, admin[0].id)
    assert (mail.status_code, [refusal_of(each)[0] for each in of_managers]) == (422, ["second-person"] * 2)
    assert (ended.status_code, gone.status_code, ask("GET").json()) == (204, 404, [])
    for number in range(MAX_IDENTITIES):
        entrance.bind(user, f"s{number}")
    with pytest.raises(InvalidFieldError):
        entrance.bind(user, "one more")
    with pytest.raises(IdentityBoundError):
        entrance.bind(entrance.door.user("wang")[0], "s0")


def test_what_the_provider_says_is_in_no_log_and_the_subject_in_no_column(entrance, caplog, capfd):
    caplog.set_level("DEBUG")
    entrance.known()
    tokens = []
    entrance.provider.twist = lambda claims: tokens.append(claims)
    browser = entrance.browser()
    there = entrance.provider.sign_in(browser.begin())
    code = there.partition("code=")[2].partition("&")[0]

    browser.back(there)
    entrance.provider.down = True
    browser.back(entrance.provider.sign_in(browser.begin()))

    # The browser of this test writes what it asks; the service is everything else.
    ours = [each for each in caplog.records if each.name.startswith("dispatch") or each.levelname == "WARNING"]
    out = "".join(each.getMessage() for each in ours) + "".join(capfd.readouterr())
    assert tokens
    for secret in (code, entrance.provider.subject, SECRET, tokens[0]["nonce"]):
        assert secret not in out
    [row] = entrance.register.all(IdentityRow)
    assert entrance.provider.subject not in f"{row.digest}{row.sealed!r}{row.issuer}"


@SQLITE
def test_identity_is_found_again_once_the_register_is_sealed_anew(entrance):
    entrance.known()
    register, old = entrance.register, entrance.register.seal
    new = Seal("another secret of the tests", "aes")
    who = ProviderSubject(entrance.provider.issuer, entrance.provider.subject)
    with register.begin() as tx:
        for row in register.all(SealRow):
            tx.session.delete(tx.session.merge(row))
        tx.session.flush()
        tx.add(SealRow(mark=old.mark, since=NOW))

    assert rekey(register.begin, Rekeying(old, new), NOW, lambda *_: None, lambda: None) == []

    [row] = register.all(IdentityRow)
    assert row.digest == who.digest(new)
    assert new.open(row.sealed) == {"subject": who.subject}


@SQLITE
def test_without_a_provider_nobody_is_sent_anywhere(register, tmp_path):
    with serving(register, tmp_path, [NOW]) as door:
        browser = door.browser()

        answers = [browser.ask("GET", path) for path in ("/identity", "/identity/begin")]

    assert [(answer.status_code, refusal_of(answer)[0]) for answer in answers] == [(404, "provider-missing")] * 2


@pytest.mark.parametrize(
    ("issuer", "client", "good"),
    [
        ("https://id.example.gov.cn/realm", "dispatch", True),
        ("http://127.0.0.1:8080", "dispatch", True),
        ("http://id.example.gov.cn", "dispatch", False),
        ("https://id.example.gov.cn?x=1", "dispatch", False),
        ("ftp://127.0.0.1", "dispatch", False),
        ("https://[", "dispatch", False),
        ("id.example.gov.cn", "dispatch", False),
        ("https://id.example.gov.cn", "", False),
    ],
)
def test_issuer_is_reached_over_https_or_on_this_machine(issuer, client, good):
    settings = ProviderSettings(issuer, client)
    if good:
        assert require_set_up(settings) == settings
    else:
        with pytest.raises(ProviderSettingsError):
            require_set_up(settings)
    assert require_set_up(ProviderSettings("", "")) is None
