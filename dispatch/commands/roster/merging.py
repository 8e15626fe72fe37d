"""Two records of one person become one, and two that only look like one are told apart, each with a reason."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from dispatch.commands.roster.contacts import PERSONAL, opened
from dispatch.commands.roster.registration import Batch, DatedEffect, upsert_entries
from dispatch.domain.errors import InvalidFieldError, MergeRefusedError, NotFoundError, StaleError, stated
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.roster.words import RosterAct
from dispatch.domain.texts import name_key
from dispatch.domain.webhooks import AMEND
from dispatch.exchange.columns import Kind
from dispatch.registry.audit import note
from dispatch.registry.census import marked_distinct
from dispatch.registry.docket.roster import read_day
from dispatch.registry.reads import attributes
from dispatch.registry.roster.merging import Pair, cases_in_common, move, move_ledger
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow, DistinctRow, PractitionerRow, RosterChangeRow
from dispatch.registry.transaction import Begin, Read, Transaction


class Likeness(NamedTuple):
    """Two records that may be one person, and what they share."""

    one: PractitionerRow
    other: PractitionerRow
    shared: tuple[str, ...]


def merge(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, kept_id: str, other_id: str, reason: str, if_match: int
) -> PractitionerRow:
    """Merge another record of the same person into this one; done once, it is done.

    Cases, turns, offers, absences and users follow, blanks are filled from the other record, and its code is told
    whom to look for instead.
    """
    require(actor, Verb.EDIT_ROSTER)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        kept, other = (tx.lock(PractitionerRow, id, actor.centre_id) for id in (kept_id, other_id))
        if other.merged_into == kept.id:
            return kept
        if kept.revision != if_match:
            raise StaleError(what="practitioner", id=kept_id, expected=if_match, actual=kept.revision)
        _require_one_person(tx, seal, kept, other)
        move_ledger(tx.session, Pair(kept.id, other.id))
        _fill_blanks(tx, seal, actor, now, kept, other, reason)
        move(tx.session, Pair(kept.id, other.id), now)
        _close(tx, actor, now, kept, other, reason)
        note(tx, actor, Verb.EDIT_ROSTER, "practitioner", kept_id, now)
        return kept


def likenesses(read: Read, actor: Actor) -> list[Likeness]:
    """Return the records that may be one person and were not told apart: by identity number, licence or name."""
    require(actor, Verb.READ_ROSTER)
    with read() as session:
        current = select(PractitionerRow).where(
            PractitionerRow.centre_id == actor.centre_id, col(PractitionerRow.merged_into).is_(None)
        )
        people = {row.id: row for row in session.exec(current.order_by(col(PractitionerRow.code)))}
        apart = _marked_distinct(session, actor.centre_id, "practitioner")
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for field, key in KEYS.items():
        for pair in _sharing(people, key):
            found[pair].append(field)
    return [
        Likeness(people[one], people[other], tuple(shared))
        for (one, other), shared in found.items()
        if frozenset((one, other)) not in apart
    ]


KEYS = {
    "identity_number": lambda row: row.identity_key,
    "code": lambda row: row.code.casefold(),
    "name": lambda row: name_key(row.name),
}
"""What two records of one person may share."""


def mark_distinct(begin: Begin, actor: Actor, now: datetime, one_id: str, other_id: str, reason: str) -> DistinctRow:
    """Write down that two practitioners are two; said again, it is the decision already there."""
    require(actor, Verb.EDIT_ROSTER)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        rows = [tx.lock(PractitionerRow, id, actor.centre_id) for id in (one_id, other_id)]
        if one_id == other_id or any(row.merged_into for row in rows):
            expected = stated("另一条有效登记，未并入其他登记", "another record, merged into none")
            raise InvalidFieldError(field="other_id", value=other_id, expected=expected)
        note(tx, actor, Verb.EDIT_ROSTER, "practitioner", one_id, now)
        return _apart(tx, actor, now, "practitioner", one_id, other_id, reason)


def clear_duplicate(begin: Begin, actor: Actor, now: datetime, case_id: str, reason: str, if_match: int) -> CaseRow:
    """Write down that a case is no duplicate of the one it was taken for; it is told in its history."""
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        tx.lock_centre(actor.centre_id)
        case = tx.lock(CaseRow, case_id, actor.centre_id)
        if case.revision != if_match:
            raise StaleError(what="legal_case", id=case_id, expected=if_match, actual=case.revision)
        if case.duplicate_of is None:
            raise NotFoundError(what="duplicate", id=case_id)
        told = _apart(tx, actor, now, "case", case.id, case.duplicate_of, reason)
        facts: dict[str, object] = {"fields": ["duplicate_of"], "before": case.duplicate_of, "distinct_id": told.id}
        case.duplicate_of = None
        case.revision += 1
        tx.record(case, AMEND, actor, now, case.status, facts=facts)
        return case


def _require_one_person(tx: Transaction, seal: Seal, kept: PractitionerRow, other: PractitionerRow) -> None:
    if kept.id == other.id or kept.merged_into or other.merged_into:
        expected = stated("同一人的另一条有效登记", "another record of the person, not merged yet")
        raise InvalidFieldError(field="other_id", value=other.id, expected=expected)
    if kept.identity_key and other.identity_key and kept.identity_key != other.identity_key:
        expected = stated("身份证件号码一致", "the same identity number")
        raise InvalidFieldError(field="identity_number", value=None, expected=expected)
    if frozenset((kept.id, other.id)) in _marked_distinct(tx.session, kept.centre_id, "practitioner"):
        expected = stated("未认定为不同的人", "a pair that nobody told apart")
        raise InvalidFieldError(field="other_id", value=other.id, expected=expected)
    if cases := cases_in_common(tx.session, Pair(kept.id, other.id)):
        raise MergeRefusedError(case_ids=cases)


def _fill_blanks(
    tx: Transaction, seal: Seal, actor: Actor, now: datetime, kept: PractitionerRow, other: PractitionerRow, reason: str
) -> None:
    today = read_day(tx.session, kept.centre_id, now).today
    facts = attributes(tx.session, [kept.id, other.id], today)
    mine, theirs = ({**_stated(facts.get(row.id)), **opened(seal, row.sealed)} for row in (kept, other))
    filled = {name: value for name, value in theirs.items() if value is not None and mine.get(name) is None}
    row = {"code": kept.code, **filled, "entered_on": min(kept.entered_on, other.entered_on)}
    batch = Batch(tx, seal, actor.user_id, kept.centre_id, now)
    [fate] = upsert_entries(
        batch, Kind.PRACTITIONERS, [row], DatedEffect(reason=reason, act=RosterAct.MERGED), [kept.id]
    )
    if fate.error:
        raise fate.error
    tx.session.refresh(kept)


def _stated(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name in FILLED} if row else {}


FILLED = (
    "kind", "sex", "assessment_valid_to", "assessment_passed", "practising_since", "criminal_defence_since",
    "minor_trained", "legal_qualification", "specialties", "experience", "languages", "areas", "former_offices",
    "relatives_at", *PERSONAL,
)  # fmt: skip
"""What one record may know of a person and the other not; caps and levels are the kept record's own."""


def _close(
    tx: Transaction, actor: Actor, now: datetime, kept: PractitionerRow, other: PractitionerRow, reason: str
) -> None:
    today = read_day(tx.session, kept.centre_id, now).today
    left_on = max(other.entered_on, today)
    tx.session.refresh(other)
    other.merged_into, other.left_on = kept.id, min(other.left_on or left_on, left_on)
    other.revision += 1
    other.updated_at = now
    for row, after in ((kept, {"merged": other.code}), (other, {"merged_into": kept.code})):
        tx.add(
            RosterChangeRow(
                centre_id=kept.centre_id, practitioner_id=row.id, act=RosterAct.MERGED, from_on=today,
                before={}, after=after, reason=reason, actor_id=actor.user_id, at=now,
            )
        )  # fmt: skip


def _apart(
    tx: Transaction, actor: Actor, now: datetime, subject: str, one_id: str, other_id: str, reason: str
) -> DistinctRow:
    first, second = sorted((one_id, other_id))
    pair = (DistinctRow.subject == subject, DistinctRow.one_id == first, DistinctRow.other_id == second)
    known = tx.session.exec(select(DistinctRow).where(*pair)).one_or_none()
    return known or tx.add(
        DistinctRow(
            centre_id=actor.centre_id, subject=subject, one_id=first, other_id=second, reason=reason,
            decided_by=actor.user_id, decided_at=now,
        )
    )  # fmt: skip


def _marked_distinct(session: Session, centre_id: str, subject: str) -> set[frozenset[str]]:
    return set(map(frozenset, marked_distinct(session, centre_id, subject)))


def _sharing(people: Mapping[str, PractitionerRow], key: Any) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in people.values():
        if shared := key(row):
            groups[shared].append(row.id)
    for ids in groups.values():
        yield from combinations(ids, 2)
