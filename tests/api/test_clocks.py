"""Time limits over HTTP: listed by their end, read with a case, reported; milestones; documents that tell."""

from dataclasses import replace

import pytest

from dispatch.domain.vocabulary import Role
from tests.api.people import People
from tests.commands.documents.written import a_named_case
from tests.commands.life.acts import accepted
from tests.rows import NOW, a_draft

HEAD = {"mark": "商", "contact": "王主任", "phone": "0370-12348"}
TRIAL = {
    "matter": "criminal", "cause": "theft", "service": "defence", "source": "notice_must", "granted_at": None,
    "organ": "某市某区人民法院", "received_at": NOW,
}  # fmt: skip


@pytest.fixture
def people(office):
    return People(office)


def registered(people, number="1", **fields):
    return people.done(Role.CLERK, "/cases", a_draft(number, **fields).model_dump(mode="json"))


def codes(items):
    return [(item["limit"]["value"], item["state"]) for item in items]


def test_limits_are_listed_by_their_end_page_by_page_and_with_their_case(people):
    case = registered(people, **TRIAL)
    registered(people, "2", granted_at=None, received_at=NOW)

    first = people.fetch(Role.CLERK, "/clocks?limit=2")
    rest = people.fetch(Role.AUDITOR, f"/clocks?limit=2&cursor={first['next']}")
    own = people.fetch(Role.MANAGER, f"/cases/{case['id']}/clocks")

    found = codes(first["items"]) + codes(rest["items"])
    assert (sorted(found[:2]), found[2:]) == ([("T2", "running"), ("T2b", "running")], [("T3", "running")])
    assert rest["next"] is None
    assert {code for code, _ in codes(own)} == {"T2", "T2b"}
    assert own[0]["case_number"] == "1"
    assert (own[0]["whose"]["value"], own[0]["ours"]) == ("centre", True)
    assert "《法律援助法》第三十六条" in own[0]["basis"]["zh"]
    assert "王小明" not in str(first)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=running", {"T2", "T2b"}),
        ("state=overdue", set()),
        ("code=T2", {"T2"}),
        ("due_before=2026-03-12T15:59:59Z", set()),
        ("due_before=2026-03-12T16:00:00Z", {"T2", "T2b"}),
    ],
)
def test_list_of_limits_is_narrowed(people, asked, found):
    registered(people, **TRIAL)

    assert {code for code, _ in codes(people.fetch(Role.CLERK, f"/clocks?{asked}")["items"])} == found


def test_practitioner_records_a_hearing_and_the_papers_and_sees_what_runs(people):
    lawyer, token = people.hired("p1", people.register.an_institution("firm"))
    case = registered(people, **TRIAL)
    given = {"practitioner_id": lawyer.id, "reason": "知悉案情"}
    people.done(Role.CLERK, f"/cases/{case['id']}/designation", given)
    assignment = people.fetch(Role.CLERK, "/assignments")["items"][0]
    people.done(token, f"/assignments/{assignment['id']}/answer", {"accept": True})

    hearing = people.done(token, f"/cases/{case['id']}/milestones", {"milestone": "hearing", "on": "2026-04-20"})
    papers = people.done(token, f"/cases/{case['id']}/milestones", {"milestone": "papers"})

    assert [(each["limit"]["value"], each["due_at"]) for each in hearing["clocks"]] == [("T12", "2026-04-05T15:59:59Z")]
    assert codes(papers["clocks"]) == [("T13", "met")]
    [own] = people.fetch(token, "/me/cases")
    assert len(own["deadlines"]) == 3  # the agreement, the court's notice, the closing day
    assert people.ask(token, "/clocks", method="GET").status_code == 403
    assert people.ask(token, f"/cases/{case['id']}/milestones", {"milestone": "paid"}).status_code == 403
    assert people.ask(Role.AUDITOR, f"/cases/{case['id']}/milestones", {"milestone": "papers"}).status_code == 403
    again = people.ask(token, f"/cases/{case['id']}/milestones", {"milestone": "papers"})
    assert (again.status_code, again.json()["code"]) == (409, "illegal-transition")


def test_decision_and_letter_tell_the_three_and_a_void_letter_tells_nobody(office, people, app):
    register = replace(office.register, seal=app.state.context.key.require())
    case = a_named_case(register)
    accepted(register, case, register.a_practitioner("p1"))
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    letter = {"values": {"standing": "原告", "practitioner_phone": "13800000001"}}
    people.done(Role.CLERK, f"/cases/{case.id}/documents/letter", letter)
    people.done(Role.CLERK, f"/cases/{case.id}/terminate", {"ground": "case_over", "text": "over"})

    def reported():
        rows = people.fetch(Role.CLERK, f"/cases/{case.id}/clocks")
        return {code: state for code, state in codes(rows) if code.startswith("T20")}

    assert reported() == dict.fromkeys(("T20a", "T20b", "T20c"), "running")
    people.done(Role.CLERK, f"/cases/{case.id}/documents/termination", {})
    assert reported() == {"T20a": "met", "T20b": "met", "T20c": "running"}
    answer = people.ask(Role.CLERK, f"/cases/{case.id}/documents/termination_letter", {})
    assert answer.status_code == 201, answer.text
    assert reported()["T20c"] == "met"
    people.done(Role.CLERK, f"/documents/{answer.json()['id']}/void", {"reason": "wrong organ"})
    assert reported()["T20c"] == "running"


def test_report_counts_what_was_kept_by_limit_and_leaves_out_what_is_the_organs(people):
    lawyer, token = people.hired("p1", people.register.an_institution("firm"))
    case = registered(people, **TRIAL)
    people.done(Role.CLERK, f"/cases/{case['id']}/designation", {"practitioner_id": lawyer.id, "reason": "知悉案情"})
    assignment = people.fetch(Role.CLERK, "/assignments")["items"][0]
    people.done(token, f"/assignments/{assignment['id']}/answer", {"accept": True})
    people.done(token, f"/cases/{case['id']}/milestones", {"milestone": "hearing", "on": "2026-03-20"})

    [report] = people.fetch(Role.MANAGER, "/reports/timeliness?since=2026-03-01&until=2026-03-31")["reports"]

    rows = {row["limit"]["code"]: row for row in report["rows"]}
    assert (rows["T2"]["met"], rows["T2"]["rate"], rows["T2"]["whose"]["code"]) == (1, 1.0, "centre")
    assert (rows["T12"]["overdue"], rows["T12"]["whose"]["code"]) == (1, "organ")
    # The assignment kept; the letter, the papers and the agreement still to come; the court's notice left out.
    assert (rows["all"]["limits"], rows["all"]["met"], rows["all"]["running"]) == (4, 1, 3)
    assert rows["all"]["rate"] == 1.0
