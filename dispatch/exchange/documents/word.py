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
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2 import TemplateError

from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import RendererMissingError, TemplateInvalidError, UnavailableError, stated
from dispatch.exchange.documents.forms import PLAINLY, Style, fields_of, lines_of

RENDERERS = ("soffice", "libreoffice")
RENDER_WITHIN_S = 60
MAX_TEMPLATE_BYTES = 2 * 2**20
MAX_UNPACKED_BYTES = 32 * 2**20
INDENT = Pt(32)
CUT = "- - " * 20

# fmt: off
ALIGNED = {
    Style.TITLE:     WD_ALIGN_PARAGRAPH.CENTER,
    Style.NUMBER:    WD_ALIGN_PARAGRAPH.RIGHT,
    Style.SIGNATURE: WD_ALIGN_PARAGRAPH.RIGHT,
    Style.CUT:       WD_ALIGN_PARAGRAPH.CENTER,
}
# fmt: on


@cache
def default_template(kind: DocumentKind) -> bytes:
    """Return our own template of a form: its lines with the fields in them, for a centre to change in Word."""
    document = Document()
    _set_up(document)
    table = None
    for line in lines_of(kind):
        if line.style is not Style.ROW:
            table = None
            _add_paragraph(document, line.style, CUT if line.style is Style.CUT else line.text)
            continue
        table = table or _add_table(document)
        for cell, text in zip(table.add_row().cells, (line.label, line.text), strict=True):
            cell.text = text
    return _saved(document)


def _set_up(document: Any) -> None:
    font = document.styles["Normal"].font
    font.name, font.size = "FangSong", Pt(16)
    document.styles["Normal"].element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)


def _add_paragraph(document: Any, style: Style, text: str) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    paragraph.alignment = ALIGNED.get(style)
    if style is Style.TITLE:
        run.bold, run.font.size = True, Pt(22)
    if style is Style.PARAGRAPH:
        paragraph.paragraph_format.first_line_indent = INDENT


def _add_table(document: Any) -> Any:
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    return table


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


def write_pdf(word: bytes) -> bytes:
    """
    Return a Word file as PDF.

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
        source = Path(place, "document.docx")
        source.write_bytes(word)
        order = [renderer, profile, "--headless", "--convert-to", "pdf", "--outdir", place, str(source)]
        try:
            subprocess.run(order, check=True, capture_output=True, timeout=RENDER_WITHIN_S)
            return Path(place, "document.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError):
            raise UnavailableError(part="pdf") from None
