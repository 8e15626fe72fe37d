"""One door per kind of text: how it is kept, what two spellings of it share, and which characters nobody may enter.

Every door (API, file, mapping, command line, search) and every comparison goes through these functions.
What is kept stays as it was written, but for the width of letters and digits and for blanks that no eye tells
apart; a *key* is what two spellings of one thing have in common, and is compared, never shown.
"""

import re
import string
import unicodedata

from stdnum.cn.ric import calc_check_digit

from dispatch.domain.validation import UnfitError

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of control, format, surrogate and separators of lines and paragraphs; nobody sees them.

A character of a later edition of Unicode or of private use is in none of them: it is a rare name, and stays.
"""

# fmt: off
WIDE = str.maketrans({
    **{chr(ord(letter) + 0xFEE0): letter for letter in string.digits + string.ascii_letters},
    "\u00a0": " ", "\u3000": " ", "\u2007": " ", "\u202f": " ",
    "\u200b": "",  "\u200c": "",  "\u200d": "",  "\u2060": "", "\ufeff": "",
})
"""Full-width digits and letters become plain, odd blanks ordinary; blanks without width vanish."""

SAME = str.maketrans({
    **dict.fromkeys("[{〔【〖［｛〈<", "("), **dict.fromkeys("]}〕】〗］｝〉>", ")"),
    **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
})
"""Brackets and dashes that tell no two numbers apart."""
# fmt: on

DOTS = "·•‧∙⋅・･．.●"
"""The dot between the parts of a name (U+00B7), and what keyboards and old systems put in its place."""

LONG_CITIZEN, SHORT_CITIZEN = re.compile(r"\d{17}[\dX]", re.ASCII), re.compile(r"\d{15}", re.ASCII)
CITIZEN = re.compile(rf"{LONG_CITIZEN.pattern}|{SHORT_CITIZEN.pattern}", re.ASCII)

IN_NAMES = re.compile(rf"[\s{re.escape(DOTS)}\-()]+")


NOBODY = frozenset({
    "", "不详", "不明", "未知", "无", "无名", "无名氏", "暂无", "待查", "待定", "未提供", "身份不明", "姓名不详",
    "n/a", "na", "unknown", "none",
})  # fmt: skip
"""What is written where no name is known, as names are compared."""

DIGITS_OF_A_NUMBER = re.compile(r"\d{7,}|\d\.\d+E\+?\d", re.ASCII | re.IGNORECASE)
"""What no name holds: the digits of an identity document, also as Excel has rounded them."""

ZEROS = re.compile(r"(?<!\d)0+(?=\d)", re.ASCII)
"""What offices put before a number so that all are of one length."""

LEFT_OUT = re.compile(r"某|[x×*＊?○〇□]{2}|^.[x×*○〇□]$")
"""Where a name is made anonymous."""


class UnseenError(UnfitError):
    """The text holds a character that nobody sees, or nothing else."""


def tidy(text: str) -> str:
    """Return the text with plain digits and letters and without blanks around it; brackets stay as written."""
    return text.translate(WIDE).strip()


def plain(text: str) -> str:
    """Return the text in compatibility form, for numbers, dates and codes, where width means nothing."""
    return unicodedata.normalize("NFKC", text.translate(WIDE)).strip()


def unseen(text: str, *, lines: bool = False) -> bool:
    """Tell whether a text holds a character that nobody sees; with ``lines`` it may have line breaks and tabs."""
    # Nearly every text is printable throughout, and what is printable is seen.
    return not text.isprintable() and any(
        unicodedata.category(letter) in UNSEEN or _is_noncharacter(letter)
        for letter in text
        if not (lines and letter in "\n\t")
    )


def line(text: str) -> str:
    """Return a name or another text of one line as it is kept: of blanks in a row one stays.

    Raises
    ------
    UnseenError
        If nothing is left to see, or something cannot be seen.
    """
    return _seen(re.sub(r" +", " ", tidy(text)))


def story(text: str) -> str:
    """Return a text of several lines as it is kept; line breaks are those of every system."""
    return _seen(re.sub(r"\r\n?", "\n", tidy(text)), lines=True)


def seen_lines(text: str) -> str:
    """Return a text as it is, or refuse one with a character that nobody sees; it may be empty."""
    return _seen(text, lines=True) if text else text


def code(text: str) -> str:
    """Return a code, licence number or identity number as it is kept: without blanks, its width and dashes plain."""
    # What a blank kept apart may combine.
    return _seen(plain("".join(plain(text).split()).translate(SAME)))


def code_key(text: str) -> str:
    """Return what the spellings of a code or login share: capital letters tell no two apart."""
    return code(text).casefold()


def case_number(text: str) -> str:
    """Return a case number as it is kept: with the brackets its office writes."""
    return line(text)


def case_number_key(text: str) -> str:
    """Return what the spellings of a case number share: （2026）援刑字第01號 is [2026] 援刑字第1.

    Zeros before a number tell no two apart, nor does the traditional form of 号.
    """
    return ZEROS.sub("", case_number_order(text))


def case_number_order(text: str) -> str:
    """Return by what case numbers are sorted, and how they begin: as the key, with the zeros that keep their order."""
    written = code(text).casefold().replace("號", "号")
    return written.removesuffix("号") or written


def identity_key(text: str) -> str:
    """Return what the spellings of an identity number share; a citizen's of fifteen digits is that of eighteen.

    The old form has two digits of the year, all of the twentieth century, and no check digit (GB 11643).
    """
    key = "".join(plain(text).split()).translate(SAME).upper()
    if not SHORT_CITIZEN.fullmatch(key):
        return key
    longer = f"{key[:6]}19{key[6:]}"
    return longer + calc_check_digit(longer + "0")


def name_key(text: str) -> str:
    """Return what the spellings of a name share, as a search compares them: neither blanks nor dots nor brackets."""
    return IN_NAMES.sub("", plain(text).translate(SAME)).casefold()


def names_somebody(text: str) -> bool:
    """Tell whether a name can be compared: neither 不详 and the like, nor one with a part left out (张某, 李××)."""
    key = name_key(text)
    return key not in NOBODY and not LEFT_OUT.search(key)


def holds_number(text: str) -> bool:
    """Tell whether the number of a document was written where a name belongs, and would not be compared as one."""
    return DIGITS_OF_A_NUMBER.search("".join(plain(text).split())) is not None


def _seen(text: str, *, lines: bool = False) -> str:
    if not text:
        raise UnseenError("不能为空", "not blank")
    if unseen(text, lines=lines):
        raise UnseenError("不含不可见字符（控制字符、格式字符等）的文本", "a text without invisible characters")
    return text


def _is_noncharacter(letter: str) -> bool:
    """Tell whether Unicode has set a code point aside for good; no workbook can hold one."""
    return ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
