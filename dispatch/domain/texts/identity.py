"""Identity documents: how the number of each kind is checked, what its forms share, and what it tells of its holder.

A number is refused by what is wrong with it, and never repeated. A citizen's number (GB 11643) is six digits of the
region, eight of the day of birth, three of which the last is odd for men, and a check digit; the permits of residents
of Hong Kong, Macao and Taiwan and the new permanent residence card are built alike. The other kinds tell nothing.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from stdnum.cn.ric import calc_check_digit

from dispatch.domain.texts import CITIZEN, LONG_CITIZEN, code, identity_key
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import IdentityKind, Sex

ADULT_AGE = 18
"""《民法典》第十七条."""

ELDERLY_AGE = 60
"""《老年人权益保障法》第二条."""

FIRST_BIRTH = date(1900, 1, 1)

PROVINCES = tuple(re.findall("..", "1112131415212223313233343536374142434445465051525354616263646571"))


class NumberForm(NamedTuple):
    """How the numbers of one kind of document are written."""

    zh: str
    en: str
    pattern: re.Pattern[str]
    regions: tuple[str, ...] = ()
    """What one built like a citizen's number begins with."""
    stays: int | None = None
    """How many of its characters stay when the document is issued anew."""


class Identity(NamedTuple):
    """A number as it is kept, what two forms of it share, and what it tells."""

    kind: IdentityKind
    number: str
    key: str
    born_on: date | None = None
    sex: Sex | None = None

    def minor_on(self, day: date) -> bool | None:
        """Tell whether the holder is a minor on a day, if the number tells."""
        return None if self.born_on is None else is_minor(self.born_on, day)

    def elderly_on(self, day: date) -> bool | None:
        """Tell whether the holder is an elderly person on a day, if the number tells."""
        return None if self.born_on is None else is_elderly(self.born_on, day)


# fmt: off
FORMS: Mapping[IdentityKind, NumberForm] = {
    # kind                             what a number looks like, in both languages
    IdentityKind.RESIDENT_CARD:       NumberForm("18位公民身份号码（旧证15位）", "18 characters (15 of an old card)",
                                           CITIZEN, PROVINCES),
    IdentityKind.HOUSEHOLD_REGISTER:  NumberForm("户口簿上的18位公民身份号码（旧号15位）",
                                           "the citizen's number in the register, 18 characters (15 of an old one)",
                                           CITIZEN, PROVINCES),
    IdentityKind.RESIDENCE_PERMIT:    NumberForm("18位，以810000、820000或者830000开头",
                                           "18 characters that begin with 810000, 820000 or 830000",
                                           LONG_CITIZEN, ("810000", "820000", "830000")),
    IdentityKind.PERMANENT_RESIDENCE: NumberForm("以9开头的18位号码，或者旧证的三个字母加12位数字",
                                           "18 characters that begin with 9, or three letters and 12 digits",
                                           re.compile(rf"{LONG_CITIZEN.pattern}|[A-Z]{{3}}\d{{12}}", re.ASCII),
                                           tuple(f"9{province}" for province in PROVINCES)),
    IdentityKind.HK_MACAO_PERMIT:     NumberForm("H或者M加8位数字", "H or M and 8 digits",
                                           re.compile(r"[HM]\d{8}(\d{2})?", re.ASCII), stays=9),
    IdentityKind.TAIWAN_PERMIT:       NumberForm("8位数字", "8 digits",
                                           re.compile(r"\d{8}(\d{2}(\([A-Z]\)|[A-Z])?)?", re.ASCII), stays=8),
    IdentityKind.PASSPORT:            NumberForm("5至15位字母、数字", "5 to 15 letters and digits",
                                           re.compile(r"(?=.*\d)[A-Z0-9]{5,15}", re.ASCII)),
    IdentityKind.OTHER:               NumberForm("至少4个字符", "at least 4 characters", re.compile(r".{4,}")),
}
# fmt: on


def identify(number: str, kind: IdentityKind | None = None) -> Identity:
    """
    Return what a number tells; without a kind it is one built like a citizen's number.

    Raises
    ------
    UnfitError
        If no document of the kind can have the number; it says what is wrong, not what was given.
    """
    kind = kind or _kind_of(identity_key(number))
    form = FORMS[kind]
    text = identity_key(number) if form.regions else code(number).upper()
    if not form.pattern.fullmatch(text):
        raise UnfitError(f"{kind.zh}号码应为{form.zh}", f"the number of a {kind.en} is {form.en}")
    if form.regions and LONG_CITIZEN.fullmatch(text):
        return Identity(kind, text, text, *_birth_and_sex(text, form))
    return Identity(kind, text, f"{kind.value}:{text[: form.stays]}")


def is_minor(born_on: date, day: date) -> bool:
    """Tell whether somebody is a minor on a day: still on the eighteenth birthday, no longer on the day after.

    Source: 《最高人民法院关于审理未成年人刑事案件具体应用法律若干问题的解释》第二条; where the month has no such day,
    its last counts (《民法典》第二百零二条).
    """
    return day <= _birthday(born_on, ADULT_AGE)


def is_elderly(born_on: date, day: date) -> bool:
    """Tell whether somebody is an elderly person on a day: from the sixtieth birthday on."""
    return day >= _birthday(born_on, ELDERLY_AGE)


def _birthday(born_on: date, age: int) -> date:
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 2, 28)


def _kind_of(text: str) -> IdentityKind:
    """Return the kind of a number that says so itself: those built like a citizen's begin differently."""
    if not CITIZEN.fullmatch(text):
        raise UnfitError(
            "应为18位公民身份号码（旧证15位）；其他证件的号码，请填写证件类型",
            "18 characters (15 of an old card); for the number of another document name its kind",
        )
    others = (IdentityKind.RESIDENCE_PERMIT, IdentityKind.PERMANENT_RESIDENCE)
    return next((kind for kind in others if text.startswith(FORMS[kind].regions)), IdentityKind.RESIDENT_CARD)


def _birth_and_sex(text: str, form: NumberForm) -> tuple[date, Sex]:
    if not text.startswith(form.regions):
        raise UnfitError("证件号码开头的地区代码不存在，请核对", "a number that begins with the code of a region")
    try:
        born_on = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        born_on = date.min
    if born_on < FIRST_BIRTH:
        raise UnfitError("证件号码中的出生日期不存在，请核对", "a number with a day of birth that exists")
    if calc_check_digit(text) != text[-1]:
        raise UnfitError("证件号码的校验码不符，请核对有无录错", "a number whose check digit is right")
    return born_on, Sex.MALE if int(text[16]) % 2 else Sex.FEMALE
