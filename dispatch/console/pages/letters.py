"""Letters and notices in bulk (文书印制): what is lacking, issued in one act, and printed together."""

from starlette.responses import Response

from dispatch.api.routes.life.batches import ZIP, BatchIn
from dispatch.commands.documents import batches
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit, attached
from dispatch.domain.documents import BLANKS, BY_BATCH, BlankSource
from dispatch.domain.permissions import Verb

PAGE = batches.MAX_AT_ONCE


def letters_page(visit: Visit) -> Context:
    """Return which assignments lack a document, and which documents nobody has taken to print."""
    return {**_seen(visit), "outcomes": [], "issued": None}


def issue(visit: Visit, form: FilledForm) -> Response:
    """Issue a document of every assignment that is ticked, and show which could not be, and why."""
    given = form.read(BatchIn)
    who = (visit.begin, visit.read, visit.seal, visit.actor, visit.now)
    lacking = batches.list_lacking(visit.read, visit.actor, visit.paging(PAGE).part, given.kind, _run(visit))
    named = {each.assignment.id: each for each in lacking.rows}
    done = batches.issue_many(*who, given.kind, given.assignment_ids)
    refused = [(named.get(each.assignment_id), each.error) for each in done if each.error]
    issued = sum(each.row is not None for each in done)
    return visit.show({**_seen(visit), "outcomes": refused, "issued": issued, "kind": given.kind})


def print_all(visit: Visit, form: FilledForm) -> Response:
    """Show every document that is ticked, a sheet each; each look is written into the log before."""
    taken = batches.take_many(*visit.sealed, form.texts("document_ids"))
    sheets = list(zip([each.row for each in taken], batches.pages_of(taken), strict=True))
    return visit.show({"sheets": sheets, "run_id": _run(visit)}, "letters/print.html")


def as_word(visit: Visit, form: FilledForm) -> Response:
    """Download every document that is ticked for Word, in one zip."""
    taken = batches.take_many(*visit.sealed, form.texts("document_ids"))
    name = {"zh": f"法律援助文书-{visit.now:%Y%m%d}.zip", "en": f"documents-{visit.now:%Y%m%d}.zip"}
    return attached(batches.pack(taken), ZIP, name[visit.language])


def _seen(visit: Visit) -> Context:
    run_id, part = _run(visit), visit.paging(PAGE).part
    lacking = {kind: batches.list_lacking(visit.read, visit.actor, part, kind, run_id) for kind in BY_BATCH}
    return {
        "run_id": run_id,
        "asked": {name: blank.place is BlankSource.REQUEST for name, blank in BLANKS.items()},
        "lacking": {kind: found.rows for kind, found in lacking.items()},
        "more": any(found.last for found in lacking.values()),
        "unprinted": batches.list_unprinted(visit.read, visit.actor, part, run_id).rows,
    }


def _run(visit: Visit) -> str | None:
    return visit.asked("run") or None


# fmt: off
PAGES = (
    ConsolePage(
        "/letters", "letters_page", (Verb.ISSUE_DOCUMENT,), ("文书印制", "Letters to print"),
        ("成批出具指派通知书和法律援助公函，再一并印制；查阅已记入审计日志。",
         "Issue notices and letters for many assignments, then print them together; each look is logged."),
        letters_page, "letters/letters.html", Menu.WORK,
        acts={
            "issue": PageAct(issue, ("", ""), once=False),
            "print": PageAct(print_all, ("", ""), once=False),
            "docx": PageAct(as_word, ("", ""), once=False),
        },
    ),
)
# fmt: on
