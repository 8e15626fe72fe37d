"""A policy filled in by controls: which control each value has, and what a form changes, each fault at its field."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dispatch.console.frame.visit import FilledForm
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.policy.diff import LANGUAGES, title_of
from dispatch.domain.policy.fields import Unit
from dispatch.domain.policy.merge import patch_between
from dispatch.domain.policy.outline import PolicyPart, PolicyValue, is_number, outline_of, values_of
from dispatch.domain.policy.schema import Policy

SEPARATORS = "、，,；; "
"""What may stand between several numbers in one field."""

IN_ORDER = "relaxation"
"""The one list of choices whose order counts."""


def control_of(value: PolicyValue) -> str:
    """Return which control a value has; none where it is text, or a whole part that is left out."""
    several, unit = isinstance(value.value, list), value.row.unit
    if is_number(value.row):
        return "numbers" if several else "number"
    if unit is Unit.CHOICE and several:
        return "ranks" if value.name == IN_ORDER else "checks"
    return {Unit.SWITCH: "switch", Unit.CLOCK: "clock", Unit.CHOICE: "choose"}.get(unit, "")


def changes_of(policy: Policy, form: FilledForm) -> dict[str, Any]:
    """
    Return what a form changes of a policy, as a merge patch.

    Raises
    ------
    PolicyInvalidError
        With each fault at its field, and the name of the field in words.
    """
    document, outline = policy.model_dump(mode="json"), outline_of(policy)
    for value in values_of(outline):
        if read := READ.get(control_of(value)):
            _put(document, value.name.split("."), read(form, value.name))
    try:
        wanted = Policy.from_document(document)
    except PolicyInvalidError as invalid:
        raise _placed(invalid, outline) from None
    return patch_between(policy.to_document(), wanted.to_document())


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


def _put(document: Any, way: list[str], value: Any) -> None:
    *above, last = way
    for part in above:
        document = document[int(part) if isinstance(document, list) else part]
    document[int(last) if isinstance(document, list) else last] = value


def _placed(invalid: PolicyInvalidError, outline: list[PolicyPart]) -> PolicyInvalidError:
    """Return the refusal with each fault at a field of the form or at its group, told by its name."""
    known = dict(_named(outline))
    problems = []
    for each in invalid.facts["problems"]:
        name = each["field"]
        while name and name not in known:
            name = name.rpartition(".")[0]
        where = {"where": known[name]} if name else {}
        problems.append(each["reason"] | {"field": name, "reason": each["reason"], **where})
    return PolicyInvalidError(problems=problems)


def _named(parts: list[PolicyPart]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name of every group, row and value, and what it is called with what it stands in."""
    for part in parts:
        yield part.name, part.title
        for value in part.values:
            yield value.name, {language: title_of(value.path, language) for language in LANGUAGES}
        yield from _named(part.parts)
