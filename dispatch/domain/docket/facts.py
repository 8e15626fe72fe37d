"""What is known of one case, one practitioner and one pair: plain records without names.

The registry fills them, the docket turns them into columns, and a docket saved as JSON is
nothing but these records. ``None`` always means *unknown*, which every hard rule refuses.
Identifiers only: a person's name, number or story has no field here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from dispatch.domain.states import QualityGrade
from dispatch.domain.texts.organs import Organs
from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    InstitutionKind,
    Matter,
    PairKind,
    PractitionerKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """One case as a decision sees it. ``demand`` is 1 (lead) or 2 (lead and second)."""

    id: str
    lot_of: str | None = None
    """The id whose lot it draws among equals: of the case it was filed as first; its own where there was none."""
    matter: Matter
    cause: str
    service: Service
    source: CaseSource
    stage: Stage
    area: str | None
    organ: str | None = None
    unlisted_organ: str | None = None
    """The name of its organ that the catalogue of organs does not know: then ``organ`` is unknown."""
    categories: tuple[Category, ...] = ()
    languages: tuple[str, ...] = ()
    interpreter: bool = False
    """Whether interpretation is arranged, so that the practitioner need not speak the languages."""
    recipient_sex: Sex | None = None
    recipient_is_minor: bool | None = None
    detained: bool | None = None
    grave: bool | None = None
    death_review: bool | None = None
    review_court: ReviewCourt | None = None
    """Which court reviews the death sentence, where one is reviewed."""
    sexual_assault: bool | None = None
    compulsory_treatment: bool | None = None
    secret: bool | None = None
    major: bool = False
    domicile_areas: tuple[str, ...] = ()
    court_area: str | None = None
    """Area of the basic people's court that hears the case, or heard it at first instance."""
    demand: int = 1
    entitled_at: datetime
    """Since when the centre must assign: the decision to grant, or the receipt of the notice."""
    due_at: datetime
    wishes: tuple[str, ...] = ()
    earlier_counsel: tuple[str, ...] = ()
    joint_group: str | None = None
    opposing_case_ids: tuple[str, ...] = ()
    relaxed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerOffice:
    """A court or procuratorate someone served in; ``organ`` None means it is not known which."""

    organ: str | None
    left_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFact:
    """The quality grade of the work on a closed case, and the day it was given."""

    grade: QualityGrade
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionerFacts:
    """One practitioner on one day. Levels are whole, 0 to 100; ``None`` is unknown."""

    id: str
    institution_id: str
    kind: PractitionerKind | None
    sex: Sex | None = None
    listed: bool = True
    assessment_valid_to: date | None = None
    """Until when the annual assessment stamped in the practising certificate is on record."""
    assessment_passed: bool | None = None
    practising_since: date | None = None
    criminal_defence_since: date | None = None
    minor_trained: bool | None = None
    legal_qualification: bool | None = None
    specialties: dict[str, int] | None = None
    experience: dict[str, int] | None = None
    languages: tuple[str, ...] | None = None
    areas: tuple[str, ...] | None = None
    former_offices: tuple[FormerOffice, ...] | None = ()
    relatives_at: tuple[str | None, ...] | None = ()
    """Courts and procuratorates where a spouse, parent or child serves; None within means it is not known which."""
    unlisted_organs: tuple[str, ...] = ()
    """Names of theirs that the catalogue of organs does not know: there the organ is None."""
    quality: int | None = None
    """The level the register states, undated; grades and complaints move it."""
    grades: tuple[GradeFact, ...] = ()
    complaints: tuple[date, ...] = ()
    """The days on which complaints about them were upheld."""
    latitude: float | None = None
    longitude: float | None = None
    capacity: int | None = None
    monthly_capacity: int | None = None
    load: int = 0
    month_count: int = 0
    asked: int = 0
    """Offers they have not answered yet."""
    waived: int = 0
    """Turns of the rotation they declined or did not answer, and for which others come first meanwhile."""
    on_leave: bool = False
    suspended: bool = False
    institution_suspended: bool = False
    away_now: bool = False
    """Whether a part of the day has begun in which they asked not to be called."""
    turns: int = 0
    effort: int = 0
    weighed_turns: Fraction | None = None
    """Each turn divided by the share it was taken at; left out where every share was one."""
    weighed_effort: Fraction | None = None
    waiting_since: datetime | None = None
    entered_on: date | None = None
    year_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionFacts:
    """One undertaking institution; ``room`` None means without a cap."""

    id: str
    kind: InstitutionKind | None = None
    room: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFacts:
    """A county, district or postcode area and the point it is measured from."""

    code: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFact:
    """A fact about one case and one practitioner."""

    case_id: str
    practitioner_id: str
    kind: PairKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DocketFacts:
    """All the facts of one decision, as loaded from the register at ``now``."""

    centre_id: str
    now: datetime
    cases: tuple[CaseFacts, ...]
    practitioners: tuple[PractitionerFacts, ...]
    institutions: tuple[InstitutionFacts, ...] = ()
    areas: tuple[AreaFacts, ...] = ()
    pairs: tuple[PairFact, ...] = field(default=())


def case_before(case: CaseFacts, organs: Organs) -> CaseFacts:
    """Return the case with the key of its organ; one nobody entered is unknown, and named so."""
    key = organs.known_key(case.organ)
    return replace(case, organ=key, unlisted_organ=None if key else case.organ)


def tied_to_organs(person: PractitionerFacts, organs: Organs) -> PractitionerFacts:
    """Return the practitioner with the keys of the organs they and their relatives served in."""
    offices, relatives = person.former_offices, person.relatives_at
    if not offices and not relatives:
        return person
    named = (*(office.organ for office in offices or ()), *(relatives or ()))
    return replace(
        person,
        former_offices=offices and tuple(replace(each, organ=organs.known_key(each.organ)) for each in offices),
        relatives_at=relatives and tuple(map(organs.known_key, relatives)),
        unlisted_organs=tuple(dict.fromkeys(name for name in named if name and organs.find(name) is None)),
    )


def related_at(person: PractitionerFacts, declared: Iterable[str]) -> PractitionerFacts:
    """Return the practitioner with the courts and procuratorates at which they declared a relative for the day.

    Where nobody stated all of them, any other stays possible: an organ within that is not known which.
    """
    organs = tuple(declared)
    if not organs:
        return person
    known = (None,) if person.relatives_at is None else person.relatives_at
    return replace(person, relatives_at=(*organs, *known))
