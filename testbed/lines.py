"""Every line that a replay and the service write about the same days, as text that can be compared line by line."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from dispatch.casework.ending import REASONS
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    LedgerRow,
    OfferRow,
    PairRow,
    PlanRow,
    PostingRow,
    ReplacementRow,
)
from dispatch.simulation.replay.play import Played

OWN_IDS = frozenset({
    "arrangement_id", "assignment_id", "assignment_ids", "begun_clock_ids", "clock_ids", "finished_on", "offer_id",
    "offer_ids", "outcome", "paper_id", "posting_id", "replacement_id",
})  # fmt: skip
"""What each side names by ids of its own, and what only papers say."""

LEAVING = frozenset(event.value for event in REASONS)
"""Events that let a case leave; on which ground is no decision of the service."""

# fmt: off
COLUMNS = {
    # lines         what is compared of each
    "offers":       ("case_id", "seat", "practitioner_id", "mode", "state", "reason", "offered_at", "expires_at",
                     "answered_at", "waived_until"),
    "claims":       ("case_id", "practitioner_id", "state", "reason", "claimed_at", "settled_at"),
    "postings":     ("case_id", "state", "posted_at", "sealed_until", "ends_at", "closed_at"),
    "arrangements": ("case_id", "seat", "institution_id", "state", "reason", "entrusted_at", "due_at", "ended_at"),
    "replacements": ("case_id", "asker", "ground", "asked_at", "due_at", "state", "same_institution", "decided_at"),
    "clocks":       ("case_id", "code", "started_at", "due_at", "stopped_at", "became"),
    "assignments":  ("case_id", "seat", "practitioner_id", "institution_id", "mode", "assigned_at", "accepted_at",
                     "signed_at", "begun_at", "ended_at", "end_reason", "pool"),
    "cases":        ("id", "status", "relaxed", "revision", "updated_at"),
}
PLAN = ("chain", "step", "mode", "state", "began_at", "started_at", "ends_at", "asks_at", "promised", "reminded_at",
        "escalated_at")
TABLES: dict[str, Any] = {
    "offers":       OfferRow,
    "claims":       ClaimRow,
    "postings":     PostingRow,
    "arrangements": ArrangementRow,
    "replacements": ReplacementRow,
    "clocks":       ClockRow,
    "assignments":  AssignmentRow,
    "cases":        CaseRow,
}
# fmt: on

Lines = dict[str, list[list[str]]]


def written(played: Played) -> Lines:
    """Return every line the replay has written."""
    files = list(played.files.values())
    postings = [posting for file in files for posting in file.postings]
    records: dict[str, Iterable[Any]] = {
        "offers": (offer for file in files for offer in file.offers),
        "claims": (claim for posting in postings for claim in posting.claims),
        "postings": postings,
        "arrangements": (given for file in files for given in file.arrangements),
        "replacements": (asked for file in files for asked in file.replacements),
        "clocks": (clock for file in files for clock in file.clocks),
        "assignments": (each for each in played.assignments if each.in_period),
        "cases": files,
    }
    plans = ((file.id, plan) for file in files for plan in file.plans)
    history = ((each.case_id, each) for each in played.history)
    return {name: _lines(_cells(name, found)) for name, found in records.items()} | {
        "history": _lines(
            (each.at, id, n, each.event, each.before, each.after, each.mode, facts_of(each.event, each.facts))
            for id, n, each in _numbered(history)
        ),
        "plans": _lines(_plan_cells(plans)),
        "pairs": _lines((file.id, who, kind) for file in files for who, kind in file.pairs),
        "ledger": _lines(
            (each.at, each.practitioner_id, each.entry.kind, each.entry.turns, each.entry.effort, each.share)
            for each in played.ledger
        ),
    }


def recorded(session: Session) -> Lines:
    """Return the same lines as the register has them."""
    events = session.exec(select(CaseEventRow).order_by(col(CaseEventRow.id))).all()
    return {name: _lines(_cells(name, session.exec(select(table)))) for name, table in TABLES.items()} | {
        "history": _lines(
            (row.at, id, n, row.event, row.from_status, row.to_status, row.mode, facts_of(row.event, row.facts))
            for id, n, row in _numbered((row.case_id, row) for row in events)
        ),
        "plans": _lines(_plan_cells((row.case_id, row) for row in session.exec(select(PlanRow)))),
        "pairs": _lines((row.case_id, row.practitioner_id, row.kind) for row in session.exec(select(PairRow))),
        "ledger": _lines(
            (row.at, row.practitioner_id, row.kind, row.turns, row.effort, row.share)
            for row in session.exec(select(LedgerRow))
        ),
    }


def differences(one: Lines, other: Lines) -> dict[str, tuple[list[list[str]], list[list[str]]]]:
    """Return by kind the lines that only the one has, and those that only the other has; nothing where both agree."""
    found = {name: (_without(one[name], other[name]), _without(other[name], one[name])) for name in one}
    return {name: lines for name, lines in found.items() if any(lines)}


def facts_of(entry: str, facts: dict[str, Any] | None) -> str:
    """Return what an entry says but for what only papers say, and the ids that each side gives its own records."""
    unsaid = OWN_IDS | ({"ground"} if entry in LEAVING else set())
    kept = {name: wording for name, wording in (facts or {}).items() if name not in unsaid}
    # PostgreSQL keeps the names of a document in an order of its own.
    return json.dumps(kept, sort_keys=True)


def _numbered(entries: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, int, Any]]:
    in_order = sorted(entries, key=lambda entry: entry[0])
    for id, found in groupby(in_order, key=lambda entry: entry[0]):
        for n, (_, entry) in enumerate(found):
            yield id, n, entry


def _plan_cells(plans: Iterable[tuple[str, Any]]) -> Iterator[list[Any]]:
    return ([case_id, *(getattr(plan, column) for column in PLAN)] for case_id, plan in plans)


def _cells(name: str, records: Iterable[Any]) -> Iterator[list[Any]]:
    return ([getattr(record, column) for column in COLUMNS[name]] for record in records)


def _lines(rows: Iterable[Sequence[Any]]) -> list[list[str]]:
    return sorted([str(cell) for cell in row] for row in rows)


def _without(lines: list[list[str]], others: list[list[str]]) -> list[list[str]]:
    known = {tuple(line) for line in others}
    return [line for line in lines if tuple(line) not in known]
