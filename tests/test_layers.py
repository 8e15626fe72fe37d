"""Each layer contract holds, and each is shown to break when somebody imports across it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
LINT = Path(sys.executable).parent / "lint-imports"

# contract, file, the import that must break it; of a room that is no layer nothing but its name is told
PLANTED = [
    ("workers stand above dispatch, dispatch above optimizer", "dispatch/commands/planted.py", "import workers"),
    ("dispatch is built in layers", "dispatch/domain/planted.py", "import dispatch.commands"),
    ("dispatch is built in layers", "dispatch/registry/planted.py", "import dispatch.settings"),
    ("dispatch is built in layers", "dispatch/planted.py", "import dispatch.domain"),
    ("dispatch is built in layers", "dispatch/casework/planted.py", "import dispatch.registry"),
    ("the optimizer knows arrays only", "optimizer/planted.py", "import redis"),
    ("only choices and proofs know the optimizer", "dispatch/commands/planted.py", "import optimizer"),
    ("domain, modes and casework touch no machinery", "dispatch/domain/planted.py", "import sqlalchemy"),
    ("only the register and commands speak SQL", "dispatch/api/planted.py", "import sqlalchemy"),
    ("the console decides nothing", "dispatch/console/planted.py", "import dispatch.registry.reads"),
    ("the console decides nothing", "dispatch/console/pages/planted.py", "import sqlmodel"),
    ("the console decides nothing", "dispatch/console/frame/planted.py", "import dispatch.casework"),
    ("modes do not know each other", "dispatch/modes/grab.py", "import dispatch.modes.rotation"),
    ("servers of our own are started from the command line only", "workers/planted.py", "import dispatch.embedded"),
]


@pytest.fixture(scope="module")
def breached(tmp_path_factory):
    """What is said of a copy of the house in which every planted import stands, by contract."""
    target = tmp_path_factory.mktemp("house")
    for part in ("optimizer", "dispatch", "workers"):
        shutil.copytree(HOUSE / part, target / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOUSE / "pyproject.toml", target)
    for _, file, planted in PLANTED:
        with (target / file).open("a") as module:
            module.write(f"\n{planted}\n")
    return lint(target).stdout


def lint(house):
    order = [LINT, "--config", house / "pyproject.toml", "--no-cache"]
    return subprocess.run(order, cwd=house, env={"PYTHONPATH": str(house)}, capture_output=True, text=True, check=False)


def test_all_contracts_hold():
    wording = lint(HOUSE)

    assert wording.returncode == 0, wording.stdout


@pytest.mark.parametrize(("contract", "file", "planted"), PLANTED)
def test_contract_breaks_on_a_planted_import(breached, contract, file, planted):
    importer, imported = file.removesuffix(".py").replace("/", "."), planted.removeprefix("import ")
    _, _, broken = breached.partition("Broken contracts")
    [told] = re.findall(rf"^{re.escape(contract)}\n-+\n(.*?)(?=^[^\n]+\n-+\n|\Z)", broken, re.M | re.S)

    assert f"{contract} BROKEN" in breached
    assert re.search(rf"^- +{re.escape(importer)}(?: -> {re.escape(imported)} |$)", told, re.M)


def test_every_contract_has_its_planted_import():
    tools = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]
    named = [contract["name"] for contract in tools["importlinter"]["contracts"]]

    assert {contract for contract, _, _ in PLANTED} == set(named)
