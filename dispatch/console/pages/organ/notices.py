"""Notices of a case organ (通知辩护、通知代理): sent, followed until somebody is assigned, and taken back."""

from dispatch.api.routes.life.decisions import WithdrawIn
from dispatch.api.routes.life.notices import get_notice, list_notices
from dispatch.commands.cases import notices
from dispatch.commands.cases.drafts import NoticeDraft
from dispatch.commands.life import ends
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import area_names, cause_options
from dispatch.domain.lifecycle import TRANSITIONS, Event
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import (
    ON_NOTICE,
    CaseSource,
    Category,
    IdentityKind,
    Matter,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)
from dispatch.exchange.languages import LANGUAGES

SERVICES = (Service.DEFENCE, Service.CRIMINAL_AGENCY)
# fmt: off
STAGES = (
    Stage.INVESTIGATION, Stage.ARREST_REVIEW, Stage.PROSECUTION, Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE,
    Stage.REMAND, Stage.RETRIAL, Stage.PETITION, Stage.DEATH_REVIEW, Stage.COMPULSORY_TREATMENT, Stage.ABSENTIA,
    Stage.CONFISCATION, Stage.SENTENCE_CHANGE, Stage.ENFORCEMENT,
)
"""Those of criminal proceedings, in their order: what the form offers."""

ROWS = {"co_accused": ("同案人员", "Co-defendants", 3), "opposing": ("被害人等相对方", "Victims, the other side", 2),
        "guardians": ("法定代理人（监护人）", "Guardians", 2)}
"""How many people the form has room for; the centre adds more."""
# fmt: on


def notices_page(visit: Visit) -> Context:
    """Return the notices of the organ, the newest first, with how far each has come."""
    found = list_notices(visit.actor, visit.read, visit.seal, visit.paging(), newest=True)
    return {"notices": found.items, "next": found.next, "organ": visit.actor.organ}


def new_page(visit: Visit) -> Context:
    """Return what the form for a notice offers."""
    return {
        "sources": [each for each in CaseSource if each in ON_NOTICE], "services": list(SERVICES),
        "stages": list(STAGES), "causes": [words for _, words in cause_options(visit, Matter.CRIMINAL)],
        "areas": list(area_names(visit).items()), "sexes": list(Sex), "identity_kinds": list(IdentityKind),
        "categories": list(Category), "review_courts": list(ReviewCourt), "rows": ROWS,
        "language_words": [(code, (zh, en)) for code, zh, en in LANGUAGES.labels],
    }  # fmt: skip


def send(visit: Visit, form: FilledForm) -> str:
    """Send the notice; the same number again is the notice already there."""
    sent = notices.send_notice(*visit.sealed, form.read(NoticeDraft))
    return f"/notices/{sent.case.id}"


def notice_page(visit: Visit) -> Context:
    """Return how far a notice has come, who was assigned, and whether it can be taken back."""
    found = get_notice(visit.part("notice_id"), visit.actor, visit.read, visit.seal)
    return {"notice": found, "open": (found.status, Event.RESCIND) in TRANSITIONS}


def withdraw(visit: Visit, form: FilledForm) -> None:
    """Take the notice back while nobody has been given the case."""
    given = form.read(WithdrawIn, "withdraw")
    ends.rescind(*visit.sealed, visit.part("notice_id"), given.text)


# fmt: off
SEND = (Verb.SEND_NOTICE,)

PAGES = (
    ConsolePage(
        "/notices", "notices_page", SEND, ("通知辩护、通知代理", "Notices"),
        ("本机关发出的通知：办到哪一步、应当何时指派、指派了谁。",
         "The notices of your organ: how far each is, until when somebody is due, and who it is."),
        notices_page, "organ/notices.html", Menu.WORK,
    ),
    ConsolePage(
        "/notices/new", "new_notice_page", SEND, ("发送通知", "Send a notice"),
        ("送达后法律援助机构即登记案件，三日的指派期限自此起算；不清楚的选“不详”。",
         "The centre registers the case at once, and its three days to assign begin; what is not known is “unknown”."),
        new_page, "organ/notice_form.html",
        acts={"send": PageAct(send, ("通知已送达，案件已登记。", "The notice has arrived; the case is registered."))},
    ),
    ConsolePage(
        "/notices/{notice_id}", "notice_page", SEND, ("通知", "Notice"),
        ("指派了承办人员的，列出姓名、所在机构和联系方式；尚未指派的，可以撤回通知。",
         "Who was assigned, their institution and contact; while nobody is, the notice can be taken back."),
        notice_page, "organ/notice.html",
        acts={"withdraw": PageAct(withdraw, ("通知已撤回。", "The notice is taken back."))},
    ),
)
# fmt: on
