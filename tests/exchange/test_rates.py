"""Rows of a subsidy table as people write them: from a sheet, typed, and written so that they read the same again."""

import pytest

from dispatch.domain.errors import SubsidyTableInvalidError
from dispatch.exchange.funds.rates import rate_in_words, read_rates, typed_rates

SHEET = """序号,案件类型,法律援助形式,诉讼（办理）阶段,补贴标准（元）,每服务日（元）,服务天数上限,直接费用限额（元）
2,,,,"1,500.5",,,500
1,刑事,,侦查、审查起诉,900,200,10,
"""
RATES = [
    {
        "matters": ["criminal"], "stages": ["investigation", "prosecution"], "amount_fen": 90_000,
        "day_fen": 20_000, "max_days": 10.0,
    },
    {"amount_fen": 150_050, "cost_cap_fen": 50_000},
]  # fmt: skip


def test_sheet_is_read_in_the_order_of_its_numbers_with_words_and_yuan():
    assert read_rates(SHEET.encode()) == RATES


def test_each_cell_that_cannot_be_read_is_told_with_its_row_and_column():
    with pytest.raises(SubsidyTableInvalidError) as refused:
        read_rates(SHEET.replace("刑事", "海事").replace("900", "很多").replace("\n2,", "\n0,").encode())

    told = [each["reason"] for each in refused.value.facts["problems"]]
    assert {each["field"] for each in refused.value.facts["problems"]} == {"file"}
    assert all(each["zh"].startswith("表格第") for each in told)
    assert [next(word for word in ("序号", "案件类型", "补贴标准") if word in each["zh"]) for each in told] == [
        "序号", "案件类型", "补贴标准",
    ]  # fmt: skip
    assert "an amount in yuan" in told[2]["en"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_reads_the_same_again(language):
    written = [rate_in_words(rate, language) for rate in RATES]

    assert typed_rates(written) == RATES


def test_typed_faults_name_their_field_and_what_is_no_field_is_let_be():
    with pytest.raises(SubsidyTableInvalidError) as refused:
        typed_rates([{"amount_fen": "900", "other": "x"}, {"stages": "不存在", "day_fen": "12.345"}])

    assert [(each["field"], each["row"]) for each in refused.value.facts["problems"]] == [
        ("rates.1.stages", 2), ("rates.1.day_fen", 2),
    ]  # fmt: skip
