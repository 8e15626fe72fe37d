"""The description of the API: everything has words in both languages, and each answer an example it allows."""

import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from dispatch.api.documentation import JSON, WORDS, operations, summary_of
from dispatch.domain.policy.schema import Policy
from dispatch.domain.validation import PATTERNS
from dispatch.exchange.tables import TABLES
from dispatch.main import create_app
from dispatch.settings import Settings

SUMMARY = re.compile(r"(?P<en>[A-Z][^\u4e00-\u9fff]*[^.\s]) [\u4e00-\u9fff][^，。；：]*")
"""A sentence in English without its full stop, and a few words in Chinese."""


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return create_app(Settings(secret="a secret of the tests", data_dir=tmp_path_factory.mktemp("var"))).openapi()


def properties(document):
    for kind, schema in document["components"]["schemas"].items():
        for name, each in schema.get("properties", {}).items():
            yield kind, name, each


def parameters(document):
    for operation in operations(document):
        for each in operation.get("parameters", ()):
            yield operation["operationId"], each["name"], each


def test_every_property_and_parameter_says_what_it_is(document):
    everything = [*properties(document), *parameters(document)]

    assert [(where, name) for where, name, each in everything if not each.get("description")] == []
    assert len(everything) > 1500


def test_no_word_is_kept_for_what_nothing_is_called(document):
    called = {name for found in (properties, parameters) for _, name, _ in found(document)}
    files = {name for name, text in WORDS.items() if name not in called}

    assert files <= {column.field for table in TABLES.values() for column in table.columns}


def test_words_are_in_both_languages():
    assert [text for text in WORDS.values() if not re.search(r"[\u4e00-\u9fff].*。.*[A-Za-z]{2}.*\.$", text)] == []


def test_every_operation_that_answers_in_json_shows_a_valid_answer(document):
    wrong, shown = [], 0
    for operation in operations(document):
        for status, answer in operation["responses"].items():
            content = answer.get("content", {}).get(JSON)
            if status.startswith("2") and content:
                schema = content["schema"] | {"components": document["components"]}
                valid = Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(content["example"])
                wrong += [] if valid else [operation["operationId"]]
                shown += 1

    assert wrong == []
    assert shown > 200


def test_every_summary_is_a_short_sentence_that_is_not_the_name_of_its_function(document):
    found = {each["operationId"]: SUMMARY.fullmatch(each["summary"]) for each in operations(document)}

    assert [name for name, summary in found.items() if not summary or len(summary[0]) > 100] == []
    sentences = {name: summary["en"] for name, summary in found.items()}
    assert [sentence for sentence in sentences.values() if len(sentence) > 80 or sentence.count(" ") < 2] == []
    assert [name for name, sentence in sentences.items() if sentence.lower() == name.replace("_", " ")] == []
    assert len(set(sentences.values())) == len(sentences) > 300


@pytest.mark.parametrize(
    ("chinese", "words"),
    [
        ("撤下抢单；指派流程继续。", "撤下抢单"), ("撤下抢单（查阅留痕）。", "撤下抢单"),
        ("撤下本人（本机构）的抢单（查阅留痕）。", "撤下本人（本机构）的抢单"),
    ],
)  # fmt: skip
def test_summary_is_the_opening_of_the_description_in_both_languages(chinese, words):
    description = f"Take a case\noff `v1.board`. Its chain\n\ncontinues. {chinese}"

    assert summary_of(description) == f"Take a case off `v1.board` {words}"


def test_refusals_share_one_schema(document):
    refusals = [
        content["schema"]
        for operation in operations(document)
        for answer in operation["responses"].values()
        for kind, content in answer.get("content", {}).items()
        if kind == "application/problem+json"
    ]

    assert len(refusals) > 1000
    assert {str(each) for each in refusals} == {"{'$ref': '#/components/schemas/Problem'}"}


def test_every_pattern_a_schema_asks_for_has_words_in_both_languages(document):
    patterns = set(patterns_of([document, Policy.model_json_schema()]))

    assert patterns == PATTERNS.keys()
    assert all(zh.startswith("应为") and en and "\\" not in zh + en for zh, en in PATTERNS.values())


def patterns_of(part):
    if isinstance(part, dict):
        yield from (own for name, own in part.items() if name == "pattern" and isinstance(own, str))
    if isinstance(part, dict | list):
        for each in part.values() if isinstance(part, dict) else part:
            yield from patterns_of(each)
