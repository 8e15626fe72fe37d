"""Checks a proof without any part of the service: ``python -m optimizer verify FILE``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from optimizer.files import load
from optimizer.verify import CertificateError, verify


def main(words: Sequence[str] | None = None) -> str | None:
    """Verify the file the words name; return why it proves nothing, or None."""
    parser = argparse.ArgumentParser(prog="python -m optimizer", description="Check a proof of an assignment.")
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("verify", help="legal, and no better one exists").add_argument("file", type=Path)
    try:
        problem, solution = load(parser.parse_args(words).file)
        verify(problem, solution)
    except (CertificateError, ValueError, OSError) as fault:
        return f"not proven: {fault}"
    sys.stdout.write(f"proven: {solution.rows.size} assigned, objective {solution.objective}, bound {solution.bound}\n")
    return None


if __name__ == "__main__":
    sys.exit(main())
