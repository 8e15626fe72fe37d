"""Working days from the command line: a notice is loaded from a sheet, shown, undone, and what moved is listed."""

from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.help import Centre, SpokenGroup, both, verb

calendar_app = typer.Typer(
    cls=SpokenGroup,
    no_args_is_help=True,
    help=both("载入和查看年度放假安排（工作日历）。", "Load and see the yearly notices about working days."),
)

Year = Annotated[int, typer.Argument(help=both("四位数的年份。", "A year, such as 2027."))]


@verb(calendar_app, "load", "载入国务院年度放假安排；正在计算的期限随之重新计算。")
def load(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help=both(
                "xlsx 或者 csv 表格，列为：起始日期、结束日期、安排（放假或者上班）、节日。",
                "An xlsx or csv sheet with the columns From, Until, Days (free or worked) and Holiday.",
            ),
        ),
    ],
    title: Annotated[
        str | None,
        typer.Option(help=both("文件标题或者文号；不写则为文件名。", "Title or number; default: the file's.")),
    ] = None,
    centre: Centre = None,
) -> None:
    """Put the notice about a year in force, in one centre or, if none is named, in every one."""
    from dispatch.cli.notices import load_notice

    load_notice(file, title or file.stem, centre)


@verb(calendar_app, "show", "显示一年的放假和调休上班日期。")
def show(year: Year, centre: Centre = None) -> None:
    """Print the days of a year that are not worked as usual."""
    from dispatch.cli.notices import show_year

    show_year(year, centre)


@verb(calendar_app, "undo", "撤销一年的放假安排，恢复此前的安排。")
def undo(year: Year, centre: Centre = None) -> None:
    """Undo the notice of a year, in one centre or, if none is named, in every one that has it."""
    from dispatch.cli.notices import undo_notice

    undo_notice(year, centre)


@verb(calendar_app, "changes", "列出因放假安排变动的期限：案件编号、期限代码、原届满时间和新届满时间。")
def changes(centre: Centre = None) -> None:
    """List the time limits that moved, by case number, code, old and new end."""
    from dispatch.cli.notices import list_changes

    list_changes(centre)
