"""A case before it is registered: whether it would be taken in, and what it says in words; nothing is kept."""

from datetime import datetime
from typing import NamedTuple

from dispatch.commands.cases.drafts import CaseDraft
from dispatch.commands.cases.intake import take_in
from dispatch.commands.lists.case_facts import KnownFact, facts_in_words
from dispatch.domain.errors import DispatchError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.exchange.lookups import load_lookups
from dispatch.registry.seal import Seal
from dispatch.registry.transaction import Read, Rehearsal

OF_RECIPIENT = {"recipient_sex": "sex", "recipient_minor": "minor"}


class ForeseenCase(NamedTuple):
    """What would become of a draft."""

    error: DispatchError | None
    """Why it would be refused."""

    facts: list[KnownFact]


def foresee_case(read: Read, seal: Seal, actor: Actor, now: datetime, draft: CaseDraft, language: str) -> ForeseenCase:
    """Return whether a case could be registered as it is written, and what it says; nothing is kept or locked."""
    require(actor, Verb.SUBMIT_CASE)
    with read() as session:
        rehearsal = Rehearsal(session)
        rehearsal.lock_centre(actor.centre_id)
        [fate] = take_in(rehearsal, seal, actor, now, [draft], write=False)
        lookups = load_lookups(session, actor.centre_id)
    return ForeseenCase(fate.error, facts_in_words(lookups, language, lambda field: _stated_value(draft, field)))


def _stated_value(draft: CaseDraft, field: str) -> object:
    """Return what a draft says of a fact by the name it has in a file."""
    own = OF_RECIPIENT.get(field)
    value = getattr(draft.recipient, own) if own else getattr(draft, field, None)
    return list(value) if isinstance(value, tuple) else value
