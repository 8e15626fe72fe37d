"""Amounts are written in yuan and kept in fen: what is written is what is kept, and nothing is ever rounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dispatch.domain.funds.amounts import Yuan, fen_of, yuan_of
from dispatch.domain.funds.subsidy import MAX_FEN
from dispatch.domain.validation import UnfitError


@pytest.mark.parametrize(
    ("written", "fen"),
    [("120", 12_000), ("120.5", 12_050), ("0.07", 7), ("１２０．５０元", 12_050), ("¥1,200", 120_000), (" 3 元 ", 300),
     ("1000000", MAX_FEN)],
)  # fmt: skip
def test_amount_is_read_as_people_write_it(written, fen):
    assert fen_of(written) == fen


@pytest.mark.parametrize("written", ["", "0.005", "-1", "1e3", "1,20", "一百", "12元5角", "1000000.01", "9" * 40])
def test_what_is_no_amount_or_larger_than_meant_is_refused_in_both_languages(written):
    with pytest.raises(UnfitError) as refused:
        fen_of(written)

    assert "元" in refused.value.zh
    assert "yuan" in str(refused.value)


@given(st.integers(0, MAX_FEN))
def test_what_is_kept_is_shown_as_it_was_written(fen):
    assert fen_of(yuan_of(fen)) == fen
    assert yuan_of(-fen) == (f"-{yuan_of(fen)}" if fen else "0.00")


@pytest.mark.parametrize("given_in", ["120.50", 12_050])
def test_field_takes_yuan_that_are_written_and_fen_that_are_counted(given_in):
    assert TypeAdapter(Yuan).validate_python(given_in) == 12_050
