"""Every page of the console, by its subject; the menu shows them in this order."""

from dispatch.console.frame.page import ConsolePage
from dispatch.console.pages import account, cases, entrance, imports, intake, work

PAGES: tuple[ConsolePage, ...] = (
    *work.PAGES,
    *cases.PAGES,
    *intake.PAGES,
    *imports.PAGES,
    *entrance.PAGES,
    *account.PAGES,
)
