"""A copy of the register in one file, the way back into an empty place, and the drill that shows that it works."""

import shutil
import time
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import Connection, select
from sqlalchemy.engine import make_url

from dispatch.commands.access import operator_of
from dispatch.commands.backups.archive import Manifest, TableDigest, packed, unpacked, write_manifest
from dispatch.commands.backups.databases import DATABASES, connected, digest_tables, kind_of, require_empty
from dispatch.commands.log.keeping import verify_logs
from dispatch.domain.errors import (
    BackupDiffersError,
    BackupKindError,
    DatabaseForeignError,
    DatabaseNewerError,
    DiskFullError,
    WrongKeyError,
)
from dispatch.domain.log.words import OwnVerb
from dispatch.registry import migrate
from dispatch.registry.audit import note
from dispatch.registry.census import list_centres
from dispatch.registry.seal import Seal
from dispatch.registry.tables import SealRow
from dispatch.registry.transaction import Begin, Read, make_engine, make_read

SUBJECT = "backup"
"""What the log calls a backup that was made."""

ROOM = 2
"""A backup needs room for its copy and for its file."""


class Restored(NamedTuple):
    """What came back, and how long it took."""

    manifest: Manifest
    rows: int
    seconds: float
    logs: int
    """Logs that were computed anew and verify; none where the schema is an older one."""


def back_up(begin: Begin, read: Read, now: datetime, url: str, target: Path) -> Manifest:
    """Write the whole register as it is at one moment to a file, while it is used; the secret is never in it."""
    _require_room(url, target.parent)
    found: list[Manifest] = []
    with packed(target) as folder:
        DATABASES[kind_of(url)].dump(make_url(url), folder / "database", lambda at: found.append(_look(at, now)))
        write_manifest(folder, found[0])
    note_everywhere(begin, read, now, SUBJECT)
    return found[0]


def note_everywhere(begin: Begin, read: Read, now: datetime, subject: str) -> None:
    """Write into the log of every centre what was done with the whole register on the machine itself."""
    with read() as session:
        codes = [centre.code for centre in list_centres(session)]
    for code in codes:
        operator = operator_of(begin, now, code)
        with begin() as tx:
            note(tx, operator, OwnVerb.OPERATE, subject, None, now)


def restore(url: str, seal: Seal, source: Path) -> Restored:
    """
    Fill an empty database from a backup, and see that what came back is what was put in.

    Raises
    ------
    DatabaseNotEmptyError
        If anything is there.
    WrongKeyError
        If the secret is not the one of the backup: nothing is taken in.
    DatabaseNewerError
        If a later version of the service made it.
    BackupDiffersError
        If what came back is not what the manifest says, or its log does not verify.
    """
    start = time.perf_counter()
    beside = Path(make_url(url).database or "").parent if kind_of(url) == "sqlite" else source.parent
    beside.mkdir(parents=True, exist_ok=True)
    with unpacked(source, beside) as (manifest, content):
        _require_fitting(manifest, url, seal)
        require_empty(url)
        DATABASES[manifest.database].load(make_url(url), content)
    with connected(url) as connection:
        _require_equal(digest_tables(connection), manifest.tables)
    logs = _require_sound_log(url) if manifest.revision == migrate.newest() else 0
    rows = sum(table.rows for table in manifest.tables.values())
    return Restored(manifest, rows, time.perf_counter() - start, logs)


def drill(url: str, seal: Seal, source: Path) -> Restored:
    """Restore a backup into an empty place that goes again, and compare it row by row."""
    with (
        TemporaryDirectory(prefix="dispatch-drill-") as folder,
        DATABASES[kind_of(url)].spare(make_url(url), Path(folder)) as place,
    ):
        return restore(place.render_as_string(hide_password=False), seal, source)


def _look(connection: Connection, now: datetime) -> Manifest:
    """Return what a database holds at this moment; one that is not ours is not backed up."""
    revision = migrate.revision_of(connection)
    if revision is None:
        raise DatabaseForeignError(tables=0)
    # The mapper adds it.
    row = connection.execute(select(SealRow.__table__.c.mark)).scalar_one_or_none()  # type: ignore[attr-defined]
    return Manifest(
        made_at=now,
        database=connection.dialect.name,
        revision=revision,
        program=version("legal-aid-dispatch"),
        mark=row,
        tables=digest_tables(connection),
    )


def _require_fitting(manifest: Manifest, url: str, seal: Seal) -> None:
    if manifest.database != kind_of(url):
        raise BackupKindError(database=manifest.database, into=kind_of(url))
    if not migrate.is_known(manifest.revision):
        raise DatabaseNewerError(at=manifest.revision, newest=migrate.newest())
    if manifest.mark not in (None, seal.mark):
        raise WrongKeyError


def _require_equal(found: Mapping[str, TableDigest], wanted: Mapping[str, TableDigest]) -> None:
    if different := sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name)):
        raise BackupDiffersError(tables=different)


def _require_sound_log(url: str) -> int:
    engine = make_engine(url)
    try:
        checked, triggers = verify_logs(make_read(engine))
    finally:
        engine.dispose()
    kinds = sorted({fault.kind.value for fault in triggers} | {kind.value for log in checked for kind in log.counts})
    if kinds:
        raise BackupDiffersError(log=kinds)
    return len(checked)


def _require_room(url: str, folder: Path) -> None:
    if kind_of(url) == "sqlite":
        needed, free = ROOM * Path(make_url(url).database or "").stat().st_size, shutil.disk_usage(folder).free
        if free < needed:
            raise DiskFullError(folder=str(folder), needed=needed, free=free)
