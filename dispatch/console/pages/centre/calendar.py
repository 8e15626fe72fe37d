"""Working days of a year (放假安排): the State Council's notice loaded row by row, seen, and undone."""

from dispatch.api.paging import Paging
from dispatch.api.routes.administration.calendar import YearNoticeIn, get_year, list_moved_limits
from dispatch.commands import calendar
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.calendar import EARLIEST, LATEST
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import Role

ROWS, MORE, MOVED = 14, 3, 20
"""A notice names seven feasts and the days worked for them; one that has more keeps them, with room for a few.

Of the limits that moved so many are shown.
"""

YEARS = {str(year): year for year in range(EARLIEST.year + 1, LATEST.year + 1)}
KNOWN = stated(f"{min(YEARS)}至{max(YEARS)}", f"{min(YEARS)} to {max(YEARS)}")


def calendar_page(visit: Visit) -> Context:
    """Return a year as it is reckoned with, and the limits that moved when a notice was loaded or undone."""
    year = _year(visit, visit.asked("year") or visit.typed.get("year", [""])[0])
    found = get_year(year, visit.actor, visit.read)
    moved = list_moved_limits(visit.actor, visit.read, Paging(limit=MOVED)) if visit.may(Verb.READ_CASE) else None
    return {
        "year": year,
        "found": found,
        "rows": max(ROWS, len(found.notice.rows) + MORE if found.notice else 0),
        "moved": moved.items if moved else [],
        "limits": DEADLINES,
    }


def load(visit: Visit, form: FilledForm) -> str:
    """Put the notice about a year in force."""
    _require_rows(form)
    given, year = form.read(YearNoticeIn, but=("year",)), _sent_year(form)
    calendar.load(visit.begin, visit.actor, visit.now, year, given.title, [row.days() for row in given.rows])
    return f"/calendar?year={year}"


def load_file(visit: Visit, form: FilledForm) -> str:
    """Put the notice that a sheet holds in force; the page then shows its year."""
    content = form.file("file").file.read()
    made = calendar.load_file(visit.begin, visit.actor, visit.now, form.text("sheet.title"), content)
    return f"/calendar?year={made.year}"


def undo(visit: Visit, form: FilledForm) -> str:
    """Undo the notice of a year."""
    year = _sent_year(form)
    calendar.undo(visit.begin, visit.actor, visit.now, year)
    return f"/calendar?year={year}"


def _year(visit: Visit, text: str) -> int:
    return YEARS.get(text) or visit.now.astimezone(visit.zone).year


def _sent_year(form: FilledForm) -> int:
    """Return the year of a notice: another than was meant is never loaded or undone."""
    year = YEARS.get(form.text("year"))
    if year is None:
        raise InvalidFieldError(field="year", value=None, expected=KNOWN)
    return year


def _require_rows(form: FilledForm) -> None:
    """Refuse a form without rows, or with an empty one between others: each fault is shown at its row by its number."""
    filled = {name.split(".")[1] for name, values in form.typed.items() if name.startswith("rows.") and any(values)}
    blank = next((k for k in range(max(len(filled), 1)) if str(k) not in filled), None)
    if blank is not None:
        expected = stated("逐行填写，中间不留空行", "rows one after another, none left empty")
        raise InvalidFieldError(field=f"rows.{blank}.from_on", value=None, expected=expected)


# fmt: off
KEEP = (Verb.MANAGE_CALENDAR,)
LOADED = ("放假安排已载入，期限已重新计算。", "It is in force.")

PAGES = (
    ConsolePage(
        "/calendar", "calendar_page", (Verb.READ_POLICY, Verb.MANAGE_CALENDAR), ("年度放假安排", "Working days"),
        ("按国务院办公厅的通知逐行载入放假和调休上班日期，正在计算的期限随之重新计算；载入有误的可以撤销。",
         "The State Council’s notice, row by row; limits that run are reckoned anew, and a notice can be undone."),
        calendar_page, "centre/calendar.html", Menu.ADMINISTRATION, roles=frozenset({Role.MANAGER, Role.ADMIN}),
        acts={
            "load-year": PageAct(load, LOADED, KEEP),
            "load-file": PageAct(load_file, LOADED, KEEP, upload=True),
            "undo-year": PageAct(undo, ("放假安排已撤销，期限已重新计算。", "It is undone."), KEEP),
        },
    ),
)
# fmt: on
