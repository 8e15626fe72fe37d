"""Parties come by every door, are compared with those of all cases, and what is unclear is looked at once."""

from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, FindingRow, PartyRow
from tests.api.test_cases import a_draft
from tests.commands.life.acts import at_work

SEAL = Seal("test secret")
OTHERS = {
    "opposing": [{"name": "某公司"}], "co_accused": [{"name": "李雷"}], "spouses": [{"name": "韩梅"}],
    "guardians": [{"name": "王建国"}], "related": [{"name": "王建军"}],
}  # fmt: skip


def test_everyone_in_a_case_is_recorded_sealed_with_their_part(office):
    first = office.post("/v1/cases", a_draft(**OTHERS))

    rows = office.register.all(PartyRow)
    assert {row.role: SEAL.open(row.sealed)["name"] for row in rows} == {
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

    late = {"role": "opposing", "person": {"name": "张三", "identity_number": "411402198001010011"}}
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
