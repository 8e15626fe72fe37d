"""Amounts of money as people write them, in yuan with up to two decimals, and as they are kept, in whole fen."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from dispatch.domain.funds.subsidy import MAX_FEN
from dispatch.domain.texts import plain
from dispatch.domain.validation import UnfitError

AMOUNT = re.compile(r"[¥￥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?\s*元?", re.ASCII)
"""Thousands may be set apart; the sign or the word of the currency may be with it."""


def fen_of(text: str) -> int:
    """
    Return an amount that was written in yuan, in fen, digit by digit: no fraction is ever rounded.

    Raises
    ------
    UnfitError
        If it is no amount, has more than two decimals or is larger than any that is meant.
    """
    found = AMOUNT.fullmatch(plain(text))
    if found is None:
        raise UnfitError("应为金额（元），至多两位小数，例如120.50", "an amount in yuan, such as 120.50")
    whole, part = found[1].replace(",", ""), (found[2] or "").ljust(2, "0")
    # Longer ones are refused before they are made a number.
    fen = int(whole + part) if len(whole) <= len(str(MAX_FEN)) else MAX_FEN + 1
    if fen > MAX_FEN:
        raise UnfitError(f"应不大于{MAX_FEN // 100}元", f"at most {MAX_FEN // 100} yuan")
    return fen


def yuan_of(fen: int) -> str:
    """Return an amount as people write it: what is deducted has its sign."""
    whole, part = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{part:02}"


def _read(given: Any) -> Any:
    return fen_of(given) if isinstance(given, str) else given


Yuan = Annotated[int, BeforeValidator(_read)]
"""Fen, where a form is filled in with yuan."""
