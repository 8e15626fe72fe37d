"""Pages by cursor: a list that grows while it is read repeats nothing and loses nothing."""

import base64
import binascii
import json
from collections.abc import Iterable
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from dispatch.domain.errors import InvalidFieldError
from dispatch.registry.reads import CURSOR, Rows, Slice

Item = TypeVar("Item")
Shown = TypeVar("Shown", bound=BaseModel)

MAX_LIMIT = 200


class Page(BaseModel, Generic[Item]):
    """One page; ``next`` is the cursor of the one after it, null on the last."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last. 下一页游标，末页为空。")


class CountedPage(Page[Item], Generic[Item]):
    """One page of a list that is counted."""

    total: int | None = Field(
        description="How many there are on all pages; told on the first one, null on later ones. Of what grows with "
        "the years, 100000 is that many or more. 总数，仅首页给出；逐年增加的记录计至100000为止。"
    )


Newest = Annotated[bool, Field(description="The newest first. 最近的在前。")]


class Paging(BaseModel):
    """Where a page starts and how long it may be."""

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    cursor: str | None = None

    @property
    def after(self) -> list[str] | None:
        """Return the sort key of the last row seen, or None for the first page."""
        return None if self.cursor is None else _read(self.cursor)

    @property
    def part(self) -> Slice:
        """Return which part of the list is asked for."""
        return Slice(self.limit, self.after)


PagingQuery = Annotated[Paging, Query()]


def page_of(kind: type[Shown], found: Rows) -> Page[Shown]:
    """Return rows as a page of what is shown of them."""
    items = [kind.model_validate(row) for row in found.rows]
    return Page(items=items, next=cursor_of(*found.last) if found.last else None)


def counted_page_of(items: Iterable[Item], found: Rows) -> CountedPage[Item]:
    """Return what is shown of a page of rows, with how many there are."""
    return CountedPage(items=[*items], next=cursor_of(*found.last) if found.last else None, total=found.total)


def cursor_of(*key: str) -> str:
    """Return an opaque cursor for a sort key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read(cursor: str) -> list[str]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or not key or not all(map(_storable, key)):
        raise InvalidFieldError(field="cursor", expected=CURSOR)
    return key


def _storable(part: object) -> bool:
    # No row holds a NUL or half a character, and some databases cannot even be asked for one.
    return isinstance(part, str) and "\x00" not in part and not any("\ud800" <= letter <= "\udfff" for letter in part)
