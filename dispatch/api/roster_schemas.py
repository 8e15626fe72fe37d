"""Roster entries over the wire. Of a change only what is sent counts; null says that it is not known."""

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from dispatch.api.schemas import Id, In, Out
from dispatch.commands.drafts import PRINTED, Code, Number
from dispatch.domain.vocabulary import Category, InstitutionKind, PractitionerKind, Sex

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


class FormerOfficeIn(In):
    """A court or procuratorate someone served in; null is not known."""

    organ: LongTitle | None
    left_on: date | None = None


class Change(In):
    """A change of one record."""

    def told(self) -> dict[str, Any]:
        """Return only what was sent."""
        return self.model_dump(exclude_unset=True)


class PractitionerIn(Change):
    """A change of what is true of a practitioner, from today on."""

    name: Annotated[Title | None, Kept] = None
    institution: Annotated[Number | None, Kept, Field(description="Code of the institution. 机构编号。")] = None
    kind: PractitionerKind | None = None
    sex: Sex | None = None
    listed: Annotated[bool | None, Kept] = None
    licence_valid_to: Annotated[date | None, Field(examples=["2030-12-31"])] = None
    assessment_passed: bool | None = None
    practising_since: date | None = None
    criminal_defence_since: date | None = None
    minor_trained: bool | None = None
    legal_qualification: bool | None = None
    specialties: Annotated[
        dict[Code, Level] | None, Field(max_length=200, description="Causes and levels. 案由及水平。")
    ] = None
    experience: dict[Category, Level] | None = None
    languages: Annotated[list[Code] | None, Field(max_length=40)] = None
    areas: Annotated[list[Code] | None, Field(max_length=400)] = None
    former_offices: Annotated[list[FormerOfficeIn] | None, Field(max_length=20)] = None
    relatives_at: Annotated[list[Title] | None, Field(max_length=20)] = None
    quality: Level | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    capacity: Annotated[Count | None, Field(examples=[6])] = None
    monthly_capacity: Count | None = None
    left_on: date | None = None

    def told(self) -> dict[str, Any]:
        """Return only what was sent, former offices as the register writes them."""
        told = super().told()
        if self.former_offices is not None:
            told["former_offices"] = [office.model_dump(mode="json") for office in self.former_offices]
        return told


class InstitutionIn(Change):
    """A change of an institution; decisions see it at once."""

    name: Annotated[LongTitle | None, Kept] = None
    kind: InstitutionKind | None = None
    area: Code | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    capacity: Annotated[Count | None, Field(examples=[40], description="Null sets no cap. 为空则不限。")] = None
    entered_on: date | None = None
    left_on: date | None = None


class AttributesOut(Out):
    """What is true of a practitioner on a day; null is unknown."""

    from_on: date
    until_on: date | None
    institution_id: str
    kind: PractitionerKind | None
    sex: Sex | None
    listed: bool
    licence_valid_to: date | None
    assessment_passed: bool | None
    practising_since: date | None
    criminal_defence_since: date | None
    minor_trained: bool | None
    legal_qualification: bool | None
    specialties: dict[str, int] | None
    experience: dict[str, int] | None
    languages: list[str] | None
    areas: list[str] | None
    former_offices: list[dict[str, Any]] | None
    relatives_at: list[str] | None
    quality: int | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    monthly_capacity: int | None


class PractitionerOut(Out):
    """A practitioner of the register."""

    id: Id
    code: str
    name: str
    entered_on: date
    left_on: date | None
    revision: int
    attributes: AttributesOut | None = None


class InstitutionOut(Out):
    """An undertaking institution."""

    id: Id
    code: str
    name: str
    kind: InstitutionKind | None
    area: str | None
    latitude: float | None
    longitude: float | None
    capacity: int | None
    entered_on: date | None
    left_on: date | None
    revision: int


class AreaOut(Out):
    """A county, district or postcode area."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None


class LeaveIn(In):
    """Leave, both days included."""

    from_on: Annotated[date, Field(examples=["2026-12-01"])]
    until_on: Annotated[date, Field(examples=["2026-12-07"])]


class LeaveOut(Out):
    """Leave as recorded."""

    id: Id
    practitioner_id: str
    from_on: date
    until_on: date


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
