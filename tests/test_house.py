"""Our own linter: the house rules a general one cannot know, each shown to bite on a planted breach."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

HOUSE = Path(__file__).parent.parent
PACKAGES = ("optimizer", "dispatch", "workers", "testbed")
BELOW_COMMANDS = (
    "optimizer/",
    *(f"dispatch/{room}/" for room in ("domain", "modes", "casework", "registry", "simulation")),
)
MIN_LINES, MAX_LINES = 40, 400
MAX_FUNCTION_LINES = 40
MAX_ROOM_FILES = 25
MAX_DECISION_WORDS = 150
MAX_CHANGES, MAX_CHANGE_WORDS = 120, 60

ONE_PLACE = {"commit", "rollback", "with_for_update", "begin_nested"}
SPOKEN = re.compile(r"\s*(COMMIT|ROLLBACK|END|AUTOCOMMIT)\b( WORK| TRANSACTION)?[\s;]*")
HELD = ("engine", "connection", "connect", "session")
"""What begins a transaction that it commits by itself; the ``begin`` of a command's home is that of the one place."""
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}
DICE = {"random", "secrets", "uuid"}

# A file that may do what its room may not, and why.
ALLOWED = {
    ("no dice", "dispatch/registry/tables/columns.py"): "a row needs a fresh id; no decision reads meaning into it",
    ("one place", "dispatch/registry/transaction.py"): "it is that place",
    (
        "one place",
        "dispatch/registry/migrate.py",
    ): "what the planner is told is part of the schema, not of a unit of work",
    ("one place", "dispatch/commands/backups/databases.py"): "a whole database is made and dropped",
    ("one colour", "dispatch/main.py"): "a lifespan is asynchronous by its framework",
    ("one colour", "dispatch/api/idempotency.py"): "it reads the body of a request before the route does",
    ("one colour", "dispatch/api/dependencies.py"): "what only hands a value over would cost a thread each",
    ("one colour", "dispatch/api/gate/admission.py"): "it stands before every request, as the framework wants it",
    ("one colour", "dispatch/api/gate/bodies.py"): "it takes a body in as it comes",
    ("one colour", "dispatch/api/gate/rate_limit.py"): "it asks Redis before a thread is taken",
    ("one colour", "dispatch/api/routes/health.py"): "whether the process lives is answered while its threads are busy",
    ("one colour", "dispatch/api/problems.py"): "a refusal that only renders would cost a thread",
    ("one colour", "dispatch/api/journal.py"): "it stands around every request, as the framework wants it",
    ("one colour", "dispatch/api/refusals.py"): "an answer waits for its entry without holding a thread",
    ("one colour", "dispatch/live/hub.py"): "it keeps streams open for hours, which would be a thread each",
    ("one colour", "dispatch/live/listener.py"): "it waits for what is to be said on a stream",
    ("one colour", "dispatch/live/stream.py"): "it sends on a stream",
}

# Files below the least length, by the reason.
SHORT = {
    "it is where a program begins": ("optimizer/__main__.py", "dispatch/__main__.py", "testbed/draft_migration.py"),
    "alembic looks for it": ("dispatch/registry/migrations/env.py",),
    "a mode is one function": (
        "dispatch/modes/point_selection.py", "dispatch/modes/continuity.py",
    ),
    "a table is found by its concept": (
        "dispatch/registry/tables/leases.py", "dispatch/registry/tables/findings.py",
        "dispatch/registry/tables/seals.py", "dispatch/registry/tables/organs.py",
    ),
    "what all of a room need and none of them owns": (
        "optimizer/threads.py", "optimizer/solver/cp_sat.py",
        "dispatch/domain/policy/document.py",
        "dispatch/domain/eligibility/soft_rules.py",
    ),
}  # fmt: skip
ALLOWED |= {("worth a file", name): reason for reason, names in SHORT.items() for name in names}

Functions = ast.FunctionDef | ast.AsyncFunctionDef


class File(NamedTuple):
    """A source file, read once."""

    name: str
    text: str
    tree: ast.Module
    nodes: tuple[ast.AST, ...]

    @classmethod
    def of(cls, name: str, text: str) -> "File":
        tree = ast.parse(text)
        return cls(name, text, tree, tuple(ast.walk(tree)))


@cache
def files_of(room: str) -> list[File]:
    paths = sorted((HOUSE / room).rglob("*.py"))
    written_by_us = [path for path in paths if "versions" not in path.parts]
    return [File.of(path.relative_to(HOUSE).as_posix(), path.read_text(encoding="utf-8")) for path in written_by_us]


@pytest.fixture(scope="module", autouse=True)
def forgotten():
    """What has been read of the whole house is a million objects: nobody looks through them after these tests."""
    yield
    files_of.cache_clear()


def files() -> list[File]:
    return [file for package in PACKAGES for file in files_of(package)]


def below_commands(file: File) -> bool:
    return file.name.startswith(BELOW_COMMANDS)


def paths_in(file: File) -> Iterator[str]:
    """Every dotted path of two names, as ``datetime.now``."""
    for node in file.nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def imports_in(file: File) -> Iterator[str]:
    """Every import as ``module`` or ``module.name``."""
    for node in file.nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def one_place(file: File) -> Iterator[str]:
    """Only the transaction opens, locks and commits."""
    for node in file.nodes:
        if isinstance(node, ast.Attribute) and (node.attr in ONE_PLACE or (node.attr == "begin" and by_itself(node))):
            yield ast.unparse(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SPOKEN.fullmatch(node.value):
            yield node.value


def by_itself(begin: ast.Attribute) -> bool:
    """Tell whether something begins that commits at its end without us: of an engine, a connection, a session."""
    whose = begin.value.func if isinstance(begin.value, ast.Call) else begin.value
    return ast.unparse(whose).lower().endswith(HELD)


def no_clock(file: File) -> Iterator[str]:
    """Below the commands the time comes in as a value."""
    if below_commands(file):
        yield from CLOCKS & {*paths_in(file), *imports_in(file)}


def no_environment(file: File) -> Iterator[str]:
    """Below the commands settings come in as values."""
    if below_commands(file):
        yield from ENVIRONMENT & {*paths_in(file), *imports_in(file)}


def no_dice(file: File) -> Iterator[str]:
    """Below the commands chance comes from a seed."""
    if below_commands(file):
        yield from (name for name in imports_in(file) if name.split(".")[0] in DICE)
        for node in file.nodes:
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("default_rng") and not node.args:
                yield "default_rng without a seed"


def small(file: File) -> Iterator[str]:
    """Files and functions are small."""
    if len(file.text.splitlines()) > MAX_LINES:
        yield "the file"
    for node in file.nodes:
        if isinstance(node, Functions):
            docstring = ast.get_docstring(node, clean=False) or ""
            if (node.end_lineno or 0) - node.lineno + 1 - docstring.count("\n") > MAX_FUNCTION_LINES:
                yield node.name


def worth_a_file(file: File) -> Iterator[str]:
    """A file is what changes together, so a few lines are seldom one."""
    if not file.name.endswith("__init__.py") and len(file.text.splitlines()) < MIN_LINES:
        yield "the file"


def aware_moments(file: File) -> Iterator[str]:
    """No column type drops the zone of a moment: the plain ``datetime`` annotation keeps it."""
    yield from (name for name in imports_in(file) if name.split(".")[-1] in {"DateTime", "TIMESTAMP", "DATETIME"})
    yield from (path for path in paths_in(file) if path in {"sa.DateTime", "sqlalchemy.DateTime"})


def wording(file: File) -> Iterator[str]:
    """Every module and every public function and class says what it is for."""
    if file.tree.body and not ast.get_docstring(file.tree):
        yield "the module"
    for node in file.tree.body:
        if isinstance(node, Functions | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node):
            yield node.name


def left_for_later(text: str) -> list[str]:
    return re.findall(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b", text)


def done(file: File) -> Iterator[str]:
    """Nothing is left for later."""
    yield from [*left_for_later(file.text), *re.findall("raise NotImplementedError", file.text)]


# What a code of mypy says by itself, so that no more needs to be said.
EVIDENT = {
    "no-untyped-call": "the library has no types",
    "no-any-return": "a state, a row or an answer of a library has no type",
}
IGNORED = re.compile(r"# type: ignore(?:\[([\w, -]*)\])?(?P<reason>  # \w.*)?")


def told(file: File) -> Iterator[str]:
    """What is kept from the type checker says which fault it is and, on its line or above it, why."""
    above = ""
    for line in file.text.splitlines():
        found = IGNORED.search(line)
        if found and not (found[1] and (found[1] in EVIDENT or found["reason"] or above.startswith("#"))):
            yield line.strip()
        above = line.strip()


def one_colour(file: File) -> Iterator[str]:
    """Everything is synchronous but where a framework demands otherwise."""
    yield from (node.name for node in file.nodes if isinstance(node, ast.AsyncFunctionDef))


def live_annotations(file: File) -> Iterator[str]:
    """Tables keep their annotations: the mapper reads them."""
    if file.name.startswith("dispatch/registry/tables/"):
        yield from (name for name in imports_in(file) if name == "__future__.annotations")


# rule, and a breach of it: where it is planted, and what
RULES = {
    "one place": (one_place, "dispatch/commands/planted.py", "tx.session.commit()"),
    "no clock": (no_clock, "dispatch/domain/planted.py", "now = datetime.now(UTC)"),
    "no environment": (no_environment, "dispatch/registry/planted.py", "from os import environ"),
    "no dice": (no_dice, "dispatch/modes/planted.py", "import numpy as np\nnp.random.default_rng()"),
    "small": (small, "dispatch/api/planted.py", "def long():\n" + "    pass\n" * MAX_FUNCTION_LINES),
    "worth a file": (worth_a_file, "dispatch/api/planted.py", "x = 1\n" * (MIN_LINES - 1)),
    "aware moments": (aware_moments, "dispatch/registry/tables/planted.py", "from sqlalchemy import DateTime"),
    "said": (wording, "optimizer/planted.py", '"""A module."""\n\ndef solve(): ...'),
    "done": (done, "workers/planted.py", "# TO" + "DO: later"),
    "told": (told, "workers/planted.py", "x: int = None  # type: ignore[assignment]"),
    "one colour": (one_colour, "dispatch/api/planted.py", "async def read(): ..."),
    "live annotations": (live_annotations, "dispatch/registry/tables/planted.py", "from __future__ import annotations"),
}


@pytest.mark.parametrize("rule", RULES)
def test_house_keeps_its_rule(rule):
    find, _, _ = RULES[rule]

    breaches = [(file.name, breach) for file in files() if (rule, file.name) not in ALLOWED for breach in find(file)]

    assert breaches == []


@pytest.mark.parametrize("rule", RULES)
def test_rule_bites_on_a_planted_breach(rule):
    find, name, breach = RULES[rule]

    assert list(find(File.of(name, breach)))


@pytest.mark.parametrize(
    "breach",
    [
        "with self._engine.begin() as connection: ...", "with make_engine(url).begin() as connection: ...",
        "begun = session.begin()", 'connection.exec_driver_sql("COMMIT")', 'cursor.execute("ROLLBACK;")',
        'engine = create_engine(url, isolation_level="AUTOCOMMIT")',
        "tx.session.rollback()", "select(CaseRow).with_for_update()",
    ],
)  # fmt: skip
def test_every_other_way_to_commit_is_found(breach):
    assert list(one_place(File.of("dispatch/registry/planted.py", breach)))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("x = f(y)  # type: ignore", True), ("x = f(y)  # type: ignore[]", True),
        ("x = f(y)  # type: ignore  # it takes it", True), ("x = f(y)  # type: ignore[arg-type]", True),
        ("x = f(y)  # type: ignore[arg-type]  # it takes it", False),
        ("# It takes it.\nx = f(y)  # type: ignore[arg-type]", False),
        ("x = f(y)  # type: ignore[no-untyped-call]", False),
    ],
)  # fmt: skip
def test_what_is_kept_from_the_type_checker_says_why(line, found):
    assert bool(list(told(File.of("workers/planted.py", line)))) == found


def test_begin_of_the_one_place_is_no_other_way():
    assert list(one_place(File.of("dispatch/commands/planted.py", "with context.begin() as tx: ..."))) == []


def test_every_exception_is_still_needed():
    by_name = {file.name: file for file in files()}

    needless = [
        (rule, name) for rule, name in ALLOWED if name not in by_name or not list(RULES[rule][0](by_name[name]))
    ]

    assert needless == []


def crowded(files: Iterable[str]) -> set[str]:
    """Rooms with more files side by side than one can survey."""
    rooms = Counter(name.rpartition("/")[0] for name in files)
    return {room for room, count in rooms.items() if count > MAX_ROOM_FILES}


def test_no_room_is_crowded():
    assert crowded(file.name for file in files()) == set()


def test_crowded_room_is_found():
    assert crowded(f"dispatch/planted/{n}.py" for n in range(MAX_ROOM_FILES + 1)) == {"dispatch/planted"}


def test_every_test_name_is_a_sentence():
    names = [node.name for file in files_of("tests") for node in file.nodes if isinstance(node, Functions)]

    assert [name for name in names if name.startswith("test_") and name.count("_") < 3] == []


def tracked(*which: str) -> list[str]:
    """The names of what is kept."""
    order = ["git", "ls-files", "--cached", "-z", *which]
    return subprocess.run(order, cwd=HOUSE, capture_output=True, text=True, check=False).stdout.split("\0")[:-1]


def test_nothing_that_a_tool_leaves_behind_is_kept():
    assert tracked("--ignored", "--exclude-standard") == []


def texts_kept() -> Iterator[tuple[str, str]]:
    """Whatever is kept and can be read: of the product, its tests, benchmarks and examples."""
    for name in tracked():
        content = (HOUSE / name).read_bytes() if (HOUSE / name).is_file() else b""
        if b"\0" not in content:
            yield name, content.decode()


def test_nothing_that_is_kept_was_left_for_later():
    assert [(name, found) for name, text in texts_kept() for found in left_for_later(text)] == []


@pytest.mark.parametrize("breach", ["# TO" + "DO: later", "<!-- FIX" + "ME -->", "pytest.skip('X" + "XX')"])
def test_what_is_left_for_later_is_found(breach):
    assert left_for_later(breach)


def inline_python(text: str) -> list[str]:
    """Programs inside a recipe: nothing formats, types or tests them."""
    return re.findall(r"python[\d.]*\)?(?:\s+-[a-zA-Z]\w*)*?\s+-[a-zA-Z]*c\b|<<", text, re.IGNORECASE)


def test_makefile_holds_no_python_of_its_own():
    assert inline_python((HOUSE / "Makefile").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "breach",
    ["\t$(BIN)/python -c 'print(1)'", "\t$(PYTHON) -I -c 'print(1)'", "\tpython3 -Ic 'print(1)'", "\tpython3 - <<END"],
)
def test_python_in_a_makefile_is_found(breach):
    assert inline_python(breach)


DECISIONS = sorted((HOUSE / "docs/decisions").glob("[0-9]*.md"))
PAGES = [
    *sorted(HOUSE.glob("*.md")),
    *(HOUSE / f"{room}/README.md" for room in ("docs/decisions", "optimizer", "benchmarks", "examples/monitoring")),
    HOUSE / "examples/modes.md",
    HOUSE / "examples/lawyers-day.md",
    HOUSE / "examples/recipients-choice.md",
    HOUSE / "examples/why.md",
    HOUSE / "examples/clerks-bad-day.md",
]


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=lambda page: page.relative_to(HOUSE).as_posix())
def test_file_that_a_page_names_exists(page):
    text = page.read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!https?://|#)([^)]+)\)", text)
    named = re.findall(r"`((?:dispatch|optimizer|workers|tests|testbed|benchmarks|docs|examples)/[\w./-]*)`", text)

    assert [name for name in linked if not (page.parent / name).exists()] == []
    assert [name for name in named if not (HOUSE / name).exists()] == []


def test_every_decision_has_its_line_in_the_index():
    titles = [page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for page in DECISIONS]
    index = (HOUSE / "docs/decisions/README.md").read_text(encoding="utf-8")

    lines = re.findall(r"^(\d+)\. \[(.+)\]\((.+)\)$", index, re.M)

    assert lines == [
        (str(number), title.removeprefix(f"{number}. "), page.name)
        for number, (title, page) in enumerate(zip(titles, DECISIONS, strict=True), start=1)
    ]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_decision_is_a_short_page_of_five_parts(page):
    text = page.read_text(encoding="utf-8")
    parts = ("Context", "Decision", "Consequence", "Alternatives")

    assert re.findall(r"^(?:Status: |\*\*)(\w+)", text, re.M)[1:] == list(parts)
    assert re.search(r"^Status: (accepted|superseded by).* \(\d{4}-\d\d-\d\d\)\.$", text, re.M)
    assert len(text.split()) <= MAX_DECISION_WORDS


def tiring(changelog: str) -> list[str]:
    """Lines after those an operator reads, and lines that say more than one thing."""
    lines = changelog.splitlines()
    return [*lines[MAX_CHANGES:], *(line for line in lines if len(line.split()) > MAX_CHANGE_WORDS)]


def test_changelog_is_what_an_operator_reads():
    assert tiring((HOUSE / "CHANGELOG.md").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("breach", ["- a fact\n" * (MAX_CHANGES + 1), "- " + "word " * MAX_CHANGE_WORDS])
def test_changelog_that_tires_is_found(breach):
    assert len(tiring(breach)) == 1


# who imports, what they may not, and a breach of it; tests of the benchmarks are the one way across
APART = [
    ("benchmarks", ("tests",), "from tests.rows import open_register"),
    ("testbed", ("tests", "benchmarks"), "import tests.rows"),
    ("tests", ("benchmarks",), "from benchmarks.board import open_board"),
    ("dispatch", ("testbed", "tests", "benchmarks"), "from testbed import postgres"),
    ("optimizer", ("testbed", "tests", "benchmarks"), "import benchmarks.peers"),
    ("workers", ("testbed", "tests", "benchmarks"), "import testbed"),
]


def across(file: File, others: tuple[str, ...]) -> list[str]:
    return [name for name in imports_in(file) if name.split(".")[0] in others]


@pytest.mark.parametrize(("room", "others", "breach"), APART, ids=[room for room, _, _ in APART])
def test_product_tests_and_benchmarks_are_built_apart(room, others, breach):
    found = [file for file in files_of(room) if not file.name.startswith("tests/benchmarks/")]

    assert [(file.name, name) for file in found for name in across(file, others)] == []
    assert across(File.of("planted.py", breach), others)


# Where a server, a queue, an auditor or alembic comes in, beside every `__main__`.
ENTRY_POINTS = (
    "dispatch.main", "workers.jobs", "dispatch.reports.self_check", "dispatch.reports.check_entries",
    "dispatch.registry.migrations.env",
    "dispatch.registry.tables.append_only",
)  # fmt: skip


def reached(modules: dict[str, File], entry_points: Iterable[str]) -> set[str]:
    """Modules that some entry point imports, by whatever way; a package comes with each of its modules."""
    found, waiting = set[str](), {name for name in entry_points if name in modules}
    while waiting:
        name = waiting.pop()
        found.add(name)
        around = (name.rsplit(".", n)[0] for n in range(1, name.count(".") + 1))
        imported = (whole if whole in modules else whole.rpartition(".")[0] for whole in imports_in(modules[name]))
        waiting |= ({*around, *imported} & modules.keys()) - found
    return found


def product() -> dict[str, File]:
    named = {file.name.removesuffix(".py").replace("/", "."): file for file in files()}
    return {name.removesuffix(".__init__"): file for name, file in named.items() if not name.startswith("testbed.")}


def test_every_module_is_reached_from_an_entry_point():
    modules = product()

    programs = [name for name in modules if name.endswith(".__main__")]

    assert modules.keys() - reached(modules, [*ENTRY_POINTS, *programs]) == set()


def test_module_that_nobody_imports_is_found():
    planted = {"a": File.of("a.py", "from b import c"), "b": File.of("b.py", ""), "d": File.of("d.py", "import a")}

    assert planted.keys() - reached(planted, ["a"]) == {"d"}


REPLAY = "dispatch/simulation/replay"

# Public class names that stand twice: where each may, and why.
DOUBLED = {
    "what the port of casework asks for, and what the memory of a replay gives": {
        ("dispatch/casework/records.py", f"{REPLAY}/files.py"): (
            "Arrangement", "Assignment", "Claim", "Clock", "Offer", "Plan", "Posting", "Replacement",
        ),
        ("dispatch/casework/matching.py", f"{REPLAY}/runs.py"): ("Proposal",),
    },
}  # fmt: skip
TWICE = {name: places for rows in DOUBLED.values() for places, names in rows.items() for name in names}


def doubled(found: Iterable[File]) -> dict[str, tuple[str, ...]]:
    """The files in which each name stands that stands more than once."""
    places: dict[str, list[str]] = {}
    for file in found:
        for node in file.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(file.name)
    return {name: tuple(sorted(where)) for name, where in places.items() if len(where) > 1}


def test_no_public_class_name_has_two_meanings():
    """A benchmark is a story of its own: what it calls a thing nobody else reads."""
    assert doubled(files()) == TWICE


def test_class_name_with_two_meanings_is_found():
    planted = [File.of("a.py", "class Day: ..."), File.of("b.py", "class Day: ...")]

    assert doubled(planted) == {"Day": ("a.py", "b.py")}


def test_third_place_of_a_doubled_name_is_found():
    planted = [File.of(name, "class Claim: ...") for name in (*TWICE["Claim"], "dispatch/domain/planted.py")]

    assert doubled(planted)["Claim"] != TWICE["Claim"]


PORT = ("dispatch/casework/host.py", "dispatch/casework/records.py")
HOSTS = {"RegisterHost": "dispatch/registry/host.py", "MemoryHost": "dispatch/simulation/host.py"}
"""Who may stand behind the port of the casework: the register, and the memory of a replay."""


def classes_in(found: Iterable[File]) -> dict[str, tuple[str, ast.ClassDef]]:
    return {node.name: (file.name, node) for file in found for node in file.nodes if isinstance(node, ast.ClassDef)}


def given(name: str, classes: dict[str, tuple[str, ast.ClassDef]]) -> set[str]:
    """The methods of a class, its own and those it has from others of ours; a value may be held in any way."""
    if name not in classes:
        return set()
    _, node = classes[name]
    bases = (ast.unparse(base).rpartition(".")[2] for base in node.bases)
    own = {each.name for each in node.body if isinstance(each, Functions) and not each.decorator_list}
    return own.union(*(given(base, classes) for base in bases if base != name))


def behind_the_port(found: Iterable[File]) -> dict[str, str]:
    """Every class that gives all the port asks for, and where it is: by inheritance or by itself."""
    found = list(found)
    classes = classes_in(found)
    asked = given("Host", classes_in(file for file in found if file.name in PORT))
    return {name: file for name, (file, _) in classes.items() if file not in PORT and asked <= given(name, classes)}


def test_port_of_the_casework_has_two_hosts():
    assert behind_the_port(files()) == HOSTS


@pytest.mark.parametrize("base", HOSTS)
def test_third_host_is_found(base):
    planted = File.of("dispatch/planted.py", f"class ThirdHost({base}): ...")

    assert behind_the_port([*files(), planted]) == HOSTS | {"ThirdHost": "dispatch/planted.py"}


def test_host_that_inherits_from_nobody_is_found():
    methods = given("Host", classes_in(files()))
    planted = File.of("dispatch/planted.py", "class ThirdHost:" + "".join(f"\n    def {m}(self): ..." for m in methods))

    assert behind_the_port([*files(), planted]) == HOSTS | {"ThirdHost": "dispatch/planted.py"}
