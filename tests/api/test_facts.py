"""What a case is said to be, by the form, by a notice and by a file: unknown where nobody said it, derived alike."""

from dispatch.domain.vocabulary import PractitionerKind, Role
from dispatch.registry.tables import CaseRow
from tests.api.test_amendments import patched
from tests.api.test_cases import a_draft
from tests.api.test_doors import bring_in
from tests.exchange.files import good

GIRL, MAN = "411402201403050022", "411402199001010036"


def through_each_door(office, categories=(), **person):
    """Hand in a person by the form, by a notice of a court, and by a file."""
    recipient, groups = {"name": "张三", **person}, list(categories)
    notice = {"number": "N1", "cause": "盗窃罪", "stage": "first_instance", "recipient": recipient}
    notice |= {"categories": groups}
    cells = {
        "受援人证件号码": person["identity_number"],
        "受援人性别": person.get("sex", ""),
        "受援人为未成年人": "否" if "minor" in person else "",
        "受援人类别": "；".join(groups),
    }
    answers = (
        office.post("/v1/cases", a_draft(recipient=recipient, categories=groups)),
        office.post("/v1/notices", notice, role=Role.ORGAN),
    )
    return answers, bring_in(office, "cases", good("cases", **cells))


def test_number_tells_the_sex_and_the_age_at_every_door(office):
    answers, report = through_each_door(office, identity_number=MAN)

    assert ([answer.status_code for answer in answers], report.refused) == ([201, 201], [])
    told = {(row.recipient_sex, row.recipient_is_minor) for row in office.register.all(CaseRow)}
    assert told == {("male", False)}


def test_girl_entered_as_a_man_is_refused_at_every_door(office):
    answers, report = through_each_door(office, identity_number=GIRL, sex="male", minor=False)

    assert [(answer.status_code, answer.json()["facts"]["field"]) for answer in answers] == [(422, "recipient_sex")] * 2
    assert [refusal.field for refusal in report.refused] == ["recipient_sex"]
    assert GIRL not in "".join(answer.text for answer in answers) + str(report.to_document())
    assert office.register.all(CaseRow) == []


def test_elderly_person_of_36_is_refused_at_every_door(office):
    answers, report = through_each_door(office, identity_number=MAN, categories=["elderly"])
    case = office.post("/v1/cases", a_draft(recipient={"name": "张三", "identity_number": MAN})).json()
    changed = patched(office, case, categories=["elderly"])

    refused = [*answers, changed]
    assert [(answer.status_code, answer.json()["facts"]["field"]) for answer in refused] == [(422, "categories")] * 3
    assert [refusal.field for refusal in report.refused] == ["categories"]
    assert "《老年人权益保障法》第二条" in report.refused[0].expected.zh


def test_number_no_document_can_have_is_refused_at_every_door(office):
    answers, report = through_each_door(office, identity_number=MAN[:-1] + "1")

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [refusal.field for refusal in report.refused] == ["recipient_identity_number"]
    assert "校验码" in report.refused[0].expected.zh
    assert MAN[:-1] not in "".join(answer.text for answer in answers) + str(report.to_document())


def test_candidates_and_a_designation_name_the_blank_of_the_case(office):
    worker = office.register.a_practitioner("p1", kind=PractitionerKind.GRASSROOTS_WORKER)
    case = office.post("/v1/cases", a_draft(recipient={"name": "张三"}, court_area="A")).json()

    [candidate] = office.get(f"/v1/cases/{case['id']}/candidates", headers={"Accept-Language": "zh"}).json()
    named = {"practitioner_id": worker.id, "reason": "is near"}
    designated = office.post(f"/v1/cases/{case['id']}/designation", named)

    told = {refusal["code"]: refusal for refusal in candidate["refusals"]}
    assert told["minor_lawyer"]["missing"] == ["recipient_minor"]
    assert "请先填写“受援人为未成年人”（recipient_minor）" in told["minor_lawyer"]["text"]
    assert designated.json()["facts"]["missing"][0] == "recipient_minor"


def test_fact_left_out_is_unknown_at_every_door(office):
    facts = ("detained", "grave", "sexual_assault", "secret")
    draft = {name: value for name, value in a_draft(recipient={"name": "张三"}).items() if name not in facts}
    notice = {"number": "N1", "cause": "盗窃罪", "stage": "first_instance", "recipient": {"name": "张三"}}

    office.post("/v1/cases", draft)
    office.post("/v1/notices", notice, role=Role.ORGAN)
    bring_in(office, "cases", good("cases"), good("cases", 案件编号="C2", 在押="", 涉密案件="", 受援人为未成年人=""))

    rows = office.register.all(CaseRow)
    assert len(rows) == 4
    asked = (*facts, "recipient_is_minor", "death_review", "compulsory_treatment")
    assert {getattr(row, name) for row in rows for name in asked} == {None}
