"""Parties come by every door, are compared with those of all cases, and what is unclear is looked at once."""

from dispatch.commands.housekeeping import check_register
from dispatch.registry.tables import CaseRow, FindingRow, PartyRow
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
    [finding] = register.all(FindingRow)
    assert (finding.kind, finding.facts["case_id"], finding.facts["rules"]) == (
        "holder_barred",
        second,
        ["not_adverse"],
    )
    assert finding.facts["practitioner_id"] == person.id != another.id
    assert register.history(register.get(CaseRow, second))[-2:] == ["doubt", "amend"]
    recipient = office.post(f"/v1/cases/{second}/parties", late | {"role": "recipient"})
    assert (recipient.status_code, recipient.json()["code"]) == (422, "invalid-field")


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
