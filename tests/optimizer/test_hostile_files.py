"""No file makes the verifier do anything but say in one line why it proves nothing."""

import dataclasses
import io
import os
import tracemalloc

import numpy as np
import pytest

from optimizer import CertificateError, verify
from optimizer.__main__ import main
from optimizer.proof.files import CLAIM, FormatError, load, save
from optimizer.proof.untrusted import read
from tests.damage import HOSTILE, a_proof, claim_text, damaged_proof, npy, parts, shaped
from tests.examples import drawn

DAMAGED = 5_000
"""Files tried in the thorough profile."""

TRUE = load(io.BytesIO(a_proof()))


def answer_to(path, content):
    path.write_bytes(content)
    return main(["verify", str(path)])


@pytest.mark.parametrize("seed", range(8))
def test_damaged_proof_is_refused_in_one_line_unless_its_meaning_is_untouched(tmp_path, seed):
    draw = np.random.default_rng(seed)

    for _ in range(drawn(DAMAGED // 8)):
        content = damaged_proof(draw)
        answer = answer_to(tmp_path / "proof.zip", content)

        if answer is None:
            problem, solution = load(io.BytesIO(content))
            assert problem.digest == TRUE[0].digest
            assert solution.certificate.seal == TRUE[1].certificate.seal
        else:
            assert_one_line(answer)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_in_one_line_that_names_the_fault(tmp_path, name):
    fault, make = HOSTILE[name]

    answer = answer_to(tmp_path / "proof.zip", make())

    assert_one_line(answer)
    assert fault in answer


def assert_one_line(answer):
    assert answer.startswith("not proven: ")
    assert answer.isprintable()
    assert len(answer) < 400
    assert " object at 0x" not in answer


def test_true_proof_next_to_the_hostile_ones_is_accepted(tmp_path):
    assert answer_to(tmp_path / "proof.zip", a_proof()) is None


def test_size_that_only_a_header_claims_is_never_reserved():
    content = npy("demand", shaped(f"({2**26},)"))

    tracemalloc.start()
    with pytest.raises(FormatError):
        load(io.BytesIO(content))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2**20


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ("FILE_LIMIT", "the file is larger than 1000 bytes"),
        ("UNPACKED_LIMIT", "unpacks to more than 1000 bytes"),
        ("JSON_LIMIT", "holds more than 1000 bytes"),
    ],
)
def test_each_size_has_a_limit_of_its_own(monkeypatch, limit, what):
    content = claim_text(b" " * 2000 + b"{}")
    monkeypatch.setattr(f"optimizer.proof.untrusted.{limit}", 1000)

    with pytest.raises(FormatError, match=what):
        load(io.BytesIO(content))


def test_no_file_is_written_that_would_not_be_read(monkeypatch, tmp_path):
    monkeypatch.setattr("optimizer.proof.files.JSON_LIMIT", 100)
    with pytest.raises(FormatError, match="at most 100"):
        save(tmp_path / "proof.zip", *TRUE)

    assert not (tmp_path / "proof.zip").exists()


def test_seed_that_no_file_holds_is_refused_when_it_is_written():
    problem, solution = TRUE
    certificate = dataclasses.replace(solution.certificate, seed=2**63)

    with pytest.raises(FormatError, match="the seed is"):
        save(io.BytesIO(), problem, dataclasses.replace(solution, certificate=certificate))


def a_pipe(path):
    os.mkfifo(path)
    return path


def a_loop(path):
    path.symlink_to(path)
    return path


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path, "No such file"),
        (lambda path: path.parent, "Is a directory"),
        (lambda path: path / "within", "No such file"),
        (a_pipe, "Not a regular file"),
        (a_loop, "Too many levels"),
        (lambda path: "/dev/zero", "Not a regular file"),
        (lambda path: path.with_name("x" * 300), "too long"),
    ],
)
def test_what_cannot_be_read_at_all_is_wrong_use_and_no_verdict(tmp_path, capsys, make, why):
    with pytest.raises(SystemExit) as ended:
        main(["verify", str(make(tmp_path / "proof.zip"))])

    wording = capsys.readouterr()
    assert ended.value.code == 2
    assert why in wording.err.splitlines()[-1]
    assert "proven" not in wording.out + wording.err


def test_file_that_may_not_be_read_is_wrong_use(monkeypatch, capsys):
    def refuse(path, flags):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(SystemExit) as ended:
        main(["verify", "proof.zip"])

    assert (ended.value.code, "Permission denied" in capsys.readouterr().err) == (2, True)


def test_link_to_a_proof_is_followed(tmp_path):
    (tmp_path / "proof.zip").write_bytes(a_proof())
    (tmp_path / "link").symlink_to(tmp_path / "proof.zip")

    assert read(tmp_path / "link") == a_proof()


def test_check_that_outgrows_the_memory_is_no_proof(monkeypatch, tmp_path):
    def outgrow(problem, solution):
        raise MemoryError

    monkeypatch.setattr("optimizer.__main__.verify", outgrow)

    assert "more memory than there is" in answer_to(tmp_path / "proof.zip", a_proof())


def test_words_of_a_file_reach_no_terminal_as_they_are():
    hostile = claim_text(
        b'{"format": "legal-aid matching solution", "version": 1, "\\u001b[2J\\n' + b"x" * 500 + b'": 1}'
    )

    with pytest.raises(FormatError) as refused:
        load(io.BytesIO(hostile))

    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400


def test_every_byte_of_the_claim_is_sealed_or_means_nothing():
    content = parts(a_proof())[CLAIM]

    for at in range(len(content)):
        changed = claim_text(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises((FormatError, CertificateError)):
            verify(*load(io.BytesIO(changed)))
