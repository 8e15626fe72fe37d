"""The workbench (工作台): what waits for the user who signs in, the most urgent first, each with its next act."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from starlette.responses import Response

from dispatch.api.paging import Paging
from dispatch.api.routes.administration.confirmations import list_confirmations
from dispatch.api.routes.amendments import list_amendments
from dispatch.api.routes.cases import CaseOut
from dispatch.api.routes.findings import FindingOut, list_findings
from dispatch.api.routes.jobs import JobQuery, list_jobs
from dispatch.api.routes.life.arrangements import list_arrangements
from dispatch.api.routes.life.complaints import list_complaints
from dispatch.api.routes.life.replacements import list_replacements
from dispatch.api.routes.offers import list_offers
from dispatch.api.routes.plans import list_abandonments
from dispatch.api.routes.roster.absences import list_absences
from dispatch.commands.lists.cases import list_cases
from dispatch.commands.lists.searches import OrderedCaseSearch
from dispatch.commands.policies.versions import to_publish
from dispatch.commands.roster.wording import people_named
from dispatch.console.frame.page import ConsolePage, Context, LocalizedText, Menu
from dispatch.console.frame.serving import to
from dispatch.console.frame.visit import Visit
from dispatch.console.pages.names import area_names, case_numbers, cause_names
from dispatch.domain.docket.absence import AbsenceState
from dispatch.domain.findings import FindingKind
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.permissions import Verb
from dispatch.domain.states import ArrangementState, ComplaintState, OfferState, Review
from dispatch.domain.vocabulary import JobKind, Role, Status

DUE_WITHIN = timedelta(hours=24)
SHOWN, MOST_FINDINGS = 10, 200
"""Lines of a list, and how many findings are looked through for the most urgent."""

OPEN = (Status.PENDING, Status.POSTED, Status.OFFERED, Status.ENTRUSTED)
"""States in which somebody is still to be named."""

LOOK: tuple[str, LocalizedText] = ("/cases/{id}", ("查看", "Open"))
# fmt: off
NEXT: dict[Status, tuple[str, LocalizedText]] = {
    # state           where its next act is, and what it is called
    Status.RECEIVED:  ("/cases/{id}",            ("审查", "Examine")),
    Status.PENDING:   ("/cases/{id}/candidates", ("选择承办人员", "Choose a practitioner")),
    Status.POSTED:    LOOK,
    Status.OFFERED:   ("/cases/{id}",            ("查看征询", "Look at the offer")),
    Status.ENTRUSTED: LOOK,
}
# fmt: on


HOME: Mapping[Role, str] = {Role.PRACTITIONER: "/my-cases", Role.INSTITUTION: "/desk", Role.ORGAN: "/notices"}
"""What waits for those who see no case but their own is a page of its own."""

AT: Mapping[JobKind, str] = {
    JobKind.RUN: "/match/{id}", JobKind.IMPORT: "/imports/{id}", JobKind.SIMULATION: "/trials/{id}",
}  # fmt: skip
"""Where a job is watched."""

OF_A_CASE, OF_PEOPLE = ("case", "legal_case"), "practitioner"
"""What a finding is about, where its id says which."""


WAYS: Mapping[str, str] = {
    **dict.fromkeys((FindingKind.ORGANS_ALIKE, FindingKind.INSTITUTIONS_ALIKE, FindingKind.PRACTITIONERS_ALIKE),
                    "/likenesses"),
    FindingKind.TIES_WAITING: "/conflict-reviews",
    FindingKind.ORGAN_UNLISTED: "/organs",
    OF_PEOPLE: "/practitioners/{id}",
    "institution": "/institutions/{id}",
}  # fmt: skip
"""Where what a finding names is looked into: by its kind, or else by what it is about."""


class Noticed(NamedTuple):
    """A finding, with the case it is about, where it is looked into, the people it names, and the time limit."""

    finding: FindingOut
    case_id: str | None
    way: str
    names: list[str]
    limit: Any


class ReviewQueue(NamedTuple):
    """A kind of things that wait for review: who sees it, how it is found, where it is decided."""

    verb: Verb
    title: LocalizedText
    find: Callable[[Visit], Sequence[Any]]
    page: str = "/cases/{id}"
    """By the ids of the case and of what waits itself; left out, it is decided on the case."""

    together: str = ""
    """Where they are decided together, if they are."""


def _first() -> Paging:
    return Paging(limit=SHOWN)


# fmt: off
WAITING = (
    ReviewQueue(Verb.REVIEW_AMENDMENT, ("待复核的案件信息修改", "Changes of facts to confirm"),
            lambda v: list_amendments(v.actor, v.read, _first(), to_decide=True).items, together="/amendments"),
    ReviewQueue(Verb.REPLACE, ("待审核的更换申请", "Requests for a replacement"),
            lambda v: list_replacements(v.actor, v.read, _first(), Review.WAITING).items),
    ReviewQueue(Verb.REPLACE, ("待审核的变更指派", "Cases given back, to review"),
            lambda v: list_abandonments(v.actor, v.read, _first(), Review.WAITING).items, "/given-back"),
    ReviewQueue(Verb.DECIDE_COMPLAINT, ("待受理的投诉", "Complaints to take up"),
            lambda v: list_complaints(v.actor, v.read, _first(), ComplaintState.RECEIVED).items, "/cases/{id}/life"),
    ReviewQueue(Verb.DECIDE_COMPLAINT, ("待处理的投诉", "Complaints to conclude"),
            lambda v: list_complaints(v.actor, v.read, _first(), ComplaintState.ACCEPTED).items, "/cases/{id}/life"),
    ReviewQueue(Verb.DESIGNATE, ("待承办机构安排人员", "Institutions to arrange a person"),
            lambda v: list_arrangements(v.actor, v.read, _first(), ArrangementState.OPEN).items,
            "/arrangements/{own}"),
)
# fmt: on


def workbench(visit: Visit) -> Context | Response:
    """Return what waits, as far as the reader may see it."""
    if visit.actor.role in HOME:
        return to(visit, HOME[visit.actor.role])
    if not visit.may(Verb.READ_CASE):
        return {"desk": None}
    findings = _findings(visit)
    people = people_named(visit.read, visit.actor, {id for each in findings for id in _people(each)})
    noticed = [_noticed(each, people) for each in findings]
    offers = list_offers(visit.actor, visit.read, _first(), state=OfferState.PENDING).items
    waiting = [(each, found) for each in WAITING if visit.may(each.verb) and (found := each.find(visit))]
    due = _cases(visit, status=OPEN, due_before=visit.now + DUE_WITHIN, sort="deadline")
    return {
        "desk": {
            "due": [(CaseOut.model_validate(case), *_next(visit, case.status)) for case in due.rows],
            "due_total": due.total,
            "counts": [(state, _cases(visit, limit=1, status=(state,)).total) for state in (Status.RECEIVED, *OPEN)],
            "offers": offers,
            "waiting": waiting,
            "due_by": (visit.now + DUE_WITHIN).astimezone(visit.zone).date().isoformat(),
            "leaves": _leaves(visit),
            "managers": _managers(visit),
            "drafts": to_publish(visit.read, visit.actor) if visit.may(Verb.PUBLISH_POLICY) else [],
            "findings": noticed,
            "jobs": _running(visit),
        },
        "causes": cause_names(visit),
        "areas": area_names(visit),
        "open_states": OPEN,
        "numbers": case_numbers(
            visit, [each.case_id for _, found in (("", offers), *waiting, ("", noticed)) for each in found]
        ),
        "at": AT,
    }


def _findings(visit: Visit) -> list[FindingOut]:
    """Return the open findings whose day is nearest or past; those without a day come last."""
    found = list_findings(visit.actor, visit.read, Paging(limit=MOST_FINDINGS), open=True).items
    return sorted(found, key=lambda each: (each.due_on or date.max, each.opened_at))[:SHOWN]


def _noticed(finding: FindingOut, people: Mapping[str, tuple[str, str]]) -> Noticed:
    """Return a finding with whom and what it is about: a line that names nobody helps nobody."""
    facts, own = finding.facts, finding.subject_id
    case_id = facts.get("case_id") or (own if finding.subject in OF_A_CASE else None)
    called = [f"{name} {code}" for code, name in (people[id] for id in _people(finding) if id in people)]
    names = [*called, *filter(None, [facts.get("name")])]
    way = "/cases/{id}" if case_id else WAYS.get(finding.kind, WAYS.get(finding.subject, ""))
    return Noticed(finding, case_id, way.format(id=case_id or own), names, DEADLINES.get(facts.get("code", "")))


def _people(finding: FindingOut) -> list[str]:
    facts, of_people = finding.facts, finding.kind.value.startswith(OF_PEOPLE) or finding.subject == OF_PEOPLE
    ids = facts.get("ids", [finding.subject_id]) if of_people else []
    return [id for id in (*ids, facts.get("practitioner_id")) if id]


def _next(visit: Visit, status: Status) -> tuple[str, LocalizedText]:
    """Return where the next act is; who only looks is led to the case."""
    return NEXT[status] if visit.may(Verb.GRANT, Verb.OFFER) else LOOK


def _cases(visit: Visit, limit: int = SHOWN, **wanted: Any) -> Any:
    return list_cases(visit.read, visit.actor, OrderedCaseSearch(**wanted), Paging(limit=limit).part)


def _leaves(visit: Visit) -> list[Any]:
    """Return leave that waits for an officer's answer."""
    if not visit.may(Verb.EDIT_ROSTER):
        return []
    return list_absences(visit.actor, visit.read, _first(), state=AbsenceState.WAITING).items


def _managers(visit: Visit) -> list[Any]:
    """Return managers whose accounts wait for the reader to confirm them; their own waits for another manager."""
    if not visit.may(Verb.CONFIRM_ACCESS):
        return []
    found = list_confirmations(visit.actor, visit.read, _first()).items
    return [each for each in found if each.user_id != visit.actor.user_id]


def _running(visit: Visit) -> list[Any]:
    if not visit.may(Verb.READ_JOB):
        return []
    return list_jobs(visit.actor, visit.read, _first(), JobQuery(open=True, newest=True)).items


PAGES = (
    ConsolePage(
        "/", "workbench_page", (Verb.SIGN_IN,), ("工作台", "Workbench"),
        ("今天要办的都在这里，最急的在最前面。", "What is to be done today, the most urgent first."),
        workbench, "work/workbench.html", Menu.WORK, roles=frozenset(Role) - HOME.keys(),
    ),
)  # fmt: skip
