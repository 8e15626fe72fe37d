"""The list of cases (案件台账): narrowed, counted, by number or by deadline, and the same as a spreadsheet."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from starlette.responses import Response

from dispatch.api.paging import Paging, cursor_of
from dispatch.api.routes.cases import CaseOut
from dispatch.api.routes.imports import export_cases
from dispatch.commands.lists.cases import list_cases, search_cases
from dispatch.commands.lists.searches import CaseSearch, OrderedCaseSearch, RecipientSearch
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.console.pages.names import area_names, cause_names
from dispatch.console.pages.work import OPEN
from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.permissions import Verb
from dispatch.domain.vocabulary import CaseSource, Matter, Status

PAGE = 50
# fmt: off
COLUMNS = (
    # code          heading                          shown unless others are chosen
    ("status",      ("案件状态", "State"),           True),
    ("matter",      ("案件类型", "Branch of law"),   True),
    ("cause",       ("案由（罪名）", "Cause"),       True),
    ("stage",       ("阶段", "Stage"),               True),
    ("area",        ("地区", "Area"),                True),
    ("source",      ("来源", "Source"),              False),
    ("service",     ("法律援助形式", "Service"),     False),
    ("received_at", ("收到时间", "Received"),        True),
    ("granted_at",  ("决定给予时间", "Granted"),     False),
    ("hearing_on",  ("开庭日期", "Hearing"),         False),
    ("due_at",      ("指派期限", "Deadline"),        True),
)
# fmt: on
USUAL = [code for code, _, usual in COLUMNS if usual]
SORTS = [("number", ("案件编号", "Case number")), ("deadline", ("指派期限", "Deadline"))]


def case_list(visit: Visit) -> Context:
    """Return a page of the cases that are asked for."""
    wanted = _wanted(visit, OrderedCaseSearch)
    paging = visit.paging(PAGE)
    return _listed(visit, list_cases(visit.read, visit.actor, wanted, paging.part)) | {"found_people": False}


def find_people(visit: Visit, form: FilledForm) -> Response:
    """Show the cases of a recipient: asked for in a form, because addresses are written into logs; it is logged."""
    wanted = form.read(RecipientSearch)
    found = search_cases(*visit.sealed, wanted, Paging(limit=PAGE).part)
    return visit.show(_listed(visit, found) | {"found_people": True})


def case_workbook(visit: Visit) -> Response:
    """Return the list as a workbook; the export is logged."""
    return export_cases(
        visit.actor, visit.begin, visit.read, visit.seal, visit.now, _wanted(visit, CaseSearch)
    )  # fmt: skip


def _wanted(visit: Visit, model: Any) -> Any:
    asked = visit.search(model)
    by = visit.asked("due_by")
    return asked.model_copy(update={"due_before": _end_of(by, visit.zone)}) if by else asked


def _end_of(day: str, zone: tzinfo) -> datetime:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise InvalidFieldError(field="due_by", value=None, expected=stated("日期", "a date")) from None
    return datetime.combine(on + timedelta(days=1), time(), zone)


def _listed(visit: Visit, found: Any) -> dict[str, Any]:
    areas = area_names(visit)
    chosen = visit.all_asked("columns") or USUAL
    return {
        "columns": [(code, heading) for code, heading, _ in COLUMNS],
        "chosen": chosen,
        "headings": [("案件编号", "Number"), *(heading for code, heading, _ in COLUMNS if code in chosen)],
        "cases": [CaseOut.model_validate(row) for row in found.rows],
        "total": found.total,
        "next": cursor_of(*found.last) if found.last else None,
        "causes": cause_names(visit),
        "areas": areas,
        "statuses": list(Status),
        "matters": list(Matter),
        "sources": list(CaseSource),
        "area_options": list(areas.items()),
        "sorts": SORTS,
        "open_states": OPEN,
    }


# fmt: off
PAGES = (
    ConsolePage(
        "/cases", "case_list_page", (Verb.READ_CASE,), ("案件台账", "Cases"),
        ("查找案件，查看办到哪一步、期限还剩多少；受援人姓名加密保存，须填全名查找，查阅留痕。",
         "Find cases, how far they are and how much time is left. Names of recipients are sealed: search by the whole "
         "name, which is logged."),
        case_list, "cases/list.html", Menu.WORK,
        acts={"find": PageAct(find_people, ("", ""), once=False)},
    ),
    ConsolePage(
        "/cases.xlsx", "case_workbook", (Verb.EXPORT,), ("导出案件", "Export cases"),
        ("按当前条件导出，导出留痕。", "What the list shows, as a spreadsheet; the export is logged."),
        case_workbook,
    ),
)
# fmt: on
