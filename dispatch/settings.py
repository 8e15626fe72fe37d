"""The environment, read once, typed."""

import os
import secrets
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dispatch.domain.access.lives import TokenLife
from dispatch.domain.access.provider import ProviderSettings, require_set_up
from dispatch.domain.errors import SecretWeakError

MIN_LETTERS, MIN_KINDS = 16, 8
"""Of a secret: how many letters, and how many different ones. One that is made has 43."""

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
    """Seals personal data, at least 16 letters; left out, one is made and kept in ``data_dir``."""

    cipher: Literal["aes", "sm"] = "aes"
    """What seals: AES-256-GCM and SHA-256, or SM4-GCM and SM3 (国密); changed by `legal-dispatch rekey` only."""

    lease_s: float = Field(20.0, gt=0)
    """Seconds without a sign of life after which a worker's job is taken up by another."""

    webhooks_private: bool = False
    """Let webhooks go to plain HTTP and into private networks; only where every manager may reach those anyway."""

    webhook_within_s: float = Field(10.0, gt=0, le=20)
    """Seconds an endpoint has to answer one message."""

    token_days: int = Field(90, ge=1)
    """Days a token of a program lasts where nothing is said."""

    token_days_at_most: int = Field(365, ge=1)

    log_level: str = "INFO"

    json_bytes_at_most: int = Field(2**20, gt=0)
    """Of a request; files have their own limit."""

    upload_bytes_at_most: int = Field(16 * 2**20, gt=0)

    requests_per_token: float = Field(50.0, ge=0)
    """A second, in the long run; ten seconds' worth may come at once. Five times as many per address; 0: any."""

    refusals_per_minute: int = Field(20, ge=0)
    """Of one address, before unknown tokens from there are not looked at until the minute is over; 0: any."""

    metrics_token: str = Field("", repr=False)
    """Who reads `/metrics` shows it, at least 16 letters; left out, metrics are read on this machine only."""

    proxies: str = ""
    """Addresses of the proxies in front, separated by commas: what they say of a client's address is believed."""

    oidc_issuer: str = ""
    """Identity provider (OpenID Connect) where people may sign in, as it names itself; left out, there is none."""

    oidc_client: str = ""
    oidc_client_secret: str = Field("", repr=False)
    oidc_acr: str = ""
    """What the provider calls a sign-in with a second factor (acr); left out, its word on how it was done counts."""

    @property
    def provider(self) -> ProviderSettings | None:
        """Return where people may sign in, if anywhere."""
        return require_set_up(
            ProviderSettings(self.oidc_issuer, self.oidc_client, self.oidc_client_secret, self.oidc_acr)
        )

    @property
    def token_life(self) -> TokenLife:
        """Return how long tokens last."""
        usual, longest = timedelta(days=self.token_days), timedelta(days=self.token_days_at_most)
        return TokenLife(min(usual, longest), longest)

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
        place = self.data_dir / "secret"
        given = "secret" in self.model_fields_set
        secret = self.secret if given else kept_secret(place)
        object.__setattr__(self, "secret", require_strong(secret, "DISPATCH_SECRET" if given else str(place)))
        if self.metrics_token:
            token = require_strong(self.metrics_token, "DISPATCH_METRICS_TOKEN")
            object.__setattr__(self, "metrics_token", token)


def require_strong(secret: str, where: str) -> str:
    """Return a secret without what surrounds it, refusing one that can be guessed."""
    secret = secret.strip()
    if len(secret) < MIN_LETTERS or len(set(secret)) < MIN_KINDS:
        raise SecretWeakError(where=where, least=MIN_LETTERS)
    return secret


def kept_secret(place: Path) -> str:
    """Return the secret that is kept there; of processes that start at once, one makes it and all have the same."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        with draft.open("w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never in place of another.
        with suppress(FileExistsError):
            os.link(draft, place)
        draft.unlink()
    return place.read_text(encoding="utf-8")
