"""Letters in bulk in the console: issued in one act, what is lacking told, printed and downloaded together."""

import zipfile
from dataclasses import replace
from io import BytesIO
from urllib.parse import quote

import pytest

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import AssignmentRow, AuditRow, DocumentRow
from tests.commands.documents.written import a_named_case, with_letterhead
from tests.commands.life.acts import accepted


@pytest.fixture
def assigned(console, app):
    """Three assignments of cases with names, sealed as this app seals."""
    register = replace(console.register, seal=app.state.context.key.require())
    with_letterhead(register)
    for number in ("一", "二", "三"):
        accepted(register, a_named_case(register, number), register.a_practitioner(f"p{number}"))
    return [row.id for row in register.all(AssignmentRow)]


def issue(console, ids, kind="assignment_notice"):
    return console.press("/letters/issue", kind=kind, more={"assignment_ids[]": ids})


def document_ids(console):
    return [row.id for row in console.register.all(DocumentRow)]


def test_notices_of_all_are_issued_in_one_act_and_wait_to_be_printed(console, assigned):
    before = console.get("/letters").text
    after = issue(console, assigned).text

    assert all(f'name="assignment_ids[]" value="{id}"' in before for id in assigned)
    assert "已出具3份指派通知书" in after
    assert all(f'name="document_ids[]" value="{id}"' in after for id in document_ids(console))
    assert len(document_ids(console)) == 3


def test_letters_that_lack_something_are_told_with_what_and_where(console, assigned):
    page = issue(console, assigned, "letter").text

    assert "已出具" not in page.partition("待印制")[0]
    assert "以下3份还缺内容" in page
    assert "受援人诉讼地位" in page
    assert page.count("/documents/letter") == 3
    assert document_ids(console) == []


def test_documents_are_printed_and_downloaded_together_and_each_look_is_logged(console, assigned):
    issue(console, assigned)
    ids, looks = document_ids(console), len(console.register.all(AuditRow))

    sheets = console.press("/letters/print", more={"document_ids[]": ids})
    packed = console.press("/letters/docx", more={"document_ids[]": ids})

    assert sheets.text.count('<article class="sheet"') == 3
    assert sheets.text.count("受援人张三丰") == 3
    assert len(zipfile.ZipFile(BytesIO(packed.content)).namelist()) == 3
    assert quote("法律援助文书") in packed.headers["content-disposition"]
    assert packed.headers["cache-control"] == "no-store"
    assert len(console.register.all(AuditRow)) == looks + 6
    assert "没有待印制的文书" in console.get("/letters").text


def test_nothing_ticked_is_refused_and_others_than_officers_see_nothing(console, assigned):
    refused = console.press("/letters/print")

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert console.get("/letters", Role.AUDITOR).status_code == 403
    assert console.press("/letters/print", Role.PRACTITIONER, more={"document_ids[]": ["x"]}).status_code == 403
