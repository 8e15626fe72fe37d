"""Word files say what the page says, a centre's own template is filled in as ours, and PDF needs a renderer."""

import html
import re
import shutil
import stat
import zipfile
from io import BytesIO

import pytest
from docx import Document

from dispatch.domain.documents import BLANKS, DocumentKind
from dispatch.domain.errors import RendererMissingError, TemplateInvalidError, UnavailableError
from dispatch.exchange.documents import word
from dispatch.exchange.documents.forms import fields_of
from dispatch.exchange.documents.page import write_page

NOTICE = DocumentKind.ASSIGNMENT_NOTICE
VALUES = {name: f"<{blank.zh}> & {{{{ 7 }}}}" for name, blank in BLANKS.items()}
RENDERED = shutil.which("soffice") or shutil.which("libreoffice")


def words_of(content):
    """What stands in a Word file: paragraphs and cells, in their order."""
    document = Document(BytesIO(content))
    parts = (part.text for block in document.iter_inner_content() for part in _parts(block))
    return "".join("".join(parts).split())


def _parts(block):
    return [cell for row in block.rows for cell in row.cells] if hasattr(block, "rows") else [block]


def a_template(*paragraphs):
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


@pytest.mark.parametrize("kind", DocumentKind)
def test_word_file_opens_and_says_what_the_page_says(kind):
    content = word.write_word(word.default_template(kind), VALUES)

    wording = html.unescape(re.sub(r"<[^>]+>", "", write_page(kind, VALUES).partition("<body>")[2]))
    assert words_of(content) == "".join(wording.split())
    assert zipfile.ZipFile(BytesIO(content)).testzip() is None


@pytest.mark.parametrize("kind", DocumentKind)
def test_our_own_template_may_be_taken_along_and_brought_back(kind):
    word.require_template(kind, word.default_template(kind))


def test_field_of_several_lines_stays_several_lines():
    values = VALUES | {"report": "first\nsecond"}

    content = word.write_word(word.default_template(DocumentKind.CLOSING_REPORT), values)

    xml = zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode()
    assert re.search(r"first</w:t><w:br/><w:t[^>]*>second", xml)


def test_own_template_is_filled_in():
    content = word.write_word(
        a_template("{{ number }}", "致{{ institution }}"), {"number": "1", "institution": "A & B"}
    )

    assert words_of(content) == "1致A&B"


BAD = {
    "no file of Word": (b"PK nonsense", "a .docx file is expected"),
    "no number": (a_template("{{ recipient }}"), "the template must have the field {{ number }}"),
    "unknown field": (a_template("{{ number }} {{ salary }}"), "the template has fields that the form has not"),
    "field not closed": (a_template("{{ number"), "a field in the template is written wrongly"),
    "way into the service": (
        a_template("{{ number }} {{ number.__class__.__mro__ }}"), "a field in the template is written wrongly",
    ),
    "endless loop": (
        a_template("{{ number }} {% for i in range(99999) %}x{% endfor %}"), "a field in the template",
    ),
    "endless text": (a_template("{{ number }} {{ number * 999999999 }}"), "a field in the template"),
}  # fmt: skip


@pytest.mark.parametrize("fault", BAD)
def test_template_that_cannot_serve_is_refused_with_the_reason(fault):
    content, reason = BAD[fault]

    with pytest.raises(TemplateInvalidError) as refused:
        word.require_template(NOTICE, content)

    assert refused.value.facts["expected"]["en"].startswith(reason)


def test_unknown_field_is_named_beside_those_there_are():
    with pytest.raises(TemplateInvalidError) as refused:
        word.require_template(NOTICE, BAD["unknown field"][0])

    assert refused.value.facts["unknown"] == ["salary"]
    assert refused.value.facts["fields"] == sorted(fields_of(NOTICE))


def test_template_that_unpacks_to_more_than_allowed_is_refused():
    bomb = BytesIO(a_template("{{ number }}"))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/media/bomb.bin", bytes(word.MAX_UNPACKED_BYTES))

    with pytest.raises(TemplateInvalidError, match="no template"):
        word.require_template(NOTICE, bomb.getvalue())


def test_pdf_without_a_renderer_is_refused_and_says_so(monkeypatch):
    monkeypatch.setattr(word.shutil, "which", lambda _: None)

    with pytest.raises(RendererMissingError, match="LibreOffice"):
        word.write_pdf(b"")


def a_renderer(folder, monkeypatch, script):
    """Put a renderer on the path that does what the script says."""
    program = folder / "soffice"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_renderer_is_started_once_and_asked_for_a_pdf_of_each_word_file(tmp_path, monkeypatch):
    a_renderer(
        tmp_path, monkeypatch, 'test "$2" = --headless && for word in "$7" "$8"; do cp "$word" "${word%docx}pdf"; done'
    )

    assert word.write_pdf(b"a Word file", b"another") == [b"a Word file", b"another"]


@pytest.mark.parametrize("script", ["exit 1", "exit 0"])
def test_renderer_that_fails_or_writes_nothing_is_reported_as_not_answering(tmp_path, monkeypatch, script):
    a_renderer(tmp_path, monkeypatch, script)

    with pytest.raises(UnavailableError):
        word.write_pdf(b"a Word file")


@pytest.mark.skipif(not RENDERED, reason="LibreOffice is not installed here")
def test_every_form_is_printed_on_one_sheet_with_its_stub_and_a_power_of_attorney_on_its_own():
    written = [word.write_word(word.default_template(kind), VALUES) for kind in DocumentKind]

    printed = dict(zip(DocumentKind, word.write_pdf(*written), strict=True))

    sheets = {kind: len(re.findall(rb"/Type\s*/Page\b", content)) for kind, content in printed.items()}
    assert {kind: count for kind, count in sheets.items() if count != 1} == {DocumentKind.AGREEMENT: 2}
