"""What is so of every register at every moment, whoever acted at once with whom: a question each, answered in SQL.

Each statement selects what breaks its sentence; a sound register has none of it. What a constraint of the database
forbids, such as a seat held twice, is not asked again.
"""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import text
from sqlmodel import Session, col, select

from dispatch.domain.lifecycle import LEADS_BACK, LEFT_EARLY, TRANSITIONS, UNDECIDED
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import CaseEventRow
from dispatch.registry.transaction import Read

HELD = (Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN, Status.CLOSED, Status.EVALUATED)
"""States of a case of which every seat is taken, or was carried through."""

KEPT = (EndReason.CLOSED, EndReason.TERMINATED, EndReason.RETAINED, EndReason.TRANSFERRED)
"""Ends after which begun work stays a turn: nobody took the case over."""


WAYS: dict[tuple[Status | None, str], Status] = {
    (before, event.value): after for (before, event), after in TRANSITIONS.items()
}


OF_THE_FILE = "'T18a', 'T18b'"
"""Limits that begin when the work is done: to hand the file in, and to pay."""

OF_THE_END = "'T10', 'T19a', 'T19b', 'T19c', 'T20a', 'T20b', 'T20c'"
"""Limits that may begin when aid has ended: to tell everybody, and to answer objections and complaints."""


def words(terms: tuple[Status, ...] | tuple[EndReason, ...]) -> str:
    """Return the values as a list of SQL."""
    return ", ".join(f"'{term.value}'" for term in terms)


def counted(table: str, condition: str) -> str:
    """Return a subquery: how many rows of the table belong to the case ``c``."""
    return f"(SELECT count(*) FROM {table} WHERE {table}.case_id = c.id AND {condition})"


LIVE = counted("assignment", "ended_at IS NULL")
CARRIED = counted("assignment", "end_reason = 'closed'")
ASKED = counted("offer", "state = 'pending'")
POSTED = counted("posting", "state = 'open'")
ENTRUSTED = counted("arrangement", "state = 'open'")
WALKED = counted("plan", "state = 'open'")
NAMED = counted("designation", "state = 'waiting'")
CLOSINGS = counted("case_event", "event = 'close'")
REPORTS = counted("paper", "kind = 'closing'")

EITHER_BUT_NOT_BOTH = "SELECT c.number FROM legal_case c WHERE c.centre_id = :centre AND ({}) <> ({})"

WAYS_ONLY = "a history is a way through the table of transitions"

# fmt: off
INVARIANTS: dict[str, str] = {
    "a case is held when all its seats are, and only then":
        EITHER_BUT_NOT_BOTH.format(f"c.status IN ({words(HELD)})", f"{LIVE} + {CARRIED} = c.demand"),
    "a case that is over, or not granted, is in nobody's hands":
        f"SELECT c.number FROM legal_case c WHERE c.centre_id = :centre AND {LIVE} > 0 "
        f"AND c.status NOT IN ({words((*HELD[:4], *UNDECIDED))})",
    "a case is offered while somebody is asked":
        EITHER_BUT_NOT_BOTH.format("c.status = 'offered'", f"{ASKED} > 0"),
    "a case is posted while it is on the board":
        EITHER_BUT_NOT_BOTH.format("c.status = 'posted'", f"{POSTED} > 0"),
    "a case is entrusted while an institution is to arrange its person":
        EITHER_BUT_NOT_BOTH.format("c.status = 'entrusted'", f"{ENTRUSTED} > 0"),
    "a chain is walked by undecided cases only":
        f"SELECT c.number FROM legal_case c WHERE c.centre_id = :centre AND c.status NOT IN ({words(UNDECIDED)}) "
        f"AND {WALKED} > 0",
    "a designation waits for undecided cases only":
        f"SELECT c.number FROM legal_case c WHERE c.centre_id = :centre AND c.status NOT IN ({words(UNDECIDED)}) "
        f"AND {NAMED} > 0",
    "a claim is open while its posting is":
        "SELECT claim.id FROM claim JOIN posting ON posting.id = claim.posting_id WHERE claim.centre_id = :centre "
        "AND claim.state = 'open' AND posting.state <> 'open'",
    "a claim that won has its assignment, and no assignment two of them":
        "SELECT assignment_id FROM claim WHERE centre_id = :centre AND state = 'won' "
        "GROUP BY assignment_id HAVING count(*) > 1 OR assignment_id IS NULL",
    "a request to replace somebody waits while they have the case, and its time limit runs":
        "SELECT r.id FROM replacement r JOIN assignment a ON a.id = r.assignment_id WHERE r.centre_id = :centre "
        "AND r.state = 'waiting' AND (a.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM clock "
        "WHERE clock.assignment_id = a.id AND clock.code = 'T11' AND clock.stopped_at IS NULL))",
    "an approved replacement ended the assignment it was about":
        "SELECT r.id FROM replacement r JOIN assignment a ON a.id = r.assignment_id WHERE r.centre_id = :centre "
        "AND r.state = 'approved' AND (a.end_reason IS NULL OR a.end_reason <> 'replaced')",
    "no time limit runs for an assignment that is over, but those of its file":
        "SELECT clock.id FROM clock JOIN assignment ON assignment.id = clock.assignment_id "
        "WHERE clock.centre_id = :centre AND clock.stopped_at IS NULL AND assignment.ended_at IS NOT NULL "
        f"AND NOT (assignment.end_reason = 'closed' AND clock.code IN ({OF_THE_FILE}))",
    "a time limit runs once for a case, or for an assignment of it":
        "SELECT case_id, assignment_id, code FROM clock WHERE centre_id = :centre AND stopped_at IS NULL "
        "GROUP BY case_id, assignment_id, code HAVING count(*) > 1",
    "no time limit runs for a case that left, but those of telling it and of what is said against it":
        "SELECT c.number, clock.code FROM legal_case c JOIN clock ON clock.case_id = c.id WHERE c.centre_id = :centre "
        f"AND clock.stopped_at IS NULL AND c.status IN ({words(LEFT_EARLY)}) AND clock.code NOT IN ({OF_THE_END})",
    "an assignment is a turn while it is held, and afterwards if the work had begun and nobody took it over":
        "SELECT a.id FROM assignment a LEFT JOIN ledger l ON l.assignment_id = a.id WHERE a.centre_id = :centre "
        "GROUP BY a.id HAVING coalesce(sum(l.turns), 0) <> (CASE WHEN a.ended_at IS NULL "
        f"OR (a.begun_at IS NOT NULL AND a.end_reason IN ({words(KEPT)})) THEN 1 ELSE 0 END)",
    "a case is where its history ends":
        "SELECT c.number FROM legal_case c JOIN case_event e ON e.id = (SELECT max(id) FROM case_event "
        "WHERE case_id = c.id) WHERE c.centre_id = :centre AND e.to_status <> c.status",
    "who closed a case has a closing report in its file for each time, corrected or not":
        "SELECT c.id FROM legal_case c WHERE c.centre_id = :centre AND "
        f"{REPORTS} <> {CLOSINGS}",
}
# fmt: on


ALL = text(" UNION ALL ".join(f"SELECT {n} FROM ({each}) AS broken_{n}" for n, each in enumerate(INVARIANTS.values())))
"""The numbers of the sentences that are not so, in one question: it is asked after every step of a random day."""


def unsound(session: Session, centre_id: str) -> dict[str, Sequence[object]]:
    """Return the sentences that are not so of the centre's register, each with what breaks it."""
    sentences, bound = list(INVARIANTS), {"centre": centre_id}
    broken = sorted(set(session.connection().execute(ALL, bound).scalars()))
    found: dict[str, Sequence[object]] = {
        sentences[n]: session.connection().execute(text(INVARIANTS[sentences[n]]), bound).all() for n in broken
    }
    strayed = _strayed(session, centre_id)
    return found | ({WAYS_ONLY: strayed} if strayed else {})


def require_sound(read: Read, centre_id: str) -> None:
    """Raise AssertionError for whatever is not so."""
    with read() as session:
        broken = unsound(session, centre_id)
    assert not broken, broken


def _strayed(session: Session, centre_id: str) -> list[CaseEventRow]:
    """Return the steps of a history that no row of the table allows, or that begin elsewhere than the last ended."""
    own = select(CaseEventRow).where(CaseEventRow.centre_id == centre_id)
    rows = session.exec(own.order_by(col(CaseEventRow.case_id), col(CaseEventRow.id))).all()
    jumped = [
        after
        for before, after in pairwise(rows)
        if before.case_id == after.case_id and before.to_status is not after.from_status
    ]
    return jumped + [row for row in rows if not _allowed(row)]


def _allowed(row: CaseEventRow) -> bool:
    if row.from_status in (None, row.to_status) or (row.from_status, row.event) in LEADS_BACK:
        return True
    return WAYS.get((row.from_status, row.event)) is row.to_status
