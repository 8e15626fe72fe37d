"""Facts of a case that turn out otherwise once somebody was asked or named: an officer changes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import select

from dispatch.casework.arrangement import recall
from dispatch.casework.chain import resume_chain
from dispatch.commands.cases.filing import reckon
from dispatch.domain.chain import guarded
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    StaleError,
    UnknownReferenceError,
    stated,
)
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.stages import reviews_death
from dispatch.domain.vocabulary import Status
from dispatch.domain.webhooks import AMEND
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import AreaRow, CaseRow
from dispatch.registry.transaction import Begin

OPEN = (*UNNAMED, Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)
"""A case that is over says what was known of it then."""

AREAS = ("area", "court_area")


def amend(
    begin: Begin, actor: Actor, now: datetime, case_id: str, changes: Mapping[str, Any], revision: int
) -> CaseRow:
    """Change what is known of an open case, if it is still as it was read; its number, age and history stay.

    A case that must not be in the open leaves the board, and a deadline that hangs on the change moves with it.
    """
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.revision != revision:
            raise StaleError(what="legal_case", id=case_id, expected=revision, actual=case.revision)
        if case.status not in OPEN:
            raise IllegalTransitionError(status=case.status.value, event=AMEND)
        _require_known_areas(host, changes)
        if changes.get("review_court") and not reviews_death(case.stage, case.death_review):
            expected = stated("只用于死刑复核案件", "for the review of a death sentence only")
            raise InvalidFieldError(field="review_court", value=changes["review_court"], expected=expected)
        changed = {name: value for name, value in changes.items() if getattr(case, name) != value}
        if not changed:
            return case
        for name, value in changed.items():
            setattr(case, name, value)
        host.touch(case)
        tx.record(case, AMEND, actor, now, case.status, facts={"fields": sorted(changed)})
        reckon(host, case)
        if case.status is Status.POSTED and guarded(case):
            recall(host, case)
            resume_chain(host, case)
        return case


def _require_known_areas(host: RegisterHost, changes: Mapping[str, Any]) -> None:
    known = set(host.session.exec(select(AreaRow.code).where(AreaRow.centre_id == host.centre_id)))
    named = [(field, changes[field]) for field in AREAS if changes.get(field)]
    named += [("domicile_areas", area) for area in changes.get("domicile_areas") or ()]
    for field, area in named:
        if area not in known:
            raise UnknownReferenceError(field=field, value=area, known=sorted(known))
