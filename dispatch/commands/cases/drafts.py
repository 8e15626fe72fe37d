"""A case as it is handed in: what a form, a file or a notice must say, and in what bounds."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.stages import reviews_death
from dispatch.domain.texts import case_number_key, code_key
from dispatch.domain.texts.identity import Identity, identify
from dispatch.domain.texts.typed import CaseNumber, Contact, IdentityNumber, Name, Number, PartyName, Story, Word
from dispatch.domain.validation import UnfitError, expected_of
from dispatch.domain.vocabulary import (
    ON_NOTICE,
    CaseSource,
    Category,
    IdentityKind,
    Matter,
    MeansTest,
    PartyRole,
    RelationKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
"""Days a file can say; what comes by another way and lies beyond could not be exported."""


NOT_HELD = (
    "填写羁押期限届满日的，“在押”应为“是”",
    "custody_ends_on is for who is detained: detained must not be false",
)


def _as_utc(at: datetime) -> datetime:
    # The day before and after, because a zone may move the moment into another year.
    if not FIRST_DAY < at.date() < LAST_DAY:
        raise UnfitError("应在1900年至2099年之间", "a moment from 1900 to 2099")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_as_utc)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


class Handed(BaseModel):
    """A part of what is handed in; a field nobody knows is refused, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class PersonDraft(Handed):
    """A person in a case. Everything is sealed; only the sex and whether they are a minor inform a decision."""

    name: PartyName
    identity_kind: IdentityKind | None = None
    """Kind of the document; left out, the number is one built like a citizen's."""
    identity_number: IdentityNumber | None = None
    """Checked by its kind, and kept in its present form; tells the sex and whether they are a minor."""
    sex: Sex | None = None
    minor: bool | None = None
    contact: Contact | None = None

    @field_validator("identity_number")
    @classmethod
    def identified(cls, number: str | None, known: ValidationInfo) -> str | None:
        """Refuse a number that no document of its kind can have."""
        # A kind that is no word of ours is not among what is known, and refused itself.
        if number is None or "identity_kind" not in known.data:
            return number
        return identify(number, known.data["identity_kind"]).number

    @property
    def identity(self) -> Identity | None:
        """Return what the number tells, if there is one."""
        return identify(self.identity_number, self.identity_kind) if self.identity_number else None


People = Annotated[tuple[PersonDraft, ...], Field(max_length=20)]

PARTIES = {
    "opposing": PartyRole.OPPOSING,
    "co_accused": PartyRole.CO_DEFENDANT,
    "spouses": PartyRole.SPOUSE,
    "guardians": PartyRole.GUARDIAN,
    "related": PartyRole.RELATED,
}
"""Everyone in a case but its recipient, by the field they are handed in with; compared with those of all cases."""


class RelationDraft(Handed):
    """A relation to another case of the centre, by its number; between stages, the other case is the earlier one."""

    kind: RelationKind
    number: CaseNumber

    @property
    def key(self) -> str:
        """Return what the spellings of the number share."""
        return case_number_key(self.number)


class ReferredDraft(Handed):
    """What the sender of a case knows of it. A fact left out, or null, is unknown, and unknown passes no rule."""

    number: CaseNumber
    cause: Word
    """By code, official name or another name of the catalogue; kept by code."""
    stage: Stage
    area: Word | None = None
    """By code or name, as the list of areas has it."""
    categories: Annotated[tuple[Category, ...], Field(max_length=len(Category))] = ()
    languages: Annotated[tuple[Word, ...], Field(max_length=8)] = ()
    """By code or name, as the list of languages has them."""
    court_area: Word | None = None
    """Area of the basic people's court that hears the case, or heard it at first instance."""
    interpreter: bool = False
    """Interpretation is arranged, so that the practitioner need not speak the languages."""
    recipient: PersonDraft
    opposing: People = ()
    co_accused: People = ()
    """Co-defendants, and those tried separately on related facts."""
    spouses: People = ()
    guardians: People = ()
    related: People = ()
    """Others whose interests may clash with someone's, such as near relatives."""
    story: Story | None = None
    detained: bool | None = None
    grave: bool | None = None
    sexual_assault: bool | None = None
    death_review: bool | None = None
    """Where the stage has no word for it; left out, the stage alone says so."""
    review_court: ReviewCourt | None = None
    """Which court reviews the death sentence; the Supreme Court's cases are transferred."""
    compulsory_treatment: bool | None = None
    """Where the stage has no word for it; left out, the stage alone says so."""
    secret: bool | None = None
    hearing_on: Day | None = None
    """Day of the hearing; somebody is named in time for its notice."""
    limitation_ends_on: Day | None = None
    """Last day to sue, or to apply for arbitration or reconsideration; seven days before, naming somebody is due."""
    custody_ends_on: Day | None = None
    """Last day of the custody period."""
    preservation: bool | None = None
    """Preservation of property or evidence, or advance payment, must be applied for at once; null means unknown."""
    relations: Annotated[tuple[RelationDraft, ...], Field(max_length=50)] = ()

    @property
    def key(self) -> str:
        """Return what the spellings of the number share."""
        return case_number_key(self.number)


class CaseDraft(ReferredDraft):
    """A case to register. A fact left out, or null, is unknown, and unknown passes no rule."""

    matter: Matter
    service: Service
    source: CaseSource = CaseSource.APPLICATION
    means_test: MeansTest | None = None
    """Left out, the ground or the categories decide."""
    means_status: MeansStatus | None = None
    """How the check came out; null means unknown, and who is checked is granted nothing on it."""
    means_ground: MeansGround | None = None
    """Why hardship is not checked (《法律援助法》第四十二条), or is no condition (《法律援助法》第三十二条)."""
    fund_source: FundSource | None = None
    """Which fund is to pay; one that must grant it is applied for with this, once aid is granted."""
    organ: Name | None = None
    domicile_areas: Annotated[tuple[Word, ...], Field(max_length=8)] = ()
    major: bool = False
    demand: Annotated[int, Field(ge=1, le=2)] = 1
    received_at: Instant
    granted_at: Instant | None = None
    """Left out while an application is undecided; a notice has no decision, its clock runs from ``received_at``."""
    aid_first: AidFirst | None = None
    """The ground on which aid was granted before its papers were in (《法律援助法》第四十四条)."""
    materials_owed: Annotated[tuple[Material, ...], Field(max_length=len(Material))] = ()
    materials_due_on: Day | None = None
    """Last day to hand in what is owed."""
    wishes: Annotated[tuple[Number, ...], Field(max_length=3)] = ()
    """Practitioner codes in order of preference."""

    @model_validator(mode="after")
    def sensible(self) -> Self:
        """Refuse what contradicts itself."""
        if self.custody_ends_on and self.detained is False and Category.DETAINED not in self.categories:
            raise UnfitError(*NOT_HELD, field="custody_ends_on")
        if self.granted_at and self.source in ON_NOTICE:
            raise UnfitError(
                "通知辩护、代理的案件没有给予法律援助决定，不填决定时间，期限自收到通知时起算",
                "granted_at is for applications: a notified case has no decision, its clock runs from the notice",
                "granted_at",
            )
        if self.granted_at and self.granted_at < self.received_at:
            raise UnfitError(
                "决定给予法律援助时间应不早于收到申请（通知）时间",
                "granted_at must not be before received_at",
                "granted_at",
            )
        if self.review_court and not reviews_death(self.stage, self.death_review):
            raise UnfitError(
                "复核法院只用于死刑复核案件", "review_court is for reviews of a death sentence only", "review_court"
            )
        if len(set(map(code_key, self.wishes))) < len(self.wishes):
            raise UnfitError("点援意愿中同一承办人员只能列一次", "wishes must name different practitioners", "wishes")
        if any(relation.key == self.key for relation in self.relations):
            raise UnfitError("关联案件不能是本案自身", "a case has no relation to itself", "relations")
        return self


def draft_of(document: Mapping[str, Any]) -> CaseDraft:
    """Return what a document hands in, or refuse its first fault by the field, which is named as a file names it."""
    try:
        return CaseDraft.model_validate(document)
    except ValidationError as faults:
        [fault, *_] = faults.errors(include_url=False, include_input=False)
        where = "_".join(str(part) for part in fault["loc"]) or getattr(fault["ctx"]["error"], "field", "")
        raise InvalidFieldError(field=where, value=None, expected=expected_of(fault)) from None


class NoticeDraft(ReferredDraft):
    """A notice of a case organ that a defender or an agent is due (通知辩护、通知代理).

    ``number`` is that of the notice in full, and becomes that of the case.
    """

    service: Literal[Service.DEFENCE, Service.CRIMINAL_AGENCY] = Service.DEFENCE
    source: Literal[CaseSource.NOTICE_MUST, CaseSource.NOTICE_MAY] = CaseSource.NOTICE_MUST

    def to_case(self, organ: str, received_at: datetime) -> CaseDraft:
        """Return the case that the notice asks for."""
        return CaseDraft(matter=Matter.CRIMINAL, organ=organ, received_at=received_at, **dict(self))
