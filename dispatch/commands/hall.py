"""The hall as it is seen: what happened on the board, for whom a card is meant, and what stands against a claim.

A case that was just posted is judged once, for the whole roster, by the rules a claim would be judged by. A
practitioner's quota is not among them: it says how much she may claim at a time, not what she may see.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session

from dispatch.domain.board import Quota, happening_of, refusal_of
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Status
from dispatch.registry.board import Card
from dispatch.registry.docket import load_docket
from dispatch.registry.hall import cards_of, cases_on_board, entries_since, latest_entries
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.quotas import count_claims
from dispatch.registry.tables import CaseEventRow
from dispatch.registry.transaction import Read

NOT_LISTED = Refusal("listed", unknown=False)

Claimants = dict[str, frozenset[str]]
"""By case, the practitioners whom no rule keeps from it."""


class Notice(NamedTuple):
    """One thing that happened to a case on the board; the card is there while the case is."""

    id: int
    happening: Happening
    case_id: str
    at: datetime
    card: Card | None


class Look(NamedTuple):
    """What was seen of a hall: up to which entry of the history, what happened, and who may claim what is new."""

    seen: int
    notices: list[Notice]
    claimants: Claimants


class Marks(NamedTuple):
    """What stands against one practitioner's claims: a quota on all of them, rules on single cases."""

    quota: Quota | None
    refusals: dict[str, tuple[Refusal, ...]]


def enter(read: Read, now: datetime, centre_id: str, most: int) -> Look:
    """Return the last ``most`` entries of the hall's history, and who may claim what is on the board now."""
    with read() as session:
        entries = latest_entries(session, centre_id, most)
        claimants = _who_may_claim(session, centre_id, now, cases_on_board(session, centre_id))
        return Look(entries[-1].id or 0 if entries else 0, _notices(session, entries), claimants)


def follow(read: Read, now: datetime, centre_id: str, after: int) -> Look:
    """Return what happened after that entry, and who may claim what came onto the board by it."""
    with read() as session:
        entries = entries_since(session, centre_id, after)
        if not entries:
            return Look(after, [], {})
        notices = _notices(session, entries)
        came = {notice.case_id for notice in notices if notice.card}
        return Look(entries[-1].id or after, notices, _who_may_claim(session, centre_id, now, came))


def marks_for(
    session: Session, centre_id: str, practitioner_id: str, now: datetime, case_ids: Collection[str]
) -> Marks:
    """Return what stands against the practitioner's claims on these cases; nothing said is nothing against it."""
    policy = read_policy(policy_in_force(session, centre_id))
    quota = refusal_of(count_claims(session, practitioner_id, now, policy.grab), policy.grab)
    docket = _docket(session, centre_id, now, case_ids, policy, practitioner_id)
    if not docket.m:
        return Marks(quota, dict.fromkeys(case_ids, (NOT_LISTED,)))
    eligibility = eligible(docket)
    return Marks(quota, {docket.case_at(i).id: eligibility.why(i, 0) for i in range(docket.n)})


def _who_may_claim(session: Session, centre_id: str, now: datetime, case_ids: Collection[str]) -> Claimants:
    if not case_ids:
        return {}
    docket = _docket(session, centre_id, now, case_ids, read_policy(policy_in_force(session, centre_id)))
    eligibility, found = eligible(docket), defaultdict[str, set[str]](set)
    for i in range(docket.n):
        columns = eligibility.row(i).nonzero()[0].tolist()
        found[docket.case_at(i).id].update(docket.practitioner_at(j).id for j in columns)
    # What has been taken since is nobody's to claim.
    return {case_id: frozenset(found[case_id]) for case_id in case_ids}


def _docket(
    session: Session, centre_id: str, now: datetime, case_ids: Collection[str], policy: Policy, alone: str | None = None
) -> Docket:
    return Docket.build(load_docket(session, centre_id, case_ids, now, (Status.POSTED,), alone), policy)


def _notices(session: Session, entries: Sequence[CaseEventRow]) -> list[Notice]:
    told = [(entry, happening_of(entry.event, entry.from_status, entry.to_status)) for entry in entries]
    cards = cards_of(session, {_posting_of(entry) for entry, happening in told if happening and _stays(entry)})
    return [
        Notice(entry.id or 0, happening, entry.case_id, entry.at, cards.get(_posting_of(entry)))
        for entry, happening in told
        if happening
    ]


def _stays(entry: CaseEventRow) -> bool:
    return entry.to_status is Status.POSTED


def _posting_of(entry: CaseEventRow) -> str:
    return str((entry.facts or {}).get("posting_id"))
