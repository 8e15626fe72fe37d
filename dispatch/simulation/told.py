"""A comparison as interfaces show it: every figure with its name in both languages, and whether it is sure."""

from typing import Any

from dispatch.domain.vocabulary import Category
from dispatch.simulation.compare import SPREAD_LABELS, Row
from dispatch.simulation.measures import MEASURES

LABELS = {each.code: (each.zh, each.en) for each in MEASURES} | SPREAD_LABELS
CATEGORIES = {category.value: (category.zh, category.en) for category in Category}

# fmt: off
TABLES = {
    # part          what its rows are called
    "rows":       LABELS,
    "hours_of":   CATEGORIES,
    "quality_of": CATEGORIES,
}
# fmt: on


def result_of(document: dict[str, Any]) -> dict[str, Any]:
    """Return a stored comparison with names and verdicts."""
    return document | {part: [_named(row, names) for row in document[part]] for part, names in TABLES.items()}


def _named(said: dict[str, Any], names: dict[str, tuple[str, str]]) -> dict[str, Any]:
    zh, en = names[said["code"]]
    return said | {"zh": zh, "en": en, "verdict": Row(**said).verdict}
