"""Naming wishes: who can be honoured replaces who was wished before, until the first of them is asked."""

from collections.abc import Sequence
from typing import NamedTuple

from dispatch.casework.chain import hear_wishes, skip_step
from dispatch.casework.host import Host
from dispatch.casework.records import Case, Judged
from dispatch.domain.chain import Because, Mark
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.errors import IllegalTransitionError, WishesAskedError
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.vocabulary import ModeName, Status

NOT_LISTED = Refusal("listed", unknown=False)


class Wish(NamedTuple):
    """A wish as it was named: its rank if it can be honoured, else the rules against it."""

    practitioner_id: str
    rank: int | None
    refusals: tuple[Refusal, ...]


def name_wishes(host: Host, case: Case, practitioner_ids: Sequence[str]) -> list[Wish]:
    """Judge wishes, the most wished first; those that can be honoured replace the earlier ones and are asked."""
    require_open(host, case)
    wishes = _judge(host.docket([case.id], *UNNAMED), practitioner_ids)
    if honoured := [wish.practitioner_id for wish in wishes if wish.rank]:
        before = host.wished(case)
        host.set_wishes(case, honoured)
        host.touch(case)
        facts: dict[str, object] = {"practitioner_ids": honoured, "before": list(before)}
        host.note(case, Mark.WISH, ModeName.POINT_SELECTION, facts)
        hear_wishes(host, case)
    return wishes


def leave_to_centre(host: Host, case: Case) -> None:
    """Take back what was wished for, and go on to the next step at once: nobody waits for a choice. Idempotent."""
    require_open(host, case)
    if before := host.wished(case):
        host.set_wishes(case, [])
        host.touch(case)
        facts: dict[str, object] = {"practitioner_ids": [], "before": list(before)}
        host.note(case, Mark.WISH, ModeName.POINT_SELECTION, facts)
    plan = host.open_plan(case.id)
    if plan and plan.mode is ModeName.POINT_SELECTION:
        skip_step(host, case, Because.LEFT_TO_CENTRE)


def require_open(host: Host, case: Case) -> None:
    """Refuse wishes once the first one is asked on the case's present way, or somebody else is."""
    plan = host.open_plan(case.id)
    if plan and (asked := host.asked_wishes(case, plan)):
        raise WishesAskedError(case_id=case.id, asked_at=min(offer.offered_at for offer in asked).isoformat())
    if case.status not in (Status.RECEIVED, Status.PENDING):
        raise IllegalTransitionError(status=case.status.value, event=Mark.WISH.value)


def _judge(judged: Judged, practitioner_ids: Sequence[str]) -> list[Wish]:
    docket, eligibility = judged
    wishes, rank = [], 0
    for id in practitioner_ids:
        j = docket.column_of(id)
        refusals = eligibility.why(0, j) if j != NOBODY and docket.n else (NOT_LISTED,)
        rank += not refusals
        wishes.append(Wish(id, None if refusals else rank, refusals))
    return wishes
