"""Workbench and list of cases: the most urgent first, narrowed as asked, people found only with a trace."""

from datetime import date, timedelta

from dispatch.commands.offers.offers import make_offers
from dispatch.commands.runs.requests import request_run
from dispatch.console.pages.work import HOME
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.vocabulary import PartyRole, Role, Status
from dispatch.registry.findings import open_
from dispatch.registry.tables import AuditRow
from testbed.plans import listening
from tests.rows import NOW


def test_workbench_shows_what_is_due_within_a_day_first_with_its_next_act(console, register):
    soon = register.a_case("2026-0007", due_at=NOW + timedelta(hours=5))
    register.a_case("2026-0008", due_at=NOW + timedelta(days=3))
    over = register.a_case("2026-0009", due_at=NOW - timedelta(hours=2))

    page = console.get("/").text

    assert page.index("2026-0009") < page.index("2026-0007")
    assert "2026-0008" not in page
    assert "已超期2小时0分" in page
    assert "还剩5小时0分" in page
    assert f'href="/console/cases/{soon.id}/candidates"' in page
    assert f'href="/console/cases/{over.id}"' in page


def test_entries_that_need_attention_are_told_by_their_day(console, register):
    days = {"later": date(2026, 12, 2), "undated": None, "sooner": date(2026, 12, 1)}
    for name, due_on in days.items():
        with register.begin() as tx:
            seen = Observation(FindingKind.ORGAN_UNLISTED, "organ", name, {"name": name}, due_on)
            open_(tx, register.centre.id, seen, NOW)

    page = console.get("/").text

    assert page.index("<small>sooner") < page.index("<small>later") < page.index("<small>undated")


def test_each_line_of_the_workbench_leads_to_its_next_act(console, register):
    case, person = register.a_case("2026-0007", due_at=NOW + timedelta(days=9)), register.a_practitioner("gone")
    for kind, subject, id, facts in (
        (FindingKind.CLOCK_OVERDUE, "clock", "1", {"case_id": case.id, "code": "T4"}),
        (FindingKind.LEFT_WITH_CASES, "practitioner", person.id, {"cases": 2}),
        (FindingKind.ORGAN_UNLISTED, "organ", "2", {"name": "某某法院"}),
    ):
        with register.begin() as tx:
            open_(tx, register.centre.id, Observation(kind, subject, id, facts), NOW)
    run = request_run(register.begin, register.clerk, NOW)
    make_offers(register.begin, register.clerk, NOW, case.id, [person.id])

    page = console.get("/").text

    assert page.count(f'class="button" href="/console/cases/{case.id}"') == 2
    assert f'class="button" href="/console/match/{run.id}"' in page
    assert "作出给予法律援助决定至指派" in page
    assert "person gone" in page
    assert "某某法院" in page


def test_whose_session_is_open_is_said_on_every_page(console):
    assert "经办人员 seen-clerk" in console.get("/cases").text
    assert "seen-recipient" not in console.get("/account", Role.RECIPIENT).text


def test_who_sees_only_cases_of_their_own_begins_there(console):
    for role, home in HOME.items():
        assert console.get("/", role).headers["location"] == f"/console{home}"
        assert "工作台" not in console.get(home, role).text


def test_auditor_sees_the_workbench_and_no_button_of_a_clerk(console, register):
    register.a_case("2026-0007", due_at=NOW + timedelta(hours=5))

    page = console.get("/cases", Role.AUDITOR).text

    assert "2026-0007" in page
    assert "登记案件" not in page


def test_list_of_cases_is_narrowed_by_the_address_and_so_is_its_spreadsheet(console, register):
    register.a_case("2026-0001")
    register.a_case("2026-0002", status=Status.WITHDRAWN)

    narrowed = console.get("/cases?status=withdrawn&matter=&due_by=2030-01-01").text
    sheet = console.get("/cases.xlsx?status=withdrawn")
    wrong = console.get("/cases?status=none")

    assert "2026-0002" in narrowed
    assert "2026-0001" not in narrowed
    assert "/console/cases.xlsx?due_by=2030-01-01&amp;status=withdrawn" in narrowed
    assert sheet.content.startswith(b"PK")
    assert wrong.status_code == 422


def test_columns_are_chosen_in_the_address_and_kept_by_the_next_page(console, register):
    register.a_case("2026-0001")

    usual = console.get("/cases").text.partition("<thead>")[2].partition("</thead>")[0]
    chosen = console.get("/cases?columns=service&columns=hearing_on").text
    head = chosen.partition("<thead>")[2].partition("</thead>")[0]

    assert "指派期限" in usual
    assert "法律援助形式" not in usual
    assert "法律援助形式" in head
    assert "指派期限" not in head
    assert "诉讼代理" in chosen
    assert "columns=service&amp;columns=hearing_on" in chosen


def test_list_goes_on_at_the_next_page(console, register):
    for number in range(60):
        register.a_case(f"2026-{number:04}")

    first = console.get("/cases").text
    where = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = console.get(where).text

    assert "共 60 条" in first
    assert "2026-0059" not in first
    assert "2026-0059" in second


def test_recipient_is_found_by_the_whole_name_and_the_search_leaves_a_trace_without_it(console, register):
    case = register.a_case("2026-0001")
    register.a_party(case, PartyRole.RECIPIENT, "古丽米热·艾比布力")
    register.a_case("2026-0002")

    found = console.press("/cases/find", recipient_name="古丽米热 艾比布力")
    nobody = console.press("/cases/find", recipient_name="王小明")

    assert "2026-0001" in found.text
    assert "2026-0002" not in found.text
    assert "没有符合条件的案件" in nobody.text
    assert [row.subject for row in register.all(AuditRow)].count("recipient_search") == 3
    assert all("古丽" not in str(row) for row in register.all(AuditRow))


def test_workbench_asks_no_more_often_the_more_waits(console, app, register):
    asked = []
    for numbers in (range(2), range(2, 6)):
        for n in numbers:
            person, case = register.a_practitioner(f"p{n}"), register.a_case(f"2026-{n}")
            make_offers(register.begin, register.clerk, NOW, case.id, [person.id])
            seen = Observation(FindingKind.TIES_WAITING, "legal_case", case.id, {"practitioner_id": person.id})
            with register.begin() as tx:
                open_(tx, register.centre.id, seen, NOW)
        console.get("/")
        with listening(app.state.context.engine) as statements:
            page = console.get("/").text
        assert all(f"p{n}" in page and f"2026-{n}" in page for n in numbers)
        asked.append(len(statements))

    assert asked[0] == asked[1]
