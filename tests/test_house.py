"""Our own linter: the house rules a general one cannot know."""

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
PACKAGES = ("optimizer", "dispatch", "workers")
FILES = sorted(path for package in PACKAGES for path in (HOUSE / package).rglob("*.py") if "versions" not in path.parts)
BELOW_COMMANDS = [
    path for path in FILES if set(path.parts) & {"optimizer", "domain", "modes", "registry", "simulation"}
]
LINES_AT_MOST = 300
FUNCTION_LINES_AT_MOST = 40

ONE_PLACE = {"commit", "rollback", "with_for_update", "begin_nested"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("os", "getenv")}
DICE = {"random", "secrets"}

# A file that may use what its room may not, and why.
ALLOWED = {
    "dispatch/registry/seal.py": "a seal needs fresh random bytes; they never reach a decision",
}


def name_of(path):
    return path.relative_to(HOUSE).as_posix()


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def calls_in(path):
    return [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]


def over_limit():
    """Files and functions that DECISIONS.md lets be longer, one a line: ``- over limit: name``."""
    return set(re.findall(r"^- over limit: `([^`]+)`", (HOUSE / "DECISIONS.md").read_text(encoding="utf-8"), re.M))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_transaction_opens_locks_and_commits(path):
    used = {func.attr for func in calls_in(path) if isinstance(func, ast.Attribute)}

    assert name_of(path) == "dispatch/registry/transaction.py" or not used & ONE_PLACE


@pytest.mark.parametrize("path", BELOW_COMMANDS, ids=name_of)
def test_no_clock_and_no_environment_below_the_commands(path):
    asked = {
        (func.value.id, func.attr)
        for func in calls_in(path)
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name)
    }
    environment = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)} & {"environ"}

    assert not asked & CLOCKS
    assert not environment


@pytest.mark.parametrize("path", BELOW_COMMANDS, ids=name_of)
def test_no_dice_below_the_commands(path):
    imported = {alias.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.Import) for alias in node.names}

    assert name_of(path) in ALLOWED or not imported & DICE


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_stay_small(path):
    excused = over_limit()
    long = [] if len(path.read_text(encoding="utf-8").splitlines()) <= LINES_AT_MOST else [name_of(path)]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            own = node.end_lineno - node.lineno + 1 - docstring.count("\n")
            long += [f"{name_of(path)}:{node.name}"] if own > FUNCTION_LINES_AT_MOST else []

    assert set(long) <= excused


def test_every_excuse_for_length_is_still_needed():
    named = over_limit()

    assert all((HOUSE / excuse.split(":")[0]).exists() for excuse in named)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_moments_are_never_stored_without_their_zone(path):
    assert "DateTime(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_and_public_name_says_what_it_is_for(path):
    tree = tree_of(path)
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]

    assert not tree.body or ast.get_docstring(tree)
    assert [node.name for node in public if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_nothing_is_left_undone(path):
    assert not re.search(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError", path.read_text(encoding="utf-8"))
