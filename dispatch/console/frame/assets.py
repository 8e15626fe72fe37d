"""Style sheets and scripts: our own, read once, named by their digest, kept by browsers for good."""

import gzip
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
DIGEST_LETTERS = 12


class Asset(NamedTuple):
    """A file, as it is sent."""

    digest: str
    kind: str
    plain: bytes
    small: bytes


def _load() -> Mapping[str, Asset]:
    found = {}
    for file in files("dispatch.console").joinpath("static").iterdir():
        kind = next((kind for suffix, kind in KINDS.items() if file.name.endswith(suffix)), None)
        if kind is not None:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:DIGEST_LETTERS]
            found[file.name] = Asset(digest, kind, content, gzip.compress(content, 9, mtime=0))
    return found


ASSETS = _load()


def asset_path(name: str) -> str:
    """Return the address of a file below the console; it changes whenever the file does."""
    stem, _, suffix = name.rpartition(".")
    return f"/static/{stem}.{ASSETS[name].digest}.{suffix}"


def get_console_file(name: str, request: Request) -> Response:
    """Return a file; one whose digest is another version's is the present one, kept by nobody."""
    stem, _, suffix = name.rpartition(".")
    stem, _, digest = stem.rpartition(".")
    found = ASSETS.get(f"{stem}.{suffix}")
    if found is None:
        raise HTTPException(404)
    headers = {"Vary": "Accept-Encoding"} | (FOR_GOOD if digest == found.digest else {})
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.small, headers=headers | {"Content-Encoding": "gzip"}, media_type=found.kind)
    return Response(found.plain, headers=headers, media_type=found.kind)
