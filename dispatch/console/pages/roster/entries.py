"""Entries of the roster: practitioners and institutions, found, registered, looked at with their history, changed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from dispatch.api.routes import institutions, practitioners
from dispatch.api.routes.institutions import InstitutionIn, InstitutionQuery, NewInstitutionIn
from dispatch.api.routes.practitioners import NewPractitionerIn, PractitionerIn, PractitionerQuery
from dispatch.api.routes.roster.history import list_institution_history, list_practitioner_history
from dispatch.api.schemas import DatedChange
from dispatch.commands.roster import changes
from dispatch.commands.roster.wording import EntryWords, entry_words, houses_named
from dispatch.console.frame.page import ConsolePage, Context, Do, LocalizedText, Menu, PageAct, Show
from dispatch.console.frame.rendering import opening
from dispatch.console.frame.visit import FilledForm, Visit, validated
from dispatch.console.pages.names import area_names, one_house
from dispatch.domain.permissions import Verb
from dispatch.domain.roster.words import RosterAct
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import InstitutionKind, PractitionerKind
from dispatch.exchange.cases import UNKNOWN
from dispatch.exchange.cells import ANSWERS
from dispatch.exchange.columns import Column, Kind, Need
from dispatch.exchange.moments import DAY_EXPECTED

SHOWN = 60
"""Names that a field offers are listed beside it up to so many."""

HOUSE = "institution"
BY_ID = "institution_id"
IN_HISTORY: dict[str, LocalizedText] = {
    BY_ID: ("承办机构", "Institution"),
    "merged": ("并入本登记的", "Merged into this record"),
    "merged_into": ("并入的登记", "Merged into"),
}
"""What the history has beside the fields of a file."""

EFFECT = ("from_on", "reason")
NEVER_UNKNOWN = frozenset({"listed"})

# fmt: off
HINTS: Mapping[str, LocalizedText] = {
    "code":        ("在本中心内唯一；更改编号的，须写明理由。", "Unique in the centre; to change it needs a reason."),
    HOUSE:         ("填已登记机构的编号或者名称。", "Code or name of an institution on the register."),
    "listed":      ("不在册的，不再指派新案件。", "Whoever is not listed gets no new case."),
    "entered_on":  ("登记时不填为今日。", "Left out when registering, it is today."),
}
UNKNOWN_FAILS = ("规则需要此项时，不详按不符合处理。", "Where a rule needs it, unknown does not pass.")
# fmt: on

FieldGroup = tuple[LocalizedText, tuple[str, ...]]


class RosterBook(NamedTuple):
    """One kind of entry: where its pages are, by which schemas it is taken in, and in which order it is asked for."""

    kind: Kind
    path: str
    part: str
    """What stands for the id in an address."""

    new: type[DatedChange]
    change: type[DatedChange]
    groups: tuple[FieldGroup, ...]


class EntryField(NamedTuple):
    """A field of the form."""

    name: str
    kind: str
    """``tri``, ``yes_no``, ``choose``, ``day``, ``area`` or ``field``."""

    label: LocalizedText
    hint: LocalizedText | None
    value: Any
    required: bool
    options: list[tuple[str, LocalizedText]]
    """What may be chosen, or, of a list, what may be named."""


# fmt: off
PEOPLE = RosterBook(Kind.PRACTITIONERS, "/practitioners", "practitioner_id", NewPractitionerIn, PractitionerIn, (
    (("基本信息", "Who it is"), ("code", "name", HOUSE, "kind", "sex", "listed", "entered_on", "left_on")),
    (("执业和资格", "Practice and qualification"), (
        "practising_since", "criminal_defence_since", "legal_qualification", "minor_trained", "assessment_passed",
        "assessment_valid_to", "quality",
    )),
    (("专业特长和服务范围", "Specialties and reach"), ("specialties", "experience", "languages", "areas")),
    (("回避", "What bars them"), ("former_offices", "relatives_at")),
    (("联系方式、上限和位置", "Contact, caps and place"), (
        "contact", "phone", "identity_number", "capacity", "monthly_capacity", "latitude", "longitude",
    )),
))
HOUSES = RosterBook(Kind.INSTITUTIONS, "/institutions", "institution_id", NewInstitutionIn, InstitutionIn, (
    (("基本信息", "What it is"), ("code", "name", "kind", "area", "entered_on", "left_on")),
    (("联系方式、上限和位置", "Contact, cap and place"), ("contact", "capacity", "latitude", "longitude")),
))
# fmt: on


def people_page(visit: Visit) -> Context:
    """Return the practitioners that are asked for."""
    wanted = visit.search(PractitionerQuery)
    found = practitioners.list_practitioners(
        visit.actor, visit.read, visit.seal, visit.now, visit.paging(), wanted
    )  # fmt: skip
    ids = {row.attributes.institution_id for row in found.items if row.attributes}
    return {
        "book": PEOPLE,
        "found": found,
        "houses": houses_named(visit.read, visit.actor, ids),
        "words": entry_words(visit.read, visit.actor, PEOPLE.kind, visit.language),
        "kinds": list(PractitionerKind),
        "areas": list(area_names(visit).items()),
    }


def houses_page(visit: Visit) -> Context:
    """Return the institutions that are asked for."""
    wanted = visit.search(InstitutionQuery)
    return {
        "book": HOUSES,
        "found": institutions.list_institutions(visit.actor, visit.read, visit.now, visit.paging(), wanted),
        "words": entry_words(visit.read, visit.actor, HOUSES.kind, visit.language),
        "kinds": list(InstitutionKind),
        "areas": list(area_names(visit).items()),
    }


def _new(book: RosterBook) -> Show:
    def show(visit: Visit) -> Context:
        words = entry_words(visit.read, visit.actor, book.kind, visit.language)
        asked = {HOUSE: visit.asked(HOUSE) or None, "listed": True}
        return {"book": book, "row": None, "groups": _controls(visit, book, words, asked)}

    return show


def _register(book: RosterBook) -> Do:
    def act(visit: Visit, form: FilledForm) -> str:
        words = entry_words(visit.read, visit.actor, book.kind, visit.language)
        given = {name: value for name, value in _read(visit, form, book, words).items() if value is not None}
        entry = validated(book.new, given)
        row = changes.register_entry(*visit.sealed, book.kind, entry.sent(), entry.reason)
        return f"{book.path}/{row.id}"

    return act


def _entry(book: RosterBook) -> Show:
    def show(visit: Visit) -> Context:
        words = entry_words(visit.read, visit.actor, book.kind, visit.language)
        row, stated = _known(visit, book)
        facts = [
            (title, [(name, words.written(name, stated.get(name))) for name in fields]) for title, fields in book.groups
        ]
        past = _history(visit, book)
        ids = {each for change in past.items for field in change.changes for each in (field.before, field.after)
               if field.field == BY_ID}  # fmt: skip
        house = stated.get(BY_ID)
        houses = houses_named(visit.read, visit.actor, {id for id in {*ids, house} if id})
        return {
            "done": SAVED if visit.asked("done") in ("register", "save") else None,
            "book": book, "row": row, "facts": facts, "past": past.items, "next": past.next, "words": words,
            "houses": houses, "house": house, "by_id": BY_ID, "ties": RosterAct.TIES,
            "labels": {name: _label(column) for name, column in words.columns.items()} | IN_HISTORY,
        }  # fmt: skip

    return show


def _changed(book: RosterBook) -> Show:
    def show(visit: Visit) -> Context:
        words = entry_words(visit.read, visit.actor, book.kind, visit.language)
        row, stated = _known(visit, book)
        return {"book": book, "row": row, "groups": _controls(visit, book, words, stated)}

    return show


def _change(book: RosterBook) -> Do:
    def act(visit: Visit, form: FilledForm) -> str:
        words = entry_words(visit.read, visit.actor, book.kind, visit.language)
        row, stated = _known(visit, book)
        change = validated(book.change, _read(visit, form, book, words, stated))
        who = (*visit.sealed, book.kind, row.id)
        changes.change_entry(*who, change.sent(), form.revision, change.effect)
        return f"{book.path}/{row.id}"

    return act


def _known(visit: Visit, book: RosterBook) -> tuple[Any, dict[str, Any]]:
    """Return an entry, and what is true of it today by field."""
    id, answer = visit.part(book.part), Response()
    if book is HOUSES:
        row: Any = institutions.get_institution(id, visit.actor, visit.read, visit.now, answer)
        return row, dict(row)
    row = practitioners.get_practitioner(id, visit.actor, visit.read, visit.seal, visit.now, answer)
    stated = dict(row.attributes) if row.attributes else {}
    named = houses_named(visit.read, visit.actor, {stated[BY_ID]} if stated else set())
    return row, dict(row) | stated | {HOUSE: next((code for code, _ in named.values()), None)}


def _history(visit: Visit, book: RosterBook) -> Any:
    id, paging = visit.part(book.part), visit.paging()
    if book is HOUSES:
        return list_institution_history(id, visit.actor, visit.read, visit.seal, paging)
    return list_practitioner_history(id, visit.actor, visit.read, visit.seal, visit.now, paging)


def _read(
    visit: Visit, form: FilledForm, book: RosterBook, words: EntryWords, known: Mapping[str, Any] = {}
) -> dict[str, Any]:
    """Return what was filled in, as the API would be given it; what is as it was is left out, and never judged anew."""
    values: dict[str, Any] = {name: text for name in EFFECT if (text := form.text(name))}
    faults = []
    for name in _asked_of(visit, book):
        text = form.text(name)
        if name not in form.given or text == _typed(words, name, known.get(name)):
            continue
        try:
            values[name] = words.read(name, text)
        except UnfitError as unfit:
            faults.append({"type": "value_error", "loc": (name,), "msg": str(unfit), "ctx": {"error": unfit}})
    if faults:
        raise RequestValidationError(faults)
    if values.get(HOUSE):
        values[HOUSE] = one_house(visit, values[HOUSE], HOUSE).code
    return values


def _typed(words: EntryWords, name: str, value: Any) -> str:
    text = words.typed(name, value)
    return text or ("unknown" if _kind(words, words.columns[name]) == "tri" else "")


def _asked_of(visit: Visit, book: RosterBook) -> list[str]:
    """
    Return the fields somebody may fill in.

    An institution says of its own people all but what the centre vouches for, practitioners what is theirs to report.
    """
    every = [name for _, fields in book.groups for name in fields]
    if visit.may(Verb.EDIT_ROSTER):
        return every
    if visit.actor.practitioner_id:
        return [name for name in every if name in changes.SELF_REPORTED]
    registering = book.part not in visit.request.path_params
    theirs = changes.VOUCHED - {"code", "entered_on"} if registering else changes.VOUCHED
    return [name for name in every if name not in theirs]


def _controls(
    visit: Visit, book: RosterBook, words: EntryWords, known: Mapping[str, Any]
) -> list[tuple[LocalizedText, list[EntryField]]]:
    asked = _asked_of(visit, book)
    groups = [(title, [name for name in fields if name in asked]) for title, fields in book.groups]
    return [
        (title, [_control(words, words.columns[name], known.get(name)) for name in fields])
        for title, fields in groups if fields
    ]  # fmt: skip


def _control(words: EntryWords, column: Column, value: Any) -> EntryField:
    name, kind = column.field, _kind(words, column)
    shown = value if kind in ("tri", "yes_no") else words.typed(name, value)
    choices = column.converter.choices
    labels = choices(words.lookups).labels if choices and kind in ("choose", "area") else ()
    options = [(code, (zh, en)) for code, zh, en in labels]
    if kind == "area" and len(options) > SHOWN:
        options = []
    required = column.need is not Need.OPTIONAL
    return EntryField(name, kind, _label(column), _hint(column), shown, required, options)


def _kind(words: EntryWords, column: Column) -> str:
    """Return how a field is filled in."""
    converter = column.converter
    if converter.choices and converter.choices(words.lookups) is ANSWERS:
        return "yes_no" if column.field in NEVER_UNKNOWN else "tri"
    if converter.choices and converter.single:
        return "choose"
    if converter.expected is DAY_EXPECTED:
        return "day"
    return "area" if isinstance(column.example, list | dict) or converter.choices else "field"


def _label(column: Column) -> LocalizedText:
    return column.zh, column.en


def _hint(column: Column) -> LocalizedText | None:
    if column.help is UNKNOWN:
        return UNKNOWN_FAILS
    zh, en = column.help
    return HINTS.get(column.field, (zh, opening(en))) if zh else None


# fmt: off
SAVED = ("登记已保存。", "It is recorded.")
MAY_LOOK = (Verb.READ_ROSTER, Verb.READ_OWN_ROSTER)
MAY_KEEP = (Verb.EDIT_ROSTER, Verb.EDIT_OWN_ROSTER)
MAY_CHANGE = (*MAY_KEEP, Verb.REPORT_LEAVE)

PAGES = (
    ConsolePage(
        "/practitioners", "practitioners_page", (Verb.READ_ROSTER,), ("承办人员", "Practitioners"),
        ("查找承办人员，登记新的人员；登记的内容决定能否承办、排在第几位。",
         "Find practitioners and register new ones; what is registered decides which cases they may take."),
        people_page, "roster/people.html", Menu.PEOPLE,
    ),
    ConsolePage(
        "/practitioners/new", "new_practitioner_page", MAY_KEEP, ("登记承办人员", "Register a practitioner"),
        ("不清楚的不填，或者选“不详”；登记后可以随时变更。",
         "Leave out what you do not know; it can be changed at any time."),
        _new(PEOPLE), "roster/entry_form.html",
        acts={"register": PageAct(_register(PEOPLE), SAVED)},
    ),
    ConsolePage(
        "/practitioners/{practitioner_id}", "practitioner_page", MAY_LOOK, ("承办人员登记", "A practitioner"),
        ("今日的登记内容，以及历次登记、变更和更正。", "What is registered as of today, and each change of it."),
        _entry(PEOPLE), "roster/entry.html",
    ),
    ConsolePage(
        "/practitioners/{practitioner_id}/change", "change_practitioner_page", MAY_CHANGE,
        ("变更承办人员登记", "Change a practitioner"),
        ("变更自今日起生效，也可以预先登记；过去的登记由法律援助中心更正，须写明理由。已经作出的指派不受影响。",
         "It is true from today on, or from a later day; an earlier one is a correction by the centre, with a reason."),
        _changed(PEOPLE), "roster/entry_form.html",
        acts={"save": PageAct(_change(PEOPLE), SAVED)},
    ),
    ConsolePage(
        "/institutions", "institutions_page", (Verb.READ_ROSTER,), ("承办机构", "Institutions"),
        ("查找承办机构，登记新的机构。", "Find institutions and register new ones."),
        houses_page, "roster/houses.html", Menu.PEOPLE,
    ),
    ConsolePage(
        "/institutions/new", "new_institution_page", (Verb.EDIT_ROSTER,), ("登记承办机构", "Register an institution"),
        ("先登记机构，再登记其人员。", "First the institution, then its people."),
        _new(HOUSES), "roster/entry_form.html",
        acts={"register": PageAct(_register(HOUSES), SAVED)},
    ),
    ConsolePage(
        "/institutions/{institution_id}", "institution_page", (Verb.READ_ROSTER, Verb.EDIT_OWN_ROSTER),
        ("承办机构登记", "An institution"),
        ("机构今日的登记内容和历次变更；人员从本页登记。",
         "What is registered of it as of today, each change, and the way to its people."),
        _entry(HOUSES), "roster/entry.html",
    ),
    ConsolePage(
        "/institutions/{institution_id}/change", "change_institution_page", (Verb.EDIT_ROSTER,),
        ("变更承办机构登记", "Change an institution"),
        ("变更自今日起生效，也可以预先登记；更正过去的登记须写明理由。",
         "It is true from today on, or from a later day; an earlier one is a correction and needs a reason."),
        _changed(HOUSES), "roster/entry_form.html",
        acts={"save": PageAct(_change(HOUSES), SAVED)},
    ),
)
# fmt: on
