"""Money over HTTP: the table with its faults by row, an amount line by line, the fund of a case."""

from dispatch.domain.vocabulary import Role
from tests.api.test_life import Town, town
from tests.domain.funds.test_subsidy import a_document
from tests.rows import NOW

__all__ = ["town"]


def closed(town: Town, **fields):
    case_id = town.a_case(**fields)
    seat = f"/assignments/{town.taken(case_id)}"
    town.done(town.hers, f"{seat}/agreement", {})
    town.done(town.hers, f"{seat}/start", {})
    costs = [{"kind": "travel", "fen": 12_000}]
    town.done(town.hers, f"{seat}/close", {"outcome": "mediated", "text": "paid", "service_days": 2.5, "costs": costs})
    return case_id, seat


def test_table_is_refused_with_its_row_and_put_in_place_when_it_is_right(town: Town):
    preset = town.done(Role.MANAGER, "/subsidy-tables/presets", method="GET")[0]["document"]
    faulty = town.ask(Role.MANAGER, "/subsidy-tables", {"document": preset})
    elsewhere = preset | {"valid_from": "2026-01-01", "rates": [{"day_fen": 30_000}]}
    not_ours = town.ask(Role.MANAGER, "/subsidy-tables", {"document": elsewhere})

    made = town.done(Role.MANAGER, "/subsidy-tables", {"document": a_document({"amount_fen": 150_000})})

    assert (faulty.status_code, faulty.json()["code"]) == (422, "subsidy-table-invalid")
    assert [each["field"] for each in faulty.json()["facts"]["problems"]] == ["valid_from", "rates.0"]
    assert faulty.json()["facts"]["problems"][1]["row"] == 1
    assert (not_ours.status_code, not_ours.json()["facts"]["field"]) == (422, "levels")
    [listed] = town.done(Role.AUDITOR, "/subsidy-tables", method="GET")
    assert (listed["id"], listed["version"]) == (made["id"], 1)
    assert town.ask(Role.CLERK, "/subsidy-tables", {"document": {}}).status_code == 403


def test_closing_is_settled_paid_and_seen_by_its_practitioner(town: Town):
    town.done(Role.MANAGER, "/subsidy-tables", {"document": a_document({"amount_fen": 100_000, "day_fen": 20_000})})
    _, seat = closed(town)
    town.done(Role.CLERK, f"{seat}/grade", {"grade": "excellent"})

    before = town.done(town.hers, f"{seat}/subsidy", method="GET")
    settled = town.done(Role.MANAGER, f"{seat}/subsidy", {})
    paid = town.done(Role.MANAGER, f"/settlements/{settled['id']}/payment", {})
    undone = town.done(Role.MANAGER, f"/settlements/{settled['id']}/corrections", {"reason": "the bank sent it back"})

    assert [(line["item"], line["zh"], line["fen"]) for line in before["lines"]] == [
        ("basis", "办案补贴标准", 100_000), ("days", "服务天数补贴", 50_000), ("grade", "质量等次调整", 30_000),
        ("costs", "直接费用", 12_000),
    ]  # fmt: skip
    assert (before["id"], before["total_fen"], settled["total_fen"]) == (None, 192_000, 192_000)
    assert (bool(paid["paid_on"]), undone["paid_on"], undone["voided_at"]) == (True, None, None)
    assert town.ask(town.hers, f"{seat}/subsidy", {}).status_code == 403
    assert town.ask(Role.CLERK, f"{seat}/subsidy", {}).status_code == 403


def test_practitioner_reads_an_own_statement_of_what_the_period_brought(town: Town):
    town.done(Role.MANAGER, "/subsidy-tables", {"document": a_document({"amount_fen": 100_000})})
    case_id, seat = closed(town)
    town.done(Role.CLERK, f"{seat}/grade", {"grade": "excellent"})
    town.done(Role.MANAGER, f"{seat}/subsidy", {})
    complaint = {"ground": "neglect", "text": "late", "assignment_id": seat.removeprefix("/assignments/")}
    made = town.done(Role.CLERK, f"/cases/{case_id}/complaints", complaint)
    town.done(Role.MANAGER, f"/complaints/{made['id']}/acceptance", {"accept": True, "text": "to be inquired"})
    town.done(Role.MANAGER, f"/complaints/{made['id']}/conclusion", {"uphold": True, "text": "it was so"})

    found = town.done(town.hers, "/me/statement", method="GET")

    figures = {each["code"]: each["value"] for each in found["figures"]}
    assert {name: figures[name] for name in ("closed", "excellent", "upheld", "subsidy")} == {
        "closed": 1, "excellent": 1, "upheld": 1, "subsidy": 1320.0,
    }  # fmt: skip
    assert [(each["grade"], each["settled"], each["total_fen"]) for each in found["work"]] == [
        ("excellent", True, 132_000)
    ]
    assert found["upheld_on"] == [NOW.date().isoformat()]
    # What happens today counts from tomorrow on.
    assert found["quality"] == {"level": 70, "before": 70, "grades": [], "complaints": []}
    assert town.ask(town.firms, "/me/statement", method="GET").status_code == 403
    assert town.ask(town.hers, "/me/statement?since=2027-01-01", method="GET").json()["facts"]["field"] == "since"


def test_work_is_asked_for_what_is_missing_before_it_is_settled(town: Town):
    _, seat = closed(town)

    answer = town.ask(Role.MANAGER, f"{seat}/subsidy", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "subsidy-table-missing")


def test_fund_is_applied_for_granted_and_corrected(town: Town):
    case_id = town.a_case(categories=["elderly"], recipient={"name": "赵奶奶", "minor": False})
    other = town.a_case("2026-8")
    refused = town.ask(Role.CLERK, f"/cases/{other}/fundings", {"source": "lottery"})
    made = town.done(Role.CLERK, f"/cases/{case_id}/fundings", {"source": "lottery"})
    granted = town.done(Role.CLERK, f"/cases/{case_id}/fundings/decision", {"approve": True, "reference": "12"})
    undone = town.done(Role.MANAGER, f"/fundings/{made['id']}/corrections", {"reason": "another case was meant"})

    assert (refused.status_code, refused.json()["facts"]["field"]) == (422, "source")
    assert (made["recipient_group"], granted["state"], undone["state"]) == ("elderly", "approved", "applied")
    [listed] = town.done(Role.AUDITOR, f"/cases/{case_id}/fundings", method="GET")
    assert listed["id"] == made["id"]
    assert town.ask(town.hers, f"/cases/{case_id}/fundings", method="GET").status_code == 403
