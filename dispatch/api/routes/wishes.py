"""Point selection: by the recipient through their link, or by a clerk for who has no device."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import language_of, responses
from dispatch.api.schemas import Id, In, RefusalOut
from dispatch.casework.wish_time import WishPlace, WishState
from dispatch.commands import wishes
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    PolicyMissingError,
    WishesAskedError,
)
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.plain_words import experience_in_words
from dispatch.domain.texts.typed import Brief
from dispatch.domain.vocabulary import PractitionerKind, Role
from dispatch.registry import reads
from dispatch.registry.tables import CaseRow

router = APIRouter(tags=["wishes 点援"], route_class=IdempotentRoute)

MayBrowse = Annotated[Actor, Depends(Permit(Verb.READ_PUBLISHED))]
MayWish = Annotated[Actor, Depends(Permit(Verb.WISH))]
MaySee = Annotated[Actor, Depends(Permit(Verb.WISH, Verb.READ_CASE))]
Search = Annotated[Brief | Literal[""], Query(description="Name or institution. 姓名或者单位。")]


class ChoiceOut(BaseModel):
    """An entry of the published list, without address or telephone number."""

    practitioner_id: str
    name: str
    institution: str
    kind: PractitionerKind | None
    practising_since: Annotated[int | None, Field(description="Year. 执业起始年份。")]
    specialties: dict[str, int] | None
    languages: list[str] | None
    quality: int | None
    in_words: Annotated[
        str,
        Field(
            description="Years and experience, in words. 执业年限和经验。",
            examples=["执业20年；办理此类案件很有经验。"],
        ),
    ]


class WishesIn(In):
    """Up to three practitioners in order of preference."""

    practitioner_ids: Annotated[
        list[Id], Field(min_length=1, max_length=3, examples=[["0f8fad5bd9cb469fa16570867728950e"]])
    ]


class WishPlaceOut(BaseModel):
    """What becomes of a wish, in words, and the span of office time in which it is asked at the latest."""

    state: WishState
    text: Annotated[str, Field(examples=["尚未开始征询"])]
    asked_from: Annotated[
        datetime | None, Field(description="Earlier if those ahead answer early. 最迟开始征询的时间。")
    ]
    asked_until: Annotated[datetime | None, Field(description="Until when an answer is due. 答复期限。")]

    @classmethod
    def of(cls, place: WishPlace, language: str) -> "WishPlaceOut":
        """Return a place in the language."""
        begins_at, ends_at = place.turn or (None, None)
        text = place.state.label(language)
        return cls(state=place.state, text=text, asked_from=begins_at, asked_until=ends_at)


class WishOut(BaseModel):
    """A wish: its rank and what becomes of it if it can be honoured, otherwise the rules that refuse it."""

    practitioner_id: str
    rank: int | None
    place: WishPlaceOut | None
    refusals: list[RefusalOut]


@router.get("/cases/{case_id}/choices", responses=responses(NotFoundError, PolicyMissingError))
def list_choices(
    case_id: str,
    request: Request,
    actor: MayBrowse,
    read: ReadDep,
    now: Now,
    search: Search = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[ChoiceOut]:
    """List the practitioners the recipient may choose from.

    The most specialised first, without contact data. 可点援人员。
    """
    found = wishes.permitted(read, actor, now, case_id, search, limit)
    return [choice_of(choice, now, language_of(request)) for choice in found]


@router.get("/cases/{case_id}/wishes", responses=responses(NotFoundError))
def list_wishes(case_id: str, actor: MaySee, read: ReadDep) -> list[Id]:
    """List the practitioners the recipient asked for, in order of preference. 查看点援意愿。"""
    if actor.role is Role.RECIPIENT and actor.case_id != case_id:
        raise NotFoundError(what="legal_case", id=case_id)
    with read() as session:
        return reads.wished(session, reads.get(session, CaseRow, actor.centre_id, case_id).id)


@router.post(
    "/cases/{case_id}/wishes",
    responses=responses(NotFoundError, IllegalTransitionError, WishesAskedError, InvalidFieldError, PolicyMissingError),
)
def name_wishes(
    case_id: str, named: WishesIn, request: Request, actor: MayWish, begin: BeginDep, now: Now
) -> list[WishOut]:
    """Name up to three preferred practitioners.

    They may be changed until the first of them is asked. Those who cannot be assigned are returned with the rule that
    excludes them; the answer also says who cannot be asked before the deadline. 点援。
    """
    language = language_of(request)
    sent = wishes.name_wishes(begin, actor, now, case_id, named.practitioner_ids)
    return [
        WishOut(
            practitioner_id=wish.practitioner_id,
            rank=wish.rank,
            place=WishPlaceOut.of(place, language) if place else None,
            refusals=[RefusalOut.of(each, language) for each in wish.refusals],
        )
        for wish, place in sent
    ]


@router.post(
    "/cases/{case_id}/wishes/centre",
    status_code=204,
    responses=responses(NotFoundError, IllegalTransitionError, WishesAskedError, PolicyMissingError),
)
def leave_choice_to_centre(case_id: str, actor: MayWish, begin: BeginDep, now: Now) -> None:
    """Leave the choice of the practitioner to the centre.

    The wishes are taken back, and the case goes on at once. 由中心安排承办人员。
    """
    wishes.leave_to_centre(begin, actor, now, case_id)


def choice_of(choice: wishes.PublishedPractitioner, now: datetime, language: str) -> ChoiceOut:
    """Return somebody of the published list as a recipient reads it."""
    stated = choice.stated
    since = stated.practising_since
    return ChoiceOut(
        practitioner_id=choice.practitioner.id,
        name=choice.practitioner.name,
        institution=choice.institution,
        kind=stated.kind,
        practising_since=since.year if since else None,
        specialties=stated.specialties,
        languages=stated.languages,
        quality=choice.quality,
        in_words=experience_in_words(now.year - since.year if since else None, choice.level, language),
    )
