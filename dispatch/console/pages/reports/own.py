"""One's own statement (本人办案情况): the figures of a period, the quality level and what it rests on, each closing."""

from dispatch.api.routes.reports import PeriodQuery
from dispatch.commands.reports.statement import own_statement
from dispatch.console.frame.page import ConsolePage, Context, Menu
from dispatch.console.frame.visit import Visit
from dispatch.console.pages.reports.listing import periods, today_of, wording
from dispatch.domain.permissions import Verb
from dispatch.reports.page import written


def statement_page(visit: Visit) -> Context:
    """Return what the period brought the reader."""
    wanted = visit.search(PeriodQuery)
    found = own_statement(visit.read, visit.actor, visit.now, wanted.since, wanted.until)
    cells = zip(found.figures.columns, found.figures.rows[0] if found.figures.rows else (), strict=False)
    word = wording(visit.language)
    return {
        "about": found.about,
        "periods": list(periods(today_of(visit))),
        "figures": [
            ((each.zh, each.en), written(each, cell, word)) for each, cell in cells if each.unit.value != "text"
        ],
        "defined": found.figures.report.defined,
        "quality": found.quality,
        "work": found.work,
        "upheld_on": found.upheld_on,
    }


# fmt: off
PAGES = (
    ConsolePage(
        "/my-statement", "my_statement_page", (Verb.READ_OWN_STATEMENT,), ("本人办案情况", "My statement"),
        ("您在所选期间的指派、结案、征询答复、质量评估和补贴；只有您本人和中心能看到。",
         "Your assignments, closings, answers, grades and subsidies of the period; only you and the centre see them."),
        statement_page, "own/statement.html", Menu.SELF,
    ),
)
# fmt: on
