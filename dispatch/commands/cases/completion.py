"""What a form leaves blank and its other parts tell, and where its parts contradict each other: the same at each door.

A valid number of a person tells their sex, and whether they are a minor or an elderly person on the day aid is decided
on: the grant, or before it the receipt of the application or the notice.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dispatch.commands.cases.drafts import PARTIES, CaseDraft, PersonDraft
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.citations import cite, cited
from dispatch.domain.law.recipients import broadened
from dispatch.domain.vocabulary import Category, PartyRole, Sex, Stage
from dispatch.registry.tables import CaseRow

RECIPIENT = "recipient"

OF_STAGE = {"death_review": Stage.DEATH_REVIEW, "compulsory_treatment": Stage.COMPULSORY_TREATMENT}
"""Facts that a stage states as well."""

ELDERLY = cite("elderly_rights_law", 2)


class AtOdds(NamedTuple):
    """Two parts of a form that cannot both be so: the field to blame, and what the other part says."""

    field: str
    zh: str
    en: str


def completed(draft: CaseDraft, zone: ZoneInfo) -> CaseDraft:
    """Return the draft with the facts that follow from its numbers and categories; what it says itself stays."""
    day, categories = decided_on(draft, zone), broadened(draft.categories)
    recipient = _filled(draft.recipient, day)
    if recipient.minor is None and Category.MINOR in categories:
        recipient = recipient.model_copy(update={"minor": True})
    held = draft.detained is None and Category.DETAINED in categories
    return draft.model_copy(
        update={
            "recipient": recipient,
            **{field: tuple(_filled(person, day) for person in getattr(draft, field)) for field in PARTIES},
            "detained": True if held else draft.detained,
        }
    )


def contradictions(draft: CaseDraft, zone: ZoneInfo) -> Iterator[InvalidFieldError]:
    """Yield where a form says what its numbers, its categories or its stage deny; nobody's number is repeated."""
    day = decided_on(draft, zone)
    clashes = (
        *_of_person(RECIPIENT, draft.recipient, day),
        *(clash for field in PARTIES for person in getattr(draft, field) for clash in _of_person(field, person, day)),
        *_of_case(draft),
        *_of_elderly(draft, day),
    )
    for clash in clashes:
        yield InvalidFieldError(field=clash.field, value=None, expected=stated(clash.zh, clash.en))


def completed_party(person: PersonDraft, role: PartyRole, day: date) -> PersonDraft:
    """Return somebody recorded later, as one handed in with the case, or refuse what their number denies."""
    for clash in _of_person(role.value, person, day):
        raise InvalidFieldError(field="person", value=None, expected=stated(clash.zh, clash.en))
    return _filled(person, day)


def decided_on(draft: CaseDraft | CaseRow, zone: ZoneInfo) -> date:
    """Return the day on which it matters who is a minor."""
    return (draft.granted_at or draft.received_at).astimezone(zone).date()


def _filled(person: PersonDraft, day: date) -> PersonDraft:
    identity = person.identity
    if identity is None:
        return person
    told = {"identity_kind": identity.kind, "sex": identity.sex, "minor": identity.minor_on(day)}
    return person.model_copy(update={name: value for name, value in told.items() if getattr(person, name) is None})


def _of_person(who: str, person: PersonDraft, day: date) -> Iterator[AtOdds]:
    identity = person.identity
    if identity is None or identity.born_on is None or identity.sex is None:
        return
    minor = identity.minor_on(day)
    if identity.born_on > day:
        yield AtOdds(
            _field(who, "identity_number"), "证件号码中的出生日期晚于受理之日", "born before aid is decided on"
        )
    if person.sex not in (None, identity.sex):
        word = identity.sex
        yield AtOdds(_field(who, "sex"), f"证件号码显示为{word.zh}", f"{word.en}, as the identity number says")
    if person.minor not in (None, minor):
        zh, en = ("未成年人", "a minor") if minor else ("成年人", "an adult")
        yield AtOdds(_field(who, "minor"), f"按证件号码当日为{zh}", f"{en} on that day, as the identity number says")


def _field(who: str, name: str) -> str:
    return f"{who}_{name}" if who == RECIPIENT else who


def _of_case(draft: CaseDraft) -> Iterator[AtOdds]:
    categories = broadened(draft.categories)
    if draft.recipient.minor is False and Category.MINOR in categories:
        yield AtOdds("categories", "受援人为成年人，类别不应有未成年人", "none of minors: the recipient is an adult")
    if draft.recipient.minor and Category.NOT_FULLY_CAPABLE in categories:
        yield AtOdds("categories", "该类别限成年人，受援人为未成年人", "none of adults: the recipient is a minor")
    if draft.recipient.sex is Sex.MALE and Category.WOMAN in categories:
        yield AtOdds("categories", "受援人为男性，类别不应有妇女", "not a woman: the recipient is male")
    if draft.detained is False and Category.DETAINED in categories:
        yield AtOdds("detained", "受援人类别为在押人员", "yes, for a category says so")
    for name, stage in OF_STAGE.items():
        if getattr(draft, name) is False and draft.stage is stage:
            yield AtOdds(name, f"诉讼（办理）阶段为{stage.zh}", f"yes, for the stage is {stage.en}")


def _of_elderly(draft: CaseDraft, day: date) -> Iterator[AtOdds]:
    if Category.ELDERLY not in draft.categories:
        return
    identity = draft.recipient.identity
    if draft.recipient.minor or (identity and identity.elderly_on(day) is False):
        law_zh, law_en = (cited(ELDERLY, language) for language in ("zh", "en"))
        yield AtOdds(
            "categories",
            f"受援人当日未满六十周岁，类别不应有老年人（{law_zh}）",
            f"not an elderly person: the recipient is under sixty on that day ({law_en})",
        )
