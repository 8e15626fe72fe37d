"""The board: hopeless claims are turned away, one claim wins, and a sealed window is settled by worth."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Barrier

import pytest

from dispatch.commands.board import claim, post_case, resolve_windows, take_off, unclaim
from dispatch.commands.cases.disclosure import disclose
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.offers.undertaking import abandon, answer_assignment, review_abandonment
from dispatch.domain.errors import (
    CaseNotOnBoardError,
    ClaimRefusedError,
    DispatchError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotForBoardError,
    NotFoundError,
)
from dispatch.domain.states import ClaimState, GivingBack, PostingState, Review
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.registry import records, transaction
from dispatch.registry.tables import (
    AbandonmentRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    LedgerRow,
    PairRow,
    PostingRow,
)
from tests.rows import NOW, a_draft

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RACERS = 20


@pytest.fixture
def first_come(register):
    register.a_policy(grab={"window_minutes": 0})
    return register


@pytest.fixture
def sealed(register):
    """Claims wait ten minutes, unless nobody is better."""
    register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
    return register


def posted(register, number="1", **columns):
    case = register.a_case(number, **columns)
    post_case(register.begin, register.clerk, NOW, case.id)
    return case


def claims(register):
    return {row.practitioner_id: row.state for row in register.all(ClaimRow)}


def claimed(register, actor, case, now=NOW):
    return claim(register.begin, register.read, actor, now, case.id)


def test_first_eligible_claim_wins_and_the_case_leaves_the_board(first_come):
    register, case = first_come, posted(first_come)
    person = register.a_practitioner()

    won = claimed(register, register.acting(person), case)

    assert won.state is ClaimState.WON
    [assignment] = register.all(AssignmentRow)
    assert (assignment.practitioner_id, assignment.mode) == (person.id, ModeName.GRAB)
    assert won.assignment_id == assignment.id
    assert register.get(CaseRow, case.id).status is Status.ASSIGNED
    assert [row.state for row in register.all(PostingRow)] == [PostingState.GRANTED]
    assert [row.turns for row in register.all(LedgerRow)] == [1]
    assert register.history(case) == ["post", "grab"]


def deciding_before(register, decide):
    """Return a way to write before which somebody else has decided, after the claim was looked at."""

    @contextmanager
    def begin():
        decide()
        with register.begin() as tx:
            yield tx

    return begin


def test_claim_is_judged_once_while_nobody_has_decided_anything_since(first_come, monkeypatch):
    register, case, drawn_up = first_come, posted(first_come), []
    load = records.load_docket
    monkeypatch.setattr(records, "load_docket", lambda *args: drawn_up.append(args) or load(*args))

    assert claimed(register, register.acting(register.a_practitioner()), case).state is ClaimState.WON
    assert len(drawn_up) == 1


def test_claim_is_judged_anew_when_something_was_decided_since_it_was_looked_at(first_come, monkeypatch):
    # The other claim is made while this one has the turn of the process.
    monkeypatch.setattr(transaction, "TURN_WITHIN_S", 0.05)
    register, case = first_come, posted(first_come)
    other, person = posted(first_come, "2"), first_come.a_practitioner(capacity=1)
    actor = register.acting(person)
    begin = deciding_before(register, lambda: claimed(register, actor, other))

    with pytest.raises(NotEligibleError) as refusal:
        claim(begin, register.read, actor, NOW, case.id)
    assert refusal.value.facts["rules"] == ["under_cap"]
    assert [row.case_id for row in register.all(AssignmentRow)] == [other.id]


def test_claim_is_held_to_the_policy_that_came_into_force_since_it_was_looked_at(first_come):
    register, case, other = first_come, posted(first_come), posted(first_come, "2")
    actor = register.acting(register.a_practitioner())
    claimed(register, actor, other)

    def publish():
        register.a_policy(grab={"window_minutes": 0, "weekly_claims": 1})
        with register.begin() as tx:
            tx.lock_centre(register.centre.id)

    with pytest.raises(ClaimRefusedError):
        claim(deciding_before(register, publish), register.read, actor, NOW, case.id)
    assert [row.case_id for row in register.all(AssignmentRow)] == [other.id]


def test_claim_looked_at_after_a_window_waits_in_that_of_a_case_posted_anew_since(sealed):
    register, case, later = sealed, posted(sealed), NOW + 11 * MINUTE
    weak = register.a_practitioner("weak", specialties={"wages": 10})
    register.a_practitioner("best", specialties={"wages": 99})

    def post_anew():
        take_off(register.begin, register.clerk, later, case.id)
        post_case(register.begin, register.clerk, later, case.id)

    made = claim(deciding_before(register, post_anew), register.read, register.acting(weak), later, case.id)
    assert made.state is ClaimState.OPEN


def test_who_has_waited_long_for_their_turn_goes_ahead(first_come, monkeypatch):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner())
    monkeypatch.setattr(transaction, "TURN_WITHIN_S", 0.05)

    with ThreadPoolExecutor(1) as pool, transaction.in_turn(actor.centre_id):
        assert pool.submit(claimed, register, actor, case).result(timeout=30).state is ClaimState.WON


def test_second_claimant_is_told_that_the_case_is_gone(first_come):
    register, case = first_come, posted(first_come)
    first, second = (register.acting(register.a_practitioner(code)) for code in "ab")
    claimed(register, first, case)

    with pytest.raises(CaseNotOnBoardError):
        claimed(register, second, case)


def test_of_twenty_at_once_exactly_one_wins_the_case(first_come):
    register, case = first_come, posted(first_come)
    actors = [register.acting(register.a_practitioner(f"p{n}")) for n in range(RACERS)]
    ready = Barrier(RACERS)

    def race(actor):
        ready.wait()
        try:
            return claimed(register, actor, case).state
        except DispatchError as refusal:
            return refusal.code

    with ThreadPoolExecutor(RACERS) as pool:
        fates = list(pool.map(race, actors))

    assert sorted(fates) == ["case-not-on-board"] * (RACERS - 1) + ["won"]
    [assignment] = register.all(AssignmentRow)
    assert register.get(CaseRow, case.id).status is Status.ASSIGNED
    assert [row.practitioner_id for row in register.all(LedgerRow)] == [assignment.practitioner_id]
    assert claims(register) == {assignment.practitioner_id: ClaimState.WON}


def test_one_practitioner_racing_for_many_cases_never_exceeds_cap_or_quota(register):
    register.a_policy(grab={"window_minutes": 0, "weekly_claims": 3})
    cases = [posted(register, str(n)) for n in range(8)]
    capped = register.acting(register.a_practitioner("capped", capacity=2))
    quick = register.acting(register.a_practitioner("quick", capacity=9))

    def race(turn):
        try:
            return claimed(register, *turn).state
        except DispatchError as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(race, [(actor, case) for case in cases for actor in (capped, quick)]))

    held = [row.practitioner_id for row in register.all(AssignmentRow)]
    assert held.count(capped.practitioner_id) == 2
    assert held.count(quick.practitioner_id) == 3


def test_claim_in_a_sealed_window_waits_for_its_end_and_the_best_wins(sealed):
    register, case = sealed, posted(sealed)
    weak = register.a_practitioner("weak", specialties={"wages": 10})
    good = register.a_practitioner("good", specialties={"wages": 60})
    register.a_practitioner("best", specialties={"wages": 99})

    waiting = [claimed(register, register.acting(each), case).state for each in (weak, good)]
    settled = [resolve_windows(register.begin, register.read, NOW + n * MINUTE) for n in (9, 10, 11)]

    assert (waiting, settled) == ([ClaimState.OPEN] * 2, [0, 1, 0])
    assert claims(register) == {weak.id: ClaimState.LOST, good.id: ClaimState.WON}
    assert [row.reason for row in register.all(ClaimRow, ClaimRow.practitioner_id == weak.id)] == ["taken"]


def test_best_claim_is_granted_at_once_and_the_waiting_ones_are_lost(sealed):
    register, case = sealed, posted(sealed)
    weak = register.a_practitioner("weak", specialties={"wages": 10})
    best = register.a_practitioner("best", specialties={"wages": 99})
    claimed(register, register.acting(weak), case)

    won = claimed(register, register.acting(best), case)

    assert won.state is ClaimState.WON
    assert claims(register)[weak.id] is ClaimState.LOST


def test_claim_after_the_window_wins_at_once(sealed):
    register, case = sealed, posted(sealed)
    weak = register.a_practitioner("weak", specialties={"wages": 10})
    register.a_practitioner("best", specialties={"wages": 99})

    won = claimed(register, register.acting(weak), case, NOW + 11 * MINUTE)

    assert won.state is ClaimState.WON


def test_same_claim_again_is_the_one_already_there(sealed):
    register, case = sealed, posted(sealed)
    actor = register.acting(register.a_practitioner("weak", specialties={"wages": 10}))
    register.a_practitioner("best", specialties={"wages": 99})

    ids = {claimed(register, actor, case).id for _ in range(2)}

    assert len(ids) == 1


def test_claim_taken_back_is_not_settled(sealed):
    register, case = sealed, posted(sealed)
    actor = register.acting(register.a_practitioner("weak", specialties={"wages": 10}))
    register.a_practitioner("best", specialties={"wages": 99})
    claimed(register, actor, case)

    gone = [unclaim(register.begin, actor, NOW, case.id).state for _ in range(2)]

    assert gone == [ClaimState.WITHDRAWN] * 2
    assert resolve_windows(register.begin, register.read, NOW + HOUR) == 1, "its window is told to be over"
    assert register.all(AssignmentRow) == []
    assert register.get(CaseRow, case.id).status is Status.POSTED


def test_won_claim_cannot_be_taken_back(first_come):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner())
    claimed(register, actor, case)

    with pytest.raises(ClaimRefusedError):
        unclaim(register.begin, actor, NOW, case.id)


def test_claim_nobody_made_is_not_found(first_come):
    register, case = first_come, posted(first_come)

    with pytest.raises(NotFoundError):
        unclaim(register.begin, register.acting(register.a_practitioner()), NOW, case.id)


@pytest.mark.parametrize(("attributes", "rule"), [({"capacity": 0}, "under_cap"), ({"listed": False}, "listed")])
def test_ineligible_claim_is_refused_with_its_rule(first_come, attributes, rule):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner(**attributes))

    with pytest.raises(NotEligibleError) as refusal:
        claimed(register, actor, case)

    assert refusal.value.facts["rules"] == [rule]


def test_claim_with_a_recorded_conflict_is_refused(first_come):
    register, case = first_come, posted(first_come)
    person = register.a_practitioner()
    register.add(
        PairRow(centre_id=case.centre_id, case_id=case.id, practitioner_id=person.id, kind=PairKind.CONFLICT,
                created_at=NOW)
    )  # fmt: skip

    with pytest.raises(NotEligibleError) as refusal:
        claimed(register, register.acting(person), case)

    assert refusal.value.facts["rules"] == ["no_conflict"]


def test_weekly_quota_is_kept_and_forgotten_after_a_week(register):
    register.a_policy(grab={"window_minutes": 0, "weekly_claims": 1})
    first, second = posted(register, "1"), posted(register, "2", due_at=NOW + timedelta(days=20))
    actor = register.acting(register.a_practitioner())
    claimed(register, actor, first)

    with pytest.raises(ClaimRefusedError) as refusal:
        claimed(register, actor, second)

    assert refusal.value.facts["reason"] == "weekly_claims"
    assert claimed(register, actor, second, NOW + timedelta(days=7, seconds=1)).state is ClaimState.WON


def test_open_claims_are_limited(register):
    register.a_policy(grab={"window_minutes": 10, "epsilon": 0, "open_claims": 1})
    first, second = posted(register, "1"), posted(register, "2")
    actor = register.acting(register.a_practitioner("weak", specialties={"wages": 10}))
    register.a_practitioner("best", specialties={"wages": 99})
    claimed(register, actor, first)

    with pytest.raises(ClaimRefusedError) as refusal:
        claimed(register, actor, second)

    assert refusal.value.facts["reason"] == "open_claims"


def test_who_gave_a_case_back_rests_unless_a_manager_finds_good_reason(first_come):
    register, case = first_come, posted(first_come)
    next_one = posted(register, "2")
    actor = register.acting(register.a_practitioner())
    won = claimed(register, actor, case)
    answer_assignment(register.begin, actor, NOW, won.assignment_id, True)

    given_back = abandon(register.begin, actor, NOW + HOUR, won.assignment_id, GivingBack.HEALTH)
    with pytest.raises(ClaimRefusedError) as refusal:
        claimed(register, actor, next_one, NOW + HOUR)
    review_abandonment(register.begin, register.manager, NOW + 2 * HOUR, given_back.id, True)

    assert refusal.value.facts["reason"] == "cool_down"
    assert given_back.review is Review.WAITING
    assert claimed(register, actor, next_one, NOW + 2 * HOUR).state is ClaimState.WON
    assert register.history(case) == ["post", "grab", "accept", "replace", "review"]
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert [row.turns for row in register.all(LedgerRow)] == [1, -1, 1]
    assert register.get(ClaimRow, won.id).state is ClaimState.ABANDONED


def test_practitioner_cannot_review_what_was_given_back(first_come):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner())
    won = claimed(register, actor, case)
    answer_assignment(register.begin, actor, NOW, won.assignment_id, True)
    given_back = abandon(register.begin, actor, NOW, won.assignment_id, GivingBack.BUSY)

    with pytest.raises(ForbiddenError):
        review_abandonment(register.begin, actor, NOW, given_back.id, True)


def test_won_case_declined_for_a_conflict_is_queued_and_the_turn_is_given_back(first_come):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner())
    won = claimed(register, actor, case)

    answer_assignment(register.begin, actor, NOW, won.assignment_id, False, GivingBack.CONFLICT)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert sum(row.turns for row in register.all(LedgerRow)) == 0
    assert {row.kind for row in register.all(PairRow)} == {PairKind.REFUSED, PairKind.CONFLICT}


def test_only_accepted_cases_can_be_given_back(first_come):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner())
    won = claimed(register, actor, case)

    with pytest.raises(IllegalTransitionError):
        abandon(register.begin, actor, NOW, won.assignment_id, GivingBack.BUSY)


def test_claim_taken_back_counts_in_the_quota_of_the_week(register):
    register.a_policy(grab={"window_minutes": 10, "epsilon": 0, "weekly_claims": 2})
    actor = register.acting(register.a_practitioner("weak", specialties={"wages": 10}))
    register.a_practitioner("best", specialties={"wages": 99})
    cases = [posted(register, str(n)) for n in range(3)]
    for case in cases[:2]:
        claimed(register, actor, case)
        unclaim(register.begin, actor, NOW, case.id)

    with pytest.raises(ClaimRefusedError) as refusal:
        claimed(register, actor, cases[2])

    assert refusal.value.facts["reason"] == "weekly_claims"


def test_open_claim_shows_no_names_and_a_won_one_does(register):
    register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft())
    post_case(register.begin, register.clerk, NOW, case.id)
    weak, best = (register.a_practitioner(code, specialties={"wages": level}) for code, level in (("w", 10), ("b", 99)))
    actors = [register.acting(person) for person in (weak, best)]
    for actor in actors:
        claimed(register, actor, case)

    with pytest.raises(NotFoundError):
        disclose(register.begin, register.seal, actors[0], NOW, case.id)

    shown = disclose(register.begin, register.seal, actors[1], NOW, case.id)
    assert shown.people[0][1] == {"name": "王小明"}


def test_who_declines_a_won_case_rests_and_is_told_until_when(first_come):
    register, case = first_come, posted(first_come)
    next_one = posted(register, "2", due_at=NOW + timedelta(days=20))
    actor = register.acting(register.a_practitioner())
    won = claimed(register, actor, case)

    answer_assignment(register.begin, actor, NOW, won.assignment_id, False, GivingBack.CONFLICT)
    with pytest.raises(ClaimRefusedError) as refusal:
        claimed(register, actor, next_one)

    [declined] = register.all(CaseEventRow, CaseEventRow.event == "decline")
    assert refusal.value.facts["reason"] == "cool_down"
    assert declined.facts["rests_until"] == (NOW + timedelta(hours=72)).isoformat()
    [kept] = register.all(AbandonmentRow)
    review_abandonment(register.begin, register.manager, NOW, kept.id, True)
    assert claimed(register, actor, next_one).state is ClaimState.WON


def test_nobody_rests_for_what_an_officer_declined_for_them(first_come):
    register, case = first_come, posted(first_come)
    actor = register.acting(register.a_practitioner())
    won = claimed(register, actor, case)

    answer_assignment(register.begin, register.clerk, NOW, won.assignment_id, False, GivingBack.BUSY)

    assert claimed(register, actor, posted(register, "2")).state is ClaimState.WON


@pytest.mark.parametrize(
    "columns", [{"secret": True}, {"sexual_assault": True}, {"recipient_is_minor": True}, {"sexual_assault": None}]
)
def test_guarded_case_never_enters_the_board(register, columns):
    case = register.a_case(**columns)

    with pytest.raises(NotForBoardError):
        post_case(register.begin, register.clerk, NOW, case.id)


def test_posting_again_changes_nothing_and_the_past_is_no_end(register):
    case = posted(register)

    again = post_case(register.begin, register.clerk, NOW, case.id)

    assert [row.id for row in register.all(PostingRow)] == [again.id]
    with pytest.raises(InvalidFieldError):
        post_case(register.begin, register.clerk, NOW, register.a_case("2").id, NOW)


def test_case_nobody_wants_is_queued_again(register):
    case = posted(register)
    [posting] = register.all(PostingRow)

    moved = resolve_windows(register.begin, register.read, posting.ends_at)

    assert moved == 1
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert register.history(case) == ["post", "expire"]


def test_officer_takes_a_case_off_the_board(sealed):
    register, case = sealed, posted(sealed)
    actor = register.acting(register.a_practitioner("weak", specialties={"wages": 10}))
    register.a_practitioner("best", specialties={"wages": 99})
    claimed(register, actor, case)

    take_off(register.begin, register.clerk, NOW, case.id)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert claims(register) == {actor.practitioner_id: ClaimState.LOST}
    with pytest.raises(CaseNotOnBoardError):
        take_off(register.begin, register.clerk, NOW, case.id)


def test_lead_is_claimed_and_the_case_stays_for_its_second(first_come):
    register, case = first_come, posted(first_come, demand=2)
    lead, second = (register.acting(register.a_practitioner(code)) for code in "ab")

    claimed(register, lead, case)
    assert register.get(CaseRow, case.id).status is Status.POSTED
    claimed(register, second, case)

    assert register.get(CaseRow, case.id).status is Status.ASSIGNED
    assert sorted(row.seat for row in register.all(AssignmentRow)) == [0, 1]


def test_someone_who_is_no_practitioner_claims_nothing(first_come):
    register, case = first_come, posted(first_come)

    with pytest.raises(ForbiddenError):
        claimed(register, register.clerk, case)


def test_case_whose_time_is_kept_for_later_steps_is_posted_only_until_a_given_moment(register):
    case = register.a_case(due_at=NOW + HOUR)

    with pytest.raises(InvalidFieldError) as refused:
        post_case(register.begin, register.clerk, NOW, case.id)
    posting = post_case(register.begin, register.clerk, NOW, case.id, NOW + HOUR / 2)

    assert refused.value.facts["expected"]["en"].startswith("given, and later than now")
    assert posting.ends_at == NOW + HOUR / 2
