"""What differs between two policies, in words: the field's title, what it was, what it is, and who says so."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dispatch.domain.law.citations import Citations, cited, from_data, shown
from dispatch.domain.policy.fields import FIELDS, NUMBERS, PolicyField, Unit, source_of
from dispatch.domain.policy.legal_bounds import LEGAL_BOUNDS, LocalRule
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Term

LANGUAGES = ("zh", "en")
BY_CODE = ("chains", "causes")
"""Lists whose items go by their code, in an order that counts."""

BY_KEY = ("effort.by_service", "deadlines", "quality.levels", "sources")
"""Fields that are themselves tables: from a key to a value."""

# fmt: off
WORDING = {
    None:  {"zh": "不设", "en": "none"},
    True:  {"zh": "是",   "en": "yes"},
    False: {"zh": "否",   "en": "no"},
}
FORMS = {
    #         value by language
    "change":  {"zh": "{title}：{old} → {new}（{because}）", "en": "{title}: {old} → {new} ({because})"},
    "source":  {"zh": "依据：{source}",                       "en": "source: {source}"},
    "local":   {"zh": "{source}；超出法定范围“{bound}”，地方规定：{document}{article}",
                "en": "{source}; outside the legal bound “{bound}”, allowed by {document}, {article}"},
    "within":  {"zh": "·",  "en": " › "},
    "unit":    {"zh": "",   "en": " "},
    "items":   {"zh": "；", "en": "; "},
    "parts":   {"zh": "，", "en": ", "},
}
# fmt: on


class PathKey(str):
    """The part of a path that tells one of many, such as a chain's code."""

    __slots__ = ()


Path = tuple[str, ...]
PLACE = re.compile(r"([^.\[\]]+)(?=[.\[]|$)|\[([^\]]+)\]")
"""A name, or a key in brackets."""


class FieldChange(NamedTuple):
    """A field that says something else; ``text`` is the whole sentence, by language."""

    field: str
    title: dict[str, str]
    old: Any
    new: Any
    unit: str
    source: dict[str, Any]
    local_rule: dict[str, str] | None
    text: dict[str, str]


def differences(old: Policy, new: Policy, local_rules: Iterable[LocalRule] = ()) -> list[FieldChange]:
    """Return what the new policy says otherwise than the old, in the order of its fields."""
    # Whole: what a document leaves out because it is as before has a value all the same.
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    rules = {rule.field: rule for rule in local_rules}
    return [_change(*each, new.sources, rules) for each in walk(before, after)]


def walk(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Yield every place where two documents differ, as deep as both go."""
    if path and place_of(path) in BY_CODE:
        old, new = _by_code(old), _by_code(new)
        order = [[code for code in one if code in other] for one, other in ((old, new), (new, old))]
        if order[0] != order[1]:
            yield path, order[0], order[1]
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(name for name in old if name not in new)]:
            yield from walk(old.get(name), new.get(name), _below(path, name))
    elif old != new:
        yield path, old, new


def name_of(path: Path) -> str:
    """Return the name of a field as the table of fields has it, without the keys."""
    return ".".join(part for part in path if not isinstance(part, PathKey))


def place_of(path: Path) -> str:
    """Return the place of a value, keys in brackets: ``chains[civil].steps``."""
    return "".join(f"[{part}]" if isinstance(part, PathKey) else f".{part}" for part in path).removeprefix(".")


def path_of(place: str) -> Path:
    """Return the path of a place, as `place_of` wrote it."""
    parts: list[str] = []
    for name, key in PLACE.findall(place):
        parts.append(PathKey(key) if key else name)
    return tuple(parts)


def words_of(path: Path, value: Any, language: str) -> str:
    """Return a field's value as a person reads it."""
    row = FIELDS[name_of(path)]
    if value is None or isinstance(value, bool):
        return WORDING[value][language]
    if row.unit is Unit.CITATION:
        return cited(from_data(value), language) or WORDING[None][language]
    if isinstance(value, Mapping):
        below = [(_below(path, name), each) for name, each in value.items() if each is not None]
        parts = (f"{_heading(at, language)} {words_of(at, each, language)}" for at, each in below)
        return FORMS["parts"][language].join(parts) or WORDING[None][language]
    if isinstance(value, list):
        items = (words_of(path, each, language) for each in value)
        return FORMS["items"][language].join(items) or WORDING[None][language]
    word = _word(row, value, language)
    measured = row.unit in NUMBERS and isinstance(value, int | float)
    return word + FORMS["unit"][language] + row.unit.label(language) if measured else word


def _change(
    path: Path, old: Any, new: Any, sources: Mapping[str, Citations], rules: Mapping[str, LocalRule]
) -> FieldChange:
    name, place = name_of(path), place_of(path)
    source, rule = sources.get(name) or source_of(name), rules.get(place)
    title, text = {}, {}
    for language in LANGUAGES:
        title[language] = title_of(path, language)
        values = {"old": words_of(path, old, language), "new": words_of(path, new, language)}
        because = _because(source, rule, language)
        text[language] = FORMS["change"][language].format(title=title[language], because=because, **values)
    unit = FIELDS[name].unit.value
    return FieldChange(place, title, old, new, unit, shown(source), rule.model_dump() if rule else None, text)


def _because(source: Citations, rule: LocalRule | None, language: str) -> str:
    basis = FORMS["source"][language].format(source=cited(source, language))
    if rule is None:
        return basis
    bound = getattr(LEGAL_BOUNDS[rule.field], language)
    return FORMS["local"][language].format(source=basis, bound=bound, document=rule.document, article=rule.article)


def title_of(path: Path, language: str) -> str:
    """Return the titles on the way to a field, with the keys that tell one of many."""
    titles: list[str] = []
    for depth, part in enumerate(path, start=1):
        row = FIELDS[name_of(path[:depth])]
        if isinstance(part, PathKey):
            titles[-1] += f" {_word(row, part, language)}"
        else:
            titles.append(row.title(language))
    return FORMS["within"][language].join(titles)


def _heading(path: Path, language: str) -> str:
    row = FIELDS[name_of(path)]
    return _word(row, path[-1], language) if isinstance(path[-1], PathKey) else row.title(language)


def _word(row: PolicyField, value: Any, language: str) -> str:
    known: dict[str, Term] = {term.value: term for term in row.words or ()}
    if value in known:
        return known[value].label(language)
    if isinstance(value, float):
        return f"{value:,g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _by_code(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["code"]: {name: value for name, value in item.items() if name != "code"} for item in items}


def _below(path: Path, name: str) -> Path:
    table = name_of(path) in (*BY_CODE, *BY_KEY) and not isinstance(path[-1], PathKey)
    return (*path, PathKey(name) if table else name)
