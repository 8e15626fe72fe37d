"""Sealing the register anew, with its progress."""

import os
import shutil
import time
from pathlib import Path

from dispatch.cli.context import now
from dispatch.cli.output import localize, out
from dispatch.commands.rekey import Rekeying, rekey
from dispatch.domain.errors import InvalidFieldError
from dispatch.registry.key import SEEN_WITHIN
from dispatch.registry.seal import Seal
from dispatch.registry.seal.providers import ProviderName
from dispatch.registry.transaction import make_begin, make_engine
from dispatch.settings import Settings, kept_secret, require_strong

STRAGGLERS_S = 10.0
"""Beyond the time in which every process sees it: how long a request that is under way may still write."""


FIRST = (
    "更换期间服务不办理业务，完成后自动恢复；请先备份，并保留原来的密钥（旧备份只能用它打开）。"
    "完成后，系统不再记得案件登记时的原文：登记后更改过的案件，再次导入原来的文件，会按文件改回，请勿再导入旧文件。",
    "Until it is done the service does nothing; back up first, and keep the old secret for the backups there are. "
    "What a case was filed as is forgotten: bring no old file in again, it would change back what was changed since.",
)
"""Said before anything is done: what it costs, and what is lost by it."""


def seal_anew(new_secret: Path | None, cipher: str | None) -> None:
    """Go from the secret and cipher of the settings to the new ones, and say what is to be set then."""
    settings = Settings()
    if cipher not in (None, *ProviderName):
        raise InvalidFieldError(field="cipher", value=cipher, expected=list(ProviderName))
    secret = require_strong(kept_secret(new_secret), str(new_secret)) if new_secret else settings.secret
    chosen = cipher or settings.cipher
    out.print(localize(*FIRST))
    keys = Rekeying(Seal(settings.secret, settings.cipher), Seal(secret, chosen))
    engine = make_engine(settings.database_url)
    try:
        left = rekey(make_begin(engine), keys, now(), _report, _wait)
    finally:
        engine.dispose()
    for each in left:
        out.print(
            localize("无法读取，未改动：", "Unreadable, left as it is: ") + f"{each.table} {each.id} {each.column}"
        )
    out.print(localize("已用新密钥加密。", "Everything is sealed with the new key."))
    _keep(settings, new_secret)
    if "secret" in settings.model_fields_set and new_secret:
        out.print(
            localize("请将 DISPATCH_SECRET 设为文件中的新密钥：", "Set DISPATCH_SECRET to what is in: ")
            + str(new_secret)
        )
    if chosen != settings.cipher:
        out.print(localize("请设置", "Set") + f" DISPATCH_CIPHER={chosen}")


def _keep(settings: Settings, new_secret: Path | None) -> None:
    """Put the new secret where the service looks for it, unless it is told by the environment; the old one stays."""
    place = settings.data_dir / "secret"
    if new_secret is None or "secret" in settings.model_fields_set or place.read_bytes() == new_secret.read_bytes():
        return
    shutil.copy2(place, place.with_name("secret.before"))
    draft = place.with_name("secret.new")
    shutil.copy2(new_secret, draft)
    draft.chmod(0o600)
    os.replace(draft, place)
    out.print(localize("新密钥已存入：", "The new secret is kept in: ") + str(place))


def _report(table: str, rows: int) -> None:
    out.print(f"{table} {rows}")


def _wait() -> None:
    time.sleep(SEEN_WITHIN.total_seconds() + STRAGGLERS_S)
