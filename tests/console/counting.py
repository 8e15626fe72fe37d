"""Counts the commands that a page gives: whatever of `dispatch.commands` a page calls that may begin a transaction."""

import inspect
import sys
from types import FunctionType, ModuleType
from typing import Any

from dispatch.console.pages import PAGES

COMMANDS, OURS = "dispatch.commands", "dispatch.console.pages"
BEGINS = "begin"
"""The parameter by which a command is told from a read."""


class Counted:
    """Stands before a module of commands, and writes down which of them are given."""

    def __init__(self, module: ModuleType, given: list[str]) -> None:
        self._module, self._given = module, given

    def __getattr__(self, name: str) -> Any:
        return counted(getattr(self._module, name), self._given)


def counted(found: Any, given: list[str]) -> Any:
    """Return the same, which writes down that it was given if it is a command."""
    if not _is_command(found):
        return found

    def give(*args: Any, **kwargs: Any) -> Any:
        given.append(f"{found.__module__}.{found.__name__}")
        return found(*args, **kwargs)

    return give


def count_commands(monkeypatch: Any) -> list[str]:
    """Let every page write down the commands it gives from now on."""
    given: list[str] = []
    for name in [name for name in sys.modules if name.startswith(OURS)]:
        for word, value in list(vars(sys.modules[name]).items()):
            if isinstance(value, ModuleType) and value.__name__.startswith(COMMANDS):
                monkeypatch.setattr(sys.modules[name], word, Counted(value, given))
            elif _is_command(value):
                monkeypatch.setattr(sys.modules[name], word, counted(value, given))
    made: list[Any] = [act.do for page in PAGES for act in page.acts.values()]
    for cell in (cell for do in made for cell in do.__closure__ or ()):
        # A button made by a function keeps its command from when it was made.
        if _is_command(cell.cell_contents):
            monkeypatch.setattr(cell, "cell_contents", counted(cell.cell_contents, given))
    return given


def _is_command(found: Any) -> bool:
    return (
        isinstance(found, FunctionType)
        and found.__module__.startswith(COMMANDS)
        and BEGINS in inspect.signature(found).parameters
    )
