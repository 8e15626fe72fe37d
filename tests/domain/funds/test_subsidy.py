"""What a piece of work is paid: the first row that fits, whole fen, every line shown; a public post draws nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.errors import (
    NoRateFitsError,
    NoSubsidyDueError,
    SubsidyTableInvalidError,
    UnknownReferenceError,
    WorkUnknownError,
)
from dispatch.domain.funds.subsidy import (
    PRESETS,
    CostKind,
    DirectCost,
    Spent,
    SubsidyTable,
    Work,
    load_preset,
    subsidy_of,
)
from dispatch.domain.states import QualityGrade
from dispatch.domain.vocabulary import Matter, PractitionerKind, Service, Stage

GRADES = {"excellent": 120, "good": 100, "pass": 100, "fail": 0}
TRAVEL = DirectCost(kind=CostKind.TRAVEL, fen=12_000)


def a_document(*rates, **fields):
    plain = {
        "title_zh": "某市补贴标准", "title_en": "a city's standard", "valid_from": "2026-01-01",
        "source": [{"document": "某司文〔2025〕1号"}], "rates": list(rates), "grade_percent": GRADES,
    }  # fmt: skip
    return plain | fields


def a_table(*rates, **fields):
    return SubsidyTable.from_document(a_document(*rates, **fields))


def work(**facts):
    plain = {
        "matter": Matter.CIVIL, "service": Service.LITIGATION_AGENCY, "stage": Stage.FIRST_INSTANCE,
        "kind": PractitionerKind.LAWYER,
    }  # fmt: skip
    return Work(**plain | facts)


def lines(subsidy):
    return [(line.item.value, line.quantity, line.fen) for line in subsidy.lines]


def problems(document):
    with pytest.raises(SubsidyTableInvalidError) as refused:
        SubsidyTable.from_document(document)
    return [(each.get("row"), each["field"], each["reason"]["en"]) for each in refused.value.facts["problems"]]


def test_first_row_that_fits_counts():
    table = a_table(
        {"matters": ["criminal"], "stages": ["investigation"], "amount_fen": 90_000},
        {"matters": ["criminal"], "amount_fen": 130_000},
        {"amount_fen": 200_000},
    )
    criminal = {"matter": Matter.CRIMINAL, "service": Service.DEFENCE}

    found = [subsidy_of(table, work(**criminal, stage=Stage.INVESTIGATION)), subsidy_of(table, work(**criminal)),
             subsidy_of(table, work())]  # fmt: skip

    assert [(each.row, each.total_fen) for each in found] == [(1, 90_000), (2, 130_000), (3, 200_000)]


def test_days_at_a_day_rate_with_the_grade_and_costs_as_spent():
    """The shape of the Henan provincial standard: daily wage by service days, 20 per cent more, costs on top."""
    table = a_table({"day_fen": 35_001, "max_days": 5})

    found = subsidy_of(table, work(grade=QualityGrade.EXCELLENT, spent=Spent(3.5, (TRAVEL,))))

    # 3.5 times 350.01 is 1225.035, half a fen upwards; a fifth of 1225.04 is 245.008
    assert lines(found) == [
        ("basis", None, 0), ("days", 3.5, 122_504), ("grade", 120, 24_501), ("costs", 1, 12_000),
    ]  # fmt: skip
    assert found.total_fen == 159_005


def test_failed_work_is_paid_its_costs_only():
    found = subsidy_of(a_table({"amount_fen": 100_000}), work(grade=QualityGrade.FAIL, spent=Spent(None, (TRAVEL,))))

    assert lines(found) == [("basis", None, 100_000), ("grade", 0, -100_000), ("costs", 1, 12_000)]


def test_days_and_costs_are_paid_up_to_their_caps():
    table = a_table({"amount_fen": 50_000, "day_fen": 10_000, "max_days": 2, "cost_cap_fen": 10_000})

    found = subsidy_of(table, work(spent=Spent(9, (TRAVEL, TRAVEL))))

    assert lines(found) == [
        ("basis", None, 50_000), ("days", 2, 20_000), ("costs", 2, 24_000), ("cap", None, -14_000),
    ]  # fmt: skip


def test_part_of_the_work_is_paid_in_part_whatever_the_grade():
    found = subsidy_of(a_table({"amount_fen": 100_001}), work(part_percent=50))

    assert lines(found) == [("basis", None, 100_001), ("part", 50, -50_000)]


@pytest.mark.parametrize(
    "kind", [PractitionerKind.CENTRE_LAWYER, PractitionerKind.CENTRE_STAFF, PractitionerKind.GOVERNMENT_LAWYER]
)
def test_who_holds_a_public_post_draws_no_subsidy(kind):
    """《法律援助法》第五十二条, with the ministry's guidance of 2019 on subsidies."""
    with pytest.raises(NoSubsidyDueError):
        subsidy_of(a_table({"amount_fen": 1}), work(kind=kind))


def test_what_is_not_known_is_named_with_where_it_is_filled_in():
    table = a_table({"day_fen": 10_000}, ungraded_percent=None)

    with pytest.raises(WorkUnknownError) as refused:
        subsidy_of(table, work(kind=None))

    missing = refused.value.facts["missing"]
    assert [each["field"] for each in missing] == ["kind", "service_days", "grade"]
    assert all(each["where"]["zh"] and each["where"]["en"] for each in missing)


def test_work_no_row_is_for_is_refused():
    with pytest.raises(NoRateFitsError) as refused:
        subsidy_of(a_table({"matters": ["criminal"], "amount_fen": 1}), work())

    assert refused.value.facts["stage"] == "first_instance"


@pytest.mark.parametrize(
    ("rates", "problem"),
    [
        ([{"amount_fen": 1}, {"amount_fen": -1}], (2, "rates.1.amount_fen", "greater than or equal to 0")),
        ([{}], (1, "rates.0", "give amount_fen, day_fen or both")),
        ([{"amount_fen": 1, "max_days": 3}], (1, "rates.0", "max_days needs day_fen")),
        ([{"day_fen": 1, "max_days": 0.3}], (1, "rates.0.max_days", "multiple of 0.5")),
        ([{"amount_fen": 1, "stages": ["trial"]}], (1, "rates.0.stages.0", "Input should be")),
        ([{"amount_fen": 1}, {"matters": ["civil"], "amount_fen": 2}], (2, "rates.1", "row 1 fits all")),
        ([], (None, "rates", "at least 1 item")),
    ],
)  # fmt: skip
def test_fault_of_a_table_is_named_with_its_row(rates, problem):
    [(row, field, reason)] = problems(a_document(*rates))

    assert (row, field) == problem[:2]
    assert problem[2] in reason


def test_table_needs_a_source_and_every_grade_in_order():
    rate = {"amount_fen": 1}

    assert [each[1] for each in problems(a_document(rate, source=[]))] == ["source"]
    assert "every quality grade" in problems(a_document(rate, grade_percent={"good": 100}))[0][2]
    assert "must fall" in problems(a_document(rate, grade_percent=GRADES | {"fail": 130}))[0][2]


@pytest.mark.parametrize("name", PRESETS)
def test_preset_lacks_only_what_nobody_has_read(name):
    document = load_preset(name)

    lacking = [(row, field) for row, field, _ in problems(document)]
    filled = document | {"valid_from": "2026-01-01", "rates": [{"day_fen": 30_000}]}

    assert lacking == [(None, "valid_from"), (1, "rates.0")]
    assert SubsidyTable.from_document(filled).source[0].trust == "secondary"


@given(
    st.integers(0, 10**7), st.integers(0, 10**6), st.integers(0, 200), st.sampled_from(QualityGrade),
    st.lists(st.integers(0, 10**6), max_size=4), st.one_of(st.none(), st.integers(0, 10**6)),
)  # fmt: skip
def test_total_is_the_sum_of_its_lines_and_never_less_than_the_costs_that_are_paid(
    amount, day, halves, grade, costs, cap
):
    table = a_table({"amount_fen": amount, "day_fen": day, "cost_cap_fen": cap})
    spent = Spent(halves / 2, tuple(DirectCost(kind=CostKind.OTHER, fen=fen) for fen in costs))

    found = subsidy_of(table, work(grade=grade, spent=spent))

    paid = sum(costs) if cap is None else min(sum(costs), cap)
    assert found.total_fen == sum(line.fen for line in found.lines) >= paid
    assert found.total_fen - paid <= (amount + day * halves / 2 + 1) * GRADES[grade.value] / 100 + 1


def test_standard_nobody_ships_is_refused_with_those_there_are():
    with pytest.raises(UnknownReferenceError) as refused:
        load_preset("atlantis")

    assert "atlantis" not in refused.value.facts["known"]
