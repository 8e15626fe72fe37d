"""Assignments over HTTP, and what their notices say."""

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AuditRow, CaseRow
from tests.api.test_cases import a_draft


def an_assigned_case(office):
    case_id = office.post("/v1/cases", a_draft()).json()["id"]
    practitioner = office.register.a_practitioner("p1")
    return office.register.an_assignment(office.register.get(CaseRow, case_id), practitioner)


def test_notice_names_case_recipient_and_practitioner(office):
    assignment = an_assigned_case(office)

    notice = office.get(f"/v1/assignments/{assignment.id}/notice").json()

    assert notice["case_number"] == "2026-7"
    assert notice["recipient"] == "张三丰"
    assert (notice["practitioner"], notice["practitioner_code"]) == ("person p1", "p1")
    assert (notice["institution_code"], notice["mode"]) == ("firm", "designation")


def test_reading_a_notice_is_logged(office):
    assignment = an_assigned_case(office)

    office.get(f"/v1/assignments/{assignment.id}/notice", role=Role.AUDITOR)

    assert [(row.verb, row.subject, row.subject_id) for row in office.register.all(AuditRow)] == [
        ("read_case", "party", assignment.case_id)
    ]


def test_notice_of_nothing_is_not_found_and_leaves_no_trace(office):
    answer = office.get("/v1/assignments/none/notice")

    assert answer.status_code == 404
    assert office.register.all(AuditRow) == []


def test_assignments_are_found_by_case_and_by_practitioner(office):
    assignment = an_assigned_case(office)

    found = [
        office.get(f"/v1/assignments?{query}").json()["items"]
        for query in (f"case_id={assignment.case_id}", f"practitioner_id={assignment.practitioner_id}", "live=false")
    ]

    assert [[row["id"] for row in rows] for rows in found] == [[assignment.id], [assignment.id], []]
