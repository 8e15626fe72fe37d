"""Every table is whole: each row has its source and its words, and what a row names exists."""

import ast
import importlib
import inspect
import re
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from dispatch.api.problems import STATUS
from dispatch.domain.eligibility.table import RULES, RULES_BY_CODE
from dispatch.domain.errors import leaves
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.policy.schema import PRESETS, load_preset
from dispatch.domain.vocabulary import ModeName, Term
from dispatch.modes import EVENTS
from workers.schedule import PERIODIC

HOUSE = Path(__file__).parent.parent


@cache
def sources(folder: str) -> dict[str, ast.Module]:
    paths = sorted((HOUSE / folder).rglob("*.py"))
    return {path.relative_to(HOUSE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def nodes(*folders: str):
    return chain.from_iterable(ast.walk(tree) for folder in folders for tree in sources(folder).values())


def speaks_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def speaks_english(text: str) -> bool:
    return bool(re.search("[a-z]", text)) and not speaks_chinese(text)


@pytest.mark.parametrize("row", [*RULES, *DEADLINES.values()], ids=lambda row: row.code)
def test_row_has_both_languages(row):
    assert speaks_chinese(row.zh)
    assert speaks_english(row.en)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_has_its_source_and_a_test_named_after_it(rule):
    named = [node.name for node in nodes("tests/domain") if isinstance(node, ast.FunctionDef)]

    assert rule.source
    assert [name for name in named if name.startswith(f"test_{rule.code}_")]


@pytest.mark.parametrize("row", DEADLINES.values(), ids=lambda row: row.code)
def test_time_limit_has_its_source(row):
    assert row.source


def test_no_code_is_given_twice():
    assert len(RULES_BY_CODE) == len(RULES)
    assert len({task.name for task in PERIODIC}) == len(PERIODIC)


def test_every_error_has_its_status_and_both_languages():
    assert set(leaves()) == set(STATUS)
    assert [leaf for leaf in leaves() if not speaks_chinese(leaf.zh) or not speaks_english(leaf.__doc__)] == []


def test_every_term_has_both_languages():
    kinds = [kind for kind in Term.__subclasses__() if kind.__module__.startswith("dispatch")]
    terms = [term for kind in kinds for term in kind]

    assert [term for term in terms if not speaks_chinese(term.label("zh")) or not term.label("en")] == []


def test_every_preset_is_shipped_and_can_be_read():
    shipped = {path.stem for path in (HOUSE / "dispatch/domain/policy/presets").glob("*.toml")}

    assert shipped == set(PRESETS)
    assert all(load_preset(name).sources for name in PRESETS)


def test_every_mode_has_its_row():
    assert set(EVENTS) == set(ModeName)


def test_every_job_named_by_string_can_be_found():
    texts = {node.value for node in nodes("dispatch") if isinstance(node, ast.Constant)} - {None}
    jobs = {text for text in texts if isinstance(text, str) and re.fullmatch(r"workers(\.\w+)+", text)}
    found = {job: getattr(importlib.import_module(job.rpartition(".")[0]), job.rpartition(".")[2]) for job in jobs}

    assert jobs
    assert [job for job, entry in found.items() if len(inspect.signature(entry).parameters) != 1] == []
