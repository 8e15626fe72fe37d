"""The policy in the console: versions in words, and what tells one from another."""

import re

from dispatch.commands.policies.drafts import begin_with, draft_policy, edit_draft
from dispatch.domain.vocabulary import PolicyStatus, Role
from dispatch.registry.tables import PolicyRow, UserRow
from tests.rows import NOW

MANAGER = Role.MANAGER


def drafted(console, note="轮次更均匀", base_id=None, **changes):
    """Let the manager draft a version, by default the one in force, with some changes; return the draft."""
    register = console.register
    start = begin_with(register.read, register.manager, base_id=base_id, changes=changes)
    return draft_policy(register.begin, register.manager, NOW, **start._asdict(), note=note)


def test_versions_are_listed_newest_first_with_who_wrote_them_and_paged(console, register, monkeypatch):
    monkeypatch.setattr("dispatch.console.pages.steering.versions.SHOWN", 1)
    draft = drafted(console, caps={"open_cases": 7})
    author = register.get(UserRow, register.manager.user_id).login

    led, first = console.get("/", MANAGER).text, console.get("/policies", MANAGER).text
    [after] = re.findall(r'href="([^"]+)" rel="next"', first)
    second = console.get(after.replace("&amp;", "&"), MANAGER).text

    assert 'href="/console/policies"' in led
    assert re.findall(r"<tr>.*?/console/policies/(\w+)", first, re.S) == [draft.id]
    assert author in first
    assert "轮次更均匀" in first
    assert re.findall(r"<tr>.*?/console/policies/(\w+)", second, re.S) == [register.policy.id]
    assert 'rel="next"' not in second


def test_version_is_told_in_words_with_bounds_sources_and_its_differences_to_whoever_may_read(console, register):
    draft = drafted(console, caps={"open_cases": 7})
    edit_draft(register.begin, register.manager, NOW, draft.id, 1, changes={"title_zh": "第一号方案"})

    ours, clerk = (console.get(f"/policies/{draft.id}", role).text for role in (MANAGER, Role.CLERK))
    in_force = console.get(f"/policies/{register.policy.id}", Role.AUDITOR).text
    english = console.get(f"/policies/{draft.id}", MANAGER, lang="en").text

    for page in (ours, clerk):
        assert "件数上限·在办案件数上限：8件 → 7件（依据：本中心自定）" in page
        assert "第一号方案" in page
        assert "manager</small> 中文名称" in page
        assert "同时在办的最多件数。可填1至10,000。" in page
        assert "法定范围：不少于3年刑事辩护经历（《法律援助法》第二十六条；" in page
        assert "<strong>第1项</strong> 指派方式 一援到底，时限（小时） 8小时" in page
        assert "共451项" in page
    assert 'id="differences"' not in in_force
    assert "caps › open cases: 8 cases → 7 cases" in english
    assert console.get(f"/policies/{draft.id}", Role.PRACTITIONER).status_code == 403


def test_centre_without_a_policy_is_told_so_and_a_version_put_in_force_again_names_the_earlier(console, register):
    with register.begin() as tx:
        row = tx.session.get_one(PolicyRow, register.policy.id)
        row.status, row.repeats_id = PolicyStatus.SUPERSEDED, row.id
        row.local_rules = [{"field": "thresholds.grave_years", "document": "商司〔2026〕1号", "article": "第二条"}]
    page = console.get(f"/policies/{register.policy.id}", MANAGER).text

    assert "本中心尚无现行方案" in console.get("/policies", MANAGER).text
    assert "恢复的版本" in page
    assert "商司〔2026〕1号 第二条" in page
