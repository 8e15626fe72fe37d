"""The limit for an endpoint: FastAPI, one raw conditional write, and nothing else of what a service must do."""

import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
import psycopg
from fastapi import FastAPI, HTTPException

from dispatch.main import THREADS

TABLE = "CREATE TABLE IF NOT EXISTS bare (id TEXT PRIMARY KEY, taken_by TEXT)"
FILL = "INSERT INTO bare SELECT id, NULL FROM legal_case"
# Each thread keeps a connection of its own in autocommit: the least a write can cost.
TAKE = "UPDATE bare SET taken_by = 'someone' WHERE id = {} AND taken_by IS NULL RETURNING id"

_own = threading.local()


def connect(url: str) -> Any:
    """Return a plain connection on which each statement commits by itself."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def create_app() -> FastAPI:
    """Return the endpoint on the database of ``DATABASE_URL``."""
    url = os.environ["DATABASE_URL"]
    take = TAKE.format("?" if url.startswith("sqlite") else "%s")
    app = FastAPI(lifespan=_few_threads)

    @app.post("/v1/board/{case_id}/claims", status_code=201)
    def claim(case_id: str) -> dict[str, str]:
        if not hasattr(_own, "connection"):
            _own.connection = connect(url)
        if _own.connection.execute(take, (case_id,)).fetchone() is None:
            raise HTTPException(409, "taken")
        return {"case_id": case_id}

    return app


@asynccontextmanager
async def _few_threads(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield
