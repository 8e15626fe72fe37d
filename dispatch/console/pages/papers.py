"""Documents of a case: what can be issued and what is to be filled in, and each as a page to print."""

from starlette.responses import Response

from dispatch.api.routes.life.documents import PDF, WORD, DocumentIn, DocumentOut, VoidIn
from dispatch.commands.documents import issuing, possible, reading
from dispatch.console.frame.page import ConsolePage, Context, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, attached
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Verb


def document_form(visit: Visit) -> Context:
    """Return what is to be filled in for a document of a case."""
    case_id = visit.part("case_id")
    return {"case_id": case_id, "form": possible.possible_document(visit.read, visit.actor, case_id, _kind(visit))}


def issue(visit: Visit, form: FilledForm) -> str:
    """Issue the document, and go to it."""
    given = form.read(DocumentIn)
    who = visit.sealed
    row = issuing.issue(*who, visit.part("case_id"), _kind(visit), given.values, given.about_id)
    return f"/documents/{row.id}"


def paper(visit: Visit) -> Context:
    """Return a document as it is; each look is written into the log before."""
    issued = _issued(visit)
    return {"row": DocumentOut.model_validate(issued.row), "body": possible.page_of(issued)}


def as_word(visit: Visit, form: FilledForm) -> Response:
    """Download a document for Word."""
    return attached(possible.word_of(_issued(visit)), WORD, f"{visit.part('document_id')}.docx")


def as_pdf(visit: Visit, form: FilledForm) -> Response:
    """Download a document as PDF."""
    return attached(possible.pdf_of(_issued(visit)), PDF, f"{visit.part('document_id')}.pdf")


def void(visit: Visit, form: FilledForm) -> None:
    """Void a document; its number stays used."""
    issuing.void(visit.begin, visit.actor, visit.now, visit.part("document_id"), form.read(VoidIn, "void").reason)


def _kind(visit: Visit) -> DocumentKind:
    for kind in DocumentKind:
        if kind.value == visit.part("kind"):
            return kind
    raise NotFoundError(what="document", id=visit.part("kind"))


def _issued(visit: Visit) -> reading.Issued:
    return reading.read_document(*visit.sealed, visit.part("document_id"))


# fmt: off
PAGES = (
    ConsolePage(
        "/cases/{case_id}/documents/{kind}", "document_form_page", (Verb.ISSUE_DOCUMENT,),
        ("出具文书", "Issue a document"),
        ("登记中已有的内容自动填入；这里只填登记中没有的。",
         "What the register holds is filled in; here is only what it lacks."),
        document_form, "case/document_form.html",
        acts={"issue": PageAct(issue, ("文书已出具。", "The document is issued."))},
    ),
    ConsolePage(
        "/documents/{document_id}", "document_page", (Verb.READ_CASE, Verb.READ_LETTER), ("文书", "Document"),
        ("可以直接打印，或者下载为Word、PDF；查阅已记入审计日志。",
         "Print it, or download it for Word or as PDF; this look is logged."),
        paper, "case/document.html",
        acts={
            "docx": PageAct(as_word, ("", ""), once=False),
            "pdf": PageAct(as_pdf, ("", ""), once=False),
            "void": PageAct(void, ("文书已作废，文号不再使用。", "The document is void; its number stays used."),
                            (Verb.ISSUE_DOCUMENT,)),
        },
    ),
)
# fmt: on
