"""Days and moments at every door: within the years a file can say, and a moment with its zone."""

from typing import Annotated, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.settings import Settings

BEYOND = {
    "date": ("0001-01-01", "1899-12-31", "2100-01-01", "9999-12-31"),
    "date-time": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-09T09:00:00"),
}

LISTS = [
    (Role.CLERK, "/v1/clocks", "due_before"),
    (Role.AUDITOR, "/v1/audit", "since"),
    (Role.AUDITOR, "/v1/audit", "until"),
]


@pytest.fixture(scope="module")
def doors(tmp_path_factory):
    """Every value of a request that is a day or a moment: where it stands, what it may be, and which of the two."""
    app = create_app(Settings(secret="a secret of the tests", data_dir=tmp_path_factory.mktemp("var")))
    included = [each for each in app.routes if hasattr(each, "effective_route_contexts")]
    routes = [route for each in included for route in each.effective_route_contexts()]
    found = {}
    for route in routes:
        for field in fields_of(route.dependant):
            found |= days_in(f"{route.path} {field.alias}", whole(field.field_info), set())
    return found


def fields_of(dependant):
    yield from (*dependant.query_params, *dependant.path_params, *dependant.body_params)
    for below in dependant.dependencies:
        yield from fields_of(below)


def whole(field):
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def days_in(place, kind, seen):
    models = [each for each in [kind, *parts(kind)] if isinstance(each, type) and issubclass(each, BaseModel)]
    found = {}
    for model in set(models) - seen:
        seen.add(model)
        for name, field in model.model_fields.items():
            found |= days_in(f"{place}.{name}", whole(field), seen)
    if not models:
        schema = str(schema_of(kind))
        found |= {(place, form): kind for form in BEYOND if f"'format': '{form}'" in schema}
    return found


def parts(kind):
    for each in get_args(kind):
        yield each
        yield from parts(each)


def schema_of(kind):
    try:
        return TypeAdapter(kind).json_schema()
    except Exception:
        return {}


def taken(kind, value):
    for shape in (value, [value]):
        try:
            TypeAdapter(kind).validate_python(shape)
        except ValidationError:
            continue
        return True
    return False


def test_no_door_takes_a_day_that_no_file_can_say_or_a_moment_without_its_zone(doors):
    passed = [(place, value) for (place, form), kind in doors.items() for value in BEYOND[form] if taken(kind, value)]

    assert passed == []
    assert len(doors) > 60


def test_list_by_a_moment_that_cannot_be_is_refused_by_its_name(office):
    asked = {(path, name): role for role, path, name in LISTS}

    told = {
        (*each, value): office.ask("GET", each[0], role=role, params={each[1]: value}).json()
        for each, role in asked.items()
        for value in BEYOND["date-time"]
    }

    wrong = {each: answer for each, answer in told.items() if answer["status"] != 422}
    assert wrong == {}
    assert {(path, answer["errors"][0]["field"]) for (path, *_), answer in told.items()} == {
        (path, f"query.{name}") for _, path, name in LISTS
    }
