"""Ends before the work is done free what the case held; nothing is undone but by a correction."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.commands.board import claim, post_case
from dispatch.commands.chain import start_plan
from dispatch.commands.life import corrections, ends, transfers
from dispatch.commands.offers.offers import make_offers
from dispatch.domain.errors import ForbiddenError, IllegalTransitionError, NotFoundError
from dispatch.domain.states import (
    ClaimState,
    EndReason,
    OfferState,
    PaperKind,
    PlanState,
    PostingState,
    TerminationGround,
    TransferGround,
)
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import (
    AssignmentRow,
    CaseRow,
    ClaimRow,
    LedgerRow,
    OfferRow,
    PaperRow,
    PlanRow,
    PostingRow,
)
from tests.commands.life.acts import accepted, at_work, begun, clocks, closed, load_of, signed
from tests.rows import NOW

DAY = timedelta(days=1)


def terminated(register, case, actor=None, ground=TerminationGround.CASE_OVER):
    who = actor or register.clerk
    return ends.terminate(register.begin, register.seal, who, NOW, case.id, ground, "dropped")


def retained(register, case, actor=None):
    return ends.retain(register.begin, register.seal, actor or register.clerk, NOW, case.id, "a lawyer of the family")


def withdrawn(register, case, actor=None):
    return ends.withdraw(register.begin, register.seal, actor or register.clerk, NOW, case.id, None)


def transferred(register, case, actor=None):
    who, ground = actor or register.clerk, TransferGround.JURISDICTION
    return transfers.transfer(register.begin, register.seal, who, NOW, case.id, ground, "another centre", "their court")


def corrected(register, case, actor=None):
    return corrections.correct(register.begin, register.seal, actor or register.manager, NOW + DAY, case.id, "mistaken")


def turns(register):
    return [row.turns for row in sorted(register.all(LedgerRow), key=lambda row: row.id)]


ENDS = {
    terminated: (Status.TERMINATED, EndReason.TERMINATED),
    retained: (Status.RETAINED, EndReason.RETAINED),
}


@pytest.mark.parametrize("end", [terminated, retained, transferred])
def test_case_that_leaves_while_someone_is_asked_takes_the_question_back(register, end):
    case, person = register.a_case(), register.a_practitioner()
    make_offers(register.begin, register.clerk, NOW, case.id, [person.id])

    end(register, case)

    assert [row.state for row in register.all(OfferRow)] == [OfferState.WITHDRAWN]
    assert register.get(CaseRow, case.id).status not in (Status.OFFERED, Status.PENDING)


def test_case_that_leaves_the_board_loses_its_claims_and_its_plan(register):
    register.a_policy([("grab", 4), ("optimized", None)], grab={"window_minutes": 30, "epsilon": 0})
    case, other = register.a_case(), register.a_practitioner("b")
    person = register.a_practitioner("a", specialties={"wages": 10})
    start_plan(register.begin, register.clerk, NOW, case.id)
    claim(register.begin, register.read, register.acting(person), NOW, case.id)

    terminated(register, case)

    assert [row.state for row in register.all(ClaimRow)] == [ClaimState.LOST]
    assert PostingState.OPEN not in {row.state for row in register.all(PostingRow)}
    assert PlanState.OPEN not in {row.state for row in register.all(PlanRow, PlanRow.case_id == case.id)}
    assert load_of(register, person) == load_of(register, other) == 0


@pytest.mark.parametrize("end", [terminated, retained])
def test_end_before_the_work_began_gives_the_turn_back(register, end):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)

    end(register, case)

    status, reason = ENDS[end]
    assert register.get(CaseRow, case.id).status is status
    assert register.get(AssignmentRow, assignment.id).end_reason is reason
    assert (load_of(register, person), turns(register)) == (0, [1, -1])
    # The recipient, the unit and the case organ are to be told.
    assert clocks(register, case) == [("T20a", None), ("T20b", None), ("T20c", None), ("T21", "void"), ("T6", "void")]


@pytest.mark.parametrize("end", [terminated, retained])
def test_turn_is_used_once_the_work_has_begun(register, end):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)

    end(register, case)

    assert (load_of(register, person), turns(register)) == (0, [1])


def test_second_seat_that_waits_leaves_with_its_lead(register):
    case, lead = register.a_case(demand=2), register.a_practitioner("a")
    accepted(register, case, lead)

    terminated(register, case)

    assert (load_of(register, lead), turns(register)) == (0, [1, -1])


@pytest.mark.parametrize("end", [terminated, retained, withdrawn, transferred])
def test_end_again_changes_nothing(register, end):
    case = register.a_case(status=Status.RECEIVED if end is withdrawn else Status.PENDING)

    for _ in range(2):
        end(register, case)

    assert len(register.history(case)) == len(register.all(PaperRow)) == 1


@pytest.mark.parametrize("status", [status for status in Status if status not in (Status.RECEIVED, Status.WITHDRAWN)])
def test_application_is_withdrawn_before_the_decision_only(register, status):
    """《法律援助法》第四十三条第二款 is about applications; once granted, aid is terminated (第四十八条第七项)."""
    case = register.a_case(status=status)

    with pytest.raises(IllegalTransitionError):
        withdrawn(register, case)

    assert register.get(CaseRow, case.id).status is status


def test_application_is_not_withdrawn_and_a_case_not_transferred_once_someone_works_on_it(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)

    for end in (withdrawn, transferred):
        with pytest.raises(IllegalTransitionError):
            end(register, case)

    assert load_of(register, person) == 1
    assert register.get(CaseRow, case.id).status is Status.UNDERTAKEN


def test_recipient_withdraws_their_own_application_and_no_other(register):
    case, other = register.a_case("1", status=Status.RECEIVED), register.a_case("2")
    recipient = register.recipient(case)

    withdrawn(register, case, recipient)
    with pytest.raises(NotFoundError):
        withdrawn(register, other, recipient)
    for end in (terminated, retained, transferred):
        with pytest.raises(ForbiddenError):
            end(register, case, recipient)

    assert register.get(CaseRow, case.id).status is Status.WITHDRAWN
    assert register.get(CaseRow, other.id).status is Status.PENDING


def test_correction_of_a_termination_gives_back_seat_load_turn_and_clock(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = accepted(register, case, person)
    terminated(register, case)

    undone = corrected(register, case)

    assert (undone.corrects, undone.status, undone.assignment_ids) == ("terminate", Status.ACCEPTED, [assignment.id])
    row = register.get(AssignmentRow, assignment.id)
    assert (row.ended_at, row.end_reason, load_of(register, person)) == (None, None, 1)
    assert turns(register) == [1, -1, 1]
    assert clocks(register, case) == [("T20a", "void"), ("T20b", "void"), ("T20c", "void"), ("T21", None), ("T6", None)]
    assert register.history(case) == ["offer", "accept", "terminate", "correct"]
    # It goes on as before.
    signed(register, assignment)
    begun(register, assignment)
    closed(register, assignment)
    assert register.get(CaseRow, case.id).status is Status.CLOSED


def test_correction_of_a_closing_forgets_its_outcome_and_fills_the_desk_again(register):
    case, other = register.a_case("1"), register.a_case("2")
    person = register.a_practitioner(capacity=1)
    assignment = at_work(register, case, person)
    closed(register, assignment)

    corrected(register, case)

    row = register.get(AssignmentRow, assignment.id)
    assert (row.outcome, row.finished_on, row.ended_at) == (None, None, None)
    assert register.get(CaseRow, case.id).status is Status.UNDERTAKEN
    assert turns(register) == [1]
    with pytest.raises(Exception, match="hard rule"):
        accepted(register, other, person)


def test_corrections_go_back_act_by_act_and_stop_at_the_acceptance(register):
    case, person = register.a_case(), register.a_practitioner()
    assignment = at_work(register, case, person)
    closed(register, assignment)

    undone = [corrected(register, case) for _ in range(3)]

    assert [each.corrects for each in undone] == ["close", "undertake", "sign"]
    assert [each.status.value for each in undone] == ["undertaken", "signed", "accepted"]
    row = register.get(AssignmentRow, assignment.id)
    assert (row.signed_at, row.begun_at) == (None, None)
    assert clocks(register, case) == [("T18a", "void"), ("T21", None), ("T6", None)]
    with pytest.raises(IllegalTransitionError):
        corrected(register, case)


def test_closing_of_one_seat_of_two_is_corrected_while_the_case_goes_on(register):
    case = register.a_case(demand=2)
    seats = [at_work(register, case, register.a_practitioner(code)) for code in "ab"]
    closed(register, seats[0])

    undone = corrected(register, case)

    assert (undone.corrects, undone.status) == ("close", Status.UNDERTAKEN)
    assert register.get(AssignmentRow, seats[0].id).ended_at is None


def test_case_corrected_back_into_the_queue_sets_out_anew(register):
    register.a_policy([("optimized", None)])
    case, person = register.a_case(), register.a_practitioner()
    start_plan(register.begin, register.clerk, NOW, case.id)
    make_offers(register.begin, register.clerk, NOW, case.id, [person.id])
    terminated(register, case)

    assert corrected(register, case).status is Status.PENDING

    assert [row.state for row in register.all(PlanRow)] == [PlanState.STOPPED, PlanState.OPEN]
    assert register.get(CaseRow, case.id).due_at == case.due_at


def test_only_a_manager_corrects_and_says_why(register):
    case, person = register.a_case(), register.a_practitioner()
    terminated(register, case)

    for actor in (register.clerk, register.acting(person), register.recipient(case)):
        with pytest.raises(ForbiddenError):
            corrected(register, case, actor)
    corrected(register, case)

    [paper] = register.all(PaperRow, PaperRow.kind == PaperKind.CORRECTION)
    assert register.seal.open(paper.sealed) == {"text": "mistaken"}
    assert (paper.facts, paper.filed_by) == ({"corrects": "terminate"}, register.manager.user_id)


def test_transfer_takes_the_day_of_receipt_with_it(register):
    case = register.a_case(status=Status.RECEIVED, received_at=datetime(2026, 3, 6, 2, tzinfo=UTC))

    transferred(register, case)

    [paper] = register.all(PaperRow)
    assert register.seal.open(paper.sealed)["received_at"] == "2026-03-06T02:00:00+00:00"
    assert paper.facts == {"ground": "jurisdiction"}


def test_case_on_the_board_posted_by_hand_leaves_it(register):
    case = register.a_case()
    post_case(register.begin, register.clerk, NOW, case.id, NOW + timedelta(hours=4))

    retained(register, case)

    assert [row.state for row in register.all(PostingRow)] == [PostingState.CLOSED]
