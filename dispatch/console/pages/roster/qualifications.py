"""What an entry of the roster rests on (年度考核和专业特长): assessments by year, evidence of specialties by day."""

from typing import Annotated, Any

from pydantic import Field
from starlette.responses import Response

from dispatch.api.routes.practitioners import get_practitioner
from dispatch.api.routes.roster.qualifications import AssessmentIn, EvidenceIn, WithdrawalIn, list_qualifications
from dispatch.commands.roster import qualifications
from dispatch.commands.roster.qualifications import SpecialtyEvidence, YearResult
from dispatch.commands.roster.wording import entry_words
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import cause_names
from dispatch.domain.permissions import Verb
from dispatch.domain.roster.words import AssessmentResult, SpecialtySource
from dispatch.exchange.columns import Kind


class AssessmentForm(AssessmentIn):
    """The assessment of a year, as the form has it: the API has the year in the address."""

    year: Annotated[int, Field(ge=1980, le=2100)]


def qualifications_page(visit: Visit) -> Context:
    """Return the assessments and the evidence, the newest first, withdrawn ones included."""
    id = visit.part("practitioner_id")
    found = list_qualifications(id, visit.actor, visit.read, visit.now)
    words = entry_words(visit.read, visit.actor, Kind.PRACTITIONERS, visit.language)
    return {
        "row": _person(visit),
        "assessments": found.assessments[::-1],
        "evidence": [
            (each, words.written("specialties", {each.cause: each.level})) for each in found.specialties[::-1]
        ],
        "results": list(AssessmentResult),
        "sources": list(SpecialtySource),
        "causes": list(cause_names(visit).values()),
        "last_year": visit.now.astimezone(visit.zone).year - 1,
    }


def assess(visit: Visit, form: FilledForm) -> None:
    """Record the assessment of a year, or correct it."""
    given = form.read(AssessmentForm, "assess")
    said = YearResult(given.year, given.result, given.decided_on, given.valid_to)
    id = visit.part("practitioner_id")
    qualifications.assess(*visit.sealed, id, said, form.revision, given.reason)


def add_evidence(visit: Visit, form: FilledForm) -> None:
    """Record what a level in a cause rests on."""
    given = SpecialtyEvidence(**form.read(EvidenceIn, "evidence").model_dump())
    qualifications.add_evidence(*visit.sealed, visit.part("practitioner_id"), given, form.revision)


def withdraw_evidence(visit: Visit, form: FilledForm) -> None:
    """Withdraw evidence."""
    id = form.text("evidence")
    qualifications.withdraw_evidence(*visit.sealed, id, form.read(WithdrawalIn, f"withdraw-{id}").reason)


def _person(visit: Visit) -> Any:
    who = (visit.actor, visit.read, visit.seal, visit.now)
    return get_practitioner(visit.part("practitioner_id"), *who, Response())


# fmt: off
KEEP = (Verb.EDIT_ROSTER,)

PAGES = (
    ConsolePage(
        "/practitioners/{practitioner_id}/qualifications", "qualifications_page",
        (Verb.READ_ROSTER, Verb.READ_OWN_ROSTER), ("年度考核和专业特长", "Assessments and specialties"),
        ("年度考核按年度登记，专业特长逐项登记依据；登记有误的写明理由更正或者撤销，原登记保留。",
         "An assessment for each year, evidence for each specialty; mistakes are corrected with a reason and kept."),
        qualifications_page, "roster/qualifications.html",
        acts={
            "assess": PageAct(assess, ("年度考核已登记。", "The assessment is recorded."), KEEP),
            "add-evidence": PageAct(add_evidence, ("专业特长已登记，即日起有效。", "It counts from today on."), KEEP),
            "withdraw-evidence": PageAct(withdraw_evidence, ("该项依据已撤销。", "It stands no more."), KEEP),
        },
    ),
)
# fmt: on
