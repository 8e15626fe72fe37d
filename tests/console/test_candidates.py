"""Candidates: ranked with every term, refused by rule, why not somebody else, asked and named with a reason."""

import re
from datetime import date

from dispatch.commands.roster.absences import suspend
from dispatch.console.pages import candidates
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import AssignmentRow, CaseRow, DesignationRow, OfferRow
from tests.rows import NOW


def opened(console, case, query="", role=Role.CLERK, **more):
    page = console.get(f"/cases/{case.id}/candidates{query}", role, **more)
    assert page.status_code == 200, page.text
    return page.text


def test_ranking_shows_people_points_and_whom_rules_refuse(console, register):
    case, best = register.a_case("1"), register.a_practitioner("best", specialties={"wages": 99})
    register.a_practitioner("worse", specialties={"wages": 10})
    register.a_practitioner("gone", areas=["B"], assessment_valid_to=date(2020, 1, 1), capacity=0)

    page = opened(console, case)

    assert page.index("person best") < page.index("person worse")
    assert "person gone" not in page
    assert "专业特长" in page
    assert "《" in page[page.index("按规则不符合的人数") :]
    assert "确认指派" in page
    assert "确认指派" not in opened(console, case, role=Role.AUDITOR)
    assert best.code in page


def test_rows_stand_in_the_order_of_the_points_they_show(console, register, monkeypatch):
    case = register.a_case("1")
    for level in (90, 60, 30):
        register.a_practitioner(f"l{level}", specialties={"wages": level})
    real = candidates.list_candidates

    def with_turns(*args, **more):
        first, *others = real(*args, **more)
        return [first.model_copy(update={"score": first.score + 9_000, "slot_price": 9_000}), *others]

    monkeypatch.setattr(candidates, "list_candidates", with_turns)
    page = opened(console, case)
    shown = [float(each) for each in re.findall(r'class="score">([\d.]+)', page)]

    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 3
    assert page.count("比第一名少") >= 2
    assert re.search(r"得分合计[\d.]+分，因均衡轮次扣0\.9分。", page)


def test_anyone_is_asked_about_by_name_or_number_with_the_law_in_full(console, register):
    case = register.a_case("1")
    register.a_practitioner("best", specialties={"wages": 99})
    register.a_practitioner("gone", areas=["B"], assessment_valid_to=date(2020, 1, 1), capacity=0)

    by_number, by_name = opened(console, case, "?who=gone"), opened(console, case, "?who=person")

    assert by_number.count('id="answer"') == 1
    assert "《" in by_number[by_number.index('id="answer"') :]
    assert "请选择" in by_name
    assert "没有找到" in opened(console, case, "?who=nobody")


def test_other_than_the_first_is_named_with_a_reason_and_what_it_costs_is_said(console, register):
    case = register.a_case("1")
    register.a_practitioner("best", specialties={"wages": 99})
    other = register.a_practitioner("other", specialties={"wages": 10})
    key = f"name-{other.id}"
    fields = {"practitioner": other.id, f"{key}.practitioner_id": other.id, f"{key}.ask": "false"}

    refused = console.press(f"/cases/{case.id}/candidates/name", more=fields | {f"{key}.reason": " "})
    asked = opened(console, case, f"?about={other.id}")
    named = console.press(f"/cases/{case.id}/candidates/name", more=fields | {f"{key}.reason": "受援人熟悉"})

    assert refused.status_code == 422
    assert "全部案件合计减少" in asked
    assert named.headers["location"].startswith(f"/console/cases/{case.id}?done=")
    [assignment] = register.all(AssignmentRow)
    assert (assignment.practitioner_id, assignment.reason) == (other.id, "受援人熟悉")
    assert register.all(DesignationRow)[0].reason == "受援人熟悉"
    assert "选定" in opened(console, case) or "person other" in opened(console, case)


def test_who_was_shown_and_may_no_longer_take_it_is_not_assigned_and_the_page_says_why(console, register):
    case, person = register.a_case("1"), register.a_practitioner("best")
    key = f"name-{person.id}"
    fields = {"practitioner": person.id, f"{key}.practitioner_id": person.id, f"{key}.ask": "false"}
    assert "person best" in opened(console, case)
    suspend(register.begin, register.manager, NOW, NOW.date(), None, "complaint", practitioner_id=person.id)

    refused = console.press(f"/cases/{case.id}/candidates/name", more=fields | {f"{key}.reason": "受援人熟悉"})

    assert refused.status_code == 409
    assert "暂停指派期间" in refused.text
    assert register.all(AssignmentRow) == register.all(DesignationRow) == []


def test_reason_of_a_designation_stays_where_the_password_was_given_too_long_ago(console, register):
    case, person = register.a_case("1"), register.a_practitioner("best")
    key = f"name-{person.id}"
    console.forget_password(Role.CLERK)

    asked = console.press(
        f"/cases/{case.id}/candidates/name",
        more={
            "practitioner": person.id,
            f"{key}.practitioner_id": person.id,
            f"{key}.ask": "false",
            f"{key}.reason": "受援人熟悉",
        },
    )

    assert asked.status_code == 403
    assert 'value="受援人熟悉"' in asked.text
    assert register.all(AssignmentRow) == []


def test_practitioner_is_asked_by_one_press(console, register):
    case, person = register.a_case("1"), register.a_practitioner("best")

    console.press(f"/cases/{case.id}/candidates/offer", practitioner=person.id)

    assert [row.practitioner_id for row in register.all(OfferRow)] == [person.id]
    assert register.get(CaseRow, case.id).status is Status.OFFERED


def test_case_nobody_may_take_says_why_and_what_would_help(console, register):
    case = register.a_case("1")
    register.a_practitioner("gone", areas=["B"], assessment_valid_to=date(2020, 1, 1), capacity=0)

    page = opened(console, case, "?why=1")

    assert "没有人符合本案全部条件" in page
    assert 'id="answer"' in page
