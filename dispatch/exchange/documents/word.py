"""A document as a Word file, from our template or a centre's own, and as PDF where LibreOffice is installed."""

import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from docx import Document
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError

from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import RendererMissingError, TemplateInvalidError, UnavailableError, stated
from dispatch.exchange.documents.forms import PLAINLY, FormLine, Style, fields_of, lines_of

RENDERERS = ("soffice", "libreoffice")
RENDER_WITHIN_S = 60
MAX_TEMPLATE_BYTES = 2 * 2**20
MAX_UNPACKED_BYTES = 32 * 2**20
BODY, HEADING, LEADING = Pt(14), Pt(22), Pt(24)
INDENT = Pt(28)
MARGINS = {"top_margin": Mm(25), "bottom_margin": Mm(22), "left_margin": Mm(26), "right_margin": Mm(26)}
CUT = f'<w:pBdr {nsdecls("w")}><w:bottom w:val="dashed" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
LABEL, CONTENT = Mm(44), Mm(114)

# fmt: off
ALIGNED = {
    Style.TITLE:     WD_ALIGN_PARAGRAPH.CENTER,
    Style.NUMBER:    WD_ALIGN_PARAGRAPH.RIGHT,
    Style.SIGNATURE: WD_ALIGN_PARAGRAPH.RIGHT,
}
# fmt: on


@cache
def default_template(kind: DocumentKind) -> bytes:
    """Return our own template of a form: its lines with the fields in them, for a centre to change in Word."""
    document = Document()
    _set_up(document)
    before: Style | None = None
    table = None
    for line in lines_of(kind):
        if line.style is Style.ROW:
            table = table if before is Style.ROW else _add_table(document)
            _add_row(table, line.label, line.text)
        else:
            _add_paragraph(document, line, before)
        before = line.style
    return _saved(document)


def _set_up(document: Any) -> None:
    normal, section = document.styles["Normal"], document.sections[0]
    normal.font.name, normal.font.size = "FangSong", BODY
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = LEADING
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, width in MARGINS.items():
        setattr(section, name, width)


def _add_paragraph(document: Any, line: FormLine, before: Style | None) -> None:
    paragraph = document.add_paragraph()
    run, shape = paragraph.add_run(line.text), paragraph.paragraph_format
    paragraph.alignment = ALIGNED.get(line.style)
    if line.style is Style.TITLE:
        run.bold, run.font.size, shape.line_spacing = True, HEADING, 1.0
    if line.style is Style.NUMBER:
        shape.space_after = Pt(6)
    if line.style is Style.PARAGRAPH:
        shape.first_line_indent = INDENT
    if line.style is Style.SIGNATURE:
        shape.right_indent = INDENT
        # Room for the seal, which covers the name and the day.
        shape.space_before = Pt(0 if before is Style.SIGNATURE else 30)
        shape.keep_together = True
    if line.style is Style.SHEET:
        run.add_break(WD_BREAK.PAGE)
    if line.style is Style.CUT:
        shape.space_after = Pt(14)
        paragraph._p.get_or_add_pPr().append(parse_xml(CUT))
    if line.style in (Style.ADDRESSEE, Style.PARAGRAPH) and before is Style.ROW:
        shape.space_before = Pt(6)


def _add_table(document: Any) -> Any:
    table = document.add_table(rows=0, cols=2)
    table.style, table.autofit = "Table Grid", False
    for column, width in zip(table.columns, (LABEL, CONTENT), strict=True):
        column.width = width
    return table


def _add_row(table: Any, label: str, text: str) -> None:
    row = table.add_row()
    for cell, content, width in zip(row.cells, (label, text), (LABEL, CONTENT), strict=True):
        cell.text, cell.width, cell.vertical_alignment = content, width, WD_ALIGN_VERTICAL.CENTER
    row.cells[0].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def write_word(template: bytes, values: Mapping[str, str]) -> bytes:
    """Return the template with its fields filled in."""
    document = DocxTemplate(BytesIO(template))
    document.render(dict(values), jinja_env=PLAINLY, autoescape=True)
    return _saved(document)


def _saved(document: Any) -> bytes:
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def require_template(kind: DocumentKind, content: bytes) -> None:
    """
    Refuse what cannot serve as the template of a form.

    Raises
    ------
    TemplateInvalidError
        If it is no .docx, is too large, cannot be filled in, has no place for the number, or asks for fields
        that the form has not, named with those it has.
    """
    _require_word_file(content)
    known = fields_of(kind)
    try:
        asked = set(DocxTemplate(BytesIO(content)).get_undeclared_template_variables(PLAINLY))
        if not asked - known:
            write_word(content, dict.fromkeys(known, "–"))
    except (TemplateError, ValueError, KeyError) as error:
        _refuse("模板中的字段标记有误", f"a field in the template is written wrongly: {type(error).__name__}")
    if unknown := asked - known:
        named = {"unknown": sorted(unknown), "fields": sorted(known)}
        _refuse("模板含有本文书没有的字段", "the template has fields that the form has not", **named)
    if "number" not in asked:
        _refuse("模板须含编号字段 {{ number }}", "the template must have the field {{ number }}")


def _require_word_file(content: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            sound = "word/document.xml" in parts.namelist()
    except zipfile.BadZipFile:
        sound, unpacked = False, 0
    if not sound:
        _refuse("应为 .docx 文件", "a .docx file is expected")
    if len(content) > MAX_TEMPLATE_BYTES or unpacked > MAX_UNPACKED_BYTES:
        _refuse("模板过大，应不超过2 MB", "the template is too large: 2 MB at most")


def _refuse(zh: str, en: str, **facts: Any) -> None:
    raise TemplateInvalidError(expected=stated(zh, en), **facts)


def write_pdf(*words: bytes) -> list[bytes]:
    """
    Return Word files as PDF; the renderer is started once for all of them.

    Raises
    ------
    RendererMissingError
        If LibreOffice is not installed where the service runs.
    UnavailableError
        If it did not answer in time or wrote nothing.
    """
    renderer = next(filter(None, map(shutil.which, RENDERERS)), None)
    if renderer is None:
        raise RendererMissingError
    with TemporaryDirectory() as place:
        # A profile of its own, or two conversions at once refuse each other.
        profile = f"-env:UserInstallation={Path(place, 'profile').as_uri()}"
        sources = [Path(place, f"{n}.docx") for n in range(len(words))]
        for source, word in zip(sources, words, strict=True):
            source.write_bytes(word)
        order = [renderer, profile, "--headless", "--convert-to", "pdf", "--outdir", place, *map(str, sources)]
        try:
            subprocess.run(order, check=True, capture_output=True, timeout=RENDER_WITHIN_S)
            return [source.with_suffix(".pdf").read_bytes() for source in sources]
        except (subprocess.SubprocessError, OSError):
            raise UnavailableError(part="pdf") from None
