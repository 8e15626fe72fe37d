"""Checks a transparency pack from within: run as ``python PACK.zip``, it needs nothing but NumPy.

It is stored in each pack as ``__main__.py``, beside the modules of the verifier, so it imports nothing else of ours.
"""

import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optimizer.proof.files import load
from optimizer.proof.untrusted import FormatError, integer, listed, parse_json, read, record, shown, text, truth, unpack
from optimizer.proof.verify import CertificateError, verify

FORMAT = "legal-aid transparency pack 2"
MANIFEST = "manifest.json"
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
    for run in manifest["runs"] if manifest["proofs"] else ():
        yield from ((run["file"], fault) for fault in _faults_of_run(parts.get(run["file"], b""), run))


def _faults_of_run(content: bytes, run: dict[str, Any]) -> Iterator[str]:
    if hashlib.sha256(content).hexdigest() != run["digest"]:
        yield "not the proof of this digest"
    try:
        problem, solution = load(io.BytesIO(content))
        verify(problem, solution)
    except (CertificateError, FormatError) as fault:
        yield str(fault)
    else:
        if any(getattr(solution, name) != run[name] for name in ("objective", "bound", "optimal")):
            yield "it proves another value than the manifest says"


def _manifest(value: object, what: str) -> dict[str, Any]:
    manifest = record(
        value, what, format=text, centre=text, month=text, code=_code, policies=_policies, proofs=truth, runs=_runs,
        files=_files,
    )  # fmt: skip
    if manifest["format"] != FORMAT:
        raise FormatError(f"{what} is not of format {FORMAT}")
    return manifest


def _code(value: object, what: str) -> dict[str, Any]:
    return record(value, what, version=text, sources=text)


def _policies(value: object, what: str) -> list[dict[str, Any]]:
    return [record(each, what, file=text, version=integer, name=text, digest=text) for each in listed(value, what)]


def _runs(value: object, what: str) -> list[dict[str, Any]]:
    fields = {
        "file": text,
        "digest": text,
        "policy_version": integer,
        "objective": integer,
        "bound": integer,
        "optimal": truth,
    }
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
