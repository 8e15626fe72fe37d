"""What a case is said to be, by the form, by a notice and by a file: unknown where nobody said it, derived alike."""

import pytest

from dispatch.domain.vocabulary import PractitionerKind, Role
from dispatch.registry.tables import CaseRow, PartyRow
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


def test_party_recorded_later_is_asked_for_the_same_as_one_of_the_intake(office):
    case = office.post("/v1/cases", a_draft()).json()

    def added(**person):
        return office.post(
            f"/v1/cases/{case['id']}/parties", {"role": "opposing", "person": {"name": "李四", **person}}
        )

    refused = [added(identity_number=GIRL, sex="male"), added(identity_number=MAN, minor=True),
               added(identity_number=MAN[:-1] + "1")]  # fmt: skip
    taken = added(identity_number=MAN)

    assert [answer.status_code for answer in refused] == [422] * 3
    assert [answer.json()["facts"]["expected"]["zh"] for answer in refused[:2]] == [
        "证件号码显示为女", "按证件号码当日为成年人",
    ]  # fmt: skip
    assert taken.status_code == 204
    [facts] = [fact for fact in office.get(f"/v1/cases/{case['id']}/facts").json() if fact["field"] == "opposing"]
    assert [(each["sex"], each["minor"]) for each in facts["value"]] == [("male", False)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_number_of_a_party_is_compared_however_an_office_writes_it_behind_the_name(office):
    """A number taken for a part of the name would be compared with nobody's."""
    numbered = {
        f"李四（{MAN}）": MAN, f"李四[{MAN}]": MAN, f"李四【身份证号：{MAN}】": MAN, "李四（411402900101003）": MAN,
        f"李四{MAN}": MAN, f"李四 身份证：{MAN}": MAN, "李四（护照：E1234567）": "E1234567", "李四（H12345678）": None,
        "李四(回乡证H12345678)": "H12345678", "某公司（91411400MA12345678）": "91411400MA12345678",
        "某公司（统一社会信用代码：91411400MA12345678）": "91411400MA12345678",
        f"李四（{MAN[:-2]}）": None, f"李四（{MAN[:-1]}1）": None, "李四（1.41142E+17）": None,
        f"李四，男，{MAN}": None, "李四（E12345678）": None, MAN: None,
    }  # fmt: skip
    rows = [good("cases", 案件编号=f"C{n}", 对方当事人=cell) for n, cell in enumerate(numbered)]

    report = bring_in(office, "cases", *rows, partial=True)
    typed = office.post("/v1/cases", a_draft(opposing=[{"name": f"李四（{MAN}）"}]))

    seal, cases = office.register.seal, {row.id: row.number for row in office.register.all(CaseRow)}
    kept = {
        cases[row.case_id]: (known["name"], known["identity_number"])
        for row in office.register.all(PartyRow, PartyRow.role == "opposing")
        for known in [seal.open(row.sealed)]
    }
    wanted = {f"C{n}": number for n, number in enumerate(numbered.values())}
    assert {number: kept.get(number, (None, None))[1] for number in wanted} == wanted
    assert {name for name, _ in kept.values()} == {"李四", "某公司"}
    assert {refusal.field for refusal in report.refused} == {"opposing"}
    assert typed.status_code == 422
    assert MAN[:-1] not in typed.text + str(report.to_document())
