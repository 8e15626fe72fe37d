"""Clients advised and relatives are declared once and hold for all cases of their days, by whoever may say so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dispatch.commands.housekeeping import check_register
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import PartyRole, Role, Service
from dispatch.registry.tables import (
    AuditRow,
    CaseRow,
    DeclaredTieRow,
    FindingRow,
    OfferRow,
    PartyRow,
    RosterChangeRow,
    TieReviewRow,
)
from tests.api.test_doors import bring_in
from tests.api.test_life import Town
from tests.rows import NOW

NUMBER, OTHER_NUMBER = "411402198505051232", "41140219900101001X"
CREDIT = "91411400MA40000001"
TODAY = NOW.date()
YESTERDAY, TOMORROW = (
    (TODAY - timedelta(days=1)).isoformat(),
    (TODAY + timedelta(days=1)).isoformat(),
)
RELATIVE = {"kind": "relative", "relation": "sibling", "name": "王 芳"}
ADVISER = {"kind": "adviser", "name": "大河建材有限公司"}


@pytest.fixture
def town(office):
    town = Town(office)
    town.register.a_policy()
    return town


def refusals(town, case):
    found = town.fetch(Role.CLERK, f"/cases/{case.id}/conflict-check")
    codes = {each["practitioner_id"]: [(of["code"], of["unknown"]) for of in each["refusals"]] for each in found}
    return codes[town.lawyer.id], codes[town.colleague.id]


def a_suit(town, name="王·芳", number=None, role=PartyRole.OPPOSING, code="1", **columns):
    case = town.register.a_case(code, **columns)
    town.register.a_party(case, role, name, number)
    return case


TIED, UNCLEAR = [("no_declared_tie", False)], [("declared_tie_reviewed", True)]


# fmt: off
DECLARED: tuple[tuple[dict, dict, list, list], ...] = (
    # what is declared                                       who is in the case                     her, and a colleague
    (RELATIVE | {"identity_number": NUMBER},                 {"number": NUMBER, "name": "另名"},     TIED,    UNCLEAR),
    (RELATIVE | {"identity_number": NUMBER},                 {"number": OTHER_NUMBER},              [],      []),
    (RELATIVE,                                               {"number": NUMBER},                    UNCLEAR, []),
    (RELATIVE,                                               {},                                    UNCLEAR, []),
    (RELATIVE | {"identity_number": NUMBER, "relation": "other"}, {"number": NUMBER},               UNCLEAR, []),
    (RELATIVE | {"identity_number": NUMBER}, {"number": NUMBER, "role": PartyRole.CO_DEFENDANT},    UNCLEAR, []),
    (RELATIVE | {"identity_number": NUMBER}, {"number": NUMBER, "role": PartyRole.RECIPIENT},       [],      []),
    (RELATIVE | {"until_on": YESTERDAY},                     {},                                    [],      []),
    (RELATIVE | {"until_on": TODAY.isoformat()},             {},                                    UNCLEAR, []),
    (RELATIVE | {"from_on": TOMORROW},                       {},                                    [],      []),
    (ADVISER,                                                {"name": "大河建材有限公司"},          UNCLEAR, []),
    (ADVISER,                                                {"name": "小河建材有限公司"},          [],      []),
)
# fmt: on


def test_declaration_holds_on_its_days_and_by_what_is_known_of_whom(town):
    found = []
    for code, (declared, party, *_) in enumerate(DECLARED):
        tie = town.done(town.hers, "/declared-ties", declared)
        found.append(refusals(town, a_suit(town, code=str(code), **party)))
        town.done(Role.CLERK, f"/declared-ties/{tie['id']}/removal", {"reason": "x"})

    assert found == [(hers, colleagues) for *_, hers, colleagues in DECLARED]


def test_number_of_a_client_company_and_an_organ_of_the_catalogue_bar_for_certain(town):
    town.register.a_listed_organ("商丘市梁园区农业农村局", "梁园区农业局")
    town.done(town.hers, "/declared-ties", ADVISER | {"identity_number": CREDIT})
    organ = town.done(town.hers, "/declared-ties", {"kind": "adviser", "name": "梁园区农业局"})
    assert organ["name"] == organ["organ"] == "商丘市梁园区农业农村局"
    assert refusals(town, a_suit(town, "大河公司", f"other:{CREDIT}")) == (TIED, UNCLEAR)
    assert refusals(town, a_suit(town, "商丘市梁园区农业农村局", code="2")) == (TIED, UNCLEAR)


BUREAU, BUREAU_SHORT = "商丘市人力资源和社会保障局", "商丘市人社局"
BUREAU_ADVISED = {"kind": "adviser", "name": BUREAU}


def against(town, code, *names):
    """Take a case in against the first, and let the others turn out to be opponents too."""
    given = {"number": code, "opposing": [{"name": names[0]}]}
    case_id = town.a_case(**given)
    for name in names[1:]:
        added = {"role": "opposing", "person": {"name": name}}
        assert town.ask(Role.CLERK, f"/cases/{case_id}/parties", added).status_code == 204
    return next(case for case in town.register.all(CaseRow) if case.id == case_id)


def test_opponent_under_any_name_and_spelling_of_an_organ_bars_its_adviser(town):
    town.register.a_listed_organ(BUREAU, BUREAU_SHORT)
    town.register.a_listed_organ("商丘市中级人民法院")
    town.done(town.hers, "/declared-ties", BUREAU_ADVISED)
    town.done(town.hers, "/declared-ties", {"kind": "adviser", "name": "商丘市中级人民法院"})

    for number, name in enumerate((BUREAU_SHORT, "商丘市　人社局", "（商丘市）人社局", "河南省商丘中院")):
        assert refusals(town, against(town, f"2026-{number}", name)) == (TIED, UNCLEAR), name
    assert refusals(town, against(town, "2026-8", "某某公司", BUREAU_SHORT)) == (TIED, UNCLEAR), "added later"
    assert refusals(town, against(town, "2026-9", "虞城县人社局")) == ([], []), "another organ"


def test_check_before_intake_knows_an_organ_by_its_alias_and_a_name_nobody_entered_as_a_name(town):
    town.register.a_listed_organ(BUREAU, BUREAU_SHORT)
    tie = town.done(town.hers, "/declared-ties", BUREAU_ADVISED)
    other = town.done(town.hers, "/declared-ties", {"kind": "adviser", "name": "虞城县人社局"})

    def found(name, role="opposing"):
        sent = {"parties": [{"role": role, "person": {"name": name}}]}
        return [each["tie"]["id"] for each in town.done(Role.CLERK, "/conflict-check/declared-ties", sent)]

    assert found("商丘市 人社局") == found(BUREAU) == [tie["id"]]
    assert found(BUREAU_SHORT, "recipient") == found("虞城县人力资源和社会保障局") == []
    assert found("虞城县人社局") == [other["id"]]
    case = against(town, "2026-7", "虞城县人社局")
    assert refusals(town, case) == (UNCLEAR, []), "a name alone is looked at"
    assert all(row.organ is None for row in town.register.all(PartyRow))


def test_adviser_of_an_organ_declared_late_is_reported_who_has_the_case_against_its_alias(town):
    town.register.a_listed_organ(BUREAU, BUREAU_SHORT)
    case = against(town, "2026-7", BUREAU_SHORT)
    town.taken(case.id)
    town.done(town.hers, "/declared-ties", BUREAU_ADVISED)

    [found] = [row for row in town.register.all(FindingRow) if row.kind == "holder_barred"]
    assert found.facts["rules"] == ["no_declared_tie"]
    assert town.fetch(Role.CLERK, f"/cases/{case.id}/declared-ties")[0]["certain"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("door", ["api", "alias", "file"])
def test_organ_entered_late_bars_who_declared_it_before_by_any_of_its_names(town, door):
    tie = town.done(town.hers, "/declared-ties", {"kind": "adviser", "name": BUREAU_SHORT})
    case = against(town, "2026-7", f"（河南省）{BUREAU}")
    other = against(town, "2026-8", "虞城县人社局")
    asked = town.done(Role.CLERK, "/offers", {"case_id": case.id, "practitioner_ids": [town.lawyer.id]})[0]
    assert refusals(town, case) == refusals(town, other) == ([], [])

    if door == "file":
        assert bring_in(town.office, "organs", {"机关名称": BUREAU, "别名": BUREAU_SHORT}).refused == []
    else:
        organ = town.register.a_listed_organ(BUREAU, *([BUREAU_SHORT] if door == "api" else []))
    if door == "alias":
        town.done(Role.CLERK, f"/organs/{organ.id}/aliases", {"alias": BUREAU_SHORT})

    assert (refusals(town, case), refusals(town, other)) == ((TIED, UNCLEAR), ([], []))
    found = town.fetch(Role.CLERK, f"/declared-ties/{tie['id']}")
    assert (found["name"], found["organ"]) == (BUREAU, BUREAU)
    assert town.register.get(OfferRow, asked["id"]).state is OfferState.WITHDRAWN


def test_firm_that_advises_the_opponent_acts_against_it_only_with_consent(town):
    tie = town.done(town.firms, "/declared-ties", ADVISER | {"identity_number": CREDIT})
    case = a_suit(town, "大河建材有限公司")

    assert tie["institution_id"] == town.firm.id
    assert refusals(town, case) == (UNCLEAR, UNCLEAR)
    [found] = town.fetch(Role.CLERK, f"/cases/{case.id}/declared-ties")
    assert found["waits"]
    assert set(found["may_be"]) == {"conflict", "different_person", "no_conflict", "consent"}
    review(town, case, tie, "consent")
    assert refusals(town, case) == ([], [])
    review(town, case, tie, "conflict")
    assert town.fetch(Role.CLERK, "/tie-reviews") == {"total": 0, "items": []}


def review(town, case, tie, outcome, status=204):
    said = {"outcome": outcome, "text": "核对户籍信息"}
    answer = town.ask(Role.CLERK, f"/cases/{case.id}/declared-ties/{tie['id']}", said, "PUT")
    assert answer.status_code == status, answer.text


def test_name_alone_is_for_a_person_to_look_at_and_stays_as_they_found_it(town):
    tie = town.done(town.hers, "/declared-ties", RELATIVE)
    case = a_suit(town)

    [waiting] = town.fetch(Role.CLERK, "/tie-reviews")["items"]
    assert (waiting["case_number"], waiting["tie"]["name"], waiting["role"]) == (case.number, "王 芳", "opposing")
    review(town, case, tie, "consent")
    assert refusals(town, case) == (UNCLEAR, [])
    review(town, case, tie, "conflict")
    assert refusals(town, case) == (TIED, []), "the parties consented to the colleague"
    review(town, case, tie, "different_person")
    assert refusals(town, case) == ([], [])
    assert town.fetch(Role.CLERK, "/tie-reviews")["total"] == 0
    rows = town.register.all(TieReviewRow)
    assert sorted((row.outcome, row.superseded_at is None) for row in rows) == [
        ("conflict", False), ("consent", True), ("different_person", True),
    ]  # fmt: skip

    at = f"/v1/declared-ties/{tie['id']}"
    fixed = {"identity_number": NUMBER, "reason": "补登证件号码"}
    put_right = town.office.ask("PATCH", at, headers={"If-Match": '"1"'}, json=fixed)
    assert put_right.status_code == 200, put_right.text
    assert refusals(town, case) == (UNCLEAR, []), "who is meant changed, so it is looked at anew"
    stale = town.office.ask("PATCH", at, headers={"If-Match": '"1"'}, json=fixed)
    assert stale.status_code == 412


def test_what_is_certain_is_not_dismissed(town):
    tie = town.done(town.hers, "/declared-ties", RELATIVE | {"identity_number": NUMBER})
    case = a_suit(town, number=NUMBER)

    for outcome in ("different_person", "no_conflict", "conflict"):
        review(town, case, tie, outcome, 422)
    review(town, a_suit(town, "别人", code="2"), tie, "conflict", 404)


def test_relatives_at_a_court_join_those_of_the_entry_and_others_are_looked_at(town):
    town.register.a_listed_organ("某市中级人民法院", "某中院")
    town.register.a_listed_organ("某市公安局")
    at = {"kind": "relative_at_organ", "relation": "spouse", "organ": "某中院"}
    declared = town.done(town.hers, "/declared-ties", at)
    town.done(town.hers, "/declared-ties", at | {"organ": "某市公安局"})
    criminal = {"matter": "criminal", "service": Service.DEFENCE, "cause": "theft"}
    here, police, elsewhere = (
        town.register.a_case(f"{n}", organ=organ, **criminal)
        for n, organ in enumerate(("某市中级人民法院", "某市公安局", "court"))
    )

    assert declared["organ"] == "某市中级人民法院"
    assert refusals(town, here) == ([("no_relative_at_organ", False)], [])
    assert refusals(town, police) == (UNCLEAR, [])
    assert refusals(town, elsewhere)[1] == []
    [found] = town.fetch(Role.CLERK, f"/cases/{police.id}/declared-ties")
    assert (found["role"], found["tie"]["relation"]) == (None, "spouse")
    assert set(found["may_be"]) == {"conflict", "different_person", "no_conflict"}


def test_relative_at_a_court_nobody_entered_is_unknown_and_named_at_night(town):
    at = {"kind": "relative_at_organ", "relation": "child", "organ": "某县人民法院"}
    town.done(town.hers, "/declared-ties", at)
    case = town.register.a_case(organ="court", service=Service.LITIGATION_AGENCY)
    town.register.a_listed_organ("court")

    assert refusals(town, case) == ([("no_relative_at_organ", True)], [])
    a_suit(town, code="2")
    town.done(town.hers, "/declared-ties", RELATIVE)
    check_register(town.register.begin, town.register.read, NOW, town.register.centre.id)
    found = {row.kind.value: row.facts for row in town.register.all(FindingRow)}
    assert found["organ_unlisted"]["name"] == "某县人民法院"
    assert len(found["ties_waiting"]["ties"]) == 1


def test_tie_declared_late_reports_who_has_the_case_and_its_end_reports_them_no_more(town):
    case = a_suit(town, number=NUMBER)
    town.taken(case.id)

    def open_findings():
        rows = [row for row in town.register.all(FindingRow) if row.closed_at is None]
        return [(row.kind.value, row.facts["rules"]) for row in rows if row.kind == "holder_barred"]

    known = RELATIVE | {"practitioner_id": town.lawyer.id, "identity_number": NUMBER}
    tie = town.done(Role.CLERK, "/declared-ties", known)
    assert open_findings() == [("holder_barred", ["no_declared_tie"])]
    assert town.fetch(Role.CLERK, f"/cases/{case.id}/declared-ties")[0]["certain"]
    gone = {"reason": "误报 a mistake"}
    town.done(Role.CLERK, f"/declared-ties/{tie['id']}/removal", gone)
    town.done(Role.CLERK, f"/declared-ties/{tie['id']}/removal", gone)
    assert open_findings() == []

    town.done(Role.CLERK, "/declared-ties", known | {"from_on": TOMORROW})
    assert open_findings() == []
    later = NOW + timedelta(days=1)
    check_register(town.register.begin, town.register.read, later, town.register.centre.id)
    assert open_findings() == [("holder_barred", ["no_declared_tie"])], "a tie that begins is seen on its day"


def test_late_relative_at_the_court_of_an_open_case_is_reported(town):
    town.register.a_listed_organ("court")
    case = town.register.a_case(organ="court")
    town.taken(case.id)

    town.done(town.hers, "/declared-ties", {"kind": "relative_at_organ", "relation": "parent", "organ": "court"})

    assert [row.facts["rules"] for row in town.register.all(FindingRow)] == [["no_relative_at_organ"]]


def test_everyone_declares_and_reads_their_own_and_officers_correct(town):
    stranger, theirs = town.hired("p9", town.register.an_institution("other"))
    hers = town.done(town.hers, "/declared-ties", RELATIVE | {"identity_number": NUMBER})
    of_her = town.done(town.firms, "/declared-ties", RELATIVE | {"practitioner_id": town.lawyer.id, "name": "李四方"})

    assert town.done(town.hers, "/declared-ties", RELATIVE | {"identity_number": NUMBER})["id"] == hers["id"]
    assert hers["identity_number"] == "411***********1232"
    readers = (town.hers, town.firms, theirs)
    listed = [{row["id"] for row in town.fetch(who, "/declared-ties")["items"]} for who in readers]
    assert listed == [{hers["id"], of_her["id"]}, {hers["id"], of_her["id"]}, set()]
    at = f"/declared-ties/{hers['id']}"
    assert town.fetch(Role.AUDITOR, at)["name"] == "王 芳"
    refused = {
        "read": town.ask(theirs, at, method="GET"),
        "end": town.ask(theirs, f"{at}/end", {"until_on": TOMORROW}),
        "of another": town.ask(theirs, "/declared-ties", ADVISER | {"practitioner_id": town.lawyer.id}),
        "of a firm": town.ask(theirs, "/declared-ties", ADVISER | {"institution_id": town.firm.id}),
        "removal": town.ask(town.hers, f"{at}/removal", {"reason": "x"}),
        "of nobody": town.ask(Role.CLERK, "/declared-ties", ADVISER),
        "past": town.ask(town.hers, f"{at}/end", {"until_on": YESTERDAY}),
        "auditor": town.ask(Role.AUDITOR, "/declared-ties", ADVISER | {"practitioner_id": town.lawyer.id}),
    }
    assert {why: answer.status_code for why, answer in refused.items()} == {
        "read": 404, "end": 403, "of another": 403, "of a firm": 403, "removal": 403, "of nobody": 422, "past": 422,
        "auditor": 403,
    }  # fmt: skip
    ended = town.done(town.hers, f"{at}/end", {"until_on": TODAY.isoformat()})
    assert (ended["until_on"], ended["revision"]) == (TODAY.isoformat(), 2)
    assert stranger.id not in {row.practitioner_id for row in town.register.all(DeclaredTieRow)}


# fmt: off
WRONG = (
    ({"kind": "relative", "name": "王芳"},                                        "relation"),
    ({"kind": "relative", "relation": "child"},                                   "name"),
    ({"kind": "relative_at_organ", "relation": "child", "name": "王芳"},          "name"),
    ({"kind": "adviser", "name": "某公司"},                                       "name"),
    (ADVISER | {"relation": "child"},                                             "relation"),
    (RELATIVE | {"identity_number": "411402198505051233"},                        "identity_number"),
    (RELATIVE | {"from_on": TOMORROW, "until_on": YESTERDAY},                     "until_on"),
)
# fmt: on


def test_declaration_that_says_too_little_or_contradicts_itself_is_refused(town):
    answers = [town.ask(town.hers, "/declared-ties", wrong) for wrong, _ in WRONG]

    assert [(each.status_code, each.json()["facts"]["field"]) for each in answers] == [
        (422, field) for _, field in WRONG
    ]
    assert "41140219" not in "".join(each.text for each in answers)
    assert town.register.all(DeclaredTieRow) == []
    firm = town.ask(town.firms, "/declared-ties", RELATIVE)
    assert (firm.status_code, firm.json()["facts"]["field"]) == (422, "institution"), "a firm has no relatives"


def test_code_is_given_once_and_free_again_when_its_declaration_is_removed(town):
    coded = ADVISER | {"code": "GX-1"}
    first = town.done(town.hers, "/declared-ties", coded)

    assert town.ask(town.hers, "/declared-ties", coded | {"name": "另一公司甲"}).status_code == 409
    town.done(Role.CLERK, f"/declared-ties/{first['id']}/removal", {"reason": "x"})
    assert town.done(town.hers, "/declared-ties", coded)["code"] == "GX-1"
    everything = town.fetch(Role.CLERK, "/declared-ties?removed=true")["items"]
    assert [row["removed_at"] is None for row in everything].count(False) == 1


def test_history_and_audit_tell_of_it_and_nothing_personal_lies_open(town):
    tie = town.done(town.hers, "/declared-ties", RELATIVE | {"identity_number": NUMBER})
    town.done(town.hers, f"/declared-ties/{tie['id']}/end", {"until_on": TODAY.isoformat()})

    history = town.fetch(Role.CLERK, f"/practitioners/{town.lawyer.id}/history")["items"]
    fields = [{each["field"]: each["after"] for each in change["changes"]} for change in history]
    assert [change["act"] for change in history] == ["ties", "ties"]
    assert (fields[0]["tie_name"], fields[1]["tie_until_on"]) == ("王 芳", TODAY.isoformat())
    watched = town.fetch(Role.AUDITOR, f"/practitioners/{town.lawyer.id}/history")["items"]
    assert NUMBER not in str(watched)
    assert [row.subject for row in town.register.all(AuditRow) if row.subject == "declared_tie"] == ["declared_tie"] * 2
    for table in (DeclaredTieRow, RosterChangeRow, AuditRow):
        for row in town.register.all(table):
            assert NUMBER not in str(row.model_dump(exclude={"sealed"}))
            assert "王" not in str(row.model_dump(exclude={"sealed"}))


def test_people_not_taken_in_yet_are_checked_against_what_is_declared(town):
    tie = town.done(town.hers, "/declared-ties", RELATIVE | {"identity_number": NUMBER})

    def found(role, **person):
        sent = {"parties": [{"role": role, "person": person}]}
        answer = town.done(Role.CLERK, "/conflict-check/declared-ties", sent)
        return [(each["tie"]["id"], each["same_number"]) for each in answer]

    assert found("opposing", name="不同名", identity_number=NUMBER) == [(tie["id"], True)]
    assert found("opposing", name="王芳") == [(tie["id"], False)]
    assert found("opposing", name="王芳", identity_number=OTHER_NUMBER) == found("recipient", name="王芳") == []


def test_merged_record_keeps_what_was_declared_of_the_other(town):
    twin = town.register.a_practitioner("p8", town.firm)
    tie = town.done(Role.CLERK, "/declared-ties", RELATIVE | {"practitioner_id": twin.id, "identity_number": NUMBER})
    merged = {"other_id": twin.id, "reason": "同一人"}
    answer = town.office.ask(
        "POST", f"/v1/practitioners/{town.lawyer.id}/merge", headers={"If-Match": '"1"'}, json=merged
    )
    assert answer.status_code == 200, answer.text

    assert town.fetch(Role.CLERK, f"/declared-ties/{tie['id']}")["practitioner_id"] == town.lawyer.id
    assert refusals(town, a_suit(town, number=NUMBER))[0] == TIED


def test_client_comes_along_to_the_new_firm_and_its_people_are_judged_at_once(town):
    newcomer = town.register.a_practitioner("p7", town.register.an_institution("elsewhere"))
    case = a_suit(town, "大河建材有限公司", f"other:{CREDIT}")
    town.taken(case.id)
    known = ADVISER | {"practitioner_id": newcomer.id, "identity_number": CREDIT}
    town.done(Role.CLERK, "/declared-ties", known)
    assert town.register.all(FindingRow) == []

    moved = town.office.ask(
        "PATCH", f"/v1/practitioners/{newcomer.id}", json={"institution": "firm"}, headers={"If-Match": '"1"'}
    )

    assert moved.status_code == 200, moved.text
    [finding] = town.register.all(FindingRow)
    assert (finding.facts["practitioner_id"], finding.facts["rules"]) == (town.lawyer.id, ["declared_tie_reviewed"])


def test_same_declaration_at_one_moment_is_one(town):
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: town.done(town.hers, "/declared-ties", RELATIVE)["id"], range(3)))

    assert len(set(found)) == len(town.register.all(DeclaredTieRow)) == 1
