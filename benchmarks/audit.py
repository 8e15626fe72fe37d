"""What must hold after a storm, read from the register and compared with every answer that was given."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from benchmarks.board import Board
from benchmarks.stubborn import Answered
from dispatch.domain.states import ClaimState, OfferState, PostingState
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import (
    AssignmentRow,
    AttributesRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    LedgerRow,
    OfferRow,
    OutboxRow,
    PostingRow,
)
from dispatch.registry.transaction import Read

CARRIED_OUT = "answer-pending"
"""The process died between commit and reply: a repetition is told so, and the register says what was done."""


HEADER = (
    "| seed | processes | claims | won | kept, then lost | refused | asked again | answer lost | offers | seconds "
    "| load |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)


class Account(NamedTuple):
    """What came of a storm."""

    claims: int
    wins: int
    lost: Counter[str]
    """Claims that were taken and did not win, by the reason that is recorded."""
    refused: Counter[str]
    """Refusals by code and reason."""
    repeated: int
    carried_out: int
    """Requests whose answer was lost with its process, but not what they did."""
    granted: int
    seconds: float
    acts: Mapping[str, int] = MappingProxyType({})
    """Acts on cases at work that were carried out, by the last word of their path."""

    def as_row(self, seed: int, processes: str, load: str) -> str:
        """Return the account as a row of the table."""
        return (
            f"| {seed} | {processes} | {self.claims} | {self.wins} "
            f"| {_reported(self.lost)} | {_reported(self.refused)} | {self.repeated} | {self.carried_out} "
            f"| {self.granted} | {self.seconds:.0f} | {load} |"
        )


def unsettled(read: Read, centre_id: str) -> dict[str, int]:
    """Return what is still under way: sealed claims, jobs, granted cases that nobody was asked about."""
    with read() as session:
        claims = select(ClaimRow).where(ClaimRow.centre_id == centre_id, ClaimRow.state == ClaimState.OPEN)
        jobs = select(OutboxRow).where(OutboxRow.centre_id == centre_id, col(OutboxRow.done_at).is_(None))
        cases = select(CaseRow).where(CaseRow.centre_id == centre_id, CaseRow.status == Status.PENDING)
        found: dict[str, Any] = {"claims": claims, "jobs": jobs, "cases": cases}
        counts = {name: len(session.exec(statement).all()) for name, statement in found.items()}
    return {name: count for name, count in counts.items() if count}


def audit(
    read: Read,
    board: Board,
    answers: Sequence[Answered],
    quota: Mapping[str, int],
    seconds: float,
    without: Collection[str] = (),
) -> Account:
    """Return what came of it, or raise AssertionError for whatever does not hold; cases ``without`` are not its own."""
    with read() as session:
        rows = _less({table: _of(session, table, board.centre_id) for table in TABLES}, without)
    claims = rows[ClaimRow]
    _require_single(rows)
    _require_caps(rows, quota)
    _require_ledger(rows)
    _require_answers(claims, answers)
    _require_offers(rows, answers)
    asked = [answer for answer in answers if answer.asked.body is None]
    refused = Counter(a.outcome for a in asked if a.status >= 400 and a.outcome != CARRIED_OUT)
    return Account(
        claims=len(asked),
        wins=sum(claim.state is ClaimState.WON for claim in claims),
        lost=Counter(claim.reason for claim in claims if claim.state is ClaimState.LOST),
        refused=refused,
        repeated=sum(answer.asks > 1 for answer in answers),
        carried_out=sum(answer.status >= 400 and answer.outcome == CARRIED_OUT for answer in answers),
        granted=len(rows[OfferRow]),
        seconds=seconds,
    )


TABLES = (AssignmentRow, AttributesRow, CaseEventRow, CaseRow, ClaimRow, LedgerRow, OfferRow, PostingRow)
Rows = Mapping[Any, Sequence[Any]]


def _less(rows: Rows, case_ids: Collection[str]) -> Rows:
    """Return the rows without those of some cases."""
    theirs = {row.id for row in rows[AssignmentRow] if row.case_id in case_ids}
    return {
        table: [
            row for row in kept
            if getattr(row, "case_id", row.id) not in case_ids and getattr(row, "assignment_id", None) not in theirs
        ]
        for table, kept in rows.items()
    }  # fmt: skip


def _require_single(rows: Rows) -> None:
    """No case twice: one assignment for each case that is taken, one winner, one event, and none for the others."""
    live = [row for row in rows[AssignmentRow] if row.ended_at is None]
    won = [claim for claim in rows[ClaimRow] if claim.state is ClaimState.WON]
    assigned = {case.id for case in rows[CaseRow] if case.status is Status.ASSIGNED}
    _same("assignments", Counter(row.case_id for row in live), Counter(assigned))
    _same("winners", {(c.case_id, c.practitioner_id, c.assignment_id) for c in won},
          {(row.case_id, row.practitioner_id, row.id) for row in live})  # fmt: skip
    _same("events", Counter(e.case_id for e in rows[CaseEventRow] if e.event == "grab"), Counter(assigned))
    granted = {row.case_id for row in rows[PostingRow] if row.state is PostingState.GRANTED}
    _same("postings", granted, assigned)


def _require_caps(rows: Rows, quota: Mapping[str, int]) -> None:
    caps = {row.practitioner_id: row.capacity for row in rows[AttributesRow]}
    held = Counter(row.practitioner_id for row in rows[AssignmentRow])
    for who, count in held.items():
        _within("cap", count, caps[who])
        _within("quota", count, quota["weekly_claims"])


def _require_ledger(rows: Rows) -> None:
    turns = Counter({row.assignment_id: row.turns for row in rows[LedgerRow]})
    _same("ledger", len(rows[LedgerRow]), len(turns))
    _same("turns", turns, Counter(row.id for row in rows[AssignmentRow]))
    _same("effort", {row.effort for row in rows[LedgerRow]}, {EFFORT} if rows[LedgerRow] else set())


EFFORT = 10
"""Credit of a case of litigation in the national preset."""


def _require_answers(claims: Sequence[ClaimRow], answers: Iterable[Answered]) -> None:
    """What was promised is kept, what was refused is not there, and whoever lost is told why."""
    known = {f"{claim.practitioner_id}-{claim.case_id}": claim for claim in claims}
    _same("claims", len(known), len(claims))
    for answer in answers:
        if answer.asked.body is not None:
            continue
        claim = known.get(answer.asked.key)
        if answer.status >= 400 and answer.outcome != CARRIED_OUT:
            _same(f"refused claim {answer.wording}", claim, None)
            continue
        assert claim is not None, f"lost: {answer}"
        if answer.outcome == ClaimState.WON:
            _same("won claim", claim.state, ClaimState.WON)
        assert claim.state is ClaimState.WON or claim.reason, f"lost without a reason: {claim.id}"


def _require_offers(rows: Rows, answers: Iterable[Answered]) -> None:
    """Each granted case is registered once and asks exactly one lawyer."""
    handed = [answer for answer in answers if answer.asked.body is not None]
    offered = Counter(row.case_id for row in rows[OfferRow] if row.state is OfferState.PENDING)
    registered = [case.id for case in rows[CaseRow] if case.number.startswith("granted-")]
    _same("granted cases", len(registered), len(handed))
    _same("offers", offered, Counter(registered))


def _of(session: Session, table: Any, centre_id: str) -> Sequence[Any]:
    return session.exec(select(table).where(table.centre_id == centre_id)).all()


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"{what}: {found} instead of {expected}")


def _within(what: str, count: int, most: int) -> None:
    if count > most:
        raise AssertionError(f"{what}: {count} above {most}")


def _reported(counts: Counter[str]) -> str:
    return "; ".join(f"{name} {count}" for name, count in counts.most_common()) or "none"
