"""Files in and out."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from dispatch.cli.context import opened
from dispatch.cli.output import REFUSED, err, language, localize, out
from dispatch.commands.imports.exports import EXPORTS, export_records, export_template
from dispatch.commands.imports.files import Order, import_file, mapping_text
from dispatch.commands.imports.preview import write_back
from dispatch.commands.imports.report import ImportReport, ranges
from dispatch.commands.lists.searches import search_of
from dispatch.domain.errors import UnknownReferenceError, UnreadableFileError, stated
from dispatch.domain.policy.schema import PRESETS, Policy, load_preset
from dispatch.exchange.columns import Column, Kind
from dispatch.exchange.faults import RowRefusal
from dispatch.exchange.tables import TABLES

MAX_DEPTH = 32
"""Of tables in a file, as of a body over HTTP: a policy has five levels."""

LISTED = 20
"""Refusals shown one by one."""


def bring_in(
    what: str,
    file: Path,
    mapping: Path | None,
    dry_run: bool,
    partial: bool,
    centre: str | None,
    refused_to: Path | None = None,
) -> None:
    """Import with a progress bar, tell each fate, and end with 1 unless the file was taken in or only tried."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with opened() as here, Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(localize("导入", "import"), total=1.0)
        report = import_file(
            here.begin,
            here.seal,
            here.operator(centre),
            here.now,
            what,
            file,
            mapping,
            dry_run,
            partial,
            lambda phase, share: bar.update(task, description=phase, completed=share),
            here.read,
        )
    print_fates(report)
    if refused_to and report.refused_rows:
        wording = mapping_text(mapping.read_bytes()) if mapping else None
        write_back(refused_to, Order(report.what, file.read_bytes(), wording), report, language())
        out.print(localize(f"不符合要求的行已写入 {refused_to}", f"Wrote the refused rows to {refused_to}"))
    if report.refused_rows and not report.applied:
        raise typer.Exit(REFUSED)


def print_fates(report: ImportReport) -> None:
    """Print how many rows met which fate, and why rows were refused."""
    counts = Table(box=None, pad_edge=False)
    for title in (localize("结果", "fate"), localize("行数", "rows"), localize("行号", "which")):
        counts.add_column(title, overflow="fold")
    for fate, rows in report.fates.items():
        counts.add_row(fate.label(language()), str(len(rows)), _short(ranges(rows)))
    out.print(counts)
    headers = {column.field: column for column in TABLES[report.what].columns}
    for refusal in report.refused[:LISTED]:
        out.print(_sentence(refusal, headers.get(refusal.field)), markup=False)
    if (more := len(report.refused) - LISTED) > 0:
        out.print(localize(f"另有{more}项", f"and {more} more"))
    for remark in report.remarks:
        which = _short(ranges(remark.rows))
        where = localize(f"第{which}行：", f"rows {which}: ") if which else ""
        out.print(where + remark.text(language()), markup=False)
    for field, count in report.dropped.items():
        en = f"{field}: {count} values are not in the mapping and were left unknown"
        out.print(localize(f"{field}：映射文件中没有列出的值有{count}处，按未登记处理", en))
    if report.passed_over:
        en = f"{report.passed_over} rows with a key seen before were passed over"
        out.print(localize(f"编号与前面重复的{report.passed_over}行没有导入", en))
    out.print(_verdict(report))


def write_out(words: list[str], template: str | None, only: list[str], centre: str | None) -> None:
    """Write a template or an export to the file that the words name."""
    if template is not None:
        path = Path(words[0]) if words else Path(f"{template}-template.xlsx")
        _write_template(path, template, centre)
        out.print(localize(f"已写入 {path}", f"Wrote {path}"))
        return
    if len(words) != 2:
        known = ", ".join(EXPORTS)
        raise typer.BadParameter(localize(f"请写种类和文件名；种类有 {known}", f"export WHAT FILE.xlsx; WHAT: {known}"))
    what, path = words[0], Path(words[1])
    wanted = search_of(what, only)
    with opened() as here:
        exported = export_records(
            here.begin, here.read, here.seal, here.operator(centre), here.now, what, path, language(), wanted
        )
    count, left_out = exported
    out.print(localize(f"已写入 {path}：{count}条", f"Wrote {count} rows to {path}"))
    if left_out:
        en = f"{len(left_out)} could not be written; the last sheet names them"
        out.print(localize(f"有{len(left_out)}条无法写出，列在最后一张工作表", en))


def _write_template(path: Path, what: str, centre: str | None) -> None:
    if centre is None:
        export_template(path, what)
        return
    with opened() as here:
        export_template(path, what, here.read, here.operator(centre))


def _sentence(refusal: RowRefusal, column: Column | None) -> str:
    row, field, fault, expected, value = refusal
    wording = localize(*expected)
    parts = (
        localize(f"第{row}行", f"row {row}"),
        column.zh if column and language() == "zh" else field,
        fault.label(language()),
        localize(f"应为：{wording}", f"expected: {wording}") if wording else "",
        f"[{value}]" if value else "",
    )
    return " · ".join(part for part in parts if part)


def _short(rows: str) -> str:
    return rows if len(rows) <= 60 else rows[:57] + "..."


def _verdict(report: ImportReport) -> str:
    if report.applied and report.what is Kind.CAUSES:
        return localize(
            "[green]已写入指派方案草稿；试算并由另一人发布后生效：legal-dispatch policy list[/]",
            "[green]Kept as a draft of the policy; try it and have another publish it: legal-dispatch policy list[/]",
        )
    if report.applied:
        return localize("[green]已导入。[/]", "[green]Imported.[/]")
    if report.dry_run:
        return localize("试导入：没有改变任何数据。", "Dry run: nothing was changed.")
    return localize(
        "[red]没有导入：有的行不符合要求。请改正后重试，或者加 --partial 只导入其余的行。[/]",
        "[red]Not imported: rows were refused. Correct them, or add --partial to keep the others.[/]",
    )


def policy_named(name: str) -> Policy:
    """Return a preset, or the policy in a file."""
    if name in PRESETS:
        return load_preset(name)
    path = Path(name)
    if not path.is_file():
        raise UnknownReferenceError(field="policy", value=name, known=[*PRESETS, "current", "FILE.toml", "FILE.json"])
    return Policy.from_document(read_document(path))


def read_document(file: Path) -> dict[str, Any]:
    """Return the table of fields a file holds."""
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise UnreadableFileError(reason=stated("不是有效的 TOML 或者 JSON 文件", str(fault))) from None
    if not isinstance(document, dict):
        raise UnreadableFileError(reason=stated("应为字段的表", "a table of fields is expected"))
    if _deeper_than(MAX_DEPTH, document):
        expected = stated(f"嵌套应不超过{MAX_DEPTH}层", f"tables are nested in at most {MAX_DEPTH} levels")
        raise UnreadableFileError(reason=expected)
    return document


def _deeper_than(depth: int, document: Any) -> bool:
    level = [document]
    for _ in range(depth):
        level = [child for each in level for child in _children(each)]
    return any(isinstance(each, dict | list) for each in level)


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
