"""What an operator must see to on the machine itself: room, backups, calendar, and whether the history is guarded."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlmodel import Session, col, func, select

from dispatch.commands.backups.restoring import SUBJECT
from dispatch.commands.doctor import Ailment, Finding
from dispatch.domain.errors import UnavailableError
from dispatch.domain.findings import FindingKind
from dispatch.domain.log.words import OwnVerb
from dispatch.registry import findings, migrate
from dispatch.registry.audit import last_done
from dispatch.registry.log.triggers import check_triggers
from dispatch.registry.tables import AuditRow, CentreRow, LogLeafRow
from dispatch.registry.transaction import Read

MIN_FREE_BYTES = 2**30
"""Bytes that must be left: a gigabyte takes in months of cases."""

STALE_AFTER = timedelta(days=3)
UNSEALED_AFTER = timedelta(minutes=10)

KEPT_AS_FINDINGS = {
    FindingKind.LOG_BROKEN: Ailment.LOG_BROKEN,
    FindingKind.CALENDAR_MISSING: Ailment.CALENDAR_MISSING,
}


def examine_upkeep(read: Read, url: str, folder: Path, now: datetime) -> Iterator[Finding]:
    """Yield what is to be seen to; a database that does not answer is told of elsewhere."""
    yield from _check_disk(url, folder)
    try:
        with read() as session:
            if migrate.revision_of(session.connection()) == migrate.newest():
                yield from _check_history(session, now)
                yield from _check_backups(session, now)
    except UnavailableError:
        return


def _check_disk(url: str, folder: Path) -> Iterator[Finding]:
    address = make_url(url)
    of_database = address.get_backend_name() == "sqlite" and address.database
    places = {folder, Path(address.database).parent} if of_database and address.database else {folder}
    for place in sorted(each.absolute() for each in places if each.exists()):
        if (free := shutil.disk_usage(place).free) < MIN_FREE_BYTES:
            yield Finding(Ailment.DISK_FULL, str(place), {"free_mb": free // 2**20})


def _check_history(session: Session, now: datetime) -> Iterator[Finding]:
    for fault in check_triggers(session.connection()):
        yield Finding(Ailment.TRIGGER_GONE, fault.where, {})
    open_ = findings.count_open(session)
    for kind, ailment in KEPT_AS_FINDINGS.items():
        if count := open_.get(kind.value):
            yield Finding(ailment, "findings", {"count": count})
    # The newest entries alone: what is older was sealed, or the nightly check has named it.
    newest = select(AuditRow.id, AuditRow.at).order_by(col(AuditRow.id).desc()).limit(1)
    for id, at in session.exec(newest):
        sealed = select(LogLeafRow.position).where(LogLeafRow.source == "audit", LogLeafRow.row_id == id)
        if now - at > UNSEALED_AFTER and session.exec(sealed).first() is None:
            yield Finding(Ailment.LOG_UNSEALED, "audit", {"since": at.isoformat(timespec="minutes")})


def _check_backups(session: Session, now: datetime) -> Iterator[Finding]:
    begun = session.exec(select(func.min(CentreRow.created_at))).one()
    if begun is None or now - begun < STALE_AFTER:
        return
    last = max(filter(None, (_last_backup(session, id) for id in session.exec(select(CentreRow.id)))), default=None)
    if last is None or now - last > STALE_AFTER:
        yield Finding(Ailment.BACKUP_STALE, SUBJECT, {"last": last.isoformat(timespec="minutes") if last else ""})


def _last_backup(session: Session, centre_id: str) -> datetime | None:
    return last_done(session, centre_id, OwnVerb.OPERATE, SUBJECT)
