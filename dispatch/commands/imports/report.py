"""What became of each row of an imported file."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dispatch.commands.cases.intake import Fate
from dispatch.commands.imports.upserts import Upsert
from dispatch.domain.errors import DispatchError
from dispatch.domain.law.safeguards import SAFEGUARDS
from dispatch.exchange.columns import Kind
from dispatch.exchange.faults import CellFault, Remark, RemarkKind, RowRefusal, Words, shown
from dispatch.exchange.records import SheetRecords

MAX_REPORTED = 1_000
"""Refusals listed one by one; more would be a file nobody reads."""

# fmt: off
FAULTS = {
    # error of the register     how a row with it is refused
    "unknown-reference":        CellFault.UNKNOWN,
    "invalid-field":            CellFault.CONTRADICTION,
    "duplicate-number":         CellFault.TAKEN,
}
# fmt: on


@dataclass(frozen=True)
class ImportReport:
    """The fate of every row, by its number as people see it; nothing was kept unless ``applied``."""

    what: Kind
    fates: Mapping[Fate, Sequence[int]]
    refused: Sequence[RowRefusal]
    dropped: Mapping[str, int]
    passed_over: int
    dry_run: bool
    applied: bool
    remarks: Sequence[Remark] = ()

    @property
    def created(self) -> int:
        """Return how many records are new."""
        return len(self.fates[Fate.CREATED])

    @property
    def updated(self) -> int:
        """Return how many records changed."""
        return len(self.fates[Fate.UPDATED])

    @property
    def unchanged(self) -> int:
        """Return how many records were there already, just so."""
        return len(self.fates[Fate.UNCHANGED])

    @property
    def refused_rows(self) -> int:
        """Return how many rows were refused, each perhaps for several reasons."""
        return len(self.fates[Fate.REFUSED])

    def to_document(self) -> dict[str, Any]:
        """Return the report as JSON: counts, the rows of each fate as ranges, and why rows were refused."""
        return {
            "what": self.what.value,
            "applied": self.applied,
            "dry_run": self.dry_run,
            **{fate.value: len(rows) for fate, rows in self.fates.items()},
            "rows": {fate.value: ranges(rows) for fate, rows in self.fates.items()},
            "refusals": [refusal.to_document() for refusal in self.refused[:MAX_REPORTED]],
            "refusals_left_out": max(0, len(self.refused) - MAX_REPORTED),
            "passed_over": self.passed_over,
            "dropped": dict(self.dropped),
            "remarks": [_document(remark) for remark in self.remarks],
        }


def report_of(
    what: Kind, read: SheetRecords, upserts: Sequence[Upsert], dropped: Mapping[str, int], dry_run: bool, partial: bool
) -> ImportReport:
    """Return the report of rows that were read and then laid before the register."""
    refusals = list(read.refusals)
    fates: dict[Fate, list[int]] = {fate: [] for fate in Fate}
    for record, upsert in zip(read.records, upserts, strict=True):
        if upsert.error:
            refusals.append(refusal_of(record.row, record.values, upsert.error))
        else:
            fates[upsert.fate].append(record.row)
    fates[Fate.REFUSED] = sorted({refusal.row for refusal in refusals})
    applied = not dry_run and (partial or not refusals)
    return ImportReport(
        what,
        fates,
        sorted(refusals, key=lambda refusal: refusal.row),
        dropped,
        read.passed_over,
        dry_run,
        applied,
        [*read.remarks, *_awaiting(read, upserts), *_remarked(read, upserts)],
    )


def _awaiting(read: SheetRecords, upserts: Sequence[Upsert]) -> Iterator[Remark]:
    """Yield which rows wait in a part for a second person, by the protection they would lower."""
    for safeguard in SAFEGUARDS:
        pairs = zip(read.records, upserts, strict=True)
        if rows := tuple(record.row for record, upsert in pairs if safeguard.code in upsert.safeguards):
            yield Remark(RemarkKind.AWAITS_SECOND, safeguard.zh, rows)


def _remarked(read: SheetRecords, upserts: Sequence[Upsert]) -> Iterator[Remark]:
    """Yield what is said of rows beside their fates, each once for all of its rows."""
    pairs = list(zip(read.records, upserts, strict=True))
    for kind in sorted({kind for upsert in upserts for kind in upsert.remarks}):
        yield Remark(kind, rows=tuple(record.row for record, upsert in pairs if kind in upsert.remarks))


def _document(remark: Remark) -> dict[str, Any]:
    text = {language: remark.text(language) for language in ("zh", "en")}
    return {"code": remark.kind.value, "where": remark.where, "rows": ranges(remark.rows), "text": text}


def refusal_of(row: int, values: Mapping[str, Any], error: DispatchError) -> RowRefusal:
    """Return why the register refused a row; its own words are kept, the cell's are not."""
    fault = FAULTS.get(error.code, CellFault.REFUSED)
    field = str(error.facts.get("field", "number" if fault is CellFault.TAKEN else ""))
    value = error.facts.get("value")
    expected = error.facts.get("expected")
    if isinstance(expected, dict):
        wording = Words(expected["zh"], expected["en"])
    elif expected is None and fault is CellFault.UNKNOWN:
        wording = Words("本中心已登记的编号或者名称；请核对，或者先登记", "a code or name on the register")
    elif expected is None:
        wording = Words(error.title("zh"), error.title("en"))
    else:
        wording = Words(str(expected), str(expected))
    return RowRefusal(row, _column_of(field, value, values), fault, wording, shown(value))


def _column_of(field: str, value: Any, values: Mapping[str, Any]) -> str:
    """Return the column an error means; ties take three columns but are one field of a case."""
    if field != "relations":
        # The n-th of a list, or a part of it, is told by the column that lists them.
        return WITHIN.sub("", field)
    ties = ("co_defendants", "opposing_sides", "earlier_stage")
    return next((name for name in ties if value in (values.get(name) or ())), field)


WITHIN = re.compile(r"_\d+(_\w+)?$")


def ranges(rows: Iterable[int]) -> str:
    """Return row numbers as people write them: ``2-40, 42``."""
    runs = groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0])
    found = [[row for _, row in run] for _, run in runs]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in found)
