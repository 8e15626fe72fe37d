"""The centre grades the work, the recipient rates it; a grade stays until it is corrected."""

import pytest

from dispatch.commands.life import corrections, evaluations
from dispatch.domain.errors import ForbiddenError, IllegalTransitionError, NotFoundError
from dispatch.domain.states import PaperKind, QualityGrade
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import AssignmentRow, CaseRow, PaperRow
from tests.commands.life.acts import at_work, closed
from tests.rows import NOW


def graded(register, assignment, given=QualityGrade.GOOD, actor=None):
    who = actor or register.clerk
    return evaluations.grade(register.begin, register.seal, who, NOW, assignment.id, given, "a complete file")


def rated(register, case, stars, actor=None):
    return evaluations.rate(register.begin, register.seal, actor or register.clerk, NOW, case.id, stars, "kind")


def a_closed_case(register, number="1"):
    case = register.a_case(number)
    assignment = at_work(register, case, register.a_practitioner(f"p{number}"))
    return case, closed(register, assignment)


def state(register, case):
    return register.get(CaseRow, case.id).status


def test_grade_is_kept_with_its_moment_and_evaluates_the_case(register):
    case, assignment = a_closed_case(register)

    for _ in range(2):
        graded(register, assignment, QualityGrade.EXCELLENT)

    row = register.get(AssignmentRow, assignment.id)
    assert (row.grade, row.graded_at, state(register, case)) == (QualityGrade.EXCELLENT, NOW, Status.EVALUATED)
    assert register.history(case)[-2:] == ["close", "evaluate"]
    with pytest.raises(IllegalTransitionError):
        graded(register, assignment, QualityGrade.FAIL)


def test_case_of_two_is_evaluated_once_both_are_graded(register):
    case = register.a_case(demand=2)
    seats = [at_work(register, case, register.a_practitioner(code)) for code in "ab"]
    for seat in seats:
        closed(register, seat)

    states = []
    for seat in seats:
        graded(register, seat)
        states.append(state(register, case))

    assert states == [Status.CLOSED, Status.EVALUATED]


def test_grade_that_was_wrong_is_corrected_and_given_anew(register):
    case, assignment = a_closed_case(register)
    graded(register, assignment, QualityGrade.FAIL)

    corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "another file was meant")

    assert (register.get(AssignmentRow, assignment.id).grade, state(register, case)) == (None, Status.CLOSED)
    assert graded(register, assignment, QualityGrade.PASS).grade is QualityGrade.PASS


def test_work_that_goes_on_is_neither_graded_nor_rated(register):
    case = register.a_case()
    assignment = at_work(register, case, register.a_practitioner())

    with pytest.raises(IllegalTransitionError):
        graded(register, assignment)
    with pytest.raises(IllegalTransitionError):
        rated(register, case, 5)


def test_recipient_rates_their_own_closed_case_before_or_after_the_grade_and_may_think_again(register):
    case, assignment = a_closed_case(register)
    recipient = register.recipient(case)

    rated(register, case, 2, recipient)
    graded(register, assignment)
    rated(register, case, 4, recipient)

    assert register.get(AssignmentRow, assignment.id).stars == 4
    papers = register.all(PaperRow, PaperRow.kind == PaperKind.RATING)
    assert sorted(paper.facts["stars"] for paper in papers) == [2, 4]
    assert register.history(case)[-3:] == ["rate", "evaluate", "rate"]


def test_nobody_grades_or_rates_what_is_not_theirs(register):
    case, assignment = a_closed_case(register)
    other, _ = a_closed_case(register, "2")
    recipient, person = register.recipient(case), register.a_practitioner("p9")

    with pytest.raises(ForbiddenError):
        graded(register, assignment, actor=recipient)
    with pytest.raises(NotFoundError):
        rated(register, other, 5, recipient)
    with pytest.raises(ForbiddenError):
        rated(register, case, 5, register.acting(person))
    with pytest.raises(NotFoundError):
        graded(register, assignment, actor=register.a_stranger())
