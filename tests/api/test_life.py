"""The life of a case over HTTP: every act by who does it, with their own token, and refused to who may not."""

import pytest

from dispatch.domain.vocabulary import Role, Status
from tests.api.people import People
from tests.api.test_cases import a_draft
from tests.rows import NOW


class Town(People):
    """An office with one firm of two lawyers, its secretary, and a recipient's link, each with a token."""

    def __init__(self, office):
        super().__init__(office)
        self.firm = self.register.an_institution("firm")
        self.lawyer, self.hers = self.hired("p1", self.firm)
        self.colleague, _ = self.hired("p2", self.firm)
        self.firms = self.secretary(self.firm)

    def a_case(self, number="2026-7", **fields):
        return self.done(Role.CLERK, "/cases", a_draft(number=number, **fields))["id"]

    def taken(self, case_id):
        [offer] = self.done(Role.CLERK, "/offers", {"case_id": case_id, "practitioner_ids": [self.lawyer.id]})
        return self.done(self.hers, f"/offers/{offer['id']}/answer", {"accept": True})["assignment_id"]


@pytest.fixture
def town(office):
    return Town(office)


def test_lawyer_signs_works_reports_and_closes_and_is_graded_and_rated(town):
    case_id = town.a_case()
    seat = f"/assignments/{town.taken(case_id)}"
    steps = (
        (town.hers, f"{seat}/agreement", {"signed_on": NOW.date().isoformat()}, "signed"),
        (town.hers, f"{seat}/start", {}, "undertaken"),
        (town.hers, f"{seat}/reports", {"text": "met the recipient"}, "undertaken"),
        (town.hers, f"{seat}/major", {"ground": "group", "text": "forty workers"}, "undertaken"),
        (town.hers, f"{seat}/close", {"outcome": "mediated", "text": "paid", "effect": "wholly"}, "closed"),
        (town.link(case_id), f"/cases/{case_id}/rating", {"stars": 5}, "closed"),
        (Role.CLERK, f"{seat}/grade", {"grade": "excellent"}, "evaluated"),
    )

    for token, path, body, status in steps:
        town.done(token, path, body)
        assert town.status(case_id) == status, path

    held = town.done(Role.CLERK, seat, method="GET")
    assert (held["outcome"], held["grade"], held["stars"], held["end_reason"]) == ("mediated", "excellent", 5, "closed")
    papers = town.done(Role.CLERK, f"/cases/{case_id}/papers", method="GET")
    words = {paper["kind"]: paper["words"] for paper in papers}
    assert set(words) == {"agreement", "progress", "major", "closing", "rating", "assessment"}
    assert words["progress"] == {"text": "met the recipient"}


def test_refusal_is_contested_by_the_applicant_and_overturned_by_the_bureau(town):
    case_id = town.a_case(granted_at=None)
    town.done(Role.CLERK, f"/cases/{case_id}/refuse", {"ground": "means", "text": "above the line"})
    token = town.link(case_id)

    town.done(token, f"/cases/{case_id}/objections", {"text": "reckoned wrongly"})
    ruling = {"uphold": True, "text": "correct it"}
    assert town.ask(Role.CLERK, f"/cases/{case_id}/objections/ruling", ruling).status_code == 403
    ruled = town.done(Role.MANAGER, f"/cases/{case_id}/objections/ruling", ruling)

    assert (ruled["status"], ruled["granted_at"] is not None) == ("pending", True)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("terminate", {"ground": "fraud", "text": "false papers"}, "terminated"),
        ("own-counsel", {"text": "the family's lawyer"}, "retained"),
        ("transfer", {"ground": "raised", "to": "the province", "text": "a great case"}, "transferred"),
    ],
)
def test_case_ends_and_is_brought_back_by_the_managers_correction(town, path, body, status):
    case_id = town.a_case()

    assert town.done(Role.CLERK, f"/cases/{case_id}/{path}", body)["status"] == status
    assert town.ask(Role.CLERK, f"/cases/{case_id}/corrections", {"reason": "x"}).status_code == 403
    undone = town.done(Role.MANAGER, f"/cases/{case_id}/corrections", {"reason": "another case was meant"})

    assert (undone["status"], town.status(case_id)) == (Status.PENDING.value, "pending")


def test_applicant_withdraws_an_application_that_is_not_decided(town):
    case_id = town.a_case(granted_at=None)

    assert town.done(town.link(case_id), f"/cases/{case_id}/withdraw", {})["status"] == "withdrawn"


def test_recipient_asks_for_another_lawyer_and_the_firm_arranges_one(town):
    case_id = town.a_case()
    town.taken(case_id)
    request = {"ground": "neglect", "text": "never came", "evidence": ["a log"]}

    asked = town.done(town.link(case_id), f"/cases/{case_id}/replacements", request)
    [waiting] = town.done(Role.MANAGER, "/replacements?state=waiting", method="GET")["items"]
    assert waiting["id"] == asked["id"]
    town.done(Role.MANAGER, f"/replacements/{asked['id']}/decision", {"approve": True, "text": "verified"})
    [given] = town.done(town.firms, "/arrangements?state=open", method="GET")["items"]
    person = {"practitioner_id": town.colleague.id}
    done = town.done(town.firms, f"/arrangements/{given['id']}/person", person)

    assert (done["state"], town.status(case_id)) == ("arranged", "assigned")


def test_sick_lawyers_five_cases_are_handed_over_in_one_request(town):
    case_ids = [town.a_case(f"2026-{n}") for n in range(5)]
    for case_id in case_ids:
        town.taken(case_id)

    handed = town.done(
        Role.MANAGER, f"/practitioners/{town.lawyer.id}/hand-over", {"ground": "health", "text": "in hospital"}
    )

    assert {each["practitioner_id"] for each in handed} == {town.colleague.id}
    assert sorted(each["case_id"] for each in handed) == sorted(case_ids)


def test_institution_gets_a_case_arranges_its_person_or_gives_it_back(town):
    first, second = town.a_case("2026-1"), town.a_case("2026-2")
    entrust = {"institution_id": town.firm.id, "reason": "next in turn"}
    given = [town.done(Role.CLERK, f"/cases/{case_id}/institution", entrust) for case_id in (first, second)]

    town.done(town.firms, f"/arrangements/{given[0]['id']}/person", {"practitioner_id": town.lawyer.id})
    town.done(town.firms, f"/arrangements/{given[1]['id']}/decline", {"reason": "conflict"})

    assert (town.status(first), town.status(second)) == ("assigned", "pending")


def test_next_stage_begins_with_one_request_and_all_stages_are_listed(town):
    case_id = town.a_case()
    town.taken(case_id)

    following = {"number": "2026-8", "stage": "second_instance", "organ": "court of appeal"}
    later = town.done(Role.CLERK, f"/cases/{case_id}/stages", following)
    stages = town.done(Role.CLERK, f"/cases/{later['id']}/stages", method="GET")

    assert [each["case"]["number"] for each in stages] == ["2026-7", "2026-8"]
    assert [len(each["assignments"]) for each in stages] == [1, 0]


def test_papers_are_hidden_from_a_lawyer_without_a_part_in_the_case_and_from_the_recipient(town):
    case_id = town.a_case()

    for token in (town.hers, town.link(case_id)):
        assert town.ask(token, f"/cases/{case_id}/papers", method="GET").status_code == 404
