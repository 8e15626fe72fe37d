from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AuditRow, CaseEventRow, CaseRow, OutboxRow, PartyRow
from testbed.rows import PLAIN_FACTS, with_means
from tests.rows import NOW


def a_draft(**changes):
    """What a clerk types for an unpaid-wages case."""
    return with_means({
        "number": "2026-7",
        "matter": "civil",
        "cause": "wages",
        "service": "litigation_agency",
        "stage": "first_instance",
        "area": "A",
        "recipient": {"name": "张三丰", "identity_number": "411402198001010015", "sex": "male", "minor": False},
        **PLAIN_FACTS,
        "received_at": (NOW - timedelta(hours=2)).isoformat(),
        "granted_at": (NOW - timedelta(hours=1)).isoformat(),
        **changes,
    })  # fmt: skip


def test_clerk_registers_a_case_and_its_clock_starts(office):
    answer = office.post("/v1/cases", a_draft())

    assert answer.status_code == 201
    assert answer.json()["status"] == "pending"
    assert answer.json()["due_at"]
    assert answer.headers["location"] == f"/v1/cases/{answer.json()['id']}"


def test_same_case_twice_is_one_case(office):
    first = office.post("/v1/cases", a_draft())
    second = office.post("/v1/cases", a_draft())

    assert second.json()["id"] == first.json()["id"]
    assert len(office.register.all(CaseRow)) == 1


def test_unknown_cause_is_refused_with_those_of_its_branch_and_where_all_are_listed(office):
    answer = office.post("/v1/cases", a_draft(cause="salary"))

    facts = answer.json()["facts"]
    assert (answer.status_code, facts["field"], facts["listed"]) == (422, "cause", "/v1/causes")
    assert facts["known"][0] == "employment"
    assert "a civil cause of the catalogue, such as employment" in facts["expected"]["en"]


def test_another_case_under_the_same_number_is_refused(office):
    office.post("/v1/cases", a_draft())

    answer = office.post("/v1/cases", a_draft(detained=True))

    assert answer.status_code == 409
    assert answer.json()["code"] == "duplicate-number"


def test_same_key_twice_answers_the_same_and_changes_nothing(office):
    first = office.post("/v1/cases", a_draft(), headers={"Idempotency-Key": "k1"})

    second = office.post("/v1/cases", a_draft(), headers={"Idempotency-Key": "k1"})

    assert second.json() == first.json()
    assert second.status_code == 201
    assert second.headers["idempotency-replayed"] == "true"
    assert len(office.register.all(CaseEventRow)) == 2


def test_same_key_for_another_request_is_refused(office):
    office.post("/v1/cases", a_draft(), headers={"Idempotency-Key": "k1"})

    answer = office.post("/v1/cases", a_draft(number="8"), headers={"Idempotency-Key": "k1"})

    assert answer.status_code == 422
    assert answer.json()["code"] == "key-reused"


def test_keys_of_different_users_do_not_meet(office):
    office.post("/v1/cases", a_draft(), headers={"Idempotency-Key": "k1"})

    answer = office.post("/v1/cases", a_draft(number="8"), headers={"Idempotency-Key": "k1"}, role=Role.MANAGER)

    assert answer.status_code == 201


def test_refused_request_does_not_use_up_its_key(office):
    office.post("/v1/cases", a_draft(cause="witchcraft"), headers={"Idempotency-Key": "k1"})

    answer = office.post("/v1/cases", a_draft(), headers={"Idempotency-Key": "k1"})

    assert answer.status_code == 201


def test_eight_runs_asked_for_at_once_with_one_key_are_one_run(office):
    office.post("/v1/cases", a_draft())

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: office.post("/v1/runs", {}, headers={"Idempotency-Key": "k9"}), range(8)))

    ids = {answer.json()["run"]["id"] for answer in answers if answer.status_code == 202}
    assert len(ids) == 1
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len(office.register.all(OutboxRow)) == 1


def test_list_is_read_page_by_page_without_gap_or_repetition(office):
    for k in range(7):
        office.post("/v1/cases", a_draft(number=f"n{k}"))

    seen, cursor = [], None
    while True:
        page = office.get("/v1/cases", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += [case["number"] for case in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == [f"n{k}" for k in range(7)]


@pytest.mark.parametrize(
    ("query", "found"), [("status=pending", 1), ("status=closed", 0), ("area=A", 1), ("matter=criminal", 0)]
)
def test_list_is_narrowed_by_a_filter(office, query, found):
    office.post("/v1/cases", a_draft())

    assert len(office.get(f"/v1/cases?{query}").json()["items"]) == found


def test_people_in_a_case_are_read_by_permission_and_the_reading_is_logged(office):
    case_id = office.post("/v1/cases", a_draft()).json()["id"]

    people = office.get(f"/v1/cases/{case_id}/parties").json()

    assert people[0]["details"]["name"] == "张三丰"
    assert [row.subject_id for row in office.register.all(AuditRow, AuditRow.subject == "party")] == [case_id]


def test_no_answer_but_the_parties_holds_the_recipients_name(office):
    case_id = office.post("/v1/cases", a_draft()).json()["id"]

    texts = [office.get(path).text for path in ("/v1/cases", f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/events")]

    assert not any("张三丰" in text or "411402198001010015" in text for text in texts)
    assert all("张三丰".encode() not in row.sealed for row in office.register.all(PartyRow))


def test_name_and_number_of_a_person_reach_no_log_and_no_refusal(office, caplog):
    caplog.set_level("DEBUG")

    refused = office.post("/v1/cases", a_draft(cause="witchcraft", recipient={"name": "张三丰", "sex": "张三丰"}))
    again = office.post("/v1/cases", a_draft(recipient={"name": "张三丰" * 40, "identity_number": "4"}))

    assert "张三丰" not in caplog.text + refused.text + again.text


def test_candidates_are_ranked_with_terms_that_sum_to_the_score(office):
    office.register.a_practitioner("p1")
    office.register.a_practitioner("p2", specialties={"wages": 20})
    office.register.a_practitioner("p3", assessment_valid_to=None)
    case_id = office.post("/v1/cases", a_draft()).json()["id"]
    before = len(office.register.all(CaseEventRow))

    ranked = office.get(f"/v1/cases/{case_id}/candidates").json()

    assert [each["rank"] for each in ranked] == [1, 2, None]
    assert ranked[0]["score"] > ranked[1]["score"]
    assert sum(ranked[0]["terms"].values()) == ranked[0]["score"]
    assert ranked[2]["refusals"][0]["unknown"] is True
    assert len(office.register.all(CaseEventRow)) == before


def test_granting_starts_the_clock_once(office):
    case_id = office.post("/v1/cases", a_draft(granted_at=None)).json()["id"]

    granted = office.post(f"/v1/cases/{case_id}/grant", {})
    again = office.post(f"/v1/cases/{case_id}/grant", {})

    assert granted.json()["status"] == "pending"
    assert granted.headers["etag"] == f'"{granted.json()["revision"]}"'
    assert (again.status_code, again.json()["code"]) == (409, "illegal-transition")


def test_case_of_another_centre_is_not_found(office):
    stranger = office.register.a_stranger()
    with office.register.begin() as tx:
        case = tx.add(
            CaseRow(**(office.register.a_case("1").model_dump() | {"id": "elsewhere", "centre_id": stranger.centre_id}))
        )

    answer = office.get(f"/v1/cases/{case.id}")

    assert answer.status_code == 404


def test_dates_of_a_case_are_told_changed_and_cited_in_what_is_due(office):
    case = office.post("/v1/cases", a_draft(limitation_ends_on="2026-03-13", hearing_on="2026-05-06")).json()

    assert (case["limitation_ends_on"], case["hearing_on"], case["custody_ends_on"]) == (
        "2026-03-13", "2026-05-06", None,
    )  # fmt: skip
    assert case["due_source"]["zh"] == "《法律援助法》第四十四条第一款第一项"

    same = {"If-Match": f'"{case["revision"]}"'}
    answer = office.ask("PATCH", f"/v1/cases/{case['id']}", headers=same, json={"limitation_ends_on": None})
    assert answer.json()["due_source"]["zh"].startswith("《法律援助法》第四十三条第一款")
    assert office.post("/v1/cases", a_draft(number="8", hearing_on="2026-02-30")).status_code == 422


def test_aid_comes_first_and_its_papers_by_the_day_named(office):
    case = office.post("/v1/cases", a_draft(granted_at=None, preservation=True)).json()
    at = f"/v1/cases/{case['id']}"
    first = {"aid_first": "preservation", "materials_owed": ["means"], "materials_due_on": "2026-03-16"}

    refused = office.post(f"{at}/grant", {"first": first | {"aid_first": "limitation"}})
    assert (refused.status_code, "limitation_ends_on" in refused.text) == (422, True)
    granted = office.post(f"{at}/grant", {"first": first}).json()

    assert granted["status"] == "pending"
    assert {name: granted[name] for name in first} == first
    [limit] = [each for each in office.get(f"{at}/clocks").json() if each["limit"]["value"] == "T9b"]
    assert (limit["whose"]["value"], limit["due_at"]) == ("recipient", "2026-03-16T15:59:59Z")
    assert office.post(f"{at}/milestones", {"milestone": "material_in"}).status_code == 201
    assert office.get(at).json()["materials_owed"] == []
