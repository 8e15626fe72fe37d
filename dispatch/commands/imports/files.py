"""Files come in: read, checked row by row, and written whole or not at all."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.bulk import Bulk, Foreseen
from dispatch.commands.imports.portions import apart
from dispatch.commands.imports.report import ImportReport, report_of
from dispatch.commands.imports.upserts import Upsert
from dispatch.commands.jobs import Heartbeat, JobCancelledError, JobClaim, JobContext, fail, finish, perform_job
from dispatch.domain.errors import ImportRefusedError, InvalidFieldError, MappingInvalidError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.vocabulary import JobKind
from dispatch.exchange.columns import Kind
from dispatch.exchange.layout import known_headers, plan_layout
from dispatch.exchange.lookups import load_lookups
from dispatch.exchange.mapping import Section, read_mapping
from dispatch.exchange.records import SheetRecords, read_records
from dispatch.exchange.sheets import Sheet, read_sheet
from dispatch.exchange.tables import TABLES
from dispatch.registry.audit import note
from dispatch.registry.jobs.requests import open_job
from dispatch.registry.seal import Seal
from dispatch.registry.tables import ImportRow, JobRow, UserRow
from dispatch.registry.transaction import Begin, Read, Transaction

BRING_IN = "workers.jobs.perform_import"
QUEUE = "housekeeping"

Progress = Callable[[str, float], None]
"""Told the phase and the share of the whole that is done."""


class Order(NamedTuple):
    """A file to bring in, and how: ``partial`` keeps the good rows, ``dry_run`` keeps none."""

    what: Kind
    content: bytes
    mapping: str | None = None
    partial: bool = False
    dry_run: bool = False


class Upload(NamedTuple):
    """A file as it was handed in over HTTP."""

    what: str
    file_name: str
    content: bytes
    mapping: str | None = None
    partial: bool = False
    dry_run: bool = False


class _UndoneError(Exception):
    """Leaves the transaction without a trace; the report of what would have been is kept."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


# fmt: off
PHASES = {
    # phase      share of the whole done when it begins, and when it ends
    "reading":  (0.00, 0.10),
    "checking": (0.10, 0.60),
    "writing":  (0.60, 1.00),
}
# fmt: on


def import_file(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    what: str,
    path: Path,
    mapping: Path | None = None,
    dry_run: bool = False,
    partial: bool = False,
    progress: Progress | None = None,
    read: Read | None = None,
) -> ImportReport:
    """Bring in a file on this machine; the report says what became of each row, and whether anything was kept."""
    wording = mapping_text(mapping.read_bytes()) if mapping else None
    order = Order(kind_of(what), path.read_bytes(), wording, partial, dry_run)
    return carry_out(begin, seal, actor, now, order, progress, read=read)


def carry_out(
    begin: Begin,
    seal: Seal,
    actor: Actor,
    now: datetime,
    order: Order,
    progress: Progress | None = None,
    close: Callable[[Transaction, ImportReport], None] | None = None,
    read: Read | None = None,
) -> ImportReport:
    """
    Bring in the rows in one transaction, or none of them if one is refused, unless partial.

    A large file of cases is judged whole and comes in by portions, each of them whole or not at all.

    Parameters
    ----------
    close : callable, optional
        Adds to that transaction.
    read : callable, optional
        Where what the rows come to is worked out before anything is locked; left out, it is worked out under the lock.
    """
    require(actor, Verb.IMPORT)
    notify = progress or (lambda *_: None)
    notify("reading", 0.0)
    found, dropped = _rows_of(order, read or _reading(begin), actor, _in_phase(notify, "checking"))
    bulk = Bulk(seal, actor, now, order.what, [record.values for record in found.records], _in_phase(notify, "writing"))

    def reported(fates: Sequence[Upsert]) -> ImportReport:
        return report_of(order.what, found, fates, dropped, order.dry_run, order.partial)

    foreseen = bulk.foresee(read) if read else None
    if foreseen and not (report := reported(foreseen.fates)).applied:
        return report
    if foreseen and len(portions := bulk.portions()) > 1:
        return _by_portions(begin, bulk, foreseen, portions, reported, close)
    try:
        with begin() as tx:
            report = reported(bulk.write(tx, foreseen))
            if not report.applied:
                raise _UndoneError(report)
            note(tx, actor, Verb.IMPORT, order.what.value, None, now)
            if close:
                close(tx, report)
    except _UndoneError as undone:
        return undone.report
    return report


def _by_portions(
    begin: Begin,
    bulk: Bulk,
    foreseen: Foreseen,
    portions: Sequence[list[int]],
    reported: Callable[[Sequence[Upsert]], ImportReport],
    close: Callable[[Transaction, ImportReport], None] | None,
) -> ImportReport:
    """Write one portion after another; a row that was good and is no more is reported, and the others are kept."""
    fates, done, report = list(foreseen.fates), 0, reported(foreseen.fates)
    for portion in apart(portions):
        bulk.notify(done, len(fates))
        with begin() as tx:
            for place, fate in zip(portion, bulk.of(portion).write(tx, foreseen), strict=True):
                fates[place] = fate
            if not done:
                note(tx, bulk.actor, Verb.IMPORT, bulk.kind.value, None, bulk.now)
            done += len(portion)
            report = replace(reported(fates), applied=True)
            if close and done == len(fates):
                close(tx, report)
    return report


def _rows_of(
    order: Order, read: Read, actor: Actor, notify: Callable[[int, int], None]
) -> tuple[SheetRecords, dict[str, int]]:
    """Return the rows of a file as records, and how many cells of which columns are left out."""
    sheet, section = sheet_of(order)
    layout = plan_layout(TABLES[order.what], sheet.header, section)
    with read() as session:
        lookups = load_lookups(session, actor.centre_id, retired=True)
    return read_records(sheet, layout, lookups, notify), dict(layout.dropped)


def sheet_of(order: Order) -> tuple[Sheet, Section | None]:
    """Return the sheet of a file, and what its mapping says of it."""
    section = read_mapping(order.mapping).section(order.what) if order.mapping else None
    place = (section.sheet, section.header_row) if section else (None, None)
    return read_sheet(order.content, known_headers(TABLES[order.what], section), *place), section


def _reading(begin: Begin) -> Read:
    @contextmanager
    def read() -> Iterator[Session]:
        with begin() as tx:
            yield tx.session

    return read


def request_import(begin: Begin, seal: Seal, actor: Actor, now: datetime, upload: Upload) -> ImportRow:
    """Keep an uploaded file, sealed, and ask a worker to bring it in; a mapping at fault is refused at once."""
    require(actor, Verb.IMPORT)
    kind = kind_of(upload.what)
    if upload.mapping:
        read_mapping(upload.mapping).section(kind)
    sealed = seal.seal_bytes(upload.content)
    with begin() as tx:
        job = open_job(tx, JobKind.IMPORT, actor, actor.centre_id, now)
        tx.session.flush()
        row = tx.add(
            ImportRow(
                id=job.id,
                centre_id=actor.centre_id,
                what=kind.value,
                file_name=upload.file_name[-200:],
                mapping=upload.mapping,
                content=sealed,
                partial=upload.partial,
                dry_run=upload.dry_run,
            )
        )
        tx.enqueue(BRING_IN, row.id, QUEUE, now, actor.centre_id)
        return row


def perform_import(context: JobContext, seal: Seal, import_id: str) -> str:
    """Bring in an uploaded file; one that is taken or over is left alone."""
    return perform_job(
        context,
        "import",
        import_id,
        lambda held, heart: _perform(context, seal, held, heart),
        lambda held, report: _conclude(context, held, report),
    )


def _perform(context: JobContext, seal: Seal, held: JobClaim, heart: Heartbeat) -> ImportReport:
    order, actor = _ordered(context.begin, seal, held)
    phase = ""

    def progress(now_in: str, share: float) -> None:
        nonlocal phase
        if heart.cancelled():
            raise JobCancelledError
        # While the rows are written this process holds the database, and a beat would wait for itself.
        if now_in != phase and now_in != "writing":
            heart.report(now_in, share)
        phase = now_in

    def close(tx: Transaction, report: ImportReport) -> None:
        finish(tx, held, context.clock(), report.to_document())

    return carry_out(context.begin, seal, actor, context.clock(), order, progress, close, context.read)


def _conclude(context: JobContext, held: JobClaim, report: ImportReport) -> str:
    """Close the job of an import that kept nothing: a dry run is done, a refused file has failed."""
    wording = f"{len(report.fates[Fate.CREATED])} created, {len(report.fates[Fate.UPDATED])} updated"
    if report.applied:
        return wording
    if not report.dry_run:
        error = ImportRefusedError(report=report.to_document())
        fail(context.begin, context.clock(), held, {"type": error.code, "facts": dict(error.facts)})
        return "refused"
    with context.begin() as tx:
        finish(tx, held, context.clock(), report.to_document())
    return f"dry run, {wording}"


def _ordered(begin: Begin, seal: Seal, held: JobClaim) -> tuple[Order, Actor]:
    with begin() as tx:
        row = tx.session.get_one(ImportRow, held.job_id)
        user = tx.session.get_one(UserRow, tx.session.get_one(JobRow, held.job_id).asked_by)
        content = seal.open_bytes(row.content or b"")
        order = Order(kind_of(row.what), content, row.mapping, row.partial, row.dry_run)
        return order, Actor(user.id, user.role, user.centre_id, user.practitioner_id, user.institution_id)


def mapping_text(content: bytes) -> str:
    """Return the text of a mapping file."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        reason = {"zh": "不是 UTF-8 编码", "en": "it is not in UTF-8"}
        raise MappingInvalidError(problems=[{"field": "", "reason": reason}]) from None


def kind_of(what: str) -> Kind:
    """Return the kind of records a word names."""
    try:
        return Kind(what)
    except ValueError:
        raise InvalidFieldError(field="what", value=what, expected=[kind.value for kind in Kind]) from None


def _in_phase(notify: Progress, phase: str) -> Callable[[int, int], None]:
    start, end = PHASES[phase]
    return lambda done, total: notify(phase, start + (end - start) * done / max(total, 1))
