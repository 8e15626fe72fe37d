"""Shapes that several resources share. Inputs refuse unknown fields; outputs never hold a name or a story."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from dispatch.commands.cases.drafts import PRINTED

Id = Annotated[str, Field(max_length=32, examples=["0f8fad5bd9cb469fa16570867728950e"])]


class In(BaseModel):
    """What a request says; a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What an answer says, read from a row."""

    model_config = ConfigDict(from_attributes=True)


class RefusalOut(Out):
    """A hard rule that refuses; ``unknown`` means that a fact is missing."""

    code: str
    unknown: bool
    text: str


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTED),
    Field(examples=["asked for by the court 法院建议"]),
]
Level = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=10_000)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=PRINTED)]
LongTitle = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTED)]


def _kept(value: Any) -> Any:
    if value is None:
        raise ValueError("this can be changed, but not emptied")
    return value


Kept = AfterValidator(_kept)
"""Of a field that is always known; left out of a change, it stays."""


class Change(In):
    """A change of one record."""

    def told(self) -> dict[str, Any]:
        """Return only what was sent."""
        return self.model_dump(exclude_unset=True)


class SuspensionIn(In):
    """A period without new cases; open-ended without an end."""

    from_on: Annotated[date, Field(examples=["2026-12-01"])]
    until_on: date | None = None
    reason: Annotated[str, Field(min_length=1, max_length=40, examples=["complaint-upheld"])]


class SuspensionOut(Out):
    """A suspension as recorded."""

    id: Id
    practitioner_id: str | None
    institution_id: str | None
    from_on: date
    until_on: date | None
    reason: str
