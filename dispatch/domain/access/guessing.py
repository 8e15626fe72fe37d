"""What guessing costs: waits that grow with failures, and what a password must have."""

import unicodedata
from datetime import datetime, timedelta

from dispatch.domain.errors import InvalidFieldError, stated

FROM_ONE_SOURCE = 5
"""Failures of one login from one source, after which that source waits."""

LOCKED_FOR = timedelta(minutes=15)

FREE_FOR_A_LOGIN = 10
"""Failures of one login from all sources before new sources wait, first a second, then twice as long each time."""

LONGEST_WAIT = timedelta(minutes=1)
"""A login is never shut for longer by others: else anyone could shut out a centre."""

FORGOTTEN_AFTER = timedelta(hours=1)
KNOWN_FOR = timedelta(days=30)
"""A source from which somebody signed in so lately does not wait for the failures of others."""

MIN_LETTERS, MAX_LETTERS, MIN_KINDS = 12, 128, 6

LINK_TRIES = 10
"""Wrong codes after which a recipient's link is of no use any more."""


def source_waits_until(failures: int, last_at: datetime) -> datetime:
    """Return until when a source with so many failures at one login waits."""
    return last_at + LOCKED_FOR if failures >= FROM_ONE_SOURCE else last_at


def login_waits_until(failures: int, last_at: datetime) -> datetime:
    """Return until when new sources wait, after so many failures at one login from anywhere."""
    over = failures - FREE_FOR_A_LOGIN
    if over <= 0:
        return last_at
    # Bounded before it is doubled: nobody counts seconds in numbers of a thousand digits.
    return last_at + min(timedelta(seconds=2 ** min(over - 1, 10)), LONGEST_WAIT)


def counted(failures: int, last_at: datetime, now: datetime, forgotten_after: timedelta) -> int:
    """Return how many failures still count."""
    return failures if now < last_at + forgotten_after else 0


def plain_password(password: str) -> str:
    """Return a password as it is compared: the same letters, however a keyboard composes them."""
    return unicodedata.normalize("NFKC", password)


def require_strong(password: str, login: str) -> str:
    """
    Return a password as it is compared, if it may be one.

    Raises
    ------
    InvalidFieldError
        If it is short, of too few different letters, too long, or holds the login.
    """
    plain = plain_password(password)
    long_enough = MIN_LETTERS <= len(plain) <= MAX_LETTERS
    if not long_enough or len(set(plain)) < MIN_KINDS or login.casefold() in plain.casefold():
        expected = stated(
            f"{MIN_LETTERS}至{MAX_LETTERS}个字符，至少{MIN_KINDS}种不同字符，且不含登录名",
            f"{MIN_LETTERS} to {MAX_LETTERS} letters, {MIN_KINDS} different ones at least, without the login",
        )
        raise InvalidFieldError(field="password", value=None, expected=expected)
    return plain


def typed_code(code: str) -> str:
    """Return a code as it was printed: case, width, blanks and dashes of what was typed do not matter."""
    return "".join(letter for letter in plain_password(code).upper() if letter.isalnum())
