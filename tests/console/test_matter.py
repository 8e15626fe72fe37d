"""People, related cases and stages of a matter in the console: added, put right, and the next stage opened."""

import re
from dataclasses import replace
from datetime import date

import pytest

from dispatch.commands.cases.intake import submit_case
from dispatch.commands.cases.stored import show_document
from dispatch.domain.vocabulary import PartyRole, RelationKind, Role, Stage, Status
from dispatch.registry.tables import AuditRow, CaseRow, PartyRow, RelationRow
from tests.rows import NOW, a_draft

OTHERS = {"opposing": [{"name": "某公司"}, {"name": "李四", "contact": "0370-2"}]}


@pytest.fixture
def sealed(console, app):
    return replace(console.register, seal=app.state.context.key.require())


@pytest.fixture
def case(console, sealed):
    register = sealed
    draft = a_draft(story="拖欠三个月", **OTHERS)
    return submit_case(register.begin, register.seal, register.clerk, NOW, draft)


def people(register, case):
    return [(row.role, register.seal.open(row.sealed)) for row in register.all(PartyRow, PartyRow.case_id == case.id)]


def test_party_known_late_is_added_without_opening_the_others_and_faults_stand_at_their_fields(console, sealed, case):
    register = sealed
    path = f"/cases/{case.id}/parties"
    page = console.get(path).text
    who = {"tried": "party.person", "party.role": "related", "party.person.name": "王建军"}
    nobody = console.press(f"{path}/add-party", more=who | {"party.person.name": ""})
    wrong = console.press(f"{path}/add-party", more=who | {"party.person.identity_number": "411402198505051233"})
    made = console.press(f"{path}/add-party", more=who | {"party.person.contact": "0370-1"})

    assert "某公司" not in page
    assert path in console.get(f"/cases/{case.id}").text
    assert 'id="party.person.name-error"' in nobody.text
    assert 'id="party.person.identity_number-error"' in wrong.text
    assert made.headers["location"].endswith(f"{path}?done=add-party")
    [added] = [said for role, said in people(register, case) if role is PartyRole.RELATED]
    assert (added["name"], added["contact"]) == ("王建军", "0370-1")
    assert "已与全部案件比对" in console.get(f"{path}?done=add-party").text


def test_related_case_is_named_by_its_number_and_seen_from_both(console, sealed, case):
    register = sealed
    other = register.a_case("2026-0077")
    path = f"/cases/{case.id}/parties"
    without = console.press(f"{path}/add-relation", more={"tried": "relation", "relation.kind": "earlier_stage"})
    unknown = console.press(f"{path}/add-relation", more={"tried": "relation", "relation.number": "2026-9999",
                                                          "relation.kind": "earlier_stage"})  # fmt: skip
    kindless = console.press(f"{path}/add-relation", more={"tried": "relation", "relation.number": "2026-0077"})
    named = {"relation.number": "2026-0077", "relation.kind": "earlier_stage"}
    console.press(f"{path}/add-relation", more=named)

    for refused in (without, unknown):
        assert refused.status_code == 422
        assert 'id="relation.number-error"' in refused.text
        assert "本中心已登记案件的编号" in refused.text
    assert 'id="relation.kind-error"' in kindless.text
    [row] = register.all(RelationRow)
    assert (row.kind, row.case_id, row.other_id) == (RelationKind.EARLIER_STAGE, case.id, other.id)
    assert "本案前一诉讼（办理）阶段" in console.get(path).text
    assert "该案为后一阶段" in console.get(f"/cases/{other.id}/parties").text


def test_details_are_put_right_one_by_one_the_rest_stays_and_the_look_is_logged(console, sealed, case):
    register = sealed
    path = f"/cases/{case.id}/people/change"
    looks = len(register.all(AuditRow))
    page = console.get(path)
    console.press(
        f"{path}/put-right", revision=console.hidden(page, "revision"),
        more={"recipient.name": "张三", "recipient.contact": "", "recipient.identity_number": "411402198505051232",
              "opposing.0.name": "某某有限公司", "opposing.1.name": "李四", "opposing.1.contact": "0370-2",
              "story": "拖欠六个月"},
    )  # fmt: skip
    with register.read() as session:
        document = show_document(session, register.seal, register.get(CaseRow, case.id))

    assert len(register.all(AuditRow)) > looks
    assert "拖欠三个月" in page.text
    assert path in console.get(f"/cases/{case.id}/people").text
    assert document["recipient"]["name"] == "张三"
    assert document["recipient"]["identity_number"] == "411402198505051232"
    assert document["recipient"].get("contact") is None
    assert sorted(document["opposing"], key=len) == [{"name": "某某有限公司"}, {"name": "李四", "contact": "0370-2"}]
    assert document["story"] == "拖欠六个月"


def test_party_who_has_no_part_is_removed_and_what_that_sets_off_is_shown(console, sealed, case):
    register = sealed
    path = f"/cases/{case.id}/people/change"
    opened = console.get(path)
    # They stand in the order of their ids, which are random.
    firm_first = re.search(r'name="opposing.0.name"[^>]* value="某公司"', opened.text)
    firm, person = ("opposing.0", "opposing.1") if firm_first else ("opposing.1", "opposing.0")
    as_it_is = {"recipient.name": a_draft().recipient.name, "story": "拖欠三个月", f"{firm}.name": "某公司",
                f"{person}.name": "李四", f"{person}.contact": "0370-2",
                "recipient.identity_number": a_draft().recipient.identity_number or "",
                "recipient.contact": a_draft().recipient.contact or ""}  # fmt: skip
    revision = console.hidden(opened, "revision")
    same = console.press(f"{path}/put-right", revision=revision, more=as_it_is)
    page = console.press(f"{path}/put-right", revision=revision, more=as_it_is | {"removed[]": [firm]})
    nameless = console.press(f"{path}/put-right", revision=int(revision) + 1, more=as_it_is | {"recipient.name": ""})
    crowd = {f"opposing.{k}.name": f"第{k}人" for k in range(21)}
    crowded = console.press(f"{path}/put-right", revision=int(revision) + 1, more=as_it_is | crowd)

    assert "没有修改" in same.text
    assert page.status_code == 200, page.text
    assert "修改结果" in page.text
    assert "对方当事人" in page.text
    assert [said["name"] for role, said in people(register, case) if role is PartyRole.OPPOSING] == ["李四"]
    assert (nameless.status_code, crowded.status_code) == (422, 422), "nobody is left out without a word"
    assert 'id="recipient.name-error"' in nameless.text


WOMAN, MAN, CHILD = "411402198505051240", "411402198505051232", "411402201505051237"


def filled(page):
    """Return what the form of a page holds, as a browser sends it back."""
    return dict(re.findall(r'<input[^>]* name="([\w.]+)"[^>]* value="([^"]*)"', page.text))


def test_wrong_number_is_put_right_though_it_said_another_sex_and_age(console, sealed):
    register = sealed
    given = a_draft(
        recipient={"name": "张三", "identity_number": MAN}, co_accused=[{"name": "李四", "identity_number": MAN}]
    )
    case = submit_case(register.begin, register.seal, register.clerk, NOW, given)
    path = f"/cases/{case.id}/people/change"
    form = filled(console.get(path))
    done = console.press(
        f"{path}/put-right", more=form | {"recipient.identity_number": WOMAN, "co_accused.0.identity_number": CHILD}
    )

    assert done.status_code == 200
    known = {said["name"]: (said["identity_number"], said["sex"], said["minor"]) for _, said in people(register, case)}
    assert known == {"张三": (WOMAN, "female", False), "李四": (CHILD, "male", True)}


def test_sex_and_age_of_the_others_stay_where_no_number_says_them(console, sealed):
    register = sealed
    known = {"sex": "female", "minor": True}
    given = a_draft(co_accused=[{"name": "李四", **known}, {"name": "王五", "identity_number": WOMAN}])
    case = submit_case(register.begin, register.seal, register.clerk, NOW, given)
    path = f"/cases/{case.id}/people/change"
    form = filled(console.get(path))
    [li] = [name.removesuffix(".name") for name, text in form.items() if text == "李四"]
    console.press(
        f"{path}/put-right",
        more=form | {f"{li}.identity_kind": "passport", f"{li}.identity_number": "E12345678", f"{li}.contact": "1"},
    )

    said = {each["name"]: each for _, each in people(register, case)}
    assert said["李四"] == {
        "name": "李四",
        "identity_kind": "passport",
        "identity_number": "E12345678",
        "contact": "1",
        **known,
    }
    assert (said["王五"]["identity_number"], said["王五"]["sex"], said["王五"]["minor"]) == (WOMAN, "female", False)


def test_fault_stands_at_the_row_it_was_typed_in_though_somebody_above_is_removed(console, sealed, case):
    path = f"/cases/{case.id}/people/change"
    form = filled(console.get(path)) | {"opposing.1.identity_number": "12", "removed[]": ["opposing.0"]}
    refused = console.press(f"{path}/put-right", more=form)

    assert 'id="opposing.1.identity_number-error"' in refused.text
    assert 'id="opposing.0.identity_number-error"' not in refused.text


def test_details_of_a_case_that_is_over_are_read_only_and_a_password_is_asked_for(console, sealed, case):
    register = sealed
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.CLOSED
    page = console.get(f"/cases/{case.id}/people/change").text
    console.forget_password(Role.CLERK)

    assert "put-right" not in page
    assert console.get(f"/cases/{case.id}/people/change").status_code == 303


def test_refusal_opens_nothing_to_whom_the_page_would_ask_for_the_password(console, sealed, case):
    path = f"/cases/{case.id}/people/change"
    revision = console.hidden(console.get(path), "revision")
    console.forget_password(Role.CLERK)

    refused = [console.press(f"{path}/put-right", revision=each) for each in ("", revision, "999")]

    assert [each.status_code for each in refused] == [422] * 3
    assert not [each for each in refused if "拖欠三个月" in each.text or "某公司" in each.text]


def test_next_stage_is_opened_with_facts_and_people_and_both_are_listed(console, sealed, case):
    register = sealed
    path = f"/cases/{case.id}/stages"
    early = console.get(path).text
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.CLOSED
    register.an_assignment(case, register.a_practitioner("held"), accepted_at=NOW, closed_at=NOW)
    form = console.get(path).text
    wrong = console.press(f"{path}/open-stage", number="2026-0500", stage="investigation")
    told = {"number": "2026-0500", "stage": "second_instance", "source": "application", "preservation": "unknown",
            "hearing_on": "2026-05-01"}  # fmt: skip
    made = console.press(f"{path}/open-stage", **told)

    [after] = register.all(CaseRow, CaseRow.number == "2026-0500")
    assert "接受指派以后" in early
    assert "open-stage" not in early
    assert 'name="review_court"' not in form
    assert 'id="stage-error"' in wrong.text
    assert made.headers["location"].startswith(f"/console/cases/{after.id}?")
    assert (after.stage, after.hearing_on, after.cause) == (Stage.SECOND_INSTANCE, date(2026, 5, 1), case.cause)
    assert [role for role, _ in people(register, after)] == [role for role, _ in people(register, case)]
    for number in ("2026-0500", case.number):
        assert number in console.get(f"/cases/{after.id}/stages", Role.AUDITOR).text
    assert "open-stage" not in console.get(path, Role.AUDITOR).text


def test_last_stage_has_none_after_it(console, sealed):
    register = sealed
    case = register.a_case("1", stage=Stage.ENFORCEMENT_OBJECTION)

    assert "本阶段之后没有其他阶段" in console.get(f"/cases/{case.id}/stages").text
