"""Documents over HTTP: issued, read in each form, voided; the letterhead and the templates of a centre."""

from dataclasses import replace
from io import BytesIO

import pytest
from docx import Document

from dispatch.domain.documents import DocumentKind
from dispatch.domain.vocabulary import Role
from dispatch.exchange.documents import word
from tests.commands.documents.written import a_named_case
from tests.commands.life.acts import accepted

HEAD = {"mark": "商", "contact": "王主任", "phone": "0370-12348"}
LETTER = {"values": {"standing": "原告", "practitioner_phone": "13800000001"}}
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def case(office, app):
    """An accepted case with names in it, sealed as this app seals."""
    register = replace(office.register, seal=app.state.context.key.require())
    case = a_named_case(register)
    accepted(register, case, register.a_practitioner("p1"))
    return case


def issued(office, case, kind="letter", given=None):
    return office.post(f"/v1/cases/{case.id}/documents/{kind}", LETTER if given is None else given)


def test_letter_is_issued_listed_and_read_as_page_and_word_file(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)

    answer = issued(office, case)
    assert answer.status_code == 201, answer.text
    row = answer.json()
    page = office.get(f"/v1/documents/{row['id']}/page", role=Role.AUDITOR)
    file = office.get(f"/v1/documents/{row['id']}/docx")

    assert row["number"] == "商民援函字〔2026〕第1号"
    assert "张三丰" not in answer.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "原告张三丰" in page.text
    assert file.headers["content-type"] == KIND
    assert any("原告张三丰" in paragraph.text for paragraph in Document(BytesIO(file.content)).paragraphs)
    assert office.get(f"/v1/cases/{case.id}/documents").json() == [row]
    assert issued(office, case).json() == row


def test_blank_fields_are_named_with_where_to_fill_them_in(office, case):
    answer = issued(office, case, given={})

    assert answer.status_code == 409
    assert answer.json()["code"] == "document-incomplete"
    assert [blank["field"] for blank in answer.json()["facts"]["blanks"]] == [
        "number",
        "practitioner_phone",
        "standing",
    ]


def test_void_document_is_listed_and_its_number_stays_used(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    first = issued(office, case).json()

    voided = office.post(f"/v1/documents/{first['id']}/void", {"reason": "填写有误"})
    second = issued(office, case).json()

    assert voided.json()["void_reason"] == "填写有误"
    assert second["number"] == "商民援函字〔2026〕第2号"


def test_pdf_without_a_renderer_says_so_in_the_readers_language(office, case, monkeypatch):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    row = issued(office, case).json()
    monkeypatch.setattr(word.shutil, "which", lambda _: None)

    answer = office.get(f"/v1/documents/{row['id']}/pdf", headers={"Accept-Language": "zh"})

    assert (answer.status_code, answer.json()["code"]) == (406, "renderer-missing")
    assert "LibreOffice" in answer.json()["title"]


def test_own_template_is_taken_along_changed_used_and_given_up(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    row = issued(office, case).json()
    document = Document(BytesIO(office.get("/v1/templates/letter").content))
    document.add_paragraph("监督：{{ organ }}")
    changed = BytesIO()
    document.save(changed)

    def wording():
        file = office.get(f"/v1/documents/{row['id']}/docx")
        return "".join(paragraph.text for paragraph in Document(BytesIO(file.content)).paragraphs)

    put = office.ask("PUT", "/v1/templates/letter", role=Role.MANAGER, files={"file": ("l.docx", changed.getvalue())})
    own = wording()
    listed = {each["kind"]: each for each in office.get("/v1/templates").json()}
    office.ask("DELETE", "/v1/templates/letter", role=Role.MANAGER)

    assert put.status_code == 204
    assert "监督：某市某区人民法院" in own
    assert "监督" not in wording()
    assert (listed["letter"]["format"], len(listed)) == (13, len(DocumentKind))
    assert listed["letter"]["own_since"] is not None


def test_organ_lists_its_letters_reads_them_and_confirms_their_receipt(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    row = issued(office, case).json()
    notice = issued(office, case, "assignment_notice", {}).json()

    [letter] = office.get("/v1/letters", role=Role.ORGAN).json()["items"]
    page = office.get(f"/v1/documents/{row['id']}/page", role=Role.ORGAN)
    received = office.post(f"/v1/letters/{row['id']}/receipt", {"received_on": "2026-03-09"}, role=Role.ORGAN)

    assert (letter["id"], letter["kind"], letter["case_number"]) == (row["id"], "letter", "2026-7")
    assert (letter["received_on"], received.json()["received_on"]) == (None, "2026-03-09")
    assert "张三丰" in page.text
    assert "张三丰" not in str(letter)
    assert office.get(f"/v1/documents/{notice['id']}/page", role=Role.ORGAN).status_code == 404
    assert office.get("/v1/letters").json()["items"] == [received.json()]
    assert office.get("/v1/letters", role=Role.RECIPIENT).status_code == 403
    assert office.post(f"/v1/letters/{row['id']}/receipt", {}, role=Role.AUDITOR).status_code == 403


def test_letters_are_paged_and_a_receipt_on_a_day_to_come_is_refused(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    rows = [issued(office, case).json()]
    office.post(f"/v1/documents/{rows[0]['id']}/void", {"reason": "填写有误"})
    rows.append(issued(office, case).json())

    first = office.get("/v1/letters?limit=1", role=Role.ORGAN).json()
    second = office.get(f"/v1/letters?limit=1&cursor={first['next']}", role=Role.ORGAN).json()
    refused = office.post(f"/v1/letters/{rows[1]['id']}/receipt", {"received_on": "2026-03-10"}, role=Role.ORGAN)

    assert {page["items"][0]["id"] for page in (first, second)} == {row["id"] for row in rows}
    assert second["next"] is None
    assert (refused.status_code, refused.json()["facts"]["field"]) == (422, "received_on")


def test_recipient_reads_by_their_link_what_is_addressed_to_them(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    notice, letter = (
        issued(office, case, kind, given).json() for kind, given in (("assignment_notice", {}), ("letter", None))
    )
    made = office.post(f"/v1/cases/{case.id}/links", {}).json()
    link = {"Authorization": f"Bearer {made['token']}"}

    where = office.get(f"/v1/links/{made['id']}", role=None, headers=link).json()["documents"]
    own = office.get(where, role=None, headers=link)
    pages = [office.get(f"/v1/documents/{row['id']}/page", role=None, headers=link) for row in (notice, letter)]

    assert own.json() == [notice]
    assert [page.status_code for page in pages] == [200, 404]


def test_documents_of_many_are_listed_while_lacking_issued_in_one_request_and_taken_together(office, case):
    office.ask("PUT", "/v1/letterhead", role=Role.MANAGER, json=HEAD)
    [lacking] = office.get("/v1/documents/lacking?kind=assignment_notice").json()["items"]
    of = {"assignment_ids": [lacking["assignment_id"]]}
    [letter] = office.post("/v1/documents/batches", of | {"kind": "letter"}).json()
    [done] = office.post("/v1/documents/batches", of | {"kind": "assignment_notice"}).json()
    [waiting] = office.get("/v1/documents/unprinted").json()["items"]
    ids = {"document_ids": [waiting["id"]]}
    page = office.post("/v1/documents/bundles", ids | {"written": "page"})
    files = office.post("/v1/documents/bundles", ids | {"written": "docx"})

    assert lacking["case_number"] == waiting["case_number"] == case.number
    assert (letter["document"], letter["refused"]["code"]) == (None, "document-incomplete")
    assert done["document"]["number"] == waiting["number"] == "商援指字〔2026〕第1号"
    assert "受援人张三丰" in page.text
    assert files.content.startswith(b"PK")
    assert office.get("/v1/documents/unprinted").json()["items"] == []
    assert office.get("/v1/documents/lacking?kind=agreement").status_code == 422
    assert office.get("/v1/documents/unprinted", role=Role.AUDITOR).status_code == 403
