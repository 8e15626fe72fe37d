"""The work on a case: agreement, beginning, reports and closing free what was held, and meet their time limits."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.commands.designation import designate
from dispatch.commands.life import work
from dispatch.commands.life.papers import list_papers
from dispatch.commands.offers.undertaking import expire_assignments
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
)
from dispatch.domain.states import CaseOutcome, Effect, EndReason, MajorGround, PaperKind
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import AssignmentRow, AuditRow, CaseRow, ClockRow, LedgerRow, PaperRow
from tests.commands.life.acts import accepted, at_work, begun, clocks, closed, load_of, signed
from tests.rows import NOW

DAY = timedelta(days=1)


def state(register, case):
    return register.get(CaseRow, case.id).status


def test_whole_way_from_the_assignment_to_the_closing(register):
    case, person = register.a_case(), register.a_practitioner()
    actor = register.acting(person)
    assignment = accepted(register, case, person)

    signed(register, assignment, actor, NOW + DAY)
    begun(register, assignment, actor, NOW + 2 * DAY)
    done = closed(register, assignment, actor, NOW + 30 * DAY, CaseOutcome.MEDIATED, finished_on=date(2026, 4, 7))

    assert state(register, case) is Status.CLOSED
    assert (done.end_reason, done.outcome, done.finished_on) == (
        EndReason.CLOSED,
        CaseOutcome.MEDIATED,
        date(2026, 4, 7),
    )
    assert register.history(case) == ["offer", "accept", "sign", "undertake", "close"]
    assert load_of(register, person) == 0
    # The turn is used: the work was done.
    assert [row.turns for row in register.all(LedgerRow)] == [1]


def test_agreement_is_due_five_days_after_the_assignment_and_rolls_over_a_weekend(register):
    case, person = register.a_case(), register.a_practitioner()

    accepted(register, case, person)

    [clock] = register.all(ClockRow, ClockRow.code == "T6")
    assert (clock.code, clock.started_at, clock.stopped_at) == ("T6", NOW, None)
    # Saturday 14 March rolls to Monday the 16th, the last second of it in China.
    assert clock.due_at == datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)


def test_signing_meets_the_limit_on_the_day_it_was_signed_not_when_it_is_written_down(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)

    row = signed(register, assignment, now=NOW + 20 * DAY, signed_on=date(2026, 3, 12))

    [clock] = register.all(ClockRow, ClockRow.code == "T6")
    assert clock.stopped_at == row.signed_at == datetime(2026, 3, 12, 15, 59, 59, tzinfo=UTC)
    assert clock.stopped_at < clock.due_at
    assert clocks(register, case) == [("T21", None), ("T6", "met")]


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 3, 11)])
def test_day_before_the_assignment_or_to_come_is_refused(register, day):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)

    with pytest.raises(InvalidFieldError) as refusal:
        signed(register, assignment, now=NOW + DAY, signed_on=day)

    assert refusal.value.facts["expected"]["en"] == "2026-03-09 to 2026-03-10"
    assert state(register, case) is Status.ACCEPTED


def test_only_day_that_may_be_is_named_as_one(register):
    assignment = accepted(register, register.a_case(), register.a_practitioner())

    with pytest.raises(InvalidFieldError) as refusal:
        signed(register, assignment, signed_on=date(2026, 3, 8))

    assert refusal.value.facts["expected"] == {"zh": "应为2026-03-09", "en": "2026-03-09"}


def test_work_begins_without_an_agreement_only_with_the_obstacle(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)

    with pytest.raises(ReasonRequiredError):
        begun(register, assignment)
    begun(register, assignment, obstacle="in custody, to be signed at the first meeting")

    assert state(register, case) is Status.UNDERTAKEN
    assert clocks(register, case) == [("T21", None), ("T6", "excused")]
    with pytest.raises(IllegalTransitionError):
        signed(register, assignment)


def test_nothing_is_done_before_the_assignment_is_accepted(register):
    case, person = register.a_case(status=Status.ASSIGNED), register.a_practitioner()
    assignment = register.an_assignment(case, person)

    for act in (signed, begun, closed):
        with pytest.raises(IllegalTransitionError):
            act(register, assignment)


def test_case_is_not_closed_before_its_work_has_begun(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)

    with pytest.raises(IllegalTransitionError):
        closed(register, assignment)

    assert load_of(register, person) == 1


def test_same_act_again_changes_nothing(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)

    for _ in range(2):
        signed(register, assignment)
    for _ in range(2):
        begun(register, assignment)
    first = closed(register, assignment)
    again = closed(register, assignment, now=NOW + DAY, outcome=CaseOutcome.OTHER)

    assert register.history(case) == ["offer", "accept", "sign", "undertake", "close"]
    assert (again.ended_at, again.outcome) == (first.ended_at, CaseOutcome.JUDGMENT)


def test_case_of_two_is_signed_begun_and_closed_once_both_are(register):
    case = register.a_case(demand=2)
    lead, second = register.a_practitioner("a"), register.a_practitioner("b")
    seats = [accepted(register, case, each) for each in (lead, second)]

    states = []
    for act in (signed, begun, closed):
        for seat in seats:
            act(register, seat)
            states.append(state(register, case).value)

    assert states == ["accepted", "signed", "signed", "undertaken", "undertaken", "closed"]


def test_seat_that_was_carried_through_is_not_filled_again(register):
    case = register.a_case(demand=2)
    lead, second = register.a_practitioner("a"), register.a_practitioner("b")
    first = at_work(register, case, lead)
    assert state(register, case) is Status.PENDING
    other = at_work(register, case, second)
    closed(register, first)

    assert state(register, case) is Status.UNDERTAKEN
    closed(register, other)
    assert state(register, case) is Status.CLOSED


def test_closing_frees_the_practitioner_for_the_next_case(register):
    first, other = register.a_case("1"), register.a_case("2")
    person = register.a_practitioner(capacity=1)
    assignment = at_work(register, first, person)

    closed(register, assignment)

    assert accepted(register, other, person).practitioner_id == person.id


def test_reports_are_filed_sealed_and_read_back_with_a_log_entry(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment, actor = accepted(register, case, person), register.acting(person)
    text = "met 王小明 in custody"

    filed = work.report_progress(register.begin, register.seal, actor, NOW, assignment.id, text)

    assert "王小明".encode() not in filed.sealed
    assert register.history(case) == ["offer", "accept", "report"]
    read = list_papers(register.begin, register.seal, actor, NOW, case.id)
    assert [(paper.row.kind, paper.words) for paper in read] == [(PaperKind.PROGRESS, {"text": text})]
    assert [(row.verb, row.subject) for row in register.all(AuditRow)] == [("read_own_case", "paper")]


def test_case_reported_as_major_is_one_from_then_on(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = at_work(register, case, person)

    work.report_major(register.begin, register.seal, register.clerk, NOW, assignment.id, MajorGround.GROUP, "forty")

    assert register.get(CaseRow, case.id).major
    assert register.history(case)[-1] == "major"
    [paper] = register.all(PaperRow, PaperRow.kind == PaperKind.MAJOR)
    assert paper.facts == {"ground": "group"}


def test_closing_report_says_how_far_the_opinion_was_followed(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = at_work(register, case, person)

    closed(register, assignment, effect=Effect.PARTLY)

    [paper] = register.all(PaperRow, PaperRow.kind == PaperKind.CLOSING)
    assert paper.facts == {"outcome": "judgment", "finished_on": "2026-03-09", "effect": "partly"}


def test_case_of_another_is_not_found_and_who_has_no_part_in_the_work_is_refused(register):
    case, person, other = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    assignment = at_work(register, case, person)
    stranger = register.a_stranger()

    for actor in (register.acting(other), stranger):
        with pytest.raises(NotFoundError):
            closed(register, assignment, actor)
        with pytest.raises(NotFoundError):
            list_papers(register.begin, register.seal, actor, NOW, case.id)
    with pytest.raises(ForbiddenError):
        closed(register, assignment, register.recipient(case))
    assert register.get(AssignmentRow, assignment.id).ended_at is None


def test_assignment_nobody_answers_while_its_agreement_is_due_goes_to_somebody_else(register):
    case, person, other = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    designate(register.begin, register.clerk, NOW, case.id, person.id, "knows the family")
    due_at = datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)

    moved = [expire_assignments(register.begin, register.read, at) for at in (due_at - DAY, due_at, due_at)]

    assert moved == [0, 1, 0]
    assert (state(register, case), load_of(register, person)) == (Status.PENDING, 0)
    assert [row.turns for row in register.all(LedgerRow)] == [1, -1]
    assert [row.end_reason for row in register.all(AssignmentRow)] == [EndReason.EXPIRED]
    assert accepted(register, case, other, due_at).practitioner_id == other.id


def test_assignment_that_was_accepted_is_not_taken_back_though_nothing_is_signed(register):
    case, person = register.a_case(), register.a_practitioner()
    accepted(register, case, person)

    assert expire_assignments(register.begin, register.read, NOW + 30 * DAY) == 0

    assert load_of(register, person) == 1
