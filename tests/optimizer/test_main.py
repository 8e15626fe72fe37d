"""A proof is checked from the command line of the optimizer alone."""

import subprocess
import sys

import pytest

from optimizer import solve
from optimizer.__main__ import main
from optimizer.proof.files import save
from tests.optimizer.builders import a_problem


@pytest.fixture
def proof(tmp_path):
    problem = a_problem()
    save(tmp_path / "proof.zip", problem, solve(problem))
    return tmp_path / "proof.zip"


def test_proof_is_accepted_with_its_figures(proof, capsys):
    assert main(["verify", str(proof)]) is None
    assert capsys.readouterr().out.startswith("proven: ")


def test_damaged_proof_is_refused_with_the_reason(proof):
    proof.write_bytes(proof.read_bytes()[:100])

    assert main(["verify", str(proof)]).startswith("not proven: ")


def run(*words):
    command = [sys.executable, "-m", "optimizer", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_process_ends_with_zero_and_its_figures_where_it_is_proven(proof):
    done = run("verify", proof)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("proven: ")


def test_process_ends_with_one_and_one_line_where_it_is_not(proof):
    proof.write_bytes(proof.read_bytes()[:100])

    done = run("verify", proof)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("not proven: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["verify"], ["verify", "nothing.zip"], ["verify", "."], ["solve", "x"]])
def test_process_ends_with_two_where_nothing_was_checked(words):
    done = run(*words)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
