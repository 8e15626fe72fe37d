"""Every text that a request may bring goes through the door of its kind: none takes what nobody sees."""

from typing import Annotated, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from dispatch.domain.texts import unseen
from dispatch.main import create_app
from dispatch.settings import Settings
from tests.api.test_routes import routes_of

HIDDEN = ("甲\u202e乙", "ab\u00adc", "a\u2028b", "a\x7fb", "甲\u2066乙丙丁")
KNOWN_BY = {
    "cursor", "code", "subject_id", "document", "rows", "policy_id", "what", "preset", "field", "month", "mapping",
    "changes", "url", "instrument", "values", "into", "password", "old", "new",
    "practitioner", "since", "away", "state", "iss", "error",
}  # fmt: skip
"""Compared with what there is or hashed, never kept; read by a parser of their own; or refused by their alphabet."""


def leaves(annotation, metadata=(), name=""):
    """Every text within a type, by the name of its field, with what the schema demands of it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        yield from leaves(inner, (*more, *metadata), name)
    elif annotation is str:
        yield name, metadata
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for field, info in annotation.model_fields.items():
            yield from leaves(info.annotation, tuple(info.metadata), field)
    elif get_origin(annotation) is not Literal:
        for inner in get_args(annotation):
            # What is said of a union is said of each of its texts; what is said of a list, of the list.
            union = type(None) in get_args(annotation) or "|" in str(annotation)
            yield from leaves(inner, metadata if union else (), name)


def texts_of(route):
    dependant = route.dependant
    for field in (*dependant.query_params, *dependant.body_params):
        yield from leaves(field.field_info.annotation, tuple(field.field_info.metadata), field.name)


def keeps(metadata, text):
    """Whether something that nobody sees is left of the text; a number may lose it like a blank."""
    try:
        return unseen(TypeAdapter(Annotated[str, "as it is", *metadata]).validate_python(text), lines=True)
    except ValidationError:
        return False


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    place = tmp_path_factory.mktemp("app")
    app = create_app(Settings(database_url=f"sqlite:///{place}/x.db", secret="a secret of the tests", data_dir=place))
    return routes_of(app)


def test_no_text_of_a_request_may_hold_what_nobody_sees(routes):
    found = {
        (sorted(route.methods)[0], route.path, name): metadata
        for route in routes
        for name, metadata in texts_of(route)
        if name not in KNOWN_BY and not name.endswith(("_id", "_ids"))
    }
    open_doors = sorted(where for where, metadata in found.items() if any(keeps(metadata, text) for text in HIDDEN))

    assert len(found) > 150
    assert open_doors == []
