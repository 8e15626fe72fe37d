"""A conflict is declared whenever it is noticed, and what follows depends on how far the case has come."""

import pytest

from dispatch.commands.designation import designate
from dispatch.commands.life.conflicts import declare
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
    actor = register.acting(person)

    reported = [declared(register, case, actor) for _ in range(2)]

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
