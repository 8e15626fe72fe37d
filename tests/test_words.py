"""Texts for people: none says a word the glossary bans, none lacks one of its languages, none is written twice."""

import importlib
import pkgutil
import re
from collections import Counter

import pytest

import dispatch
from dispatch.domain.vocabulary import Term
from tests.words import BANS, CHINESE, banned, modules, of_source, texts

PAIRS = ("say", "both", "stated", "Words", "UnfitError")
"""Calls whose first two arguments are one text in Chinese and in English."""

SENTENCE = re.compile(r".{7,}[，。；：].{3,}|.{13,}[，。；：]", re.DOTALL)
"""What is a sentence, and so written once; anything else is a word of the field."""


def every_term():
    """Every enumeration of words, wherever it stands."""
    for module in pkgutil.walk_packages(dispatch.__path__, "dispatch."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted(Term.__subclasses__(), key=lambda words: (words.__module__, words.__name__))


def test_no_text_says_a_word_the_glossary_bans():
    found = [
        f"{each.where}: {word} -> {right}: {each.wording[:60]}"
        for each in texts()
        for word, right in banned(each.wording)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("wording", "word"),
    [
        ("本中心没有生效的政策", "政策"), ("决定给予援助", "援助"), ("该席位已有人", "席位"), ("证书不能证明", "证书"),
        ("已拒绝", "拒绝"), ("接受后放弃", "放弃"), ("立即人工指定", "指定"), ("该承办人不符合条件", "承办人"),
        ("同案嫌疑人", "嫌疑人"), ("指派时限已过", "指派时限"), ("援助形式", "援助形式"), ("信息缺失：", "信息缺失"),
        ("人员年度对账单", "对账单"), ("平等的代价", "代价"), ("匹配质量", "匹配质量"), ("可能判处死刑", "可能判处"),
        ("姓名或单位", "或"), ("第 3 版", "第 3 "), ("另有 3 项", "有 3 "), ("取样本", "样本"),
        ("本案由方面的专业特长", "案由方面"),
    ],
)  # fmt: skip
def test_banned_word_is_found_in_a_text(wording, word):
    planted = of_source("planted.py", f'TEXT = "{wording}"')

    assert word.strip() in {found.strip() for text in planted for found, _ in banned(text.wording)}


@pytest.mark.parametrize("ban", [ban for ban in BANS if ban.allowed], ids=lambda ban: ban.word)
def test_word_is_let_pass_in_its_right_context(ban):
    assert [found for context in ban.allowed for found in banned(context) if found[1] == ban.right] == []


def test_former_header_is_read_and_no_text_of_ours():
    source = 'Column("stage", "诉讼（办理）阶段", "Stage", STAGE, aliases=("办案阶段",))'

    assert [text.wording for text in of_source("planted.py", source)] == ["诉讼（办理）阶段"]


def test_every_word_of_every_enumeration_has_a_label_in_each_language():
    lacking = [f"{type(word).__name__}.{word.name}" for words in every_term() for word in words
               if not CHINESE.search(word.zh) or not word.en or CHINESE.search(word.en)]  # fmt: skip

    assert lacking == []


@pytest.mark.parametrize("call", PAIRS)
def test_every_text_in_two_languages_has_both(call):
    lacking = [
        f"{pair.where}: {pair.zh} {pair.en}"
        for module in modules().values()
        for pair in module.pairs
        if pair.call == call and not two_languages(pair.zh, pair.en)
    ]

    assert lacking == []


def two_languages(zh, en):
    """A text that is only signs and what is put in, such as a colon after a name, has no language."""
    zh, en = (re.sub(r"\{.*?\}|^f?['\"]", "", wording) for wording in (zh, en))
    if not any(letter.isalpha() for letter in zh + en):
        return True
    return bool(CHINESE.search(zh)) and bool(re.search("[A-Za-z]", en)) and not CHINESE.search(en)


def test_text_that_lacks_a_language_is_found():
    assert two_languages("'没有'", "'none'")
    assert not two_languages("'none'", "'none at all'")
    assert not two_languages("'没有'", "''")
    assert not two_languages("'没有'", "'没有'")


def test_no_sentence_is_written_twice():
    wording = Counter(text.wording for module in modules().values() for text in module.texts)

    assert [text for text, times in wording.items() if times > 1 and SENTENCE.search(text)] == []
