"""Supervision over HTTP: recorded, issued as the ministry's forms, the inquiry read by its organ, struck out."""

from dispatch.domain.vocabulary import Role
from tests.api.test_documents import HEAD, case

__all__ = ["case"]

HEARING = {"observer": "李某", "text": "准备充分", "held_on": "2026-03-09"}
ANSWER = {"satisfaction": "satisfied", "answered_by": "钱法官", "text": "意见被采纳"}
CALL = {"manner": "telephone", "satisfaction": "fairly", "caller": "李某", "text": "会见两次"}


def done(answer, status=201):
    assert answer.status_code == status, answer.text
    return answer.json()


def test_work_is_supervised_and_each_record_is_issued_as_its_form(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    [assignment] = office.get(f"/v1/assignments?case_id={case.id}").json()["items"]
    seat = f"/v1/assignments/{assignment['id']}"
    done(office.post(f"{seat}/hearings", HEARING))
    inquiry = done(office.post(f"{seat}/inquiries", {"text": "是否按时出庭？"}))
    done(office.post(f"/v1/inquiries/{inquiry['id']}/answer", ANSWER))
    call = done(office.post(f"{seat}/call-backs", CALL))

    kinds = ("hearing_record", "inquiry", "call_back")
    rows = [done(office.post(f"/v1/cases/{case.id}/documents/{kind}", {})) for kind in kinds]
    pages = [office.get(f"/v1/documents/{row['id']}/page").text for row in rows]
    again = office.post(f"/v1/inquiries/{inquiry['id']}/answer", ANSWER | {"satisfaction": "not"})
    undone = done(
        office.post(f"/v1/supervision/{call['id']}/corrections", {"reason": "系他案"}, role=Role.MANAGER), 200
    )

    assert all(words in page for words, page in zip(("准备充分", "意见被采纳", "基本满意"), pages, strict=True))
    assert [row["id"] for row in office.get("/v1/letters", role=Role.ORGAN).json()["items"]] == [rows[1]["id"]]
    reads = [office.get(f"/v1/documents/{row['id']}/page", role=Role.ORGAN).status_code for row in rows]
    assert reads == [404, 200, 404]
    assert (again.status_code, again.json()["code"]) == (409, "step-out-of-order")
    assert undone["facts"] == {"corrects": "call_back", "struck_out": call["id"]}


def test_record_is_refused_with_the_field_and_to_who_may_not_supervise(office, case):
    [assignment] = office.get(f"/v1/assignments?case_id={case.id}").json()["items"]
    seat = f"/v1/assignments/{assignment['id']}"

    refused = office.post(f"{seat}/hearings", HEARING | {"held_on": "2026-03-10"})
    blank = office.post(f"{seat}/call-backs", {**CALL, "caller": " "})

    assert (refused.status_code, refused.json()["facts"]["field"]) == (422, "held_on")
    assert (blank.status_code, blank.json()["errors"][0]["field"]) == (422, "body.caller")
    for role in (Role.PRACTITIONER, Role.AUDITOR, Role.RECIPIENT):
        assert office.post(f"{seat}/hearings", HEARING, role=role).status_code == 403
    assert office.post("/v1/supervision/none/corrections", {"reason": "x"}).status_code == 403
