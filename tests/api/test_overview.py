"""A case at a glance by the API: its acts, its way, its people at work, and its facts in words."""

from dispatch.commands.lists.case_facts import FACTS
from dispatch.domain.vocabulary import Role, Status
from tests.api.test_cases import a_draft
from tests.rows import NOW


def test_overview_tells_the_way_and_what_may_be_done(office):
    register = office.register
    case, person = register.a_case("1", status=Status.SIGNED), register.a_practitioner("held")
    register.an_assignment(case, person, accepted_at=NOW, signed_at=NOW)

    found = office.get(f"/v1/cases/{case.id}/overview").json()
    looked = office.get(f"/v1/cases/{case.id}/overview", role=Role.AUDITOR).json()

    assert [act["value"] for act in found["acts"]] == ["terminate", "own_counsel"]
    [seat] = found["seats"]
    assert (seat["practitioner"]["code"], seat["situation"]["value"]) == ("held", "signed")
    assert [act["value"] for act in seat["acts"]] == ["begin", "report", "ask_replacement", "give_back"]
    assert "letter" in found["documents"]
    assert found["steps"]
    assert (looked["acts"], looked["documents"]) == ([], [])


def test_facts_are_told_in_words_with_what_they_were(office):
    case = office.post("/v1/cases", json=a_draft(number="1", detained=None)).json()
    headers = {"If-Match": f'"{case["revision"]}"'}
    sent = office.ask("PATCH", f"/v1/cases/{case['id']}", headers=headers, json={"major": True})

    zh = office.get(f"/v1/cases/{case['id']}/facts/public", headers={"Accept-Language": "zh"}).json()
    by_field = {fact["field"]: fact for fact in zh}

    assert sent.status_code == 200, sent.text
    assert by_field["major"]["history"][0]["value"] == "否"
    assert by_field["detained"]["value"] is None
    assert by_field["matter"]["value"] == "民事"
    assert "recipient_name" not in by_field
    assert len(zh) == len(FACTS)
