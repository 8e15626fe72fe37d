"""A proof is checked from the command line of the optimizer alone."""

import subprocess
import sys

import pytest

from optimizer import solve
from optimizer.__main__ import main
from optimizer.files import save
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


def test_process_ends_with_one_unless_it_is_proven(proof):
    ends = [
        subprocess.run([sys.executable, "-m", "optimizer", "verify", path], capture_output=True, check=False).returncode
        for path in (proof, proof.with_name("nothing.zip"))
    ]

    assert ends == [0, 1]
