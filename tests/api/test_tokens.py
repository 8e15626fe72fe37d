"""Tokens end by themselves, singly and with their user; users are listed, retired and brought back; links end."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch.commands.access import authenticate, create_user, issue_token, revoke_user
from dispatch.commands.access.tokens import renew_own
from dispatch.commands.access.users import UserFilter, give_token, list_users
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import request_run
from dispatch.commands.runs.solving import solve_run
from dispatch.domain.access.lives import PassKind, TokenLife
from dispatch.domain.errors import InvalidFieldError, UnauthenticatedError
from dispatch.domain.log.words import ActOutcome
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobStatus, Role
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AuditRow, JobRow, TokenRow, UserRow
from tests.rows import NOW

DAY = timedelta(days=1)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def me(office, token):
    return office.get("/v1/me", role=None, headers={"Authorization": f"Bearer {token}"}).status_code


def by(token):
    return {"role": None, "headers": {"Authorization": f"Bearer {token}"}}


def an_auditor(register, login="li"):
    return create_user(register.begin, None, NOW, register.centre.id, login, Role.AUDITOR)


def test_token_lasts_the_usual_time_where_nothing_is_said(register):
    _, token = an_auditor(register)
    authenticate(register.read, token, NOW + 90 * DAY - timedelta(seconds=1))

    with pytest.raises(UnauthenticatedError):
        authenticate(register.read, token, NOW + 90 * DAY)


@pytest.mark.parametrize(("days", "lasts"), [(None, 90), (1, 1), (365, 365)])
def test_token_lasts_as_long_as_is_said_up_to_the_longest(days, lasts):
    assert TokenLife().of(days) == lasts * DAY


@pytest.mark.parametrize("days", [0, -1, 366])
def test_token_that_would_last_longer_than_the_longest_is_refused(days):
    with pytest.raises(InvalidFieldError):
        TokenLife().of(days)


@SQLITE
def test_issued_token_says_until_when_it_is_good_and_more_than_the_longest_is_refused(office):
    user_id = office.register.clerk.user_id

    usual, brief, long = (
        office.post(f"/v1/users/{user_id}/tokens", body, role=Role.ADMIN)
        for body in (None, {"days": 2, "label": "import"}, {"days": 366})
    )

    assert usual.json()["expires_at"] == (NOW + 90 * DAY).isoformat().replace("+00:00", "Z")
    assert brief.json()["expires_at"] == (NOW + 2 * DAY).isoformat().replace("+00:00", "Z")
    assert (long.status_code, long.json()["facts"]["field"]) == (422, "days")
    listed = office.get(f"/v1/users/{user_id}/tokens", role=Role.ADMIN).json()
    assert {each["id"]: each["label"] for each in listed} == {usual.json()["id"]: "", brief.json()["id"]: "import"}
    assert not {"digest", "token"} & listed[0].keys()


@SQLITE
def test_token_is_ended_singly_and_another_users_is_not_found(office):
    user_id, other = office.register.clerk.user_id, office.register.manager.user_id
    first, second = (office.post(f"/v1/users/{user_id}/tokens", role=Role.ADMIN).json() for _ in range(2))

    strange = office.ask("DELETE", f"/v1/users/{other}/tokens/{first['id']}", role=Role.ADMIN)
    ended = [office.ask("DELETE", f"/v1/users/{user_id}/tokens/{first['id']}", role=Role.ADMIN) for _ in range(2)]

    assert (strange.status_code, [each.status_code for each in ended]) == (404, [204, 204])
    assert (me(office, first["token"]), me(office, second["token"])) == (401, 200)
    assert [row.subject for row in office.register.all(AuditRow, AuditRow.outcome == ActOutcome.DONE)][
        -1
    ] == "token_ended"


@SQLITE
def test_users_see_renew_and_end_their_own_tokens_and_nobody_elses(office):
    user, first = an_auditor(office.register)
    second = issue_token(office.register.begin, None, NOW, user.id)
    [theirs] = office.register.all(TokenRow, TokenRow.user_id != user.id)[:1]

    listed = office.get("/v1/me/tokens", **by(first)).json()
    [mine] = [each["id"] for each in listed if each["current"]]
    renewed = office.post(f"/v1/me/tokens/{mine}/renew", **by(first)).json()
    strange = [
        office.post(f"/v1/me/tokens/{theirs.id}/renew", **by(second)).status_code,
        office.ask("DELETE", f"/v1/me/tokens/{theirs.id}", **by(second)).status_code,
        office.post(f"/v1/me/tokens/{mine}/renew", **by(second)).status_code,
    ]
    others = office.post("/v1/me/tokens/end", **by(renewed["token"])).json()

    assert (len(listed), strange, others) == (2, [404, 404, 404], {"ended": 1})
    assert [me(office, token) for token in (first, second, renewed["token"])] == [401, 401, 200]
    assert office.ask("DELETE", f"/v1/me/tokens/{renewed['id']}", **by(renewed["token"])).status_code == 204
    assert me(office, renewed["token"]) == 401


def test_renewed_token_lasts_as_long_as_the_first_but_no_longer_than_now_allowed(register):
    user, _ = an_auditor(register)
    actor, life = Actor(user.id, user.role, user.centre_id), TokenLife(10 * DAY, 20 * DAY)
    made = [give_token(register.begin, None, NOW, user.id, days * DAY).row for days in (5, 200)]

    renewed = [renew_own(register.begin, actor, NOW + 3 * DAY, row.id, life).row for row in made]

    assert [row.expires_at for row in renewed] == [NOW + 8 * DAY, NOW + 23 * DAY]


@SQLITE
def test_user_who_comes_back_has_none_of_their_old_tokens(office):
    user, token = an_auditor(office.register)
    path = f"/v1/users/{user.id}"

    office.post(f"{path}/revoke", role=Role.ADMIN)
    refused = office.post(f"{path}/tokens", role=Role.ADMIN)
    back = office.post(f"{path}/restore", role=Role.ADMIN).json()
    fresh = office.post(f"{path}/tokens", role=Role.ADMIN).json()["token"]

    assert (refused.status_code, back["active"]) == (404, True)
    assert (me(office, token), me(office, fresh)) == (401, 200)
    assert [row.subject for row in office.register.all(AuditRow, AuditRow.outcome == ActOutcome.DONE)] == [
        "user_retired",
        "user_restored",
        "token",
    ]


@SQLITE
def test_users_are_listed_by_login_and_narrowed_and_never_recipients(office):
    register, admin = office.register, {"role": Role.ADMIN}
    case, person = register.a_case(), register.a_practitioner("p1")
    create_user(register.begin, None, NOW, register.centre.id, "p1", Role.PRACTITIONER, "p1")
    office.post(f"/v1/cases/{case.id}/links", {})
    register.a_stranger()
    gone, _ = an_auditor(register, "zz")
    revoke_user(register.begin, Actor("", Role.ADMIN, register.centre.id), NOW, gone.id)

    def logins(**wanted):
        return [each["login"] for each in office.get("/v1/users", **admin, params=wanted).json()["items"]]

    first = office.get("/v1/users", **admin, params={"limit": 2}).json()
    rest = office.get("/v1/users", **admin, params={"cursor": first["next"]}).json()["items"]
    every = [each["login"] for each in first["items"] + rest]

    assert every == sorted(every)
    assert {"zz", "p1", "clerk", "token-admin"} <= set(every)
    assert not [login for login in every if login.startswith("link-") or login in ("stranger", "token-recipient")]
    assert (logins(practitioner_id=person.id), logins(active=False), logins(login="zz")) == (["p1"], ["zz"], ["zz"])
    assert logins(role="auditor") == ["token-auditor", "zz"]
    assert office.get("/v1/users", role=Role.CLERK).status_code == 403


@SQLITE
def test_user_is_read_with_the_codes_of_whom_they_act_for_and_whether_a_manager_has_to_confirm(office):
    register, admin = office.register, {"role": Role.ADMIN}
    register.a_practitioner("p1")
    house = register.the_institution()
    for login, role, field, code in (("p1", "practitioner", "practitioner_code", "p1"),
                                     ("firm", "institution", "institution_code", house.code),
                                     ("boss", "manager", "organ", None)):  # fmt: skip
        office.post("/v1/users", {"login": login, "role": role, field: code}, **admin)
    office.post(f"/v1/cases/{register.a_case().id}/links", {})
    [recipient] = register.all(UserRow, UserRow.login.startswith("link-"))
    listed = {each["login"]: each for each in office.get("/v1/users", **admin).json()["items"]}

    found = office.get(f"/v1/users/{listed['firm']['id']}", **admin).json()

    assert (listed["p1"]["practitioner_code"], listed["p1"]["institution_code"]) == ("p1", None)
    assert (found["institution_code"], found["institution_name"]) == (house.code, house.name)
    assert found == listed["firm"]
    assert [each["login"] for each in listed.values() if each["awaits_confirmation"]] == ["boss"]
    assert office.get(f"/v1/users/{recipient.id}", **admin).status_code == 404
    assert office.get(f"/v1/users/{found['id']}", role=Role.CLERK).status_code == 403


@SQLITE
def test_new_user_is_invited_instead_of_given_a_token_where_that_is_asked(office):
    made = office.post("/v1/users", {"login": "li", "role": "clerk", "invite": True}, role=Role.ADMIN)
    [kept] = office.register.all(TokenRow, TokenRow.user_id == made.json()["user"]["id"])

    assert made.json()["token"] is None
    assert made.json()["invitation"].startswith("inv_")
    assert (kept.kind, kept.expires_at) == (PassKind.INVITATION, NOW + 7 * DAY)
    assert me(office, made.json()["invitation"]) == 401


def test_users_are_found_by_an_index_however_many_links_were_made(register):
    asked = []
    with register.read() as session:
        session.exec = lambda statement: asked.append(statement) or iter(())
        admin = Actor("", Role.ADMIN, register.centre.id)
        list_users(lambda: _held(session), admin, Slice(50, ["a", "b"]), UserFilter())
        words = asked[0].compile(register.engine, compile_kwargs={"literal_binds": True})
        if register.engine.dialect.name == "sqlite":
            plan = session.connection().execute(text(f"EXPLAIN QUERY PLAN {words}")).all()
            assert any("user_listed" in step.detail for step in plan)


class _held:  # noqa: N801
    """A session that is open already, as the way to read."""

    def __init__(self, session):
        self.session = session

    def __enter__(self):
        return self.session

    def __exit__(self, *_):
        return None


TIES = [
    (Role.PRACTITIONER, {}, "practitioner_code"),
    (Role.INSTITUTION, {}, "institution_code"),
    (Role.ORGAN, {}, "organ"),
    (Role.RECIPIENT, {}, "role"),
    (Role.CLERK, {"practitioner_code": "p1"}, "practitioner_code"),
    (Role.PRACTITIONER, {"practitioner_code": "p1", "institution_code": "firm"}, "institution_code"),
]


@SQLITE
@pytest.mark.parametrize(("role", "ties", "field"), TIES)
def test_user_who_is_not_tied_as_the_role_needs_is_not_made(office, role, ties, field):
    office.register.a_practitioner("p1", office.register.an_institution("firm"))

    answer = office.post("/v1/users", {"login": "new", "role": role.value, **ties}, role=Role.ADMIN)

    assert (answer.status_code, answer.json()["facts"]["field"]) == (422, field)


def test_queued_job_of_a_retired_user_is_not_carried_out(register):
    register.a_case("1")
    user, _ = create_user(register.begin, None, NOW, register.centre.id, "x", Role.CLERK)
    clerk = Actor(user.id, Role.CLERK, register.centre.id)
    run = request_run(register.begin, clerk, NOW)
    revoke_user(register.begin, Actor("", Role.ADMIN, register.centre.id), NOW, user.id)

    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)

    job = register.get(JobRow, run.id)
    assert (job.status, job.problem["type"], job.attempt) == (JobStatus.FAILED, "access-ended", 0)


@SQLITE
def test_clerk_ends_a_recipients_link_and_a_new_one_ends_the_old(office):
    case = office.register.a_case()
    first, second = (office.post(f"/v1/cases/{case.id}/links", {}).json() for _ in range(2))

    after_second = me(office, first["token"]), me(office, second["token"])
    revoked = [office.post(f"/v1/links/{second['id']}/revoke") for _ in range(2)]
    listed = office.get(f"/v1/cases/{case.id}/links").json()

    assert after_second == (401, 200)
    assert [each.status_code for each in revoked] == [200, 200]
    assert me(office, second["token"]) == 401
    assert {each["id"] for each in listed if each["revoked_at"]} == {first["id"], second["id"]}
    assert not {"code", "token", "digest"} & listed[0].keys()
    done = [row.subject for row in office.register.all(AuditRow, AuditRow.outcome == ActOutcome.DONE)]
    assert done[:4] == ["link", "link_ended", "link", "link_ended"]


@SQLITE
def test_another_centre_sees_and_ends_nothing_of_ours(office):
    register = office.register
    stranger = register.a_stranger(Role.ADMIN)
    token = issue_token(register.begin, None, NOW, stranger.user_id)
    clerk = issue_token(register.begin, None, NOW, register.clerk.user_id)
    link = office.post(f"/v1/cases/{register.a_case().id}/links", {}).json()
    theirs = register.clerk.user_id
    [row] = register.all(TokenRow, TokenRow.user_id == theirs)

    tries = [
        office.ask(method, path, **by(token)).status_code
        for method, path in (
            ("POST", f"/v1/users/{theirs}/restore"), ("POST", f"/v1/users/{theirs}/revoke"),
            ("POST", f"/v1/users/{theirs}/tokens"), ("GET", f"/v1/users/{theirs}/tokens"),
            ("DELETE", f"/v1/users/{theirs}/tokens/{row.id}"), ("DELETE", f"/v1/me/tokens/{row.id}"),
        )
    ]  # fmt: skip
    elsewhere, _ = create_user(register.begin, None, NOW, stranger.centre_id, "clerk", Role.CLERK)
    foreign = issue_token(register.begin, None, NOW, elsewhere.id)

    assert tries == [404] * 6
    assert office.post(f"/v1/links/{link['id']}/revoke", **by(foreign)).status_code == 404
    assert office.get(f"/v1/cases/{link['case_id']}/links", **by(foreign)).status_code == 404
    assert (me(office, clerk), me(office, link["token"])) == (200, 200)
