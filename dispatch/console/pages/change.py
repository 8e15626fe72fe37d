"""Facts of a case changed (修改案件信息): those one chooses, and what the change has set off, shown at once."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import AwareDatetime, BaseModel
from starlette.responses import Response

from dispatch.api.routes.amendments import CaseChange, PersonChange
from dispatch.commands.cases import changes
from dispatch.commands.lists.case_facts import FACTS, NAMED, known_facts
from dispatch.commands.lists.case_view import view_case
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import UNKNOWN, FilledForm, Visit, kinds_in
from dispatch.console.pages.case import WORDS
from dispatch.console.pages.names import area_names, cause_options
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.lifecycle import OPEN
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import Term
from dispatch.exchange.columns import Column
from dispatch.exchange.languages import LANGUAGES

CHOSEN = "facts"
NOT_KNOWN = (UNKNOWN, ("不详（无）", "Unknown or none"))
OF_PERSON = {"recipient_sex": "sex", "recipient_minor": "minor"}
"""Facts of the recipient, by the field they are changed by."""

LABELS = {column.field: (column.zh, column.en) for column in FACTS}

Offer = Callable[[Visit, Any], list[Any]]
OFFERED: Mapping[str, Offer] = {
    "area": lambda visit, _: _areas(visit),
    "court_area": lambda visit, _: _areas(visit),
    "domicile_areas": lambda visit, _: _areas(visit),
    "cause": lambda visit, case: list(cause_options(visit, case.matter)),
    "languages": lambda *_: [(code, (zh, en)) for code, zh, en in LANGUAGES.labels],
    "demand": lambda *_: [("1", ("1人", "1")), ("2", ("2人", "2"))],
}
"""What is offered for a fact whose kind does not tell."""

PLAIN = ((date, "day"), (datetime, "moment"), (AwareDatetime, "moment"))
"""How a fact of a kind is filled in."""


class Control(NamedTuple):
    """How a fact is filled in."""

    name: str
    """Of the field in the form."""

    kind: str
    """``tri``, ``yes_no``, ``choose``, ``checks``, ``day``, ``moment`` or ``field``."""

    options: list[Any]
    may_lack: bool
    """Whether it may be unknown."""

    value: Any


def change_page(visit: Visit) -> Context:
    """Return the facts that may be chosen, and a field for each that is."""
    case_id = visit.part("case_id")
    case = view_case(visit.read, visit.actor, case_id).case
    chosen = visit.typed.get(f"{CHOSEN}[]", visit.all_asked("fact"))
    known = {each.field: each for each in known_facts(visit.read, visit.actor, case_id, visit.language)}
    fields = [(column, _control(visit, case, column)) for column in FACTS if column.field in chosen]
    return {
        "case": case,
        "open": case.status in OPEN,
        "facts": [known[column.field] for column in FACTS],
        "chosen": [column.field for column, _ in fields],
        "fields": fields,
        "known": known,
        "labels": LABELS,
        "limits": DEADLINES,
        "words": WORDS,
        "outcome": None,
    }


def change(visit: Visit, form: FilledForm) -> Response:
    """Change what was chosen, and show what it has set off: limits that moved, acts that followed, what waits."""
    given = form.read(CaseChange, but=(f"{CHOSEN}[]",))
    outcome = changes.change_case(*visit.sealed, visit.part("case_id"), given.sent(), form.revision)
    return visit.show({**change_page(visit), "outcome": outcome, "fields": []})


def _control(visit: Visit, case: Any, column: Column) -> Control:
    field = column.field
    of_person = OF_PERSON.get(field)
    model: type[BaseModel] = PersonChange if of_person else CaseChange
    kinds = list(kinds_in(model.model_fields[of_person or field].annotation))
    may_lack = type(None) in kinds
    kind, options = _asked(visit, case, field, kinds)
    if kind == "choose" and may_lack:
        options = [NOT_KNOWN, *options]
    value = getattr(case, NAMED.get(field, field))
    return Control(f"recipient.{of_person}" if of_person else field, kind, options, may_lack, value)


def _asked(visit: Visit, case: Any, field: str, kinds: list[Any]) -> tuple[str, list[Any]]:
    """Return how a fact is asked for, and what may be answered."""
    if bool in kinds:
        return ("tri" if type(None) in kinds else "yes_no"), []
    terms: list[Any] = next((list(each) for each in kinds if isinstance(each, type) and issubclass(each, Term)), [])
    if words := OFFERED[field](visit, case) if field in OFFERED else terms:
        return ("checks" if tuple in kinds else "choose"), words
    return next((kind for of, kind in PLAIN if of in kinds), "field"), []


def _areas(visit: Visit) -> list[Any]:
    return list(area_names(visit).items())


# fmt: off
PAGES = (
    ConsolePage(
        "/cases/{case_id}/change", "case_change_page", (Verb.EDIT_CASE,), ("修改案件信息", "Change the facts"),
        ("选择要修改的内容；降低保护要求的修改由负责人复核后生效。",
         "Choose what is to be changed; what lowers a protection waits for a manager."),
        change_page, "case/change.html",
        acts={"change": PageAct(change, ("", ""), once=False)},
    ),
)
# fmt: on
