"""Notices of case organs over HTTP: sent, followed, taken back, by case organs alone."""

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import CaseRow
from testbed.rows import PLAIN_FACTS
from tests.api.conftest import ORGAN
from tests.commands.life.acts import accepted

NOTICE = {
    "number": "示刑援通〔2026〕12号", "cause": "盗窃罪", "stage": "first_instance", "area": "A",
    "recipient": {"name": "张三丰", "minor": False}, **PLAIN_FACTS,
}  # fmt: skip
COUNSEL = {
    "practitioner": "person p1", "practitioner_code": "p1", "institution": "firm firm", "contact": None,
    "capacity": "辩护人", "accepted": True,
}  # fmt: skip


def sent(office, **changes):
    return office.post("/v1/notices", NOTICE | changes, role=Role.ORGAN)


def test_notice_is_sent_followed_and_seen_by_the_clerk(office):
    answer = sent(office)
    where = answer.headers["Location"]
    case = office.register.get(CaseRow, answer.json()["id"])
    accepted(office.register, case, office.register.a_practitioner("p1"))

    followed = office.get(where, role=Role.ORGAN).json()

    assert (answer.status_code, answer.json()["status"], answer.json()["counsel"]) == (201, "pending", [])
    assert answer.json()["due_source"]["zh"].startswith("《法律援助法》第三十六条")
    assert [row["id"] for row in office.get("/v1/cases?status=accepted&source=notice_must").json()["items"]] == [
        case.id
    ]
    assert office.get("/v1/cases?source=application").json()["items"] == []
    assert office.get(f"/v1/cases/{case.id}").json()["organ"] == ORGAN
    assert [{name: each[name] for name in COUNSEL} for each in followed["counsel"]] == [COUNSEL]
    assert office.get("/v1/notices", role=Role.ORGAN).json() == {"items": [followed], "next": None}
    assert sent(office).json() == followed
    assert "张三丰" not in str(followed)


def test_notice_is_taken_back_until_somebody_has_the_case(office):
    first, second = sent(office).json(), sent(office, number="示刑援通〔2026〕13号").json()
    case = office.register.get(CaseRow, second["id"])
    accepted(office.register, case, office.register.a_practitioner("p1"))

    answers = [
        office.post(f"/v1/notices/{id}/withdraw", {"text": "已委托辩护人"}, role=Role.ORGAN)
        for id in (first["id"], first["id"], second["id"], "none")
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 409, 404]
    assert answers[0].json()["status"] == "withdrawn"
    assert answers[2].json()["code"] == "illegal-transition"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ORGAN])
def test_nobody_else_sends_or_follows_notices(office, role):
    assert office.post("/v1/notices", NOTICE, role=role).status_code == 403
    assert office.get("/v1/notices", role=role).status_code == 403
    assert office.register.all(CaseRow) == []
