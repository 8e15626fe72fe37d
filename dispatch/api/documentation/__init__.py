"""The documentation of the API: what each property and parameter is, and a whole answer for every operation."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from dispatch.api.documentation.cases import CASES
from dispatch.api.documentation.centre import CENTRE, PARAMETERS
from dispatch.api.documentation.examples import EXAMPLES
from dispatch.api.documentation.samples import sample_of
from dispatch.api.problems import PROBLEM
from dispatch.exchange.tables import TABLES

JSON = "application/json"


def _with_help(text: str, help: str, opens: str, closes: str) -> str:
    return f"{text}{opens}{help}{closes}" if help else text


WORDS = {
    column.field: f"{_with_help(column.zh, column.help.zh, '（', '）')}。"
    f"{_with_help(column.en, column.help.en, ' (', ')')}."
    for table in TABLES.values()
    if not table.apart_by  # what an entry rests on has common names for things of its own
    for column in table.columns
} | {name: f"{zh}。{en}" for name, (zh, en) in (CASES | CENTRE | PARAMETERS).items()}
"""What is called so, everywhere; what a file may hold has the words of its template."""

OPENING = re.compile(r"(?P<en>.+?)\.\s.*?(?P<zh>[\u4e00-\u9fff].*?)(?:（[^（）]*）。|[，。；：])", re.DOTALL)
"""How a description opens in each language: its first English sentence, and its first Chinese clause."""


def write_documentation(app: FastAPI) -> None:
    """Let the app's description of itself say what everything is, and show an answer to each question."""
    plain = app.openapi

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            whole = plain()
            schemas = whole["components"]["schemas"]
            schemas["Problem"] = PROBLEM
            for name, example in EXAMPLES.items():
                schemas[name]["examples"] = [example]
            for schema in schemas.values():
                _describe(schema.get("properties", {}))
            for operation in operations(whole):
                operation["summary"] = summary_of(operation["description"])
                _describe({each["name"]: each for each in operation.get("parameters", ())})
                _show(operation, schemas)
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way the framework documents


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation of a description."""
    for path in document["paths"].values():
        yield from path.values()


def summary_of(description: str) -> str:
    """Return the opening of a description: its first sentence without the full stop, and the words in Chinese."""
    opening = OPENING.match(description)
    assert opening is not None, f"a route says what it does in English and in Chinese: {description}"
    return " ".join(f"{opening['en']} {opening['zh']}".split())


def _describe(named: dict[str, dict[str, Any]]) -> None:
    for name, each in named.items():
        if name in WORDS:
            each.setdefault("description", WORDS[name])


def _show(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        content = answer.get("content", {}).get(JSON)
        if status.startswith("2") and content is not None:
            content["example"] = sample_of(content["schema"], schemas)
