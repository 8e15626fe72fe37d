"""Settlements: by the table of the closing day, with what was reported or reviewed; paid, corrected, never changed."""

from datetime import timedelta

import pytest

from dispatch.casework import clocks
from dispatch.commands.funds import settlements, tables
from dispatch.commands.funds.settlements import Reviewed
from dispatch.commands.life import corrections, ends
from dispatch.domain.errors import (
    ForbiddenError,
    InvalidFieldError,
    NotFoundError,
    StepOutOfOrderError,
    SubsidyTableMissingError,
    WorkUnknownError,
)
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.funds.subsidy import CostKind, DirectCost, Spent
from dispatch.domain.states import EndReason, Milestone, QualityGrade, TerminationGround
from dispatch.domain.vocabulary import CentreLevel
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import CaseRow, CentreRow, PractitionerRow, SettlementRow, SubsidyTableRow
from tests.commands.life.acts import at_work, closed
from tests.commands.life.acts import clocks as limits_of
from tests.commands.life.test_evaluations import graded
from tests.domain.funds.test_subsidy import a_document
from tests.rows import NOW

DAY = timedelta(days=1)
TRAVEL = DirectCost(kind=CostKind.TRAVEL, fen=12_000)
SPENT = Spent(2.5, (TRAVEL,))
TABLE = a_document({"amount_fen": 100_000, "day_fen": 20_000, "cost_cap_fen": 50_000})


def put(register, document=TABLE, actor=None):
    return tables.add_table(register.begin, actor or register.manager, NOW, document)


def a_closed(register, number="1", spent=SPENT, **attributes):
    person = register.a_practitioner(f"p{number}", **attributes)
    return closed(register, at_work(register, register.a_case(number), person), spent=spent)


def settled(register, assignment, actor=None, now=NOW, **reviewed):
    who = actor or register.manager
    return settlements.settle(register.begin, register.seal, who, now, assignment.id, Reviewed(**reviewed))


def test_closing_is_settled_by_its_report_its_grade_and_the_table_with_every_line(register):
    table, work = put(register), a_closed(register)
    graded(register, work, QualityGrade.EXCELLENT)

    for _ in range(2):
        row = settled(register, work)

    stored = register.get(SettlementRow, row.id)
    assert [(line["item"], line["fen"]) for line in stored.lines] == [
        ("basis", 100_000), ("days", 50_000), ("grade", 30_000), ("costs", 12_000),
    ]  # fmt: skip
    assert (stored.total_fen, stored.table_id, stored.table_row, stored.fund) == (
        192_000,
        table.id,
        1,
        FundSource.LOCAL,
    )
    assert len(register.all(SettlementRow)) == 1


def test_table_of_the_closing_day_counts_and_a_later_version_changes_nothing_settled(register):
    put(register, TABLE | {"valid_from": "2026-02-01"})
    to_come = put(register, a_document({"amount_fen": 1}, valid_from="2026-12-01"))
    first = settled(register, a_closed(register))
    newer = put(register, a_document({"amount_fen": 70_000}, valid_from="2026-03-01"))

    second = settled(register, a_closed(register, "2"))

    assert (second.table_id, second.total_fen) == (newer.id, 82_000)
    assert register.get(SettlementRow, first.id).total_fen == 162_000
    assert [row.version for row in tables.list_tables(register.read, register.manager)] == [3, 2, 1]
    assert to_come.id not in (first.table_id, second.table_id)


def test_without_a_table_for_the_closing_day_nothing_is_settled(register):
    work = a_closed(register)
    put(register, TABLE | {"valid_from": "2027-01-01"})

    with pytest.raises(SubsidyTableMissingError):
        settled(register, work)


def test_reviewer_may_find_other_days_and_costs_and_what_is_unknown_is_asked_for(register):
    put(register)
    work = a_closed(register, spent=Spent())
    with pytest.raises(WorkUnknownError) as refused:
        settled(register, work)

    row = settled(register, work, service_days=1.0, costs=(TRAVEL,))

    assert [each["field"] for each in refused.value.facts["missing"]] == ["service_days"]
    assert (row.total_fen, row.service_days) == (132_000, 1.0)


def test_other_amount_needs_a_correction_first_and_is_settled_anew(register):
    put(register)
    work = a_closed(register)
    first = settled(register, work)
    with pytest.raises(StepOutOfOrderError):
        settled(register, work, service_days=9.0)

    undone = settlements.correct(register.begin, register.seal, register.manager, NOW, first.id, "days miscounted")
    second = settled(register, work, service_days=2.0)

    assert (undone.voided_at, undone.void_reason, second.total_fen) == (NOW, "days miscounted", 152_000)
    case = register.get(CaseRow, work.case_id)
    assert register.history(case)[-3:] == ["settle", "correct_settlement", "settle"]


def test_payment_is_recorded_once_and_corrected_before_the_settlement(register):
    put(register)
    row = settled(register, a_closed(register))
    given = (register.begin, register.seal, register.manager)

    for _ in range(2):
        paid = settlements.pay(*given, NOW + 3 * DAY, row.id, (NOW + DAY).date())
    seen = [settlements.correct(*given, NOW + 4 * DAY, row.id, "paid twice") for _ in range(2)]

    assert paid.paid_on == (NOW + DAY).date()
    assert [(each.paid_on, bool(each.voided_at)) for each in (seen[-1],)] == [(None, True)]
    for late in (lambda: settlements.pay(*given, NOW, row.id, None),
                 lambda: settlements.correct(*given, NOW, row.id, "again")):  # fmt: skip
        with pytest.raises(StepOutOfOrderError):
            late()


def test_payment_meets_the_limit_to_review_the_file_and_its_correction_lets_it_run_on(register):
    put(register)
    work = a_closed(register)
    row, case = settled(register, work), register.get(CaseRow, work.case_id)
    with register.begin() as tx:
        host = RegisterHost(tx, register.centre.id, register.clerk, NOW)
        clocks.follow(host, host.case(case.id), Milestone.FILE_IN, host.assignment(work.id))
    given, seen = (register.begin, register.seal, register.manager, NOW), []
    for step in (lambda: settlements.pay(*given, row.id, None), lambda: settlements.correct(*given, row.id, "undone")):
        step()
        seen.append(dict(limits_of(register, case))["T18b"])

    assert seen == ["met", None]


def test_closing_and_grade_are_corrected_only_after_the_settlement(register):
    put(register)
    work = a_closed(register)
    graded(register, work)
    row = settled(register, work)
    given = (register.begin, register.seal, register.manager, NOW)

    with pytest.raises(StepOutOfOrderError) as refused:
        corrections.correct(*given, work.case_id, "another file was meant")
    settlements.correct(*given, row.id, "another file was meant")

    assert refused.value.facts["settlement_id"] == row.id
    assert corrections.correct(*given, work.case_id, "another file was meant").corrects == "evaluate"


def test_work_not_carried_through_is_paid_by_the_part_that_was_done(register):
    put(register)
    case = register.a_case()
    work = at_work(register, case, register.a_practitioner())
    with pytest.raises(StepOutOfOrderError):
        settled(register, work, part_percent=50, service_days=1.0)
    ends.terminate(register.begin, register.seal, register.manager, NOW, case.id, TerminationGround.ASKED, "asked")
    with pytest.raises(InvalidFieldError):
        settled(register, work, service_days=1.0)

    row = settled(register, work, part_percent=50, service_days=1.0)

    assert row.total_fen == 60_000
    with pytest.raises(InvalidFieldError):
        settled(register, a_closed(register, "2"), part_percent=50)


def test_work_of_someone_whose_kind_is_unknown_is_left_to_a_person(register):
    put(register)
    work = register.an_assignment(
        register.a_case(), register.a_practitioner(kind=None), begun_at=NOW, ended_at=NOW, end_reason=EndReason.CLOSED,
        finished_on=NOW.date(),
    )  # fmt: skip

    with pytest.raises(WorkUnknownError) as refused:
        settled(register, work, service_days=1.0)

    assert [each["field"] for each in refused.value.facts["missing"]] == ["kind"]


def test_table_for_centres_of_another_level_is_refused(register):
    with pytest.raises(InvalidFieldError) as refused:
        put(register, TABLE | {"levels": ["province"]})
    with register.begin() as tx:
        tx.session.get_one(CentreRow, register.centre.id).level = CentreLevel.PROVINCE

    assert refused.value.facts["field"] == "levels"
    assert register.all(SubsidyTableRow) == []
    assert put(register, TABLE | {"levels": ["province"]}).version == 1


def test_practitioner_sees_their_own_amount_before_and_after_it_is_settled(register):
    put(register)
    work, other = a_closed(register), a_closed(register, "2")
    mine = register.acting(register.get(PractitionerRow, work.practitioner_id))

    nothing, reckoned = settlements.reckon(register.read, mine, NOW, work.id)
    row = settled(register, work)
    stored, _ = settlements.reckon(register.read, mine, NOW, work.id)

    assert (nothing, reckoned.subsidy.total_fen, stored.id) == (None, row.total_fen, row.id)
    with pytest.raises(NotFoundError):
        settlements.reckon(register.read, mine, NOW, other.id)
    with pytest.raises(ForbiddenError):
        settled(register, other, actor=mine)
    with pytest.raises(ForbiddenError):
        put(register, actor=register.clerk)
