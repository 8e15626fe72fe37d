"""Every spelling of one thing compares equal, and nothing that nobody sees is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dispatch.domain import texts
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.texts import typed

NUMBERS = ["（2026）援刑字第1号", "〔2026〕商法援民12号", "C-17", "2026-00412", "(2026)豫1402民初33号之一"]
BRACKETS = {
    "（": "(（[【〔［",
    "）": ")）]】〕］",
    "〔": "〔(（",
    "〕": "〕)）",
    "(": "(（〔",
    ")": ")）〕",
    "-": "-－—–‐",
}
BLANKS = st.text(" \u3000\u00a0\u2007\u200b\ufeff", max_size=2)
DOTTED = "·•‧∙⋅・･．.●"


@st.composite
def spelt(draw, written):
    """Another spelling of a text: brackets, dashes, widths and blanks as another keyboard has them."""
    letters = [draw(st.sampled_from(BRACKETS.get(letter, [letter, widened(letter)]))) for letter in written]
    return draw(BLANKS) + "".join(letter + draw(BLANKS) for letter in letters)


def widened(letter):
    return chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalnum() else letter


@given(data=st.data(), number=st.sampled_from(NUMBERS), open_ended=st.booleans())
def test_any_spelling_of_a_case_number_is_the_same_number(data, number, open_ended):
    written = data.draw(spelt(number.removesuffix("号") if open_ended else number))

    assert texts.case_number_key(texts.case_number(written)) == texts.case_number_key(number)


@pytest.mark.parametrize(
    "written", ["(2026)援刑字第1号", "（2026）援刑字第０１号", "〔2026〕 援刑字第001號", "[2026]援刑字第 01"]
)
def test_zeros_before_a_number_and_the_old_form_of_its_sign_make_no_other_case(written):
    assert texts.case_number_key(written) == texts.case_number_key("(2026)援刑字第1号")


def test_zeros_before_a_number_keep_its_place_among_the_others():
    numbers = ["(2026)援刑字第002号", "(2026)援刑字第010號", "(2026)援刑字第100号"]

    assert sorted(reversed(numbers), key=texts.case_number_order) == numbers
    assert texts.case_number_order(numbers[1]).startswith(texts.case_number_order("（2026）援刑字第01"))


def test_different_case_numbers_stay_apart():
    numbers = [
        *NUMBERS,
        "(2026)援刑字第11号",
        "(2026)援刑字第10号",
        "(2026)援刑字第101号",
        "2026援刑字第1号",
        "A(1)2",
        "A12",
        "号",
    ]

    assert len({texts.case_number_key(number) for number in numbers}) == len(numbers)


@given(data=st.data(), number=st.sampled_from(["14114201510123456", "SAMPLE-P1", "41140219800101001X"]))
def test_any_spelling_of_a_licence_or_identity_number_is_the_same(data, number):
    written = data.draw(spelt(number))

    assert texts.code(written) == number
    assert texts.identity_key(written.lower()) == texts.identity_key(number)


@given(data=st.data(), dot=st.sampled_from(["", " ", *DOTTED]), name=st.just("古丽米热{}艾比布力"))
def test_any_dot_or_none_finds_the_same_name(data, dot, name):
    written = data.draw(spelt(name.format(dot)))

    assert texts.name_key(written) == texts.name_key("古丽米热·艾比布力")


# fmt: off
RARE = ["䶮", "\U00032000", "\ue815", "\U000f0001", "𬱖", "é", "Ω", "ئۇ"]
UNSEEN = ["\x00", "\x07", "\x7f", "\x85", "\xad", "\u202e", "\u2066", "\u2028", "\u2029", "\ud800",
          "\U000e0001", "\ufffe"]
# fmt: on


@pytest.mark.parametrize("letter", RARE)
@pytest.mark.parametrize("kept", [texts.line, texts.story, texts.code, texts.case_number])
def test_rare_character_is_kept_as_it_is(kept, letter):
    assert kept(f"王{letter}") == f"王{letter}"


@pytest.mark.parametrize("letter", UNSEEN, ids=ascii)
@pytest.mark.parametrize("kept", [texts.line, texts.story])
def test_character_that_nobody_sees_is_refused(kept, letter):
    with pytest.raises(texts.UnseenError):
        kept(f"王{letter}芳")


@pytest.mark.parametrize("blank", ["\u200b", "\ufeff", "\u3000", " \u00a0", "\u2060\u200d"], ids=ascii)
def test_text_of_which_nothing_is_seen_is_refused(blank):
    with pytest.raises(texts.UnseenError):
        texts.line(blank)


@given(text=st.text(max_size=20))
def test_what_is_kept_is_kept_the_same_when_it_comes_again(text):
    for kept in (texts.line, texts.story, texts.code, texts.case_number):
        try:
            once = kept(text)
        except texts.UnseenError:
            continue
        assert kept(once) == once


def test_text_that_is_too_short_once_it_is_cleaned_is_refused():
    with pytest.raises(ValidationError, match="4 to 40 characters"):
        TypeAdapter(typed.IdentityNumber).validate_python("1 23")


def test_text_that_comes_by_no_schema_is_kept_as_its_door_keeps_it_or_refused_by_its_field():
    assert typed.kept("name", typed.Name, " 王小明 ") == "王小明"
    with pytest.raises(InvalidFieldError) as refusal:
        typed.kept("name", typed.Name, "王\u202e小明")
    assert refusal.value.facts["field"] == "name"
