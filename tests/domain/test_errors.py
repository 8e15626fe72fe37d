"""What can be refused: every error has a code, two titles, and facts that travel as JSON."""

import json

import pytest

from dispatch.domain.errors import DispatchError, ForbiddenError, NotEligibleError, leaves


def test_error_names_itself_after_its_class():
    assert NotEligibleError().code == "not-eligible"


def test_error_carries_its_facts():
    refused = NotEligibleError(case_id="c1", practitioner_id="p1", rules=["under_cap"])

    assert json.loads(json.dumps(dict(refused.facts)))["rules"] == ["under_cap"]


def test_error_says_its_title_in_both_languages():
    refused = ForbiddenError(verb="apply_run", role="practitioner")

    assert (refused.title("en"), refused.title("zh")) == (
        "This role may not do this.",
        "当前角色无此权限，请联系系统管理员",
    )


def test_error_text_shows_no_fact():
    assert str(ForbiddenError(verb="apply_run")) == "This role may not do this."


@pytest.mark.parametrize("leaf", leaves())
def test_every_error_has_an_english_sentence_and_a_chinese_title(leaf):
    assert leaf.__doc__.endswith(".")
    assert "\n" not in leaf.__doc__
    assert leaf.zh != DispatchError.zh


def test_codes_of_errors_differ():
    codes = [leaf().code for leaf in leaves()]

    assert len(set(codes)) == len(codes)
