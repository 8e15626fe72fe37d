"""Acts raced against each other: one wins, what was held is freed once, and nothing is left half done."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

from dispatch.commands.board import claim, post_case
from dispatch.commands.designation import designate
from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.life import (
    archives,
    arrangements,
    corrections,
    ends,
    evaluations,
    milestones,
    replacements,
    work,
)
from dispatch.commands.offers.offers import answer, expire_due, make_offers
from dispatch.commands.offers.undertaking import answer_assignment, expire_assignments
from dispatch.commands.runs.requests import apply_run
from dispatch.domain.errors import DispatchError
from dispatch.domain.permissions import Actor
from dispatch.domain.states import (
    ArrangementState,
    CaseOutcome,
    ClaimState,
    EndReason,
    Milestone,
    OfferState,
    PaperKind,
    QualityGrade,
    ReplacementGround,
    Review,
    TerminationGround,
)
from dispatch.domain.vocabulary import ProposalState, Role, Status
from dispatch.registry.tables import (
    ArchiveRow,
    ArrangementRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    LedgerRow,
    OfferRow,
    PaperRow,
    ProposalRow,
    ReplacementRow,
)
from testbed.invariants import require_sound
from testbed.rows import a_user
from tests.commands.life.acts import at_work, closed, load_of
from tests.commands.test_runs import solved
from tests.rows import NOW

ILL = (ReplacementGround.HEALTH, "ill")


def raced(*acts):
    """Let all begin at the same moment; return what each returned, or the refusal."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except DispatchError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_closing_termination_and_hand_over_at_once_end_the_case_once(register):
    case, person = register.a_case(), register.a_practitioner("a")
    colleague = register.a_practitioner("b")
    held = at_work(register, case, person)
    given = (register.begin, register.seal)

    raced(
        *[lambda: work.close(*given, register.clerk, NOW, held.id, CaseOutcome.JUDGMENT, "won")] * 3,
        *[lambda: ends.terminate(*given, register.clerk, NOW, case.id, TerminationGround.CASE_OVER, "over")] * 3,
        lambda: replacements.hand_over(*given, register.manager, NOW, person.id, ReplacementGround.HEALTH, "ill"),
    )

    moves = Counter(row.event for row in register.all(CaseEventRow) if row.from_status is not row.to_status)
    assert moves["close"] + moves["terminate"] == 1
    assert register.get(CaseRow, case.id).status in (Status.CLOSED, Status.TERMINATED)
    assert (load_of(register, person), load_of(register, colleague)) == (0, 0)
    running = {row.code for row in register.all(ClockRow, ClockRow.stopped_at.is_(None))}
    assert running in ({"T18a"}, {"T20a", "T20b", "T20c"})
    turns = Counter()
    for row in register.all(LedgerRow):
        turns[row.practitioner_id] += row.turns
    # The turn is the worker's if they closed it or it was terminated in their hands; else nobody's.
    assert set(turns.values()) <= {0, 1}
    assert sum(turns.values()) == (0 if moves["replace"] else 1)


def test_several_arrangements_of_one_case_name_one_person(register):
    firm = register.an_institution("firm")
    people = [register.a_practitioner(code, firm) for code in "abcd"]
    case = register.a_case()
    given = arrangements.entrust(register.begin, register.clerk, NOW, case.id, firm.id, "next in turn")

    raced(
        *[
            lambda person=person: arrangements.arrange(register.begin, register.clerk, NOW, given.id, person.id)
            for person in people
        ],
        lambda: ends.retain(register.begin, register.seal, register.clerk, NOW, case.id, "own counsel"),
    )

    live = register.all(AssignmentRow, AssignmentRow.ended_at.is_(None))
    status = register.get(CaseRow, case.id).status
    assert (len(live), status) in ((1, Status.ASSIGNED), (0, Status.RETAINED))
    assert len(register.all(AssignmentRow)) <= 1


def another_manager(register):
    user = register.add(a_user(register.centre.id, "second manager", Role.MANAGER))
    return Actor(user_id=user.id, role=Role.MANAGER, centre_id=register.centre.id)


def lives(register, count, **attributes):
    """Cases at work, each with a lawyer of her own and a request for another one that waits."""
    for n in range(count):
        case = register.a_case(f"life {n}")
        held = at_work(register, case, register.a_practitioner(f"worker {n}", **attributes))
        given = (register.begin, register.seal, register.clerk, NOW)
        yield held, replacements.ask(*given, case.id, *ILL, (), held.id)


def test_two_managers_decide_one_request_and_one_decision_is_filed(register):
    colleague, managers = register.a_practitioner("colleague"), (register.manager, another_manager(register))
    (held, request), (other, another) = lives(register, 2)
    decide = partial(replacements.decide, register.begin, register.seal)

    raced(
        *[partial(decide, who, NOW, request.id, True, "agreed", True, colleague.id) for who in managers],
        *[partial(decide, who, NOW, request.id, False, "not so") for who in managers],
        *[partial(decide, who, NOW, another.id, True, "agreed", False) for who in managers],
    )

    require_sound(register.read, register.centre.id)
    papers = Counter(
        row.assignment_id for row in register.all(PaperRow, PaperRow.kind == PaperKind.REPLACEMENT_DECISION)
    )
    assert papers == {held.id: 1, other.id: 1}
    row, approved = register.get(ReplacementRow, request.id), register.get(AssignmentRow, held.id).ended_at is not None
    assert (row.state is Review.APPROVED, row.successor_id is not None) == (approved, approved)
    assert load_of(register, colleague) == approved
    assert register.get(ReplacementRow, another.id).state is Review.APPROVED


def test_closing_and_replacement_at_once_end_each_assignment_once_and_no_request_is_left_waiting(register):
    register.a_practitioner("colleague", capacity=9)
    held, decide = list(lives(register, 4)), partial(replacements.decide, register.begin, register.seal)
    close = partial(work.close, register.begin, register.seal, register.clerk, NOW)

    raced(
        *[partial(close, row.id, CaseOutcome.JUDGMENT, "won") for row, _ in held for _ in range(2)],
        *[partial(decide, register.manager, NOW, each.id, True, "agreed", same) for _, each in held for same in (1, 0)],
    )

    require_sound(register.read, register.centre.id)
    ends_of = {row.id: register.get(AssignmentRow, row.id).end_reason for row, _ in held}
    assert set(ends_of.values()) <= {EndReason.CLOSED, EndReason.REPLACED}
    for row, request in held:
        closed_first = ends_of[row.id] is EndReason.CLOSED
        expected = Review.LAPSED if closed_first else Review.APPROVED
        assert register.get(ReplacementRow, request.id).state is expected


def test_correction_and_evaluation_of_a_closed_case_at_once_leave_it_whole(register):
    held = [row for row, _ in lives(register, 4)]
    for row in held:
        closed(register, row)
    given = (register.begin, register.seal)

    raced(
        *[partial(evaluations.grade, *given, register.clerk, NOW, row.id, QualityGrade.GOOD) for row in held],
        *[partial(evaluations.rate, *given, register.clerk, NOW, row.case_id, 4) for row in held],
        *[
            partial(corrections.correct, *given, register.manager, NOW, row.case_id, "wrong")
            for row in held
            for _ in "ab"
        ],
        *[partial(work.close, *given, register.clerk, NOW, row.id, CaseOutcome.SETTLED, "over") for row in held],
    )

    require_sound(register.read, register.centre.id)
    for row in held:
        now = register.get(AssignmentRow, row.id)
        # A correction leads back to the work, and the request that had lapsed waits again with its time limit.
        [request] = register.all(ReplacementRow, ReplacementRow.assignment_id == row.id)
        assert (request.state is Review.WAITING) == (now.ended_at is None)
        assert (now.outcome is None) == (now.ended_at is None)


def test_run_applied_twice_while_its_cases_go_elsewhere_gives_each_seat_once(register):
    firm = register.an_institution("firm")
    people = [register.a_practitioner(f"p{n}", firm, capacity=2) for n in range(5)]
    cases = [register.a_case(f"{n}") for n in range(6)]
    run, begin, clerk = solved(register), register.begin, register.clerk
    given = (begin, register.seal, clerk, NOW)

    raced(
        *[partial(apply_run, begin, who, NOW, run.id) for who in (clerk, register.manager, clerk)],
        partial(ends.terminate, *given, cases[0].id, TerminationGround.CASE_OVER, "over"),
        partial(ends.retain, *given, cases[1].id, "own counsel"),
        partial(post_case, begin, clerk, NOW, cases[2].id),
        partial(designate, begin, clerk, NOW, cases[3].id, people[0].id, "near"),
        partial(arrangements.entrust, begin, clerk, NOW, cases[4].id, firm.id, "next"),
        partial(make_offers, begin, clerk, NOW, cases[5].id, [people[1].id]),
    )

    require_sound(register.read, register.centre.id)
    made = register.all(AssignmentRow, AssignmentRow.run_id == run.id)
    proposals = register.all(ProposalRow, ProposalRow.run_id == run.id)
    applied = Counter(row.case_id for row in proposals if row.state is ProposalState.APPLIED)
    assert applied == Counter(row.case_id for row in made)
    assert all(row.stale_reason for row in proposals if row.state is ProposalState.STALE)
    assert {row.state for row in proposals} <= {ProposalState.APPLIED, ProposalState.STALE}
    assert all(load_of(register, person) <= 2 for person in people)


def test_claims_during_a_hand_over_win_once_and_nobody_is_over_their_cap(register):
    register.a_policy(grab={"window_minutes": 0})
    people = [register.a_practitioner(f"p{n}", capacity=2) for n in range(4)]
    held = [at_work(register, register.a_case(f"held {n}"), people[0]) for n in range(2)]
    posted = [register.a_case(f"posted {n}") for n in range(3)]
    for case in posted:
        post_case(register.begin, register.clerk, NOW, case.id)
    actors = [register.acting(person) for person in people]

    raced(
        *[partial(claim, register.begin, register.read, who, NOW, case.id) for who in actors for case in posted],
        *[partial(replacements.hand_over, register.begin, register.seal, register.manager, NOW, people[0].id, *ILL)]
        * 2,
    )

    require_sound(register.read, register.centre.id)
    won = Counter(row.case_id for row in register.all(ClaimRow, ClaimRow.state == ClaimState.WON))
    assert set(won.values()) <= {1}
    assert all(load_of(register, person) <= 2 for person in people)
    assert all(register.get(AssignmentRow, row.id).end_reason is EndReason.REPLACED for row in held)
    # What nobody had room for waits; nothing of the hand-over is lost.
    for row in held:
        waits = register.get(CaseRow, row.case_id).status is Status.PENDING
        assert len(register.all(AssignmentRow, AssignmentRow.case_id == row.case_id)) == 2 - waits


def test_timers_and_answers_at_the_last_moment_agree_on_one_end(register):
    firm, begin = register.an_institution("firm"), register.begin
    people = [register.a_practitioner(f"p{n}", firm) for n in range(3)]
    first, second, third = (register.a_case(f"{n}") for n in range(3))
    given = arrangements.entrust(begin, register.clerk, NOW, first.id, firm.id, "next")
    [offer] = make_offers(begin, register.clerk, NOW, second.id, [people[0].id])
    designate(begin, register.clerk, NOW, third.id, people[1].id, "near")
    [named] = register.all(AssignmentRow)
    [limit] = register.all(ClockRow, ClockRow.assignment_id == named.id)
    just_before = timedelta(seconds=-1)

    raced(
        partial(arrangements.arrange, begin, register.clerk, given.due_at + just_before, given.id, people[2].id),
        partial(arrangements.expire_arrangements, begin, register.read, given.due_at),
        partial(answer, begin, register.clerk, offer.expires_at + just_before, offer.id, True),
        partial(expire_due, begin, register.read, offer.expires_at),
        partial(answer_assignment, begin, register.clerk, limit.due_at + just_before, named.id, True),
        partial(expire_assignments, begin, register.read, limit.due_at),
    )

    require_sound(register.read, register.centre.id)
    statuses = [register.get(CaseRow, case.id).status for case in (first, second, third)]
    ends_seen = (
        register.get(ArrangementRow, given.id).state,
        register.get(OfferRow, offer.id).state,
        register.get(AssignmentRow, named.id).end_reason,
    )
    in_time = (ArrangementState.ARRANGED, OfferState.ACCEPTED, None)
    went_on = (Status.ASSIGNED, Status.ACCEPTED, Status.ACCEPTED)
    for status, end, good, state in zip(statuses, ends_seen, in_time, went_on, strict=True):
        assert (status is state) == (end is good)


def test_archiving_and_correction_at_once_leave_no_reopened_case_in_the_archive(register):
    set_letterhead(register.begin, register.manager, NOW, "商", "王主任", "0370-12348")
    held, given = [row for row, _ in lives(register, 4)], (register.begin, register.seal)
    for row in held:
        closed(register, row)
        milestones.record(*given, register.clerk, NOW, row.case_id, Milestone.FILE_IN)

    raced(
        *[partial(archives.archive, *given, register.clerk, NOW, row.case_id) for row in held for _ in "ab"],
        *[partial(corrections.correct, *given, register.manager, NOW, row.case_id, "wrong") for row in held],
        *[partial(evaluations.grade, *given, register.clerk, NOW, row.id, QualityGrade.GOOD) for row in held],
    )

    require_sound(register.read, register.centre.id)
    files = register.all(ArchiveRow)
    filed = {row.case_id for row in files}
    assert sorted(row.serial for row in files) == list(range(1, len(filed) + 1))
    for row in held:
        case = register.get(CaseRow, row.case_id)
        assert bool(case.archive_number) == (case.id in filed)
        assert case.id not in filed or case.status in (Status.CLOSED, Status.EVALUATED)
