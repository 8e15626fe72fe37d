"""The environment, read once, typed."""

import secrets
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REDIS_BY_DEFAULT = "redis://127.0.0.1:6379/0"


class Settings(BaseSettings):
    """What an operator may set; every name has a default that works on one machine."""

    model_config = SettingsConfigDict(env_prefix="DISPATCH_", frozen=True, populate_by_name=True)

    database_url: str = Field("", validation_alias="DATABASE_URL")
    """SQLAlchemy address; left out, a SQLite file in ``data_dir``."""

    redis_url: str = Field(REDIS_BY_DEFAULT, validation_alias="REDIS_URL")

    data_dir: Path = Path("var")
    """Where files of our own are kept: the SQLite database and, unless given, the secret."""

    secret: str = ""
    """Seals personal data; left out, one is made and kept in ``data_dir``."""

    lease_s: float = Field(20.0, gt=0)
    """Seconds without a sign of life after which a worker's job is taken up by another."""

    webhooks_private: bool = False
    """Let webhooks go to plain HTTP and into private networks; only where every manager may reach those anyway."""

    webhook_within_s: float = Field(10.0, gt=0, le=20)
    """Seconds an endpoint has to answer one message."""

    log_level: str = "INFO"

    upload_bytes_at_most: int = Field(32 * 2**20, gt=0)

    @field_validator("database_url")
    @classmethod
    def _name_the_driver(cls, url: str) -> str:
        for plain in ("postgres://", "postgresql://"):
            if url.startswith(plain):
                return "postgresql+psycopg://" + url.removeprefix(plain)
        return url

    def model_post_init(self, _: object) -> None:
        """Fill in what follows from the data folder."""
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir / 'dispatch.db'}")
        if not self.secret:
            object.__setattr__(self, "secret", _kept_secret(self.data_dir / "secret"))


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()
