"""What the verbs ``backup``, ``restore`` and ``drill`` do."""

from pathlib import Path

from dispatch.cli.context import now, opened
from dispatch.cli.output import localize, out
from dispatch.commands.backups.restoring import Restored, back_up, drill, note_everywhere, restore
from dispatch.registry.seal import Seal
from dispatch.settings import Settings


def write_backup(target: Path) -> None:
    """Write a backup and say what is in it."""
    with opened() as here:
        manifest = back_up(here.begin, here.read, here.now, here.settings.database_url, target)
    rows = sum(table.rows for table in manifest.tables.values())
    size = target.stat().st_size
    out.print(
        localize(
            f"已备份 {target}：{len(manifest.tables)}张表，{rows}行，{size:,}字节。密钥不在其中，请分开保管。",
            f"Wrote {target}: {len(manifest.tables)} tables, {rows} rows, {size:,} bytes. The secret is not in it.",
        ),
        highlight=False,
        soft_wrap=True,
    )


def bring_back(source: Path) -> None:
    """Restore a backup into the empty database that the settings name."""
    settings = Settings()
    restored = restore(settings.database_url, Seal(settings.secret, settings.cipher), source)
    if restored.logs:
        with opened() as here:
            note_everywhere(here.begin, here.read, here.now, "restore")
    _report(restored)


def try_backup(source: Path) -> None:
    """Restore a backup into an empty place that goes again."""
    settings = Settings()
    started_at = now()
    _report(drill(settings.database_url, Seal(settings.secret, settings.cipher), source))
    taken = (now() - started_at).total_seconds()
    out.print(localize(f"演练用时{taken:.1f}秒", f"The drill took {taken:.1f} seconds"), highlight=False)


def _report(restored: Restored) -> None:
    manifest = restored.manifest
    made_at = manifest.made_at.isoformat(" ", "seconds")
    out.print(
        localize(
            f"已恢复 {made_at} 的备份：{restored.rows}行逐行一致，核验日志{restored.logs}份，"
            f"用时{restored.seconds:.1f}秒",
            f"Restored the backup of {made_at}: {restored.rows} rows, all as they were, {restored.logs} logs verified, "
            f"{restored.seconds:.1f} s",
        ),
        highlight=False,
        soft_wrap=True,
    )
