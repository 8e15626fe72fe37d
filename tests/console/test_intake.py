"""Registering a case in steps: faults at their field, nothing typed is lost, conflicts and doubles shown before."""

import re

from dispatch.domain.vocabulary import PartyRole, Role
from dispatch.registry.tables import CaseRow

CASE = {
    "source": "application", "number": "（2026）梁援字第12号", "received_at": "2026-03-08T09:30", "matter": "civil",
    "cause": "wages", "service": "litigation_agency", "stage": "first_instance", "area": "A",
}  # fmt: skip
RECIPIENT = {"recipient.name": "王小明", "recipient.minor": "false", "categories[]": "migrant_worker"}
FACTS = {"detained": "false", "grave": "false", "sexual_assault": "false", "secret": "unknown"}
PEOPLE = {"opposing.0.name": "", "opposing.1.name": "某建筑有限公司"}
STEPS = ({**CASE, "step": "case"}, {**RECIPIENT, "step": "recipient"}, {**FACTS, "step": "facts"},
         {**PEOPLE, "step": "people"})  # fmt: skip


def fields_of(page):
    """What the form of a page would send of hidden fields."""
    form = page.text.partition('<form class="card"')[2]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name != "step" and value}


def walked(console, *steps):
    page = console.get("/cases/new")
    for step in steps:
        page = console.press("/cases/new/next", more={**fields_of(page), **step})
    return page


def step_of(page):
    return re.search(r'name="step" value="(\w+)"', page.text)[1]


def test_case_is_registered_in_steps_and_its_facts_are_as_typed(console, register):
    checked = walked(console, *STEPS)
    assert step_of(checked) == "check"
    assert "没有发现利益冲突" in checked.text

    done = console.press("/cases/new/submit", more={**fields_of(checked), "step": "check"})
    again = console.press("/cases/new/submit", more={**fields_of(checked), "step": "check"})

    [case] = register.all(CaseRow)
    assert done.headers["location"] == f"/console/cases/{case.id}?done=submit"
    assert again.headers["location"] == done.headers["location"]
    assert (case.number, case.detained, case.secret) == ("（2026）梁援字第12号", False, None)
    assert case.categories == ["migrant_worker"]
    assert case.received_at.isoformat() == "2026-03-08T01:30:00+00:00"


def test_fault_is_told_at_its_field_and_nothing_typed_is_lost(console):
    page = walked(console, STEPS[0] | {"number": "", "cause": "wages"})

    assert page.status_code == 422
    assert step_of(page) == "case"
    assert 'id="number-error"' in page.text
    assert re.search(r'id="cause"[^>]* value="wages"', page.text)


def test_summary_of_a_refusal_calls_each_field_by_its_label_and_leads_to_it(console):
    empty = console.press("/cases/new/next", step="case")
    one = walked(console, STEPS[0] | {"cause": "薪水没发"})

    assert set(re.findall(r'<li><a href="#(\w+)">([^<]+)</a>', empty.text)) == {
        ("number", "案件编号：必填"), ("matter", "案件类型：必填"), ("cause", "案由（罪名）：必填"),
        ("service", "法律援助形式：必填"), ("stage", "诉讼（办理）阶段：必填"),
        ("received_at", "收到申请（通知）时间：必填"),
    }  # fmt: skip
    assert '<a href="#cause">案由（罪名）：应为案由目录' in one.text


def test_fault_found_at_the_end_leads_back_to_its_step(console):
    checked = walked(console, *STEPS)

    page = console.press(
        "/cases/new/submit", more={**fields_of(checked), "step": "check", "custody_ends_on": "2026-05-01"}
    )

    assert page.status_code == 422
    assert step_of(page) == "facts"
    assert 'id="custody_ends_on-error"' in page.text
    assert fields_of(page)["recipient.name"] == "王小明"


def test_each_step_is_checked_as_the_register_would_before_the_next(console, register):
    register.a_case("2026-0009")

    twice = walked(console, STEPS[0] | {"number": "2026-0009"})
    strange = walked(console, STEPS[0] | {"cause": "没有这个案由"})
    later = walked(console, STEPS[0] | {"received_at": "2036-03-08T09:30"})
    owed = walked(console, STEPS[0], STEPS[1], {**FACTS, "materials_due_on": "2026-05-01", "step": "facts"})

    for page, field in ((twice, "number"), (strange, "cause"), (later, "received_at")):
        assert (page.status_code, step_of(page)) == (422 if field != "number" else 409, "case")
        assert f'id="{field}-error"' in page.text
    assert (owed.status_code, step_of(owed)) == (422, "facts")
    assert len(register.all(CaseRow)) == 1


def test_cause_that_is_unknown_or_of_another_branch_is_told_by_the_branch_of_the_case(console):
    strange, crime = (walked(console, STEPS[0] | {"cause": each}) for each in ("薪水没发", "盗窃罪"))

    assert "应为案由目录中的民事类案由，如劳动争议、人事争议、婚姻家庭纠纷" in strange.text
    assert "编号</strong>" not in strange.text
    assert "案由“盗窃罪”属于刑事类，本案填为民事类" in crime.text


def test_faults_of_a_later_step_wait_until_it_is_come_to(console):
    unfit = {"custody_ends_on": "2036-13-41", "hearing_on": "never"}
    owed = {"materials_due_on": "2026-05-01"}

    for later in (unfit, owed):
        page = console.press("/cases/new/next", more=STEPS[0] | later)

        assert (page.status_code, step_of(page)) == (200, "recipient")
        assert fields_of(page).items() >= later.items()


def test_what_is_checked_at_the_end_is_everything_that_was_typed(console):
    facts = {**FACTS, "hearing_on": "2026-04-02", "demand": "2"}
    page = walked(console, STEPS[0] | {"organ": "某区人民法院"}, STEPS[1], facts | {"step": "facts"}, STEPS[3])

    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd[^>]*>([^<]+)</dd>", page.text))

    assert shown["案件编号"] == "（2026）梁援字第12号"
    assert shown["受援人"] == "王小明"
    assert shown["对方当事人"] == "某建筑有限公司"
    assert shown["办案机关（争议处理机关）"] == "某区人民法院"
    assert (shown["开庭日期"], shown["承办人数"]) == ("2026-04-02", "2")
    assert (shown["受援人类别"], shown["在押"], shown["涉密案件"]) == ("农民工", "否", "不详")
    assert "未填写：" in page.text


def test_step_before_keeps_what_was_typed(console):
    page = walked(console, *STEPS[:2])

    back = console.press("/cases/new/back", more={**fields_of(page), **FACTS, "step": "facts", "back": "1"})

    assert step_of(back) == "recipient"
    assert re.search(r'id="recipient.name"[^>]* value="王小明"', back.text)
    assert fields_of(back)["detained"] == "false"


def test_conflict_and_another_case_of_the_recipient_are_shown_before_anything_is_kept(console, register):
    other = register.a_case("2026-0003")
    register.a_party(other, PartyRole.RECIPIENT, "王小明", "411402198505051232")
    register.a_party(other, PartyRole.OPPOSING, "赵大力")
    recipient = {**STEPS[1], "recipient.identity_number": "411402198505051232"}
    people = {"opposing.0.name": "王小明", "opposing.0.identity_number": "411402198505051232", "step": "people"}

    page = walked(console, STEPS[0], recipient, STEPS[2], people)

    assert "2026-0003" in page.text
    assert "可能重复" in page.text
    assert len(register.all(CaseRow)) == 1


def test_declared_ties_to_the_other_side_are_shown_before_anything_is_kept(console, register):
    person = register.a_practitioner("L-7")
    told = {"kind": "adviser", "name": "梁园建筑有限公司", "from_on": "2026-01-01"}
    console.press("/ties/declare", who="L-7", practitioner_id=person.id, **told)

    page = walked(console, STEPS[0], STEPS[1], STEPS[2], STEPS[3] | {"opposing.0.name": "梁园建筑有限公司"})
    free = walked(console, STEPS[0], STEPS[1], STEPS[2], STEPS[3] | {"opposing.0.name": "别的有限公司"})

    assert "申报过与这些人员的利害关系" in page.text
    assert "person L-7" in page.text
    assert "仅姓名（名称）相同" in page.text
    assert "申报过与这些人员的利害关系" not in free.text
    assert register.all(CaseRow) == []


def test_only_who_registers_cases_may(console):
    assert console.press("/cases/new/next", Role.AUDITOR, step="case").status_code == 403
