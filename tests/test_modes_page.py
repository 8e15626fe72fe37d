"""The examples are run as they stand in the page, against a real service with a small city in it."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from dispatch.demo.household import Address, household
from dispatch.demo.serve import invite, settle
from dispatch.domain.vocabulary import ModeName
from dispatch.embedded.ports import free_port
from dispatch.simulation.city import COUNTY

PAGE = Path(__file__).parent.parent / "examples" / "modes.md"
PATIENCE_S = 180
MARK = "######"


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the page's blocks print when they are pasted one after another, and what the service printed before."""
    printed = io.StringIO()
    with household(tmp_path_factory.mktemp("city"), Address(port=free_port())) as home:
        tokens = settle(Console(file=io.StringIO()), home, "en", COUNTY)
        invite(Console(file=printed, width=400), home, tokens, "en")
        exports = [line for line in printed.getvalue().splitlines() if line.startswith("export ")]
        script = "\n".join(["set -eu", *exports, *(f"echo '{MARK}{title}'\n{block}" for title, block in blocks())])
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=PATIENCE_S
        )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout, printed.getvalue()


def blocks():
    """Return every block of the page with the title above it."""
    parts = re.split(r"^#+ (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        yield from ((title, block) for block in re.findall(r"^```sh\n(.*?)^```", text, re.M | re.S))


def test_every_mode_assigns_its_case_as_the_page_says(said):
    told = dict(part.split("\n", 1) for part in said[0].split(MARK)[1:])
    last = {title: text.split()[-1] for title, text in told.items() if text.strip()}

    assert list(last.values()) == ["optimized", "point_selection", "grab", "rotation", "designation", "continuity"]
    assert set(last.values()) == set(ModeName)


def test_hall_is_seen_to_take_up_a_case_and_lose_it(said):
    events = [line.removeprefix("event: ") for line in said[0].splitlines() if line.startswith("event: ")]

    assert events == ["hello", "posted", "taken"]


def test_service_prints_a_case_to_post_and_who_wins_it(said):
    lines = said[1].splitlines()

    [claim] = [line for line in lines if line.endswith("/claims")]
    assert re.search(r"/v1/board/[0-9a-f]{32}/claims$", claim)
    assert '"Authorization: Bearer $PRACTITIONER"' in claim
    assert any("-N $URL/v1/board/events" in line for line in lines)
