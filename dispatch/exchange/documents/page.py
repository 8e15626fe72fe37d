"""A document as a page to print: plain HTML that carries its own style and asks for nothing else."""

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup

from dispatch.domain.documents import DocumentKind
from dispatch.exchange.documents.forms import PLAINLY, FormLine, Style, lines_of

HEAD = Markup(
    '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>'
    "@page{{size:A4;margin:25mm 26mm 22mm}}"
    "body{{font:14pt/24pt FangSong,STFangsong,'Noto Serif CJK SC',serif;max-width:33em;margin:2em auto}}"
    "h1{{font:bold 22pt/32pt SimSun,'Noto Serif CJK SC',serif;text-align:center;margin:0}}"
    "p{{margin:0;text-indent:2em;white-space:pre-line}}.number{{text-align:right;text-indent:0;margin-bottom:6pt}}"
    ".addressee{{text-indent:0}}table+p{{margin-top:6pt}}"
    ".signature{{text-align:right;text-indent:0;padding-right:2em;break-before:avoid}}"
    "p:not(.signature)+.signature,table+.signature{{margin-top:30pt}}"
    "table{{width:100%;border-collapse:collapse}}tr{{break-inside:avoid}}"
    "th,td{{border:1px solid;padding:0 .5em;text-align:left;white-space:pre-line}}"
    "th{{width:9em;font-weight:normal;text-align:center}}"
    "hr{{border:0;border-top:1px dashed;margin:12pt 0}}"
    "@media print{{body{{max-width:none;margin:0}}.sheet{{break-after:page;visibility:hidden;margin:0}}}}"
    "</style></head><body>\n"
)
FOOT = Markup("</body></html>\n")

# fmt: off
SHOWN = {
    Style.TITLE:     Markup("<h1>{text}</h1>\n"),
    Style.NUMBER:    Markup('<p class="number">{text}</p>\n'),
    Style.ADDRESSEE: Markup('<p class="addressee">{text}</p>\n'),
    Style.ROW:       Markup("<tr><th>{label}</th><td>{text}</td></tr>\n"),
    Style.CUT:       Markup("<hr>\n"),
    Style.SHEET:     Markup('<hr class="sheet">\n'),
    Style.SIGNATURE: Markup('<p class="signature">{text}</p>\n'),
    Style.PARAGRAPH: Markup("<p>{text}</p>\n"),
}
# fmt: on


def write_page(kind: DocumentKind, values: Mapping[str, str]) -> str:
    """Return the page; the same values give the same page."""
    return HEAD.format(title=kind.zh) + write_body(kind, values) + FOOT


def write_pages(documents: Iterable[tuple[DocumentKind, Mapping[str, str]]]) -> str:
    """Return many documents as one page, each on sheets of its own."""
    bodies = Markup('<hr class="sheet">\n').join(write_body(kind, values) for kind, values in documents)
    return HEAD.format(title="法律援助文书") + bodies + FOOT


def write_body(kind: DocumentKind, values: Mapping[str, str]) -> Markup:
    """Return the lines of the page, for a page that has a style of its own."""
    return Markup("").join(_body(lines_of(kind), values))


def _body(lines: tuple[FormLine, ...], values: Mapping[str, str]) -> Iterator[Markup]:
    within = False
    for line in lines:
        if within is not (line.style is Style.ROW):
            within = not within
            yield Markup("<table>\n" if within else "</table>\n")
        yield SHOWN[line.style].format(text=_filled(line.text, values), label=_filled(line.label, values))


def _filled(text: str, values: Mapping[str, str]) -> Markup:
    return Markup(PLAINLY.from_string(text).render(values))
