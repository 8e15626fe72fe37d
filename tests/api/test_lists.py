"""Lists answer to what is asked: narrowed, counted, in an order, on both databases; people are found whole."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from dispatch.commands.access import create_user
from dispatch.domain.vocabulary import InstitutionKind, Role, Status
from dispatch.registry.tables import AreaRow, AuditRow
from tests.api.test_cases import a_draft
from tests.api.test_roster import change, path_of
from tests.rows import NOW

NUMBERS = [
    "（2026）援民字第1号",
    "(2026)援民字第 2 号",
    "（2026）援刑字第1号",
    "（2026）援民字第10号",
    "2025-9",
    "AB-1",
]


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [case["number"] for case in answer.json()["items"]]


def codes(answer):
    assert answer.status_code == 200, answer.text
    return [row["code"] for row in answer.json()["items"]]


def listed(office, path="/v1/cases", **params):
    return office.get(path, params=params)


# fmt: off
BEGINNINGS = [
    # how a number begins   which of them
    ("(2026)援民",           {0, 1, 3}),
    ("〔2026〕 援民字第1",     {0, 3}),
    ("（2026）援民字第1号",   {0}),
    ("２０２５",              {4}),
    ("ab",                   {5}),
    ("%",                    set()),
    ("2026",                 set()),
]
# fmt: on


@pytest.mark.parametrize(("prefix", "found"), BEGINNINGS)
def test_cases_are_found_by_how_their_number_begins_in_any_spelling(office, prefix, found):
    for number in NUMBERS:
        office.register.a_case(number)

    answer = listed(office, number_prefix=prefix)

    assert set(numbers(answer)) == {NUMBERS[k] for k in found}
    assert answer.json()["total"] == len(found)


def test_cases_are_narrowed_to_several_states_and_a_range_of_deadlines(office):
    for n, status in enumerate((Status.PENDING, Status.POSTED, Status.CLOSED, Status.PENDING)):
        office.register.a_case(f"c{n}", status=status, due_at=NOW + timedelta(days=n))

    two = office.get("/v1/cases?status=pending&status=posted")
    day = listed(
        office, due_from=(NOW + timedelta(days=1)).isoformat(), due_before=(NOW + timedelta(days=3)).isoformat()
    )
    both = office.get(
        "/v1/cases?status=pending&status=closed", params={"due_from": (NOW + timedelta(days=2)).isoformat()}
    )

    assert (numbers(two), two.json()["total"]) == (["c0", "c1", "c3"], 3)
    assert numbers(day) == ["c1", "c2"]
    assert numbers(both) == ["c2", "c3"]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", ["number", "deadline"])
def test_every_order_is_walked_page_by_page_without_gap_or_repetition(office, sort, descending):
    due = {"a": 3, "b": 1, "c": None, "d": 2, "e": 1, "f": None, "g": None}
    for number, days in due.items():
        office.register.a_case(number, due_at=None if days is None else NOW + timedelta(days=days))
    wanted = sorted(due) if sort == "number" else sorted(due, key=lambda each: (due[each] is None, due[each] or 0))

    for limit in (1, 2, 3, 4, 7):
        walked, totals, cursor = [], [], None
        while True:
            asked = {"sort": sort, "descending": descending, "limit": limit} | ({"cursor": cursor} if cursor else {})
            answer = listed(office, **asked)
            walked += numbers(answer)
            totals.append(answer.json()["total"])
            if (cursor := answer.json()["next"]) is None:
                break
        assert sorted(walked) == sorted(due)
        known = [due[each] if sort == "deadline" else each for each in walked]
        in_order = [due[each] if sort == "deadline" else each for each in wanted]
        assert known == (in_order[::-1] if descending else in_order)
        assert totals == [7] + [None] * (len(totals) - 1)


def test_cursor_of_another_order_is_refused(office):
    for number in "abc":
        office.register.a_case(number)
    cursor = listed(office, limit=1).json()["next"]

    answer = listed(office, limit=1, sort="deadline", cursor=cursor)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-field")


def test_cases_of_a_practitioner_and_of_an_institution_are_those_they_have_or_carried_through(office):
    register = office.register
    firm, other = register.an_institution("f1"), register.an_institution("f2")
    one, two = register.a_practitioner("p1", firm), register.a_practitioner("p2", other)
    cases = {name: register.a_case(name) for name in ("now", "closed", "given back", "theirs", "nobody's")}
    register.an_assignment(cases["now"], one, institution_id=firm.id)
    ended = {"institution_id": firm.id, "ended_at": NOW}
    register.an_assignment(cases["closed"], one, end_reason="closed", **ended)
    register.an_assignment(cases["given back"], one, end_reason="returned", **ended)
    register.an_assignment(cases["theirs"], two, institution_id=other.id)

    for named in ("p1", one.id):
        assert numbers(listed(office, practitioner=named)) == ["closed", "now"]
    assert numbers(listed(office, institution="f2")) == ["theirs"]
    nobody = listed(office, practitioner="p9")
    assert (nobody.status_code, nobody.json()["code"]) == (422, "unknown-reference")


PERSON = {"name": "古丽米热·艾比布力", "identity_number": "411402198001010015", "sex": "male"}


@pytest.mark.parametrize("name", ["古丽米热·艾比布力", "古丽米热艾比布力", "古丽米热．艾比布力", "古丽米热 艾比布力"])
def test_cases_of_a_recipient_are_found_by_the_whole_name_and_the_search_is_logged(office, name):
    case = office.post("/v1/cases", a_draft(number="1", recipient=PERSON)).json()
    office.post("/v1/cases", a_draft(number="2", recipient={"name": "古丽米热"}, opposing=[{"name": PERSON["name"]}]))

    found = office.post("/v1/cases/search", {"recipient_name": name})

    assert (numbers(found), found.json()["total"]) == (["1"], 1)
    log = [row for row in office.register.all(AuditRow) if row.subject == "recipient_search"]
    assert [row.subject_id for row in log] == [None, case["id"]]
    assert PERSON["name"] not in found.text
    assert numbers(office.post("/v1/cases/search", {"recipient_name": "艾比布力"})) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_cases_of_a_recipient_are_exported_as_they_are_found_and_every_one_of_them_is_logged(office):
    cases = [office.post("/v1/cases", a_draft(number=number, recipient=PERSON)).json()["id"] for number in "21"]
    office.post("/v1/cases", a_draft(number="3", recipient={"name": "王芳"}))

    found = office.post("/v1/exports/cases", {"recipient_name": PERSON["name"], "status": ["pending"]})
    nobody = office.post("/v1/exports/cases", {"recipient_name": "艾比布力"})
    refused = [
        office.post("/v1/exports/cases", {"recipient_name": "王芳"}, role=Role.PRACTITIONER).status_code,
        office.post("/v1/exports/cases", {"recipient_nam": "王芳"}).status_code,
    ]

    rows = [[row[0].value for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2)]
            for answer in (found, nobody)]  # fmt: skip
    log = [row for row in office.register.all(AuditRow) if row.subject in ("recipient_search", "cases")]
    assert (rows, refused) == ([["1", "2"], []], [403, 422])
    assert sorted((row.subject, row.subject_id or "") for row in log) == sorted(
        [("recipient_search", id) for id in ("", "", *cases)] + [("cases", "")] * 2
    )


def test_cases_of_a_recipient_are_found_by_their_number_of_any_kind_of_document(office):
    passport = {"name": "Li", "identity_kind": "passport", "identity_number": "E12345678"}
    office.post("/v1/cases", a_draft(number="1", recipient=PERSON))
    office.post("/v1/cases", a_draft(number="2", recipient=passport))

    for number, wanted in (("411402800101001", ["1"]), ("e12345678", ["2"]), ("E99999999", [])):
        assert numbers(office.post("/v1/cases/search", {"recipient_number": number})) == wanted
    other = office.post("/v1/cases/search", {"recipient_name": "Li", "recipient_number": PERSON["identity_number"]})
    narrowed = office.post("/v1/cases/search", {"recipient_name": "li", "status": ["closed"]})
    assert numbers(other) == numbers(narrowed) == []


# fmt: off
STRANGE = [
    # what is asked                             what is wrong
    ({"recipient_name": "张某"},                 "recipient_name"),
    ({"recipient_name": "王芳", "colour": "red"}, "body.colour"),
    ({"recipient_name": "王芳", "limit": 0},      "body.limit"),
]
# fmt: on


@pytest.mark.parametrize(("asked", "field"), STRANGE)
def test_search_that_cannot_be_answered_is_refused_and_repeats_no_name(office, asked, field):
    answer = office.post("/v1/cases/search", asked)

    assert answer.status_code == 422
    assert field in answer.text
    assert asked["recipient_name"] not in answer.text


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.INSTITUTION, Role.RECIPIENT, Role.ORGAN, Role.ADMIN])
def test_who_reads_no_cases_searches_none(office, role):
    assert office.post("/v1/cases/search", {"recipient_name": "王芳"}, role=role).status_code == 403


@pytest.fixture
def roster(office):
    register = office.register
    for code, name in (("411402", "梁园区"), ("411403", "睢阳区")):
        register.add(AreaRow(centre_id=register.centre.id, code=code, name=name))
    firm = register.an_institution("31410000A", name="某某律师事务所（商丘）", area="411402")
    office_ = register.an_institution(
        "52410000X", name="梁园法律服务所", area="411403", kind=InstitutionKind.GRASSROOTS_OFFICE
    )
    people = [
        register.a_practitioner("14114199910", firm, areas=["411402"], specialties={"wages": 80}),
        register.a_practitioner("14114200020", office_, areas=["411402", "411403"], specialties={"civil": 50}),
        register.a_practitioner("24114200030", firm, listed=False, areas=None, specialties={"wages": 0, "civil": 60}),
    ]
    for person, name in zip(people, ("古丽米热·艾比布力", "古丽", "王 芳"), strict=True):
        assert change(office, path_of(person), {"name": name}).status_code == 200
    return people


# fmt: off
PEOPLE = [
    # what is asked                               the last digits of whom it finds
    ({"name": "米热艾比"},                          "1"),
    ({"name": "古丽米热．艾比 布力"},                "1"),
    ({"name": "古丽"},                              "12"),
    ({"name": "王芳"},                              "3"),
    ({"name": "%"},                                ""),
    ({"institution": "31410000A"},                 "13"),
    ({"code_prefix": "１４１１４"},                  "12"),
    ({"code": "24114200030"},                      "3"),
    ({"listed": "true"},                           "12"),
    ({"listed": "false"},                          "3"),
    ({"area": "睢阳"},                              "2"),
    ({"area": "411402", "listed": "true"},         "12"),
    ({"specialty": "追索劳动报酬纠纷"},              "12"),
    ({"specialty": "civil"},                       "23"),
    ({"kind": "lawyer", "name": "芳"},              "3"),
    ({"as_of": "2000-01-01", "listed": "true"},    ""),
]
# fmt: on


def test_practitioners_are_found_by_name_institution_licence_area_and_specialty(office, roster):
    for asked, found in PEOPLE:
        answer = listed(office, "/v1/practitioners", **asked)
        assert "".join(code[-2] for code in codes(answer)) == found, asked
        assert answer.json()["total"] == len(found), asked


# fmt: off
HOUSES = [
    # what is asked                             whom it finds
    ({"name": "某某律师事务所(商丘)"},                    ["31410000A"]),
    ({"name": "法律 服务"},                          ["52410000X"]),
    ({"code_prefix": "31410000a"},               ["31410000A"]),
    ({"code_prefix": "5"},                       ["52410000X"]),
    ({"kind": "law_firm"},                       ["31410000A"]),
    ({"area": "梁园区"},                            ["31410000A"]),
    ({"area": "411403", "kind": "law_firm"},     []),
]
# fmt: on


def test_institutions_are_found_by_name_code_kind_and_area(office, roster):
    for asked, found in HOUSES:
        answer = listed(office, "/v1/institutions", **asked)
        assert (codes(answer), answer.json()["total"]) == (found, len(found)), asked


def test_institution_counts_and_finds_only_its_own_people(office, roster):
    _, token = create_user(
        office.register.begin, None, NOW, office.register.centre.id, "firm", Role.INSTITUTION,
        institution_code="31410000A",
    )  # fmt: skip

    answer = office.client.get(
        "/v1/practitioners", headers={"Authorization": f"Bearer {token}"}, params={"listed": "true"}
    )

    assert (codes(answer), answer.json()["total"]) == (["14114199910"], 1)


@pytest.mark.parametrize("path", ["/v1/practitioners", "/v1/institutions"])
@pytest.mark.parametrize("asked", [{"area": "nowhere"}, {"area": "nowhere", "name": "x"}])
def test_word_that_nobody_knows_is_refused_with_the_choices(office, roster, path, asked):
    answer = listed(office, path, **asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-reference")
    assert "梁园区" in answer.text
