"""The board: cases anyone eligible may claim. Hopeless claims are turned away before the lock, the rest under it.

Those who watch it are told of a case by the rules a claim would be judged by, judged once for the whole roster. A
practitioner's quota is not among them: it says how much she may claim at a time, not what she may see.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from math import isnan
from typing import NamedTuple

from sqlmodel import Session, col, select

from dispatch.casework import board
from dispatch.casework.chain import end_posting, skip_step
from dispatch.casework.matching import enter_queue
from dispatch.domain.board import Counts, Quota, happening_of, refusal_of
from dispatch.domain.chain import Because
from dispatch.domain.docket.codes import Vocabulary
from dispatch.domain.docket.columns import PractitionerColumns
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import DocketFacts
from dispatch.domain.docket.lookups import distances
from dispatch.domain.docket.roster import Latest
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.errors import CaseNotOnBoardError, ClaimRefusedError, InvalidFieldError, NotFoundError, stated
from dispatch.domain.ledger import turn_for
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb, require
from dispatch.domain.policy.causes import Cause
from dispatch.domain.policy.schema import Grab
from dispatch.domain.states import ClaimState, Happening, PostingState
from dispatch.domain.vocabulary import Status
from dispatch.registry.board import Card, cards_of, cases_on_board, count_claims, entries_since, latest_entries
from dispatch.registry.board import cards as cards_on_board
from dispatch.registry.board import claims as claims_made
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.docket.roster import RosterRows
from dispatch.registry.host import RegisterHost
from dispatch.registry.offers import POSTED_TOO_LONG, SEALED, UNSEALED, due
from dispatch.registry.policies import load_in_force, policy_in_force, read_policy
from dispatch.registry.reads import Slice, areas
from dispatch.registry.records import RegisterRecords
from dispatch.registry.tables import CaseEventRow, CaseRow, ClaimRow, PostingRow
from dispatch.registry.transaction import Begin, Read, in_turn

TOO_LATE = stated(
    "请写明晚于现在的时间：距指派期限的剩余时间已留给抢单之后的环节",
    "given, and later than now: what is left until the deadline is kept for the steps after the board",
)


def post_case(begin: Begin, actor: Actor, now: datetime, case_id: str, ends_at: datetime | None = None) -> PostingRow:
    """Put a waiting case on the board; one that is there already stays as it is."""
    require(actor, Verb.POST_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if host.open_posting(case_id) is None:
            until = ends_at or _last_moment(host, case)
            if until <= now:
                expected = stated("晚于现在", "later than now") if ends_at else TOO_LATE
                raise InvalidFieldError(field="ends_at", value=until.isoformat(), expected=expected)
            board.post(host, case, until)
        posting = host.open_posting(case_id)
        assert posting is not None
        return posting


def take_off(begin: Begin, actor: Actor, now: datetime, case_id: str) -> CaseRow:
    """Take a case off the board; its chain, if it is on one, goes on at once."""
    require(actor, Verb.POST_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.status is not Status.POSTED:
            raise CaseNotOnBoardError(case_id=case_id, status=case.status.value)
        board.unpost(host, case, Event.UNPOST, PostingState.CLOSED)
        skip_step(host, case, Because.TAKEN_OFF)
        enter_queue(host, [case])
        return case


def claim(begin: Begin, read: Read, actor: Actor, now: datetime, case_id: str) -> ClaimRow:
    """Claim a posted case. It is won at once, or kept until the sealed window ends; again is the same claim."""
    require(actor, Verb.CLAIM)
    practitioner_id = _own(actor)
    # Nobody keeps a connection while they wait for their turn.
    with read() as session:
        posting = board.find_open(RegisterRecords(session, actor.centre_id, now), practitioner_id, case_id)
    with in_turn(actor.centre_id):
        at_once = looked = None
        if posting is not None:
            with read() as session:
                records = RegisterRecords(session, actor.centre_id, now)
                at_once = board.look_closer(records, practitioner_id, posting)
                looked = records.looked
        with begin() as tx:
            host = RegisterHost(tx, actor.centre_id, actor, now, looked)
            made = board.claim(host, practitioner_id, case_id, at_once=at_once)
            assert isinstance(made, ClaimRow)
            return made


def unclaim(begin: Begin, actor: Actor, now: datetime, case_id: str) -> ClaimRow:
    """Withdraw one's own open claim. Idempotent; a settled claim stays settled."""
    require(actor, Verb.UNCLAIM)
    practitioner_id = _own(actor)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        mine = (
            select(ClaimRow)
            .where(ClaimRow.case_id == case_id, ClaimRow.practitioner_id == practitioner_id)
            .order_by(col(ClaimRow.claimed_at).desc())
        )
        row = tx.session.exec(mine).first()
        if row is None or row.centre_id != actor.centre_id:
            raise NotFoundError(what="claim", id=case_id)
        if row.state is ClaimState.OPEN:
            row.state, row.settled_at = ClaimState.WITHDRAWN, now
        elif row.state is not ClaimState.WITHDRAWN:
            raise ClaimRefusedError(case_id=case_id, reason=row.state.value)
        return row


def resolve_windows(begin: Begin, read: Read, now: datetime) -> int:
    """Settle every sealed window that is over and take down what nobody wants; return how many cases moved."""
    with read() as session:
        sealed, too_long = due(session, SEALED, now), due(session, POSTED_TOO_LONG, now)
        unsealed = due(session, UNSEALED, now)
    for centre_id in sorted({*sealed, *too_long, *unsealed}):
        with begin() as tx:
            host = RegisterHost(tx, centre_id, None, now)
            board.resolve_windows(host, sealed.get(centre_id, ()))
            for case_id in unsealed.get(centre_id, ()):
                board.unseal(host, case_id)
            for case_id in too_long.get(centre_id, ()):
                end_posting(host, case_id)
    moved = {case_id for found in (sealed, too_long, unsealed) for case_ids in found.values() for case_id in case_ids}
    return len(moved)


def _last_moment(host: RegisterHost, case: CaseRow) -> datetime:
    return host.office.before(case.due_at or host.now, host.policy.walk.reserve_hours)


def _own(actor: Actor) -> str:
    if actor.practitioner_id is None:
        raise NotFoundError(what="practitioner", id=None)
    return actor.practitioner_id


NOT_LISTED = Refusal("listed", unknown=False)

MAX_OPEN = 200
"""More claims of one person are not looked for; policies let a few be open."""

Claimants = dict[str, frozenset[str]]
"""By case, the practitioners whom no rule keeps from it."""


class ShownCard(NamedTuple):
    """A posted case as everyone may see it: in words, and with the effort credits it brings."""

    posting: PostingRow
    case: CaseRow
    cause: Cause | None
    place: str | None
    """The area by its name; None if the centre has none of its code."""
    effort: int


class Notice(NamedTuple):
    """One thing that happened to a case on the board; the card is there while the case is."""

    id: int
    happening: Happening
    case_id: str
    at: datetime
    card: ShownCard | None


class Look(NamedTuple):
    """What was seen of a board: up to which entry of the history, what happened, and who may claim what is new."""

    seen: int
    notices: list[Notice]
    claimants: Claimants


class KnownRoster:
    """What who watches a board knows of its roster from one look to the next; nothing of it is believed unread."""

    def __init__(self) -> None:
        self.roster: Latest[RosterRows] = Latest()
        self.columns: Latest[PractitionerColumns] = Latest()


class Marks(NamedTuple):
    """What refuses one practitioner's claims (a quota on all of them, rules on single cases), and how far each is."""

    quota: Quota | None
    refusals: dict[str, tuple[Refusal, ...]]
    distance_km: dict[str, int]
    """To each area of the centre by its code, where both places are known: cards that come later are measured, too."""
    claims_left: int = 0
    """How many more may be open at a time now."""
    claims_left_this_week: int = 0


class BoardPart(NamedTuple):
    """A part of the board; ``marks`` and open claims of one's own, by case, for who may claim."""

    cards: list[ShownCard]
    last: tuple[str, ...] | None
    marks: Marks | None
    claims: dict[str, ClaimRow]


def read_board(read: Read, actor: Actor, now: datetime, part: Slice) -> BoardPart:
    """Return the cases on the board, the longest posted first, and what refuses the claims of who may claim."""
    require(actor, Verb.READ_BOARD)
    whose = actor.practitioner_id if Verb.CLAIM in PERMISSIONS[actor.role] else None
    with read() as session:
        found = cards_on_board(session, actor.centre_id, now, part)
        shown = _shown(session, actor.centre_id, found.rows)
        if not whose:
            return BoardPart(shown, found.last, None, {})
        marks = marks_for(session, actor.centre_id, whose, now, [card.case.id for card in found.rows])
        mine = {"practitioner_id": whose, "state": ClaimState.OPEN}
        waiting = claims_made(session, actor.centre_id, Slice(MAX_OPEN, None), mine).rows
    return BoardPart(shown, found.last, marks, {row.case_id: row for row in waiting})


def _shown(session: Session, centre_id: str, cards: Collection[Card]) -> list[ShownCard]:
    if not cards:
        return []
    policy = load_in_force(session, centre_id).policy
    places = {area.code: area.name for area in areas(session, centre_id)}
    causes = policy.catalogue.by_code
    return [
        ShownCard(posting, case, causes.get(case.cause), places.get(case.area or ""), turn_for(case, policy).effort)
        for posting, case in cards
    ]


def enter(read: Read, now: datetime, centre_id: str, most: int, known: KnownRoster) -> Look:
    """Return the last ``most`` entries of the board's history, and who may claim what is on the board now."""
    with read() as session:
        entries = latest_entries(session, centre_id, most)
        claimants = _who_may_claim(session, centre_id, now, cases_on_board(session, centre_id), known)
        return Look(entries[-1].id or 0 if entries else 0, _notices(session, entries), claimants)


def follow(read: Read, now: datetime, centre_id: str, after: int, known: KnownRoster) -> Look:
    """Return what happened after that entry, and who may claim what came onto the board by it."""
    with read() as session:
        entries = entries_since(session, centre_id, after)
        if not entries:
            return Look(after, [], {})
        notices = _notices(session, entries)
        came = {notice.case_id for notice in notices if notice.card}
        return Look(entries[-1].id or after, notices, _who_may_claim(session, centre_id, now, came, known))


def marks_for(
    session: Session, centre_id: str, practitioner_id: str, now: datetime, case_ids: Collection[str]
) -> Marks:
    """Return what refuses the practitioner's claims on these cases; an empty entry refuses nothing."""
    policy = read_policy(policy_in_force(session, centre_id))
    counts, grab = count_claims(session, practitioner_id, now, policy.grab), policy.grab
    quota, left = refusal_of(counts, grab), _left(counts, grab)
    facts = load_docket(session, centre_id, case_ids, now, (Status.POSTED,), practitioner_id)
    docket = Docket.build(facts, policy)
    if not docket.m:
        return Marks(quota, dict.fromkeys(case_ids, (NOT_LISTED,)), {}, *left)
    eligibility = eligible(docket)
    refusals = {docket.case_at(i).id: eligibility.why(i, 0) for i in range(docket.n)}
    return Marks(quota, refusals, _distances(facts), *left)


def _left(counts: Counts, grab: Grab) -> tuple[int, int]:
    return max(0, grab.open_claims - counts.open_claims), max(0, grab.weekly_claims - counts.used_this_week)


def _distances(facts: DocketFacts) -> dict[str, int]:
    codes = Vocabulary(area.code for area in facts.areas)
    table = distances(facts.practitioners, facts.areas, codes)[: len(codes), 0].tolist()
    return {code: round(km) for code, km in zip(codes.values, table, strict=True) if not isnan(km)}


def _who_may_claim(
    session: Session, centre_id: str, now: datetime, case_ids: Collection[str], known: KnownRoster
) -> Claimants:
    if not case_ids:
        return {}
    facts = load_docket(session, centre_id, case_ids, now, (Status.POSTED,), latest=known.roster)
    docket = Docket.build(facts, read_policy(policy_in_force(session, centre_id)), latest=known.columns)
    eligibility, found = eligible(docket), defaultdict[str, set[str]](set)
    for i in range(docket.n):
        columns = eligibility.row(i).nonzero()[0].tolist()
        found[docket.case_at(i).id].update(docket.practitioner_at(j).id for j in columns)
    # What has been taken since is nobody's to claim.
    return {case_id: frozenset(found[case_id]) for case_id in case_ids}


def _notices(session: Session, entries: Sequence[CaseEventRow]) -> list[Notice]:
    happenings = [(entry, happening_of(entry.event, entry.from_status, entry.to_status)) for entry in entries]
    found = cards_of(session, {_posting_of(entry) for entry, happening in happenings if happening and _stays(entry)})
    shown = _shown(session, entries[0].centre_id, found.values()) if found else []
    cards = {card.posting.id: card for card in shown}
    return [
        Notice(entry.id or 0, happening, entry.case_id, entry.at, cards.get(_posting_of(entry)))
        for entry, happening in happenings
        if happening
    ]


def _stays(entry: CaseEventRow) -> bool:
    return entry.to_status is Status.POSTED


def _posting_of(entry: CaseEventRow) -> str:
    return str((entry.facts or {}).get("posting_id"))
