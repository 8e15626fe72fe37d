"""What every answer rests on is told in full in both languages, and as data."""

import re

import pytest

from dispatch.domain.vocabulary import Role
from tests.api.test_cases import a_draft

NUMBERS = re.compile(r"第[一二三四五六七八九十百零]+[条项]")


def whole(source):
    """Tell whether a source names its instruments in full, in both languages, with data that can be looked up."""
    zh, en = source["zh"], source["en"]
    reported = zh.startswith("《") or "本中心自定" in zh
    spoken = re.search("[a-z]", en) and not re.search("[\u4e00-\u9fff]", en)
    return bool(reported and spoken and source.get("citations", True))


def test_rules_carry_what_they_rest_on_in_both_languages_and_as_data(office):
    rules = {rule["code"]: rule["source"] for rule in office.get("/v1/rules").json()}

    assert [code for code, source in rules.items() if not whole(source)] == []
    assert rules["grave_years"]["zh"] == (
        "《法律援助法》第二十六条；《办理法律援助案件程序规定》（司法部令第148号）第二十六条第一款"
    )
    assert rules["grave_years"]["en"].startswith("Legal Aid Law, art. 26; Provisions on Procedures for Handling")
    assert [
        (cited["instrument"], cited["article"], cited["paragraph"]) for cited in rules["grave_years"]["citations"]
    ] == [
        ("legal_aid_law", 26, None),
        ("case_procedures", 26, 1),
    ]
    assert rules["grassroots_territory"]["citations"][0]["trust"] == "secondary"


def test_every_instrument_cited_is_in_the_table_and_the_replaced_name_their_successors(office):
    table = {row["code"]: row for row in office.get("/v1/instruments").json()}
    cited = {each["instrument"] for rule in office.get("/v1/rules").json() for each in rule["source"]["citations"]}

    assert cited <= {code for code, row in table.items() if row["in_force"]}
    assert (table["complaints_2013"]["in_force"], table["complaints_2013"]["replaced_by"]) == (False, "complaints")
    assert table["complaints"]["since"] == "2025-06-15"


def test_time_limits_carry_what_they_rest_on(office):
    limits = {row["code"]: row for row in office.get("/v1/time-limits").json()}

    assert [code for code, row in limits.items() if not whole(row["source"])] == []
    assert (limits["T4"]["value"], limits["T4"]["unit"]) == (3, "day")
    assert limits["T8"]["value"] is None
    assert {limits[code]["source"]["zh"] for code in ("T19a", "T19b", "T19c")} == {
        "《法律援助投诉处理办法》（司法部令第149号）"
    }


DEFENCE = {"matter": "criminal", "cause": "theft", "service": "defence"}


@pytest.mark.parametrize(
    ("draft", "basis"),
    [
        ({}, "《法律援助法》第四十三条第一款；《办理法律援助案件程序规定》（司法部令第148号）第二十四条第一款"),
        (
            {**DEFENCE, "source": "notice_must", "granted_at": None},
            "《法律援助法》第三十六条；《办理法律援助案件程序规定》（司法部令第148号）第二十四条第二款",
        ),
    ],
)
def test_case_and_list_of_deadlines_tell_what_the_deadline_rests_on(office, draft, basis):
    shown = office.post("/v1/cases", a_draft(**draft)).json()
    [risk] = office.get("/v1/deadlines?days=20").json()

    assert whole(shown["due_source"])
    assert shown["due_source"]["zh"] == basis
    assert risk["due_source"] == shown["due_source"]


@pytest.mark.parametrize(
    ("source", "basis"),
    [
        (
            [{"document": "《某市法律援助服务承诺》", "item": 2}],
            "《某市法律援助服务承诺》第二项（地方规定，外地仅供参考）",
        ),
        ([], "本中心自定"),
    ],
)
def test_deadline_of_the_centre_rests_on_what_the_centre_names(office, source, basis):
    office.register.a_policy(deadlines={"T4": {"value": 1, "unit": "working_day", "source": source}})

    assert office.post("/v1/cases", a_draft()).json()["due_source"]["zh"] == basis


def test_refusal_of_a_candidate_tells_what_it_rests_on_in_the_readers_language(office):
    office.register.a_practitioner("p1", languages=[], listed=False)
    case = office.register.a_case()

    for language, source in (("zh", "本中心自定"), ("en", "the centre's own choice")):
        [person] = office.get(f"/v1/cases/{case.id}/candidates", headers={"Accept-Language": language}).json()
        assert {each["code"]: each["source"] for each in person["refusals"]}["listed"] == source


def test_policy_tells_in_words_what_its_fields_rest_on(office):
    reported = office.get("/v1/policies/in-force").json()["sources"]

    assert [path for path, source in reported.items() if not whole(source)] == []
    assert reported["thresholds.former_office_years"]["zh"] == (
        "《律师法》第四十一条；《法官法》第三十六条第一款；《检察官法》第三十七条第一款"
    )


def test_reports_tell_what_they_rest_on(office):
    about = {row["code"]: row["about"] for row in office.get("/v1/reports", role=Role.MANAGER).json()}

    assert about["deadlines"]["zh"].endswith(
        "依据：《法律援助法》第三十六条、第四十三条第一款；"
        "《办理法律援助案件程序规定》（司法部令第148号）第二十四条第一款、第二款。"
    )
    assert "Source: Interim Measures on Carrying Out and Managing" in about["lottery"]["en"]
