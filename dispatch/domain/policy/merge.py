"""Merge patches (RFC 7396) of a policy's document: fields given change, null removes, lists are replaced whole."""

from typing import Any, get_args

from pydantic import BaseModel

from dispatch.domain.policy.schema import Policy

Document = dict[str, Any]


def apply_patch(document: Document, patch: Document, model: Any = Policy) -> Document:
    """Return the document with the patch applied.

    Null removes a member, after which its default holds; where a field may be empty, null makes it empty.
    """
    merged = dict(document)
    for name, value in patch.items():
        kind = _kind(model, name)
        if isinstance(value, dict):
            below = merged.get(name)
            merged[name] = apply_patch(below if isinstance(below, dict) else {}, value, kind)
        elif value is not None or type(None) in get_args(kind):
            merged[name] = value
        else:
            merged.pop(name, None)
    return merged


def patch_between(old: Document, new: Document) -> Document:
    """Return the patch that leads from one document to the other."""
    patch: Document = {name: None for name in old.keys() - new.keys()}
    for name, value in new.items():
        before = old.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            if below := patch_between(before, value):
                patch[name] = below
        elif name not in old or value != before:
            patch[name] = value
    return patch


def _kind(model: Any, name: str) -> Any:
    known = isinstance(model, type) and issubclass(model, BaseModel) and name in model.model_fields
    return model.model_fields[name].annotation if known else None
