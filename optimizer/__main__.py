"""Checks a proof without any part of the service: ``python -m optimizer verify FILE``."""

import argparse
import sys
from collections.abc import Sequence

from optimizer.proof.files import FormatError, load
from optimizer.proof.verify import CertificateError, verify


def main(words: Sequence[str] | None = None) -> str | None:
    """
    Verify the file the words name; return why it proves nothing, or None.

    Raises
    ------
    SystemExit
        With 2 where nothing was checked: wrong words, or a file that cannot be read at all. So a mistyped name is
        never mistaken for a false proof.
    """
    parser = argparse.ArgumentParser(prog="python -m optimizer", description="Check a proof of an assignment.")
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("verify", help="legal, and no better one exists").add_argument("file")
    file = parser.parse_args(words).file
    try:
        problem, solution = load(file)
        verify(problem, solution)
    except (FormatError, CertificateError) as fault:
        return f"not proven: {fault}"
    except MemoryError:
        return "not proven: checking it takes more memory than there is"
    except OSError as fault:
        parser.error(f"{file}: {fault.strerror}")
    sys.stdout.write(f"proven: {solution.rows.size} assigned, objective {solution.objective}, bound {solution.bound}\n")
    return None


if __name__ == "__main__":
    sys.exit(main())
