import inspect
import re

import pytest

from dispatch.api.console.guard import May
from dispatch.api.dependencies import Permit
from dispatch.api.problems import STATUS
from dispatch.api.routes.health import PUBLIC
from dispatch.domain.errors import leaves
from dispatch.domain.permissions import PERMISSIONS
from dispatch.domain.vocabulary import Role


def routes_of(app):
    """Every route of ours, as it is served: with the prefixes of the routers it is included through."""
    included = [each for each in app.routes if hasattr(each, "effective_route_contexts")]
    return [route for each in included for route in each.effective_route_contexts()]


BY_COOKIE = "/console/"
"""Where browsers ask: `test_sessions` walks these routes with every role, and here every token is refused."""

BEFORE_SIGN_IN = (
    "begin_session", "begin_recipients_session", "look_at_invitation", "accept_invitation",
    "get_identity_provider", "begin_identity_sign_in", "begin_by_invitation", "return_from_provider",
)  # fmt: skip
"""Open to whoever proves who they are by the request itself."""


def permits_of(dependant):
    own = [dependant.call] if isinstance(dependant.call, Permit | May) else []
    return own + [permit for below in dependant.dependencies for permit in permits_of(below)]


def test_every_route_names_its_permission(app):
    silent = [route.name for route in routes_of(app) if not permits_of(route.dependant)]

    assert len(routes_of(app)) > 20
    assert sorted(silent) == sorted((*PUBLIC, *BEFORE_SIGN_IN))


# Who may do what is decided before a database is asked.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", Role)
def test_role_is_refused_exactly_where_it_has_no_verb(app, office, role):
    office.end_streams()
    for route in routes_of(app):
        permits = permits_of(route.dependant)
        if not permits or route.path.startswith(BY_COOKIE):
            continue
        path = route.path
        for name in route.param_convertors:
            path = path.replace(f"{{{name}}}", "none")

        for method in route.methods:
            answer = office.ask(method, path, role=role, json={} if method != "GET" else None)

            allowed = any(may(role, permit) for permit in permits)
            assert (answer.status_code != 403) == allowed, (method, path, answer.text)
            assert answer.status_code < 500, (method, path, answer.text)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_route_refuses_a_query_parameter_it_does_not_know_and_names_those_it_knows(app, office):
    document = app.openapi()["paths"]
    for route in routes_of(app):
        [role, *_] = [role for permit in permits_of(route.dependant) for role in Role if may(role, permit)] or [None]
        if role is None or route.path.startswith(BY_COOKIE):
            continue
        path = re.sub(r"{.*?}", "none", route.path)

        for method in route.methods:
            answer = office.ask(method, f"{path}?colour=red", role=role)

            facts = answer.json()["facts"]
            asked = document[route.path][method.lower()].get("parameters", ())
            known = sorted(each["name"] for each in asked if each["in"] == "query")
            assert (answer.status_code, facts["field"]) == (422, "colour"), (method, path)
            assert facts["expected"]["en"].endswith(", ".join(known) or "no query parameters"), (method, path)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_console_refuses_every_token_and_changes_nothing_for_a_foreign_page(app, office):
    for route in [route for route in routes_of(app) if route.path.startswith(BY_COOKIE)]:
        path = re.sub(r"{.*?}", "none", route.path)
        for method in route.methods:
            by_token = office.ask(method, path, role=Role.ADMIN, json={} if method != "GET" else None)
            foreign = office.client.request(method, f"http://127.0.0.1{path}", headers={"Sec-Fetch-Site": "cross-site"})

            assert by_token.status_code == 401, (method, path)
            assert method == "GET" or foreign.status_code == 403, (method, path, foreign.text)


def may(role, permit):
    return not PERMISSIONS[role].isdisjoint(permit.verbs)


def test_every_route_is_synchronous(app):
    asynchronous = [route.name for route in routes_of(app) if inspect.iscoroutinefunction(route.endpoint)]

    assert asynchronous == ["get_liveness", "get_readiness"], "these answer while every thread is busy"


def test_every_error_has_its_status_and_two_languages():
    assert set(STATUS) == set(leaves())
    for leaf in leaves():
        assert leaf.__doc__
        assert any("一" <= letter <= "鿿" for letter in leaf.zh)


def test_documentation_is_whole(office):
    document = office.get("/openapi.json").json()

    operations = [operation for path in document["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert [name for name, operation in zip(names, operations, strict=True) if not bilingual(operation)] == []


def bilingual(operation):
    """An English sentence first, then a Chinese one."""
    return re.fullmatch(r"[A-Z][^一-鿿]*[一-鿿].*", operation["description"], re.DOTALL)


def test_health_tells_whether_the_service_can_work(office):
    ready = office.get("/health/ready", role=None)

    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert {"ailment": "no_scheduler", "subject": "scheduler"} in ready.json()["findings"]
    assert office.get("/health/live", role=None).json() == {"status": "alive"}


def test_vocabulary_has_both_languages(office):
    words = office.get("/v1/vocabulary").json()

    assert {"value": "grab", "zh": "抢单", "en": "grab order"} in words["ModeName"]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("zh-CN,zh;q=0.9", "登录凭证（令牌）无效或者已过期，请重新获取"),
        ("en", "No valid access token was given."),
        ("fr, zh;q=0.5, en;q=0.2", "登录凭证（令牌）无效或者已过期，请重新获取"),
        ("", "No valid access token was given."),
        ("zh;q=oops", "No valid access token was given."),
    ],
)
def test_refusals_speak_the_readers_language(office, asked, title):
    answer = office.get("/v1/me", role=None, headers={"Accept-Language": asked})

    assert answer.json()["title"] == title


def test_causes_are_listed_and_a_name_is_told_with_what_it_means_or_may_mean(office):
    every, clear, unclear = (
        office.ask("GET", path).json() for path in ("/v1/causes", "/v1/causes?name=讨薪", "/v1/causes?name=劳务纠纷")
    )

    assert (every["clear"], {"theft", "wages"} <= {cause["code"] for cause in every["causes"]}) == (None, True)
    assert (clear["clear"], [cause["code"] for cause in clear["causes"]]) == (True, ["wages"])
    assert (unclear["clear"], unclear["causes"][0]["zh"]) == (False, "劳务合同纠纷")
