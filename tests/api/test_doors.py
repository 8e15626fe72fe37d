"""One door per kind of text: what the API, a file, a change and a search take for one thing is one thing."""

import pytest

from dispatch.commands.imports.files import Order, carry_out
from dispatch.domain.texts import case_number_key
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AreaRow, AttributesRow, CaseRow, InstitutionAttributesRow, PartyRow
from tests.api.test_cases import a_draft
from tests.exchange.files import a_csv, good
from tests.rows import NOW

SPELLINGS = [
    "（2026）援刑字第1号",
    "(2026)援刑字第1号",
    "〔2026〕援刑字第 1 号",
    "［２０２６］援刑字第1",
    " 【2026】援刑字第1号\u200b",
]


def bring_in(office, what, *rows, **order):
    context, order = office.client.app.state.context, Order(Kind(what), a_csv(*rows), **order)
    return carry_out(context.begin, context.key.require(), office.register.clerk, NOW, order)


def with_areas(office, *areas):
    for code, name in areas:
        office.register.add(AreaRow(centre_id=office.register.centre.id, code=code, name=name))


@pytest.mark.parametrize("written", SPELLINGS[1:])
def test_case_number_in_another_spelling_is_the_same_case_at_every_door(office, written):
    first = office.post("/v1/cases", a_draft(number=SPELLINGS[0])).json()

    again = office.post("/v1/cases", a_draft(number=written))
    other = office.post("/v1/cases", a_draft(number=written, cause="theft", matter="criminal", service="defence"))
    found = office.get("/v1/cases", params={"number": written}).json()["items"]
    tied = office.post("/v1/cases", a_draft(number="2", relations=[{"kind": "earlier_stage", "number": written}]))
    in_file = bring_in(office, "cases", good("cases", 案件编号="C3", 同案案件=written))
    late = bring_in(office, "cases", good("cases", 案件编号=written))

    assert (again.json()["id"], again.json()["number"]) == (first["id"], SPELLINGS[0])
    assert other.json()["code"] == "duplicate-number"
    assert [case["id"] for case in found] == [first["id"]]
    assert tied.status_code == 201
    assert in_file.refused == []
    assert late.updated == 1
    assert len(office.register.all(CaseRow)) == 3


def test_file_whose_own_column_writes_a_number_otherwise_is_taken(office):
    first, second = good("cases", 案件编号=SPELLINGS[0]), good("cases", 案件编号="C2", 同案案件=SPELLINGS[1])

    report = bring_in(office, "cases", first, second)

    assert (report.refused, report.created) == ([], 2)
    assert {row.number for row in office.register.all(CaseRow)} == {SPELLINGS[0], "C2"}


def test_one_number_in_two_spellings_occurs_twice_in_a_file(office):
    report = bring_in(office, "cases", *(good("cases", 案件编号=number) for number in SPELLINGS[:2]))

    assert [(refusal.row, refusal.fault.value) for refusal in report.refused] == [(3, "repeated")]


@pytest.mark.parametrize("name", ["王\u202e芳", "\u200b", "a\x07b", "甲\u2028乙"], ids=ascii)
def test_name_that_nobody_sees_whole_is_refused_at_every_door(office, name):
    person = office.register.a_practitioner("p2")
    kept = office.get(f"/v1/practitioners/{person.id}").json()
    headers = {"If-Match": f'"{person.revision}"'}

    answers = [
        office.post("/v1/cases", a_draft(recipient={"name": name})),
        office.post("/v1/cases", a_draft(opposing=[{"name": name}])),
        office.post("/v1/cases", a_draft(organ=name)),
        office.ask("PATCH", f"/v1/practitioners/{person.id}", headers=headers, json={"name": name}),
        office.ask("PATCH", f"/v1/practitioners/{person.id}", headers=headers, json={"relatives_at": [name]}),
    ]
    report = bring_in(office, "practitioners", good("practitioners", 姓名=f"x{name}x", 机构编号="firm"))

    assert [answer.status_code for answer in answers] == [422] * 5
    assert all("expected" in fault for answer in answers for fault in answer.json()["errors"]), answers[0].json()
    assert report.refused_rows == (name != "\u200b")
    assert office.get(f"/v1/practitioners/{person.id}").json() == kept


@pytest.mark.parametrize("name", ["䶮\U00032000", "王\ue815", "\U000f0001明"], ids=ascii)
def test_rare_name_is_taken_at_every_door(office, name):
    answer = office.post("/v1/cases", a_draft(recipient={"name": name}))
    office.register.a_practitioner("p2")
    report = bring_in(office, "practitioners", good("practitioners", 姓名=name, 机构编号="firm"))

    assert answer.status_code == 201
    assert (report.refused, report.created) == ([], 1)


SEARCHES = [
    "古丽米热·艾比布力", "古丽米热艾比布力", "古丽米热•艾比布力", "古丽米热 艾比布力", "米热．艾比",
    "某某律师事务所(商丘)", "某某 律师事务所",
]  # fmt: skip


@pytest.mark.parametrize("search", SEARCHES)
def test_search_finds_a_name_with_any_dot_or_none_and_without_its_blank(office, search):
    firm = office.register.an_institution("f", name="某某律师事务所（商丘）")
    found = office.register.a_practitioner("p1", firm)
    office.register.a_practitioner("p2", office.register.an_institution("g"))
    with office.register.begin() as tx:
        tx.session.merge(found).name = "古丽米热·艾比布力"
    case = office.register.a_case()

    choices = office.get(f"/v1/cases/{case.id}/choices", params={"search": search}, role=Role.CLERK).json()

    assert [choice["practitioner_id"] for choice in choices] == [found.id]


def test_area_is_named_in_office_words_at_every_door(office):
    with_areas(office, ("411402", "梁园区"), ("411403", "睢阳区"))
    firm = office.register.an_institution("f1")
    person = office.register.a_practitioner("p1", firm)
    case = office.post(
        "/v1/cases", a_draft(area="梁园", court_area="商丘市梁园区", domicile_areas=["河南省商丘市睢阳区"])
    )

    changed = office.ask("PATCH", f"/v1/cases/{case.json()['id']}", headers={"If-Match": case.headers["etag"]},
                         json={"area": "睢阳", "domicile_areas": ["梁园区"]}).json()  # fmt: skip
    office.ask("PATCH", f"/v1/practitioners/{person.id}", role=Role.MANAGER, headers={"If-Match": '"1"'},
               json={"areas": ["商丘梁园", "睢阳区"]})  # fmt: skip
    office.ask("PATCH", f"/v1/institutions/{firm.id}", role=Role.MANAGER, headers={"If-Match": '"1"'},
               json={"area": "梁园"})  # fmt: skip
    [believed] = office.register.all(InstitutionAttributesRow, InstitutionAttributesRow.until_on.is_(None))
    listed = office.get("/v1/cases", params={"area": "商丘市睢阳区"}).json()["items"]

    stated = case.json()
    assert (stated["area"], stated["court_area"], stated["domicile_areas"]) == ("411402", "411402", ["411403"])
    assert (changed["area"], changed["domicile_areas"]) == ("411403", ["411402"])
    assert office.register.all(AttributesRow, AttributesRow.until_on.is_(None))[0].areas == ["411402", "411403"]
    assert believed.area == "411402"
    assert [each["id"] for each in listed] == [stated["id"]]


def test_area_of_two_places_is_refused_with_the_choices_at_every_door(office):
    with_areas(office, ("320106", "鼓楼区"), ("320302", "鼓楼区"))
    firm = office.register.an_institution("f1")
    person = office.register.a_practitioner("p1", firm)
    case = office.post("/v1/cases", a_draft(area="徐州市鼓楼区"))
    good_case, revision = case.json(), {"If-Match": case.headers["etag"]}

    answers = [
        office.post("/v1/cases", a_draft(number="9", area="鼓楼区")),
        office.ask("PATCH", f"/v1/cases/{good_case['id']}", headers=revision, json={"area": "鼓楼"}),
        office.ask("PATCH", f"/v1/cases/{good_case['id']}", headers=revision, json={"domicile_areas": ["鼓楼区"]}),
        office.ask("PATCH", f"/v1/practitioners/{person.id}", headers={"If-Match": '"1"'}, json={"areas": ["鼓楼区"]}),
        office.ask("PATCH", f"/v1/institutions/{firm.id}", headers={"If-Match": '"1"'}, json={"area": "鼓楼区"}),
    ]
    report = bring_in(office, "institutions", good("institutions", 所在地区="江苏省鼓楼区"))
    listed = office.get("/v1/cases", params={"area": "鼓楼区"})
    nowhere = office.get("/v1/cases", params={"area": "火星"})

    assert good_case["area"] == "320302"
    assert [(answer.status_code, answer.json()["facts"]["known"]) for answer in answers] == [
        (422, ["320106", "320302"])
    ] * 5
    choices = "320106（南京市鼓楼区）、320302（徐州市鼓楼区）"
    assert {answer.json()["facts"]["expected"]["zh"] for answer in answers} == {choices}
    assert (listed.status_code, listed.json()["facts"]["known"]) == (422, ["320106", "320302"])
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "unknown-reference")
    [refusal] = report.refused
    assert (refusal.fault.value, refusal.expected.zh) == ("ambiguous", choices)


@pytest.mark.parametrize("language", ["tlh", "克林贡语"])
def test_language_outside_the_vocabulary_is_refused_at_every_door(office, language):
    person = office.register.a_practitioner("p1")

    answers = [
        office.post("/v1/cases", a_draft(languages=[language])),
        office.ask(
            "PATCH", f"/v1/practitioners/{person.id}", headers={"If-Match": '"1"'}, json={"languages": [language]}
        ),
    ]
    report = bring_in(office, "cases", good("cases", 所需语言=language))

    assert [answer.json()["code"] for answer in answers] == ["unknown-reference"] * 2
    assert [refusal.field for refusal in report.refused] == ["languages"]


def test_identity_and_licence_numbers_are_one_however_they_are_typed(office):
    office.register.a_practitioner("14114201510123456")
    recipient = {"name": "张三", "identity_number": "４１１４02 19900101 001x"}
    typed = a_draft(recipient=recipient, wishes=["１４１１4201510123456"])
    office.post("/v1/cases", typed)
    office.post("/v1/cases", a_draft(number="2", recipient={"name": "张三", "identity_number": "41140219900101001X"}))

    in_file = {"案件编号": "C3", "受援人证件号码": "411402 19900101 001X", "点援意愿": "1411 4201 5101 23456"}
    report = bring_in(office, "cases", good("cases", **in_file))
    found = office.get("/v1/practitioners", params={"code": " 14114 2015 10123456"}).json()["items"]

    assert report.refused == []
    assert len({row.identity_key for row in office.register.all(PartyRow)}) == 1
    assert [each["code"] for each in found] == ["14114201510123456"]


def test_capital_letters_tell_no_two_codes_or_logins_apart_at_any_door(office):
    firm = {"机构编号": "F1-a", "机构名称": "某所", "机构类型": "律师事务所"}
    person = {"执业证号": "P1-x", "姓名": "王芳", "机构编号": "f1-A"}
    bring_in(office, "areas", {"地区代码": "Qu1", "地区名称": "某区"})
    bring_in(office, "institutions", firm)
    bring_in(office, "practitioners", person)

    again = [
        bring_in(office, what, row)
        for what, row in (
            ("areas", {"地区代码": "qU1", "地区名称": "某区"}),
            ("institutions", {**firm, "机构编号": "ｆ1—A"}),
            ("practitioners", {**person, "执业证号": "p1-X", "机构编号": "F1-A"}),
        )
    ]
    twice = bring_in(office, "institutions", {**firm, "机构编号": "N1"}, {**firm, "机构编号": "n1"}, dry_run=True)
    posted = [
        office.post("/v1/institutions", {"code": "f1-a", "name": "另一所"}),
        office.post("/v1/practitioners", {"code": "p1-X", "name": "李雷", "institution": "F1-A"}),
    ]
    absent = {"编号": "p1-X", "种类": "休假", "起始日期": "2026-05-01", "截止日期": "2026-05-02"}
    noted = bring_in(office, "absences", absent)
    assessed = {"执业证号": "p1-X", "考核年度": "2025", "考核结果": "称职", "考核日期": "2026-02-01"}
    assessed_report = bring_in(office, "assessments", assessed)
    found = [office.get(f"/v1/practitioners?{query}").json()["total"] for query in (
        "code=p1-X", "code_prefix=p1-", "institution=f1-A")]  # fmt: skip
    wished = office.post("/v1/cases", a_draft(wishes=["p1-X"]))
    twice_wished = office.post("/v1/cases", a_draft(number="2", wishes=["p1-X", "P1-x"]))
    users = [office.post("/v1/users", {"login": login, "role": "practitioner", "practitioner_code": "p1-X"},
                         role=Role.ADMIN) for login in ("Wang", "wanG")]  # fmt: skip

    assert [(report.refused, report.unchanged) for report in again] == [([], 1)] * 3
    assert [refusal.fault.value for refusal in twice.refused] == ["repeated"]
    assert [answer.json()["code"] for answer in posted] == ["duplicate-number"] * 2
    assert [(report.refused, report.created) for report in (noted, assessed_report)] == [([], 1)] * 2
    assert found == [1, 1, 1]
    assert (wished.status_code, twice_wished.status_code) == (201, 422)
    assert [answer.status_code for answer in users] == [201, 409]


def test_code_may_be_respelt_by_a_change_and_archive_numbers_are_found_in_any_spelling(office):
    firm = office.register.an_institution("f1")
    case = office.register.a_case(status="closed")
    with office.register.begin() as tx:
        row = tx.session.get_one(CaseRow, case.id)
        row.archive_number, row.archive_key = "商援卷字〔2026〕第2号", case_number_key("商援卷字〔2026〕第2号")
    change = {"code": "F1", "reason": "as the register writes it"}

    changed = office.ask("PATCH", f"/v1/institutions/{firm.id}", json=change, headers={"If-Match": '"1"'})
    found = [
        office.get("/v1/cases", params={"archive_number": written}).json()["total"]
        for written in (
            "商援卷字〔2026〕第2号",
            "商援卷字(2026)第2",
            " 商援卷字【２０２６】第 2 号",
            "商援卷字〔2026〕第3号",
        )
    ]

    assert (changed.status_code, changed.json()["code"]) == (200, "F1")
    assert found == [1, 1, 1, 0]


def test_user_is_tied_to_the_person_and_the_firm_however_their_codes_are_typed(office):
    person = office.register.a_practitioner("14114201510123456", office.register.an_institution("F1"))
    codes = {
        "practitioner": ("practitioner_code", " １411 4201 5101 23456"),
        "institution": ("institution_code", "Ｆ 1"),
    }

    made = [
        office.post("/v1/users", {"login": f"ｕ-{role}", "role": role, field: code}, role=Role.ADMIN).json()["user"]
        for role, (field, code) in codes.items()
    ]
    again = office.post("/v1/users", {"login": "u-institution", "role": "clerk"}, role=Role.ADMIN)

    assert [user["login"] for user in made] == ["u-practitioner", "u-institution"]
    assert made[0]["practitioner_id"] == person.id
    assert made[1]["institution_id"]
    assert again.json()["code"] == "duplicate-number"


def test_day_that_no_file_can_say_is_refused_at_every_door(office):
    person = office.register.a_practitioner("p1")
    change = {"headers": {"If-Match": '"1"'}, "json": {"practising_since": "1850-01-01"}}

    answers = [
        office.ask("PATCH", f"/v1/practitioners/{person.id}", **change),
        office.post("/v1/cases", a_draft(received_at="1850-01-01T09:00:00+08:00")),
    ]
    report = bring_in(office, "cases", good("cases", 收到时间="1850-01-01 09:00"))

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [refusal.field for refusal in report.refused] == ["received_at"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_code_of_a_merged_record_is_refused_at_every_door_with_the_one_it_went_into(office):
    kept, other = (office.register.a_practitioner(code) for code in ("new-1", "old-1"))
    office.register.an_assignment(office.register.a_case("held", status="assigned"), other)
    merger = {"other_id": other.id, "reason": "one person"}
    office.post(f"/v1/practitioners/{kept.id}/merge", merger, headers={"If-Match": '"1"'})
    at, adviser = f"/v1/practitioners/{other.id}", {"kind": "adviser", "name": "某公司"}

    answers = [
        office.post("/v1/cases", a_draft(wishes=["OLD-1"])),
        office.post("/v1/users", {"login": "u", "role": "practitioner", "practitioner_code": "old-1"}, role=Role.ADMIN),
        office.post(f"{at}/leaves", {"from_on": "2026-05-01", "until_on": "2026-05-02"}),
        office.post(f"{at}/suspensions", {"from_on": "2026-05-01", "reason": "x"}, role=Role.MANAGER),
        office.post("/v1/declared-ties", adviser | {"practitioner_id": other.id}),
        office.post("/v1/rotation/overrides", {"practitioner_id": other.id, "turns": 1, "reason": "x"},
                    role=Role.MANAGER),
        office.ask("PATCH", at, headers={"If-Match": '"2"'}, json={"capacity": 3}),
    ]  # fmt: skip
    reports = [
        bring_in(office, what, row)
        for what, row in (
            ("cases", good("cases", 点援意愿="old-1")),
            ("practitioners", {"执业证号": "old-1", "姓名": "王芳", "机构编号": "firm"}),
            ("absences", {"编号": "old-1", "种类": "休假", "起始日期": "2026-05-01", "截止日期": "2026-05-02"}),
            ("assessments", {"执业证号": "old-1", "考核年度": "2025", "考核结果": "称职", "考核日期": "2026-02-01"}),
            ("specialties", {"执业证号": "old-1", "专业特长": "离婚", "分值": "50", "依据": "培训",
                             "依据日期": "2026-02-01"}),
            ("ties", {"申报编号": "T1", "执业证号": "old-1", "申报类型": "法律顾问", "姓名（名称）": "某公司"}),
        )
    ]  # fmt: skip

    found = office.get("/v1/practitioners", params={"code": "Old-1"}).json()["items"]
    held = [office.get("/v1/cases", params={"practitioner": named}).json()["total"] for named in ("old-1", other.id)]

    into = "该登记已并入 new-1，请改用该编号"
    assert [(answer.status_code, answer.json()["facts"]["expected"]["zh"]) for answer in answers] == [(422, into)] * 7
    assert [[refusal.expected.zh for refusal in report.refused] for report in reports] == [[into]] * 6
    assert ([each["code"] for each in found], held) == (["new-1"], [1, 1])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_declared_tie_of_a_file_names_people_and_itself_in_any_spelling(office):
    office.register.a_practitioner("P1-x")
    row = {"申报编号": "T-1", "执业证号": "ｐ1—X", "申报类型": "法律顾问", "姓名（名称）": "大建筑公司"}

    first, again = bring_in(office, "ties", row), bring_in(office, "ties", row | {"申报编号": "ｔ-1"})

    assert (first.refused, first.created, again.refused, again.unchanged) == ([], 1, [], 1)
