"""An answer as it might be, made from its schema: whole examples where there are some, plain values elsewhere."""

from collections.abc import Mapping
from typing import Any

from dispatch.api.documentation.examples import CASE, MORNING

Schema = Mapping[str, Any]

BY_FORMAT = {"date-time": MORNING, "date": "2026-11-23", "time": "09:00:00", "uri": "https://example.org/hook"}

# fmt: off
BY_NAME: Mapping[str, str] = {
    "address":  "示例市示例路1号",
    "area":     "411402",
    "code":     "sample-1",
    "cursor":   "",
    "en":       "as an example",
    "email":    "office@example.org",
    "login":    "li.ming",
    "name":     "示例",
    "number":   "2026-0001",
    "phone":    "0370-0000000",
    "time_zone": "Asia/Shanghai",
    "zh":       "示例",
}
# fmt: on


def sample_of(
    schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", above: tuple[str, ...] = ()
) -> Any:
    """
    Return a value that the schema allows.

    Parameters
    ----------
    schemas : mapping
        The components that a schema may refer to.
    name : str
        The property's name, which says more than its type.
    above : tuple of str
        The components this one is inside of; a component that contains itself ends empty.
    """
    if "$ref" in schema:
        kind = schema["$ref"].rpartition("/")[2]
        return None if kind in above else sample_of(schemas[kind], schemas, name, (*above, kind))
    if examples := schema.get("examples"):
        return examples[0]
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return sample_of(choices[0], schemas, name, above)
    return _plain(schema, schemas, name, above)


def _plain(schema: Schema, schemas: Schema, name: str, above: tuple[str, ...]) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {key: sample_of(each, schemas, key, above) for key, each in properties.items()}
        case "array":
            each = sample_of(schema.get("items", {}), schemas, name, above)
            return [] if each is None else [each] * max(1, schema.get("minItems", 1))
        case "boolean":
            return False
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "string":
            return BY_FORMAT.get(schema.get("format", "")) or _word(name, schema)
        case _:
            return None


def _word(name: str, schema: Schema) -> str:
    if name == "id" or name.endswith("_id"):
        return CASE
    return BY_NAME.get(name, "示例 as an example")[: schema.get("maxLength", 200)]
