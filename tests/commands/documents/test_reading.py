"""A document is read by whom it is addressed to, while the case is theirs, and by staff; nobody else finds it."""

from datetime import date, timedelta

import pytest

from dispatch.commands.documents import issuing, reading
from dispatch.commands.life import ends
from dispatch.commands.life.arrangements import entrust
from dispatch.domain.documents import FORMS, LETTERS, DocumentKind, DocumentSubject
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError
from dispatch.domain.vocabulary import Role
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AuditRow
from tests.commands.documents.written import a_named_case, issued, read, with_letterhead
from tests.commands.life.acts import accepted, at_work, closed
from tests.rows import NOW

NOTICE, LETTER, AGREEMENT = DocumentKind.ASSIGNMENT_NOTICE, DocumentKind.LETTER, DocumentKind.AGREEMENT
TERMINATION, LAST = DocumentKind.TERMINATION, DocumentKind.TERMINATION_LETTER
COURT = "某市某区人民法院"
WHOLE = Slice(50, None)


@pytest.fixture
def office(register):
    with_letterhead(register)
    return register


def people(office, case):
    """Everyone who has a part in the case of p1, and others who have none."""
    firm = office.the_institution()
    holder = office.a_practitioner("p1", firm)
    own = {
        Role.PRACTITIONER: office.acting(holder),
        Role.INSTITUTION: office.secretary(firm),
        Role.RECIPIENT: office.recipient(case),
        Role.ORGAN: office.an_organ(COURT),
    }
    rival = office.an_institution("rival")
    others = [
        office.acting(office.a_practitioner("p2", rival)),
        office.secretary(rival),
        office.recipient(office.a_case("other")),
        office.an_organ("别的法院"),
        office.a_stranger(),
    ]
    return holder, own, others


def listed(office, actor, case):
    """The kinds someone finds in the list of a case, or nothing if they do not even find the case."""
    try:
        return {row.kind for row in reading.list_documents(office.begin, actor, case.id)}
    except NotFoundError:
        return None


def letters(office, actor, organ=None):
    return [each.row for each in reading.letters(office.read, actor, WHOLE, organ)[0]]


def test_each_document_is_read_by_those_its_form_is_for_and_by_nobody_else(office):
    case = a_named_case(office)
    holder, own, others = people(office, case)
    assignment = at_work(office, case, holder)
    closed(office, assignment)
    about = {DocumentSubject.COMMISSION, DocumentSubject.ASSIGNMENT, DocumentSubject.CLOSING}
    rows = [
        issued(office, case, kind, about_id=None if form.about is DocumentSubject.CLOSING else assignment.id)
        for kind, form in FORMS.items()
        if form.about in about
    ]

    for row in rows:
        for role, actor in own.items():
            if role in FORMS[row.kind].readers:
                assert read(office, row, actor).row.id == row.id
            else:
                with pytest.raises(NotFoundError):
                    read(office, row, actor)
        for actor in others:
            with pytest.raises(NotFoundError):
                read(office, row, actor)
    for role, actor in own.items():
        if role is not Role.ORGAN:
            assert listed(office, actor, case) == {row.kind for row in rows if role in FORMS[row.kind].readers}
    assert listed(office, office.clerk, case) == {row.kind for row in rows}


def test_case_that_is_not_theirs_is_not_found_and_one_without_documents_has_an_empty_list(office):
    case = a_named_case(office)
    holder, own, others = people(office, case)
    accepted(office, case, holder)

    assert [listed(office, actor, case) for role, actor in own.items() if role is not Role.ORGAN] == [set()] * 3
    assert [listed(office, actor, case) for actor in others if actor.role is not Role.ORGAN] == [None] * 4


def test_case_given_to_an_institution_is_told_to_it_before_it_names_anybody(office):
    case = a_named_case(office)
    _, own, _ = people(office, case)
    entrust(office.begin, office.clerk, NOW, case.id, office.the_institution().id, "near")

    row = issued(office, case, NOTICE, {})

    assert read(office, row, own[Role.INSTITUTION]).values["recipient"] == "张三丰"
    with pytest.raises(NotFoundError):
        read(office, row, own[Role.PRACTITIONER])


def test_who_has_the_case_no_more_reads_only_what_says_so(office):
    case = a_named_case(office)
    holder, own, _ = people(office, case)
    at_work(office, case, holder)
    notice = issued(office, case, NOTICE)
    ends.retain(office.begin, office.seal, office.clerk, NOW, case.id, "自行委托")
    last = issued(office, case, TERMINATION)

    for role in (Role.PRACTITIONER, Role.INSTITUTION):
        assert read(office, last, own[role]).row.id == last.id
        with pytest.raises(NotFoundError):
            read(office, notice, own[role])
    assert listed(office, own[Role.RECIPIENT], case) == {NOTICE, TERMINATION}


def test_letters_are_listed_for_the_organ_they_are_sent_to_and_for_staff(office):
    cases = [a_named_case(office, "1"), a_named_case(office, "2", organ="别的法院")]
    for n, case in enumerate(cases):
        accepted(office, case, office.a_practitioner(f"p{n}"))
    rows = [issued(office, case, LETTER) for case in cases]
    issued(office, cases[0], NOTICE)
    issuing.void(office.begin, office.clerk, NOW, rows[0].id, "填写有误")

    for spelling in (COURT, "某市 某区人民法院"):
        assert [row.id for row in letters(office, office.an_organ(spelling))] == [rows[0].id]
        assert read(office, rows[0], office.an_organ(spelling)).row.id == rows[0].id
    assert letters(office, office.an_organ(COURT))[0].voided_at == NOW
    assert letters(office, office.an_organ(COURT), organ="别的法院")[0].id == rows[0].id
    assert {row.id for row in letters(office, office.clerk)} == {row.id for row in rows}
    assert [row.id for row in letters(office, office.clerk, organ="别的法院")] == [rows[1].id]
    assert letters(office, office.a_stranger()) == []
    with pytest.raises(ForbiddenError):
        letters(office, office.recipient(cases[0]))
    assert {LETTER, LAST} <= LETTERS


def test_reading_a_letter_is_logged_as_what_it_is(office):
    case = a_named_case(office)
    accepted(office, case, office.a_practitioner("p1"))
    row = issued(office, case, LETTER)

    read(office, row, office.an_organ(COURT))

    assert [(each.verb, each.subject_id) for each in office.all(AuditRow)][-1] == ("read_letter", row.id)


def test_receipt_is_recorded_once_by_the_organ_or_by_an_officer(office):
    case = a_named_case(office)
    accepted(office, case, office.a_practitioner("p1"))
    row, court, later = issued(office, case, LETTER), office.an_organ(COURT), NOW + timedelta(days=2)
    day = NOW.date() + timedelta(days=1)

    def received(actor, on=None, now=later):
        return reading.receive_letter(office.begin, actor, now, row.id, on).row

    for wrong in (NOW.date() - timedelta(days=1), NOW.date() + timedelta(days=3)):
        with pytest.raises(InvalidFieldError, match="invalid"):
            received(court, wrong)
    with pytest.raises(NotFoundError):
        received(office.an_organ("别的法院"))
    with pytest.raises(ForbiddenError):
        received(office.recipient(case))
    first, again, told = received(court, day), received(court, day), received(office.clerk, day)

    assert [each.received_on for each in (first, again, told)] == [day] * 3
    assert first.received_by == told.received_by == court.user_id
    with pytest.raises(InvalidFieldError) as refused:
        received(office.clerk, date(2026, 3, 11))
    assert refused.value.facts["field"] == "received_on"


def test_receipt_of_what_is_no_letter_is_refused(office):
    case = a_named_case(office)
    accepted(office, case, office.a_practitioner("p1"))
    row = issued(office, case, AGREEMENT)

    with pytest.raises(NotFoundError):
        reading.receive_letter(office.begin, office.clerk, NOW, row.id)
