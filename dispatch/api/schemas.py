"""Shapes that several resources share. Inputs refuse unknown fields; outputs never hold a name or a story."""

from datetime import date
from typing import Annotated, Any, Self

from fastapi import Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dispatch.commands.cases.drafts import Day
from dispatch.commands.roster.registration import DatedEffect
from dispatch.domain.conflicts.reviews import ReviewOutcome
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.table import basis_text, refusal_text
from dispatch.domain.funds.subsidy import MAX_SERVICE_DAYS
from dispatch.domain.law.citations import Trust, from_data, in_words
from dispatch.domain.law.instruments import InstrumentKind
from dispatch.domain.states import QualityGrade
from dispatch.domain.texts import typed
from dispatch.domain.validation import UnfitError

Id = Annotated[str, Field(max_length=32, examples=["0f8fad5bd9cb469fa16570867728950e"])]


class In(BaseModel):
    """What a request says; a field nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What an answer says, read from a row."""

    model_config = ConfigDict(from_attributes=True)


class CitationOut(BaseModel):
    """A place in an instrument, as data and in full in both languages."""

    instrument: Annotated[str, Field(description="Its code; empty for a document of the place. 文件代码。")]
    document: Annotated[str, Field(description="A document without a code. 其他文件的名称。")]
    kind: InstrumentKind
    article: Annotated[int | None, Field(description="条")]
    to: Annotated[int | None, Field(description="Last article of a range. 至第几条。")]
    paragraph: Annotated[int | None, Field(description="款")]
    item: Annotated[int | None, Field(description="项")]
    trust: Annotated[Trust, Field(description="How far its text was read. 核对程度。")]
    zh: str
    en: str


class SourceOut(BaseModel):
    """What a rule, a bound or a value rests on. 依据。"""

    zh: Annotated[str, Field(examples=["《法律援助法》第二十六条"])]
    en: Annotated[str, Field(examples=["Legal Aid Law, art. 26"])]
    citations: list[CitationOut]


def _in_both_languages(source: Any) -> Any:
    """Return stored citations in words; words stay as they are."""
    return source if isinstance(source, dict) else in_words(from_data(source))


SourceText = Annotated[
    dict[str, str],
    BeforeValidator(_in_both_languages),
    Field(description="What it rests on, in words by language. 依据。"),
]


class RefusalOut(Out):
    """A hard rule that refuses; ``unknown`` means that a fact is missing."""

    code: str
    unknown: bool
    text: str
    source: Annotated[str, Field(description="What the rule rests on; ``/v1/rules`` has it as data. 依据。")]
    missing: list[str] = Field(
        default_factory=list,
        description="Facts of the case, any of which would settle it, by the column of a file. 本案须填写的项目。",
    )

    @classmethod
    def of(cls, refusal: Refusal, language: str) -> Self:
        """Return the refusal of a rule in the language."""
        code, unknown, missing = refusal.code, refusal.unknown, refusal.missing
        text = refusal_text(code, language, unknown=unknown, organs=refusal.organs, missing=missing)
        return cls(code=code, unknown=unknown, text=text, source=basis_text(code, language), missing=list(missing))


class CountedGradeOut(Out):
    """A quality grade that counts, and how much beside one of today."""

    grade: QualityGrade
    on: date
    share: float


class CountedComplaintOut(Out):
    """An upheld complaint that counts, and how much beside one of today."""

    on: date
    share: float


class QualityOut(Out):
    """What a quality level rests on: the level before, and the grades and upheld complaints that moved it."""

    level: Annotated[int | None, Field(description="Null counts as the neutral level. 空值按中性得分计。")]
    before: Annotated[int, Field(description="As registered, or neutral. 原有得分。")]
    grades: list[CountedGradeOut]
    complaints: list[CountedComplaintOut]


Reason = Annotated[typed.Reason, Field(examples=["asked for by the court 法院建议"])]
Words = typed.Story
"""What is written into a paper of a case; it is sealed."""
Estimated = Annotated[bool, Field(description="The calendar of that year is not published yet. 当年日历尚未公布。")]
ServiceDays = Annotated[
    float,
    Field(ge=0, le=MAX_SERVICE_DAYS, multiple_of=0.5, allow_inf_nan=False, examples=[3.5],
          description="Whole or half days. 服务天数，以半日为单位。"),
]  # fmt: skip
AsOf = Annotated[Day | None, Query(description="Date of the entry; today, if left out. 查询日期，不填为今天。")]
SameNumber = Annotated[bool, Field(description="One identity number; else one name only. 证件号码相同。")]
Consented = Annotated[bool, Field(description="The parties consent in writing. 当事人已书面同意。")]
MayBeFound = Annotated[list[ReviewOutcome], Field(description="What may be found. 可以登记的核对结果。")]
Certain = Annotated[bool, Field(description="Nobody needs to look at it. 无需核对。")]
Level = Annotated[int, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0, le=10_000)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


def _kept(value: Any) -> Any:
    if value is None:
        raise UnfitError("可以更改，不能清空", "this can be changed, but not emptied")
    return value


Kept = AfterValidator(_kept)
"""Of a field that is always known; left out of a change, it stays."""


class Change(In):
    """A change of one record."""

    def sent(self) -> dict[str, Any]:
        """Return only what was sent."""
        return self.model_dump(exclude_unset=True)


class DatedChange(Change):
    """A change that is true from today on, from a later day, or, with a reason, since an earlier one."""

    from_on: Annotated[
        Day | None,
        Field(exclude=True, description="Since when it is true; today, if left out. 自何日起，不填为今天。"),
    ] = None
    reason: Annotated[
        typed.Reason | None,
        Field(exclude=True, description="Why; a correction needs it. 理由；更正过去的登记须填写。"),
    ] = None

    @property
    def effect(self) -> DatedEffect:
        """Return since when it is true, and why."""
        return DatedEffect(self.from_on, reason=self.reason)
