"""Registering a case in steps: each checked before the next, people compared with all cases before anything is kept."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import Response

from dispatch.api.paging import Paging
from dispatch.api.routes.cases import CaseOut
from dispatch.commands.cases.conflict_check import check_parties
from dispatch.commands.cases.drafts import PARTIES, CaseDraft
from dispatch.commands.cases.foresight import foresee_case
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.cases.tie_reviews import check_people
from dispatch.commands.lists.cases import search_cases
from dispatch.commands.lists.searches import RecipientSearch
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import area_names, cause_names
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    IdentityKind,
    Matter,
    MeansTest,
    PartyRole,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)
from dispatch.exchange.languages import LANGUAGES

STEP, NUMBER = "step", "number"
NOBODY = "—"
"""In the place of a name that is not asked yet; it is kept nowhere."""

OTHER_CASES = 10


class IntakeStep(NamedTuple):
    """A step of the form, and the fields of the draft that it asks for."""

    code: str
    title: LocalizedText
    fields: tuple[str, ...]


# fmt: off
STEPS = (
    IntakeStep("case", ("案件", "The case"), (
        "source", "number", "received_at", "granted_at", "matter", "cause", "service", "stage", "area", "organ",
        "court_area", "story",
    )),
    IntakeStep("recipient", ("受援人", "The recipient"), (
        "recipient", "categories", "languages", "interpreter", "domicile_areas",
        "means_test", "means_status", "means_ground",
    )),
    IntakeStep("facts", ("法律要求核实的情况", "Facts the law asks about"), (
        "detained", "grave", "sexual_assault", "secret", "preservation", "death_review", "review_court",
        "compulsory_treatment", "hearing_on", "limitation_ends_on", "custody_ends_on", "major", "demand",
        "aid_first", "materials_owed", "materials_due_on",
    )),
    IntakeStep("people", ("其他有关人员", "Other people"), tuple(PARTIES)),
    IntakeStep("check", ("核对", "Check"), ()),
)
# fmt: on

ROWS = {"opposing": 3, "co_accused": 3, "spouses": 1, "guardians": 2, "related": 2}
"""How many people a form has room for; more are added on the page of the case."""

CHOICES: Mapping[str, Any] = {
    "sources": CaseSource,
    "matters": Matter,
    "services": Service,
    "stages": Stage,
    "sexes": Sex,
    "identity_kinds": IdentityKind,
    "category_words": Category,
    "means_tests": MeansTest,
    "means_statuses": MeansStatus,
    "means_grounds": MeansGround,
    "review_courts": ReviewCourt,
    "grounds_first": AidFirst,
    "materials": Material,
}


def intake_page(visit: Visit) -> Context:
    """Return the step that is to be filled in: the first one with a fault, else the one that was sent."""
    sent = next(iter(visit.typed.get(STEP, ())), STEPS[0].code)
    faulty = [step.code for step in STEPS if any(field.split(".")[0] in step.fields for field in visit.errors)]
    return _step(visit, next(iter(faulty), sent), visit.typed)


def go_on(visit: Visit, form: FilledForm) -> Response:
    """Show the next step, if this one is right; at the last, what other cases say of these people."""
    at = _place(form.text(STEP))
    _check(visit, form, at)
    after = STEPS[min(at + 1, len(STEPS) - 1)].code
    typed = _typed(form)
    found = _compared(visit, form.read(CaseDraft, but=(STEP,))) if after == STEPS[-1].code else {}
    return visit.show_typed(typed, _step(visit, after, typed) | found)


def go_back(visit: Visit, form: FilledForm) -> Response:
    """Show the step before."""
    before = STEPS[max(_place(form.text(STEP)) - 1, 0)].code
    return visit.show_typed(_typed(form), _step(visit, before, _typed(form)))


def submit(visit: Visit, form: FilledForm) -> str:
    """Register the case; submitted again it is the one already there."""
    case = submit_case(*visit.sealed, form.read(CaseDraft, but=(STEP,)))
    return f"/cases/{case.id}"


def _place(code: str) -> int:
    return next((k for k, step in enumerate(STEPS) if step.code == code), 0)


def _check(visit: Visit, form: FilledForm, at: int) -> None:
    """Refuse the faults of a step and of those before it; those of later ones are nobody's fault yet."""
    asked = {field for step in STEPS[: at + 1] for field in step.fields}
    try:
        draft: CaseDraft | None = form.read(CaseDraft, but=(STEP,))
    except RequestValidationError as faults:
        mine = [each for each in faults.errors() if not each["loc"] or each["loc"][0] in asked]
        if mine:
            raise RequestValidationError(mine) from None
        draft = _with_somebody(form)
    if draft is None:
        return
    error = foresee_case(visit.read, visit.seal, visit.actor, visit.now, draft, visit.language).error
    if error and (at + 2 == len(STEPS) or str(error.facts.get("field", NUMBER)).split(".")[0] in asked):
        raise error


def _with_somebody(form: FilledForm) -> CaseDraft | None:
    """Return a draft as far as it is filled in: whose case it is, a later step asks; None where others are at fault."""
    given = form.nested("", (STEP,), CaseDraft)
    try:
        return CaseDraft.model_validate(given | {"recipient": {"name": NOBODY} | given.get("recipient", {})})
    except ValidationError:
        return None


def _typed(form: FilledForm) -> dict[str, list[str]]:
    return {name: values for name, values in form.typed.items() if name != STEP}


def _step(visit: Visit, code: str, typed: Mapping[str, list[str]]) -> dict[str, Any]:
    at = _place(code)
    step = STEPS[at]
    carried = [
        (name, value) for name, values in typed.items() for value in values
        if name != STEP and name.split(".")[0].removesuffix("[]") not in step.fields
    ]  # fmt: skip
    causes = cause_names(visit)
    return {
        "steps": STEPS, "at": at, "step": step, "carried": carried, "rows": ROWS, "parties": PARTIES,
        "areas": list(area_names(visit).items()), "causes": [causes[code] for code in causes],
        "language_words": [(code, (zh, en)) for code, zh, en in LANGUAGES.labels],
        "criminal": typed.get("matter", [""])[0] == Matter.CRIMINAL,
        "shared": [], "ties": [], "others": [], "draft": None, "facts": [], "people": [],
        **{name: list(words) for name, words in CHOICES.items()},
    }  # fmt: skip


def _compared(visit: Visit, draft: CaseDraft) -> dict[str, Any]:
    """Return what is known of these people: other cases that clash, and the recipient's own; the search is logged."""
    people = [(PartyRole.RECIPIENT, draft.recipient)]
    people += [(role, person) for field, role in PARTIES.items() for person in getattr(draft, field)]
    number, name = draft.recipient.identity_number, draft.recipient.name
    wanted = RecipientSearch(recipient_number=number) if number else RecipientSearch(recipient_name=name)
    found = search_cases(*visit.sealed, wanted, Paging(limit=OTHER_CASES).part)
    same = (draft.matter, draft.stage)
    foreseen = foresee_case(visit.read, visit.seal, visit.actor, visit.now, draft, visit.language)
    return {
        "draft": draft,
        "facts": foreseen.facts,
        "people": [(role, person.name) for role, person in people],
        "shared": check_parties(visit.read, visit.seal, visit.actor, people),
        "ties": check_people(visit.read, visit.seal, visit.actor, visit.now, people),
        "others": [(case := CaseOut.model_validate(row), (case.matter, case.stage) == same) for row in found.rows],
    }


# fmt: off
PAGES = (
    ConsolePage(
        "/cases/new", "intake_page", (Verb.SUBMIT_CASE,), ("登记案件", "Register a case"),
        ("分步填写，每一步先核对再继续；不清楚的选“不详”，法律规则不会把不详当作符合。",
         "Step by step, each checked before the next. What you do not know is “unknown”, which passes no rule."),
        intake_page, "cases/intake.html",
        acts={
            "next": PageAct(go_on, ("", ""), once=False),
            "back": PageAct(go_back, ("", ""), once=False),
            "submit": PageAct(submit, ("案件已登记。", "The case is registered.")),
        },
    ),
)
# fmt: on
