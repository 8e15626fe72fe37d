"""Numbers of identity documents: checked by their kind, the same in either form, and what they tell."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn.ric import calc_check_digit

from dispatch.domain.texts.identity import FORMS, identify, is_elderly, is_minor
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import IdentityKind as Kind
from dispatch.domain.vocabulary import Sex

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def a_number(region="411402", born_on="19800101", order="001"):
    """A number with the right check digit."""
    body = f"{region}{born_on}{order}"
    return body + calc_check_digit(body + "0")


@given(region=st.sampled_from(["110101", "419999", "650102"]), born_on=DAYS, order=st.integers(0, 999))
def test_citizens_number_tells_the_day_of_birth_and_the_sex(region, born_on, order):
    told = identify(a_number(region, f"{born_on:%Y%m%d}", f"{order:03}"))

    assert (told.kind, told.born_on, told.sex) == (
        Kind.RESIDENT_CARD, born_on, Sex.MALE if order % 2 else Sex.FEMALE
    )  # fmt: skip


@given(born_on=st.dates(date(1900, 1, 1), date(1999, 12, 31)), order=st.integers(0, 999))
def test_old_number_of_fifteen_digits_is_the_number_of_eighteen(born_on, order):
    long = a_number(born_on=f"{born_on:%Y%m%d}", order=f"{order:03}")

    assert identify(long[:6] + long[8:17]) == identify(long)


@given(number=st.just("411402198001010015"), place=st.integers(0, 16), digit=st.integers(0, 9))
def test_one_wrong_digit_is_never_taken_for_right(number, place, digit):
    wrong = number[:place] + str(digit) + number[place + 1 :]

    if wrong != number:
        with pytest.raises(UnfitError):
            identify(wrong)


@pytest.mark.parametrize(("number", "kind", "what"), [
    ("41140219800101001",   None,                 "其他证件的号码，请填写证件类型"),   # a digit is missing
    ("E12345678",           None,                 "其他证件的号码，请填写证件类型"),
    ("E12345678",           Kind.RESIDENT_CARD,   "18位公民身份号码"),
    ("41140219800101001X",  None,                 "校验码"),
    (a_number("991402"),    None,                 "地区代码"),
    (a_number("810000"),    Kind.RESIDENT_CARD,   "地区代码"),
    (a_number(),            Kind.RESIDENCE_PERMIT, "地区代码"),
    (a_number(born_on="19800230"), None,          "出生日期"),
    (a_number(born_on="18991231"), None,          "出生日期"),
    ("411402801301001",     None,                 "出生日期"),
    ("H1234567",            Kind.HK_MACAO_PERMIT, "H或者M"),
    ("A12345678",           Kind.HK_MACAO_PERMIT, "H或者M"),
    ("1234567",             Kind.TAIWAN_PERMIT,   "8位数字"),
    ("ABCDEF",              Kind.PASSPORT,        "字母、数字"),
    ("US110185012201",      Kind.PERMANENT_RESIDENCE, "以9开头"),
    ("护照号",              Kind.OTHER,           "至少4个字符"),
])  # fmt: skip
def test_wrong_number_is_refused_by_what_is_wrong_and_not_repeated(number, kind, what):
    with pytest.raises(UnfitError) as refused:
        identify(number, kind)

    assert what in refused.value.zh
    assert number not in refused.value.zh + str(refused.value)


@pytest.mark.parametrize(("number", "kind", "sex"), [
    (a_number("810000", "20140203", "002"), Kind.RESIDENCE_PERMIT,    Sex.FEMALE),
    (a_number("830000", "19900203", "003"), Kind.RESIDENCE_PERMIT,    Sex.MALE),
    (a_number("911840", "19900203", "003"), Kind.PERMANENT_RESIDENCE, Sex.MALE),
])  # fmt: skip
def test_permits_built_like_a_citizens_number_name_their_kind_and_tell_as_much(number, kind, sex):
    told = identify(number)

    assert (told.kind, told.sex, told.born_on is None) == (kind, sex, False)
    assert identify(number, kind) == told


@pytest.mark.parametrize(("number", "kind"), [
    ("h12345678",        Kind.HK_MACAO_PERMIT), ("M1234567801",  Kind.HK_MACAO_PERMIT),
    ("12345678",         Kind.TAIWAN_PERMIT),   ("1234567801(B)", Kind.TAIWAN_PERMIT),
    ("USA110185012201",  Kind.PERMANENT_RESIDENCE), ("E12345678", Kind.PASSPORT),
    ("123456789012345",  Kind.PASSPORT),        ("M-12 34",      Kind.OTHER),
])  # fmt: skip
def test_foreign_documents_are_taken_by_their_kind_and_tell_nothing(number, kind):
    told = identify(number, kind)

    assert (told.born_on, told.sex, told.minor_on(date(2026, 3, 9))) == (None, None, None)


def test_document_issued_anew_is_the_same_and_another_kind_is_not():
    assert identify("H1234567801", Kind.HK_MACAO_PERMIT).key == identify("H12345678", Kind.HK_MACAO_PERMIT).key
    assert identify("1234567801B", Kind.TAIWAN_PERMIT).key == identify("12345678", Kind.TAIWAN_PERMIT).key
    assert identify("12345678", Kind.PASSPORT).key != identify("12345678", Kind.TAIWAN_PERMIT).key


def test_register_of_a_household_holds_the_number_of_the_card():
    assert identify(a_number(), Kind.HOUSEHOLD_REGISTER).key == identify(a_number()).key


def test_every_kind_of_document_has_its_form():
    assert set(FORMS) == set(Kind)


@pytest.mark.parametrize(("born_on", "day", "minor"), [
    (date(2008, 3, 9),  date(2026, 3, 8),  True),
    (date(2008, 3, 9),  date(2026, 3, 9),  True),   # the birthday itself
    (date(2008, 3, 9),  date(2026, 3, 10), False),
    (date(2008, 2, 29), date(2026, 2, 28), True),
    (date(2008, 2, 29), date(2026, 3, 1),  False),
    (date(1990, 1, 1),  date(2026, 3, 9),  False),
])  # fmt: skip
def test_somebody_is_a_minor_through_the_eighteenth_birthday(born_on, day, minor):
    assert is_minor(born_on, day) is minor


@pytest.mark.parametrize(("born_on", "day", "elderly"), [
    (date(1966, 3, 9),  date(2026, 3, 8),  False),
    (date(1966, 3, 9),  date(2026, 3, 9),  True),   # the birthday itself
    (date(1964, 2, 29), date(2024, 2, 28), False),
    (date(1964, 2, 29), date(2024, 2, 29), True),
    (date(2040, 2, 29), date(2100, 2, 28), True),   # a year without the day
    (date(1990, 1, 1),  date(2026, 3, 9),  False),
])  # fmt: skip
def test_somebody_is_elderly_from_the_sixtieth_birthday(born_on, day, elderly):
    assert is_elderly(born_on, day) is elderly
