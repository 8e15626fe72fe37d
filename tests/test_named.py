"""Nothing of the product is written for nobody: each public function and class is named where it is needed.

What only tests or benchmarks need stands with them, or in `testbed`.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.test_house import HOUSE, File, Functions, files_of

PRODUCT = ("optimizer", "dispatch", "workers")
TEMPLATES = HOUSE / "dispatch/console/templates"
MIGRATIONS = HOUSE / "dispatch/registry/migrations/versions"
ENTERED = re.compile(r"(router|app|\w+_app)\.\w+|verb|field_validator|model_(validator|serializer)")
"""Decorators by which a framework learns of a function: a route, a verb of the command line, a rule of a schema."""

# What nobody in the product names, and why it is there all the same.
UNNAMED = {
    "FastAPI asks a route of a class of its own for it": (("dispatch/api/idempotency.py", "get_route_handler"),),
    "Prometheus calls it at each look": (("dispatch/api/metrics.py", "collect"),),
    "uvicorn calls what a protocol overrides": tuple(
        ("dispatch/api/server.py", name) for name in (
            "connection_made", "connection_lost", "data_received",
            "on_message_begin", "on_headers_complete", "on_message_complete", "on_response_complete",
        )
    ),
    "typer calls what a command overrides": tuple(
        ("dispatch/cli/help.py", name) for name in ("get_usage", "format_help", "make_context")
    ),
    "httpcore calls what a network backend and its streams override": tuple(
        ("dispatch/exchange/outbound.py", name) for name in ("connect_tcp", "start_tls", "get_extra_info")
    ),
    "pydantic calls it once the settings are read": (("dispatch/settings.py", "model_post_init"),),
    "rq calls what a worker overrides": tuple(
        ("workers/rq_workers.py", name)
        for name in ("get_heartbeat_ttl", "main_work_horse", "handle_work_horse_killed")
    ),
    "the optimizer is of use by itself: `optimizer/README.md` begins with it": (
        ("optimizer/problem.py", "from_scores"),
    ),
}  # fmt: skip


def said(node: ast.AST) -> Iterator[str]:
    """What a piece of source names: by a name that is read, an attribute, a text that is a name, another's alias."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Load):
            yield part.id if isinstance(part, ast.Name) else part.attr
        elif isinstance(part, ast.Constant) and isinstance(part.value, str) and re.fullmatch(r"[\w.:]+", part.value):
            yield re.split("[.:]", part.value)[-1]
        elif isinstance(part, ast.alias) and part.asname:
            yield part.name


def public(file: File) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """The functions and classes for others, but for those of which a framework learns by their decorators."""
    for node in file.nodes:
        if isinstance(node, Functions | ast.ClassDef) and not node.name.startswith("_"):
            ways = (each.func if isinstance(each, ast.Call) else each for each in node.decorator_list)
            if not any(ENTERED.fullmatch(ast.unparse(way)) for way in ways):
                yield node


def unnamed(defining: Iterable[File], besides: Iterable[str] = ()) -> set[tuple[str, str]]:
    """What is defined and named nowhere but in itself; ``besides`` is what else names something."""
    defining = list(defining)
    named = Counter(name for file in defining for name in said(file.tree))
    named.update(besides)
    return {
        (file.name, node.name)
        for file in defining
        for node in public(file)
        if named[node.name] <= Counter(said(node))[node.name]
    }


def named_elsewhere() -> Iterator[str]:
    """What the pages of the console and the migrations name."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        yield from re.findall(r"\w+", path.read_text(encoding="utf-8"))
    for path in sorted(MIGRATIONS.glob("*.py")):
        yield from said(ast.parse(path.read_text(encoding="utf-8")))


def test_nothing_public_is_written_for_nobody():
    found = unnamed((file for room in PRODUCT for file in files_of(room)), named_elsewhere())

    assert found == {each for listed in UNNAMED.values() for each in listed}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def lonely(): ...", True), ("class Lonely: ...", True), ("class _Desk:\n    def lonely(self): ...", True),
        ("def lonely(): return lonely()", True), ("@cache\ndef lonely(): ...", True),
        ('def lonely(): ...\n\n__doc__ = "so lonely a text"', True), ("from a import lonely\ndef lonely(): ...", True),
        ("def lonely(): ...\nlonely()", False), ("def lonely(): ...\njobs.lonely", False),
        ('def lonely(): ...\nJOB = "workers.jobs.lonely"', False), ('def lonely(): ...\nAPP = "main:lonely"', False),
        ('@router.get("/lonely")\ndef lonely(): ...', False), ("def _lonely(): ...", False),
        ("def lonely(): ...\nfrom a import lonely as alone", False),
    ],
)  # fmt: skip
def test_what_nobody_names_is_found(source, found):
    assert bool(unnamed([File.of("planted.py", source)])) == found
