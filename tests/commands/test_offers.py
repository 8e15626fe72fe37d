"""Offers: the first to accept has the seat, a refuser is not asked again, silence is an answer too."""

from datetime import timedelta

import pytest

from dispatch.commands.designation import designate, review_designation
from dispatch.commands.jobs import JobContext
from dispatch.commands.offers.offers import answer, expire_due, make_offers
from dispatch.commands.offers.undertaking import abandon
from dispatch.commands.runs.requests import apply_run, request_run, solve_run
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
    OfferClosedError,
    OfferExpiredError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.states import GivingBack, OfferState, Review
from dispatch.domain.vocabulary import ModeName, PairKind, Sex, Status
from dispatch.registry.tables import AssignmentRow, CaseRow, LedgerRow, OfferRow, PairRow
from tests.rows import NOW

HOUR = timedelta(hours=1)


def offered(register, case, *people):
    return make_offers(register.begin, register.clerk, NOW, case.id, [each.id for each in people])


def states(register):
    return {row.practitioner_id: row.state for row in register.all(OfferRow)}


def test_first_to_accept_has_the_case_and_the_others_are_withdrawn(register):
    case, first, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    offers = offered(register, case, first, second)
    assert register.get(CaseRow, case.id).status is Status.OFFERED

    taken = answer(register.begin, register.acting(second), NOW + HOUR, offers[1].id, True)

    assert states(register) == {first.id: OfferState.WITHDRAWN, second.id: OfferState.ACCEPTED}
    [assignment] = register.all(AssignmentRow)
    assert (assignment.practitioner_id, assignment.id) == (second.id, taken.assignment_id)
    assert assignment.accepted_at == NOW + HOUR
    assert register.get(CaseRow, case.id).status is Status.ACCEPTED
    [entry] = register.all(LedgerRow)
    assert (entry.practitioner_id, entry.turns, entry.assignment_id) == (second.id, 1, assignment.id)
    assert register.history(case) == ["offer", "accept"]


def test_second_to_accept_is_told_that_the_offer_is_over(register):
    case, first, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    offers = offered(register, case, first, second)
    answer(register.begin, register.acting(first), NOW, offers[0].id, True)

    with pytest.raises(OfferClosedError):
        answer(register.begin, register.acting(second), NOW, offers[1].id, True)

    assert len(register.all(AssignmentRow)) == 1


def test_same_answer_again_changes_nothing(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)
    actor = register.acting(person)

    answers = [answer(register.begin, actor, NOW, offer.id, True) for _ in range(3)]

    assert len({each.assignment_id for each in answers}) == 1
    assert len(register.all(LedgerRow)) == 1


def test_refuser_is_not_asked_again(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)

    answer(register.begin, register.acting(person), NOW, offer.id, False, GivingBack.BUSY)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert register.get(OfferRow, offer.id).reason is GivingBack.BUSY
    assert [row.kind for row in register.all(PairRow)] == [PairKind.REFUSED]
    assert register.all(LedgerRow) == []
    with pytest.raises(NotEligibleError) as refusal:
        offered(register, case, person)
    assert refusal.value.facts["rules"] == ["not_refused_before"]


def test_conflict_that_is_declared_is_remembered_as_one(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)

    answer(register.begin, register.acting(person), NOW, offer.id, False, GivingBack.CONFLICT)

    assert {row.kind for row in register.all(PairRow)} == {PairKind.REFUSED, PairKind.CONFLICT}


def test_declining_one_of_two_leaves_the_case_offered(register):
    case, first, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    offers = offered(register, case, first, second)

    answer(register.begin, register.acting(first), NOW, offers[0].id, False, GivingBack.BUSY)

    assert register.get(CaseRow, case.id).status is Status.OFFERED
    assert states(register)[second.id] is OfferState.PENDING


def test_declining_needs_a_reason(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)

    with pytest.raises(ReasonRequiredError):
        answer(register.begin, register.acting(person), NOW, offer.id, False)


def test_offer_of_another_is_not_found(register):
    case, person, other = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    [offer] = offered(register, case, person)

    with pytest.raises(NotFoundError):
        answer(register.begin, register.acting(other), NOW, offer.id, True)


def test_clerk_writes_down_an_answer_given_on_the_telephone(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)

    answer(register.begin, register.clerk, NOW, offer.id, True)

    assert register.get(CaseRow, case.id).status is Status.ACCEPTED


def test_late_acceptance_is_refused_even_before_the_sweep(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)

    with pytest.raises(OfferExpiredError):
        answer(register.begin, register.acting(person), offer.expires_at, offer.id, True)


def test_offer_expires_in_office_hours_and_the_case_is_queued_again(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)
    assert offer.expires_at == NOW + 8 * HOUR

    early = expire_due(register.begin, register.read, offer.expires_at - HOUR)
    moved = [expire_due(register.begin, register.read, offer.expires_at) for _ in range(2)]

    assert (early, moved) == (0, [1, 0])
    assert states(register) == {person.id: OfferState.EXPIRED}
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert register.history(case) == ["offer", "expire"]


def test_offer_to_someone_a_rule_refuses_is_refused(register):
    case, person = register.a_case(), register.a_practitioner(capacity=0)

    with pytest.raises(NotEligibleError) as refusal:
        offered(register, case, person)

    assert refusal.value.facts["rules"] == ["under_cap"]
    assert register.get(CaseRow, case.id).status is Status.PENDING


def test_acceptance_is_refused_once_the_practitioner_is_full(register):
    case, other = register.a_case("1"), register.a_case("2")
    person = register.a_practitioner(capacity=1)
    [offer] = offered(register, case, person)
    register.an_assignment(other, person)

    with pytest.raises(NotEligibleError):
        answer(register.begin, register.acting(person), NOW, offer.id, True)

    assert states(register) == {person.id: OfferState.PENDING}


def test_lead_accepts_and_the_second_seat_is_still_to_be_filled(register):
    case = register.a_case(demand=2)
    lead, second = register.a_practitioner("a"), register.a_practitioner("b")
    offers = offered(register, case, lead, second)

    answer(register.begin, register.acting(lead), NOW, offers[0].id, True)
    assert register.get(CaseRow, case.id).status is Status.PENDING
    [again] = offered(register, case, second)
    answer(register.begin, register.acting(second), NOW, again.id, True)

    assert register.get(CaseRow, case.id).status is Status.ACCEPTED
    assert sorted((row.seat, row.practitioner_id) for row in register.all(AssignmentRow)) == [
        (0, lead.id), (1, second.id),
    ]  # fmt: skip


def test_lead_that_comes_open_while_the_second_is_asked_goes_to_who_accepts_first_and_the_second_is_asked_for_anew(
    register,
):
    first, second, third = (register.a_practitioner(code) for code in "abc")
    case = register.a_case(demand=2, due_at=NOW + 7 * 24 * HOUR)
    offered(register, case, first)
    [lead] = register.all(OfferRow)
    answer(register.begin, register.acting(first), NOW, lead.id, True)
    offered(register, case, second)
    abandon(register.begin, register.manager, NOW, register.get(OfferRow, lead.id).assignment_id, GivingBack.HEALTH)
    [asked] = register.all(OfferRow, OfferRow.state == OfferState.PENDING)
    answer(register.begin, register.acting(second), NOW, asked.id, True)

    [last] = offered(register, case, third)
    answer(register.begin, register.acting(third), NOW, last.id, True)

    live = register.all(AssignmentRow, AssignmentRow.ended_at.is_(None))
    assert {(row.practitioner_id, row.seat) for row in live} == {(second.id, 0), (third.id, 1)}
    assert register.get(OfferRow, asked.id).seat == 0


def test_who_is_being_asked_is_not_asked_twice(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)

    [again] = offered(register, case, person)

    assert again.id == offer.id
    assert len(register.all(OfferRow)) == 1


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.ASSIGNED, Status.POSTED])
def test_case_that_does_not_wait_is_not_offered(register, status):
    case, person = register.a_case(status=status), register.a_practitioner()

    with pytest.raises(IllegalTransitionError):
        offered(register, case, person)


def test_nobody_and_the_same_twice_cannot_be_asked(register):
    case, person = register.a_case(), register.a_practitioner()

    for people in ([], [person, person]):
        with pytest.raises(InvalidFieldError):
            offered(register, case, *people)


def test_stranger_neither_offers_nor_answers(register):
    case, person = register.a_case(), register.a_practitioner()
    [offer] = offered(register, case, person)
    stranger = register.a_stranger()

    with pytest.raises(NotFoundError):
        answer(register.begin, stranger, NOW, offer.id, True)
    with pytest.raises(ForbiddenError):
        make_offers(register.begin, register.acting(person), NOW, case.id, [person.id])


def test_offers_carry_the_mode_they_were_made_in(register):
    case, person = register.a_case(), register.a_practitioner()

    [offer] = offered(register, case, person)

    assert offer.mode is ModeName.DESIGNATION


def test_run_asks_first_where_the_policy_says_so(register):
    register.a_policy(walk={"ask_after_runs": True})
    case, gone, person = register.a_case("1"), register.a_case("2"), register.a_practitioner()
    run = request_run(register.begin, register.clerk, NOW)
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    with register.begin() as tx:
        tx.session.get_one(CaseRow, gone.id).revision += 1

    report = apply_run(register.begin, register.clerk, NOW, run.id)

    assert register.all(AssignmentRow) == []
    [offer] = register.all(OfferRow)
    assert (offer.case_id, offer.practitioner_id, offer.run_id) == (case.id, person.id, run.id)
    assert [row.case_id for row in report.applied] == [case.id]
    assert [(row.case_id, row.stale_reason) for row in report.stale] == [(gone.id, "case_changed")]
    assert register.get(CaseRow, case.id).status is Status.OFFERED


def test_run_asks_nobody_whom_a_rule_refuses_by_now(register):
    register.a_policy(walk={"ask_after_runs": True})
    case, person = register.a_case("1"), register.a_practitioner(capacity=1)
    run = request_run(register.begin, register.clerk, NOW)
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    register.an_assignment(register.a_case("2", status=Status.ASSIGNED), person)

    [stale] = apply_run(register.begin, register.clerk, NOW, run.id).stale

    assert stale.stale_reason == "under_cap"
    assert register.get(CaseRow, case.id).status is Status.PENDING


GUARDED = [{"recipient_is_minor": True}, {"grave": True}, {"secret": True}, {"sexual_assault": True},
           {"grave": None, "matter": "criminal", "cause": "theft"}]  # fmt: skip


@pytest.mark.parametrize("facts", GUARDED, ids=str)
def test_guarded_case_is_offered_to_nobody_by_one_officer_alone(register, facts):
    case, person = register.a_case(**facts), register.a_practitioner(sex=Sex.FEMALE)

    with pytest.raises(SecondPersonError) as refusal:
        offered(register, case, person)
    assert "designation" in refusal.value.facts["expected"]["en"]
    named = designate(register.begin, register.clerk, NOW, case.id, person.id, "knows the family", ask=True)
    assert (named.state, states(register)) == (Review.WAITING, {})
    with pytest.raises(SecondPersonError):
        review_designation(register.begin, register.clerk, NOW, case.id, True)
    review_designation(register.begin, register.manager, NOW, case.id, True)

    assert states(register) == {person.id: OfferState.PENDING}
    assert register.get(CaseRow, case.id).status is Status.OFFERED
    assert register.all(AssignmentRow) == []


def test_person_named_to_be_asked_is_asked_at_once_beside_those_who_are(register):
    case, first, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    offered(register, case, first)

    for _ in range(2):
        named = designate(register.begin, register.clerk, NOW, case.id, second.id, "is near", ask=True)

    assert named.state is Review.APPROVED
    assert states(register) == dict.fromkeys((first.id, second.id), OfferState.PENDING)


def test_person_named_to_be_asked_is_judged_again_when_the_second_officer_agrees(register):
    case, person = register.a_case(grave=True), register.a_practitioner()
    designate(register.begin, register.clerk, NOW, case.id, person.id, "is near", ask=True)
    register.add(
        PairRow(
            centre_id=case.centre_id, case_id=case.id, practitioner_id=person.id, kind=PairKind.CONFLICT,
            created_at=NOW,
        )
    )  # fmt: skip

    with pytest.raises(NotEligibleError):
        review_designation(register.begin, register.manager, NOW, case.id, True)

    assert states(register) == {}
