"""Values of options as they were written: days, and words of an enumeration; read without opening the register."""

from datetime import date
from typing import Any

from dispatch.domain.calendar import EARLIEST, LATEST
from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError, stated
from dispatch.domain.vocabulary import Term


def day_of(field: str, wording: str) -> date:
    """
    Return the day that was written.

    Raises
    ------
    InvalidFieldError
        If it is none, or lies where no calendar reaches.
    """
    try:
        day = date.fromisoformat(wording)
    except ValueError:
        raise InvalidFieldError(
            field=field, value=wording, expected=stated("日期，如 2026-11-30", "a day, such as 2026-11-30")
        ) from None
    if not EARLIEST <= day <= LATEST:
        raise InvalidFieldError(
            field=field, value=wording, expected=stated(f"{EARLIEST}至{LATEST}", f"{EARLIEST} to {LATEST}")
        )
    return day


def word_of(words: type[Term], field: str, wording: str) -> Any:
    """
    Return the word of an enumeration.

    Raises
    ------
    UnknownReferenceError
        If there is no such word; it names those there are.
    """
    if wording not in set(words):
        raise UnknownReferenceError(field=field, value=wording, known=[word.value for word in words])
    return words(wording)
