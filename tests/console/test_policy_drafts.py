"""Drafts of the policy in the console: changed by controls, tried on today's cases, saved, carried over, dropped."""

from html.parser import HTMLParser

import pytest

from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import PolicyStatus, Role
from dispatch.registry.tables import AssignmentRow, PolicyRow, ProposalRow
from tests.console.test_policies import MANAGER, drafted


class Filled(HTMLParser):
    """What a browser would send of the form of a page with this act, if nobody touched it."""

    def __init__(self, page, act):
        super().__init__()
        self.act, self.inside, self.list, self.fields = act, False, "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("action", "").endswith(f"/{self.act}")
        if not self.inside:
            return
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.fields.append((given["name"], given.get("value", "")))
        if tag == "select":
            self.list = given["name"]
            self.fields.append((self.list, ""))
        if tag == "option" and "selected" in given:
            self.fields[-1] = (self.list, given["value"])

    def sent(self, **changed):
        """Return it as it is posted, with some fields changed."""
        found = {}
        for name, value in [*self.fields, *changed.get("more", {}).items()]:
            if name in changed.get("more", {}):
                found[name] = value
            else:
                found.setdefault(name, []).append(value)
        return found


def opened(console, draft, **more):
    """Open a draft; return what its form would send with some fields changed."""
    return Filled(console.get(f"/policies/{draft.id}/draft", MANAGER).text, "save").sent(more=more)


@pytest.fixture
def draft(console):
    return drafted(console)


def kept(register, draft):
    """Return the draft as it is stored now."""
    return register.get(PolicyRow, draft.id)


@pytest.mark.parametrize("name", ["national", "shangqiu"])
def test_form_that_nobody_touched_changes_nothing(console, register, name):
    rich = load_preset(name).to_document() | {"deadlines": {"T2": {"value": 2, "unit": "day"}}}
    rich["thresholds"]["reach_km"] = 1234.5678
    draft = drafted(console, **rich)

    answer = console.press(f"/policies/{draft.id}/draft/save", MANAGER, more=opened(console, draft))

    assert answer.status_code == 303, answer.text
    assert (kept(register, draft).revision, kept(register, draft).digest) == (1, draft.digest)


def test_version_is_copied_changed_by_its_controls_and_saved(console, register):
    copied = console.press(f"/policies/{register.policy.id}/copy", MANAGER, more={"copy.note": "调低上限"})
    where = copied.headers["location"].partition("?")[0]
    draft = register.get(PolicyRow, where.split("/")[-2])
    steps = {"chains.0.steps.0.hours": "6", "checks.area": "true", "thresholds.reach_km": "80.5", "runs.opens": "09:00"}
    lists = {"fairness.load_ladder": "0，100、2000", "relaxation[]": ["within_reach", "", "serves_area"]}
    numbers = {"caps.open_cases": "7", "rotation.by": "institution", "note": "上限7件"}
    page = console.get(where, MANAGER).text

    saved = console.press(
        f"{where}/save", MANAGER,
        more=opened(console, draft, **steps, **lists, **numbers, **{"chains.2.matters[]": ["criminal", "civil"]}),
    )  # fmt: skip
    now = kept(register, draft)

    assert f'href="/console/policies/{draft.id}/draft"' in console.get(f"/policies/{draft.id}", MANAGER).text
    assert "共451项" in console.get(f"/policies/{draft.id}", MANAGER).text
    assert (draft.base_id, draft.note, draft.status) == (register.policy.id, "调低上限", PolicyStatus.DRAFT)
    assert 'min="1" max="10000" step="1"' in page
    assert saved.status_code == 303, saved.text
    assert (now.revision, now.note) == (2, "上限7件")
    assert now.document["caps"]["open_cases"] == 7
    assert now.document["chains"][0]["steps"][0]["hours"] == 6
    assert now.document["chains"][2]["matters"] == ["criminal", "civil"]
    assert now.document["checks"]["area"] is True
    assert now.document["thresholds"]["reach_km"] == 80.5
    assert now.document["runs"]["opens"] == "09:00:00"
    assert now.document["fairness"]["load_ladder"] == [0, 100, 2000]
    assert now.document["relaxation"] == ["within_reach", "serves_area"]
    assert "现行方案为8件" in console.get(where, MANAGER).text
    assert "草稿已保存" in console.get(saved.headers["location"], MANAGER).text


def test_preset_is_drafted_to_follow_the_version_in_force(console, register):
    listed = console.get("/policies", MANAGER).text
    made = console.press("/policies/preset", MANAGER, more={"new.preset": "shangqiu", "new.note": "参考外地"})
    draft = register.get(PolicyRow, made.headers["location"].split("/")[3])
    without = console.press("/policies/preset", MANAGER, more={"new.preset": "nowhere", "tried": "new"})

    assert '<option value="shangqiu">示例指派方案' in listed
    assert (draft.base_id, draft.note) == (register.policy.id, "参考外地")
    assert draft.document["weights"] == load_preset("shangqiu").to_document()["weights"]
    assert without.status_code == 422
    assert 'id="new.preset-error"' in without.text
    assert "以预置方案起草" not in console.get("/policies", Role.AUDITOR).text


def test_faults_stand_at_their_fields_and_groups_with_what_was_typed(console, register, draft):
    wrong = {
        "weights.wish": "1600",
        "caps.open_cases": "十件",
        "fairness.load_ladder": "0、三",
        "walk.answer_hours": "",
    }

    page = console.press(f"/policies/{draft.id}/draft/save", MANAGER, more=opened(console, draft, **wrong))
    sums = console.press(
        f"/policies/{draft.id}/draft/save", MANAGER, more=opened(console, draft, **{"weights.wish": "1600"})
    )

    assert page.status_code == 422
    for name in ("caps.open_cases", "fairness.load_ladder", "walk.answer_hours"):
        assert f'id="{name}-error"' in page.text
    assert 'value="十件"' in page.text
    assert "应为整数（件数上限·在办案件数上限）" in page.text
    assert "各项权重之和应为10000，现为10100（匹配权重）" in sums.text
    assert '<p class="error" role="alert">请核对：各项权重之和应为10000，现为10100</p>' in sums.text
    assert 'value="1600"' in sums.text
    assert kept(register, draft).revision == 1


def test_draft_that_somebody_else_changed_meanwhile_is_not_overwritten(console, register, draft):
    mine, theirs = (opened(console, draft, **{"caps.open_cases": number}) for number in ("6", "9"))
    del mine["idempotency-key"], theirs["idempotency-key"]
    console.press(f"/policies/{draft.id}/draft/save", MANAGER, more=theirs)

    tried = console.press(f"/policies/{draft.id}/draft/try", MANAGER, more=mine)
    refused = console.press(f"/policies/{draft.id}/draft/save", MANAGER, more=Filled(tried.text, "save").sent())

    assert refused.status_code == 412
    assert kept(register, draft).document["caps"]["open_cases"] == 9


def test_numbers_are_tried_on_todays_cases_at_once_and_nothing_is_kept(console, register, draft):
    case = register.a_case("2026-0001", cause="wages")
    register.a_practitioner("expert", specialties={"wages": 100}, quality=10)
    register.a_practitioner("graded", specialties={"wages": 0}, quality=100)
    weights = {"weights.specialty": "0", "weights.quality": "4500"}

    tried = console.press(f"/policies/{draft.id}/draft/try", MANAGER, more=opened(console, draft, **weights))
    invalid = console.press(
        f"/policies/{draft.id}/draft/try", MANAGER, more=opened(console, draft, **{"caps.open_cases": "0"})
    )

    assert tried.status_code == 200, tried.text
    assert "共1件案件，其中1件换由他人承办。" in tried.text
    assert f'href="/console/cases/{case.id}">2026-0001</a></td><td>' in tried.text
    assert "平均得分" in tried.text
    assert 'id="weights.quality" name="weights.quality" type="number" value="4500"' in tried.text
    assert 'data-keep="carried"' in tried.text
    assert kept(register, draft).revision == 1
    assert register.all(ProposalRow) == register.all(AssignmentRow) == []
    assert invalid.status_code == 422
    assert 'id="caps.open_cases-error"' in invalid.text


def test_draft_of_a_version_no_longer_in_force_is_carried_over_and_one_not_wanted_is_dropped(console, register):
    first = register.policy.id
    register.a_policy(grab={"window_minutes": 45})
    draft = drafted(console, base_id=first, caps={"open_cases": 7})
    fresh = "改为依据现行方案" in console.get(f"/policies/{drafted(console).id}/draft", MANAGER).text
    stale = console.get(f"/policies/{draft.id}/draft", MANAGER).text

    console.press(f"/policies/{draft.id}/draft/rebase", MANAGER, revision="1")
    now = kept(register, draft)
    with register.begin() as tx:
        row = tx.session.get_one(PolicyRow, draft.id)
        gone, empty = row.edits[0] | {"fields": ["colour.hue"]}, row.edits[0] | {"fields": []}
        row.edits = [*row.edits, gone, empty]
    page = console.get(f"/policies/{draft.id}", MANAGER).text
    dropped = console.press(f"/policies/{draft.id}/draft/drop", MANAGER, revision="2")

    assert not fresh
    assert "草稿依据的方案已不是现行方案" in stale
    assert (now.base_id, now.document["caps"]["open_cases"]) == (register.policy.id, 7)
    assert now.document["grab"]["window_minutes"] == 45
    assert "不公开抢单时段" in page.partition("起草后的修改")[2].partition("</details>")[0]
    assert "</small> colour.hue</li>" in page
    assert "</small> 改为依据另一版本</li>" in page
    assert dropped.headers["location"].startswith("/console/policies?")
    assert register.all(PolicyRow, PolicyRow.id == draft.id) == []


def test_what_is_no_draft_is_not_changed_and_only_managers_draft(console, register, draft):
    of_force = console.get(f"/policies/{register.policy.id}/draft", MANAGER)
    clerk = console.get(f"/policies/{draft.id}", Role.CLERK).text

    assert of_force.status_code == 409
    assert "已不是草稿" in of_force.text
    assert "以本版本起草" not in clerk
    assert "/draft" not in clerk
    assert console.get(f"/policies/{draft.id}/draft", Role.CLERK).status_code == 403
    assert console.press(f"/policies/{draft.id}/copy", Role.AUDITOR).status_code == 403


def test_rows_are_added_by_the_blank_one_and_removed_by_emptying_them(console, register):
    draft = drafted(console, closing=[])
    bands = {"distance_bands.1.up_to_km": "", "distance_bands.1.level": ""}
    more = {"distance_bands.5.up_to_km": "900", "distance_bands.5.level": "1"}
    closing = {"closing.0.stage": "retrial", "closing.0.days": "30", "closing.0.matters[]": ["civil"]}
    steps = {"chains.0.steps.0.mode": "", "chains.0.steps.0.hours": ""}
    page = console.get(f"/policies/{draft.id}/draft", MANAGER).text

    saved = console.press(
        f"/policies/{draft.id}/draft/save", MANAGER, more=opened(console, draft, **bands, **more, **closing, **steps)
    )
    before, now = draft.document, kept(register, draft).document

    assert "增加一项" in page
    assert saved.status_code == 303, saved.text
    one, _, *rest = before["distance_bands"]
    assert now["distance_bands"] == [one, *rest, {"up_to_km": 900.0, "level": 1}]
    assert now["closing"] == [{"stage": "retrial", "matters": ["civil"], "days": 30}]
    assert now["chains"][0]["steps"] == before["chains"][0]["steps"][1:]


def test_fault_in_a_row_stands_at_it_though_one_before_is_emptied(console, register, draft):
    bands = {"distance_bands.0.up_to_km": "", "distance_bands.0.level": "", "distance_bands.2.level": "101"}
    half, gone = {"closing.9.days": "30"}, {"urgency.0.level": "9"}
    wrong = bands | half | gone

    page = console.press(f"/policies/{draft.id}/draft/save", MANAGER, more=opened(console, draft, **wrong))
    none = {f"urgency.{k}.{name}": "" for k in range(4) for name in ("within_hours", "level")}
    empty = console.press(f"/policies/{draft.id}/draft/save", MANAGER, more=opened(console, draft, **none))

    for name in ("distance_bands.2.level", "closing.9.stage", "urgency.0.level"):
        assert f'id="{name}-error"' in page.text
    assert 'id="distance_bands.1.level-error"' not in page.text
    assert (page.status_code, empty.status_code) == (422, 422)
    assert "至少1项（紧急程度）" in empty.text
    assert kept(register, draft).revision == 1
