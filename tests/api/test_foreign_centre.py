"""Every route, for every role it lets in, asked for what belongs to another centre: as if there were no such thing."""

import re
from collections import Counter

import pytest

from dispatch.api.documentation.samples import sample_of
from dispatch.commands.access import add_user
from dispatch.commands.access.links import create_link
from dispatch.commands.access.users import create_user
from dispatch.commands.life.arrangements import entrust
from dispatch.commands.runs.requests import request_run
from dispatch.commands.webhooks.endpoints import create_webhook
from dispatch.domain.permissions import PERMISSIONS
from dispatch.domain.vocabulary import JobKind, Role, Status
from dispatch.domain.webhooks import HookType
from dispatch.registry.jobs.requests import open_job
from dispatch.registry.tables import AuditRow, CaseRow, InstitutionRow, LinkRow, TokenRow, UserRow, WebhookRow
from tests.api.conftest import A_YEAR, ORGAN
from tests.api.test_routes import BY_COOKIE, permits_of, routes_of
from tests.console.test_pages import a_letter
from tests.rows import NOW, a_user

ABSENT = "0" * 32
PLAIN = {"kind": "assignment_notice", "what": "cases", "year": "2026", "month": "2026-10", "code": "queue"}
"""Parts of addresses that name nothing of a centre."""


@pytest.fixture
def theirs(register):
    """What another centre has, by the name of the part of an address."""
    r = register
    case, person, organ = r.a_case("2026-0001"), r.a_practitioner("p1"), r.a_listed_organ("某市某区人民检察院")
    firm = r.all(InstitutionRow)[0].id
    given = entrust(r.begin, r.clerk, NOW, r.a_case("2026-0002").id, firm, "in turn")
    user, _ = create_user(r.begin, None, NOW, r.centre.id, "theirs", Role.CLERK)
    hook, _ = create_webhook(
        r.begin, r.seal, r.manager, NOW, "hook", "https://example.org/", [HookType.CASE_GRANTED], private=False
    )
    with r.begin() as tx:
        job = open_job(tx, JobKind.IMPORT, r.clerk, r.centre.id, NOW)
    create_link(r.begin, r.clerk, NOW, case.id)
    [token] = r.all(TokenRow, TokenRow.user_id == user.id)
    held = r.a_case("2026-0003", status=Status.ASSIGNED)
    return {
        "case_id": case.id, "practitioner_id": person.id, "organ_id": organ.id, "arrangement_id": given.id,
        "institution_id": firm, "user_id": user.id, "token_id": token.id, "webhook_id": hook.id,
        "policy_id": r.policy.id, "job_id": job.id, "run_id": request_run(r.begin, r.clerk, NOW).id,
        "link_id": r.all(LinkRow)[0].id, "document_id": r.add(a_letter(r, case)).id, "centre_id": r.centre.id,
        "assignment_id": r.an_assignment(held, person).id,
    }  # fmt: skip


@pytest.fixture
def strangers(register, office):
    """A token of another centre for every role."""
    centre = register.a_stranger().centre_id

    def token(role):
        with register.begin() as tx:
            organ = ORGAN if role is Role.ORGAN else None
            return add_user(tx, a_user(centre, f"stranger-{role.value}", role, organ=organ), NOW, A_YEAR)

    return {role: token(role) for role in Role}


def reported(answer, ids):
    problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
    facts = str(problem.get("facts") if isinstance(problem, dict) else problem)
    return answer.status_code, re.sub("|".join(ids.values()), "ID", facts)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_belongs_to_another_centre_is_answered_as_what_is_not_there(app, office, theirs, strangers):
    document, statuses, apart = app.openapi(), Counter(), []
    office.tokens, before = strangers, whole(office.register)
    for route in routes_of(app):
        names = [name for name in route.param_convertors if name in theirs]
        if not names or route.path.startswith(BY_COOKIE):
            continue
        for method in route.methods:
            body = body_of(document, route.path, method)
            for role in [role for role in Role if any(may(role, each) for each in permits_of(route.dependant))]:
                pair = [
                    reported(office.ask(method, address(route, ids), role, headers={"If-Match": '"1"'}, json=body), ids)
                    for ids in (theirs, dict.fromkeys(theirs, ABSENT))
                ]
                statuses[pair[0][0]] += 1
                if pair[0] != pair[1] or pair[0][0] >= 500:
                    apart.append((method, route.path, role.value, *pair))

    assert apart == []
    assert statuses[404] > 0.8 * statuses.total() > 280, statuses
    assert whole(office.register) == before


def may(role, permit):
    return not PERMISSIONS[role].isdisjoint(permit.verbs)


def address(route, ids):
    return re.sub(r"{(\w+)(:\w+)?}", lambda part: ids.get(part[1], PLAIN.get(part[1], ABSENT)), route.path)


def body_of(document, path, method):
    content = document["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return sample_of(schema, document["components"]["schemas"]) if schema else None


def whole(register):
    """Everything that could have been changed: each row with its revision, and how much there is of the rest."""
    rows = {table: sorted(map(repr, register.all(table))) for table in (CaseRow, UserRow, WebhookRow, TokenRow)}
    acts = register.all(AuditRow, AuditRow.centre_id == register.centre.id)
    return rows, len(acts)
