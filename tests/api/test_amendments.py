"""A case is changed by an officer, and by two where that lowers a protection; nobody's words are in the open."""

import json

from sqlalchemy import update

from dispatch.domain.vocabulary import Role
from dispatch.registry.seal import UNREADABLE
from dispatch.registry.tables import AmendmentRow, AuditRow, PartyRow
from tests.api.test_cases import a_draft

DEFENCE = {"matter": "criminal", "cause": "theft", "service": "defence", "grave": True, "detained": False}


def patched(office, case, **changes):
    headers = {"If-Match": f'"{case["revision"]}"'}
    return office.ask("PATCH", f"/v1/cases/{case['id']}", headers=headers, json=changes)


def test_change_is_told_with_what_follows_and_what_lowers_a_protection_waits_for_a_manager(office):
    case = office.post("/v1/cases", a_draft(**DEFENCE)).json()

    answer = patched(office, case, grave=False, detained=True, recipient={"contact": "13800000000"})

    told = answer.json()
    assert answer.headers["etag"] == f'"{told["revision"]}"'
    assert (told["grave"], told["detained"], told["made"]["fields"]) == (True, True, ["detained", "recipient_contact"])
    assert [each["event"] for each in told["followed"]] == ["amend", "propose"]
    waiting = office.get("/v1/amendments?state=waiting").json()["items"]
    assert [(row["id"], row["changes"]) for row in waiting] == [(told["waiting"]["id"], {"grave": [True, False]})]
    [finding] = office.get("/v1/registry/findings?kind=amendment_waiting&open=true").json()["items"]
    assert finding["subject_id"] == told["waiting"]["id"]

    review = {"approve": True, "reason": "the charge is a lesser one"}
    assert office.post(f"/v1/amendments/{told['waiting']['id']}/review", review).status_code == 403
    confirmed = office.post(f"/v1/amendments/{told['waiting']['id']}/review", review, role=Role.MANAGER).json()
    assert (confirmed["state"], office.get(f"/v1/cases/{case['id']}").json()["grave"]) == ("made", False)


def test_limits_that_a_change_moves_are_told(office):
    # Three days from a Monday end on a Thursday, for who is detained as for anybody else; from a Friday they do not.
    friday = {"received_at": "2026-03-06T09:00:00+08:00", "granted_at": "2026-03-06T10:00:00+08:00"}
    case = office.post("/v1/cases", a_draft(**DEFENCE)).json()

    told = patched(office, case, **friday).json()

    assert [(each["code"], each["was"][:10], each["now"][:10]) for each in told["limits"]] == [
        ("T4", "2026-03-12", "2026-03-09"),
    ]  # fmt: skip
    assert told["due_at"].startswith("2026-03-09")
    assert told["entitled_at"] == "2026-03-06T02:00:00Z"


def test_facts_are_read_with_their_history_and_the_reading_is_logged(office):
    case = office.post("/v1/cases", a_draft()).json()
    changed = patched(office, case, recipient={"name": "张三峰"}, organ="某市某区人民法院").json()
    back = patched(office, changed, recipient={"name": "张三丰"}).json()

    facts = {fact["field"]: fact for fact in office.get(f"/v1/cases/{case['id']}/facts").json()}

    assert (facts["recipient_name"]["value"], facts["recipient_name"]["private"]) == ("张三丰", True)
    assert {past["value"] for past in facts["recipient_name"]["history"]} == {"张三丰", "张三峰"}
    assert [past["value"] for past in facts["organ"]["history"]] == [None]
    assert [row.subject for row in office.register.all(AuditRow)][-1] == "fact"
    assert office.get(f"/v1/cases/{case['id']}/facts", role=Role.PRACTITIONER).status_code == 403
    open_texts = [office.get(path).text for path in ("/v1/amendments", f"/v1/cases/{case['id']}/events")]
    assert not any("张三" in text for text in [*open_texts, json.dumps(back, ensure_ascii=False)])


def test_change_that_cannot_be_is_refused_by_its_field_and_changes_nothing(office):
    case = office.post("/v1/cases", a_draft()).json()

    wrong = [
        patched(office, case, **changes).json()
        for changes in (
            {"matter": "criminal"}, {"cause": "witchcraft"}, {"granted_at": "2026-01-01T00:00:00Z"}, {"number": "9"},
            {"received_at": "2027-01-01T00:00:00Z", "granted_at": None}, {"demand": None}, {"review_court": "high"},
            {"recipient": {"identity_number": "1"}}, {"recipient": {"name": None}}, {"wishes": []},
        )
    ]  # fmt: skip

    assert [(each["code"], each.get("facts", {}).get("field") or each["errors"][0]["field"]) for each in wrong] == [
        ("invalid-field", "matter"), ("unknown-reference", "cause"), ("invalid-field", "granted_at"),
        ("invalid-request", "body.number"), ("invalid-field", "received_at"), ("invalid-request", "body.demand"),
        ("invalid-field", "review_court"), ("invalid-request", "body.recipient.identity_number"),
        ("invalid-request", "body.recipient.name"), ("invalid-request", "body.wishes"),
    ]  # fmt: skip
    assert office.get(f"/v1/cases/{case['id']}").json() == case


def test_who_can_decide_finds_what_waits_for_them_and_decides_it_at_once(office):
    proposed = {}
    for number, role in (("1", Role.CLERK), ("2", Role.CLERK), ("3", Role.MANAGER)):
        case = office.post("/v1/cases", a_draft(number=number, **DEFENCE)).json()
        headers = {"If-Match": f'"{case["revision"]}"'}
        answer = office.ask("PATCH", f"/v1/cases/{case['id']}", role, headers=headers, json={"grave": False})
        proposed[number] = answer.json()["waiting"]["id"]

    waits = office.get("/v1/amendments?to_decide=true", role=Role.MANAGER).json()
    taken_back = office.post(f"/v1/amendments/{proposed['2']}/withdraw", {})
    body = {"amendment_ids": list(proposed.values()), "approve": True, "reason": "the indictments say so"}
    decided = office.post("/v1/amendments/reviews", body, role=Role.MANAGER).json()

    assert {row["case_number"] for row in waits["items"]} == {"1", "2"}
    assert ({row["id"] for row in waits["items"]}, waits["total"]) == ({proposed["1"], proposed["2"]}, 2)
    assert office.get("/v1/amendments?to_decide=true").status_code == 403
    assert taken_back.json()["state"] == "withdrawn"
    assert [(each["refused"] or {}).get("code") or each["amendment"]["state"] for each in decided] == [
        "made", "illegal-transition", "second-person",
    ]  # fmt: skip
    assert office.post("/v1/amendments/reviews", body).status_code == 403


def test_facts_of_a_case_whose_people_cannot_be_read_any_more_say_so_and_tell_the_rest(office):
    case = office.post("/v1/cases", a_draft(opposing=[{"name": "某公司"}])).json()
    patched(office, case, area=None, recipient={"contact": "0370-1"})
    with office.register.begin() as tx:
        tx.session.exec(update(PartyRow).values(sealed=b"\x01" + bytes(40)))
        tx.session.exec(update(AmendmentRow).values(sealed=b"\x01" + bytes(40)))

    answer = office.get(f"/v1/cases/{case['id']}/facts")

    facts = {each["field"]: each for each in answer.json()}
    assert answer.status_code == 200
    assert (facts["matter"]["value"], facts["recipient_name"]["value"]) == ("civil", UNREADABLE)
    assert [each["value"] for each in facts["recipient_contact"]["history"]] == [UNREADABLE]
    assert [each["value"] for each in facts["area"]["history"]] == ["A"]
