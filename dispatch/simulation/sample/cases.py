"""A queue of granted cases with wishes, needs of every kind, and deadlines near and far."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from numpy.random import Generator

from dispatch.domain.policy.causes import Cause
from dispatch.domain.texts.identity import is_minor
from dispatch.domain.vocabulary import CaseSource, Category, Matter, MeansTest, Service, Sex, Stage
from dispatch.simulation.sample.draws import pick, years_before
from dispatch.simulation.sample.places import Place, identity_number, organ_of, person_names
from dispatch.simulation.sample.records import SampleCase, SampleRecipient
from dispatch.simulation.sample.shares import (
    CASE_KINDS,
    CRIMINAL_SOURCES,
    GRAVE_CAUSES,
    NEEDED_LANGUAGES,
    ORDINARY,
    RECIPIENT_AGES,
    SEXUAL_CAUSES,
    STAGE_OF_SERVICE,
    STAGES,
    SUSPECT_AGES,
    VICTIM_AGES,
    CaseKind,
    usual,
)

QUEUE_HOURS = 80
"""The oldest case of the queue was granted so long ago: some deadlines are near, one or two past."""

NO_AREA = 0.007
"""Part of the cases whose area nobody wrote down."""

ORGAN_OF_STAGE = {Stage.INVESTIGATION: 0, Stage.PROSECUTION: 1}
ELDERLY_AGE = 60
CHINA = ZoneInfo("Asia/Shanghai")


class CaseSubject(NamedTuple):
    """What a case is about, and where."""

    cause: Cause
    place: Place


def draw_needs(
    draw: Generator, size: int, criminal_share: float, places: Sequence[Place], causes: Sequence[Cause]
) -> list[CaseSubject]:
    """Return needs spread over the places by their people, and over the causes by how common they are."""
    weights = {cause: CASE_KINDS.get(cause.code, ORDINARY).weight for cause in usual(causes)}
    criminal = {cause: weight for cause, weight in weights.items() if cause.matter is Matter.CRIMINAL}
    others = {cause: weight for cause, weight in weights.items() if cause.matter is not Matter.CRIMINAL}
    homes = pick(draw, {place: place.weight for place in places}, size)
    pools = pick(draw, {True: criminal_share, False: 1 - criminal_share}, size)
    drawn = [pick(draw, (criminal if wanted else others) or weights, 1)[0] for wanted in pools]
    return [CaseSubject(cause, home) for cause, home in zip(drawn, homes, strict=True)]


def make_cases(draw: Generator, now: datetime, needs: Sequence[CaseSubject]) -> tuple[SampleCase, ...]:
    """Return a queue with a case for every need."""
    ages = draw.beta(1.0, 2.2, len(needs))
    return make_cases_at(draw, [now - timedelta(minutes=int(60 * QUEUE_HOURS * age)) for age in ages], needs)


def make_cases_at(draw: Generator, moments: Iterable[datetime], needs: Sequence[CaseSubject]) -> tuple[SampleCase, ...]:
    """Return a case for every need, granted at one of the moments each; numbers grow with them."""
    granted = sorted(moments)
    names = person_names(draw, len(needs))
    rows = enumerate(zip(granted, needs, names, strict=True), start=1)
    return tuple(_case(draw, number, at, need, name) for number, (at, need, name) in rows)


def _case(draw: Generator, number: int, entitled_at: datetime, need: CaseSubject, name: str) -> SampleCase:
    cause, home = need
    kind = CASE_KINDS.get(cause.code, ORDINARY)
    criminal = cause.matter is Matter.CRIMINAL
    victim = criminal and draw.random() < (0.4 if cause.code in SEXUAL_CAUSES else 0.04)
    ages = VICTIM_AGES if victim else SUSPECT_AGES if criminal else RECIPIENT_AGES
    recipient = _recipient(draw, entitled_at.date(), ages, 0.8 if victim else kind.women, name)
    minor = is_minor(recipient.born_on, entitled_at.astimezone(CHINA).date())
    if victim:
        course = _victim(draw, cause, home)
    elif criminal:
        course = _suspect(draw, cause, home, minor)
    else:
        course = _other(draw, cause, kind, home)
    # A notice leaves nothing to decide: its receipt starts the same three days.
    waited = timedelta(hours=int(draw.integers(1, 60)) if course["source"] is CaseSource.APPLICATION else 0)
    return SampleCase(
        **course,
        number=f"{entitled_at:%Y}-{number:05}",
        matter=cause.matter,
        cause=cause.code,
        area=None if draw.random() < NO_AREA else home.code,
        recipient=recipient,
        minor=minor,
        received_at=entitled_at - waited,
        entitled_at=entitled_at,
        categories=_categories(draw, kind, recipient, minor, entitled_at.date(), course),
        languages=tuple(pick(draw, NEEDED_LANGUAGES, 1)) if draw.random() < 0.025 else (),
        domicile_areas=(home.code,),
        major=bool(draw.random() < 0.01),
    )


def _recipient(
    draw: Generator, today: date, ages: Mapping[tuple[int, int], float], women: float, name: str
) -> SampleRecipient:
    sex = Sex.FEMALE if draw.random() < women else Sex.MALE
    low, high = pick(draw, ages, 1)[0]
    born_on = years_before(today, draw.uniform(low + 0.1, high + 0.9))
    return SampleRecipient(name=name, sex=sex, born_on=born_on, identity_number=identity_number(draw, born_on, sex))


def _suspect(draw: Generator, cause: Cause, home: Place, minor: bool) -> dict[str, Any]:
    grave = bool(not minor and cause.code in GRAVE_CAUSES and draw.random() < 0.6)
    source = CaseSource.NOTICE_MUST if minor or grave else pick(draw, CRIMINAL_SOURCES, 1)[0]
    stage = pick(draw, STAGES, 1)[0]
    return {
        "service": Service.DEFENCE,
        "source": source,
        "stage": stage,
        "means_test": MeansTest.REQUIRED if source is CaseSource.APPLICATION else MeansTest.NOT_APPLICABLE,
        "organ": organ_of(home, ORGAN_OF_STAGE.get(stage, 2)),
        "detained": bool(grave or draw.random() < 0.5),
        "grave": grave,
        "sexual_assault": cause.code in SEXUAL_CAUSES,
        "secret": bool(draw.random() < 0.01),
        "demand": 2 if grave and draw.random() < 0.5 else 1,
    }


def _victim(draw: Generator, cause: Cause, home: Place) -> dict[str, Any]:
    stage = pick(draw, {Stage.PROSECUTION: 0.4, Stage.FIRST_INSTANCE: 0.6}, 1)[0]
    return {
        "service": Service.CRIMINAL_AGENCY,
        "source": CaseSource.APPLICATION,
        "stage": stage,
        "means_test": MeansTest.EXEMPT,
        "organ": organ_of(home, ORGAN_OF_STAGE.get(stage, 2)),
        "sexual_assault": cause.code in SEXUAL_CAUSES,
    }


def _other(draw: Generator, cause: Cause, kind: CaseKind, home: Place) -> dict[str, Any]:
    service = Service.NON_LITIGATION if cause.matter is Matter.NON_LITIGATION else kind.service
    return {
        "service": service,
        "source": CaseSource.APPLICATION,
        "stage": STAGE_OF_SERVICE[service],
        "means_test": pick(draw, {MeansTest.REQUIRED: 0.45, MeansTest.EXEMPT: 0.55}, 1)[0],
        "organ": organ_of(home, 2) if service is Service.LITIGATION_AGENCY else None,
        "court_area": home.code if service is Service.LITIGATION_AGENCY else None,
    }


def _categories(
    draw: Generator, kind: CaseKind, recipient: SampleRecipient, minor: bool, today: date, course: Mapping[str, Any]
) -> tuple[Category, ...]:
    drawn = {category for category, share in kind.categories.items() if draw.random() < share}
    if minor:
        drawn = {Category.MINOR}
    elif recipient.born_on < years_before(today, ELDERLY_AGE):
        drawn.add(Category.ELDERLY)
    else:
        drawn.discard(Category.ELDERLY)
    if recipient.sex is Sex.MALE:
        drawn.discard(Category.WOMAN)
    if course.get("detained"):
        drawn.add(Category.DETAINED)
    if course["service"] is Service.CRIMINAL_AGENCY:
        drawn.add(Category.CRIME_VICTIM)
    return tuple(category for category in Category if category in drawn)
