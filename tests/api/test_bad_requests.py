"""Every request here is wrong in its own way; each is told how, and nothing changes."""

import pytest
from sqlmodel import SQLModel, func, select

from dispatch.domain.vocabulary import Role
from tests.api.test_cases import a_draft
from tests.api.test_notices import NOTICE

NOBODY, CLERK, MANAGER = None, Role.CLERK, Role.MANAGER
CASES = "/v1/cases"
RECIPIENT = a_draft()["recipient"]

# fmt: off
BAD = [
    # who     method   path                         what is sent                                     status  code               names
    (NOBODY,  "GET",   CASES,                       {},                                              401, "unauthenticated",    None),
    ("x",     "GET",   CASES,                       {"headers": {"Authorization": "Bearer nonsense"}}, 401, "unauthenticated",  None),
    ("x",     "GET",   CASES,                       {"headers": {"Authorization": "Basic YTpi"}},    401, "unauthenticated",    None),
    (Role.ORGAN, "GET", CASES,                      {},                                              403, "forbidden",          "read_case"),
    (Role.AUDITOR, "POST", CASES,                   {"json": a_draft()},                             403, "forbidden",          "submit_case"),
    (Role.PRACTITIONER, "POST", "/v1/runs",         {"json": {}},                                    403, "forbidden",          "request_run"),
    (CLERK,   "GET",   "/v1/nothing",               {},                                              404, "no-such-path",       None),
    (CLERK,   "PUT",   CASES,                       {},                                              405, "no-such-method",     None),
    (CLERK,   "POST",  CASES,                       {"content": b"{"},                               422, "invalid-request",    "body"),
    (CLERK,   "POST",  CASES,                       {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400, "malformed", "body"),
    (CLERK,   "POST",  CASES,                       {"json": None},                                  422, "invalid-request",    "body"),
    (CLERK,   "POST",  CASES,                       {"json": []},                                    422, "invalid-request",    "body"),
    (CLERK,   "POST",  CASES,                       {"json": {}},                                    422, "invalid-request",    "body.number"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(number="")},                    422, "invalid-request",    "body.number"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(number="9" * 61)},              422, "invalid-request",    "body.number"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(number="a\nb")},                422, "invalid-request",    "body.number"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(number=7)},                     422, "invalid-request",    "body.number"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(matter="fiscal")},              422, "invalid-request",    "body.matter"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(matter="criminal")},            422, "invalid-field",      "matter"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(cause="witchcraft")},           422, "unknown-reference",  "cause"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(area="atlantis")},              422, "unknown-reference",  "area"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(domicile_areas=["atlantis"])},  422, "unknown-reference",  "domicile_areas"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(wishes=["nobody"])},            422, "unknown-reference",  "wishes"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(wishes=["a", "b", "c", "d"])},  422, "invalid-request",    "body.wishes"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(wishes=["a", "a"])},            422, "invalid-request",    "body"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(relations=[{"kind": "co_defendants", "number": "0"}])}, 422, "unknown-reference", "relations"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(relations=[{"kind": "friends", "number": "0"}])}, 422, "invalid-request", "body.relations.0.kind"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(relations=[{"kind": "co_defendants", "number": "2026-7"}])}, 422, "invalid-request", "body"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(demand=3)},                     422, "invalid-request",    "body.demand"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(demand="two")},                 422, "invalid-request",    "body.demand"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(detained="perhaps")},           422, "invalid-request",    "body.detained"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(colour="red")},                 422, "invalid-request",    "body.colour"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(recipient=None)},               422, "invalid-request",    "body.recipient"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(recipient=RECIPIENT | {"name": " "})}, 422, "invalid-request", "body.recipient.name"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(recipient=RECIPIENT | {"identity_number": "1"})}, 422, "invalid-request", "body.recipient.identity_number"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(categories=["rich"])},          422, "invalid-request",    "body.categories.0"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(received_at="yesterday")},      422, "invalid-request",    "body.received_at"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(received_at="2026-03-09T08:00:00")}, 422, "invalid-request", "body.received_at"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(received_at="2027-01-01T00:00:00Z", granted_at=None)}, 422, "invalid-field", "received_at"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(granted_at="2026-01-01T00:00:00Z")}, 422, "invalid-request", "body"),
    (CLERK,   "POST",  CASES,                       {"json": a_draft(), "headers": {"Idempotency-Key": "k" * 81}}, 422, "invalid-field", "Idempotency-Key"),
    (CLERK,   "GET",   CASES + "?limit=0",          {},                                              422, "invalid-request",    "query.limit"),
    (CLERK,   "GET",   CASES + "?limit=201",        {},                                              422, "invalid-request",    "query.limit"),
    (CLERK,   "GET",   CASES + "?cursor=zzz",       {},                                              422, "invalid-field",      "cursor"),
    (CLERK,   "GET",   CASES + "?status=lost",      {},                                              422, "invalid-request",    "query.status.0"),
    (CLERK,   "GET",   CASES + "?due_before=soon",  {},                                              422, "invalid-request",    "query.due_before"),
    (CLERK,   "GET",   CASES + "?statsu=pending",   {},                                              422, "invalid-field",      "statsu"),
    (CLERK,   "GET",   CASES + "?Status=pending",   {},                                              422, "invalid-field",      "Status"),
    (CLERK,   "GET",   CASES + "?limit=5&from_on=2026-01-01", {},                                    422, "invalid-field",      "from_on"),
    (CLERK,   "GET",   CASES + "?limit=5&limit=6",  {},                                              422, "invalid-field",      "limit"),
    (CLERK,   "GET",   CASES + "/none?expand=parties", {},                                           422, "invalid-field",      "expand"),
    (CLERK,   "POST",  CASES + "?dry_run=true",     {"json": a_draft()},                             422, "invalid-field",      "dry_run"),
    (CLERK,   "GET",   CASES + "/none",             {},                                              404, "not-found",          "none"),
    (CLERK,   "GET",   CASES + "/none/candidates",  {},                                              404, "not-found",          "none"),
    (CLERK,   "GET",   CASES + "/none/events",      {},                                              404, "not-found",          "none"),
    (CLERK,   "GET",   CASES + "/none/parties",     {},                                              404, "not-found",          "none"),
    (CLERK,   "POST",  CASES + "/none/grant",       {"json": {}},                                    404, "not-found",          "none"),
    (CLERK,   "POST",  CASES + "/none/grant",       {"json": {"granted_at": "2026-03-09"}},          422, "invalid-request",    "body.granted_at"),
    (CLERK,   "POST",  "/v1/runs",                  {"json": {"case_ids": []}},                      422, "invalid-request",    "body.case_ids"),
    (CLERK,   "POST",  "/v1/runs",                  {"json": {"case_ids": ["none"]}},                404, "not-found",          "none"),
    (CLERK,   "POST",  "/v1/runs",                  {"json": {"seed": 7}},                           422, "invalid-request",    "body.seed"),
    (CLERK,   "POST",  "/v1/runs/none/apply",       {"json": {}},                                    404, "not-found",          "none"),
    (CLERK,   "GET",   "/v1/runs/none/proof",       {},                                              404, "not-found",          "none"),
    (CLERK,   "POST",  "/v1/jobs/none/cancel",      {},                                              404, "not-found",          "none"),
    (CLERK,   "GET",   "/v1/policies/none",         {},                                              404, "not-found",          "none"),
    (Role.ADMIN, "POST", "/v1/users",               {"json": {"login": "a b", "role": "clerk"}},     422, "invalid-request",    "body.login"),
    (Role.ADMIN, "POST", "/v1/users",               {"json": {"login": "a", "role": "king"}},        422, "invalid-request",    "body.role"),
    (Role.ADMIN, "POST", "/v1/users",               {"json": {"login": "token-clerk", "role": "clerk"}}, 409, "duplicate-number", "login"),
    (Role.ADMIN, "POST", "/v1/users",               {"json": {"login": "a", "role": "practitioner", "practitioner_code": "none"}}, 422, "unknown-reference", "practitioner_code"),
    (Role.ADMIN, "POST", "/v1/users",               {"json": {"login": "a", "role": "organ"}},       422, "invalid-field",      "organ"),
    (CLERK,   "POST",  "/v1/letters/none/receipt",  {"json": {}},                                    404, "not-found",          "none"),
    (Role.ORGAN, "POST", "/v1/notices",             {"json": NOTICE | {"cause": "witchcraft"}},      422, "unknown-reference",  "cause"),
    (Role.ORGAN, "POST", "/v1/notices",             {"json": NOTICE | {"source": "application"}},    422, "invalid-request",    "body.source"),
    (Role.ORGAN, "POST", "/v1/notices",             {"json": NOTICE | {"organ": "another court"}},   422, "invalid-request",    "body.organ"),
    (Role.ORGAN, "POST", "/v1/notices",             {"json": NOTICE | {"source": "notice_may", "grave": True}},    422, "invalid-field",      "source"),
    (Role.ORGAN, "GET", "/v1/notices/none",         {},                                              404, "not-found",          "none"),
    (Role.ORGAN, "GET", "/v1/documents/none/page",  {},                                              404, "not-found",          "none"),
]
# fmt: on


def counts(register):
    with register.read() as session:
        return {
            table.name: session.exec(select(func.count()).select_from(table)).one()
            for table in SQLModel.metadata.sorted_tables
            # A refusal changes nothing but the log of refusals.
            if table.name != "audit"
        }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_bad_request_is_told_what_is_wrong_and_changes_nothing(office, language):
    before = counts(office.register)

    for role, method, path, sent, status, code, names in BAD:
        headers = {"Accept-Language": language} | sent.get("headers", {})
        more = {name: value for name, value in sent.items() if name != "headers"}
        answer = office.ask(method, path, role=role if isinstance(role, Role) else None, headers=headers, **more)

        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), (path, sent, problem)
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["title"]
        assert any("一" <= letter <= "鿿" for letter in problem["title"]) == (language == "zh")
        if names:
            fields = [fault["field"] for fault in problem.get("errors", [])] + [
                str(value) for value in problem.get("facts", {}).values()
            ]
            assert names in fields, (path, sent, problem)

    assert counts(office.register) == before


def test_there_are_enough_bad_requests():
    assert len(BAD) >= 40
