"""Assignments over HTTP."""

from dispatch.registry.tables import CaseRow
from tests.api.test_cases import a_draft


def an_assigned_case(office):
    case_id = office.post("/v1/cases", a_draft()).json()["id"]
    practitioner = office.register.a_practitioner("p1")
    return office.register.an_assignment(office.register.get(CaseRow, case_id), practitioner)


def test_assignments_are_found_by_case_and_by_practitioner(office):
    assignment = an_assigned_case(office)

    found = [
        office.get(f"/v1/assignments?{query}").json()["items"]
        for query in (f"case_id={assignment.case_id}", f"practitioner_id={assignment.practitioner_id}", "live=false")
    ]

    assert [[row["id"] for row in rows] for rows in found] == [[assignment.id], [assignment.id], []]
