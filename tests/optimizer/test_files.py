"""A file holds a problem and its proof, and nothing that is not checked."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optimizer import CertificateError, solve, verify
from optimizer.proof.anonymise import masked
from optimizer.proof.files import CLAIM, FormatError, load, save
from tests.examples import share
from tests.optimizer.builders import city, problems


def saved(problem, solution):
    content = io.BytesIO()
    save(content, problem, solution)
    return content.getvalue()


def with_claim(content, **changes):
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            entry = before.read(name)
            after.writestr(name, json.dumps(json.loads(entry) | changes) if name == CLAIM else entry)
    changed.seek(0)
    return changed


@share(0.3)
@given(problems())
def test_what_is_loaded_is_what_was_saved(problem):
    solution = solve(problem)
    content = saved(problem, solution)

    same, again = load(io.BytesIO(content))

    verify(same, again)
    assert same.digest == problem.digest
    assert again.certificate.seal == solution.certificate.seal
    assert saved(same, again) == content


def test_file_on_disk_is_read_back(tmp_path):
    problem = city(cases=20, practitioners=10, slots=25, seed=1)
    solution = solve(problem, seed=3)

    save(tmp_path / "run.zip", problem, solution)
    _, again = load(tmp_path / "run.zip")

    assert np.array_equal(again.cols, solution.cols)


def test_changed_claim_is_refused_by_the_verifier():
    problem = city(cases=20, practitioners=10, slots=25, seed=1)
    solution = solve(problem)

    same, forged = load(with_claim(saved(problem, solution), objective=solution.objective + 1))

    with pytest.raises(CertificateError):
        verify(same, forged)


@pytest.mark.parametrize("changes", [{"format": "another"}, {"version": 9}, {"rows": None}, {"certificate": {}}])
def test_file_of_another_shape_is_refused(changes):
    problem = city(cases=5, practitioners=5, slots=6, seed=1)

    with pytest.raises(FormatError):
        load(with_claim(saved(problem, solve(problem)), **changes))


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_file_without_a_certificate_is_refused(content):
    with pytest.raises(FormatError, match="the proof"):
        load(io.BytesIO(content))


@given(problems(), st.integers(0, 2**32 - 1))
def test_masked_proof_proves_the_same_worth_under_other_names(problem, seed):
    solution = solve(problem)

    other, moved = masked(problem, solution, seed)

    verify(other, moved)
    assert (moved.objective, moved.bound, moved.optimal) == (solution.objective, solution.bound, solution.optimal)
    assert sorted(other.open_price.tolist()) == sorted(problem.open_price.tolist())
    assert set(other.case_key.tolist()) == set(range(problem.n))


def test_masks_of_two_seeds_share_no_order_and_one_seed_repeats_itself():
    problem = city(20, 10, 3, 1)
    solution = solve(problem)

    first, again, other = (saved(*masked(problem, solution, seed)) for seed in (1, 1, 2))

    assert first == again
    assert first != other
