"""A policy filled in by controls: which control each value has, and what a form changes, each fault at its field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dispatch.console.frame.visit import FilledForm
from dispatch.domain.errors import PolicyInvalidError, stated
from dispatch.domain.policy.diff import LANGUAGES, title_of
from dispatch.domain.policy.fields import FIELDS, Unit
from dispatch.domain.policy.merge import patch_between
from dispatch.domain.policy.outline import PolicyPart, PolicyValue, is_number, limits, outline_of, values_of
from dispatch.domain.policy.schema import Policy

SEPARATORS = "、，,；; "
"""What may be between several numbers in one field."""

GROWING = ("distance_bands", "urgency", "closing", "chains.steps")
"""Lists whose rows are added and removed: a blank row is none, and there is one more to fill in."""

IN_ORDER = "relaxation"
"""The one list of choices whose order counts."""


def control_of(value: PolicyValue) -> str:
    """Return which control a value has; none where it is text, or a whole part that is left out."""
    several, unit = value.limits.several, value.row.unit
    if is_number(value.row):
        return "numbers" if several else "number"
    if unit is Unit.CHOICE and several:
        return "ranks" if value.name == IN_ORDER else "checks"
    return {Unit.SWITCH: "switch", Unit.CLOCK: "clock", Unit.CHOICE: "choose"}.get(unit, "")


def fillable(parts: list[PolicyPart]) -> list[PolicyPart]:
    """Return the parts of a policy with one blank row more in each list that may grow."""
    return [_grown(part) if part.row.path in GROWING else part._replace(parts=fillable(part.parts)) for part in parts]


def _grown(part: PolicyPart) -> PolicyPart:
    path = part.parts[0].values[0].path[:-1] if part.parts else part.values[0].path
    row = f"{part.name}.{len(part.parts)}"
    fields = [each for each in FIELDS.values() if each.path.rpartition(".")[0] == part.row.path]
    values = [
        PolicyValue(
            f"{row}.{name}", (*path, name), [] if limits()[each.path].several else None, stated(each.zh, each.en)
        )
        for each in fields
        for name in [each.path.rpartition(".")[2]]
    ]
    spare = PolicyPart(row, part.row, stated("增加一项", "one more"), values, [])
    return part._replace(values=[], parts=[*part.parts, spare])


def changes_of(policy: Policy, form: FilledForm) -> dict[str, Any]:
    """
    Return what a form changes of a policy, as a merge patch.

    Raises
    ------
    PolicyInvalidError
        With each fault at its field, and the name of the field in words.
    """
    document, outline = policy.model_dump(mode="json"), fillable(outline_of(policy))
    for value in values_of(outline):
        if read := READ.get(control_of(value)):
            _put(document, value.name.split("."), read(form, value.name))
    kept = {part.name: _without_blanks(document, part) for part in _growing(outline)}
    try:
        wanted = Policy.from_document(document)
    except PolicyInvalidError as invalid:
        raise _placed(invalid, outline, kept) from None
    return patch_between(policy.to_document(), wanted.to_document())


def _growing(parts: list[PolicyPart]) -> Iterator[PolicyPart]:
    for part in parts:
        if part.row.path in GROWING:
            yield part
        else:
            yield from _growing(part.parts)


def _without_blanks(document: Any, part: PolicyPart) -> list[int]:
    """Take rows out that have nothing a row needs; return which rows of the form are left."""
    rows = _at(document, part.name.split("."))
    needed = [value.path[-1] for value in part.parts[0].values if _is_needed(value)]
    kept = [at for at, row in enumerate(rows) if any(row[name] is not None for name in needed)]
    rows[:] = [rows[at] for at in kept]
    return kept


def _is_needed(value: PolicyValue) -> bool:
    return not (value.limits.optional or value.limits.several)


def _one(form: FilledForm, name: str) -> str | None:
    return form.text(name) or None


def _several(form: FilledForm, name: str) -> list[str]:
    text = form.text(name)
    for each in SEPARATORS:
        text = text.replace(each, " ")
    return text.split()


READ: Mapping[str, Callable[[FilledForm, str], Any]] = {
    "number": _one,
    "switch": _one,
    "clock": _one,
    "choose": _one,
    "numbers": _several,
    "checks": FilledForm.texts,
    "ranks": FilledForm.texts,
}


def _at(document: Any, way: list[str]) -> Any:
    """Return what is at a place; a row that a list lacks is added to it."""
    for part in way:
        if isinstance(document, list) and int(part) == len(document):
            document.append({})
        document = document[int(part) if isinstance(document, list) else part]
    return document


def _put(document: Any, way: list[str], value: Any) -> None:
    *above, last = way
    place = _at(document, above)
    place[int(last) if isinstance(place, list) else last] = value


def _placed(
    invalid: PolicyInvalidError, outline: list[PolicyPart], kept: Mapping[str, list[int]]
) -> PolicyInvalidError:
    """Return the refusal with each fault at a field of the form or at its group, told by its name."""
    known = dict(_named(outline))
    problems = []
    for each in invalid.facts["problems"]:
        name = _of_form(each["field"], kept)
        while name and name not in known:
            name = name.rpartition(".")[0]
        where = {"where": known[name]} if name else {}
        problems.append(each["reason"] | {"field": name, "reason": each["reason"], **where})
    return PolicyInvalidError(problems=problems)


def _of_form(field: str, kept: Mapping[str, list[int]]) -> str:
    """Return the field of a form that a place of the document was filled from: blank rows count there."""
    for name, rows in kept.items():
        at, _, rest = field.removeprefix(f"{name}.").partition(".")
        if field.startswith(f"{name}.") and at.isdecimal():
            return f"{name}.{rows[int(at)]}.{rest}".rstrip(".")
    return field


def _named(parts: list[PolicyPart]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name of every group, row and value, and what it is called with what it is part of."""
    for part in parts:
        yield part.name, part.title
        for value in part.values:
            yield value.name, {language: title_of(value.path, language) for language in LANGUAGES}
        yield from _named(part.parts)
