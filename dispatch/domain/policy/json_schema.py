"""The JSON schema of a policy with all that a form needs: titles, help, unit, source and legal bound of each field."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from dispatch.domain.law.citations import shown
from dispatch.domain.policy.fields import FIELDS, source_of
from dispatch.domain.policy.legal_bounds import LEGAL_BOUNDS
from dispatch.domain.policy.schema import Policy

Schema = dict[str, Any]
BRANCHES = ("anyOf", "allOf", "oneOf")


@cache
def policy_schema() -> Schema:
    """Return the schema; each field says under ``x-field`` what a person needs to know to fill it in."""
    whole = Policy.model_json_schema()
    for path, field in fields_of(whole):
        row = FIELDS[path]
        field["title"], field["description"] = row.en, row.help_en
        field["x-field"] = {
            "path": path,
            "title": {"zh": row.zh, "en": row.en},
            "help": {"zh": row.help_zh, "en": row.help_en},
            "unit": {"value": row.unit.value, "zh": row.unit.zh, "en": row.unit.en},
            "words": [{"value": word.value, "zh": word.zh, "en": word.en} for word in row.words or ()],
            "source": shown(source_of(path)),
            "legal_bound": LEGAL_BOUNDS[path].as_dict() if path in LEGAL_BOUNDS else None,
        }
    return whole


def fields_of(whole: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield every field of the schema by its path; items of a list or a table share one."""
    yield from _below(whole, whole, "")


def _below(whole: Schema, schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    if "$ref" in schema:
        yield from _below(whole, whole["$defs"][schema["$ref"].rpartition("/")[2]], path)
    for name, field in schema.get("properties", {}).items():
        below = f"{path}.{name}" if path else name
        yield below, field
        yield from _below(whole, field, below)
    inner = [schema.get("items"), schema.get("additionalProperties"), *(schema.get(name) for name in BRANCHES)]
    inner += schema.get("patternProperties", {}).values()
    for part in inner:
        for each in part if isinstance(part, list) else [part]:
            if isinstance(each, dict):
                yield from _below(whole, each, path)
