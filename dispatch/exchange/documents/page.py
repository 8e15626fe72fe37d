"""A document as a page to print: plain HTML that carries its own style and asks for nothing else."""

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from dispatch.domain.documents import DocumentKind
from dispatch.exchange.documents.forms import PLAINLY, FormLine, Style, lines_of

HEAD = Markup(
    '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title><style>'
    "@page{{size:A4;margin:25mm 26mm}}"
    "body{{font:19px/1.7 FangSong,STFangsong,'Noto Serif CJK SC',serif;max-width:33em;margin:2em auto}}"
    "@media print{{body{{max-width:none;margin:0}}}}"
    "h1{{font:bold 29px/1.6 SimSun,'Noto Serif CJK SC',serif;text-align:center;margin:.2em 0}}"
    "p{{margin:0;text-indent:2em;white-space:pre-line}}.number{{text-align:right;text-indent:0}}"
    ".addressee{{text-indent:0;margin-top:.4em}}"
    ".signature{{text-align:right;text-indent:0;padding-right:2em;break-inside:avoid;break-before:avoid}}"
    "p:not(.signature)+.signature,table+.signature{{margin-top:2.4em}}"
    "table{{width:100%;border-collapse:collapse;margin:.4em 0}}tr{{break-inside:avoid}}"
    "th,td{{border:1px solid;padding:.25em .6em;text-align:left;white-space:pre-line}}"
    "th{{width:9em;font-weight:normal;text-align:center}}"
    "hr{{border:0;border-top:1px dashed;margin:1.6em 0}}.sheet{{break-after:page}}"
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
    return HEAD.format(title=kind.zh) + Markup("").join(_body(lines_of(kind), values)) + FOOT


def _body(lines: tuple[FormLine, ...], values: Mapping[str, str]) -> Iterator[Markup]:
    within = False
    for line in lines:
        if within is not (line.style is Style.ROW):
            within = not within
            yield Markup("<table>\n" if within else "</table>\n")
        yield SHOWN[line.style].format(text=_filled(line.text, values), label=_filled(line.label, values))


def _filled(text: str, values: Mapping[str, str]) -> Markup:
    return Markup(PLAINLY.from_string(text).render(values))
