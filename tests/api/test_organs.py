"""The catalogue of organs at its doors: kept by clerks, and asked by every door an organ comes through."""

from datetime import date

import pytest

from dispatch.commands.access import create_user
from dispatch.commands.housekeeping import check_register
from dispatch.domain.vocabulary import CaseSource, Role, Service, Status
from dispatch.registry.tables import AuditRow, FindingRow, OrganNameRow, OrganRow, PractitionerRow
from tests.api.test_cases import a_draft
from tests.api.test_doors import bring_in
from tests.rows import NOW

CITY = "商丘市中级人民法院"
SPELLINGS = ["商丘中院", "河南省商丘市中级人民法院", "商丘市 中级法院\u3000"]


def entered(office, name=CITY, **more):
    return office.post("/v1/organs", {"name": name, **more})


def test_organ_is_entered_named_found_changed_and_retired(office):
    made = entered(office, kind="court", aliases=["中院"])
    organ = made.json()
    path = f"/v1/organs/{organ['id']}"

    assert (made.status_code, organ["aliases"], organ["revision"]) == (201, ["中院"], 1)
    for text in ("中院", *SPELLINGS, "中级"):
        assert [each["id"] for each in office.get("/v1/organs", params={"q": text}).json()["items"]] == [organ["id"]]
    assert office.post(f"{path}/aliases", {"alias": "商丘市法院"}).json()["aliases"] == ["中院", "商丘市法院"]
    assert office.post(f"{path}/aliases", {"alias": "商丘市人民法院"}).json()["revision"] == 2
    assert office.post(f"{path}/aliases/remove", {"alias": "商丘市法院"}).json()["aliases"] == ["中院"]
    assert office.post(f"{path}/aliases/remove", {"alias": CITY}).json()["code"] == "invalid-field"

    changed = office.ask("PATCH", path, json={"name": "商丘市第一中级人民法院"}, headers={"If-Match": '"3"'}).json()
    stale = office.ask("PATCH", path, json={"kind": None}, headers={"If-Match": '"3"'})

    assert (changed["name"], changed["aliases"]) == ("商丘市第一中级人民法院", ["中院", CITY])
    assert stale.status_code == 412
    assert office.post(f"{path}/retire").json()["retired_at"] is not None
    assert office.get("/v1/organs").json()["items"] == []
    assert len(office.get("/v1/organs", params={"retired": True, "kind": "court"}).json()["items"]) == 1
    assert office.post(f"{path}/restore").json()["retired_at"] is None
    assert office.get(path).json()["revision"] == 6
    assert {row.verb for row in office.register.all(AuditRow)} == {"edit_organs"}


@pytest.mark.parametrize("written", SPELLINGS)
def test_name_of_another_organ_is_refused_in_any_spelling(office, written):
    entered(office)

    again, alias = entered(office, written), entered(office, "睢县人民法院", aliases=[written])

    assert (again.status_code, again.json()["facts"]["field"]) == (422, "name")
    assert (alias.status_code, alias.json()["facts"]["field"]) == (422, "aliases")
    assert CITY in again.json()["facts"]["expected"]["zh"]
    assert len(office.register.all(OrganRow)) == len(office.register.all(OrganNameRow)) == 1


def test_merged_organs_are_one_and_both_names_mean_it(office):
    one, two = entered(office).json(), entered(office, "商丘地区中级人民法院", aliases=["地区中院"]).json()

    merged = office.post(f"/v1/organs/{two['id']}/merge", {"into": one["id"]}).json()

    assert (merged["id"], merged["aliases"]) == (one["id"], ["商丘地区中级人民法院", "地区中院"])
    assert office.get(f"/v1/organs/{two['id']}").status_code == 404
    assert office.post(f"/v1/organs/{one['id']}/merge", {"into": one["id"]}).status_code == 422


def test_only_staff_who_keep_the_roster_keep_the_catalogue(office):
    assert office.post("/v1/organs", {"name": CITY}, role=Role.AUDITOR).status_code == 403
    assert office.get("/v1/organs", role=Role.ORGAN).status_code == 200
    assert office.get("/v1/organs/unlisted", role=Role.ORGAN).status_code == 403


def test_names_nobody_entered_are_listed_until_they_are(office):
    office.register.a_practitioner(former_offices=[{"organ": "商丘中院", "left_on": None}], relatives_at=["睢县法院"])
    office.register.a_case(organ="商丘市中级法院")
    office.register.a_case("2", organ="夏邑县人民法院", status=Status.CLOSED)

    before = office.get("/v1/organs/unlisted").json()
    entered(office)
    entered(office, "某市某区法院")
    after = office.get("/v1/organs/unlisted").json()

    assert [(each["name"], each["cases"], each["practitioners"], each["users"]) for each in before] == [
        ("商丘市中级法院", 1, 1, 0), ("某市某区人民法院", 0, 0, 1), ("睢县法院", 0, 1, 0),
    ]  # fmt: skip
    assert [each["name"] for each in after] == ["睢县法院"]


def test_recusal_holds_by_any_name_of_the_court_and_a_name_nobody_entered_refuses(office):
    office.register.a_practitioner(former_offices=[{"organ": "商丘中院", "left_on": "2001-01-01"}])
    case = office.register.a_case(organ="中院", service=Service.LITIGATION_AGENCY)

    def refusal():
        [candidate] = office.get(f"/v1/cases/{case.id}/candidates", headers={"Accept-Language": "zh"}).json()
        [found] = candidate["refusals"]
        return found

    before = refusal()
    organ = entered(office).json()
    office.post(f"/v1/organs/{organ['id']}/aliases", {"alias": "中院"})
    after = refusal()

    assert (before["code"], before["unknown"]) == ("former_organ", True)
    assert "办案机关目录中没有“中院”、“商丘中院”" in before["text"]
    assert (after["code"], after["unknown"]) == ("former_organ", False)


@pytest.mark.parametrize("written", SPELLINGS)
def test_organ_of_a_notice_reads_it_by_any_of_its_names(office, written):
    entered(office)
    office.register.a_case(organ=CITY, source=CaseSource.NOTICE_MUST, service=Service.DEFENCE, matter="criminal")
    _, token = create_user(
        office.register.begin, None, NOW, office.register.centre.id, "court", Role.ORGAN, organ=written
    )

    found = office.ask("GET", "/v1/notices", role=None, headers={"Authorization": f"Bearer {token}"})

    assert len(found.json()["items"]) == 1


def test_file_of_organs_comes_in_goes_out_and_changes_nothing_again(office):
    row = {"办案机关（争议处理机关）": CITY, "机关类型": "人民法院", "别名": "中院；商丘市法院"}

    first = bring_in(office, "organs", row, {"办案机关（争议处理机关）": "睢县法院"})
    again = bring_in(
        office, "organs", {**row, "办案机关（争议处理机关）": "商丘中院"}, {"办案机关（争议处理机关）": "睢县人民法院"}
    )
    more = bring_in(office, "organs", {"办案机关（争议处理机关）": "中院", "别名": "商丘地区中院"})
    taken = bring_in(office, "organs", {"办案机关（争议处理机关）": "睢县人民法院", "别名": "商丘中院"})

    assert (first.created, again.unchanged, more.updated) == (2, 2, 1)
    assert len(taken.refused) == 1
    assert len(office.register.all(OrganNameRow)) == 5


def test_case_and_practitioner_keep_their_words_and_the_day_they_left(office):
    """What is written stays; what it means is asked of the catalogue when it counts."""
    made = office.post("/v1/cases", a_draft(organ="商丘中院"))
    person = office.register.a_practitioner(former_offices=[{"organ": "商丘中院", "left_on": str(date(2001, 1, 1))}])

    assert made.json()["organ"] == "商丘中院"
    shown = office.get(f"/v1/practitioners/{person.id}").json()["attributes"]["former_offices"]
    assert shown == [{"organ": "商丘中院", "left_on": "2001-01-01"}]


def test_night_finds_what_may_be_one_and_what_nobody_entered_and_a_guess_is_set_aside(office):
    register = office.register
    one, two = (
        register.an_institution(code, name=name) for code, name in (("f1", "某某律师事务所"), ("f2", "某某律师务所"))
    )
    people = [register.a_practitioner(code, one, former_offices=[]) for code in ("p1", "p2")]
    with register.begin() as tx:
        tx.session.get_one(PractitionerRow, people[1].id).name = "person p1"
    register.a_practitioner("p3", two, former_offices=[{"organ": "夏邑县人民法院", "left_on": None}])
    organs = [entered(office, name).json()["id"] for name in ("柘城县人民法院", "拓城县人民法院")]

    def night():
        check_register(register.begin, register.read, NOW, register.centre.id)
        open_ = office.get("/v1/registry/findings", params={"open": True, "limit": 100}).json()["items"]
        return {each["kind"]: each for each in open_ if "alike" in each["kind"] or "organ" in each["kind"]}

    found = night()
    guesses = [found[kind]["id"] for kind in ("organs_alike", "institutions_alike", "practitioners_alike")]
    assert office.post(f"/v1/registry/findings/{guesses[0]}/dismiss").json()["dismissed_by"]
    several = {"finding_ids": [*guesses, found["organ_unlisted"]["id"]], "reason": "已核对，不是同一机关（人员）"}
    assert office.post("/v1/registry/findings/dismiss", several).status_code == 422, "all or none"
    set_aside = office.post("/v1/registry/findings/dismiss", several | {"finding_ids": guesses}).json()
    assert {each["id"]: each["reason"] for each in set_aside} == {
        guesses[0]: None, guesses[1]: several["reason"], guesses[2]: several["reason"],
    }  # fmt: skip
    unlisted = office.post(f"/v1/registry/findings/{found['organ_unlisted']['id']}/dismiss")

    assert found["organ_unlisted"]["facts"]["name"] == "夏邑县人民法院"
    assert sorted(found["organs_alike"]["facts"]["ids"]) == sorted(organs)
    assert sorted(found["institutions_alike"]["facts"]["ids"]) == sorted([one.id, two.id])
    assert sorted(found["practitioners_alike"]["facts"]["ids"]) == sorted(person.id for person in people)
    assert "某某" not in str(found)
    assert unlisted.status_code == 422
    assert set(night()) == {"organ_unlisted"}
    entered(office, "夏邑县法院")
    assert night() == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_night_finds_two_entries_of_one_identity_number_until_they_are_told_apart(office):
    register = office.register
    for code, number in (("1", "411402900101003"), ("2", "411402199001010036"), ("3", "411402198505051232")):
        person = {"code": f"p{code}", "name": f"王{code}", "institution": register.an_institution(f"f{code}").code}
        assert office.post("/v1/practitioners", person | {"identity_number": number}).status_code == 201

    def night():
        check_register(register.begin, register.read, NOW, register.centre.id)
        return register.all(FindingRow, FindingRow.kind == "practitioners_alike", FindingRow.closed_at.is_(None))

    [found] = night()
    one, other = found.facts["ids"]
    office.post(f"/v1/practitioners/{one}/distinct", {"other_id": other, "reason": "号码录错，已核对"})

    assert {register.get(PractitionerRow, id).code for id in (one, other)} == {"p1", "p2"}
    assert night() == []
