"""The watch over every time limit, and over who is not in need: each is a finding while it lasts."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from dispatch.casework.deadline_watch import horizon
from dispatch.commands.cases.entitlement import HANDLED
from dispatch.domain.errors import PolicyMissingError
from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.registry import findings
from dispatch.registry.census import list_centres
from dispatch.registry.due.cases import list_not_in_need
from dispatch.registry.due.clocks import due_clocks
from dispatch.registry.records import RegisterRecords
from dispatch.registry.tables import CentreRow, ClockRow
from dispatch.registry.transaction import Begin, Read

WATCHED = (FindingKind.CLOCK_DUE, FindingKind.CLOCK_OVERDUE, FindingKind.MEANS_NOT_MET)

SOON_DAYS = 1
"""Working days ahead within which an end is soon."""


def watch_clocks(begin: Begin, read: Read, now: datetime) -> int:
    """Let the open findings about time limits be what runs out now; return how many are new. Idempotent."""
    with read() as session:
        centre_ids = [centre.id for centre in list_centres(session)]
    return sum(_watch(begin, read, centre_id, now) for centre_id in centre_ids)


def _watch(begin: Begin, read: Read, centre_id: str, now: datetime) -> int:
    with read() as session:
        try:
            office = RegisterRecords(session, centre_id, now).office
        except PolicyMissingError:
            return 0
        seen = _observed(due_clocks(session, centre_id, horizon(office, now, SOON_DAYS)), office.zone, now)
        # 《法律援助法》第四十八条第一款第四项.
        seen += [
            Observation(FindingKind.MEANS_NOT_MET, "legal_case", case_id, {"case_id": case_id})
            for case_id in list_not_in_need(session, centre_id, HANDLED)
        ]
        if {(each.kind, each.subject_id, each.due_on) for each in seen} == findings.open_keys(
            session, centre_id, WATCHED
        ):
            return 0
    with begin() as tx:
        tx.lock(CentreRow, centre_id)
        return findings.reconcile(tx, centre_id, WATCHED, seen, now).opened


def _observed(due: Sequence[ClockRow], zone: tzinfo, now: datetime) -> list[Observation]:
    return [
        Observation(
            FindingKind.CLOCK_OVERDUE if row.due_at < now else FindingKind.CLOCK_DUE,
            "clock",
            row.id,
            {"case_id": row.case_id, "code": row.code, "whose": DEADLINES[row.code].whose.value,
             "due_at": row.due_at.isoformat()},
            row.due_at.astimezone(zone).date(),
        )
        for row in due
    ]  # fmt: skip
