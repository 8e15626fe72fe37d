"""What every document of the centre has (文书落款和模板): the mark of its numbers, whom to ask, its own templates."""

from typing import Any

from starlette.responses import Response

from dispatch.api.routes.life.documents import (
    WORD,
    LetterheadIn,
    get_letterhead,
    list_document_templates,
)
from dispatch.commands.documents import stationery
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, attached
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.permissions import Verb
from dispatch.exchange.documents import word


def letterhead_page(visit: Visit) -> Context:
    """Return the letterhead, if it is set, and each kind of document with whose template it is written with."""
    return {"head": _head(visit), "templates": list_document_templates(visit.actor, visit.read)}


def set_letterhead(visit: Visit, form: FilledForm) -> None:
    """Set the letterhead for documents to come."""
    given = form.read(LetterheadIn, "head")
    stationery.set_letterhead(visit.begin, visit.actor, visit.now, given.mark, given.contact, given.phone)


def replace_template(visit: Visit, form: FilledForm) -> None:
    """Put a template of the centre in place of ours."""
    content = form.file("file").file.read(word.MAX_TEMPLATE_BYTES + 1)
    stationery.replace_template(visit.begin, visit.actor, visit.now, _kind(form), content)


def restore_template(visit: Visit, form: FilledForm) -> None:
    """Go back to our template."""
    stationery.restore_template(visit.begin, visit.actor, visit.now, _kind(form))


def take_template(visit: Visit, form: FilledForm) -> Response:
    """Download the template in use, to change it in Word."""
    kind = _kind(form)
    return attached(stationery.template(visit.read, visit.actor, kind), WORD, f"{kind.zh}.docx")


def _head(visit: Visit) -> Any:
    try:
        return get_letterhead(visit.actor, visit.read)
    except NotFoundError:
        return None


def _kind(form: FilledForm) -> DocumentKind:
    for kind in DocumentKind:
        if kind.value == form.text("kind"):
            return kind
    raise InvalidFieldError(field="kind", value=None, expected=stated("请选择文书", "a kind of document"))


# fmt: off
KEEP = (Verb.MANAGE_TEMPLATES,)

PAGES = (
    ConsolePage(
        "/letterhead", "letterhead_page", KEEP, ("文书落款和模板", "Letterhead and templates"),
        ("文号代字、联系人和电话设定一次，此后出具的文书都使用；文书可以换用本中心的Word模板，也可以恢复系统模板。",
         "Set once for all documents to come; a template of the centre’s own may take the place of ours."),
        letterhead_page, "letters/letterhead.html",
        acts={
            "set-letterhead": PageAct(set_letterhead, ("文书落款已设定。", "The letterhead is set."), KEEP),
            "replace-template": PageAct(replace_template, ("模板已更换。", "It is replaced."), KEEP, upload=True),
            "restore-template": PageAct(restore_template, ("已恢复系统模板。", "Ours is used again."), KEEP),
            "take-template": PageAct(take_template, ("", ""), KEEP, once=False),
        },
    ),
)
# fmt: on
