"""The forms of documents: short texts in which each line says by its first sign what it is, and ``{{ }}`` is a field.

``#`` a title, ``@`` the number to the right, ``:`` to whom, ``|`` a row of a table (label, content), ``~`` the cut
between stub and document, ``=`` the end of a sheet, ``>`` a signature to the right; anything else is a paragraph.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from jinja2 import Environment, StrictUndefined, TemplateSyntaxError, meta, nodes

from dispatch.domain.documents import DocumentKind
from dispatch.domain.vocabulary import Term

PLAIN = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand,
)  # fmt: skip
"""All that a template needs: fields, and text that depends on them."""


class PlainEnvironment(Environment):
    """Reads templates that fill in fields and choose between texts, and no others.

    A template comes from a centre: it may neither reach into the service nor keep it busy.
    """

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        for node in parsed.find_all(nodes.Node):
            if not isinstance(node, PLAIN):
                raise TemplateSyntaxError(f"{type(node).__name__} is not allowed", node.lineno, name, filename)
        return parsed


PLAINLY = PlainEnvironment(autoescape=True, undefined=StrictUndefined)
"""Names of people are text, whatever they hold."""


# fmt: off
class Style(Term):
    """What a line of a form is."""

    TITLE     = "#", "标题",     "title"
    NUMBER    = "@", "编号",     "number"
    ADDRESSEE = ":", "收文单位", "addressee"
    ROW       = "|", "表格行",   "row of a table"
    CUT       = "~", "裁切线",   "cut"
    SHEET     = "=", "另页",     "end of a sheet"
    SIGNATURE = ">", "落款",     "signature"
    PARAGRAPH = "",  "正文",     "paragraph"
# fmt: on


SIGNS = {style.value: style for style in Style if style.value}


class FormLine(NamedTuple):
    """A line of a form; a row of a table has a label."""

    style: Style
    text: str
    label: str = ""


@cache
def lines_of(kind: DocumentKind) -> tuple[FormLine, ...]:
    """Return the lines of a form."""
    text = files("dispatch.exchange.documents").joinpath(f"forms/{kind.value}.txt").read_text(encoding="utf-8")
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[FormLine]:
    for line in filter(None, text.splitlines()):
        style = SIGNS.get(line[0], Style.PARAGRAPH)
        wording = line.removeprefix(style.value).strip()
        label, _, content = wording.partition(" | ") if style is Style.ROW else ("", "", wording)
        yield FormLine(style, content, label)


@cache
def fields_of(kind: DocumentKind) -> frozenset[str]:
    """Return the fields a form has."""
    wording = "\n".join(f"{line.label} {line.text}" for line in lines_of(kind))
    return frozenset(meta.find_undeclared_variables(PLAINLY.parse(wording)))
