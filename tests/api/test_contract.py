"""What the documentation promises, the application does: examples fit, and no request finds a fault."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error

from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AbsenceRow, UserRow
from tests.api.conftest import Office, app_on, client_of
from tests.rows import NOW, open_register

load_all_checks()

CHECKED = (
    not_a_server_error,
    *CHECKS.get_by_names(["status_code_conformance", "content_type_conformance", "response_schema_conformance"]),
)
EXAMPLES_EACH = 3

# fmt: off
OF_MODE = {
    "point selection": ("/cases/{case_id}/links", "/cases/{case_id}/choices", "/cases/{case_id}/wishes"),
    "grab order":      ("/cases/{case_id}/post", "/board", "/board/events", "/board/{case_id}/claims"),
    "rotation":        ("/rotation", "/rotation/overrides", "/rotation/fairness"),
    "designation":     ("/cases/{case_id}/designation", "/cases/{case_id}/designation/review"),
    "continuity":      ("/cases/{case_id}/plan", "/offers", "/offers/{offer_id}/answer"),
    "optimized":       ("/runs", "/runs/{run_id}/proposals", "/runs/{run_id}/apply", "/jobs/{job_id}"),
}
# fmt: on

# What is documented depends on no database.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Found = Iterator[tuple[str, dict[str, Any], Any]]


@pytest.fixture
def offices(clean_sqlite_url, clean_postgres_url, redis_url, tmp_path):
    """An office on each database."""
    with ExitStack() as opened:
        yield {name: opened.enter_context(office_on(url, redis_url, tmp_path))
               for name, url in (("sqlite", clean_sqlite_url), ("postgres", clean_postgres_url))}  # fmt: skip


@contextmanager
def office_on(url, redis_url, folder):
    register = open_register(url)
    with client_of(app_on(url, redis_url, folder)) as client:
        office = Office(register, client)
        office.end_streams()
        yield office
    register.engine.dispose()


def test_no_request_finds_a_fault_or_an_undocumented_answer(offices):
    known = {name: ids_in(office) for name, office in offices.items()}
    schema = schemathesis.openapi.from_asgi("/openapi.json", offices["sqlite"].client.app)
    operations = [found.ok() for found in schema.get_all_operations()]
    faults, met = [], Counter()

    # To draw a request takes longer than to answer it: the same ones are sent to both.
    for operation in operations:
        for request in requests_of(operation):
            for name, office in offices.items():
                met[name, operation.label] += 1
                faults += faults_of(office, request, known[name])

    assert len(operations) > 30
    assert set(met) == {(name, operation.label) for name in offices for operation in operations}
    assert faults == []


@on_one_database
def test_every_example_fits_its_schema(office):
    document = office.get("/openapi.json").json()

    wrong = [
        (where, fault.message)
        for where, schema, example in examples_in(document)
        for fault in Draft202012Validator(schema | {"components": document["components"]}).iter_errors(example)
    ]

    assert wrong == []


@on_one_database
def test_every_body_asked_for_has_an_example(office):
    document = office.get("/openapi.json").json()

    bare = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if not any(example for _, _, example in examples_of_body(document, content))
    ]

    assert bare == []


@on_one_database
def test_every_mode_is_documented_with_whole_answers(office):
    document = office.get("/openapi.json").json()

    bare = [
        (mode, method, path)
        for mode, paths in OF_MODE.items()
        for path in paths
        for method, operation in document["paths"][f"/v1{path}"].items()
        if not any(examples_below(document, answer) for answer in successes(operation))
    ]

    assert bare == []


def successes(operation) -> Iterator[dict[str, Any]]:
    """What a route answers when it does what it is asked."""
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from answer["content"].values()


def examples_below(document, answer) -> list[Any]:
    """Every example of an answer: its own, or of the schemas it is made of."""
    schema = answer.get("schema") or answer["itemSchema"]
    own = schema.get("examples", []) + schema.get("items", {}).get("examples", [])
    return own + [found for name in schemas_in(answer) for found in of_schema(document, name)]


def of_schema(document, name) -> list[Any]:
    schema = document["components"]["schemas"][name]
    return schema.get("examples", []) + [found for below in schemas_in(schema) for found in of_schema(document, below)]


def schemas_in(node) -> list[str]:
    """The schemas a part of the document points at."""
    if isinstance(node, list):
        return [name for each in node for name in schemas_in(each)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"].rpartition("/")[2]] if "$ref" in node else []
    return own + [name for each in node.values() for name in schemas_in(each)]


def ids_in(office) -> dict[str, str]:
    """Ids that lead somewhere, so that not every request ends in 404."""
    case = office.register.a_case("1")
    practitioner = office.register.a_practitioner("p1")
    run = office.post("/v1/runs", {}).json()["run"]
    offer = office.post("/v1/offers", {"case_id": case.id, "practitioner_ids": [practitioner.id]}).json()[0]
    endpoint = {"name": "x", "url": "https://hooks.example.org/", "types": ["case.assigned"]}
    webhook = office.post("/v1/webhooks", endpoint, role=Role.MANAGER).json()["webhook"]
    delivery = office.post(f"/v1/webhooks/{webhook['id']}/test", role=Role.MANAGER).json()
    draft = office.post("/v1/policies", {}, role=Role.MANAGER).json()
    tried = office.post("/v1/simulations", {"policy_id": draft["id"], "sample": True}, role=Role.MANAGER).json()
    return {
        "webhook_id": webhook["id"],
        "delivery_id": delivery["id"],
        "offer_id": offer["id"],
        "case_id": case.id,
        "practitioner_id": practitioner.id,
        "institution_id": office.register.the_institution().id,
        "assignment_id": office.register.an_assignment(case, practitioner).id,
        "policy_id": draft["id"],
        "other_id": office.register.policy.id,
        "simulation_id": tried["simulation"]["id"],
        "run_id": run["id"],
        "job_id": run["id"],
        "absence_id": office.register.add(a_suspension(practitioner)).id,
        "user_id": office.register.all(UserRow, UserRow.login == "token-recipient")[0].id,
    }


def a_suspension(practitioner):
    return AbsenceRow(
        kind=AbsenceKind.SUSPENSION,
        centre_id=practitioner.centre_id,
        practitioner_id=practitioner.id,
        from_on=NOW.date(),
        reason="review",
        created_at=NOW,
    )


class Request(NamedTuple):
    """What is drawn: a request, the ids in its address, and whether they give way to ids that lead somewhere."""

    case: schemathesis.Case
    places: dict[str, Any]
    leads: bool


def requests_of(operation) -> list[Request]:
    drawn = []

    @settings(
        max_examples=EXAMPLES_EACH,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), leads=st.booleans())
    def draw(case, leads):
        drawn.append(Request(case, dict(case.path_parameters or {}), leads))

    draw()
    return drawn


def faults_of(office, request, known) -> list[str]:
    case, faults = request.case, []
    if request.leads:
        case.path_parameters = {name: known.get(name, id) for name, id in request.places.items()}
    role = Role.ADMIN if "/users" in case.operation.path else Role.MANAGER
    answer = case.call(headers={"Authorization": f"Bearer {office.tokens[role]}"}, app=office.client.app)
    try:
        case.validate_response(answer, checks=CHECKED)
    except* AssertionError as found:
        told = f"{case.operation.label} {case.path_parameters} {answer.status_code}: {found.exceptions!r}"
        faults.append(told[:900])
    return faults


def examples_in(document) -> Found:
    for name, schema in document["components"]["schemas"].items():
        yield from examples_of_schema(name, schema)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            for parameter in operation.get("parameters", []):
                yield from examples_of_schema(f"{where} {parameter['name']}", parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from examples_of_content(where, content)
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    yield from examples_of_content(f"{where} {status}", content)


def examples_of_body(document, content) -> Found:
    yield from examples_of_content("body", content)
    name = content["schema"].get("$ref", "").rpartition("/")[2]
    if name:
        schema = document["components"]["schemas"][name]
        yield from examples_of_schema(name, schema)


def examples_of_content(where, content) -> Found:
    for name, example in content.get("examples", {}).items():
        yield f"{where} {name}", content["schema"], example["value"]
    if "example" in content:
        yield where, content["schema"], content["example"]
    yield from examples_of_schema(where, content.get("itemSchema", {}))


def examples_of_schema(where, schema) -> Found:
    for example in schema.get("examples", []):
        yield where, schema, example
    for name, below in schema.get("properties", {}).items():
        yield from examples_of_schema(f"{where}.{name}", below)
    for below in (*schema.get("anyOf", ()), *filter(None, [schema.get("items")])):
        yield from examples_of_schema(where, below)
