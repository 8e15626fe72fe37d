"""What an entry of the audit log says to people: what was done to what, why it was refused, and where the thing is."""

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from dispatch.api.problems import PLAIN
from dispatch.api.routes import RESOURCES
from dispatch.api.routes.administration.audit import AuditOut
from dispatch.commands.audit import WORDS
from dispatch.commands.cases.disclosure import Extent
from dispatch.console.frame.page import LocalizedText
from dispatch.console.frame.rendering import opening, spoken
from dispatch.console.frame.visit import Visit
from dispatch.domain.documents import DocumentKind
from dispatch.domain.eligibility.table import RULES_BY_CODE
from dispatch.domain.errors import leaves
from dispatch.domain.log.words import ActSubject, OwnVerb
from dispatch.domain.permissions import Verb
from dispatch.exchange.columns import Kind

CHINESE = re.compile(r"[“《]?[一-鿿].*$")
PART = re.compile(r"\{(\w+)\}")


class Whereabouts(NamedTuple):
    """Where a thing is shown, and what somebody needs to open it."""

    path: str
    verb: Verb


# fmt: off
PLACES: Mapping[str, Whereabouts] = {
    # part of an address    where the thing with this id is
    "case_id":         Whereabouts("/cases/{id}",         Verb.READ_CASE),
    "document_id":     Whereabouts("/documents/{id}",     Verb.READ_CASE),
    "practitioner_id": Whereabouts("/practitioners/{id}", Verb.READ_ROSTER),
    "institution_id":  Whereabouts("/institutions/{id}",  Verb.READ_ROSTER),
    "organ_id":        Whereabouts("/organs/{id}",        Verb.READ_ROSTER),
    "run_id":          Whereabouts("/match/{id}",         Verb.READ_RUN),
    "policy_id":       Whereabouts("/policies/{id}",      Verb.READ_POLICY),
    "user_id":         Whereabouts("/users/{id}",         Verb.MANAGE_USERS),
    "webhook_id":      Whereabouts("/webhooks/{id}",      Verb.MANAGE_WEBHOOKS),
}
CASES = (ActSubject.CASE_FACT, ActSubject.PARTY, ActSubject.NAMES, ActSubject.FILE, ActSubject.PAPER,
         ActSubject.RECIPIENT_SEARCH)
USERS = (ActSubject.USER, ActSubject.USER_REFUSED, ActSubject.USER_RETIRED, ActSubject.USER_RESTORED,
         ActSubject.CONFIRMATION, ActSubject.INVITATION, ActSubject.SESSION, ActSubject.SESSION_ENDED,
         ActSubject.SESSION_CONFIRMED, ActSubject.CONFIRMATION_REFUSED, ActSubject.TOKENS_ENDED,
         ActSubject.PASSWORD_CHANGED, ActSubject.AUTHENTICATOR, ActSubject.RECOVERY_CODES,
         ActSubject.IDENTITY_BOUND, ActSubject.IDENTITY_UNBOUND)
PART_OF: Mapping[str, str] = {
    # what acts that tell of themselves are about    the part of an address that has its id
    **{each.value: "case_id" for each in CASES},
    **{each.value: "user_id" for each in USERS},
    ActSubject.PRACTITIONER.value: "practitioner_id",
    ActSubject.INSTITUTION.value:  "institution_id",
    ActSubject.ORGAN.value:        "organ_id",
    ActSubject.WEBHOOK.value:      "webhook_id",
}
# fmt: on


class NamedRequest(NamedTuple):
    """A request by its name: what it is for, and the first part of its address."""

    words: LocalizedText
    part: str


class RenderedEntry(NamedTuple):
    """An entry in words; ``to`` is where its thing is, for who may open it."""

    entry: AuditOut
    verb: str
    subject: str
    to: str
    reasons: tuple[str, ...]


def render_entry(visit: Visit, entry: AuditOut) -> RenderedEntry:
    """Return an entry in the words of who reads it."""
    verb, subject = WORDS.get(entry.verb), subject_of(entry.subject)
    return RenderedEntry(
        entry,
        opening(spoken(visit.language, verb)) if verb else entry.verb,
        opening(spoken(visit.language, subject)) if subject else entry.subject,
        _to(visit, entry),
        tuple(reasons_of(entry.reason or "", visit.language)),
    )


def subject_of(subject: str) -> LocalizedText | None:
    """Return what an act was done to, or the request that was made, in both languages."""
    if known := _subjects().get(subject):
        return known
    request = _requests().get(subject)
    return request and request.words


def reasons_of(reason: str, language: str) -> list[str]:
    """Return why something was refused: the title of the refusal, and what each rule says."""
    code, _, rules = reason.partition(": ")
    title = _titles().get(code)
    found = [spoken(language, title or code, code)] if code else []
    known = [each.partition(":")[0] for each in rules.split(",") if each]
    return found + [RULES_BY_CODE[each].refusal(language) if each in RULES_BY_CODE else each for each in known]


def _to(visit: Visit, entry: AuditOut) -> str:
    request = _requests().get(entry.subject)
    part = PART_OF.get(entry.subject) or (request.part if request else "")
    place = PLACES.get(part)
    known = entry.subject_id and place and visit.may(place.verb)
    return place.path.format(id=entry.subject_id) if place and known else ""


@cache
def _subjects() -> Mapping[str, LocalizedText]:
    words = (*DocumentKind, *Kind, *Extent, *ActSubject)
    return {each.value: (each.zh, each.en) for each in words}


@cache
def _requests() -> Mapping[str, NamedRequest]:
    """Return every request by its name: of the API by its own words, of the console by its page's title."""
    # This page is one of them: they are there once all of them are read.
    from dispatch.console.pages import PAGES

    found: dict[str, NamedRequest] = {}
    for page in PAGES:
        about = NamedRequest(page.title, _part(page.path))
        found |= {page.name: about} | {f"{page.name}_{act}": about for act in page.acts}
    for resource in RESOURCES:
        for route in resource.router.routes:
            text = " ".join((inspect.getdoc(route.endpoint) or route.name).split())
            zh = CHINESE.search(text)
            words = (zh[0].rstrip("。") if zh else text, text.partition(". ")[0].rstrip("."))
            found[route.name] = NamedRequest(words, _part(route.path))
    return found


def _part(path: str) -> str:
    """Return the first part of an address, whose value an entry is kept with."""
    first = PART.search(path)
    return first[1] if first else ""


@cache
def _titles() -> Mapping[str, LocalizedText]:
    plain = {code: (zh, en) for code, en, zh in PLAIN.values()}
    return plain | {leaf().code: (leaf.zh, leaf().title("en")) for leaf in leaves()}


VERBS = (*Verb, *OwnVerb)
"""What the log can be asked for, as far as people do it."""
