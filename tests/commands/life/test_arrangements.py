"""The institution's step: it arranges its own person in the time it has, or loses the case to others."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.commands.chain import start_plan
from dispatch.commands.designation import designate
from dispatch.commands.life import arrangements, ends
from dispatch.commands.offers.offers import make_offers
from dispatch.commands.offers.undertaking import answer_assignment
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotEligibleError,
    NotFoundError,
)
from dispatch.domain.states import ArrangementState, GivingBack, OfferState, TerminationGround
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseRow, OfferRow, PairRow, PractitionerRow
from tests.commands.life.acts import clocks, load_of
from tests.rows import NOW

HOUR = timedelta(hours=1)


def entrusted(register, case, firm, actor=None, **more):
    who = actor or register.clerk
    return arrangements.entrust(register.begin, who, NOW, case.id, firm.id, "next in turn", **more)


def arranged(register, given, person, actor=None, now=NOW + HOUR):
    return arrangements.arrange(register.begin, actor or register.clerk, now, given.id, person.id)


def lapsed(register, now):
    return arrangements.expire_arrangements(register.begin, register.read, now)


def state(register, case):
    return register.get(CaseRow, case.id).status


@pytest.fixture
def firm(register):
    return register.an_institution("firm")


def test_institution_arranges_its_person_who_then_accepts(register, firm):
    case, person = register.a_case(), register.a_practitioner("a", firm)

    given = entrusted(register, case, firm)
    assert (state(register, case), given.due_at) == (Status.ENTRUSTED, NOW + 24 * HOUR)
    done = arranged(register, given, person, register.secretary(firm))

    assert (done.state, state(register, case)) == (ArrangementState.ARRANGED, Status.ASSIGNED)
    row = register.get(AssignmentRow, done.assignment_id)
    assert (row.practitioner_id, row.institution_id, row.mode) == (person.id, firm.id, ModeName.DESIGNATION)
    assert clocks(register, case) == [("T5", "met"), ("T21", None), ("T6", None)]
    answer_assignment(register.begin, register.acting(person), NOW + HOUR, row.id, True)
    assert state(register, case) is Status.ACCEPTED
    assert register.history(case) == ["entrust", "arrange", "accept"]


def test_same_act_again_changes_nothing(register, firm):
    case, person = register.a_case(), register.a_practitioner("a", firm)

    rows = [entrusted(register, case, firm) for _ in range(2)]
    done = [arranged(register, rows[0], person) for _ in range(2)]

    assert rows[0].id == rows[1].id
    assert done[0].assignment_id == done[1].assignment_id
    assert load_of(register, person) == 1


def test_notice_may_give_the_institution_more_time_but_none_that_is_over(register, firm):
    case, _ = register.a_case(), register.a_practitioner("a", firm)

    with pytest.raises(InvalidFieldError):
        entrusted(register, case, firm, arrange_by=NOW)
    given = entrusted(register, case, firm, arrange_by=datetime(2026, 3, 11, 10, tzinfo=UTC))

    assert given.due_at == datetime(2026, 3, 11, 10, tzinfo=UTC)
    assert lapsed(register, NOW + 24 * HOUR) == 0


def test_institution_that_arranges_nobody_in_time_loses_the_case_and_the_manager_is_called(register, firm):
    case, person = register.a_case(), register.a_practitioner("a", firm)
    given = entrusted(register, case, firm)

    assert [lapsed(register, given.due_at) for _ in range(2)] == [1, 0]

    assert state(register, case) is Status.PENDING
    assert register.get(ArrangementRow, given.id).state is ArrangementState.EXPIRED
    assert register.history(case) == ["entrust", "expire", ("escalate", "not_arranged")]
    assert clocks(register, case) == [("T5", "void")]
    with pytest.raises(NotEligibleError):
        make_offers(register.begin, register.clerk, given.due_at, case.id, [person.id])


def test_late_arrangement_is_refused_even_before_the_sweep(register, firm):
    case, person = register.a_case(), register.a_practitioner("a", firm)
    given = entrusted(register, case, firm)

    with pytest.raises(IllegalTransitionError):
        arranged(register, given, person, now=given.due_at)


def test_institution_that_gives_the_case_back_is_not_asked_again_and_the_chain_goes_on(register, firm):
    register.a_policy([("optimized", None)])
    case, person = register.a_case(), register.a_practitioner("a", firm)
    register.a_practitioner("c", register.an_institution("f2"))
    start_plan(register.begin, register.clerk, NOW, case.id)
    given = entrusted(register, case, firm)

    for _ in range(2):
        arrangements.decline(register.begin, register.secretary(firm), NOW, given.id, GivingBack.CONFLICT)

    assert state(register, case) is Status.PENDING
    assert register.history(case)[-2:] == ["plan", "step"]
    with pytest.raises(NotEligibleError):
        make_offers(register.begin, register.clerk, NOW, case.id, [person.id])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_case_given_back_is_lost_to_who_is_or_was_of_the_institution_not_to_who_had_left_before(register, firm):
    case, here = register.a_case(), register.a_practitioner("a", firm)
    unlisted, gone = register.a_practitioner("b", firm, listed=False), register.a_practitioner("c", firm)
    with register.begin() as tx:
        tx.session.get_one(PractitionerRow, gone.id).left_on = NOW.date() - timedelta(days=1)
    given = entrusted(register, case, firm)

    arrangements.decline(register.begin, register.secretary(firm), NOW, given.id, GivingBack.OTHER)

    assert {row.practitioner_id for row in register.all(PairRow)} == {here.id, unlisted.id}


def test_case_goes_only_to_an_institution_with_somebody_who_may_take_it(register, firm):
    case = register.a_case()
    register.a_practitioner("a", firm, capacity=0)

    with pytest.raises(NotEligibleError) as refusal:
        entrusted(register, case, firm)

    assert refusal.value.facts["rules"] == ["nobody_eligible"]
    assert state(register, case) is Status.PENDING


def test_institution_names_no_stranger_and_nobody_a_rule_excludes(register, firm):
    case, _ = register.a_case(), register.a_practitioner("a", firm)
    full = register.a_practitioner("b", firm, capacity=0)
    stranger = register.a_practitioner("c", register.an_institution("f2"))
    given = entrusted(register, case, firm)

    for person, rule in ((stranger, "not_of_institution"), (full, "under_cap")):
        with pytest.raises(NotEligibleError) as refusal:
            arranged(register, given, person, register.secretary(firm))
        assert refusal.value.facts["rules"] == [rule]

    assert state(register, case) is Status.ENTRUSTED


def test_offers_are_taken_back_when_the_case_goes_to_an_institution_and_a_designation_takes_it_from_there(
    register, firm
):
    case, person = register.a_case(grave=False), register.a_practitioner("a", firm)
    make_offers(register.begin, register.clerk, NOW, case.id, [person.id])

    given = entrusted(register, case, firm)
    assert [row.state for row in register.all(OfferRow)] == [OfferState.WITHDRAWN]
    designate(register.begin, register.clerk, NOW, case.id, person.id, "knows the family")

    assert register.get(ArrangementRow, given.id).state is ArrangementState.WITHDRAWN
    assert state(register, case) is Status.ASSIGNED


def test_second_seat_waits_after_the_first_was_arranged(register, firm):
    case = register.a_case(demand=2)
    lead, second = register.a_practitioner("a", firm), register.a_practitioner("b", firm)

    arranged(register, entrusted(register, case, firm), lead)
    assert state(register, case) is Status.PENDING
    arranged(register, entrusted(register, case, firm), second)

    assert state(register, case) is Status.ASSIGNED
    assert sorted(row.seat for row in register.all(AssignmentRow)) == [0, 1]


def test_case_that_is_terminated_is_not_arranged_any_more(register, firm):
    case, person = register.a_case(), register.a_practitioner("a", firm)
    given = entrusted(register, case, firm)

    ends.terminate(register.begin, register.seal, register.clerk, NOW, case.id, TerminationGround.CASE_OVER, "dropped")

    assert register.get(ArrangementRow, given.id).state is ArrangementState.WITHDRAWN
    with pytest.raises(IllegalTransitionError):
        arranged(register, given, person)


def test_only_the_institution_itself_and_officers_arrange(register, firm):
    case, person = register.a_case(), register.a_practitioner("a", firm)
    given = entrusted(register, case, firm)

    with pytest.raises(NotFoundError):
        arranged(register, given, person, register.secretary(register.an_institution("f2")))
    with pytest.raises(ForbiddenError):
        arranged(register, given, person, register.acting(person))
    with pytest.raises(ForbiddenError):
        entrusted(register, case, firm, register.secretary(firm))
    with pytest.raises(NotFoundError):
        arranged(register, given, person, register.a_stranger())
