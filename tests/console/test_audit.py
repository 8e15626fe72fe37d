"""The audit log in the console: told in words, found by person, act, thing and time, and checked while one waits."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import dispatch
from dispatch.commands.answers import days
from dispatch.commands.log import checks
from dispatch.commands.log.keeping import publish_heads, seal_log
from dispatch.console.pages import PAGES
from dispatch.console.pages.administration.log_words import PART_OF, PLACES, reasons_of, subject_of
from dispatch.domain.log.words import ActSubject
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import RefusedAct, note, note_refusals
from dispatch.registry.tables import AuditRow
from dispatch.registry.tables.append_only import release
from tests.rows import NOW

AUDITOR, ADMIN, MANAGER, CLERK = Role.AUDITOR, Role.ADMIN, Role.MANAGER, Role.CLERK
HOUSE = Path(dispatch.__file__).parent


@pytest.fixture
def entries(console, register):
    """What a clerk read of a case, what they were refused twice over, what the service did, and a stranger's knock."""
    clerk, case = console.user(CLERK), register.a_case("1")
    actor = Actor(clerk.id, CLERK, register.centre.id)
    with register.begin() as tx:
        tx.address = "10.0.0.1"
        note(tx, actor, Verb.READ_CASE, "party", case.id, NOW)
        reason = "not-eligible: grave_years,staff_qualified"
        note_refusals(tx, [
            RefusedAct(actor, "10.0.0.2", "designate", "designate", case.id, reason,
                       NOW + timedelta(hours=1), 3),
            RefusedAct(None, "10.0.0.3", "enter", "door", None, "no-such-path", NOW),
        ])  # fmt: skip
        row = AuditRow(centre_id=register.centre.id, verb="commit_draw", subject="2026-03-10", at=NOW)
        tx.session.add(row)
    return case


def lines(page):
    """Return the entries of a page, each as its words."""
    rows = re.findall(r"<tr>\s*<td.*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]


def test_entries_are_told_in_words_newest_first_and_lead_to_their_thing(console, entries):
    page = console.get("/audit", AUDITOR).text
    english = console.get("/audit", AUDITOR, lang="en").text

    refused, *others = lines(page)
    assert refused.startswith("2026-03-09 10:00 seen-clerk 经办人员 人工指派承办人员 人工指派")
    assert "未予办理" in refused
    assert "一分钟内3次" in refused
    assert "10.0.0.2" in refused
    assert any("seen-clerk" in each and "查看案件 当事人信息 打开" in each for each in others)
    assert any("系统自动 预先公布抽签校验值 2026-03-10" in each for each in others)
    assert not any("10.0.0.3" in each for each in [refused, *others])
    assert f'href="/console/cases/{entries.id}"' in page
    assert "people of a case" in english.lower()
    assert f'href="/console/cases/{entries.id}"' not in console.get("/audit", ADMIN).text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("login=seen-clerk", 2), ("login=Seen-Clerk", 2), ("login=nobody", 0), ("verb=read_case", 1),
        ("outcome=refused", 1), ("unknown=true", 1), ("since=2026-03-09T09:30", 1), ("until=2026-03-09T09:30", 2),
        ("verb=commit_draw&outcome=done", 1), ("login=&verb=&outcome=&since=", 3), ("subject_id={case}", 2),
    ],
)  # fmt: skip
def test_entries_are_found_by_person_act_thing_outcome_and_time_of_the_centres_clock(console, entries, asked, found):
    page = console.get(f"/audit?{asked.format(case=entries.id)}", MANAGER).text

    # Sessions that the test itself begins are no part of it.
    assert len([each for each in lines(page) if "登录和管理" not in each]) == found
    if not found:
        assert "没有符合条件的记录" in page


def test_log_is_closed_to_others_and_what_nobody_can_ask_for_is_refused(console, entries):
    assert console.get("/audit", CLERK).status_code == 403
    assert console.get("/log", ADMIN).status_code == 403
    assert console.get("/audit?verb=dance", AUDITOR).status_code == 422
    assert "/console/log" not in console.get("/audit", ADMIN).text


def test_long_log_goes_on_on_the_next_page_with_its_filters(console, register):
    clerk = Actor(console.user(CLERK).id, CLERK, register.centre.id)
    with register.begin() as tx:
        for number in range(51):
            note(tx, clerk, Verb.READ_CASE, "fact", f"case-{number:02}", NOW + timedelta(minutes=number))

    first = console.get("/audit?verb=read_case", AUDITOR).text
    following = re.search(r'href="/console(/audit\?[^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = console.get(following, AUDITOR).text

    assert "case-50" in first
    assert "case-00" not in first
    assert "verb=read_case" in following
    assert [("case-00" in each, "case-01" in each) for each in lines(second)] == [(True, False)]


def published(register):
    seal_log(register.begin, register.read, NOW)
    publish_heads(register.begin, register.read, NOW + timedelta(days=1))


def test_log_that_nobody_changed_holds_and_its_digests_are_listed(console, register, entries):
    empty = console.get("/log", MANAGER).text
    published(register)
    page, checked = console.get("/log", AUDITOR).text, console.get("/log?check=1", AUDITOR).text

    assert "还没有公布过" in empty
    assert "2026-03-09" in page
    assert "核验通过" not in page
    assert "核验通过" in checked
    assert re.search(r"已封存的\d+条记录逐条与封存时一致", checked)


def test_change_past_the_service_is_told_with_where_it_is(console, register, entries):
    published(register)
    with register.engine.begin() as connection:
        for statement in release("sqlite", "audit"):
            connection.execute(text(statement))
        connection.execute(text("UPDATE audit SET verb = 'close' WHERE verb = 'read_case'"))

    page, english = (console.get("/log?check=1", CLERK, lang=lang).text for lang in ("zh", "en"))

    assert "核验未通过" in page
    assert "记录被更改" in page
    assert "防更改的数据库触发器被删除" in page
    assert re.search(r"<code>audit \d+</code>", page)
    assert "An entry was changed" in english


def test_log_too_long_to_wait_for_is_left_to_the_night(console, register, entries, monkeypatch):
    published(register)
    monkeypatch.setattr(checks, "MAX_ENTRIES", 1)

    answer = console.get("/log?check=1", AUDITOR)

    assert answer.status_code == 409
    assert "系统每晚全部核验" in answer.text


def test_one_log_is_checked_at_a_time_and_who_comes_second_is_told_to_wait(console, register, entries, monkeypatch):
    monkeypatch.setattr(days, "WAIT_S", 0)

    with days.one_at_a_time():
        second = console.get("/log?check=1", AUDITOR)
    first = console.get("/log?check=1", AUDITOR)

    assert second.status_code == 429
    assert first.status_code == 200


def noted_words():
    """Return every text that a command writes into the log as what an act was done to."""
    for path in HOUSE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "note(" in source else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "note" and len(node.args) > 3:
                yield from (
                    each.value for each in ast.walk(node.args[3])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )  # fmt: skip


def test_everything_that_is_noted_has_its_words_and_every_word_is_noted():
    words, noted = {each.value for each in ActSubject}, set(noted_words())
    # Written by other hands: by the tables' own names, by names of files, by what is refused at the door.
    beside = {"institution", "names", "file", "assignments", "backup", "restore", "door"}

    assert len(noted) > 30
    assert noted - words == set()
    assert words - noted == beside


def test_requests_are_told_by_their_own_words_and_things_are_where_pages_are():
    assert subject_of("2026-03-10") is None
    assert subject_of("claim_case")[0] == "抢单"
    assert subject_of("claim_case")[1].startswith("Claim a case on the board")
    assert subject_of("case_page_close") == ("案件", "Case")
    assert subject_of("letter") == ("法律援助公函", subject_of("letter")[1])
    paths = {re.sub(r"\{\w+\}", "{id}", page.path): page for page in PAGES}
    assert all(place.path in paths and place.verb in paths[place.path].verbs for place in PLACES.values())
    assert set(PART_OF.values()) <= set(PLACES)


def test_refusal_says_its_title_and_each_rule():
    assert reasons_of("", "zh") == []
    assert reasons_of("no-such-path", "zh") == ["没有该地址，请核对网址"]
    assert reasons_of("forgotten-code", "en") == ["forgotten-code"]
    title, licence, other = reasons_of("not-eligible: grave_years,of-old", "zh")
    assert "符合" in title
    assert licence != "grave_years"
    assert other == "of-old"
