"""How the office time for asking is shared out among a recipient's wishes, so that each is really asked.

The wishes share the time until the steps that follow need theirs: the same for each, never longer than
any other offer is open. Where that is too little, the steps between give way and each wish has the least
time the policy allows; what the time before the last step cannot hold is told up front and not asked.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor
from typing import NamedTuple, Protocol

from dispatch.domain.chain import kept_for_others, limit_of
from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, Term

ROUNDING, MINUTE = 1e-9, 1 / 60
"""In hours; less than a minute is no time to answer in."""


class AskingPlan(Protocol):
    """How far a case is on its chain."""

    @property
    def mode(self) -> ModeName: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def asks_at(self) -> datetime | None: ...
    @property
    def promised(self) -> int: ...


class OfferOutcome(Protocol):
    """Someone who was asked."""

    @property
    def state(self) -> OfferState: ...
    @property
    def offered_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime: ...


# fmt: off
class WishState(Term):
    """What becomes of a wish."""

    WAITS    = "waits",    "尚未开始征询",         "not asked yet"
    ASKED    = "asked",    "正在征询",             "being asked"
    ENDED    = "ended",    "已征询，未能承办",     "asked, and did not take the case"
    ACCEPTED = "accepted", "已接受",               "took the case"
    NO_TIME  = "no_time",  "指派期限前时间不足，不能逐一征询", "not asked: there is too little time before the deadline"
    WEIGHED  = "weighed",  "点援环节已结束，匹配时予以考虑", "point selection is over: weighed in matching"
# fmt: on


class WishSpan(NamedTuple):
    """When someone is asked at the latest, and until when; before that if those ahead answer early."""

    begins_at: datetime
    ends_at: datetime


class WishPlace(NamedTuple):
    """What becomes of a wish, and when."""

    state: WishState
    turn: WishSpan | None = None


class Asking(NamedTuple):
    """The time in which ``held`` wishes are asked in their order, each for ``hours`` of office time."""

    begins_at: datetime
    ends_at: datetime
    hours: float
    held: int


def share_out(
    chain: Chain, step: int, wishes: int, now: datetime, due_at: datetime, policy: Policy, office: OfficeHours,
    promised: int = 0,
) -> Asking | None:  # fmt: skip
    """
    Return how the time is shared out among wishes that have not been asked; None if not even one can be.

    Parameters
    ----------
    wishes : int
        How many there are, 1 to `MAX_WISHES`.
    promised : int
        How many of them were told that they are asked: they are, in shares that shrink evenly if time was lost.
    """
    begins_at, limit = office.open_from(now), limit_of(chain, step, due_at, policy, office)
    left, least = office.between(begins_at, limit), policy.walk.wish_hours
    held = min(wishes, max(promised, floor(left / least + ROUNDING)))
    if not held or left < held * MINUTE:
        return None
    easy = office.between(begins_at, kept_for_others(chain, step, due_at, policy, office)) / held
    hours = min(max(easy, min(least, left / held)), float(policy.walk.answer_hours))
    return Asking(begins_at, min(office.after(begins_at, hours * held), limit), hours, held)


def turns(office: OfficeHours, begins_at: datetime, ends_at: datetime, count: int) -> Sequence[WishSpan]:
    """Return the turns of wishes that share a time evenly, in their order."""
    hours = office.between(begins_at, ends_at) / count if count else 0.0
    marks = [office.after(begins_at, n * hours) for n in range(1, count)]
    spans = zip([begins_at, *marks], [*marks, ends_at], strict=True) if count else ()
    return [WishSpan(office.open_from(begin), end) for begin, end in spans]


OF_OFFER = {OfferState.PENDING: WishState.ASKED, OfferState.ACCEPTED: WishState.ACCEPTED}


def places(
    wishes: Sequence[str], asked: Mapping[str, OfferOutcome], plan: AskingPlan | None, office: OfficeHours
) -> list[WishPlace]:
    """Return what becomes of each wish; ``plan`` is the one the case is on or was on last, ``asked`` by wish."""
    left = [id for id in wishes if id not in asked]
    pending = [each.expires_at for each in asked.values() if each.state is OfferState.PENDING]
    coming = dict(zip(left, _coming(len(left), plan, max(pending, default=None), office), strict=True))
    return [coming[id] if id in coming else _asked(asked[id]) for id in wishes]


def _asked(offer: OfferOutcome) -> WishPlace:
    state = OF_OFFER.get(offer.state, WishState.ENDED)
    return WishPlace(state, WishSpan(offer.offered_at, offer.expires_at) if state is WishState.ASKED else None)


def _coming(count: int, plan: AskingPlan | None, others_until: datetime | None, office: OfficeHours) -> list[WishPlace]:
    if plan is None or (plan.mode is ModeName.POINT_SELECTION and plan.asks_at is None):
        return [WishPlace(WishState.WAITS)] * count
    if plan.mode is not ModeName.POINT_SELECTION or plan.asks_at is None or plan.ends_at is None:
        return [WishPlace(WishState.WEIGHED)] * count
    held = min(plan.promised, count)
    waiting = [
        WishPlace(WishState.WAITS, turn) for turn in turns(office, others_until or plan.asks_at, plan.ends_at, held)
    ]
    return waiting + [WishPlace(WishState.NO_TIME)] * (count - held)
