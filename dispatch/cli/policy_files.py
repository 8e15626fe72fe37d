"""Policies in files, TOML or JSON."""

import json
import tomllib
from pathlib import Path
from typing import Any

from dispatch.domain.errors import UnknownReferenceError, UnreadableFileError
from dispatch.domain.policy.schema import PRESETS, Policy, load_preset


def policy_named(name: str) -> Policy:
    """Return a preset, or the policy in a file."""
    if name in PRESETS:
        return load_preset(name)
    path = Path(name)
    if not path.is_file():
        raise UnknownReferenceError(field="policy", value=name, known=[*PRESETS, "current", "FILE.toml", "FILE.json"])
    return Policy.from_document(read_document(path))


def read_document(file: Path) -> dict[str, Any]:
    """Return the table of fields a file holds."""
    try:
        text = file.read_text(encoding="utf-8")
        said = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise UnreadableFileError(reason=str(fault)) from None
    if not isinstance(said, dict):
        raise UnreadableFileError(reason="a table of fields is expected")
    return said
