"""Documents of many at once: listed while they lack, issued each by itself, taken together, each look noted."""

import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from dispatch.commands.documents import batches, issuing
from dispatch.commands.life.arrangements import arrange, entrust
from dispatch.domain.documents import DocumentKind
from dispatch.domain.errors import DocumentIncompleteError, ForbiddenError, InvalidFieldError, NotFoundError
from dispatch.domain.vocabulary import Matter, Role, Service, Stage
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AssignmentRow, AuditRow, DocumentRow
from tests.commands.documents.written import a_named_case, issued, read, with_letterhead
from tests.commands.life.acts import accepted
from tests.rows import NOW

NOTICE, LETTER = DocumentKind.ASSIGNMENT_NOTICE, DocumentKind.LETTER
ALL = Slice(50, None)


@pytest.fixture
def office(register):
    with_letterhead(register)
    for number in ("1", "2", "3"):
        accepted(register, a_named_case(register, number), register.a_practitioner(f"p{number}"))
    return register


def auditor(register):
    return replace(register.clerk, role=Role.AUDITOR)


def lacking(register, kind=NOTICE, run_id=None, actor=None):
    found = batches.list_lacking(register.read, actor or register.clerk, ALL, kind, run_id)
    return sorted(each.case_number for each in found.rows)


def issued_together(register, kind=NOTICE, ids=None):
    ids = ids or [row.id for row in register.all(AssignmentRow)]
    return batches.issue_many(register.begin, register.read, register.seal, register.clerk, NOW, kind, ids)


def unprinted(register):
    found = batches.list_unprinted(register.read, register.clerk, ALL)
    return sorted(each.case_number for each in found.rows)


def test_notices_of_all_are_issued_at_once_and_lacking_no_more(office):
    assert lacking(office) == ["1", "2", "3"]

    done = issued_together(office)

    assert sorted(each.row.serial for each in done) == [1, 2, 3]
    assert (lacking(office), unprinted(office)) == ([], ["1", "2", "3"])
    assert [each.row.id for each in issued_together(office)] == [each.row.id for each in done]


def test_one_that_lacks_something_keeps_none_back_and_says_what(office):
    theft = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE, "stage": Stage.FIRST_INSTANCE}
    case = a_named_case(office, "4", **theft)
    person = office.a_practitioner("p4")
    office.keep(person, {"contact": "0370-1234567"})
    accepted(office, case, person)

    done = issued_together(office, LETTER)

    failed = [each.error for each in done if each.error]
    assert [each.row.case_id for each in done if each.row] == [case.id]
    assert {type(error) for error in failed} == {DocumentIncompleteError}
    assert [blank["field"] for blank in failed[0].facts["blanks"]] == ["practitioner_phone", "standing"]
    assert lacking(office, LETTER) == ["1", "2", "3"]


def test_void_document_is_lacking_again_and_not_to_be_printed(office):
    [first, *_] = issued_together(office)

    issuing.void(office.begin, office.clerk, NOW, first.row.id, "写错了")

    assert len(lacking(office)) == 1
    assert len(unprinted(office)) == 2


def test_who_acts_before_no_organ_needs_no_letter(office):
    case = a_named_case(office, "5", service=Service.DRAFTING)
    accepted(office, case, office.a_practitioner("p5"))

    assert lacking(office, LETTER) == ["1", "2", "3"]
    assert lacking(office, NOTICE) == ["1", "2", "3", "5"]


def test_notice_to_the_institution_is_the_notice_of_whom_it_names(office):
    case, person = a_named_case(office, "6"), office.a_practitioner("p6")
    given = entrust(office.begin, office.clerk, NOW, case.id, office.the_institution().id, "next in turn")
    issued(office, case, NOTICE)
    arrange(office.begin, office.clerk, NOW, given.id, person.id)

    assert lacking(office, NOTICE) == ["1", "2", "3"]
    assert "6" in lacking(office, LETTER)


def test_documents_are_taken_together_each_look_noted_and_printed_then(office):
    done = issued_together(office)
    looks = len(office.all(AuditRow))

    taken = batches.take_many(office.begin, office.seal, office.clerk, NOW, [each.row.id for each in done])
    page, packed = batches.sheets_of(taken), zipfile.ZipFile(BytesIO(batches.pack(taken)))

    assert len(office.all(AuditRow)) == looks + 3
    assert page.count("张三丰") == 6
    assert page.count('<hr class="sheet">') == 2
    assert sorted(packed.namelist()) == [f"指派通知书-商援指字〔2026〕第{k}号.docx" for k in (1, 2, 3)]
    assert unprinted(office) == []


def test_look_of_who_does_not_issue_leaves_a_document_to_be_printed(office):
    [first, *_] = issued_together(office)

    read(office, first.row, auditor(office))
    assert len(unprinted(office)) == 3
    read(office, first.row)
    assert len(unprinted(office)) == 2


def test_only_what_a_run_assigned_is_listed_when_it_is_asked_for(office):
    with pytest.raises(NotFoundError):
        lacking(office, run_id="no such run")


def test_others_issue_and_take_nothing_and_a_batch_is_of_two_kinds(office):
    [row, *_] = office.all(AssignmentRow)
    with pytest.raises(ForbiddenError):
        lacking(office, actor=auditor(office))
    with pytest.raises(ForbiddenError):
        batches.take_many(office.begin, office.seal, auditor(office), NOW, ["x"])
    with pytest.raises(InvalidFieldError):
        issued_together(office, DocumentKind.AGREEMENT)
    with pytest.raises(InvalidFieldError):
        issued_together(office, ids=[row.id, row.id])
    assert office.all(DocumentRow) == []
