"""Starts the parts of the service, and looks after them."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import typer
from rich.markup import escape

from dispatch.cli.context import now, opened
from dispatch.cli.output import REFUSED, language, localize, out, refuse
from dispatch.settings import Settings


def bring_up_to_date(revision: str) -> None:
    """Bring the schema to a revision."""
    from dispatch.registry.migrate import upgrade

    upgrade(Settings().database_url, revision)
    out.print(localize("数据库结构已是最新。", "The database is up to date."))


def become_workers(*words: str) -> None:
    """Turn this process into a worker or the scheduler, in the same language, so that signals reach it directly."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "workers", "--language", language(), *words])


def answer_http(host: str, port: int, processes: int) -> None:
    """Serve HTTP until asked to stop."""
    import uvicorn

    from dispatch.api.server import options
    from dispatch.domain.errors import UnavailableError

    settings = Settings()
    # A wrong key is told in words, before any process of the server starts; a database that is away is waited for.
    with opened() as here, suppress(UnavailableError):
        here.key.require()
    uvicorn.run(
        "dispatch.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        log_level=settings.log_level.lower(),
        **options(settings.proxies),
    )


def examine_service() -> None:
    """Print what is wrong and how to fix it; exit with 1 if anything is."""
    from dispatch.commands.doctor import UNASKED, count_findings, examine
    from dispatch.commands.upkeep import examine_upkeep
    from dispatch.domain.findings import FindingKind
    from dispatch.registry.jobs.queues import open_redis

    with opened() as here:
        settings = here.settings
        findings = examine(here.read, here.key, open_redis(_redis_of(settings)), now())
        findings += examine_upkeep(here.read, settings.database_url, settings.data_dir, now())
        asked = {finding.ailment for finding in findings}.isdisjoint(UNASKED)
        counts = count_findings(here.read) if asked else {}
    for kind in FindingKind:
        if kind in counts:
            out.print(f"{kind.label(language())}: {counts[kind]}")
    for finding in findings:
        details = finding.details(language())
        known = localize(f"（{details}）", f" ({details})") if details else ""
        out.print(f"[yellow]{finding.ailment.label(language())}[/]{escape(known)}")
        out.print(f"  {finding.mend(language())}")
    if findings:
        raise typer.Exit(REFUSED)
    out.print(localize("一切正常。", "All is well."))


def _redis_of(settings: Settings) -> str:
    """Return where Redis is: what was named, else the server that `serve` keeps in the data folder."""
    from dispatch.embedded import redis

    named = "redis_url" in settings.model_fields_set
    return settings.redis_url if named else redis.kept_in(settings.data_dir / "redis") or settings.redis_url


def show_demo(register: Path | None, mapping: Path | None) -> None:
    """Dispatch a sample city, or a real register, from an empty machine."""
    from dispatch.demo.show import show

    if (register is None) != (mapping is None):
        raise typer.BadParameter(localize("--register 和 --mapping 须同时写出", "--register and --mapping go together"))
    show(register, mapping, language())


def run_everything(host: str, port: int, demo: bool) -> None:
    """Keep API, worker and scheduler running until asked to stop."""
    from dispatch.demo.serve import serve
    from dispatch.demo.stack import AddressTakenError

    try:
        serve(host, port, with_city=demo, language=language())
    except AddressTakenError:
        zh = f"端口 {port} 已被占用：请先停止占用该端口的程序，或者用 --port 另选端口。"
        en = f"Port {port} is in use: stop what uses it first, or choose another with --port."
        refuse(localize(zh, en), {})
