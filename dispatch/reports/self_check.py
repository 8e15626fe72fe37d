"""Checks a transparency pack from within: run as ``python PACK.zip``, it needs nothing but NumPy.

It is stored in each pack as ``__main__.py``, beside the modules of the verifier, so it imports nothing else of ours.
"""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

from optimizer.files import load
from optimizer.verify import CertificateError, verify

MANIFEST = "manifest.json"


def check(pack: Path) -> list[str]:
    """Return what the pack fails in: files and policies by their digests, runs by their proofs; nothing if it holds."""
    with zipfile.ZipFile(pack) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    manifest = json.loads(parts.pop(MANIFEST))
    faults = [f"{name}: not listed" for name in sorted(parts.keys() - manifest["files"].keys())]
    for name, digest in sorted(manifest["files"].items()):
        if hashlib.sha256(parts.get(name, b"")).hexdigest() != digest:
            faults.append(f"{name}: not the file that was published")
    for policy in manifest["policies"]:
        if hashlib.sha256(parts.get(policy["file"], b"")).hexdigest() != policy["digest"]:
            faults.append(f"{policy['file']}: not the policy of this digest")
    for run in manifest["runs"]:
        try:
            problem, solution = load(io.BytesIO(parts.get(run["file"], b"")))
            verify(problem, solution)
            if (solution.objective, solution.bound) != (run["objective"], run["bound"]):
                raise CertificateError("it proves another value than the manifest says")
        except (CertificateError, ValueError) as fault:
            faults.append(f"{run['file']}: {fault}")
    return faults


def main() -> None:
    """Check the pack this file is in."""
    pack = Path(__file__).parent
    faults = check(pack)
    if faults:
        sys.exit("\n".join(["not proven 未通过核验:", *faults]))
    sys.stdout.write("proven: every file, policy and run 已核验：全部文件、政策与批次\n")


if __name__ == "__main__":
    main()
