"""Checks a transparency pack from within: run as ``python PACK.zip``, it needs nothing but NumPy.

It is stored in each pack as ``__main__.py``, beside the modules of the verifier, so it imports nothing else of ours.
"""

import hashlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from optimizer.pairs import IntArray, Pairs
from optimizer.problem import Problem
from optimizer.proof.files import load
from optimizer.proof.recount import checked_table, recount
from optimizer.proof.untrusted import (
    FormatError,
    integer,
    integers,
    listed,
    parse_json,
    read,
    record,
    shown,
    text,
    truth,
    unpack,
)
from optimizer.proof.verify import CertificateError, verify

FORMAT = "legal-aid transparency pack 3"
FACTS_FORMAT = "legal-aid run facts 2"
DRAW_FORMAT = "legal-aid draw 1"
MANIFEST = "manifest.json"
UNUSED_BITS = 256 - 53
"""Of the digest of a secret, so many do not go into the seed."""

HARD = 2**20
"""What a refusal takes off a score; all criteria together give less."""

ENTRIES_LIMIT = 2**14
"""Files of one pack: a run every four minutes of a month."""


def check(pack: Path) -> list[str]:
    """Return what the pack fails in: files and policies by their digests, runs by their proofs; nothing if it holds."""
    try:
        parts, manifest = opened(pack)
    except (FormatError, OSError) as fault:
        return [str(fault)]
    return [f"{shown(name)}: {fault}" for name, fault in _faults(parts, manifest)]


def opened(pack: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the parts of a pack and its manifest, or raise a FormatError."""
    parts = unpack(read(pack), "the pack", ENTRIES_LIMIT)
    return parts, _manifest(parse_json(parts.pop(MANIFEST, b""), MANIFEST), MANIFEST)


def _faults(parts: dict[str, bytes], manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((name, "not listed") for name in sorted(parts.keys() - manifest["files"].keys()))
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    for name, digest in sorted(manifest["files"].items()):
        if digests.get(name) != digest:
            yield name, "not the file that was published"
    for policy in manifest["policies"]:
        if digests.get(policy["file"]) != policy["digest"]:
            yield policy["file"], "not the policy of this digest"
    draws = {draw["on"]: draw for draw in manifest["draws"]}
    yield from ((draw["on"], fault) for draw in manifest["draws"] for fault in _faults_of_draw(draw))
    policies = {policy["version"]: parts.get(policy["file"], b"") for policy in manifest["policies"]}
    for run in manifest["runs"]:
        yield from ((run["file"], fault) for fault in _faults_of_seed(run, draws.get(run["draw_on"])))
        if manifest["proofs"]:
            faults = _faults_of_run(parts, run, policies.get(run["policy_version"], b""))
            yield from ((run["file"], fault) for fault in faults)


def _faults_of_draw(draw: dict[str, Any]) -> Iterator[str]:
    on, secret = draw["on"], draw["secret"]
    published = _digest(f"{DRAW_FORMAT} commitment {on} {secret}")
    if secret and draw["commitment"] and draw["commitment"] != published:
        yield "the secret of the draw is not the one that was published beforehand"
    if draw["committed_at"][:10] > on:
        yield "the draw was published after its day"


def _faults_of_seed(run: dict[str, Any], draw: dict[str, Any] | None) -> Iterator[str]:
    if draw is None or not draw["secret"]:
        yield "the draw of its day is not in the pack"
    elif run["seed"] != int(_digest(f"{DRAW_FORMAT} seed {draw['secret']}"), 16) >> UNUSED_BITS:
        yield "its seed is not the one of its day"


def _faults_of_run(parts: dict[str, bytes], run: dict[str, Any], policy: bytes) -> Iterator[str]:
    content, facts = parts.get(run["file"], b""), parts.get(run["facts"], b"")
    if hashlib.sha256(content).hexdigest() != run["digest"]:
        yield "not the proof of this digest"
    if hashlib.sha256(facts).hexdigest() != run["facts_digest"]:
        yield "not the facts of this digest"
    try:
        problem, solution = load(io.BytesIO(content))
        verify(problem, solution)
        check_scores(problem, facts, policy)
    except (CertificateError, FormatError) as fault:
        yield str(fault)
    else:
        if any(getattr(solution, name) != run[name] for name in ("objective", "bound", "optimal")):
            yield "it proves another value than the manifest says"
        if solution.certificate.seed != run["seed"]:
            yield "it was drawn by another seed than the manifest says"


def check_scores(problem: Problem, facts: bytes, policy: bytes) -> None:
    """Count every score anew from the facts and the weights of the policy, or raise why one is another.

    The seats of each case are those of the facts: no case is left out by needing nobody, and none is slipped in.
    """
    stated = _facts(parse_json(facts, "the facts"), "the facts")
    if not np.array_equal(problem.demand, stated["seats"]):
        raise CertificateError("the facts are about other cases or seats than the proof")
    try:
        text = json.loads(policy)
        tables = [checked_table(*table, problem.n, problem.m) for table in _points(stated, text, problem.n)]
        extra = _extra(stated, text)
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError, RecursionError) as fault:
        raise FormatError(f"the facts do not fit the policy ({type(fault).__name__})") from None
    recount(problem, tables, extra, HARD)


def _points(stated: dict[str, Any], policy: dict[str, Any], n: int) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield the points of each criterion by the values of the cases, and which value is a case's."""
    weights, thresholds = policy["weights"], policy["thresholds"]
    bands = np.array([*(band["level"] for band in policy["distance_bands"]), 0, 0], np.int64)
    for name, table in stated["tables"].items():
        level = bands[table["levels"]] if name == "distance" else np.maximum(table["levels"], 0)
        yield table["key"], weights[name] * level
    quality = np.where(stated["quality"] < 0, thresholds["unknown_quality"], stated["quality"])
    years = np.minimum(100 * stated["years"] // thresholds["senior_years"], 100)
    for name, level in (("quality", quality), ("seniority", years)):
        yield np.zeros(n, np.int64), weights[name] * level[None, :]


def _extra(stated: dict[str, Any], policy: dict[str, Any]) -> Pairs:
    """Return what wishes, by their rank, and earlier counsel give to single pairs."""
    weights, levels = policy["weights"], np.array([*policy["wish_levels"], 0], np.int64)
    wishes, counsel = stated["wishes"], stated["counsel"]
    rank = np.minimum(wishes[:, 2], len(levels)) - 1
    points = np.append(weights["wish"] * levels[rank], np.full(len(counsel), 100 * weights["continuity"]))
    pairs = np.concatenate([wishes, counsel])
    return Pairs(pairs[:, 0], pairs[:, 1], points)


def _facts(value: object, what: str) -> dict[str, Any]:
    stated = record(value, what, format=text, seats=integers, tables=_tables, quality=integers, years=integers,
                  wishes=_triples, counsel=_triples)  # fmt: skip
    if stated["format"] != FACTS_FORMAT:
        raise FormatError(f"{what} are not of format {FACTS_FORMAT}")
    return stated


def _tables(value: object, what: str) -> dict[str, Any]:
    return record(value, what, **dict.fromkeys(("specialty", "experience", "distance", "language"), _table))


def _table(value: object, what: str) -> dict[str, Any]:
    return record(value, what, key=integers, levels=_rows)


def _rows(value: object, what: str) -> IntArray:
    rows = [integers(row, what) for row in listed(value, what)]
    if len({row.size for row in rows}) > 1:
        raise FormatError(f"{what} has rows of different lengths")
    return np.array(rows, np.int64)


def _triples(value: object, what: str) -> IntArray:
    rows = _rows(value, what)
    if rows.size and rows.shape[1] != 3:
        raise FormatError(f"{what} has a row that is not of three numbers")
    return rows.reshape(-1, 3)


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _manifest(value: object, what: str) -> dict[str, Any]:
    manifest = record(
        value, what, format=text, centre=text, month=text, code=_code, policies=_policies, proofs=truth, draws=_draws,
        runs=_runs, files=_files,
    )  # fmt: skip
    if manifest["format"] != FORMAT:
        raise FormatError(f"{what} is not of format {FORMAT}")
    return manifest


def _code(value: object, what: str) -> dict[str, Any]:
    return record(value, what, version=text, sources=text)


def _policies(value: object, what: str) -> list[dict[str, Any]]:
    fields = {"file": text, "version": integer, "name": text, "digest": text, "evidence": _evidence}
    return [record(each, what, **fields) for each in listed(value, what)]


def _evidence(value: object, what: str) -> dict[str, Any] | None:
    if value is None:
        return None
    return record(
        value, what, source=text, since=text, until=text, weeks=integer, cases=integer, people=integer,
    )  # fmt: skip


def _runs(value: object, what: str) -> list[dict[str, Any]]:
    fields = {
        "file": text,
        "digest": text,
        "facts": text,
        "facts_digest": text,
        "docket_digest": text,
        "draw_on": text,
        "seed": integer,
        "repeats": integer,
        "exceptions": _exceptions,
        "policy_version": integer,
        "objective": integer,
        "bound": integer,
        "optimal": truth,
    }
    return [record(each, what, **fields) for each in listed(value, what)]


def _exceptions(value: object, what: str) -> list[dict[str, Any]]:
    return [record(each, what, choice=text, left_out=integer, reason=text) for each in listed(value, what)]


def _draws(value: object, what: str) -> list[dict[str, Any]]:
    fields = {"on": text, "commitment": text, "committed_at": text, "secret": text}
    return [record(each, what, **fields) for each in listed(value, what)]


def _files(value: object, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FormatError(f"{what} is not an object")
    return {name: text(digest, what) for name, digest in value.items()}


PROVEN = {
    True: "proven: every file, policy and run\n核验通过：全部文件、指派方案和匹配批次\n",
    False: "proven: every file and policy; the proofs of the runs are kept at the institution\n"
    "核验通过：全部文件和指派方案；各匹配批次的最优性证明存于本机构，不在数据包中\n",
}
"""What is said of a pack that holds, with proofs and without."""


def main() -> None:
    """Check the pack this file is in."""
    pack = Path(__file__).parent
    if faults := check(pack):
        sys.exit("\n".join(["not proven 核验未通过:", *faults]))
    sys.stdout.write(PROVEN[opened(pack)[1]["proofs"]])


if __name__ == "__main__":
    main()
