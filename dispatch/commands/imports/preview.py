"""A file as it would come in, row by row, before anything is kept: brought in as shown, or its faults given back."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from dispatch.commands.imports.files import Order, Upload, carry_out, kind_of, request_import, sheet_of
from dispatch.commands.imports.report import ImportReport
from dispatch.domain.errors import StaleError, TooLargeError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.exchange.refused import write_refused
from dispatch.exchange.tables import TABLES
from dispatch.registry.seal import Seal
from dispatch.registry.tables import ImportRow
from dispatch.registry.transaction import Begin, Read

MAX_BYTES = 512 * 2**10
"""Of a file that is worked out while somebody waits: some ten thousand rows; a larger one is a job of its own."""


def preview_import(begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, upload: Upload) -> dict[str, Any]:
    """Return the report of what would become of each row, and the digest by which it is brought in."""
    report = _foreseen(begin, read, seal, actor, now, upload)[1].to_document()
    return {**report, "digest": sha256(json.dumps(report, sort_keys=True).encode()).hexdigest()}


def give_back_refused(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, upload: Upload, path: Path, language: str = "zh"
) -> int:
    """Write the rows of a file that would be refused as a workbook to put right, each with why; return how many."""
    order, report = _foreseen(begin, read, seal, actor, now, upload)
    return write_back(path, order, report, language)


def write_back(path: Path, order: Order, report: ImportReport, language: str) -> int:
    """Write the rows that a report says were refused of a file; return how many."""
    return write_refused(path, sheet_of(order)[0], TABLES[order.what], report.refused, language)


def _foreseen(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, upload: Upload
) -> tuple[Order, ImportReport]:
    require(actor, Verb.IMPORT)
    if len(upload.content) > MAX_BYTES:
        largest = MAX_BYTES // 2**10
        expected = stated(
            f"不超过{largest} KB（约一万行）；更大的请拆成几个文件分别导入，或者请系统管理员用命令行导入",
            f"at most {largest} KB, some ten thousand rows: split a larger file, or ask the administrator, who imports "
            "it from the command line",
        )
        raise TooLargeError(field="file", expected=expected)
    order = Order(kind_of(upload.what), upload.content, upload.mapping, upload.partial, dry_run=True)
    return order, carry_out(begin, seal, actor, now, order, read=read)


def import_as_previewed(
    begin: Begin, read: Read, seal: Seal, actor: Actor, now: datetime, upload: Upload, digest: str
) -> ImportRow:
    """
    Ask a worker to bring in a file that was looked at.

    Raises
    ------
    StaleError
        If its rows would fare otherwise than was shown, because the register has changed since.
    """
    if preview_import(begin, read, seal, actor, now, upload)["digest"] != digest:
        raise StaleError(what="import", expected=stated("请重新核对逐行结果", "look at the fate of each row again"))
    return request_import(begin, seal, actor, now, upload)
