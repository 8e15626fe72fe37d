"""A policy tried and put in force in the console: back-tests in words, another person's grave act, and the way back."""

import pytest

from dispatch.commands.policies.drafts import edit_draft
from dispatch.commands.simulations import playing
from dispatch.commands.simulations.playing import simulate_policy
from dispatch.domain.vocabulary import JobStatus, PolicyStatus, Role
from dispatch.registry.tables import JobRow, PolicyRow, SimulationRow
from tests.commands.policies.history import as_if_long, job_context, play_once
from tests.console.test_policies import MANAGER, drafted
from tests.rows import NOW

CITY = {
    "trial.sample": "true", "trial.since": "2026-03-02", "trial.until": "2026-03-13", "trial.city.cases": "4",
    "trial.city.practitioners": "3",
}  # fmt: skip


def asked(console, draft, **more):
    """Ask for a back-test of a draft on a small city; return where it is."""
    answer = console.press(f"/policies/{draft.id}/trials/ask", MANAGER, more=CITY | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/console").partition("?")[0]


def played(console, draft, monkeypatch, *, long=True):
    """Let a worker play a back-test of a draft; return where it is."""
    where = asked(console, draft)
    monkeypatch.setattr(playing, "play_part", play_once)
    simulate_policy(job_context(console.register), where.rpartition("/")[2])
    if long:
        as_if_long(console.register, where.rpartition("/")[2])
    return where


def kept(register, draft):
    """Return the draft as it is stored now."""
    return register.get(PolicyRow, draft.id)


@pytest.fixture
def draft(console):
    return drafted(console, caps={"open_cases": 2})


def test_back_test_is_asked_for_watched_and_cancelled(console, register, draft):
    where = asked(console, draft)
    assert f'href="/console{where}"' in console.get("/", MANAGER).text
    waiting, listed = console.get(where, MANAGER).text, console.get(f"/policies/{draft.id}/trials", MANAGER).text

    cancelled = console.press(f"{where}/cancel", MANAGER)

    console.press(f"/policies/{draft.id}/draft/drop", MANAGER, revision="1")
    outlived = console.get(where, MANAGER)

    assert "data-reload-s" in waiting
    assert "等待开始" in waiting
    assert "第2版与第1版比较" in waiting
    assert f'href="/console/policies/{draft.id}"' in waiting
    assert outlived.status_code == 200
    assert f'href="/console/policies/{draft.id}"' not in outlived.text
    assert "已删除的草稿与第1版比较" in outlived.text
    assert "示例城市 2026-03-02 至 2026-03-13" in listed
    assert f'href="/console{where}"' in listed
    assert "据以发布的试算：用本中心的历史案件或者示例城市，不少于6周、30件案件、10名人员。" in listed
    assert cancelled.status_code == 303
    assert register.get(JobRow, where.rpartition("/")[2]).status is JobStatus.CANCELLED
    assert console.press(f"{where}/cancel", Role.AUDITOR).status_code == 403
    assert "开始试算" not in console.get(f"/policies/{draft.id}/trials", Role.AUDITOR).text


def test_back_test_that_cannot_be_played_says_why_at_its_field(console, draft):
    path = f"/policies/{draft.id}/trials/ask"
    large = console.press(path, MANAGER, more=CITY | {"trial.city.cases": "90000"})
    without = console.press(path, MANAGER, more={"trial.sample": "false", "tried": "trial"})

    assert (large.status_code, without.status_code) == (422, 422)
    assert 'id="trial.city.cases-error"' in large.text
    assert 'value="90000"' in large.text
    assert 'id="trial.since-error"' in without.text
    assert "有案件（已决定给予法律援助）的一段时期" in without.text


def test_result_is_told_figure_by_figure_as_the_api_has_it(console, register, draft, monkeypatch):
    where = played(console, draft, monkeypatch)
    with register.begin() as tx:
        row = tx.session.get_one(SimulationRow, where.rpartition("/")[2])
        first, second, third, *rest = [each for each in row.result["rows"] if each["policy"] is not None]
        told = [
            first | {"verdict": 1},
            second | {"verdict": -1, "same_cases": True},
            third | {"same_cases": False, "against": None},
            *rest,
        ]
        row.result = row.result | {"rows": told}

    zh, en = (console.get(where, Role.AUDITOR, lang=lang).text for lang in ("zh", "en"))

    assert [word in zh for word in ("更好<", "更差<", "无法判断<", "不作结论<")] == [True] * 4
    assert '<td class="num">—</td>' in zh
    assert "surely better" in en
    assert "surely worse" in en
    assert "not known" in en
    assert "95%置信区间" in zh
    assert "指派用时 <small>小时</small>" in zh
    assert "采用假定值" in zh
    assert "data-reload-s" not in zh


def test_draft_is_published_by_another_manager_with_the_password_and_the_page_says_what_lacks(
    console, register, draft, monkeypatch
):
    page = f"/policies/{draft.id}"
    untried = console.get(page, MANAGER).text
    early = console.press(f"{page}/publish", MANAGER, revision="1")
    played(console, draft, monkeypatch, long=False)
    thin = console.get(page, MANAGER).text
    refused = console.press(f"{page}/publish", MANAGER, revision="1")
    trial = played(console, draft, monkeypatch)
    desk = console.get("/", MANAGER).text
    ready = console.get(page, MANAGER).text
    console.forget_password(MANAGER)
    again = console.press(f"{page}/publish", MANAGER, revision="1")
    unconfirmed = kept(register, draft).status
    console.sign_in(MANAGER, "third")

    published = console.press(f"{page}/publish", MANAGER, revision="1")
    now = kept(register, draft)
    after = console.get(published.headers["location"], MANAGER).text

    assert "现在的内容还没有与现行方案试算。" in untried
    assert f'href="/console{page}/trials"' in untried
    assert early.status_code == 409
    assert "请先将本草稿与现行指派方案试算" in early.text
    assert "本次试算依据示例城市" in thin
    assert refused.status_code == 409
    assert f'href="/console{trial}">试算结果' in ready
    assert "尚缺" not in ready
    assert "待发布的方案草稿" in desk
    assert f'href="/console{page}"' in desk
    assert "待发布的方案草稿" not in console.get("/", MANAGER).text
    assert f'action="/console{page}/publish"' in ready
    assert "/publish" not in untried + thin
    assert again.headers["location"].startswith("/console/confirm?")
    assert unconfirmed is PolicyStatus.SIMULATED
    assert (now.status, now.published_by) == (PolicyStatus.PUBLISHED, console.user(MANAGER).id)
    assert "此后的指派按本版本办理" in after
    assert f'href="/console{trial}">52周、400件案件、60名人员' in after


def test_author_is_told_to_ask_another_manager_and_sees_no_button(console, register, monkeypatch):
    draft = drafted(console, caps={"open_cases": 2})
    edit_draft(register.begin, actor_of(console), NOW, draft.id, 1, changes={"caps": {"per_month": 4}})
    played(console, draft, monkeypatch)

    page = console.get(f"/policies/{draft.id}", MANAGER).text
    refused = console.press(f"/policies/{draft.id}/publish", MANAGER, revision="2")
    desk = console.get("/", MANAGER).text

    assert "请另一名负责人登录后发布" in page
    assert "起草、修改人：manager、seen-manager" in page
    assert "待发布的方案草稿" not in desk
    assert f"/policies/{draft.id}/publish" not in page
    assert refused.status_code == 409
    assert kept(register, draft).status is PolicyStatus.SIMULATED


def actor_of(console):
    """The manager of the console's session."""
    register, user = console.register, console.user(MANAGER)
    return register.manager.__class__(user.id, MANAGER, register.centre.id)


def test_value_outside_its_legal_bound_is_published_only_with_the_rule_of_the_place(console, register, monkeypatch):
    draft = drafted(console, thresholds={"grave_years": 2})
    played(console, draft, monkeypatch)
    page = f"/policies/{draft.id}"
    shown = console.get(page, MANAGER).text
    rule = {"publish.local_rules.0.field": "thresholds.grave_years", "publish.local_rules.0.document": "某省条例"}

    without = console.press(f"{page}/publish", MANAGER, more={"revision": "1"} | rule)
    named = console.press(
        f"{page}/publish", MANAGER, more={"revision": "1", "publish.local_rules.0.article": "第九条"} | rule
    )

    assert "超出法定范围：不少于3年刑事辩护经历" in shown
    assert without.status_code == 422
    assert 'id="publish.local_rules.0.article-error"' in without.text
    assert 'value="某省条例"' in without.text
    assert named.status_code == 303, named.text
    assert kept(register, draft).local_rules[0]["article"] == "第九条"


def test_earlier_version_is_put_in_force_again_with_a_reason_by_another_than_its_author(console, register):
    first = register.policy
    register.a_policy(caps={"open_cases": 2})
    page = f"/policies/{first.id}"
    shown = console.get(page, MANAGER).text
    without = console.press(f"{page}/restore", MANAGER, tried="restore")

    restored = console.press(f"{page}/restore", MANAGER, more={"tried": "restore", "restore.reason": "指派过慢"})
    new = restored.headers["location"].partition("?")[0]
    after = console.get(restored.headers["location"], MANAGER).text
    with register.begin() as tx:
        tx.session.get_one(PolicyRow, register.policy.id).created_by = console.user(MANAGER).id
    own = console.get(f"/policies/{register.policy.id}", MANAGER).text

    assert 'id="restoring"' in shown
    assert without.status_code == 422
    assert 'id="restore.reason-error"' in without.text
    assert restored.status_code == 303, restored.text
    assert register.get(PolicyRow, new.rpartition("/")[2]).repeats_id == first.id
    assert "已恢复为新的版本" in after
    assert "第1版" in after
    assert "请另一名负责人登录后恢复" in own
    assert "restoring" not in console.get(page, Role.CLERK).text


def test_draft_of_a_version_no_longer_in_force_is_not_published(console, register):
    first = register.policy.id
    register.a_policy(grab={"window_minutes": 45})
    draft = drafted(console, base_id=first, caps={"open_cases": 7})

    page = console.get(f"/policies/{draft.id}", MANAGER).text

    assert "依据的方案已不是现行方案" in page
    assert f"/policies/{draft.id}/publish" not in page
    assert console.press(f"/policies/{draft.id}/publish", MANAGER, revision="1").status_code == 409
