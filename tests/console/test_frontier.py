"""The trade-off of a run in the console: worked out where it is asked for, and a point of it drafted."""

import re

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import PolicyRow
from tests.commands.test_runs import solved
from tests.console.test_match import started

MANAGER = Role.MANAGER
FREE = {"price_per_turn": 0, "load_ladder": [0]}


@pytest.fixture
def run(register):
    """A run over a case that an expert or a careful lawyer could have."""
    register.a_policy(fairness=FREE)
    register.a_practitioner("expert", specialties={"wages": 90}, quality=20)
    register.a_practitioner("careful", specialties={"wages": 60}, quality=60)
    register.a_case(grave=False)
    return solved(register)


def test_point_of_the_curve_is_drafted_with_its_number_moved(console, register, run):
    led = console.get(f"/match/{run.id}", MANAGER).text
    page = console.get(f"/match/{run.id}/frontier?axis=quality", MANAGER).text
    *_, level = re.findall(r'name="level" value="(\d+)"', page)

    drafted = console.press(f"/match/{run.id}/frontier/adopt", MANAGER, axis="quality", level=level)
    draft = register.get(PolicyRow, drafted.headers["location"].split("/")[3])

    assert f'href="/console/match/{run.id}/frontier"' in led
    assert "共1个承办名额。" in page
    assert 'class="notice good"' not in page
    assert drafted.headers["location"].partition("?")[0] == f"/console/policies/{draft.id}/draft"
    assert "取自匹配批次" in draft.note
    assert draft.document["weights"]["quality"] != register.policy.document["weights"]["quality"]
    assert draft.base_id == register.policy.id


def test_nothing_is_worked_out_unasked_and_what_no_number_yields_has_no_button(console, register, run):
    unasked = console.get(f"/match/{run.id}/frontier", MANAGER).text
    churn = console.get(f"/match/{run.id}/frontier?axis=churn", MANAGER).text
    high = console.press(f"/match/{run.id}/frontier/adopt", MANAGER, axis="quality", level="999999")
    strange = console.get(f"/match/{run.id}/frontier?axis=colour", MANAGER)
    waiting = console.get(f"{started(console)}/frontier?axis=quality", MANAGER)

    assert "<table" not in unasked
    assert "<table" in churn
    assert "/frontier/adopt" not in churn
    assert (high.status_code, strange.status_code, waiting.status_code) == (422, 422, 200)
    assert "匹配完成以后才能计算" in waiting.text
    assert f"/match/{run.id}/frontier" not in console.get(f"/match/{run.id}").text
    assert console.get(f"/match/{run.id}/frontier").status_code == 403
