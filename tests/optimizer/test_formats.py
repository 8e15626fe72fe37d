"""Files that another machine can read, with nothing but NumPy."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from optimizer import (
    CertificateError,
    FormatError,
    load_problem,
    load_solution,
    save_problem,
    save_solution,
    solve,
    verify,
)
from tests.examples import share
from tests.optimizer.builders import a_problem, problems

ROOT = Path(__file__).parents[2]
CHECK = """
import sys
sys.modules.update(dict.fromkeys(("ortools", "scipy", "pandas")))
from optimizer import load_problem, load_solution, solve, verify
problem = load_problem(sys.argv[1])
verify(problem, load_solution(sys.argv[2]))
try:
    solve(problem)
except ImportError:
    print("verified without a solver")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@share(0.3)
@given(problem=problems())
def test_problem_and_solution_survive_the_round_trip(folder, problem):
    save_problem(problem, folder / "problem.npz")
    save_solution(solve(problem), folder / "solution.json")

    again, solution = load_problem(folder / "problem.npz"), load_solution(folder / "solution.json")

    assert again.digest == problem.digest
    verify(again, solution)


def test_certificate_is_checked_where_no_solver_is_installed(folder):
    save_problem(a_problem(), folder / "a.npz")
    save_solution(solve(a_problem()), folder / "a.json")

    command = [sys.executable, "-c", CHECK, str(folder / "a.npz"), str(folder / "a.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "verified without a solver", done.stderr


def every_number(value, path=()):
    """Paths to all numbers of a JSON document."""
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for step, part in steps for found in every_number(part, (*path, step))]
    return [path] if isinstance(value, int) else []


def test_every_changed_number_in_a_solution_file_is_noticed(folder):
    problem = a_problem()
    save_solution(solve(problem), folder / "b.json")
    text = (folder / "b.json").read_text()

    for *path, last in every_number(json.loads(text)):
        document = json.loads(text)
        holder = document
        for step in path:
            holder = holder[step]
        holder[last] = not holder[last] if isinstance(holder[last], bool) else holder[last] + 1
        (folder / "c.json").write_text(json.dumps(document))
        with pytest.raises((CertificateError, FormatError)):
            verify(problem, load_solution(folder / "c.json"))


def test_file_of_another_kind_or_version_is_refused(folder):
    (folder / "d.json").write_text('{"format": "legal-aid matching solution", "version": 2}')
    (folder / "e.json").write_text('{"format": "legal-aid matching solution", "version": 1}')
    np.savez(folder / "f.npz", header=np.array('{"format": "other", "version": 1}'))
    (folder / "g.npz").write_text("no archive")

    for name in ("d.json", "e.json"):
        with pytest.raises(FormatError):
            load_solution(folder / name)
    for name in ("f.npz", "g.npz"):
        with pytest.raises(FormatError):
            load_problem(folder / name)


def test_instance_with_a_changed_digit_is_refused(folder):
    save_problem(a_problem(), folder / "h.npz")
    arrays = dict(np.load(folder / "h.npz"))
    arrays["open_price"][0] += 1
    np.savez(folder / "i.npz", **arrays)

    with pytest.raises(FormatError, match="is damaged"):
        load_problem(folder / "i.npz")
