"""What keeps somebody from a case is declared, checked before anybody is asked, and undone where it was a mistake."""

import pytest

from dispatch.domain.states import PaperKind
from dispatch.domain.vocabulary import Role, Service
from dispatch.registry.tables import PairRow, PaperRow
from tests.api.test_cases import a_draft
from tests.rows import NOW

NUMBER = "41140219900101001X"


def checked(office, case, **asked):
    found = office.get(f"/v1/cases/{case.id}/conflict-check", params=asked).json()
    return {each["practitioner_id"]: [refusal["code"] for refusal in each["refusals"]] for each in found}


@pytest.mark.parametrize(
    ("kind", "rule"), [("conflict", ["no_conflict"]), ("removed", ["not_removed"]), ("duty_help", [])]
)
def test_declaration_keeps_them_from_the_case_until_a_manager_takes_it_back(office, kind, rule):
    case, person = office.register.a_case(), office.register.a_practitioner()
    path, named = f"/v1/cases/{case.id}/conflicts", {"text": "reason", "practitioner_id": person.id, "kind": kind}

    for _ in range(2):
        assert office.post(path, named).json()["replacement_id"] is None
    listed = office.get(path).json()
    barred = checked(office, case)
    clerk, manager = (office.post(f"{path}/withdraw", named, role=role) for role in (Role.CLERK, Role.MANAGER))

    assert [(each["practitioner_id"], each["kind"]) for each in listed] == [(person.id, kind)]
    assert barred == {person.id: rule}
    assert (clerk.status_code, manager.status_code) == (403, 204)
    assert checked(office, case) == {person.id: []}
    assert office.register.all(PairRow) == []
    assert office.register.history(case) == ["conflict", "conflict_undone"]
    assert [row.kind for row in office.register.all(PaperRow)] == [PaperKind.CONFLICT, PaperKind.CORRECTION]
    assert office.post(f"{path}/withdraw", named, role=Role.MANAGER).status_code == 404


def test_only_what_is_declarable_is_declared(office):
    case, person = office.register.a_case(), office.register.a_practitioner()

    answer = office.post(
        f"/v1/cases/{case.id}/conflicts", {"text": "x", "practitioner_id": person.id, "kind": "seated"}
    )

    assert (answer.status_code, answer.json()["facts"]["field"]) == (422, "kind")


def test_who_was_removed_by_the_court_while_at_work_is_to_be_replaced(office):
    case, person = office.register.a_case(service=Service.DEFENCE, matter="criminal"), office.register.a_practitioner()
    office.register.an_assignment(case, person, accepted_at=NOW)
    named = {"text": "法院决定", "practitioner_id": person.id, "kind": "removed"}

    assert office.post(f"/v1/cases/{case.id}/conflicts", named).json()["replacement_id"]


def test_check_asks_about_a_practitioner_an_institution_or_everyone(office):
    mine, other = office.register.an_institution("mine"), office.register.an_institution("other")
    one, two = office.register.a_practitioner("p1", mine), office.register.a_practitioner("p2", other)
    case = office.register.a_case()
    office.post(f"/v1/cases/{case.id}/conflicts", {"text": "x", "practitioner_id": one.id})

    assert checked(office, case) == {one.id: ["no_conflict"], two.id: []}
    assert checked(office, case, practitioner_id=two.id) == {two.id: []}
    assert checked(office, case, institution_id=mine.id) == {one.id: ["no_conflict"]}
    assert office.get(f"/v1/cases/{case.id}/conflict-check", params={"practitioner_id": "nobody"}).status_code == 404
    assert office.get(f"/v1/cases/{case.id}/conflict-check", role=Role.PRACTITIONER).status_code == 403


def test_people_not_taken_in_yet_are_checked_against_all_cases_and_nothing_is_kept(office):
    opponent = {"name": "李雷", "identity_number": NUMBER}
    case = office.post("/v1/cases", a_draft(opposing=[opponent])).json()
    person = office.register.a_practitioner()

    def found(role, **person):
        sent = {"parties": [{"role": role, "person": person}]}
        return [
            (each["other_id"], each["ground"], each["certain"])
            for each in office.post("/v1/conflict-check", sent).json()
        ]

    assert found("recipient", name="李 雷", identity_number=f" {NUMBER}") == [(case["id"], "adverse", True)]
    assert found("recipient", name="李雷") == [(case["id"], "adverse", False)]
    assert found("recipient", name="韩梅梅") == found("opposing", name="李雷", identity_number=NUMBER) == []
    assert person.id not in str(office.register.all(PairRow))
    assert len(office.get("/v1/cases").json()["items"]) == 1
