"""The file of a backup: what the database's own tool wrote, and a manifest of what must be in it."""

import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from dispatch.domain.errors import BackupUnreadableError, FileExistsAlreadyError

FORMAT = "legal-dispatch-backup/1"
MANIFEST, CONTENT = "manifest.json", "database"
OWN_EYES = 0o600


class TableDigest(NamedTuple):
    """How many rows a table has, and one hash of them all in the order of their keys."""

    rows: int
    digest: str


class Manifest(NamedTuple):
    """What a backup holds. The secret is not in it; its mark tells secrets apart and opens nothing."""

    made_at: datetime
    database: str
    """``sqlite`` or ``postgresql``: a backup goes back into the kind it came from."""
    revision: str
    program: str
    mark: str | None
    tables: Mapping[str, TableDigest]

    def document(self) -> dict[str, object]:
        """Return the manifest as it is written."""
        return {"format": FORMAT, **self._asdict(), "made_at": self.made_at.isoformat()}


@contextmanager
def packed(target: Path) -> Iterator[Path]:
    """Give a folder to put the content into, and make it the file at the end; one that is there is never replaced."""
    if target.exists():
        raise FileExistsAlreadyError(file=target.name)
    # Beside the target: a backup takes room where the operator wants it, not where temporary files go.
    with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        yield Path(folder)
        whole = Path(folder) / "whole"
        whole.touch(OWN_EYES)
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED, compresslevel=1, allowZip64=True) as archive:
            archive.write(Path(folder) / MANIFEST, MANIFEST)
            archive.write(Path(folder) / CONTENT, CONTENT)
        _sync(whole)
        try:
            os.link(whole, target)
        except FileExistsError:
            raise FileExistsAlreadyError(file=target.name) from None


@contextmanager
def unpacked(source: Path, beside: Path) -> Iterator[tuple[Manifest, Path]]:
    """Give the manifest of a backup and its content, unpacked into a folder that goes again."""
    try:
        with zipfile.ZipFile(source) as archive, TemporaryDirectory(prefix=".restore.", dir=beside) as folder:
            manifest = _manifest(archive.read(MANIFEST))
            content = Path(folder) / CONTENT
            content.touch(OWN_EYES)
            with archive.open(CONTENT) as packed_, content.open("wb") as file:
                shutil.copyfileobj(packed_, file, 2**20)
            yield manifest, content
    except (zipfile.BadZipFile, KeyError, EOFError, NotImplementedError):
        raise BackupUnreadableError(file=source.name) from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest beside the content."""
    text = json.dumps(manifest.document(), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _manifest(content: bytes) -> Manifest:
    try:
        told = json.loads(content)
        if told.pop("format") != FORMAT:
            raise ValueError
        told["made_at"] = datetime.fromisoformat(told["made_at"])
        told["tables"] = {name: TableDigest(*counted) for name, counted in told["tables"].items()}
        return Manifest(**told)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupUnreadableError(file=MANIFEST) from None


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
