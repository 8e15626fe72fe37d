"""The words of the field: each with two labels."""

import pytest

from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import Term


@pytest.mark.parametrize("words", Term.__subclasses__())
def test_every_word_has_a_chinese_and_an_english_label(words):
    assert all(word.label("zh") and word.label("en") for word in words)


def test_word_is_labelled_in_the_language_asked_for():
    assert (Verb.VERIFY.label("zh"), Verb.VERIFY.label("fr")) == ("核验匹配批次和审计日志", "verify runs and the log")
