"""Help in the reader's language alone: each text is written once, in both languages, and one of them is shown.

The libraries of the command line speak English; what they say to a reader of Chinese is in the tables below.
"""

import re
import sys
from collections.abc import Callable, Sequence
from inspect import cleandoc
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from dispatch.cli.output import begin_command, choose_language, language, localize, refuse_politely

BETWEEN = "\x1f"
"""Parts the two languages of one text; no text of ours holds it."""


def both(zh: str, en: str) -> str:
    """Return one text that holds both languages."""
    return f"{zh}{BETWEEN}{en}"


Centre = Annotated[
    str | None,
    typer.Option(help=both("法律援助中心的代码；只有一个中心时不必写。", "Code of the centre, if there are several.")),
]
InCity = Annotated[
    bool,
    typer.Option("--city", help=both("用示例城市，不用本中心数据。", "Use the sample city, not the register.")),
]


def verb(app: typer.Typer, name: str, zh: str, panel: str | None = None) -> Callable[[Any], Any]:
    """Register a command: its docstring is the English help, ``zh`` the Chinese one."""

    def register(function: Any) -> Any:
        text = both(zh, cleandoc(function.__doc__))
        return app.command(name, cls=SpokenCommand, help=text, rich_help_panel=panel)(function)

    return register


class _Spoken:
    """What commands and groups have in common: usage in the reader's language."""

    def get_usage(self, ctx: Any) -> str:
        """Return the line that shows how the command is typed."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]  # a class of the library without types
        return usage.replace("Usage:", localize("用法：", "Usage:"), 1)

    def format_help(self, *args: Any) -> None:
        """Show the help in the reader's language."""
        _speak_for_library()
        super().format_help(*args)  # type: ignore[misc]  # likewise


class SpokenCommand(_Spoken, TyperCommand):
    """A command that explains itself in one language."""

    def invoke(self, ctx: Any) -> Any:
        """Run it, known by its name to what it writes down."""
        begin_command(ctx.command_path.partition(" ")[2])
        return super().invoke(ctx)


class SpokenGroup(_Spoken, TyperGroup):
    """Commands whose help is in one language and whose refusals are an answer, not a crash."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **more: Any) -> Any:
        """Choose the language before anything is said, then run the command."""
        choose_language(wanted_language(sys.argv[1:] if args is None else args))
        speak(self)
        return super().main(args, *rest, **more)

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read the command line; what is not understood is said in the reader's language."""
        return in_words(lambda: super(SpokenGroup, self).make_context(*args, **more))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; a refusal is printed and ends with 1."""
        return in_words(lambda: refuse_politely(lambda: super(SpokenGroup, self).invoke(ctx)))


def wanted_language(args: Sequence[str]) -> str | None:
    """Return what ``--language`` asks for, if it asks for a language there is."""
    wording = " ".join(args)
    match = re.search(r"--language[ =](zh|en)\b", wording)
    return match[1] if match else None


def speak(command: Any) -> None:
    """Leave one language in every text of a command and of those below it."""
    zh = language() == "zh"
    for name in ("help", "short_help", "epilog", "rich_help_panel"):
        _keep_one(command, name)
    if zh:
        command.options_metavar = "[选项]"
    ctx = typer.Context(command)
    for parameter in (*command.params, command.get_help_option(ctx)):
        _keep_one(parameter, "help")
        if zh:
            name = TYPES.get(parameter.display_type(ctx), "")
            parameter.display_type_rich = lambda ctx, name=name: name
    for below in getattr(command, "commands", {}).values():
        command.subcommand_metavar = localize("命令 [参数]...", "COMMAND [ARGS]...")
        speak(below)


def _speak_for_library() -> None:
    # It shows help and complaints, most verbs need neither, and to load it takes as long as all else of a short one.
    from typer import rich_utils

    for name, wording in LIBRARY.items():
        setattr(rich_utils, name, localize(*wording))


def _keep_one(owner: Any, name: str) -> None:
    text = getattr(owner, name, None)
    if not isinstance(text, str):
        return
    zh, between, en = text.partition(BETWEEN)
    setattr(owner, name, localize(breakable(zh), en) if between else localize(TEXTS.get(text, text), text))


def breakable(text: str) -> str:
    """Return a Chinese text with a blank after each mark, where the terminal may break the line.

    The library breaks lines at blanks only, and cuts off what is longer than a line.
    """
    return re.sub(r"([。；，、：）])(?=[^。；，、：）\s])", r"\1 ", text)


def in_words(run: Callable[[], Any]) -> Any:
    """Run; a complaint of the library about the command line is put into the reader's language."""
    try:
        return run()
    except Exception as error:
        wording = getattr(error, "format_message", None)
        if wording or isinstance(error, typer.Abort):
            _speak_for_library()
        if language() == "zh" and wording:
            text = chinese_of(wording())
            error.format_message = lambda: text  # type: ignore[attr-defined]  # what typer catches has it
        raise


def chinese_of(message: str) -> str:
    """Return a complaint of the library in Chinese; one that is not in the table stays as it is."""
    for pattern, text in COMPLAINTS:
        if match := re.fullmatch(pattern, message, re.DOTALL):
            return text.format(*(chinese_of(part or "") for part in match.groups()))
    return message


# fmt: off
LIBRARY = {
    # constant of the library   Chinese                                           English
    "ARGUMENTS_PANEL_TITLE":    ("参数",                                          "Arguments"),
    "OPTIONS_PANEL_TITLE":      ("选项",                                          "Options"),
    "COMMANDS_PANEL_TITLE":     ("命令",                                          "Commands"),
    "ERRORS_PANEL_TITLE":       ("有误",                                          "Error"),
    "ABORTED_TEXT":             ("已中止。",                                      "Aborted."),
    "DEFAULT_STRING":           ("[默认：{}]",                                    "[default: {}]"),
    "REQUIRED_LONG_STRING":     ("[必填]",                                        "[required]"),
    "RICH_HELP":                ("查看用法：[blue]{command_path} {help_option}[/]",
                                 "Try [blue]'{command_path} {help_option}'[/] for help."),
}

TEXTS = {
    # text of the library                                                              Chinese
    "Show this message and exit.":                                                     "显示本说明后退出。",
    "Install completion for the current shell.":                                       "为当前终端安装命令补全。",
    "Show completion for the current shell, to copy it or customize the installation.":
                                                                                       "显示命令补全脚本，供复制或者修改。",
}

TYPES = {
    # type of the library   Chinese
    "<str>":                "文字",
    "<int>":                "整数",
    "<int range>":          "整数",
    "<path>":               "路径",
    "<file>":               "文件",
    "<directory>":          "文件夹",
    "<list[str]>":          "文字",
}

COMPLAINTS = (
    # what the library says                                      Chinese
    (r"No such option: (\S+)",                                   "没有选项 {0}。"),
    (r"No such option: (\S+) \(Possible options: (.*)\)",        "没有选项 {0}；可用的有：{1}。"),
    (r"No such command '(.*?)'\.(.*)",                           "没有命令 {0}。"),
    (r"Missing command\.",                                       "请写出要执行的命令。"),
    (r"Missing (?:argument|option|parameter) '(.*)'\.(.*)",      "缺少 {0}，请补上。"),
    (r"Got unexpected extra argument.* \((.*)\)",                "多出了：{0}。"),
    (r"Option '?(\S+?)'? requires an argument\.",                "选项 {0} 后面要写出内容。"),
    (r"Option '?(\S+?)'? requires (\d+) arguments\.",            "选项 {0} 后面要写出{1}项内容。"),
    (r"Invalid value for '?(.*?)'?: (.*)",                       "{0} 的内容不符合要求：{1}"),
    (r"Invalid value: (.*)",                                     "内容不符合要求：{0}"),
    (r"Input should be a valid integer.*",                       "应为整数。"),
    (r"Input should be greater than or equal to (.*)",           "应不小于{0}。"),
    (r"Input should be less than or equal to (.*)",              "应不大于{0}。"),
    (r"\w+ '(.*)' does not exist\.",                             "没有该文件或者文件夹：{0}"),
    (r"\w+ '(.*)' is a directory\.",                             "这是一个文件夹：{0}"),
    (r"\w+ '(.*)' is a file\.",                                  "这是一个文件，不是文件夹：{0}"),
    (r"\w+ '(.*)' is not (?:read|writ)able\.",                   "没有读写权限：{0}"),
)
# fmt: on
