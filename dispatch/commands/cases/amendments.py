"""Facts of a case that turn out otherwise once somebody was asked or named: an officer changes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.casework.arrangement import recall
from dispatch.casework.chain import resume_chain
from dispatch.casework.seats import reseat
from dispatch.commands.cases.drafts import NOT_HELD
from dispatch.commands.cases.entitlement import change, reckon_waiting
from dispatch.commands.cases.holders import refusals_of, review_holders
from dispatch.domain.chain import guarded
from dispatch.domain.errors import (
    IllegalTransitionError,
    InvalidFieldError,
    StaleError,
    stated,
)
from dispatch.domain.law.aid_first import TERMS, require_terms
from dispatch.domain.law.means import require_means
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.stages import reviews_death
from dispatch.domain.vocabulary import Status
from dispatch.domain.webhooks import AMEND
from dispatch.exchange.languages import LANGUAGES
from dispatch.exchange.lookups import load_lookups, require_word, require_words
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import CaseRow
from dispatch.registry.transaction import Begin

OPEN = (*UNNAMED, Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)
"""A case that is over says what was known of it then."""

AREAS, HOMES = ("area", "court_area"), "domicile_areas"


def amend(
    begin: Begin, actor: Actor, now: datetime, case_id: str, changes: Mapping[str, Any], revision: int
) -> CaseRow:
    """Change what is known of an open case, if it is still as it was read; its number, age and history stay.

    A case that must not be in the open leaves the board, and a deadline that hangs on the change moves with it.
    Where another practitioner is asked for, the case waits for one. Whoever has the case and is excluded by a rule
    now is reported to the manager with the rule, and stays until the manager decides.
    """
    require(actor, Verb.EDIT_CASE)
    with begin() as tx:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        case = host.case(case_id)
        if case.revision != revision:
            raise StaleError(what="legal_case", id=case_id, expected=revision, actual=case.revision)
        if case.status not in OPEN:
            raise IllegalTransitionError(status=case.status.value, event=AMEND)
        changed = _changed(host, case, changes)
        if not changed:
            return case
        before = refusals_of(host, case)
        change(case, changed, now)
        if changed.keys() & {"means_test", "means_status", "means_ground"}:
            require_means(case, case.means_test, granting=False)
        if changed.keys() & set(TERMS):
            require_terms(case, case.granted_at and case.granted_at.astimezone(host.office.zone).date())
        host.touch(case)
        tx.record(case, AMEND, actor, now, case.status, facts={"fields": sorted(changed)})
        reckon_waiting(host, case)
        if case.status is Status.POSTED and guarded(case):
            recall(host, case)
            resume_chain(host, case)
        if "demand" in changed:
            reseat(host, case)
        review_holders(host, case, before)
        return case


def _changed(host: RegisterHost, case: CaseRow, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is really changed, by code; what the register does not know is refused."""
    if changes.get("review_court") and not reviews_death(case.stage, case.death_review):
        expected = stated("只用于死刑复核案件", "for the review of a death sentence only")
        raise InvalidFieldError(field="review_court", value=changes["review_court"], expected=expected)
    ends_on = changes.get("custody_ends_on", case.custody_ends_on)
    if ends_on and changes.get("detained", case.detained) is False:
        raise InvalidFieldError(field="custody_ends_on", value=ends_on.isoformat(), expected=stated(*NOT_HELD))
    return {name: value for name, value in _in_words(host, changes).items() if getattr(case, name) != value}


def _in_words(host: RegisterHost, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes with areas and languages by code, or refuse a name that means none of them, or several."""
    coded = dict(changes)
    if coded.get("languages"):
        coded["languages"] = require_words("languages", coded["languages"], LANGUAGES)
    named = {field: changes[field] for field in (*AREAS, HOMES) if changes.get(field)}
    if not named:
        return coded
    areas = load_lookups(host.session, host.centre_id).areas
    return coded | {
        field: require_words(field, said, areas) if field == HOMES else require_word(field, said, areas)
        for field, said in named.items()
    }
