"""What production starts is valid, closed by default, and exists: compose file, image, make targets."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from dispatch.cli import app
from dispatch.settings import Settings

HOUSE = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((HOUSE / "compose.yaml").read_text())
DOCKERFILE = (HOUSE / "Dockerfile").read_text()
MAKEFILE = (HOUSE / "Makefile").read_text()
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def orders():
    """Every call of the command line: where it stands, and its words."""
    yield from ((f"compose {name}", service["command"]) for name, service in OURS.items() if "command" in service)
    yield "Dockerfile", json.loads(re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.M)[1])
    for line in re.findall(r"\$\(BIN\)/(legal-dispatch .*)", MAKEFILE):
        yield f"make {line.split()[1]}", shlex.split(line)


def test_compose_file_meets_the_specification():
    checker = Path(sys.executable).parent / "check-jsonschema"
    order = [checker, "--builtin-schema", "vendor.compose-spec", HOUSE / "compose.yaml"]

    wording = subprocess.run(order, capture_output=True, text=True, check=False)

    assert wording.returncode == 0, wording.stdout


@pytest.mark.parametrize(("place", "words"), list(orders()), ids=lambda value: value if isinstance(value, str) else "")
def test_command_that_is_started_somewhere_exists(place, words):
    program, verb, *options = words
    command = get_command(app).commands[verb]

    assert program == "legal-dispatch"
    assert command.make_context(verb, list(options))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_command_that_a_page_names_exists(page):
    text = (HOUSE / page).read_text()
    targets = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.M))

    assert set(re.findall(r"\blegal-dispatch ([a-z]+)", text)) <= set(get_command(app).commands)
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.M)) <= targets


def test_what_is_played_by_its_own_target_alone_finds_all_it_needs():
    """The suite does not collect these, so nobody else would notice a fixture that moved."""
    named = sorted({path for path in re.findall(r"\btests/\S+\.py", MAKEFILE) if "/test_" not in path})
    order = [sys.executable, "-m", "pytest", "-q", "--setup-plan", "-p", "no:cacheprovider", *named]

    planned = subprocess.run(order, cwd=HOUSE, capture_output=True, text=True, check=False)

    assert "tests/manuals.py" in named
    assert planned.returncode == 0, planned.stdout[-2000:]


def test_every_variable_given_to_the_service_is_read_by_it():
    read = {field.validation_alias or f"DISPATCH_{name.upper()}" for name, field in Settings.model_fields.items()}
    in_image = set(re.findall(r"\b(DISPATCH_\w+)=", DOCKERFILE))
    given = {name for service in OURS.values() for name in service["environment"]}

    assert in_image | given <= read


def test_every_secret_must_be_given():
    text = (HOUSE / "compose.yaml").read_text()
    example = (HOUSE / ".env.example").read_text()
    required = set(re.findall(r"\$\{(\w+):\?", text))

    assert set(re.findall(r"^(\w+)=$", example, re.M)) == required
    # Where nobody signs in at an identity provider, there is no secret of it.
    assert set(re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)", text)) == required | {"OIDC_CLIENT_SECRET"}


def test_servers_of_others_are_reached_from_inside_only():
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["api"]
    assert COMPOSE["services"]["api"]["ports"][0].startswith("127.0.0.1:")


@pytest.mark.parametrize("name", OURS)
def test_service_of_ours_runs_with_as_little_as_it_can(name):
    assert OURS[name]["read_only"]
    assert OURS[name]["cap_drop"] == ["ALL"]
    assert OURS[name]["restart"] == ("no" if name == "migrate" else "unless-stopped")


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_service_takes_all_memory_or_fills_the_disk_with_its_log(name):
    service = COMPOSE["services"][name]

    assert service["mem_limit"]
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}
    assert name not in OURS or {"nofile", "core"} == set(service["ulimits"])


def test_service_waits_for_a_migrated_database_and_redis():
    for name in ("api", "worker", "scheduler"):
        waits = {other: each["condition"] for other, each in OURS[name]["depends_on"].items()}

        assert waits == {
            "postgres": "service_healthy",
            "redis": "service_healthy",
            "migrate": "service_completed_successfully",
        }
    assert all("test" in COMPOSE["services"][name]["healthcheck"] for name in ("postgres", "redis"))


def test_unit_starts_processes_there_are_and_gives_them_what_they_read():
    folder = HOUSE / "examples" / "systemd"
    unit, page = ((folder / name).read_text() for name in ("legal-dispatch@.service", "README.md"))
    read = {field.validation_alias or f"DISPATCH_{name.upper()}" for name, field in Settings.model_fields.items()}

    started = set(re.findall(r"legal-dispatch@([a-z]+)\b", page)) | set(
        re.findall(r"bin/legal-dispatch ([a-z]+)", page)
    )
    assert {"api", "worker", "scheduler", "migrate"} <= started <= set(get_command(app).commands)
    given = re.findall(r"^(\w+)=", (folder / "environment").read_text(), re.M)
    given += re.findall(r"^Environment=(\w+)=", unit, re.M)
    assert set(given) <= read
    assert re.findall(r"^User=(\w+)$", unit, re.M) == ["dispatch"]


def test_image_runs_without_root_and_installs_by_hash():
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.M)[-1] != "root"
    assert "--require-hashes -r requirements.lock" in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE


def test_image_copies_only_what_exists_and_is_let_through():
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.M)]
    let_through = set(re.findall(r"^!(.*)$", (HOUSE / ".dockerignore").read_text(), re.M))

    assert {name for names in copied for name in names} == let_through
    assert all((HOUSE / name).exists() for name in let_through)


def test_ci_runs_the_readers_test_command_and_nothing_else():
    script = (HOUSE / ".ci/run").read_text()
    orders = [line for line in script.splitlines() if not line.startswith(("#", "set ", "cd "))]
    readme = (HOUSE / "README.md").read_text()

    assert orders == re.findall(r"^(make check) +# .*the whole suite", readme, re.M) == ["make check"]


def test_check_is_the_lint_and_the_suite():
    targets = dict(re.findall(r"^([a-z]+): (.*?) *##", MAKEFILE, re.M))

    assert targets["check"].split() == ["lint", "test"]
    assert recipe("lint") == ["ruff format --check .", "ruff check .", "mypy", "lint-imports"]
    assert recipe("test") == ["python -m pytest -q -n $(JOBS) --dist worksteal"]


def test_hooks_before_a_commit_run_the_lint_with_what_is_installed():
    (repository,) = yaml.safe_load((HOUSE / ".pre-commit-config.yaml").read_text())["repos"]

    assert repository["repo"] == "local"
    assert [hook["entry"] for hook in repository["hooks"]] == [f".venv/bin/{order}" for order in recipe("lint")]
    assert all(hook["language"] == "system" and not hook["pass_filenames"] for hook in repository["hooks"])


def recipe(target):
    """What a target runs from the environment, in order."""
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)*)", MAKEFILE, re.M)[1]
    return re.findall(r"^\t@?\$\(BIN\)/(.*)$", lines, re.M)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_a_hash_for_every_package_and_names_no_host(lock):
    text = (HOUSE / lock).read_text()
    packages = re.findall(r"^[a-z0-9].*$", text, re.M)

    assert "://" not in text
    assert len(packages) > 40
    assert [line for line in packages if "==" not in line or not line.endswith("\\")] == []
