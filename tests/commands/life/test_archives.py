"""The archive: a number of the year for the file of each case that is over, never given twice."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.casework import clocks
from dispatch.commands.life import archives, corrections, ends
from dispatch.domain.errors import (
    DocumentIncompleteError,
    ForbiddenError,
    InvalidFieldError,
    NotFoundError,
    StepOutOfOrderError,
)
from dispatch.domain.states import Milestone
from dispatch.domain.texts import case_number_key
from dispatch.registry.host import RegisterHost
from dispatch.registry.lists.cases import CaseFilter, cases
from dispatch.registry.reads import Slice
from dispatch.registry.tables import ArchiveRow, CaseRow, LetterheadRow
from tests.commands.life.acts import at_work, closed
from tests.rows import NOW

DAY = timedelta(days=1)


@pytest.fixture
def letterhead(register):
    return register.add(
        LetterheadRow(centre_id=register.centre.id, mark="商", contact="王主任", phone="12348", updated_at=NOW)
    )


def handed_in(register, assignment):
    with register.begin() as tx:
        host = RegisterHost(tx, register.centre.id, register.clerk, NOW)
        clocks.follow(host, host.case(assignment.case_id), Milestone.FILE_IN, host.assignment(assignment.id))


def a_finished_case(register, number="1"):
    case = register.a_case(number)
    handed_in(register, closed(register, at_work(register, case, register.a_practitioner(f"p{number}"))))
    return case


def archived(register, case, actor=None, now=NOW, **more):
    return archives.archive(register.begin, register.seal, actor or register.clerk, now, case.id, **more)


def taken_out(register, row):
    return archives.correct(register.begin, register.seal, register.manager, NOW, row.id, "another file was meant")


def test_each_file_gets_the_next_number_of_the_year_and_keeps_it(register, letterhead):
    first, second, third = (a_finished_case(register, number) for number in "123")
    rows = [archived(register, case) for case in (first, second, first)]
    next_year = archived(register, third, now=datetime(2027, 1, 2, 1, tzinfo=UTC))

    assert [row.number for row in rows] == ["商援卷字〔2026〕第1号", "商援卷字〔2026〕第2号", "商援卷字〔2026〕第1号"]
    assert (next_year.number, next_year.archived_on.year) == ("商援卷字〔2027〕第1号", 2027)
    assert register.get(CaseRow, second.id).archive_number == "商援卷字〔2026〕第2号"
    assert register.history(first)[-1] == "archive"
    with register.read() as session:
        found = cases(
            session, register.centre.id, CaseFilter(archive_key=case_number_key(rows[1].number)), Slice(9, None)
        )
    assert [case.id for case in found.rows] == [second.id]


def test_number_of_a_file_that_was_taken_out_is_not_given_again(register, letterhead):
    case = a_finished_case(register)
    row = archived(register, case)
    for _ in range(2):
        undone = taken_out(register, row)

    again = archived(register, case)

    assert (undone.void_reason, again.number) == ("another file was meant", "商援卷字〔2026〕第2号")
    assert [each.serial for each in register.all(ArchiveRow)] == [1, 2]


def test_case_that_goes_on_is_not_archived(register, letterhead):
    case = register.a_case()
    at_work(register, case, register.a_practitioner())

    with pytest.raises(StepOutOfOrderError) as refused:
        archived(register, case)

    assert refused.value.facts["state"] == "undertaken"


def test_file_that_was_not_handed_in_is_waited_for(register, letterhead):
    case = register.a_case()
    work = closed(register, at_work(register, case, register.a_practitioner()))
    with pytest.raises(StepOutOfOrderError) as refused:
        archived(register, case)
    handed_in(register, work)

    assert refused.value.facts["assignment_ids"] == [work.id]
    assert archived(register, case).serial == 1


def test_case_that_ended_early_is_archived_too(register, letterhead):
    case = register.a_case("1", status="received", granted_at=None, entitled_at=None)
    ends.withdraw(register.begin, register.seal, register.clerk, NOW, case.id, None)

    assert archived(register, case).serial == 1


def test_archived_case_is_corrected_only_once_its_file_is_out(register, letterhead):
    case = a_finished_case(register)
    row = archived(register, case)
    given = (register.begin, register.seal, register.manager, NOW, case.id, "too early")

    with pytest.raises(StepOutOfOrderError):
        corrections.correct(*given)
    taken_out(register, row)

    assert register.get(CaseRow, case.id).archive_number is None


def test_without_a_mark_there_is_no_number(register):
    with pytest.raises(DocumentIncompleteError) as refused:
        archived(register, a_finished_case(register))

    assert "letterhead" in refused.value.facts["blanks"][0]["where"]["en"]


def test_day_to_come_and_strangers_are_refused(register, letterhead):
    case = a_finished_case(register)

    with pytest.raises(InvalidFieldError):
        archived(register, case, on=(NOW + DAY).date())
    with pytest.raises(ForbiddenError):
        archived(register, case, actor=register.recipient(case))
    with pytest.raises(NotFoundError):
        archived(register, case, actor=register.a_stranger())
