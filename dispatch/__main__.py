"""Enters the command line: every verb where all is installed, ``verify`` where only NumPy is."""

import gc
import sys

YOUNG = 10_000
"""So many objects are made between two looks for waste; with the interpreter's 700 a start costs a third more."""


def look_less_for_waste() -> None:
    """Let the interpreter look less often for what nobody needs: nearly all that is loaded stays."""
    gc.set_threshold(YOUNG)


def main() -> None:
    """Run the verb that was asked for; without the service's libraries only proofs can be checked."""
    look_less_for_waste()
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
