"""How a recipient gets their way in: a link and a code on paper, and a form on paper for who has no phone."""

from starlette.responses import Response

from dispatch.api.routes.links import LinkStateOut
from dispatch.api.routes.wishes import choice_of
from dispatch.commands import wishes
from dispatch.commands.access import links
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.chain import MAX_WISHES
from dispatch.domain.permissions import Verb

ON_PAPER = 30


def link_page(visit: Visit) -> Context:
    """Return the links of a case without their codes, and the form on paper with who may be chosen."""
    case_id = visit.part("case_id")
    made = [LinkStateOut.model_validate(row) for row in links.list_links(visit.read, visit.actor, case_id)]
    found = wishes.permitted(visit.read, visit.actor, visit.now, case_id, most=ON_PAPER)
    usable = [each for each in made if each.revoked_at is None and each.expires_at > visit.now]
    return {
        "case_id": case_id,
        "open": usable,
        "address": _address(visit, usable[0].id) if usable else "",
        "choices": [choice_of(each, visit.now, visit.language) for each in found],
        "ranks": range(1, MAX_WISHES + 1),
        "made": None,
    }


def make(visit: Visit, form: FilledForm) -> Response:
    """Make a link and its code, shown this once; the one before ends."""
    made = links.create_link(visit.begin, visit.actor, visit.now, visit.part("case_id"))
    code = "-".join(made.code[at : at + 4] for at in range(0, len(made.code), 4))
    return visit.show({**link_page(visit), "made": made, "address": _address(visit, made.id), "code": code})


def end(visit: Visit, form: FilledForm) -> None:
    """End a link at once."""
    links.revoke_link(visit.begin, visit.actor, visit.now, form.text("link_id"))


def _address(visit: Visit, link_id: str) -> str:
    """Return where a link leads: the code is asked for there, and is in no address."""
    return str(visit.request.url.replace(path=f"{visit.base}/r/{link_id}", query="", fragment=""))


PAGES = (
    ConsolePage(
        "/cases/{case_id}/link",
        "recipient_link_page",
        (Verb.MAKE_LINK,),
        ("受援人链接和点援表", "The recipient’s link and form"),
        (
            "有手机的，把链接和验证码交给受援人；没有手机的，打印点援表请受援人填写。",
            "Hand the link and the code to the recipient, or print the form for who has no phone.",
        ),
        link_page,
        "recipient/link.html",
        acts={
            "make": PageAct(make, ("", "")),
            "end": PageAct(end, ("链接已停用。", "The link has ended.")),
        },
    ),
)
