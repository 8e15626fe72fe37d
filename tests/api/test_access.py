"""A token names one user of one centre until it ends."""

from datetime import timedelta
from hashlib import sha256

import pytest

from dispatch.commands.access import authenticate, create_user, issue_token, revoke_user
from dispatch.commands.centres import create_centre
from dispatch.domain.errors import (
    DuplicateNumberError,
    ForbiddenError,
    InvalidFieldError,
    NotFoundError,
    UnauthenticatedError,
    UnknownReferenceError,
)
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import CentreLevel, Role
from dispatch.registry.tables import AuditRow, IdempotencyRow, TokenRow, UserRow
from tests.rows import NOW

HOUR = timedelta(hours=1)


def an_admin(register):
    user, _ = create_user(register.begin, None, NOW, register.centre.id, "root", Role.ADMIN)
    return Actor(user.id, Role.ADMIN, register.centre.id)


def test_new_user_is_known_by_their_token(register):
    user, token = create_user(register.begin, None, NOW, register.centre.id, "li", Role.AUDITOR)

    actor = authenticate(register.read, token, NOW)

    assert actor == Actor(user.id, Role.AUDITOR, register.centre.id)


def test_token_is_stored_as_its_digest_only(register):
    _, token = create_user(register.begin, None, NOW, register.centre.id, "li", Role.AUDITOR)

    [row] = register.all(TokenRow)

    assert row.digest == sha256(token.encode()).hexdigest()
    assert token not in row.model_dump_json()


def test_practitioner_user_stands_for_their_roster_entry(register):
    practitioner = register.a_practitioner("p1")

    _, token = create_user(
        register.begin, None, NOW, register.centre.id, "p1", Role.PRACTITIONER, practitioner_code="p1"
    )

    assert authenticate(register.read, token, NOW).practitioner_id == practitioner.id


def test_user_of_a_case_organ_acts_for_the_organ_they_are_of(register):
    user, token = create_user(register.begin, None, NOW, register.centre.id, "court", Role.ORGAN, organ=" 某区法院 ")

    assert authenticate(register.read, token, NOW) == Actor(user.id, Role.ORGAN, user.centre_id, organ="某区法院")


@pytest.mark.parametrize(
    ("role", "organ"), [(Role.ORGAN, None), (Role.ORGAN, " "), (Role.ORGAN, "某\x07区"), (Role.CLERK, "某区法院")]
)
def test_organs_user_without_an_organ_and_others_with_one_are_refused(register, role, organ):
    with pytest.raises(InvalidFieldError) as refused:
        create_user(register.begin, None, NOW, register.centre.id, "x", role, organ=organ)

    assert refused.value.facts["field"] == "organ"


def test_user_of_an_unknown_roster_entry_is_refused(register):
    with pytest.raises(UnknownReferenceError):
        create_user(register.begin, None, NOW, register.centre.id, "x", Role.PRACTITIONER, practitioner_code="nobody")

    assert register.all(UserRow, UserRow.login == "x") == []


def test_login_is_taken_once(register):
    create_user(register.begin, None, NOW, register.centre.id, "li", Role.AUDITOR)

    with pytest.raises(DuplicateNumberError):
        create_user(register.begin, None, NOW, register.centre.id, "li", Role.CLERK)


@pytest.mark.parametrize("token", ["", "x", "lad_", "lad_" + "x" * 500, "王"])
def test_unknown_token_is_nobody(register, token):
    with pytest.raises(UnauthenticatedError):
        authenticate(register.read, token, NOW)


def test_token_ends_at_its_hour(register):
    _, token = create_user(register.begin, None, NOW, register.centre.id, "li", Role.AUDITOR, lasts=HOUR)
    authenticate(register.read, token, NOW + HOUR - timedelta(microseconds=1))

    with pytest.raises(UnauthenticatedError):
        authenticate(register.read, token, NOW + HOUR)


def test_revoked_user_is_nobody_at_once_by_every_token(register):
    admin = an_admin(register)
    user, first = create_user(register.begin, admin, NOW, register.centre.id, "li", Role.AUDITOR)
    second = issue_token(register.begin, admin, NOW, user.id)

    revoke_user(register.begin, admin, NOW, user.id)

    for token in (first, second):
        with pytest.raises(UnauthenticatedError):
            authenticate(register.read, token, NOW)


def test_administration_of_users_is_written_down(register):
    admin = an_admin(register)

    user, _ = create_user(register.begin, admin, NOW, register.centre.id, "li", Role.AUDITOR)

    assert [(row.actor_id, row.verb, row.subject_id) for row in register.all(AuditRow)] == [
        (admin.user_id, "manage_users", user.id)
    ]


def test_clerk_cannot_make_users(register):
    with pytest.raises(ForbiddenError):
        create_user(register.begin, register.clerk, NOW, register.centre.id, "li", Role.MANAGER)


def test_administrator_makes_users_of_their_own_centre_only(register):
    admin = an_admin(register)
    other = create_centre(register.begin, NOW, "other", "another centre", CentreLevel.COUNTY)

    with pytest.raises(NotFoundError):
        create_user(register.begin, admin, NOW, other.id, "li", Role.MANAGER)


SECRETS = [
    # who asks, path, body, where the secret stands
    (Role.ADMIN, "/v1/users", {"login": "new", "role": "clerk"}, "token"),
    (Role.ADMIN, "/v1/users/{user}/tokens", None, "token"),
    (Role.CLERK, "/v1/cases/{case}/links", {}, "code"),
]


@pytest.mark.parametrize(("role", "path", "body", "field"), SECRETS)
def test_answer_that_shows_a_secret_is_kept_nowhere(office, role, path, body, field):
    case = office.register.a_case("1")
    path = path.format(user=office.register.clerk.user_id, case=case.id)

    first = office.post(path, body, role=role, headers={"Idempotency-Key": "once"})
    again = office.post(path, body, role=role, headers={"Idempotency-Key": "once"})

    assert first.status_code == 201
    assert first.json()[field]
    assert first.headers["cache-control"] == "no-store"
    assert (again.status_code, again.json()["code"]) == (409, "answer-pending")
    assert [row.body for row in office.register.all(IdempotencyRow)] == [None]


def test_user_with_one_more_token_may_act_with_it(office):
    user_id = office.register.clerk.user_id

    token = office.post(f"/v1/users/{user_id}/tokens", role=Role.ADMIN).json()["token"]

    assert office.get("/v1/me", role=None, headers={"Authorization": f"Bearer {token}"}).json()["user_id"] == user_id
