"""A pack that was tampered with is told from a true one in words, whatever was done to it."""

import io
import json
import zipfile
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dispatch.domain.docket.draw import commitment_to
from dispatch.domain.policy.schema import load_preset
from dispatch.reports import self_check
from dispatch.reports.pack import PolicyDocument, Proven, PublishedDraw, pack, zipped
from dispatch.reports.rendering import About
from dispatch.reports.self_check import MANIFEST, check
from optimizer.proof.files import load
from tests.damage import damaged
from tests.examples import drawn
from tests.reports.test_run_facts import a_run

ZONE = ZoneInfo("Asia/Shanghai")
RUN, POLICY = "runs/0001.zip", "policies/0001.json"


@pytest.fixture(scope="module")
def content():
    about = About("centre", date(2026, 3, 1), date(2026, 3, 31), datetime(2026, 4, 1, tzinfo=ZONE), ZONE, ())
    text = load_preset("national").canonical()
    policy = PolicyDocument(1, "policy", sha256(text).hexdigest(), text)
    proof, facts = a_run()
    _, solution = load(io.BytesIO(proof))
    day, secret = date(2026, 3, 9), "5" * 64
    proven = Proven(
        proof, facts, 1, solution.objective, solution.bound, solution.optimal, "0" * 64, day.isoformat(),
        solution.certificate.seed, 0, [],
    )  # fmt: skip
    draw = PublishedDraw(day, commitment_to(secret, day), datetime(2026, 2, 1, tzinfo=ZONE), secret)
    return pack(about, "2026-03", [], [policy], [proven], (), [draw], scores=True)


def parts_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as container:
        return {name: container.read(name) for name in container.namelist()}


def faults_of(content, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    return check(path)


def with_manifest(content, change):
    parts = parts_of(content)
    manifest = json.loads(parts[MANIFEST])
    change(manifest)
    return zipped(parts | {MANIFEST: json.dumps(manifest).encode()})


def in_run(name, value):
    return lambda manifest: manifest["runs"][0].update({name: value})


def in_files(name, digest):
    return lambda manifest: manifest["files"].update({name: digest})


def test_true_pack_holds(content, tmp_path):
    assert faults_of(content, tmp_path) == []


# fmt: off
MANIFESTS = [
    # change of the manifest                                          fault
    (in_run("objective", 40.0),                                       "not a whole number"),
    (in_run("objective", True),                                       "not a whole number"),
    (in_run("bound", "40"),                                           "not a whole number"),
    (in_run("bound", -1),                                             f"{RUN}: it proves another value"),
    (in_run("optimal", False),                                        f"{RUN}: it proves another value"),
    (in_run("optimal", 1),                                            "not true or false"),
    (in_run("file", "runs/0002.zip"),                                 "runs/0002.zip: the proof cannot be unpacked"),
    (in_run("file", "\x1b[2J"),                                       "\\x1b[2J: the proof cannot be unpacked"),
    (in_run("file", None),                                            "not a text"),
    (lambda manifest: manifest.update(runs={}),                       "not a list"),
    (lambda manifest: manifest.update(runs=[3]),                      "not an object"),
    (lambda manifest: manifest.update(files=[]),                      "not an object"),
    (lambda manifest: manifest.update(files={"value": "", "what": ""}), "value: not the file"),
    (lambda manifest: manifest.update(format="another"),              "not of format"),
    (lambda manifest: manifest.pop("policies"),                       "lacks policies"),
    (lambda manifest: manifest["files"].pop(RUN),                     f"{RUN}: not listed"),
    (in_run("digest", "0"),                                           f"{RUN}: not the proof of this digest"),
    (lambda manifest: manifest.update(proofs=False, files={}),        f"{RUN}: not listed"),
    (in_files(RUN, "0"),                                              f"{RUN}: not the file that was published"),
    (lambda manifest: manifest["policies"][0].update(digest="0"),     f"{POLICY}: not the policy of this digest"),
]
# fmt: on


@pytest.mark.parametrize(("change", "fault"), MANIFESTS)
def test_manifest_that_says_something_else_is_refused(content, tmp_path, change, fault):
    faults = faults_of(with_manifest(content, change), tmp_path)

    assert any(fault in each for each in faults), faults


@pytest.mark.parametrize("text", [b"", b"null", b"[" * 100_000, b'{"files": Infinity}', b"\xff", b'{"a": 1, "a": 2}'])
def test_manifest_that_is_none_is_refused_in_one_line(content, tmp_path, text):
    faults = faults_of(zipped(parts_of(content) | {MANIFEST: text}), tmp_path)

    assert len(faults) == 1
    assert faults[0].startswith(MANIFEST)


def test_pack_without_a_manifest_or_none_at_all_is_refused_in_one_line(content, tmp_path):
    without = {name: part for name, part in parts_of(content).items() if name != MANIFEST}

    assert faults_of(zipped(without), tmp_path) == [
        f"{MANIFEST} is no JSON text: Expecting value: line 1 column 1 (char 0)"
    ]
    assert len(faults_of(b"no zip", tmp_path)) == 1
    assert len(check(tmp_path)) == 1
    assert len(check(tmp_path / "nowhere.zip")) == 1


def test_damaged_pack_is_refused_or_unchanged_and_never_a_traceback(content, tmp_path):
    draw, truth = np.random.default_rng(7), parts_of(content)
    for _ in range(drawn(5_000)):
        changed = damaged(draw, content)
        if not faults_of(changed, tmp_path):
            assert parts_of(changed) == truth


def test_false_run_with_every_digest_renewed_is_refused(content, tmp_path):
    draw = np.random.default_rng(8)
    for _ in range(drawn(2_500)):
        run = damaged(draw, a_run()[0])
        changed = zipped(parts_of(content) | {RUN: run})
        digest = sha256(run).hexdigest()
        renewed = with_manifest(with_manifest(changed, in_run("digest", digest)), in_files(RUN, digest))
        faults = faults_of(renewed, tmp_path)
        if not faults:
            problem, solution = load(io.BytesIO(run))
            true_problem, truth = load(io.BytesIO(a_run()[0]))
            assert problem.digest == true_problem.digest
            assert solution.certificate.seal == truth.certificate.seal


def test_command_ends_with_one_or_says_that_all_is_proven(content, tmp_path, monkeypatch, capsys):
    path = tmp_path / "pack.zip"
    path.write_bytes(content)
    monkeypatch.setattr(self_check, "__file__", str(path / "__main__.py"))

    self_check.main()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SystemExit, match="not proven"):
        self_check.main()

    assert capsys.readouterr().out.startswith("proven: ")
