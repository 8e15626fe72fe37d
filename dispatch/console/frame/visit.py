"""A visit to a page: who comes, in which language, with what in hand; and the form that was filled in."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import PurePath
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from dispatch.api.console.guard import source_of
from dispatch.api.dependencies import AppContext, BeginDep, ReadDep, SealDep, begin_of
from dispatch.api.paging import Paging
from dispatch.api.problems import ProblemAnswer
from dispatch.commands.access.sessions import Session
from dispatch.commands.centres import zone_of
from dispatch.console.frame.details import FIELD_OF, details_of, faults_of_rows
from dispatch.domain.errors import IfMatchRequiredError, InvalidFieldError, UnauthenticatedError, stated
from dispatch.domain.law.deadlines import CHINA
from dispatch.domain.permissions import PERMISSIONS, Actor, Verb

Model = TypeVar("Model", bound=BaseModel)

KEY, REVISION, BACKWARDS = "idempotency-key", "revision", "back"
"""What a form sends beside its fields: what makes a repetition harmless, the record's revision, a button's own name."""

TRIED = "tried"
"""The hidden field of a form that is on a page with others, before whose fields its name is written."""

HIDDEN = (KEY, REVISION, BACKWARDS)
LOCAL_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
"""What a browser sends for a moment has no zone; people type the time of the clock of their centre."""

UNKNOWN = "unknown"
"""What is sent for a question nobody could answer; commands read it as nothing known. In a text it is a word."""

MANY = "[]"
"""Ends the names of fields that are lists."""


def attached(content: bytes, media: str, name: str) -> Response:
    """Return a file to take along, which no browser keeps automatically."""
    plain = name if name.isascii() else f"file{PurePath(name).suffix}"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        content, media_type=media, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )


class FilledForm:
    """What was filled in. Names with dots are nested, names that end in ``[]`` are lists; what is empty is left out."""

    def __init__(self, given: FormData, zone: Callable[[], tzinfo] = lambda: ZoneInfo(CHINA)) -> None:
        self.given, self.zone = given, zone

    @property
    def typed(self) -> dict[str, list[str]]:
        """Return what was filled in as it was, to be shown again; never a file, nor what is hidden."""
        found: dict[str, list[str]] = {}
        for name, value in self.given.multi_items():
            if name not in HIDDEN and isinstance(value, str):
                found.setdefault(name, []).append(value)
        return found

    def text(self, name: str) -> str:
        """Return what was written in a field, without blanks around it; empty if nothing was."""
        value = self.given.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Return everything that was ticked of a list."""
        return [value for value in self.given.getlist(name + MANY) if isinstance(value, str) and value]

    def file(self, name: str) -> UploadFile:
        """Return a file that was chosen; without one the field is refused."""
        value = self.given.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise InvalidFieldError(field=name, value=None, expected=stated("请选择文件", "a file"))
        return value

    @property
    def revision(self) -> int:
        """Return the revision of the record as the form was made."""
        text = self.text(REVISION)
        if not (text.isascii() and text.isdecimal()):
            raise IfMatchRequiredError(header="If-Match", expected=stated("请刷新页面后重试", "load the page again"))
        return int(text[:18])

    def read(self, model: type[Model], prefix: str = "", but: tuple[str, ...] = ()) -> Model:
        """
        Return what was filled in, as the API would be given it.

        Raises
        ------
        RequestValidationError
            With each fault at its field.
        """
        return validated(model, self.nested(prefix, but, model), prefix)

    def nested(
        self, prefix: str = "", but: tuple[str, ...] = (), model: type[BaseModel] | None = None
    ) -> dict[str, Any]:
        """Return the fields, those with dots within others, but for what the page itself sends."""
        tree: dict[str, Any] = {}
        for name in dict.fromkeys(self.given):
            if name in HIDDEN or name in but or not name.startswith(prefix):
                continue
            value = self.texts(name.removesuffix(MANY)) if name.endswith(MANY) else self.text(name)
            if value == "":
                continue
            if isinstance(value, str):
                value = with_zone(value, self.zone)
            *way, last = name.removeprefix(prefix).removeprefix(".").removesuffix(MANY).split(".")
            place = tree
            for part in way:
                # A name that is a field and a group of fields at once no page sends: the later one counts.
                if not isinstance(place.get(part), dict):
                    place[part] = {}
                place = place[part]
            place[last] = None if value == UNKNOWN and not takes_text(model, *way, last) else value
        return {name: _with_lists(part) for name, part in tree.items()}


def with_zone(value: str, zone: Callable[[], tzinfo]) -> str:
    """Return a moment of the centre's clock with its zone; one that no calendar has is left to be refused."""
    if not LOCAL_MOMENT.fullmatch(value):
        return value
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone()).isoformat()
    except ValueError:
        return value


def validated(model: type[Model], given: Mapping[str, Any], prefix: str = "") -> Model:
    """Return what was given by a schema of the API, or refuse it with each fault at its field."""
    try:
        return model.model_validate(given)
    except ValidationError as invalid:
        raise RequestValidationError([_placed(fault, prefix) for fault in invalid.errors()]) from None


def takes_text(annotation: Any, *way: str) -> bool:
    """Whether the value at a place of a schema may be any text: there, `unknown` is a word like another."""
    kinds = list(kinds_in(annotation))
    fields = [found.model_fields for found in kinds if isinstance(found, type) and issubclass(found, BaseModel)]
    if not way or not fields:
        return str in kinds
    if way[0].isdecimal():
        return takes_text(annotation, *way[1:])
    return any(way[0] in each and takes_text(each[way[0]].annotation, *way[1:]) for each in fields)


def kinds_in(annotation: Any) -> Iterator[Any]:
    """Yield every plain kind that an annotation is made of, such as the members of a union; `tuple` for a list."""
    if get_origin(annotation) is tuple:
        yield tuple
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for each in inner:
        yield from kinds_in(each)


def _placed(fault: Any, prefix: str) -> dict[str, Any]:
    """Return a fault at its field; one of several together says which."""
    disagreeing = getattr(fault.get("ctx", {}).get("error"), "field", "")
    where = fault["loc"] or filter(None, (disagreeing,))
    return {**fault, "loc": (*filter(None, (prefix,)), *where)}


def _with_lists(tree: Any) -> Any:
    """Return a tree whose parts by number (``parties.0.name``) are lists."""
    if not isinstance(tree, dict):
        return tree
    parts = {name: _with_lists(part) for name, part in tree.items()}
    if parts and all(name.isdecimal() for name in parts):
        return [parts[name] for name in sorted(parts, key=int)]
    return parts


@dataclass(frozen=True)
class Visit:
    """Who looks at a page, and what it may use: the same commands and reads as the API."""

    request: Request
    language: str
    session: Session | None = None
    typed: Mapping[str, list[str]] = field(default_factory=dict)
    """What was filled in, if it was refused: the form shows it again."""

    problem: ProblemAnswer | None = None
    """Why it was refused."""

    fill: Callable[["Visit", Mapping[str, Any], str], Response] | None = None

    labels: dict[str, Any] = field(default_factory=dict)
    """What the fields of the page are called, as it is written."""

    def show_typed(self, typed: Mapping[str, list[str]], context: Mapping[str, Any]) -> Response:
        """Return the page with a form that goes on from what was typed."""
        return replace(self, typed=typed).show(context)

    def show(self, context: Mapping[str, Any], template: str = "") -> Response:
        """Return the page filled in: for an act whose answer is shown this once, so that nothing is kept of it."""
        assert self.fill is not None
        return self.fill(self, context, template)

    @property
    def actor(self) -> Actor:
        """Return who looks; a page open to every visitor has nobody."""
        return self.signed_in.actor

    @property
    def signed_in(self) -> Session:
        """Return the session of who looks."""
        if self.session is None:
            raise UnauthenticatedError
        return self.session

    @property
    def context(self) -> AppContext:
        """Return the parts of the app."""
        found: AppContext = self.request.app.state.context
        return found

    @cached_property
    def now(self) -> datetime:
        """Return the moment of the visit."""
        return self.context.clock()

    @cached_property
    def zone(self) -> tzinfo:
        """Return the zone of the clock on the wall of the centre; of China while nobody is signed in."""
        return zone_of(self.read, self.session.actor.centre_id) if self.session else ZoneInfo(CHINA)

    @property
    def read(self) -> ReadDep:
        """Return the way to read."""
        return self.context.read

    @property
    def begin(self) -> BeginDep:
        """Return the way to begin an act: noted in the log, and once for the form's key."""
        return begin_of(self.request)

    @property
    def seal(self) -> SealDep:
        """Return what seals personal data."""
        return self.context.key.require()

    @property
    def sealed(self) -> tuple[BeginDep, SealDep, Actor, datetime]:
        """Return what every command takes that opens or seals what is private."""
        return self.begin, self.seal, self.actor, self.now

    @property
    def source(self) -> str:
        """Return from where somebody looks."""
        return source_of(self.request)

    @property
    def base(self) -> str:
        """Return the address of the console."""
        return str(self.request.scope.get("root_path", ""))

    def may(self, *verbs: Verb) -> bool:
        """Whether somebody may do one of these; a button they may not use is not shown."""
        return self.session is not None and not PERMISSIONS[self.actor.role].isdisjoint(verbs)

    def part(self, name: str) -> str:
        """Return a part of the address, such as ``case_id``."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        """Return what the address asks for, such as a filter; empty if nothing."""
        return self.request.query_params.get(name, "").strip()

    def all_asked(self, name: str) -> list[str]:
        """Return everything the address asks for by a name."""
        return [value for value in self.request.query_params.getlist(name) if value]

    def search(self, model: type[Model]) -> Model:
        """Return the filters of the address, as the API would be given them; other parts of it are let be."""
        params = self.request.query_params
        many = {name for name, info in model.model_fields.items() if "tuple" in str(info.annotation)}
        given = {
            name: self.all_asked(name) if name in many else with_zone(self.asked(name), lambda: self.zone)
            for name in model.model_fields
            if name in params and any(params.getlist(name))
        }
        try:
            return model.model_validate(given)
        except ValidationError as invalid:
            raise RequestValidationError(invalid.errors()) from None

    def paging(self, limit: int = 50) -> Paging:
        """Return which page of a list is asked for; its `part` is what reads take."""
        return Paging(limit=limit, cursor=self.asked("cursor") or None)

    def error_of(self, name: str) -> str:
        """Return what is wrong with a field, in words; empty if nothing is."""
        return self.errors.get(name.removesuffix(MANY), "")

    def field_called(self, name: str) -> str:
        """Return the field of the page that a refusal means, of several forms in the one that was filled in."""
        own = name.removeprefix("body.").removeprefix("query.")
        return next((each for each in (own, *(f"{form}.{own}" for form in self._tried())) if each in self.labels), own)

    def _tried(self) -> list[str]:
        """Return which of several forms of a page was filled in."""
        return list(self.typed.get(TRIED, ()))

    @cached_property
    def details(self) -> list[str]:
        """Return what the refusal says beside its title, a sentence each."""
        return details_of(self.problem.body.get("facts", {}), self.language) if self.problem else []

    @cached_property
    def errors(self) -> Mapping[str, str]:
        """Return what is wrong, by field."""
        body = self.problem.body if self.problem else {}
        found = {each["field"]: each["expected"] for each in body.get("errors", ()) if "field" in each}
        facts = body.get("facts", {})
        if "field" in facts:
            expected = facts.get("expected", body["title"])
            said = expected[self.language] if isinstance(expected, dict) else str(expected)
            # A command knows no other forms of the page: of which one it speaks, the form tells.
            found |= {name: said for name in (facts["field"], *(f"{each}.{facts['field']}" for each in self._tried()))}
        elif field := FIELD_OF.get(body.get("code", "")):
            found[field] = next(iter(self.details), body["title"])
        found |= faults_of_rows(facts, self.language)
        return {name.removeprefix("body.").removeprefix("query."): text for name, text in found.items()}
