"""A conflict is declared whenever it is noticed, and what follows depends on how far the case has come."""

from datetime import timedelta
from functools import partial

import pytest

from dispatch.commands.board import post_case, take_off
from dispatch.commands.designation import designate
from dispatch.commands.life.conflicts import declare, list_declared
from dispatch.commands.offers.offers import make_offers
from dispatch.domain.errors import ForbiddenError, NotEligibleError, NotFoundError
from dispatch.domain.states import EndReason, OfferState, PaperKind, ReplacementGround, Review
from dispatch.domain.vocabulary import PairKind, Status
from dispatch.registry.tables import AssignmentRow, CaseRow, OfferRow, PairRow, PaperRow, ReplacementRow
from tests.commands.life.acts import at_work, load_of
from tests.rows import NOW


def declared(register, case, actor, practitioner=None):
    named = practitioner and practitioner.id
    return declare(register.begin, register.seal, actor, NOW, case.id, "acted for the other side", named)


def test_conflict_declared_beforehand_keeps_them_from_being_asked(register):
    case, person = register.a_case(), register.a_practitioner()

    reported = [declared(register, case, register.clerk, person) for _ in range(2)]

    assert reported[0] == reported[1] == (case.id, person.id, False, None)
    assert [row.kind for row in register.all(PairRow)] == [PairKind.CONFLICT]
    assert register.history(case) == ["conflict"]
    [paper] = register.all(PaperRow)
    assert (paper.kind, register.seal.open(paper.sealed)) == (PaperKind.CONFLICT, {"text": "acted for the other side"})
    with pytest.raises(NotEligibleError) as refusal:
        make_offers(register.begin, register.clerk, NOW, case.id, [person.id])
    assert refusal.value.facts["rules"] == ["no_conflict"]


def test_who_is_being_asked_has_declined_with_it(register):
    case, person = register.a_case(), register.a_practitioner()
    make_offers(register.begin, register.clerk, NOW, case.id, [person.id])

    assert declared(register, case, register.acting(person)).declined

    assert [row.state for row in register.all(OfferRow)] == [OfferState.DECLINED]
    assert register.get(CaseRow, case.id).status is Status.PENDING


def test_who_was_named_and_has_not_accepted_gives_the_case_back_with_it(register):
    case, person = register.a_case(), register.a_practitioner()
    designate(register.begin, register.clerk, NOW, case.id, person.id, "knows the family")

    assert declared(register, case, register.acting(person)).declined

    assert [row.end_reason for row in register.all(AssignmentRow)] == [EndReason.DECLINED]


def test_for_who_works_on_the_case_a_replacement_is_asked_for_and_the_work_goes_on_until_it_is_decided(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)

    reported = [declared(register, case, register.acting(person)), declared(register, case, register.clerk, person)]

    [row] = register.all(ReplacementRow)
    assert [each.replacement_id for each in reported] == [row.id] * 2
    assert (row.ground, row.state, load_of(register, person)) == (ReplacementGround.CONFLICT, Review.WAITING, 1)


def test_practitioner_declares_for_cases_they_have_to_do_with_and_learns_of_no_other(register):
    board, asked, foreign = (register.a_case(number) for number in "123")
    actor = register.acting(person := register.a_practitioner())
    post_case(register.begin, register.clerk, NOW, board.id, NOW + timedelta(hours=1))
    make_offers(register.begin, register.clerk, NOW, asked.id, [person.id])
    unknown = CaseRow(id="0" * 32)

    for case in (board, asked):
        assert declared(register, case, actor).practitioner_id == person.id
    take_off(register.begin, register.clerk, NOW, board.id)
    answers = []
    for case in (foreign, unknown):
        for act in (partial(declared, register, case, actor), partial(list_declared, register.read, actor, case.id)):
            with pytest.raises(NotFoundError) as refused:
                act()
            answers.append({**refused.value.facts, "id": "the case"})

    assert answers == [{"what": "case", "id": "the case"}] * 4
    assert [len(list_declared(register.read, actor, case.id)) for case in (board, asked)] == [1, 1]


def test_nobody_declares_the_conflict_of_another_but_an_officer_who_was_told(register):
    case, person, other = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")

    with pytest.raises(NotFoundError):
        declared(register, case, register.acting(other), person)
    with pytest.raises(NotFoundError):
        declared(register, case, register.clerk)
    with pytest.raises(ForbiddenError):
        declared(register, case, register.recipient(case), person)

    assert register.all(PairRow) == []
    assert declared(register, case, register.clerk, person).practitioner_id == person.id
