"""What a recipient's categories decide: whose defence must be notified for, and who is served first."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from dispatch.domain.law.citations import Citations, cite
from dispatch.domain.stages import reviews_death
from dispatch.domain.vocabulary import Category, Service, Stage


class Defendant(NamedTuple):
    """What is known of a suspect or defendant who has no defender; None is unknown."""

    categories: Collection[Category]
    minor: bool | None
    grave: bool | None
    death_review: bool | None
    stage: Stage


class NoticeDuty(NamedTuple):
    """A ground on which a court, procuratorate or public security organ must notify a legal aid institution."""

    code: str
    zh: str
    en: str
    source: Citations
    holds: Callable[[Defendant], bool]


# fmt: off
NOTICE_DUTIES = (
    NoticeDuty("minor", "未成年人", "a minor", cite("legal_aid_law", 25, paragraph=1, item=1),
               lambda person: person.minor is True or Category.MINOR in person.categories),
    NoticeDuty("sensory_disabled", "视力、听力、言语残疾人", "a person with a visual, hearing or speech disability",
               cite("legal_aid_law", 25, paragraph=1, item=2),
               lambda person: Category.SENSORY_DISABLED in person.categories),
    NoticeDuty("not_fully_capable", "不能完全辨认自己行为的成年人", "an adult unable to fully recognise their own acts",
               cite("legal_aid_law", 25, paragraph=1, item=3),
               lambda person: Category.NOT_FULLY_CAPABLE in person.categories),
    NoticeDuty("grave", "可能被判处无期徒刑、死刑的人", "a person who may be sentenced to life or death",
               cite("legal_aid_law", 25, paragraph=1, item=4), lambda person: person.grave is True),
    NoticeDuty("death_review", "死刑复核案件被告人", "the defendant of a death-penalty review",
               cite("legal_aid_law", 25, paragraph=1, item=5),
               lambda person: reviews_death(person.stage, person.death_review)),
    NoticeDuty("tried_in_absence", "缺席审判案件的被告人", "a defendant tried in absentia",
               cite("legal_aid_law", 25, paragraph=1, item=6),
               lambda person: person.stage is Stage.ABSENTIA or Category.TRIED_IN_ABSENCE in person.categories),
)

FIRST_SERVED: Mapping[Category, Citations] = {
    # category                whose case comes first among those that are equally urgent
    Category.SERVICE_FAMILY:   cite("military_rights_law", 61),
}

BROADER: Mapping[str, Category] = {
    # a category                    is one of these too
    Category.SENSORY_DISABLED:     Category.DISABLED,
    Category.MIGRANT_CLAIMANT:     Category.MIGRANT_WORKER,
    Category.CHILD_IN_DISTRESS:    Category.MINOR,
    Category.PRIVATE_PROSECUTOR:   Category.CRIME_VICTIM,
    Category.INCIDENTAL_PLAINTIFF: Category.CRIME_VICTIM,
}
"""Experience with the broader category counts for the narrower, and reports count the narrower among the broader."""
# fmt: on


def duties_to_notify(service: Service, person: Defendant) -> Iterator[NoticeDuty]:
    """Yield the grounds that surely hold in a case; there are none but in defence."""
    if service is Service.DEFENCE:
        yield from (duty for duty in NOTICE_DUTIES if duty.holds(person))


def served_first(categories: Collection[Category]) -> bool:
    """Tell whether the law has aid in such a case come first."""
    return not FIRST_SERVED.keys().isdisjoint(categories)


def broadened(categories: Collection[Category]) -> frozenset[Category]:
    """Return the categories and those they are part of."""
    return frozenset(categories) | {BROADER[category] for category in categories if category in BROADER}
