"""Webhooks over HTTP: made with a secret shown once, changed by revision, tried out, replayed."""

from dispatch.domain.findings import FindingKind
from dispatch.domain.vocabulary import Role
from dispatch.domain.webhooks import DeliveryState
from dispatch.registry.tables import DeliveryRow, FindingRow, IdempotencyRow
from tests.rows import NOW

ENDPOINT = {"name": "system", "url": "https://hooks.example.org/", "types": ["case.assigned", "case.granted"]}


def ask(office, method, path, json=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return office.ask(method, f"/v1/webhooks{path}", role=Role.MANAGER, json=json, headers=named)


def make(office, **changes):
    return ask(office, "POST", "", ENDPOINT | changes).json()["webhook"]["id"]


def test_secret_is_shown_once_and_kept_in_no_answer(office):
    made = ask(office, "POST", "", ENDPOINT, Idempotency_Key="k1")
    again = ask(office, "POST", "", ENDPOINT, Idempotency_Key="k1")
    listed = ask(office, "GET", "").json()["items"]

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert made.headers["cache-control"] == "no-store"
    assert again.json()["code"] == "answer-pending"
    assert len(listed) == 1
    assert "whsec_" not in str([listed, *(row.body for row in office.register.all(IdempotencyRow))])


def test_private_address_is_refused_without_being_quoted(office):
    answer = ask(office, "POST", "", ENDPOINT | {"url": "http://127.0.0.1:9/secret-path"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-field")
    assert "secret-path" not in answer.text


def test_endpoint_is_changed_by_its_revision(office):
    id = make(office)
    read = ask(office, "GET", f"/{id}")

    without = ask(office, "PATCH", f"/{id}", {"types": ["case.closed"]})
    changed = ask(office, "PATCH", f"/{id}", {"types": ["case.closed"]}, If_Match=read.headers["etag"])
    stale = ask(office, "PATCH", f"/{id}", {"name": "x"}, If_Match=read.headers["etag"])

    assert (without.status_code, stale.status_code) == (428, 412)
    assert (changed.json()["types"], changed.json()["name"]) == (["case.closed"], "system")


def test_new_secret_overlaps_with_the_one_before(office):
    id = make(office)

    changed = ask(office, "POST", f"/{id}/secret", {"overlap_hours": 2})

    assert changed.headers["cache-control"] == "no-store"
    assert changed.json()["webhook"]["before_until"] == "2026-03-09T03:00:00Z"


def test_endpoint_is_disabled_enabled_and_retired(office):
    id = make(office)

    ways = [("POST", "/disable"), ("POST", "/enable"), ("DELETE", ""), ("DELETE", "")]
    states = [ask(office, method, f"/{id}{path}").json()["state"] for method, path in ways]

    assert states == ["disabled", "active", "retired", "retired"]
    assert ask(office, "POST", f"/{id}/test").json()["code"] == "webhook-silent"


def test_deliveries_are_listed_filtered_and_replayed(office):
    id = make(office)
    sent = ask(office, "POST", f"/{id}/test")
    with office.register.begin() as tx:
        tx.session.get_one(DeliveryRow, sent.json()["id"]).state = DeliveryState.DEAD

    dead = ask(office, "GET", f"/{id}/deliveries?state=dead&type=webhook.test").json()["items"]
    one = ask(office, "POST", f"/{id}/deliveries/{sent.json()['id']}/replay")
    rest = ask(office, "POST", f"/{id}/replay", {"since": "2026-03-09T00:00:00Z"})
    waiting = ask(office, "GET", f"/{id}/deliveries?state=waiting").json()["items"]

    assert sent.status_code == one.status_code == rest.status_code == 202
    assert [row["id"] for row in dead] == [row["id"] for row in waiting] == [one.json()["id"]]
    assert rest.json() == {"replayed": 0}


def test_repeated_test_with_one_key_sends_one_message(office):
    id = make(office)

    for _ in range(2):
        ask(office, "POST", f"/{id}/test", Idempotency_Key="k1")

    assert len(office.register.all(DeliveryRow)) == 1


def test_findings_are_listed_by_kind_subject_and_state(office):
    plain = {"centre_id": office.register.centre.id, "subject": "practitioner", "opened_at": NOW}
    office.register.add(
        FindingRow(kind=FindingKind.FACTS_MISSING, subject_id="p1", facts={"fields": ["sex"]}, **plain),
        FindingRow(kind=FindingKind.LEAVE_ENDING, subject_id="p2", facts={}, closed_at=NOW, **plain),
    )

    def listed(query):
        return [row["subject_id"] for row in office.get(f"/v1/registry/findings{query}").json()["items"]]

    assert listed("?open=true") == listed("?kind=facts_missing") == listed("?subject_id=p1") == ["p1"]
    assert listed("?open=false") == ["p2"]
    assert len(listed("")) == 2


def test_types_and_findings_have_words_in_both_languages(office):
    words = office.get("/v1/vocabulary").json()

    assert {"value": "case.closed", "zh": "已结案", "en": "a case was closed"} in words["HookType"]
    assert {"FindingKind", "DeliveryState", "HookState", "Disabled", "Trouble"} <= set(words)
