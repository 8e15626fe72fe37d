"""The subsidy of a piece of work in the console: reviewed with its direct costs in yuan, settled, paid, undone."""

from dataclasses import replace

import pytest

from dispatch.commands.funds import tables
from dispatch.domain.funds.subsidy import CostKind, DirectCost, Spent
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import SettlementRow
from tests.commands.life.acts import at_work, closed
from tests.domain.funds.test_subsidy import a_document
from tests.rows import NOW

MANAGER = Role.MANAGER
TABLE = a_document({"amount_fen": 100_000, "day_fen": 20_000, "cost_cap_fen": 50_000})
SPENT = Spent(2.5, (DirectCost(kind=CostKind.TRAVEL, fen=12_050), DirectCost(kind=CostKind.TRAVEL, fen=50)))


@pytest.fixture
def page(console, app):
    """Where the subsidy of a closed case is, which has travel of 121 yuan."""
    register = replace(console.register, seal=app.state.context.key.require())
    tables.add_table(register.begin, register.manager, NOW, TABLE)
    case = register.a_case("1")
    held = closed(register, at_work(register, case, register.a_practitioner("lawyer")), spent=SPENT)
    return f"/cases/{case.id}/work/{held.id}/subsidy"


def test_review_shows_what_was_reported_and_settles_what_it_found_with_faults_at_their_field(console, register, page):
    reported = console.get(page, MANAGER).text
    costs = {"settle.as-shown": "1", "settle.service_days": "2.5"}
    refused = console.press(f"{page}/settle", MANAGER, more=costs | {"settle.costs.travel": "1.005"})
    console.press(f"{page}/settle", MANAGER, more=costs | {"settle.costs.travel": "100", "settle.costs.post": "8.5"})
    [row] = register.all(SettlementRow)
    shown = console.get(page, MANAGER).text

    assert 'name="settle.costs.travel" type="text" value="121.00"' in reported
    assert "1,621.00元" in reported
    assert refused.status_code == 422
    assert 'id="settle.costs.travel-error"' in refused.text
    assert row.costs == [{"kind": "travel", "fen": 10_000}, {"kind": "post", "fen": 850}]
    assert row.total_fen == 100_000 + 50_000 + 10_850
    assert "8.50" in shown
    assert f"{page}/settle" not in shown


def test_costs_that_a_review_strikes_are_not_paid_and_what_was_paid_is_undone_step_by_step(console, register, page):
    console.press(f"{page}/settle", MANAGER, more={"settle.as-shown": "1", "settle.costs.travel": ""})
    [row] = register.all(SettlementRow)
    console.press(f"{page}/pay", MANAGER, settlement=row.id)
    paid = register.get(SettlementRow, row.id).paid_on
    for _ in range(2):
        console.press(f"{page}/correct-settlement", MANAGER, settlement=row.id, more={"correct.reason": "重复"})

    assert (row.costs, row.total_fen) == ([], 150_000)
    assert paid is not None
    assert register.get(SettlementRow, row.id).voided_at is not None
    assert f"{page}/settle" in console.get(page, MANAGER).text
    assert "121.00" in console.get(page, Role.AUDITOR).text
    assert f"{page}/settle" not in console.get(page, Role.AUDITOR).text
    assert console.get(page).status_code == 403


def test_work_that_goes_on_or_has_no_table_says_so_in_words(console, register):
    case = register.a_case("2")
    held = register.an_assignment(case, register.a_practitioner("at-work"), accepted_at=NOW)

    shown = console.get(f"/cases/{case.id}/work/{held.id}/subsidy", MANAGER)

    assert shown.status_code == 200
    assert "notice warn" in shown.text
    assert console.get(f"/cases/{case.id}/work/none/subsidy", MANAGER).status_code == 404
