"""The list of cases as it is asked for; who looks for a person leaves a trace.

Names and numbers of recipients are sealed, so a person is found whole, by a keyed hash, and never by an address:
addresses are written into logs.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import col, select

from dispatch.commands.lists.searches import OrderedCaseSearch, RecipientSearch
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.audit import note
from dispatch.registry.lists import cases
from dispatch.registry.reads import Rows, Slice
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import Begin, Read, Transaction


def list_cases(read: Read, actor: Actor, wanted: OrderedCaseSearch, part: Slice) -> Rows:
    """Return a page of the cases that are asked for, the first one with how many there are."""
    require(actor, Verb.READ_CASE)
    with read() as session:
        found = wanted.filter(session, actor.centre_id)
        return cases.cases(session, actor.centre_id, found, part, wanted.sort, descending=wanted.descending)


def case_numbers(read: Read, actor: Actor, ids: Collection[str]) -> dict[str, str]:
    """Return the numbers of these cases of the centre by id."""
    require(actor, Verb.READ_CASE)
    numbered = select(CaseRow.id, CaseRow.number).where(CaseRow.centre_id == actor.centre_id, col(CaseRow.id).in_(ids))
    with read() as session:
        return dict(session.exec(numbered).all())


def search_cases(begin: Begin, seal: Seal, actor: Actor, now: datetime, wanted: RecipientSearch, part: Slice) -> Rows:
    """Return a page of the cases of a recipient; the search and each case it finds are logged before they are shown."""
    require(actor, Verb.READ_CASE)
    keys = wanted.keys(seal)
    with begin() as tx:
        about = wanted.filter(tx.session, actor.centre_id)._replace(person=keys)
        found = cases.cases(tx.session, actor.centre_id, about, part, wanted.sort, descending=wanted.descending)
        if keys:
            leave_a_trace(tx, actor, now, [case.id for case in found.rows])
        return found


def leave_a_trace(tx: Transaction, actor: Actor, now: datetime, case_ids: Iterable[str]) -> None:
    """Write down that somebody looked for a person, and which cases were shown; never for whom."""
    for case_id in (None, *case_ids):
        note(tx, actor, Verb.READ_CASE, "recipient_search", case_id, now)
