"""Acts on money and archives raced against each other: one settlement, no number twice."""

from functools import partial

import pytest

from dispatch.commands.funds import settlements
from dispatch.commands.life import archives, complaints
from dispatch.domain.errors import DispatchError
from dispatch.registry.tables import ArchiveRow, ComplaintRow, SettlementRow
from tests.commands.funds.test_settlements import a_closed, put
from tests.commands.life.test_archives import a_finished_case, letterhead
from tests.commands.life.test_complaints import WORDS
from tests.commands.life.test_races import raced
from tests.rows import NOW

__all__ = ["letterhead"]


def test_work_settled_by_two_at_once_is_settled_once(register):
    put(register)
    work = a_closed(register)
    given = (register.begin, register.seal, register.manager, NOW, work.id)

    found = raced(*(partial(settlements.settle, *given) for _ in range(4)))

    [row] = register.all(SettlementRow)
    assert {each.id for each in found} == {row.id}


def test_settlement_corrected_by_two_at_once_is_undone_once(register):
    put(register)
    work = a_closed(register)
    given = (register.begin, register.seal, register.manager, NOW)
    row = settlements.settle(*given, work.id)

    found = raced(*(partial(settlements.correct, *given, row.id, "miscounted") for _ in range(3)))

    assert sum(isinstance(each, DispatchError) for each in found) == 2
    assert register.history(CaseOf(work))[-1] == "correct_settlement"


@pytest.mark.usefixtures("letterhead")
def test_files_archived_at_once_get_a_number_each(register):
    cases = [a_finished_case(register, f"{n}") for n in range(4)]
    given = (register.begin, register.seal, register.clerk, NOW)

    raced(*(partial(archives.archive, *given, case.id) for case in cases for _ in range(2)))

    assert sorted(row.serial for row in register.all(ArchiveRow)) == [1, 2, 3, 4]


def test_complaints_at_once_about_the_same_work_are_one(register):
    work = a_closed(register)
    given = (register.begin, register.seal, register.clerk, NOW, work.case_id, WORDS, work.id)

    raced(*(partial(complaints.complain, *given) for _ in range(4)))

    assert len(register.all(ComplaintRow)) == 1


class CaseOf:
    """The case of an assignment, as the history asks for it."""

    def __init__(self, assignment):
        self.id = assignment.case_id
