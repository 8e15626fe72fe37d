import subprocess
import sys

import pytest

from optimizer import solve
from optimizer.proof.files import save
from tests.forked import Forked
from tests.optimizer.builders import city

# Lets in the standard library, NumPy and ours: what a machine has that only checks proofs.
BARE = """
import sys
OURS = {"optimizer", "dispatch", "numpy"}
class Bare:
    def find_spec(self, name, path=None, target=None):
        root = name.partition(".")[0]
        if root not in sys.stdlib_module_names | OURS:
            raise ModuleNotFoundError(name, name=root)
sys.meta_path.insert(0, Bare())
from dispatch.__main__ import main
sys.argv[1:] = {words}
main()
"""


def run_bare(*words):
    script = BARE.replace("{words}", repr(list(map(str, words))))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


@pytest.fixture
def proof(tmp_path):
    problem = city(30, 100, 60, seed=7)
    path = tmp_path / "proof.zip"
    save(path, problem, solve(problem))
    return path


def test_proof_is_checked_where_only_numpy_is_installed(proof):
    wording = run_bare("verify", proof)

    assert wording.returncode == 0, wording.stderr
    assert wording.stdout.startswith("proven: ")


def test_damaged_proof_is_refused_there_too(proof):
    content = bytearray(proof.read_bytes())
    content[len(content) // 2] ^= 1
    proof.write_bytes(content)

    wording = run_bare("verify", proof)

    assert wording.returncode == 1
    assert wording.stderr.startswith("not proven: ")


def test_other_verbs_say_what_is_missing_there():
    wording = run_bare("demo")

    assert wording.returncode == 1
    assert "only `verify` works without it" in wording.stderr


def test_worker_has_loaded_no_statistics_and_looks_seldom_for_waste():
    heavy = {"scipy.special", "scipy.sparse", "fastapi", "openpyxl", "docx", "matplotlib", "pandas", "typer.rich_utils"}
    started = Forked(f"import gc, sys; print(gc.get_threshold()[0], {heavy} & set(sys.modules), flush=True)")

    assert started.lines.read() == "10000 set()\n"


def test_worker_shares_what_it_has_loaded_with_the_processes_it_forks():
    code = "import gc; from workers.__main__ import _preload; _preload(); print(gc.get_freeze_count() > 100_000)"

    assert Forked(code).lines.read() == "True\n"
