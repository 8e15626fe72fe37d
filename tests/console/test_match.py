"""Matching runs in the console: asked for, watched, looked at, checked, applied in part or whole, letters to follow."""

import re
from datetime import timedelta

from dispatch.api.paging import cursor_of
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs.requests import request_run, solve_run
from dispatch.console.pages import match
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import AssignmentRow, CaseRow, PractitionerRow, ProposalRow
from tests.rows import NOW


def started(console):
    """Press the button; return where the run is."""
    return console.press("/match/start").headers["location"].removeprefix("/console").partition("?")[0]


def solved(console):
    register, where = console.register, started(console)
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), where.rpartition("/")[2])
    return where


def test_run_is_watched_until_it_is_done(console, register):
    register.a_case("1")
    register.a_practitioner("p")
    where = started(console)

    waiting = console.get(where)
    assert "data-reload-s" in waiting.text
    assert "等待开始" in waiting.text
    assert console.press(f"{where}/cancel").status_code == 303
    assert "已取消" in console.get(where).text
    assert where in console.get("/match").text


def test_open_cases_come_first_with_the_rule_and_what_would_help(console, register):
    register.a_case("1", due_at=NOW + timedelta(days=1))
    register.a_case("2")
    register.a_practitioner("p", capacity=1)
    where = solved(console)

    page, reasons = console.get(where).text, console.get(f"{where}?reasons=1").text

    assert page.index("无人承办的案件") < page.index("匹配结果")
    assert "全部采纳（1件）" in page
    assert "缺1个" in reasons or "没有可以分析" not in reasons


def test_certificate_is_checked_here_and_downloaded_and_rules_have_their_price(console, register):
    register.a_case("1")
    register.a_practitioner("p")
    where = solved(console)

    checked, priced = console.get(f"{where}?check=1").text, console.get(f"{where}?prices=1").text
    proof = console.press(f"{where}/proof")

    assert "最优性证明成立" in checked
    assert "已证明最优" in checked
    assert 'id="prices"' in priced
    assert proof.headers["content-type"] == "application/zip"
    assert proof.content[:2] == b"PK"


def test_proposals_and_open_cases_are_paged_each_by_itself(console, register, monkeypatch):
    monkeypatch.setattr(match, "SHOWN", 1)
    cases = {register.a_case(str(n), due_at=NOW + timedelta(days=9 + n)).id for n in range(4)}
    for code in ("p1", "p2"):
        register.a_practitioner(code, capacity=1)
    where = solved(console)

    def shown(page):
        html = page.partition('<section aria-labelledby="placed">')
        return [re.findall(r"/console/cases/(\w+)", part) for part in (html[0], html[2])]

    first = console.get(where).text
    opens, places = re.findall(r'href="([^"]+)" rel="next"', first)
    (open_first, placed_first), (open_second, _), (_, placed_second) = map(
        shown, (first, *(console.get(at.replace("&amp;", "&")).text for at in (opens, places)))
    )

    assert [len(each) for each in (open_first, placed_first, open_second, placed_second)] == [1, 1, 1, 1]
    assert {*open_first, *placed_first, *open_second, *placed_second} == cases
    assert "全部采纳（2件）" in first
    for bad in (("placed", "x"), ("other", "x"), ("open", "x", "y", "z")):
        assert console.get(f"{where}?cursor={cursor_of(*bad)}").status_code == 422


def test_run_is_no_import(console, register):
    assert console.get(started(console).replace("/match/", "/imports/")).status_code == 404


def test_some_are_applied_with_a_reason_and_the_rest_after(console, register):
    first, second = register.a_case("1"), register.a_case("2")
    register.a_practitioner("p")
    where = solved(console)
    [chosen] = register.all(ProposalRow, ProposalRow.case_id == first.id)

    without = console.press(f"{where}/apply-some", more={"proposal_ids[]": [chosen.id]})
    applied = console.press(f"{where}/apply-some", more={"proposal_ids[]": [chosen.id], "reason": "第二件待补材料"})
    page = console.get(where).text

    assert without.status_code >= 400
    assert 'id="reason-error"' in without.text
    assert f'value="{chosen.id}" checked' in without.text
    assert applied.status_code == 303
    assert register.get(CaseRow, first.id).status is Status.ASSIGNED
    assert register.get(CaseRow, second.id).status is Status.PENDING
    assert f"/console/cases/{first.id}/documents/letter" in page
    console.press(f"{where}/apply-all")
    assert register.get(CaseRow, second.id).status is Status.ASSIGNED


def test_last_days_say_what_rules_cost_and_people_are_worth(console, register):
    register.a_case("1")
    register.a_practitioner("p")
    started(console)
    none_yet = console.get("/match?prices=1").text
    solved(console)

    page = console.get("/match?prices=1").text

    assert "还没有已证明最优的批次" in none_yet
    assert "计算" in console.get("/match").text
    assert "共1天" in page
    assert "只有1天的匹配批次，不能代表平时" in page


def test_run_says_what_was_left_out_why_and_how_often_its_cases_had_been_matched(console, register):
    first, _ = register.a_case("1"), register.a_case("2")
    register.a_practitioner("p")
    solved(console)
    run = request_run(register.begin, register.clerk, NOW, [first.id], "开庭在即")
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)

    page = console.get(f"/match/{run.id}").text

    assert "未包括1项，理由：开庭在即" in page
    assert "此前已有1个批次匹配过其中的案件。" in page


def test_stale_proposals_are_named(console, register):
    case = register.a_case("1")
    register.a_practitioner("p")
    where = solved(console)
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).revision += 1

    console.press(f"{where}/apply-all")

    assert "已失效" in console.get(where).text
    assert register.get(CaseRow, case.id).status is Status.PENDING


def test_what_the_page_proposes_is_what_is_assigned_and_what_no_longer_holds_is_named(console, register):
    cases = [register.a_case(str(number), cause=cause) for number, cause in enumerate(("wages", "theft", "wages"))]
    for code, cause in (("first", "wages"), ("second", "theft"), ("third", "wages")):
        register.a_practitioner(code, specialties={cause: 95}, capacity=1)
    where = solved(console)
    row = r'<tr>.*?/console/cases/(\w+)">.*?<code>(\w+)</code>'
    proposed = dict(re.findall(row, console.get(where).text, re.S))
    with register.begin() as tx:
        tx.session.get_one(CaseRow, cases[1].id).revision += 1

    console.press(f"{where}/apply-all")

    people = {person.id: person.code for person in register.all(PractitionerRow)}
    assigned = {each.case_id: people[each.practitioner_id] for each in register.all(AssignmentRow)}
    assert len(proposed) == len(cases)
    assert assigned == {id: code for id, code in proposed.items() if id != cases[1].id}
    assert console.get(where).text.count("已失效") > 0


def test_auditor_looks_and_applies_nothing(console, register):
    register.a_case("1")
    register.a_practitioner("p")
    where = solved(console)

    assert f"{where}/apply" not in console.get(where, Role.AUDITOR).text
    assert console.press(f"{where}/apply-all", Role.AUDITOR).status_code == 403
