"""Requests at the edge of what a machine can hold, and faults of our own: each is answered in good form."""

import base64
import json
import re

import pytest

from dispatch.api.paging import cursor_of
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import make_engine, make_read, make_read_autocommit
from tests.api.test_bad_requests import BAD
from tests.api.test_cases import a_draft

JSON = {"Content-Type": "application/json"}


UNREACHED = ("0001-01-01", "9999-12-31")
LISTS = ("/v1/cases", "/v1/runs", "/v1/assignments", "/v1/policies", "/v1/jobs")
FORGED = (
    ("9" * 30, "9" * 30), ("-1", "\x00"), ("2026-01-01", "x"), ("0001-01-01T00:00:00+14:00", "x"), ("x",), ("x",) * 9
)  # fmt: skip


def test_forged_cursor_is_refused_or_finds_nothing(office):
    case = office.register.a_case("1")

    for path in (*LISTS, f"/v1/cases/{case.id}/events"):
        for key in FORGED:
            answer = office.get(f"{path}?cursor={cursor_of(*key)}")

            assert answer.status_code in (200, 422), (path, key, answer.text)


def test_cursor_with_a_half_character_is_refused(office):
    cursor = base64.urlsafe_b64encode(json.dumps(["\ud800", "x"]).encode()).decode().rstrip("=")

    assert office.get(f"/v1/cases?cursor={cursor}").status_code == 422


@pytest.mark.parametrize("given", ["9" * 5000, "9" * 19, "-1", ""], ids=["5000", "19", "negative", "none"])
def test_revision_no_record_can_have_is_refused(office, given):
    refused = office.ask(
        "PATCH", f"/v1/policies/{office.register.policy.id}", Role.MANAGER, {"If-Match": given}, json={}
    )

    assert refused.status_code in (422, 428)
    assert refused.json()["code"] in ("if-match-required", "invalid-field")


def test_day_no_register_reaches_is_no_fault_of_any_read(office):
    asked = [each for day in UNREACHED for each in dated(office.client.app.openapi(), day)]

    answers = {each: office.get(each[0], role=Role.MANAGER, params={each[1]: each[2]}) for each in asked}

    assert {each: answer.text for each, answer in answers.items() if answer.status_code >= 500} == {}
    assert len(answers) > 5 * len(UNREACHED)


def dated(document, day):
    """Yield each query parameter of a read that is a day or a moment, and that day as it takes it."""
    for path, methods in document["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            forms = {kind.get("format") for kind in (parameter["schema"], *parameter["schema"].get("anyOf", []))}
            if parameter["in"] == "query" and forms & {"date", "date-time"}:
                reached = re.sub(r"{\w+}", "none", path)
                yield reached, parameter["name"], day if "date" in forms else f"{day}T00:00:00Z"


@pytest.mark.parametrize("limit", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_moment_no_calendar_holds_is_refused(office, limit):
    answer = office.get("/v1/cases", params={"due_before": limit})

    assert answer.status_code == 422
    assert "due_before" in answer.text


@pytest.mark.parametrize("path", ["/v1/cases/%00", "/v1/cases/%F0%9F%98%80", "/v1/jobs/%00", "/v1/cases/" + "x" * 5000])
def test_id_no_row_can_have_is_not_found(office, path):
    answer = office.get(path)

    assert answer.status_code == 404


def test_filter_no_row_can_match_finds_nothing(office):
    answer = office.get("/v1/cases?area=%00")

    assert answer.status_code in (200, 422)


def test_name_with_a_hidden_character_is_refused(office):
    answer = office.post("/v1/cases", a_draft(recipient={"name": "a\x00b"}))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.recipient.name"


def test_half_a_character_in_a_body_is_refused(office):
    body = json.dumps(a_draft()).replace('"wages"', '"\\ud800"')

    answer = office.ask("POST", "/v1/cases", content=body.encode(), headers=JSON)

    assert answer.status_code == 422
    assert office.register.all(CaseRow) == []


def test_body_in_another_form_is_not_read(office):
    answer = office.ask("POST", "/v1/cases", content=json.dumps(a_draft()), headers={"Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()["code"]) == (415, "wrong-media-type")


def test_body_larger_than_accepted_is_not_read(office):
    size = office.client.app.state.context.settings.upload_bytes_at_most + 2**20
    pieces = (b" " * 2**20 for _ in range(size // 2**20))

    answer = office.ask("POST", "/v1/cases", content=pieces, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_body_nested_beyond_reason_is_refused(office):
    answer = office.ask("POST", "/v1/cases", content=b"[" * 100_000, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_wrong_method_is_told_the_right_ones(office):
    answer = office.ask("DELETE", "/v1/me")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


def test_fault_of_our_own_names_the_request_and_says_nothing_else(app, office, caplog, monkeypatch):
    context = app.state.context
    app.state.context = context._replace(read_autocommit=None)

    answer = office.get("/v1/me")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == answer.headers["x-correlation-id"]
    assert "NoneType" not in answer.text
    assert answer.json()["instance"] in caplog.text


def test_correlation_id_of_the_caller_is_kept(office):
    answer = office.get("/v1/me", headers={"X-Correlation-Id": "abc123"})

    assert answer.headers["x-correlation-id"] == "abc123"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "a\tuser=root"])
def test_correlation_id_that_could_forge_a_log_line_is_replaced(office, given):
    answer = office.get("/v1/me", headers={"X-Correlation-Id": given})

    assert answer.headers["x-correlation-id"] != given


def test_request_is_logged_with_ids_only(office, caplog):
    caplog.set_level("INFO", "dispatch.requests")

    office.post("/v1/cases", a_draft(), headers={"X-Correlation-Id": "abc123"})

    [line] = [record.getMessage() for record in caplog.records if record.name == "dispatch.requests"]
    assert "id=abc123 method=POST operation=submit_case status=201" in line


def test_database_out_of_reach_is_said_so(app, office):
    gone = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    app.state.context = app.state.context._replace(read=make_read(gone), read_autocommit=make_read_autocommit(gone))

    answer = office.get("/v1/me")
    ready = office.get("/health/ready", role=None)

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert (ready.status_code, ready.json()["down"]) == (503, ["database"])


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 403), (Role.ORGAN, 403), (Role.RECIPIENT, 404)])
def test_unknown_id_tells_nothing_to_whoever_may_not_read(office, role, status):
    case = office.register.a_case("1")

    answers = [office.get(f"/v1/cases/{id}", role=role) for id in (case.id, "none")]

    assert [answer.status_code for answer in answers] == [status, status]


def test_chinese_reader_is_told_in_chinese_what_would_be_right(office):
    bodies = [sent["json"] for _, method, path, sent, *_ in BAD if path == "/v1/cases" and "json" in sent]
    numbers = {"number": 1, "categories": "x", "demand": 1.5, "opposing": {}, "received_at": 7.5, "languages": [1]}
    late = {"received_at": "9999-12-31T23:59:59-14:00", "granted_at": None}

    for body in (*bodies, a_draft(**numbers), a_draft(**late)):
        answer = office.post("/v1/cases", body, headers={"Accept-Language": "zh"})

        for fault in answer.json().get("errors", []):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in fault["expected"]), fault


def test_refusal_says_what_kind_of_thing_was_given(office):
    answer = office.post("/v1/cases", a_draft(recipient={"name": ["张三丰"]}))

    [fault] = answer.json()["errors"]
    assert (fault["field"], fault["given"]) == ("body.recipient.name", "array")
