"""The centre's subsidy table (补贴标准): its versions, each row in words and yuan; a new one typed or from a file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from dispatch.api.routes.funds.subsidies import SubsidyTableOut, list_subsidy_presets, list_subsidy_tables
from dispatch.commands.funds import tables
from dispatch.console.frame.page import ConsolePage, Context, Menu, PageAct
from dispatch.console.frame.visit import FilledForm, Visit
from dispatch.domain.errors import NotFoundError, SubsidyTableInvalidError, stated
from dispatch.domain.law.citations import Trust, cited, from_data
from dispatch.domain.permissions import Verb
from dispatch.domain.states import QualityGrade
from dispatch.domain.vocabulary import CentreLevel
from dispatch.exchange.funds.rates import FIELDS, MAX_RATES, NAMED, rate_in_words, read_rates, typed_rates

ROWS, MORE, SOURCES = 8, 4, 3
"""Rows a new table has room for, more of them than the one it begins from; documents it rests on."""


def tables_page(visit: Visit) -> Context:
    """Return every version, the newest first, and which is in force today."""
    found, today = _all(visit), visit.now.astimezone(visit.zone).date()
    return {"tables": found, "current": next((each.id for each in found if each.valid_from <= today), None)}


def table_page(visit: Visit) -> Context:
    """Return one version, its rows in words."""
    id = visit.part("table_id")
    found = next((each for each in _all(visit) if each.id == id), None)
    if found is None:
        raise NotFoundError(what="subsidy_table", id=id)
    document = found.document
    return {
        "table": found,
        "document": document,
        "rates": [
            {"at": k, **rate_in_words(rate, visit.language)} for k, rate in enumerate(document["rates"], start=1)
        ],
        "columns": FIELDS.values(),
        "named": NAMED,
        "source": cited(from_data(document["source"]), "zh"),
        "grades": list(QualityGrade),
        "levels": [each for each in CentreLevel if each in document.get("levels", ())],
    }


def new_page(visit: Visit) -> Context:
    """Return the form for a new version: empty, or begun from one of the centre's or from a published standard."""
    begun = _begun(visit)
    typed = [name.split(".")[1] for name in visit.typed if name.startswith("rates.")]
    there = max([len(begun.get("rates", ())), *(int(k) + 1 for k in typed if k.isdecimal())])
    return {
        "begun": begun,
        "rates": [rate_in_words(rate, visit.language) for rate in begun.get("rates", ())],
        "rows": min(max(ROWS, there + MORE), MAX_RATES),
        "sources": [each.get("document", "") for each in begun.get("source", ())],
        "source_rows": max(SOURCES, len(begun.get("source", ()))),
        "columns": FIELDS.values(),
        "named": NAMED,
        "tables": [(each.id, stated(f"第{each.version}版", f"version {each.version}")) for each in _all(visit)],
        "presets": [
            (each.name, (each.document["title_zh"], each.document["title_en"]))
            for each in list_subsidy_presets(visit.actor)
        ],
        "grades": list(QualityGrade),
        "levels": list(CentreLevel),
    }


def fill_in(visit: Visit, form: FilledForm) -> Response:
    """Put the rows of a file into the form, to be looked at; nothing is kept yet."""
    rates = read_rates(form.file("file").file.read())
    rows = {
        f"rates.{k}.{name}": [text]
        for k, rate in enumerate(rates)
        for name, text in rate_in_words(rate, visit.language).items()
    }
    typed = {name: values for name, values in form.typed.items() if not name.startswith("rates.")} | rows
    shown = Visit(visit.request, visit.language, visit.session, typed)
    return visit.show_typed(typed, {**new_page(shown), "filled": len(rates)})


def put_in_place(visit: Visit, form: FilledForm) -> str:
    """Put a new version in place; versions before stay as they are."""
    row = tables.add_table(visit.begin, visit.actor, visit.now, _document(visit, form))
    return f"/subsidy-tables/{row.id}"


def _document(visit: Visit, form: FilledForm) -> dict[str, Any]:
    """Return what was filled in as a table; every fault is found by the table itself, but for words and yuan."""
    _require_no_gap(form)
    given = form.nested(but=("file",))
    title = given.get("title_zh")
    percents = given.get("grade_percent", {})
    return {
        "title_en": title,
        **{name: given[name] for name in ("title_zh", "title_en", "valid_from") if name in given},
        "source": _sources(visit, given.get("source", [])),
        "levels": given.get("levels", []),
        "rates": typed_rates([_texts(row) for row in given.get("rates", [])]),
        "grade_percent": percents,
        "ungraded_percent": given.get("ungraded_percent"),
    }


def _sources(visit: Visit, given: Any) -> Any:
    """Return the documents that were typed; one that a table rests on already was read as far as is said there."""
    if not isinstance(given, list):
        return given
    published = [each.document for each in list_subsidy_presets(visit.actor)]
    tables = published + [each.document for each in reversed(_all(visit))]
    trust = {each.get("document"): each.get("trust") for table in tables for each in table["source"]}
    return [{**each, "trust": trust.get(str(each.get("document"))) or Trust.READ} for each in given if _texts(each)]


def _texts(row: Any) -> Mapping[str, str]:
    return {name: str(text) for name, text in row.items()} if isinstance(row, dict) else {}


def _require_no_gap(form: FilledForm) -> None:
    """Refuse an empty row between others: the first row that fits counts, and each fault names its row."""
    rows = [name.split(".")[1] for name, texts in form.typed.items() if name.startswith("rates.") and any(texts)]
    filled = {int(row) for row in rows if row.isdecimal()}
    gap = next((k for k in range(max(filled, default=-1)) if k not in filled), None)
    if gap is not None:
        reason = stated("逐行填写，中间不留空行", "rows one after another, none left empty")
        raise SubsidyTableInvalidError(problems=[{"field": f"rates.{gap}", "row": gap + 1, "reason": reason}])


def _begun(visit: Visit) -> dict[str, Any]:
    """Return the document that a new version begins from."""
    of_centre = {each.id: each.document for each in _all(visit)}
    published = {each.name: each.document for each in list_subsidy_presets(visit.actor)}
    found = of_centre.get(visit.asked("from")) or published.get(visit.asked("preset")) or {}
    return {name: value for name, value in found.items() if name != "valid_from" or isinstance(value, date)}


def _all(visit: Visit) -> list[SubsidyTableOut]:
    return list_subsidy_tables(visit.actor, visit.read)


# fmt: off
SET = (Verb.MANAGE_SUBSIDIES,)

PAGES = (
    ConsolePage(
        "/subsidy-tables", "subsidy_tables_page", (Verb.MANAGE_SUBSIDIES, Verb.READ_REPORTS),
        ("补贴标准", "Subsidy tables"),
        ("本中心的办案补贴标准，每次制定都是新的版本；结案日适用哪一版，按施行日期确定，已核算的不变。",
         "What work is paid here, each a version of its own; the closing day says which counts."),
        tables_page, "funds/tables.html", Menu.ADMINISTRATION,
    ),
    ConsolePage(
        "/subsidy-tables/new", "new_subsidy_table_page", SET, ("制定补贴标准", "A new subsidy table"),
        ("从上到下采用第一个适用的一行；可以从已有的版本开始，也可以从表格填入各行，核对后再施行。",
         "The first row that fits counts. Begin from a version, or fill the rows in from a file and look at them."),
        new_page, "funds/table_form.html",
        acts={
            "fill-in": PageAct(fill_in, ("", ""), once=False, upload=True),
            "put-in-place": PageAct(put_in_place, ("新的补贴标准已登记。", "The table is in place."), upload=True),
        },
    ),
    ConsolePage(
        "/subsidy-tables/{table_id}", "subsidy_table_page", (Verb.MANAGE_SUBSIDIES, Verb.READ_REPORTS),
        ("补贴标准", "Subsidy table"),
        ("从上到下采用第一个适用的一行；已登记的版本不再修改，有变化的制定新的版本。",
         "The first row that fits counts. A version is never changed: what is different is a new one."),
        table_page, "funds/table.html",
    ),
)
# fmt: on
