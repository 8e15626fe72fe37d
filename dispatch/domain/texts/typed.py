"""The kinds of text as a schema has them: what is handed in is bounded, and kept as its door says."""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints, TypeAdapter, ValidationError

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.texts import case_number, code, holds_number, line, story
from dispatch.domain.validation import UnfitError, expected_of

PRINTED = r"^[^\x00-\x1f]+$"
"""What a schema can say of unseen characters; the doors refuse them all."""


def _bounded(most: int, least: int = 1, pattern: str | None = PRINTED) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most, pattern=pattern)


def _kept(clean: Callable[[str], str], most: int, least: int = 1) -> AfterValidator:
    """Return the door of a kind of text; what is kept may be longer or shorter than what was written."""

    def fit(text: str) -> str:
        kept = clean(text)
        if not least <= len(kept) <= most:
            raise UnfitError(f"{least}至{most}个字符", f"{least} to {most} characters")
        return kept

    return AfterValidator(fit)


def _nameable(text: str) -> str:
    if holds_number(text):
        raise UnfitError(
            "不含证件号码的姓名（名称）；号码另填（表格中写作“姓名（号码）”或者“姓名（护照：号码）”）",
            "a name without a number; the number has its own field, or stands behind the name as name (number)",
        )
    return text


# fmt: off
# what is handed in         as a schema has it                         and as it is kept
Code           = Annotated[str, _bounded(40),                          _kept(code, 40)]
Number         = Annotated[str, _bounded(60),                          _kept(code, 60)]
IdentityNumber = Annotated[str, _bounded(40, least=4),                 _kept(code, 40, least=4)]
CaseNumber     = Annotated[str, _bounded(60),                          _kept(case_number, 60)]
Name           = Annotated[str, _bounded(80),                          _kept(line, 80)]
PartyName      = Annotated[str, _bounded(80),                          _kept(line, 80), AfterValidator(_nameable)]
Title          = Annotated[str, _bounded(120),                         _kept(line, 120)]
LongTitle      = Annotated[str, _bounded(200),                         _kept(line, 200)]
Word           = Annotated[str, _bounded(120),                         _kept(line, 120)]
Contact        = Annotated[str, _bounded(120),                         _kept(line, 120)]
Reason         = Annotated[str, _bounded(200),                         _kept(line, 200)]
Letter         = Annotated[str, _bounded(8),                           _kept(line, 8)]
Brief          = Annotated[str, _bounded(40),                          _kept(line, 40)]
Login          = Annotated[str, _bounded(80, pattern=r"^[\w.@-]+$"),   _kept(code, 80)]
CentreCode     = Annotated[str, _bounded(40, pattern=r"^[\w.-]+$"),    _kept(code, 40)]
Note           = Annotated[str, _bounded(400, pattern=None),           _kept(story, 400)]
Entry          = Annotated[str, _bounded(2000, pattern=None),          _kept(story, 2000)]
Story          = Annotated[str, _bounded(4000, pattern=None),          _kept(story, 4000)]
# fmt: on


def kept(field: str, kind: Any, text: str) -> str:
    """Return a text of a kind as its door keeps it, or refuse the field; for what comes by no schema."""
    try:
        return _adapter(kind).validate_python(text)
    except ValidationError as faults:
        [fault, *_] = faults.errors(include_url=False, include_input=False)
        raise InvalidFieldError(field=field, expected=expected_of(fault)) from None


@cache
def _adapter(kind: Any) -> TypeAdapter[str]:
    return TypeAdapter(kind)
