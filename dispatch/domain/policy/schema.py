"""Policy: what a centre may choose. Every number the law leaves open, or fixes per place, is here.

A policy is a document: written as TOML by people, kept as JSON, bounded by this file, and
named by its digest in every decision. Presets are data files with a source for every field.
What the law demands of a field is in ``legal_bounds``: it is asked before a policy is put in force.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, cached_property, reduce
from importlib.resources import files
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator, model_validator

from dispatch.domain.eligibility.soft_rules import Soft
from dispatch.domain.errors import PolicyInvalidError, UnknownReferenceError, stated
from dispatch.domain.law.citations import Citations, in_words
from dispatch.domain.law.deadlines import CHINA, DEADLINES, Limit, days
from dispatch.domain.policy.causes import MAX_CAUSES, Catalogue, Cause, inherited, require_tree, shipped
from dispatch.domain.policy.chain_schema import Chain, Nightly, OwnLeave, Runs, Walk
from dispatch.domain.policy.criteria import MAX_SCORE, Weights
from dispatch.domain.policy.document import LEGIBLE, MAX_HOURS, Document, Seen, Text
from dispatch.domain.shares import Rotation
from dispatch.domain.states import QualityGrade
from dispatch.domain.validation import UnfitError, expected_of
from dispatch.domain.vocabulary import Matter, Service, Stage

MAX_SLOT_PRICE = 500_000
MAX_EFFORT = 10_000
MAX_KM = 20_000
MAX_QUALITY_DAYS = 1826
"""Five years; the register is not asked for older grades."""
PRESETS = ("national", "shangqiu")


class Thresholds(Document):
    """Lines the hard rules and the levels are measured against."""

    grave_years: int = Field(ge=0, le=40)
    """Years of criminal defence needed for grave cases."""
    duty_years: int | None = Field(default=None, ge=0, le=40)
    """Years of practice a duty lawyer needs; none where the place has no such bar."""
    former_office_years: int = Field(default=2, ge=0, le=40)
    """Years a former judge or procurator stays out of litigation and defence."""
    senior_years: int = Field(default=10, ge=1, le=40)
    """Years of practice that count as full seniority."""
    unknown_quality: int = Field(default=60, ge=0, le=100)
    """Quality level of a practitioner who has not been graded yet."""
    specialty_floor: int | None = Field(default=None, ge=0, le=100)
    """Least level in the cause of action; 0 asks only that specialties are known, none asks nothing."""
    reach_km: float | None = Field(default=None, gt=0, le=MAX_KM)
    """Greatest distance to the case; none where distance only counts in the score."""


LATER: Mapping[tuple[str, ...], Any] = {
    ("quality",): None,
    ("closing",): [],
    ("leave",): OwnLeave().model_dump(),
    ("walk", "wish_hours"): Walk.model_fields["wish_hours"].default,
    ("rotation", "waive_hours"): Rotation.model_fields["waive_hours"].default,
}
"""What fields that came later say where they are left out: written out, they would change every policy's digest."""

GRADE_LEVELS: Mapping[QualityGrade, int] = {
    QualityGrade.EXCELLENT: 95,
    QualityGrade.GOOD: 82,
    QualityGrade.PASS: 67,
    QualityGrade.FAIL: 30,
}
"""The middles of 90 to 100, 75 to 89, 60 to 74 and 0 to 59, the bands in which levels were spoken of before."""


class Quality(Document):
    """How grades of closed cases and upheld complaints move a practitioner's quality level, the latest most."""

    window_days: int = Field(default=1095, ge=30, le=MAX_QUALITY_DAYS)
    """Days after which a grade or a complaint counts no more."""
    half_life_days: int = Field(default=365, ge=30, le=MAX_QUALITY_DAYS)
    """Days after which it counts half."""
    prior: int = Field(default=2, ge=1, le=100)
    """How many grades of today the level before them weighs, so that one case alone decides little."""
    levels: dict[QualityGrade, Annotated[int, Field(ge=0, le=100)]] = Field(default_factory=lambda: dict(GRADE_LEVELS))
    """The level of each grade."""
    complaint_points: int = Field(default=15, ge=0, le=100)
    """Points of 100 taken for a complaint upheld today."""

    @model_validator(mode="after")
    def falling(self) -> Self:
        """Refuse a table that lacks a grade, or in which a worse grade is worth more."""
        if set(self.levels) != set(QualityGrade):
            raise UnfitError("每个质量等次都应有计分", "every quality grade needs a level")
        levels = [self.levels[grade] for grade in QualityGrade]
        if levels != sorted(levels, reverse=True):
            raise UnfitError("质量等次的计分应从优秀到不合格递减", "levels must fall from excellent to fail")
        return self


class Checks(Document):
    """Hard rules a centre may switch, all of them its own or regional; the law's cannot be."""

    area: bool = False
    """Ask that the practitioner serves the area of the case."""
    language: bool = True
    """Ask that the practitioner speaks every language the case needs."""
    assessment: bool = False
    """Ask that the last annual assessment was passed."""
    duty_helpers: bool = False
    """Keep a duty lawyer who helped several co-suspects out of the defence, where the place asks for it."""
    minor_trained: bool = True
    """Ask a minor's lawyer for recorded training, as the centre's proof that they know minors' traits."""
    volunteers_light: bool = True
    """Keep volunteers without a practising certificate to advice and drafting, no matter who organises them."""
    grassroots_territory: bool = True
    """Ask that a party or the basic court is where the grass-roots office is; a province may widen it."""
    supreme_review: bool = False
    """True only for the one centre that assigns reviews by the Supreme Court; all others transfer them."""


class Caps(Document):
    """Caps for those whose roster entry names none."""

    open_cases: int = Field(ge=1, le=10_000)
    per_month: int | None = Field(default=None, ge=1, le=10_000)


class Fairness(Document):
    """Prices of one more case, in points of score: they grow with turns taken and with the load."""

    price_per_turn: int = Field(ge=0, le=100_000)
    price_per_effort: int = Field(default=0, ge=0, le=10_000)
    most_turns_ahead: int = Field(default=10, ge=0, le=1000)
    most_effort_ahead: int = Field(default=100, ge=0, le=10_000)
    load_ladder: tuple[int, ...] = Field(min_length=1, max_length=100)
    """Price of a slot by the share of the cap in use: the first entry for an empty desk, the last for a full one."""
    floor_cases_per_year: int | None = Field(default=None, ge=1, le=50)
    """Those with fewer cases than this, pro rata of the year, come first; none where there is no floor."""
    floor_premium: int = Field(default=100_000, ge=0, le=MAX_SLOT_PRICE)
    """Points by which a run prefers to give such a person each case that is lacking."""

    @model_validator(mode="after")
    def climbs(self) -> Self:
        """Refuse a ladder that falls, and prices that outgrow the score."""
        if list(self.load_ladder) != sorted(self.load_ladder) or self.load_ladder[0] < 0:
            raise UnfitError(
                "在办案件扣分阶梯应逐级不减，且不小于0", "the load ladder must not fall, nor start below 0"
            )
        if self.load_ladder[-1] > MAX_SLOT_PRICE:
            raise UnfitError(
                f"在办案件扣分阶梯的最后一级应不大于{MAX_SLOT_PRICE}",
                f"the load ladder must end at {MAX_SLOT_PRICE} or less",
            )
        return self


class Band(Document):
    """Up to this distance, this level."""

    up_to_km: float = Field(gt=0, le=MAX_KM)
    level: int = Field(ge=0, le=100)


class Urgency(Document):
    """With at most so many hours left, this level; more urgent cases are served first."""

    within_hours: float = Field(ge=-MAX_HOURS, le=MAX_HOURS)
    level: int = Field(ge=0, le=7)


class Effort(Document):
    """Effort credits of one assignment, by service, with extras for heavy cases."""

    by_service: dict[Service, Annotated[int, Field(le=MAX_EFFORT)]]
    """One that is left out counts as the one it is most like, if there is such a one."""
    grave: int = Field(default=0, ge=0, le=MAX_EFFORT)
    major: int = Field(default=0, ge=0, le=MAX_EFFORT)

    @model_validator(mode="after")
    def complete(self) -> Self:
        """Refuse a table that lacks a service or credits less than one point."""
        if set(Service) - set(self.by_service) - set(EFFORT_LIKE) or min(self.by_service.values(), default=0) < 1:
            raise UnfitError("每种法律援助形式的工作量应不小于1", "every service needs an effort of at least 1")
        return self

    def of(self, service: Service) -> int:
        """Return the credits of one assignment of this service."""
        own = self.by_service.get(service)
        return self.by_service[EFFORT_LIKE[service]] if own is None else own


EFFORT_LIKE: Mapping[Service, Service] = {
    Service.STATE_COMPENSATION: Service.LITIGATION_AGENCY,
    Service.PETITION: Service.LITIGATION_AGENCY,
    Service.ENFORCEMENT: Service.LITIGATION_AGENCY,
    Service.MEDIATION: Service.NON_LITIGATION,
    Service.FEE_RELIEF: Service.DRAFTING,
}


class Grab(Document):
    """How the board settles claims."""

    window_minutes: int = Field(ge=0, le=1440)
    """Length of a sealed window; 0 gives the case to the first eligible claim."""
    epsilon: int = Field(default=0, ge=0, le=MAX_SCORE)
    """A claim whose regret is not above this is granted at once."""
    open_claims: int = Field(default=3, ge=1, le=10_000)
    weekly_claims: int = Field(default=5, ge=1, le=10_000)
    cool_down_hours: int = Field(default=72, ge=0, le=MAX_HOURS)


class ClosingDay(Document):
    """By when a stage should be closed, in calendar days from the assignment; of every matter if none is named."""

    stage: Stage
    matters: tuple[Matter, ...] = ()
    days: int = Field(ge=1, le=3_650)


class Policy(Document):
    """Everything a centre may choose, in one document."""

    name: Annotated[str, Seen] = Field(min_length=1, max_length=80, pattern=LEGIBLE)
    title_zh: Text
    title_en: Text
    note_zh: Text = ""
    note_en: Text = ""
    time_zone: Text = CHINA
    weights: Weights
    thresholds: Thresholds
    checks: Checks = Checks()
    caps: Caps
    fairness: Fairness
    rotation: Rotation = Rotation()
    relaxation: tuple[Soft, ...] = ()
    """Soft rules relaxed one after the other, in this order, before a case is given up."""
    wish_levels: tuple[int, ...] = Field(default=(100, 70, 40), min_length=1, max_length=3)
    distance_bands: tuple[Band, ...] = Field(min_length=1)
    urgency: tuple[Urgency, ...] = Field(min_length=1)
    effort: Effort
    grab: Grab
    quality: Quality | None = None
    """Left out, grades and complaints move nothing: so it was before there were any."""
    chains: tuple[Chain, ...] = Field(min_length=1)
    walk: Walk = Walk()
    runs: Runs = Runs()
    nightly: Nightly = Nightly()
    leave: OwnLeave = OwnLeave()
    deadlines: dict[str, Limit] = Field(default_factory=dict)
    closing: tuple[ClosingDay, ...] = Field(default=(), max_length=200)
    """The first row that fits says by when a stage should be closed; a case may have a day of its own."""
    causes: tuple[Cause, ...] = Field(default_factory=shipped, min_length=1, max_length=MAX_CAUSES)
    """The catalogue; the one of this package where left out."""
    sources: dict[Text, Annotated[Citations, Field(min_length=1)]] = Field(default_factory=dict)

    @field_validator("time_zone")
    @classmethod
    def known(cls, name: str) -> str:
        """Refuse a time zone nobody knows."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise UnfitError(f"没有时区 {name}；如 {CHINA}", f"{name} is no time zone; one is {CHINA}") from None
        return name

    @field_validator("relaxation", mode="before")
    @classmethod
    def soft(cls, codes: Any) -> Any:
        """Refuse to relax what is law or guards someone, or to relax anything twice."""
        if not isinstance(codes, list | tuple) or not all(isinstance(code, str) for code in codes):
            return codes
        if hard := [str(code) for code in codes if code not in tuple(Soft)]:
            raise UnfitError(
                f"{', '.join(hard)} 不能由中心放宽；可以放宽的有 {', '.join(Soft)}",
                f"{', '.join(hard)}: not for a centre to relax; only {', '.join(Soft)} may be",
            )
        if len(set(codes)) < len(codes):
            raise UnfitError("同一条件只能放宽一次", "a rule is relaxed only once")
        return codes

    @field_validator("causes", mode="before")
    @classmethod
    def descended(cls, causes: Any) -> Any:
        """Give each cause that names no branch of law the branches of its parent."""
        return inherited(causes)

    @field_validator("deadlines")
    @classmethod
    def statutory(cls, limits: dict[str, Limit]) -> dict[str, Limit]:
        """Refuse a limit the law knows no deadline for: it would never be asked."""
        if strange := sorted(limits.keys() - DEADLINES.keys()):
            raise UnfitError(
                f"没有期限 {', '.join(strange)}；有 {', '.join(DEADLINES)}",
                f"no such deadline: {', '.join(strange)}; there are {', '.join(DEADLINES)}",
            )
        return limits

    @model_validator(mode="after")
    def ordered(self) -> Self:
        """Refuse ladders out of order and causes that are no tree."""
        bands = [(band.up_to_km, -band.level) for band in self.distance_bands]
        hours = [(step.within_hours, -step.level) for step in self.urgency]
        if bands != sorted(bands) or [level for _, level in bands] != sorted(level for _, level in bands):
            raise UnfitError("距离分段应距离递增、计分递减", "distance bands must grow in distance and fall in level")
        if hours != sorted(hours) or [level for _, level in hours] != sorted(level for _, level in hours):
            raise UnfitError(
                "紧急程度应小时数递增、级别递减", "the urgency ladder must grow in hours and fall in level"
            )
        if list(self.wish_levels) != sorted(self.wish_levels, reverse=True) or not min(self.wish_levels) >= 0:
            raise UnfitError("点援意愿计分应从第一意愿起递减", "wish levels must fall from the first wish on")
        if max(self.wish_levels) > 100:
            raise UnfitError("点援意愿计分应不大于100", "a wish level must not exceed 100")
        require_tree(self.causes)
        return self

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Read a policy from TOML, or raise PolicyInvalidError with every fault."""
        try:
            document = tomllib.loads(text)
        except (ValueError, RecursionError) as fault:
            raise PolicyInvalidError(
                problems=[{"field": "", "reason": stated("不是有效的 TOML", str(fault))}]
            ) from None
        return cls.from_document(document)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read a policy from a JSON document, or raise PolicyInvalidError with every fault."""
        try:
            return cls.model_validate(document)
        except ValidationError as faults:
            problems = [
                {"field": ".".join(str(part) for part in fault["loc"]), "reason": expected_of(fault)}
                for fault in faults.errors(include_url=False, include_input=False)
            ]
            raise PolicyInvalidError(problems=problems) from None
        except UnicodeError:
            reason = stated("含有不完整的字符", "half of a character is no text")
            raise PolicyInvalidError(problems=[{"field": "", "reason": reason}]) from None

    def closing_limit(self, matter: Matter, stage: Stage) -> Limit | None:
        """Return how long a stage should take from the assignment, if the centre says so."""
        fits = (row for row in self.closing if row.stage is stage and (not row.matters or matter in row.matters))
        row = next(fits, None)
        return days(row.days) if row else None

    def to_document(self) -> dict[str, Any]:
        """Return the policy as a JSON document; what came later has a place in it only where it is not as before."""
        document: dict[str, Any] = json.loads(self._written)
        return document

    def sources_in_words(self) -> dict[str, dict[str, str]]:
        """Return what each field rests on, in full in both languages."""
        return {path: in_words(source) for path, source in self.sources.items()}

    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON: the same policy has the same digest on every machine."""
        return self._digest

    def canonical(self) -> bytes:
        """Return the policy as canonical JSON: the same policy has the same bytes on every machine."""
        return json.dumps(self.to_document(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def _written(self) -> str:
        document = self.model_dump(mode="json")
        for place, before in LATER.items():
            *parts, name = place
            part = reduce(dict.__getitem__, parts, document)
            if part[name] == before:
                del part[name]
        return json.dumps(document, ensure_ascii=False)

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(self.canonical()).hexdigest()

    def day_of(self, at: datetime) -> date:
        """Return the day of a moment in the time zone of the policy."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()

    @cached_property
    def catalogue(self) -> Catalogue:
        """Return the causes by name and by descent; a policy never changes, so neither does this."""
        return Catalogue(self.causes)


@cache
def load_preset(name: str) -> Policy:
    """Return the preset `name` as shipped with this package."""
    if name not in PRESETS:
        raise UnknownReferenceError(field="preset", value=name, known=list(PRESETS))
    return Policy.from_toml(
        files("dispatch.domain.policy").joinpath(f"presets/{name}.toml").read_text(encoding="utf-8")
    )
