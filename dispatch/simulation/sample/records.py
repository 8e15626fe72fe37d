"""What a sample register is made of: plain records with a field for every column of the files."""

from dataclasses import dataclass, field
from datetime import date, datetime

from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.vocabulary import (
    ON_NOTICE,
    CaseSource,
    Category,
    InstitutionKind,
    Matter,
    MeansTest,
    PractitionerKind,
    RelationKind,
    Service,
    Sex,
    Stage,
)
from dispatch.simulation.sample.places import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInstitution:
    """An undertaking institution."""

    code: str
    name: str
    kind: InstitutionKind
    area: str
    latitude: float | None
    longitude: float | None
    capacity: int | None = None
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePractitioner:
    """A practitioner; ``None`` is a cell left empty."""

    code: str
    name: str
    institution: str
    kind: PractitionerKind | None
    sex: Sex | None
    listed: bool
    entered_on: date
    assessment_valid_to: date | None
    assessment_passed: bool | None
    practising_since: date | None
    criminal_defence_since: date | None
    minor_trained: bool | None
    legal_qualification: bool | None
    specialties: dict[str, int] | None
    experience: dict[str, int] | None
    languages: tuple[str, ...] | None
    areas: tuple[str, ...] | None
    former_organ: str | None
    former_left_on: date | None
    quality: int | None
    capacity: int | None
    leave: tuple[date, date] | None = None
    suspended: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRecipient:
    """The person a case is for."""

    name: str
    sex: Sex
    born_on: date
    identity_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRelation:
    """A tie to another case of the sample."""

    kind: RelationKind
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCase:
    """A granted case in the queue."""

    number: str
    matter: Matter
    cause: str
    service: Service
    source: CaseSource
    stage: Stage
    means_test: MeansTest
    area: str | None
    organ: str | None
    recipient: SampleRecipient
    minor: bool
    received_at: datetime
    entitled_at: datetime
    categories: tuple[Category, ...] = ()
    languages: tuple[str, ...] = ()
    domicile_areas: tuple[str, ...] = ()
    court_area: str | None = None
    detained: bool = False
    grave: bool = False
    sexual_assault: bool = False
    secret: bool = False
    major: bool = False
    demand: int = 1
    wishes: tuple[str, ...] = ()
    relations: tuple[SampleRelation, ...] = field(default=())

    @property
    def granted_at(self) -> datetime | None:
        """When aid was granted; a notified case has no such decision."""
        return None if self.source in ON_NOTICE else self.entitled_at

    @property
    def means_status(self) -> MeansStatus | None:
        """How the check of hardship came out, where one was made."""
        return MeansStatus.PROVEN if self.means_test is MeansTest.REQUIRED else None

    @property
    def means_ground(self) -> MeansGround | None:
        """Why there was none: the rules of the place."""
        return MeansGround.OTHER if self.means_test is MeansTest.EXEMPT else None


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A whole sample: where, who, and what waits to be assigned."""

    places: tuple[Place, ...]
    institutions: tuple[SampleInstitution, ...]
    practitioners: tuple[SamplePractitioner, ...]
    cases: tuple[SampleCase, ...]
