"""Facts of a case changed in the console: one or several, what it sets off shown, a lowered protection waiting."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dispatch.commands.cases.intake import submit_case
from dispatch.commands.lists.case_facts import FACTS
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import AmendmentRow, CaseRow
from tests.commands.test_second_person import MURDER
from tests.rows import NOW, a_draft

CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def case(console, app):
    register = replace(console.register, seal=app.state.context.key.require())
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**MURDER))


def changed(console, case, role=Role.CLERK, **fields):
    now = console.register.get(CaseRow, case.id)
    chosen = {"facts[]": [name.removesuffix("[]").replace("recipient.", "recipient_") for name in fields]}
    return console.press(f"/cases/{case.id}/change/change", role, revision=now.revision, more=fields | chosen)


def test_every_fact_has_a_field_that_holds_what_is_registered(console, case):
    every = "&".join(f"fact={column.field}" for column in FACTS)

    page = console.get(f"/cases/{case.id}/change?{every}").text

    for column in FACTS:
        name = column.field.replace("recipient_", "recipient.")
        assert f'name="{name}"' in page or f'name="{name}[]"' in page, column.field
    assert f'value="{case.cause}" selected' in page
    assert f'value="{case.received_at.astimezone(CHINA):%Y-%m-%dT%H:%M}"' in page


def test_change_is_made_and_what_it_set_off_is_shown(console, register, case):
    page = changed(console, case, hearing_on="2026-03-20", organ="某市某区人民法院")

    row = register.get(CaseRow, case.id)
    assert page.status_code == 200, page.text
    assert (row.hearing_on, row.organ) == (date(2026, 3, 20), "某市某区人民法院")
    assert "修改结果" in page.text
    assert "开庭日期" in page.text
    assert "期限的变化" in page.text


def test_fact_is_made_unknown_and_a_list_emptied(console, register, case):
    changed(console, case, hearing_on="2026-03-20", **{"languages[]": ["ug"]})
    before = register.get(CaseRow, case.id)
    changed(console, case, hearing_on=["", "unknown"], **{"languages[]": [""]})

    after = register.get(CaseRow, case.id)
    assert (before.hearing_on, list(before.languages)) == (date(2026, 3, 20), ["ug"])
    assert (after.hearing_on, list(after.languages)) == (None, [])


def test_lowered_protection_waits_and_the_page_says_so(console, register, case):
    page = changed(console, case, grave="false").text

    assert "待复核" in page
    assert register.get(CaseRow, case.id).grave is True
    assert len(register.all(AmendmentRow)) == 1


def test_fault_stands_at_its_field_and_a_stale_form_changes_nothing(console, register, case):
    wrong = changed(console, case, cause="没有这个案由")
    stale = console.press(
        f"/cases/{case.id}/change/change", revision=99, more={"facts[]": ["secret"], "secret": "true"}
    )

    assert wrong.status_code == 422
    assert 'name="cause"' in wrong.text
    assert stale.status_code == 412
    assert register.all(AmendmentRow) == []


def test_case_that_is_over_and_who_may_not_change_have_no_form(console, register, case):
    over = register.a_case("9", status=Status.CLOSED)

    assert "<form" not in console.get(f"/cases/{over.id}/change").text.partition("<main")[2]
    assert f"/cases/{over.id}/change" not in console.get(f"/cases/{over.id}").text
    assert f"/cases/{case.id}/change" in console.get(f"/cases/{case.id}").text
    assert console.get(f"/cases/{case.id}/change", Role.AUDITOR).status_code == 403
