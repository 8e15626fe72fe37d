"""Aid is refused on a ground, contested, and the bureau's decision lets the case begin, go on, or stay ended."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatch.commands.cases.intake import grant_case
from dispatch.commands.life import corrections, decisions, ends
from dispatch.domain.errors import ForbiddenError, IllegalTransitionError, NotFoundError
from dispatch.domain.states import RefusalGround, TerminationGround
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import CaseRow, ClockRow, PaperRow
from tests.commands.life.acts import at_work, clocks, load_of
from tests.rows import NOW

DAY = timedelta(days=1)


def refused(register, case, actor=None):
    who = actor or register.clerk
    return decisions.refuse_aid(register.begin, register.seal, who, NOW, case.id, RefusalGround.MEANS, "above the line")


def contested(register, case, actor=None, now=NOW):
    return decisions.contest(register.begin, register.seal, actor or register.clerk, now, case.id, "reckoned wrongly")


def ruled(register, case, uphold, actor=None, now=NOW):
    who = actor or register.manager
    return decisions.decide_objection(register.begin, register.seal, who, now, case.id, uphold, "correct it")


def received(register, number="1"):
    return register.a_case(number, status=Status.RECEIVED, granted_at=None)


def state(register, case):
    return register.get(CaseRow, case.id).status


def test_refusal_keeps_its_ground_and_seals_its_words(register):
    case = received(register)

    for _ in range(2):
        refused(register, case)

    assert (state(register, case), register.history(case)) == (Status.REFUSED, ["refuse"])
    [paper] = register.all(PaperRow)
    assert (paper.facts, register.seal.open(paper.sealed)) == ({"ground": "means"}, {"text": "above the line"})
    with pytest.raises(IllegalTransitionError):
        grant_case(register.begin, register.clerk, NOW, case.id)


def test_aid_that_was_granted_is_not_refused_any_more(register):
    case = register.a_case()

    with pytest.raises(IllegalTransitionError):
        refused(register, case)


def test_objection_is_due_in_five_days_and_the_same_one_while_it_waits(register):
    case = received(register)
    refused(register, case)

    first, again = (contested(register, case, now=NOW + hours * DAY / 24) for hours in (0, 5))

    assert first.id == again.id
    [clock] = register.all(ClockRow)
    # Five days from Monday end on Saturday, which rolls to Monday the 16th.
    assert (clock.code, clock.due_at) == ("T10", datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC))


def test_refusal_that_is_overturned_grants_aid_and_starts_the_clock_of_the_assignment(register):
    case = received(register)
    refused(register, case)
    contested(register, case)

    granted = ruled(register, case, True, now=NOW + DAY)

    assert (granted.status, granted.granted_at) == (Status.PENDING, NOW + DAY)
    # Three days from Tuesday the 10th.
    assert granted.due_at == datetime(2026, 3, 13, 15, 59, 59, tzinfo=UTC)
    assert clocks(register, case) == [("T10", "met"), ("T4", None)]
    assert register.history(case) == ["refuse", "contest", "overturn"]


def test_refusal_that_stands_is_contested_once_more_only_by_a_new_objection(register):
    case = received(register)
    refused(register, case)
    contested(register, case)

    ruled(register, case, False)

    assert (state(register, case), register.history(case)[-1]) == (Status.REFUSED, "dismiss")
    with pytest.raises(NotFoundError):
        ruled(register, case, True)


def test_termination_that_is_overturned_gives_the_case_back_to_who_had_it(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)
    ground = TerminationGround.MEANS
    ends.terminate(register.begin, register.seal, register.clerk, NOW, case.id, ground, "income rose")
    contested(register, case)
    assert load_of(register, person) == 0

    ruled(register, case, True)

    assert state(register, case) is Status.UNDERTAKEN
    assert load_of(register, person) == 1
    assert register.history(case)[-3:] == ["terminate", "contest", "overturn"]


def test_ruling_of_the_bureau_is_not_corrected_by_the_centre(register):
    case = received(register)
    refused(register, case)
    contested(register, case)
    ruled(register, case, True)

    with pytest.raises(IllegalTransitionError):
        corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "no")


def test_refusal_that_is_corrected_waits_for_its_decision_again_and_ends_the_objection(register):
    case = received(register)
    refused(register, case)
    contested(register, case)

    corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "another person was meant")

    assert (state(register, case), clocks(register, case)) == (Status.RECEIVED, [("T10", "void")])
    grant_case(register.begin, register.clerk, NOW, case.id)
    assert state(register, case) is Status.PENDING


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.PENDING, Status.CLOSED])
def test_what_was_neither_refused_nor_terminated_is_not_contested(register, status):
    case = register.a_case(status=status)

    with pytest.raises(IllegalTransitionError):
        contested(register, case)


def test_applicant_contests_their_own_refusal_and_decides_nothing(register):
    case, other = received(register), received(register, "2")
    for each in (case, other):
        refused(register, each)
    recipient = register.recipient(case)

    contested(register, case, recipient)
    with pytest.raises(NotFoundError):
        contested(register, other, recipient)
    for who in (recipient, register.clerk):
        with pytest.raises(ForbiddenError):
            ruled(register, case, True, who)
    with pytest.raises(ForbiddenError):
        refused(register, case, recipient)
