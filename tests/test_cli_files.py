"""``verify`` and ``solve`` of the service answer every file in one line of the user's language, and never crash."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from dispatch.domain.docket.json import docket_to_json
from dispatch.domain.policy.schema import load_preset
from optimizer import verify
from optimizer.proof.files import load
from tests.damage import HOSTILE, a_proof, damaged, damaged_proof
from tests.domain.docket.test_docket import everything
from tests.examples import drawn
from tests.shell import call as run

DAMAGED = 5_000
"""Files each law is tried on in the thorough profile."""

DOCKET = docket_to_json(everything(), load_preset("national"), 7)
REFUSED, MISUSED = 1, 2

WORDS = [
    b"NaN", b"Infinity", b"1e400", b"40.9", b'"40"', b"true", b"null", b"[]", b"{}", b"9" * 30, b"-1", b"2147483647",
    b'"1/0"', b'""', b'"\\ud800"', b'"1e999999999"', b"9" * 5000, b"[[[]]]", b'"0001-01-01T00:00:00+00:00"',
    b'"9999-12-31T23:59:59-23:00"', b'"2026-03-01"', b'"9999-12-31"', b'"0001-01-01"', b"0", b"1e308", b'"p1"',
]  # fmt: skip
"""What stands in the place of any value of a docket: of another type, beyond any range, or of no meaning."""

SPOT = re.compile(rb'(?<=[:\[,{])(\d[\d.]*|"[^"]*"|null|true|false)')


def answer_to(tmp_path, verb, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    return run("--language", "en", verb, path)


def assert_answered(answer, verdict):
    assert answer.exception is None or isinstance(answer.exception, SystemExit), repr(answer.exception)
    assert answer.exit_code in (0, REFUSED)
    if answer.exit_code:
        assert answer.output.startswith(f"{verdict}: ")
        assert answer.output.count("\n") == 1
        assert " object at 0x" not in answer.output


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_proves_nothing_and_gets_one_line(tmp_path, name):
    fault, make = HOSTILE[name]

    answer = answer_to(tmp_path, "verify", make())

    assert_answered(answer, "not proven")
    assert (answer.exit_code, fault in answer.output) == (REFUSED, True)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_solved_only_if_its_problem_is_sound(tmp_path, name):
    _, make = HOSTILE[name]

    answer = answer_to(tmp_path, "solve", make())

    assert_answered(answer, "not solved")


@pytest.mark.parametrize("seed", range(4))
def test_damaged_proof_is_never_taken_for_another_and_never_crashes(tmp_path, seed):
    draw = np.random.default_rng(seed)
    true = answer_to(tmp_path, "verify", a_proof()).output

    for _ in range(drawn(DAMAGED // 4)):
        answer = answer_to(tmp_path, "verify", damaged_proof(draw))

        assert_answered(answer, "not proven")
        assert answer.exit_code == REFUSED or answer.output == true


def test_damaged_proof_is_solved_anew_or_refused(tmp_path):
    draw = np.random.default_rng(9)
    true = answer_to(tmp_path, "solve", a_proof()).output

    for _ in range(drawn(DAMAGED)):
        answer = answer_to(tmp_path, "solve", damaged_proof(draw))

        assert_answered(answer, "not solved")
        assert answer.exit_code == REFUSED or answer.output == true


def test_damaged_docket_is_solved_or_refused_in_one_line(tmp_path):
    draw = np.random.default_rng(5)

    for _ in range(drawn(DAMAGED // 2)):
        assert_answered(answer_to(tmp_path, "solve", damaged(draw, DOCKET)), "not solved")


def test_docket_with_any_value_exchanged_is_solved_or_refused_in_one_line(tmp_path):
    draw, spots = np.random.default_rng(6), list(SPOT.finditer(DOCKET))

    for _ in range(drawn(DAMAGED // 2)):
        spot, word = spots[draw.integers(len(spots))], WORDS[draw.integers(len(WORDS))]
        content = DOCKET[: spot.start()] + word + DOCKET[spot.end() :]
        assert_answered(answer_to(tmp_path, "solve", content), "not solved")


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"\xff\xfe",
        b"null",
        b'{"format": "legal-aid docket 1"}',
        DOCKET.replace(b'"seed":7', b'"seed":7,"seed":7'),
        DOCKET.replace(b'"seed":7', b'"seed":"7"'),
        DOCKET.replace(b'"seed":7', b'"seed":7.5'),
        DOCKET.replace(b'"seed":7', b'"seed":NaN'),
        DOCKET.replace(b'"seed":7', b'"seed":7,"more":1'),
    ],
)
def test_file_that_is_no_docket_is_not_solved(tmp_path, content):
    answer = answer_to(tmp_path, "solve", content)

    assert_answered(answer, "not solved")
    assert answer.exit_code == REFUSED


def test_refusal_speaks_chinese_to_whom_does(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"no zip at all")

    verified, solved = (run("--language", "zh", verb, path) for verb in ("verify", "solve"))

    assert verified.output.startswith("未证明：文件无效，请核对是否为本系统导出的文件（")
    assert solved.output.startswith("未求解：文件无法读取")
    assert (verified.exit_code, solved.exit_code) == (REFUSED, REFUSED)


def a_pipe(path):
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("verb", ["verify", "solve"])
@pytest.mark.parametrize("make", [lambda path: path, lambda path: path.parent, a_pipe, lambda path: "/dev/zero"])
def test_what_cannot_be_read_at_all_is_wrong_use(tmp_path, verb, make):
    answer = run(verb, make(tmp_path / "file"))

    assert answer.exit_code == MISUSED
    assert "not proven" not in answer.output


@pytest.mark.parametrize("verb", ["verify", "solve"])
def test_verb_without_a_file_is_wrong_use(verb):
    assert run(verb).exit_code == MISUSED


def test_place_that_takes_no_file_is_wrong_use_and_is_told_before_the_answer(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(a_proof())

    answers = [run("solve", path, "--out", place) for place in (tmp_path, path / "within", tmp_path / "no" / "file")]

    assert [answer.exit_code for answer in answers] == [MISUSED] * 3


def test_what_was_solved_can_be_verified(tmp_path):
    (tmp_path / "docket").write_bytes(DOCKET)

    assert run("solve", tmp_path / "docket", "--out", tmp_path / "proof").exit_code == 0
    verify(*load(tmp_path / "proof"))
    assert run("verify", tmp_path / "proof").exit_code == 0


@pytest.mark.parametrize(
    ("content", "end"),
    [
        (a_proof(), 0),
        (a_proof()[:-30], REFUSED),
        (HOSTILE["objects"][1](), REFUSED),
        (HOSTILE["an encrypted entry"][1](), REFUSED),
        (None, MISUSED),
    ],
)
@pytest.mark.parametrize("verb", ["verify", "solve"])
def test_process_speaks_on_the_right_channel_and_leaves_no_traceback(tmp_path, verb, content, end):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    command = [sys.executable, "-c", "from dispatch.__main__ import main; main()", "--language", "en", verb, str(path)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, "Traceback" in done.stderr) == (end, False)
    assert bool(done.stdout) == (end == 0)
    assert done.stderr.count("\n") == 1 or end != REFUSED
