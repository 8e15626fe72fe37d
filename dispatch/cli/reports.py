"""What the verb ``report`` does: tables as JSON or a workbook, or figures."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import typer

from dispatch.cli.context import opened
from dispatch.cli.output import language, localize, out
from dispatch.commands.access import manager_of
from dispatch.commands.reports.period import PeriodReports, report
from dispatch.commands.reports.transparency import transparency
from dispatch.reports.page import write_page
from dispatch.reports.rendering import RenderedReport, figure, to_document
from dispatch.reports.shape import Chart
from dispatch.reports.workbook import write_workbook


def print_report(
    code: str, since: date | None, until: date | None, form: str, target: Path | None, centre: str | None
) -> None:
    """Write one report or all in a form; JSON goes to the terminal where no file is named."""
    if form not in FORMS:
        raise typer.BadParameter(f"{form}: {', '.join(FORMS)}", param_hint="--format")
    with opened() as here:
        answer = report(here.read, here.operator(centre), here.now, code, since, until)
    FORMS[form](answer, target or Path(f"{code}.{form}"), target is not None)


def as_json(answer: PeriodReports, target: Path, named: bool) -> None:
    """Write the reports as JSON."""
    text = json.dumps(to_document(*answer), ensure_ascii=False, indent=1) + "\n"
    if named:
        _write(target, text.encode())
    else:
        out.file.write(text)


def as_workbook(answer: PeriodReports, target: Path, named: bool) -> None:
    """Write the reports as a workbook."""
    _write(target, write_workbook(answer.reports, answer.about))


def as_page(answer: PeriodReports, target: Path, named: bool) -> None:
    """Write the reports as a page of Markdown."""
    text = write_page(answer.reports, answer.about)
    if named:
        _write(target, text.encode())
    else:
        out.file.write(text)


def as_figures(suffix: str) -> Callable[[PeriodReports, Path, bool], None]:
    """Return what draws every figure of the reports into a folder."""

    def write(answer: PeriodReports, target: Path, named: bool) -> None:
        from dispatch.cli.figures import draw

        folder = target if named else Path()
        folder.mkdir(parents=True, exist_ok=True)
        period = f"{answer.about.since} – {answer.about.until}"
        for rendered in answer.reports:
            for chart in rendered.report.charts:
                path = folder / f"{_name(rendered, chart)}.{suffix}"
                if draw(figure(rendered, chart), period, path, language()):
                    out.print(str(path), highlight=False)
                else:
                    out.print(
                        localize(f"{rendered.report.zh}：没有可画的数据", f"{rendered.report.en}: nothing to draw")
                    )

    return write


def write_pack(month: str, head: str | None, target: Path | None, centre: str | None) -> None:
    """Write the public pack of a month, with proofs only if its head decided so."""
    with opened() as here:
        operator = here.operator(centre)
        manager = None if head is None else manager_of(here.begin, operator, head)
        packed = transparency(here.begin, here.read, here.seal, operator, here.now, month, manager)
    path = target or Path(packed.name)
    _write(path, packed.content)
    out.print(localize(f"核验：python {path}", f"It checks itself: python {path}"))


# fmt: off
FORMS: dict[str, Callable[[PeriodReports, Path, bool], None]] = {
    "json": as_json,
    "xlsx": as_workbook,
    "md":   as_page,
    "svg":  as_figures("svg"),
    "png":  as_figures("png"),
}
# fmt: on


def _name(rendered: RenderedReport, chart: Chart) -> str:
    code = rendered.report.code
    return code if len(rendered.report.charts) == 1 else f"{code}-{chart.values[0]}"


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    out.print(localize(f"已写入 {target}", f"Wrote {target}"))
