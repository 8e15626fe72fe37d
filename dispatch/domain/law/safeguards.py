"""What the facts of a case protect somebody by; a change after which a protection is gone needs a second person.

A fact that is unknown protects like one that is so: only *no* lowers anything.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple, Protocol

from dispatch.domain.eligibility.predicates import LIGHT
from dispatch.domain.stages import reviews_death, treats_compulsorily
from dispatch.domain.vocabulary import Category, Matter, Service, Sex, Stage


class Protected(Protocol):
    """What of a case decides how it is protected; None is unknown."""

    @property
    def matter(self) -> Matter: ...
    @property
    def service(self) -> Service: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def categories(self) -> Collection[str]: ...
    @property
    def recipient_is_minor(self) -> bool | None: ...
    @property
    def recipient_sex(self) -> Sex | None: ...
    @property
    def grave(self) -> bool | None: ...
    @property
    def sexual_assault(self) -> bool | None: ...
    @property
    def secret(self) -> bool | None: ...
    @property
    def death_review(self) -> bool | None: ...
    @property
    def compulsory_treatment(self) -> bool | None: ...
    @property
    def major(self) -> bool | None: ...


class Safeguard(NamedTuple):
    """A protection: the facts it hangs on, as the columns of a file name them, and when it holds."""

    code: str
    zh: str
    en: str
    fields: frozenset[str]
    holds: Callable[[Protected], bool]


def may_be_minor(case: Protected) -> bool:
    """Tell whether the recipient is a minor, or may be."""
    return case.recipient_is_minor is not False or Category.MINOR in case.categories


def may_be_assault(case: Protected) -> bool:
    """Tell whether the case is one of sexual assault, or may be."""
    return case.sexual_assault is not False


def by_lawyers(case: Protected) -> bool:
    """Tell whether the kind of the case alone asks for a lawyer."""
    return case.service in (Service.DEFENCE, Service.DUTY_HELP) or (
        case.matter is Matter.CRIMINAL and case.service not in LIGHT
    )


AGE = frozenset({"recipient_minor", "recipient_identity_number", "recipient_identity_kind", "categories"})

# fmt: off
SAFEGUARDS = (
    Safeguard("minor", "受援人为未成年人", "the recipient is a minor", AGE, may_be_minor),
    Safeguard("girl", "受援人为遭受性侵害的女性未成年人", "the recipient is a girl and victim of sexual assault",
              AGE | {"recipient_sex", "sexual_assault"},
              lambda case: may_be_minor(case) and may_be_assault(case) and case.recipient_sex is not Sex.MALE),
    Safeguard("sexual_assault", "性侵害案件", "a case of sexual assault", frozenset({"sexual_assault"}),
              may_be_assault),
    Safeguard("grave", "可能被判处无期徒刑、死刑", "life imprisonment or death is possible",
              frozenset({"grave", "matter"}),
              lambda case: case.matter is Matter.CRIMINAL and case.grave is not False),
    Safeguard("death_review", "死刑复核案件", "a death sentence is reviewed", frozenset({"death_review", "stage"}),
              lambda case: reviews_death(case.stage, case.death_review)),
    Safeguard("compulsory_treatment", "强制医疗案件", "compulsory treatment is asked for",
              frozenset({"compulsory_treatment", "stage"}),
              lambda case: treats_compulsorily(case.stage, case.compulsory_treatment)),
    Safeguard("secret", "涉密案件", "the case is secret", frozenset({"secret"}),
              lambda case: case.secret is not False),
    Safeguard("major", "重大、疑难案件", "the case is major", frozenset({"major"}),
              lambda case: case.major is not False),
    Safeguard("lawyer", "案件须由律师承办", "the case is for lawyers only", frozenset({"matter", "service"}),
              by_lawyers),
)
# fmt: on

BY_CODE = {safeguard.code: safeguard for safeguard in SAFEGUARDS}


def lowered(before: Protected, after: Protected) -> list[Safeguard]:
    """Return the protections a case has before a change and not after it."""
    return [safeguard for safeguard in SAFEGUARDS if safeguard.holds(before) and not safeguard.holds(after)]
