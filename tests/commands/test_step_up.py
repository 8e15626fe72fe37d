"""In a session grave acts ask for the password, given within five minutes; looking at what they change does not."""

from dataclasses import replace

import pytest

from dispatch.commands.access import users
from dispatch.commands.access.confirmations import decide_confirmation, list_confirmations
from dispatch.commands.access.identities import ProviderSubject, bind, list_identities, unbind
from dispatch.commands.access.tokens import list_tokens, revoke_token
from dispatch.commands.cases.disclosure import disclose, require_file
from dispatch.commands.centres import amend_centre, list_centres
from dispatch.commands.designation import designate, review_designation
from dispatch.commands.policies.publication import publish_policy, roll_back
from dispatch.commands.rotation.order import TriedOverride, override, rotation
from dispatch.commands.webhooks import endpoints
from dispatch.domain.errors import DispatchError, PasswordAgainError
from dispatch.domain.permissions import Actor, require_confirmed
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import Slice
from tests.rows import NOW

PART, X = Slice(50, None), ("x", Role.CLERK)

# fmt: off
ACTS = {
    "publish a policy":         ("manager", lambda r, a: publish_policy(r.begin, a, NOW, "x", 1)),
    "bring a policy back":      ("manager", lambda r, a: roll_back(r.begin, a, NOW, "x", "why")),
    "override the rotation":    ("manager", lambda r, a: override(r.begin, a, NOW, "x", 1, "why")),
    "designate":                ("clerk",   lambda r, a: designate(r.begin, a, NOW, "x", "x", "why")),
    "agree to a designation":   ("clerk",   lambda r, a: review_designation(r.begin, a, NOW, "x", True)),
    "see names":                ("clerk",   lambda r, a: disclose(r.begin, r.seal, a, NOW, "x")),
    "see a file":               ("clerk",   lambda r, a: with_tx(r, lambda tx: require_file(tx.session, a, "x"))),
    "make a user":              ("admin",   lambda r, a: users.create_user(r.begin, a, NOW, a.centre_id, *X)),
    "retire a user":            ("admin",   lambda r, a: users.revoke_user(r.begin, a, NOW, "x")),
    "bring a user back":        ("admin",   lambda r, a: users.restore_user(r.begin, a, NOW, "x")),
    "give a token":             ("admin",   lambda r, a: users.give_token(r.begin, a, NOW, "x")),
    "invite a user":            ("admin",   lambda r, a: users.invite(r.begin, a, NOW, "x")),
    "end a token":              ("admin",   lambda r, a: revoke_token(r.begin, a, NOW, "x", "x")),
    "bind an identity":         ("admin",   lambda r, a: bind(r.begin, r.seal, a, NOW, "x", ProviderSubject("i", "s"))),
    "unbind an identity":       ("admin",   lambda r, a: unbind(r.begin, a, NOW, "x", "x")),
    "confirm a manager":        ("manager", lambda r, a: decide_confirmation(r.begin, a, NOW, "x", approve=True)),
    "change a centre":          ("admin",   lambda r, a: amend_centre(r.begin, a, NOW, "x", {})),
    "register a webhook":       ("admin",   lambda r, a: endpoints.create_webhook(
                                                r.begin, r.seal, a, NOW, "x", "nowhere", (), private=False)),
    "retire a webhook":         ("admin",   lambda r, a: endpoints.retire_webhook(r.begin, a, NOW, "x")),
    "replay a delivery":        ("admin",   lambda r, a: endpoints.replay_delivery(r.begin, a, NOW, "x", "x")),
}
LOOKS = {
    "users":         ("admin",   lambda r, a: users.list_users(r.read, a, PART, users.UserFilter())),
    "tokens":        ("admin",   lambda r, a: list_tokens(r.read, a, NOW, r.manager.user_id)),
    "identities":    ("admin",   lambda r, a: list_identities(r.read, a, r.manager.user_id)),
    "centres":       ("admin",   lambda r, a: list_centres(r.read, a, PART)),
    "confirmations": ("manager", lambda r, a: list_confirmations(r.read, a, PART)),
    "a preview":     ("manager", lambda r, a: rotation(r.read, a, NOW, None, TriedOverride(r.a_practitioner().id, 1))),
}
# fmt: on


@pytest.fixture
def database_url(clean_sqlite_url):
    return clean_sqlite_url


def with_tx(register, act):
    with register.begin() as tx:
        return act(tx)


def refusal_of(act, *given):
    try:
        act(*given)
    except DispatchError as refusal:
        return type(refusal)


def sits_there(register, role):
    known = {"manager": register.manager, "clerk": register.clerk}
    return known.get(role) or Actor(register.manager.user_id, Role.ADMIN, register.centre.id)


def test_each_grave_act_asks_for_the_password_again_and_then_goes_on(register):
    for name, (role, act) in ACTS.items():
        actor = sits_there(register, role)

        assert refusal_of(act, register, replace(actor, confirmed=False)) is PasswordAgainError, name
        assert refusal_of(act, register, actor) is not PasswordAgainError, name


def test_whoever_only_looks_is_not_asked(register):
    register.a_policy()
    for role, look in LOOKS.values():
        look(register, replace(sits_there(register, role), confirmed=False))


def test_recipient_who_has_no_password_is_never_asked_for_it():
    require_confirmed(Actor("u", Role.RECIPIENT, "c", case_id="x", confirmed=False))
