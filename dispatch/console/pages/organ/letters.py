"""Letters to case organs (法律援助公函): an organ's own, or the centre's; each read, its receipt recorded."""

from dispatch.api.routes.life.letters import ReceiptIn, list_letters
from dispatch.api.schemas import In
from dispatch.commands.documents import reading
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.permissions import Verb
from dispatch.domain.texts.typed import Name

EVERY = "all"


class LetterQuery(In):
    """Whose letters an officer asks for; an organ sees its own."""

    organ: Name | None = None


def letters_page(visit: Visit) -> Context:
    """Return the letters whose receipt nobody has recorded, or all of them, the newest first."""
    every = visit.asked("show") == EVERY
    organ = visit.search(LetterQuery).organ
    found = list_letters(visit.actor, visit.read, visit.paging(), organ, awaited=not every, newest=every)
    return {"letters": found.items, "next": found.next, "every": every, "staff": visit.may(Verb.READ_CASE)}


def receive(visit: Visit, form: FilledForm) -> None:
    """Record the day on which a letter was received; today, if none is said."""
    id = form.text("letter")
    given = form.read(ReceiptIn, f"receipt-{id}")
    reading.receive_letter(visit.begin, visit.actor, visit.now, id, given.received_on)


# fmt: off
PAGES = (
    ConsolePage(
        "/organ-letters", "organ_letters_page", (Verb.READ_LETTER,), ("法律援助公函", "Letters to case organs"),
        ("发给办案机关的法律援助公函和收到日期；先列出尚未登记收到的。打开法律援助公函记入审计日志。",
         "Letters to case organs and when they were received; those still awaited first. Opening one is logged."),
        letters_page, "organ/letters.html", Menu.WORK,
        acts={"receive": PageAct(receive, ("收到日期已登记。", "The receipt is recorded."), (Verb.CONFIRM_LETTER,))},
    ),
)
# fmt: on
