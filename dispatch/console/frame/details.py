"""What a refusal says beside its title: what is missing, why a file cannot be read, how long to wait."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

# fmt: off
INTRODUCED: Mapping[str, tuple[str, str]] = {
    # fact             how it begins
    "detail":          ("{}", "{}"),
    "reason":          ("{}", "{}"),
    "columns":         ("缺少的列：{}", "Columns missing: {}"),
    "missing":         ("还缺：{}", "Still missing: {}"),
    "problems":        ("{}", "{}"),
    "retry_after_s":   ("请在{}后再试。", "Try again in {}."),
}
FIELD_OF: Mapping[str, str] = {
    # refusal           the field it is about
    "unreadable-file":  "file",
    "missing-column":   "file",
    "duplicate-number": "number",
    "reason-required":  "reason",
    "template-invalid": "file",
}
# fmt: on


def faults_of_rows(facts: Mapping[str, Any], language: str) -> dict[str, str]:
    """Return what is wrong with a form of many fields, by field; faults of no single row are shown at the rows."""
    faults = [each for each in facts.get("problems", ()) if isinstance(each, Mapping) and "field" in each]
    return {
        # A field that has its row in it is called as the form calls it.
        f"rows.{each['row'] - 1}.{each['field']}"
        if each.get("row") and "." not in each["field"]
        else each["field"]: told
        for each in reversed(faults)
        if (told := _rendered(each.get("expected") or each.get("reason"), language))
    }


def details_of(facts: Mapping[str, Any], language: str) -> list[str]:
    """Return what the facts of a refusal say to people, a sentence each; what only programs read is left out."""
    found = []
    for name, (zh, en) in INTRODUCED.items():
        told = (
            _wait(facts[name], language)
            if name == "retry_after_s" and name in facts
            else _rendered(facts.get(name), language)
        )
        if told:
            found.append((zh if language == "zh" else en).format(told))
    return found


def _rendered(fact: Any, language: str) -> str:
    """Return a fact in words, if it has any: one pair of texts, or a list of them, each with where it is filled in."""
    if isinstance(fact, Mapping):
        own = fact.get(language)
        if isinstance(own, str):
            where = _rendered(fact.get("where"), language)
            return own + (f"（{where}）" if language == "zh" else f" ({where})") if where else own
        return _rendered(fact.get("reason"), language)
    if isinstance(fact, Sequence) and not isinstance(fact, str):
        return ("、" if language == "zh" else ", ").join(filter(None, (_rendered(each, language) for each in fact)))
    return ""


def _wait(seconds: Any, language: str) -> str:
    """Return how long to wait: in minutes, rounded up, from one minute on."""
    if seconds > 60:
        minutes = math.ceil(seconds / 60)
        return f"{minutes}分钟" if language == "zh" else f"{minutes} min"
    return f"{seconds}秒" if language == "zh" else f"{seconds} s"
