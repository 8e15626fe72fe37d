"""The command line as tests call it: all commands are put together once a language, which takes longer than most."""

from functools import cache

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from dispatch.cli import app
from dispatch.cli.help import wanted_language
from dispatch.cli.output import choose_language, language


@cache
def commands_in(spoken):
    """Return all commands, whose texts are left in this one language at the first call."""
    return get_command(app)


def call(*words, **more):
    """Call the program with these words and return its answer; before, another language is spoken than it will be."""
    words = [str(word) for word in words]
    choose_language(wanted_language(words))
    commands = commands_in(language())
    choose_language("en" if language() == "zh" else "zh")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", lambda _: commands)
        return CliRunner().invoke(app, words, **more)
