"""Enters the command line: every verb where all is installed, ``verify`` where only NumPy is."""

import sys


def main() -> None:
    """Run the verb that was asked for; without the service's libraries only proofs can be checked."""
    try:
        from dispatch.cli import app
    except ModuleNotFoundError as missing:
        if sys.argv[1:2] != ["verify"]:
            sys.exit(f"{missing.name} is not installed, and only `verify` works without it")
        from optimizer.__main__ import main as check

        sys.exit(check(sys.argv[1:]))
    app()


if __name__ == "__main__":
    main()
