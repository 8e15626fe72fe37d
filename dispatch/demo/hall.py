"""Someone to try the hall with: a waiting case that may be posted, and the practitioner who would win it at once."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from dispatch.demo.client import Client
from dispatch.domain.vocabulary import Category, Matter, Status

LOOKED_AT = 20
"""Cases ranked in search of a pair; the first will do in most cities."""


class Match(NamedTuple):
    """A case and its best practitioner, by their ids."""

    case_id: str
    practitioner_id: str


def find_match(client: Client, practitioner_id: str | None = None) -> Match | None:
    """Return a case for the board and who is best for it; with a practitioner, one they are the best for."""
    for case in islice(cases_for_board(client), LOOKED_AT):
        best = client.get(f"/v1/cases/{case['id']}/candidates", limit=1)
        if best and best[0]["rank"] == 1 and practitioner_id in (None, best[0]["practitioner_id"]):
            return Match(case["id"], best[0]["practitioner_id"])
    return None


def cases_for_board(client: Client) -> Iterator[dict[str, Any]]:
    """Yield waiting cases that may be shown in an open hall, those first that have most time left for it."""
    waiting = client.pages("/v1/cases", status=Status.PENDING.value)
    for case in sorted(waiting, key=lambda case: case["due_at"] or "", reverse=True):
        minor = case["recipient_is_minor"] is not False or Category.MINOR.value in case["categories"]
        if case["matter"] == Matter.CIVIL.value and not (minor or case["secret"]) and case["sexual_assault"] is False:
            yield case
