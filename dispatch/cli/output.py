"""How the command line speaks: the user's language, plain refusals, and no traceback for them."""

import json
import os
from collections.abc import Mapping
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperGroup

REFUSED = 1
LANGUAGES = ("zh", "en")
SHOWN = 400

out = Console()
err = Console(stderr=True)
_spoken = ["en"]


def choose_language(wanted: str | None) -> None:
    """Speak what was asked for, else what the terminal speaks, else English."""
    if wanted not in (None, *LANGUAGES):
        raise typer.BadParameter(f"{wanted}: zh, en", param_hint="--language")
    settings = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    terminal = next(filter(None, settings), "")
    _spoken[0] = wanted or ("zh" if terminal.startswith("zh") else "en")


def language() -> str:
    """Return the language spoken: ``zh`` or ``en``."""
    return _spoken[0]


def say(zh: str, en: str) -> str:
    """Return the one of both that is spoken."""
    return zh if language() == "zh" else en


class PoliteGroup(TyperGroup):
    """Commands whose refusals are an answer, not a crash."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb; a refusal is printed and ends with 1."""
        from dispatch.domain.errors import DispatchError

        try:
            return super().invoke(ctx)
        except DispatchError as error:
            hint = {"": say(*TROUBLES["OperationalError"])} if error.code == "unavailable" else {}
            refuse(error.title(language()), {**error.facts, **hint})
        except Exception as error:
            known = known_trouble(error)
            if known is None:
                raise
            refuse(known, {})


def refuse(title: str, facts: Mapping[str, Any]) -> None:
    """Print why not and end with 1."""
    err.print(f"[bold red]{escape(title)}[/]")
    for name, value in facts.items():
        if value not in (None, [], {}):
            err.print(f"  {name}: {escape(told(value))}" if name else f"  {escape(told(value))}")
    raise typer.Exit(REFUSED)


def told(value: Any) -> str:
    """Return a fact as a person reads it, in one language."""
    if isinstance(value, Mapping) and {"zh", "en"} <= set(value):
        said = str(value[language()])
        return f"{said} ({value['field']})" if "field" in value else said
    if isinstance(value, list | tuple):
        return ", ".join(told(item) for item in value)[:SHOWN]
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {told(item)}" for name, item in value.items())[:SHOWN]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def known_trouble(error: Exception) -> str | None:
    """Return what to do about trouble with the surroundings, or None if the error is ours."""
    name = type(error).__name__
    zh, en = TROUBLES.get(name, ("", ""))
    if name in SPEAKING:
        return str(error)
    return say(zh, en) or None


SPEAKING = ("NoRedisError", "BrokenPromiseError")
"""Errors whose own text tells what to do."""

# fmt: off
TROUBLES = {
    # error               what to do, in Chinese and in English
    "OperationalError":  ("数据库无法使用：请检查 DATABASE_URL，或先运行 legal-dispatch migrate。",
                          "The database cannot be used: check DATABASE_URL, or run legal-dispatch migrate first."),
    "ProgrammingError":  ("数据库结构不完整：请先运行 legal-dispatch migrate。",
                          "The database lacks its tables: run legal-dispatch migrate first."),
    "CommandError":      ("本版本没有该数据库版本：请使用建立该数据库的版本，或新建数据库。",
                          "This version has no such revision of the database: use the version that made it, or a new"
                          " database."),
    "PermissionError":   ("没有读写该文件的权限。", "This file may not be read or written."),
    "IsADirectoryError": ("这是一个文件夹。", "This is a folder."),
    "FileNotFoundError": ("没有该文件或文件夹。", "There is no such file or folder."),
    "ModuleNotFoundError": ("缺少组件：作图需要安装 legal-aid-dispatch[reports]。",
                            "A library is missing: figures need legal-aid-dispatch[reports] installed."),
}
# fmt: on
