"""Parties come by every door, are compared with those of all cases, and what is unclear is looked at once."""

from dispatch.commands.housekeeping import check_register
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import CaseRow, ConflictReviewRow, FindingRow, PartyRow
from tests.api.test_cases import a_draft
from tests.commands.life.acts import at_work
from tests.rows import NOW

OTHERS = {
    "opposing": [{"name": "某公司"}], "co_accused": [{"name": "李雷"}], "spouses": [{"name": "韩梅"}],
    "guardians": [{"name": "王建国"}], "related": [{"name": "王建军"}],
}  # fmt: skip


def test_everyone_in_a_case_is_recorded_sealed_with_their_part(office):
    first = office.post("/v1/cases", a_draft(**OTHERS))

    rows = office.register.all(PartyRow)
    assert {row.role: office.register.seal.open(row.sealed)["name"] for row in rows} == {
        "recipient": "张三丰", "opposing": "某公司", "co_defendant": "李雷", "spouse": "韩梅", "guardian": "王建国",
        "related": "王建军",
    }  # fmt: skip
    assert {row.role for row in rows if row.name_key is None} == {"opposing"}, "a name that is nobody's is not compared"
    assert office.post("/v1/cases", a_draft(**OTHERS)).json() == first.json()


def test_name_of_a_former_client_keeps_their_lawyer_out_until_a_person_says_it_is_another(office):
    person = office.register.a_practitioner()
    first = office.post("/v1/cases", a_draft(number="2026-1")).json()["id"]
    at_work(office.register, office.register.get(CaseRow, first), person)
    drafted = a_draft(number="2026-2", recipient={**a_draft()["recipient"], "name": "李四", "identity_number": None})
    second = office.post("/v1/cases", drafted | {"opposing": [{"name": "张·三丰"}]}).json()["id"]

    def refused():
        [candidate] = office.get(f"/v1/cases/{second}/candidates").json()
        return [(each["code"], each["unknown"]) for each in candidate["refusals"]]

    assert refused() == [("conflict_reviewed", True)]
    [shared] = office.get(f"/v1/cases/{second}/shared-parties").json()
    assert (shared["name"], shared["role"], shared["other_number"]) == ("张·三丰", "opposing", "2026-1")
    assert (shared["ground"], shared["certain"], shared["outcome"]) == ("adverse", False, None)
    at = f"/v1/cases/{second}/shared-parties/{shared['id']}"
    refusal = office.ask("PUT", at, json={"outcome": "no_conflict", "text": "x"})
    assert (refusal.status_code, refusal.json()["code"]) == (422, "invalid-field")
    assert office.ask("PUT", at, json={"outcome": "different_person", "text": "two people"}).status_code == 204
    assert refused() == []
    [other] = office.get(f"/v1/cases/{first}/shared-parties").json()
    assert (other["id"], other["outcome"]) == (shared["id"], "different_person")


def test_doubts_of_all_open_cases_are_listed_and_several_settled_with_one_reason(office):
    register = office.register
    named = {"name": "王芳", "identity_number": "411402198505051232"}
    for number, party in (("1", None), ("2", {"name": "王 芳"}), ("3", {"name": "王·芳"}), ("4", named)):
        recipient = {**a_draft()["recipient"], "name": f"受援{number}", "identity_number": None}
        drafted = a_draft(number=f"2026-{number}", recipient=recipient if party else {**recipient, **named})
        office.post("/v1/cases", drafted | ({"opposing": [party]} if party else {}))

    waiting = office.get("/v1/shared-parties").json()
    assert (waiting["total"], [each["same_number"] for each in waiting["items"]]) == (2, [False, False])
    assert office.get("/v1/shared-parties", params={"limit": 1}).json()["total"] == 2
    assert office.get("/v1/shared-parties", params={"ground": "close"}).json()["total"] == 0

    chosen = [{"case_id": each["case_id"], "shared_id": each["id"]} for each in waiting["items"]]
    found = {"outcome": "different_person", "text": "户籍信息显示为两人"}
    wrong = office.post("/v1/shared-parties/reviews", {**found, "shared": [*chosen, chosen[0] | {"shared_id": "x"}]})
    assert (wrong.status_code, len(register.all(ConflictReviewRow))) == (404, 0), "all or none"
    assert office.post("/v1/shared-parties/reviews", {**found, "shared": chosen}).status_code == 204
    assert office.get("/v1/shared-parties").json() == {"total": 0, "items": []}

    again = {"outcome": "conflict", "text": "原登记有误"}
    assert office.post("/v1/shared-parties/reviews", {**again, "shared": chosen[:1]}).status_code == 204
    assert sorted((row.outcome, row.superseded_at is None) for row in register.all(ConflictReviewRow)) == [
        ("conflict", True), ("different_person", False), ("different_person", True),
    ], "what was found before stays in the history"  # fmt: skip


def test_party_known_late_is_recorded_and_reports_who_has_the_case(office):
    register = office.register
    person, another = register.a_practitioner(), register.a_practitioner("p2")
    first = office.post("/v1/cases", a_draft(number="2026-1")).json()["id"]
    second = office.post("/v1/cases", a_draft(number="2026-2", recipient={
        "name": "李四", "sex": "male", "minor": False})).json()["id"]  # fmt: skip
    for case_id, who in ((first, person), (second, person)):
        at_work(register, register.get(CaseRow, case_id), who)

    late = {
        "role": "opposing",
        "person": {"name": "张三", "identity_number": a_draft()["recipient"]["identity_number"]},
    }
    assert office.post(f"/v1/cases/{second}/parties", late).status_code == 204
    findings = register.all(FindingRow)
    assert {each.facts["case_id"]: each.facts["rules"] for each in findings} == {
        first: ["not_adverse"], second: ["not_adverse"],
    }  # fmt: skip
    assert {each.kind for each in findings} == {"holder_barred"}
    assert {each.facts["practitioner_id"] for each in findings} == {person.id} != {another.id}
    assert register.history(register.get(CaseRow, second))[-2:] == ["doubt", "amend"]
    recipient = office.post(f"/v1/cases/{second}/parties", late | {"role": "recipient"})
    assert (recipient.status_code, recipient.json()["code"]) == (422, "invalid-field")


def test_party_of_a_case_given_back_long_ago_reports_who_has_the_case_of_the_other_side(office):
    """The tie is noticed in the file of the first case; the conflict is in the second."""
    register = office.register
    person = register.a_practitioner()
    mine = {**a_draft()["recipient"], "name": "李四", "identity_number": "411402198505051232"}
    second = office.post("/v1/cases", a_draft(number="2026-2", recipient=mine)).json()["id"]
    first = register.a_case("1", status=Status.ASSIGNED)
    register.an_assignment(first, person, accepted_at=NOW, ended_at=NOW, end_reason=EndReason.ABANDONED)
    at_work(register, register.get(CaseRow, second), person)

    late = {"role": "opposing", "person": {"name": "李四", "identity_number": "411402198505051232"}}
    assert office.post(f"/v1/cases/{first.id}/parties", late).status_code == 204

    [finding] = register.all(FindingRow)
    assert (finding.facts["case_id"], finding.facts["rules"]) == (second, ["not_adverse"])


def test_tie_between_cases_known_late_is_recorded_once_and_reports_who_has_either(office):
    register = office.register
    person = register.a_practitioner()
    first, second = (register.a_case(number, matter="criminal", cause="theft", service="defence") for number in "12")
    for case in (first, second):
        at_work(register, case, person)

    tie = {"kind": "co_defendants", "other_id": first.id}
    assert [office.post(f"/v1/cases/{second.id}/relations", tie).status_code for _ in range(2)] == [204, 204]
    assert {each.facts["case_id"]: each.facts["rules"] for each in register.all(FindingRow)} == {
        first.id: ["no_co_defence"], second.id: ["no_co_defence"],
    }  # fmt: skip
    assert office.post(f"/v1/cases/{second.id}/relations", tie | {"other_id": second.id}).status_code == 422
    [related] = office.get(f"/v1/cases/{second.id}/relations").json()
    assert related["other_id"] == tie["other_id"]
    assert (related["kind"], related["later"]) == (tie["kind"], False)


def test_move_to_the_firm_of_the_other_side_is_reported_at_once_and_once(office):
    register = office.register
    firm, other = register.an_institution("firm"), register.an_institution("other")
    mover, colleague = register.a_practitioner("p1", firm), register.a_practitioner("p2", other)
    mine, theirs = ({"name": name, "identity_number": number} for name, number in (
        ("张三丰", a_draft()["recipient"]["identity_number"]), ("李四", "411402198505051232"),
    ))  # fmt: skip
    for number, client, opponent, who in (("2026-1", mine, theirs, mover), ("2026-2", theirs, mine, colleague)):
        drafted = a_draft(number=number, recipient={**client, "sex": "male", "minor": False}, opposing=[opponent])
        case_id = office.post("/v1/cases", drafted).json()["id"]
        at_work(register, register.get(CaseRow, case_id), who)
    assert register.all(FindingRow) == []

    revision = office.get(f"/v1/practitioners/{mover.id}").headers["etag"]
    moved = office.ask(
        "PATCH", f"/v1/practitioners/{mover.id}", json={"institution": "other"}, headers={"If-Match": revision}
    )
    assert moved.status_code == 200, moved.json()
    [finding] = register.all(FindingRow)
    assert (finding.facts["practitioner_id"], finding.facts["rules"]) == (mover.id, ["not_opposite"])
    told = register.history(register.get(CaseRow, finding.facts["case_id"]))
    check_register(register.begin, register.read, NOW, register.centre.id)
    [same] = register.all(FindingRow, FindingRow.kind == "holder_barred")
    assert (same.id, same.closed_at) == (finding.id, None)
    assert register.history(register.get(CaseRow, finding.facts["case_id"])) == told
