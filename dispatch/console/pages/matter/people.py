"""People of a case after it is filed: parties and related cases added, what is known of them put right."""

from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from dispatch.api.paging import Paging
from dispatch.api.routes.amendments import CaseChange
from dispatch.api.routes.life.parties import PartyIn, RelationIn, list_relations
from dispatch.commands.cases import changes, parties
from dispatch.commands.cases.drafts import PARTIES
from dispatch.commands.lists.case_view import view_case
from dispatch.commands.lists.cases import list_cases
from dispatch.commands.lists.searches import OrderedCaseSearch
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, validated
from dispatch.console.pages.case import WORDS
from dispatch.console.pages.change import LABELS
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.lifecycle import OPEN
from dispatch.domain.permissions import Verb
from dispatch.domain.texts.identity import identify
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import IdentityKind, PartyRole, RelationKind

RECIPIENT, STORY, REMOVED, WAS = "recipient", "story", "removed", "was"
ASKED = ("name", "identity_kind", "identity_number", "contact")
"""What is asked of a person; the recipient's sex and whether they are a minor are among the facts of the case."""

KEPT = ("sex", "minor")
"""What the form only carries of everybody else; a number that is put right says it again."""

A_CASE = stated("本中心已登记案件的编号", "the number of a case of the centre")

FACT_LABELS = LABELS | {
    STORY: ("案情", "Story"),
    **{f"recipient_{name}": label for name, label in (
        ("name", ("受援人姓名", "The recipient’s name")), ("contact", ("联系方式", "Contact")),
        ("identity_number", ("证件号码", "Document number")), ("identity_kind", ("证件类型", "Kind of document")),
    )},
    **{field: (role.zh, role.en) for field, role in PARTIES.items()},
}  # fmt: skip


class KnownPerson(NamedTuple):
    """Somebody in the case: where their fields are in the form, and what is known of them."""

    at: str
    role: PartyRole
    known: Mapping[str, Any]


def parties_page(visit: Visit) -> Context:
    """Return the cases this one is related to; whom it is about is not opened for that."""
    case_id = visit.part("case_id")
    return {
        "case": view_case(visit.read, visit.actor, case_id).case,
        "related": list_relations(case_id, visit.actor, visit.read),
        "roles": [role for role in PartyRole if role is not PartyRole.RECIPIENT],
        "kinds": list(RelationKind),
        "documents": list(IdentityKind),
    }


def add_party(visit: Visit, form: FilledForm) -> None:
    """Add somebody who turns out to have a part in the case."""
    # Without a name there is no person in the form; it is the name that is asked for then.
    given = validated(PartyIn, {"person": {}} | form.nested("party", model=PartyIn), "party")
    parties.add_party(*visit.sealed, visit.part("case_id"), given.role, given.person)


def add_relation(visit: Visit, form: FilledForm) -> None:
    """Tie the case to another one, by its number."""
    number = form.text("relation.number")
    wanted = OrderedCaseSearch(number=number) if number else None
    found = list_cases(visit.read, visit.actor, wanted, Paging(limit=1).part).rows if wanted else []
    if not found:
        raise InvalidFieldError(field="number", value=None, expected=A_CASE)
    given = validated(RelationIn, {"kind": form.text("relation.kind"), "other_id": found[0].id}, "relation")
    parties.add_relation(visit.begin, visit.actor, visit.now, visit.part("case_id"), given.kind, given.other_id)


def details_page(visit: Visit) -> Context:
    """Return what is known of everybody in the case, to be put right; the look is written into the log before."""
    facts = changes.facts_with_history(*visit.sealed, visit.part("case_id"))
    known = {fact.field: fact.value for fact in facts}
    recipient = KnownPerson(RECIPIENT, PartyRole.RECIPIENT, {name: known[f"recipient_{name}"] for name in ASKED})
    people = [
        KnownPerson(f"{field}.{k}", role, person)
        for field, role in PARTIES.items() for k, person in enumerate(known[field] or ())
    ]  # fmt: skip
    return {**_shown(visit), "recipient": recipient, "people": people, "story": known[STORY], "kept": KEPT}


def put_right(visit: Visit, form: FilledForm) -> Response:
    """Change what is known of the people, and show what that has set off; nobody is opened for it again."""
    given = _read(form)
    outcome = changes.change_case(*visit.sealed, visit.part("case_id"), given.sent(), form.revision)
    return visit.show({**_shown(visit), "outcome": outcome})


def _shown(visit: Visit) -> dict[str, Any]:
    case = view_case(visit.read, visit.actor, visit.part("case_id")).case
    return {
        "case": case,
        "open": case.status in OPEN,
        "documents": list(IdentityKind),
        "labels": FACT_LABELS,
        "limits": DEADLINES,
        "words": WORDS,
        "outcome": None,
    }


def _read(form: FilledForm) -> Any:
    """Return everybody as they were filled in: lists whole, without who is removed; what is empty is unknown."""
    stay = {field: rows for field in PARTIES if (rows := _rows(form, field)) is not None}
    given = {field: [_person(form, f"{field}.{k}") for k in rows] for field, rows in stay.items()}
    recipient, story = _person(form, RECIPIENT), form.text(STORY) or None
    try:
        return validated(CaseChange, {RECIPIENT: recipient, STORY: story, **given})
    except RequestValidationError as refused:
        raise RequestValidationError([_as_typed(fault, stay) for fault in refused.errors()]) from None


def _rows(form: FilledForm, field: str) -> list[int] | None:
    """Return the rows of a list that stay, by their numbers in the form; None where the form has none of it."""
    rows = list(takewhile(lambda k: f"{field}.{k}.name" in form.given, count()))
    gone = form.texts(REMOVED)
    return [k for k in rows if f"{field}.{k}" not in gone] if rows else None


def _as_typed(fault: Any, stay: Mapping[str, list[int]]) -> dict[str, Any]:
    """Return a fault at the row it was typed in: a person removed above has moved the others up."""
    field, *way = fault["loc"]
    if field in stay and way:
        way[0] = stay[field][way[0]]
    return {**fault, "loc": (field, *way)}


def _person(form: FilledForm, at: str) -> dict[str, Any]:
    """Return somebody; what a wrong number has said of them goes with it, and the right one says it again."""
    said: dict[str, Any] = {name: form.text(f"{at}.{name}") or None for name in ASKED}
    was, number = form.text(f"{at}.{WAS}"), said["identity_number"] or ""
    if was != number and (_states_sex(was) or _states_sex(number)):
        return said | dict.fromkeys(KEPT)
    return said | {name: form.text(f"{at}.{name}") or None for name in KEPT if f"{at}.{name}" in form.given}


def _states_sex(number: str) -> bool:
    """Whether a number says of which sex and how old somebody is."""
    try:
        return bool(number) and identify(number).sex is not None
    except UnfitError:
        return False


# fmt: off
PAGES = (
    ConsolePage(
        "/cases/{case_id}/parties", "parties_page", (Verb.EDIT_CASE,),
        ("当事人和关联案件", "Parties and related cases"),
        ("登记以后才知道的当事人和关联案件，随时补充；登记后与全部案件比对，承办人员因此不能承办的，报负责人。",
         "Parties and related cases that become known later; whoever may not act by them is told to the manager."),
        parties_page, "case/parties.html",
        acts={
            "add-party": PageAct(add_party, ("当事人已登记，并已与全部案件比对。", "Recorded and compared.")),
            "add-relation": PageAct(add_relation, ("关联案件已登记。", "The tie is recorded.")),
        },
    ),
    ConsolePage(
        "/cases/{case_id}/people/change", "people_change_page", (Verb.EDIT_CASE,),
        ("更正当事人信息", "Put people’s details right"),
        ("更正受援人和其他当事人的姓名、证件和联系方式，以及案情；原内容保留。本次查阅已记入审计日志。",
         "Names, documents, contacts and the story; what was before is kept. This look is in the audit log."),
        details_page, "case/people_change.html", confirmed=True,
        acts={"put-right": PageAct(put_right, ("", ""), once=False)},
    ),
)
# fmt: on
