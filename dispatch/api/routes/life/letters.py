"""Letters to case organs: listed for the organ they are sent to, their receipt recorded."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.paging import Newest, Page, PagingQuery, cursor_of
from dispatch.api.problems import responses
from dispatch.api.schemas import Id, In, Out
from dispatch.commands.cases.drafts import Day
from dispatch.commands.documents import reading
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.texts.typed import Name


class LetterOut(Out):
    """A letter to a case organ; ``GET /v1/documents/{id}/page`` shows it."""

    id: Id
    kind: DocumentKind
    number: Annotated[str, Field(examples=["商刑援函字〔2026〕第7号"])]
    case_number: Annotated[str, Field(examples=["2026-0001"])]
    organ: Annotated[str, Field(examples=["示例市人民法院"])]
    issued_at: datetime
    voided_at: Annotated[datetime | None, Field(description="Since when it is void. 作废时间。")]
    received_on: Annotated[date | None, Field(description="Null until the receipt is recorded. 尚未登记收到的为空。")]


class ReceiptIn(In):
    """The day the letter was received; today, if left out."""

    received_on: Annotated[Day | None, Field(examples=["2026-11-25"])] = None


router = APIRouter(prefix="/letters", tags=["letters 法律援助公函"], route_class=IdempotentRoute)

MayRead = Annotated[Actor, Depends(Permit(Verb.READ_LETTER))]
MayConfirm = Annotated[Actor, Depends(Permit(Verb.CONFIRM_LETTER))]


@router.get("")
def list_letters(
    actor: MayRead,
    read: ReadDep,
    paging: PagingQuery,
    organ: Annotated[Name | None, Query(description="For staff. 工作人员按办案机关筛选。")] = None,
    awaited: Annotated[
        bool, Query(description="Only those in force whose receipt is not recorded. 只列出尚未登记收到的。")
    ] = False,
    newest: Newest = False,
) -> Page[LetterOut]:
    """List letters to case organs in the order they were issued.

    An organ sees those addressed to it, staff see those of the centre. 法律援助公函列表。
    """
    letters, found = reading.letters(read, actor, paging.part, organ, awaited=awaited, newest=newest)
    return Page(items=[_letter(each) for each in letters], next=cursor_of(*found.last) if found.last else None)


@router.post("/{document_id}/receipt", responses=responses(NotFoundError, InvalidFieldError))
def confirm_receipt(document_id: str, given: ReceiptIn, actor: MayConfirm, begin: BeginDep, now: Now) -> LetterOut:
    """Record that a letter was received by its case organ.

    By the organ, or by an officer who was told. Idempotent. 登记法律援助公函的收到日期。
    """
    return _letter(reading.receive_letter(begin, actor, now, document_id, given.received_on))


def _letter(each: reading.Letter) -> LetterOut:
    row = {name: getattr(each.row, name) for name in LetterOut.model_fields if name != "case_number"}
    return LetterOut(case_number=each.case_number, **row)
