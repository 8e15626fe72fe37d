"""Supervision: what was heard, asked and said of the work is recorded, read by staff, struck out by a manager."""

from datetime import timedelta

import pytest

from dispatch.commands.life import supervision
from dispatch.commands.life.papers import list_papers
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    StepOutOfOrderError,
)
from dispatch.domain.states import CallBackManner, PaperKind, Satisfaction
from dispatch.registry.tables import CaseEventRow, PaperRow
from tests.commands.life.acts import accepted, at_work, closed
from tests.rows import NOW

LATER = NOW + timedelta(days=5)
DAY = (NOW + timedelta(days=2)).date()
PHONE = CallBackManner.TELEPHONE


@pytest.fixture
def worked(register):
    """A register with an assignment on which somebody works."""
    assignment = at_work(register, register.a_case(), register.a_practitioner("p1"))
    return register, assignment


def heard(register, assignment, actor=None, now=LATER, **more):
    return supervision.attend_hearing(
        register.begin, register.seal, actor or register.clerk, now, assignment.id, "李某", "well prepared", **more
    )


def asked(register, assignment):
    return supervision.inquire(register.begin, register.seal, register.clerk, NOW, assignment.id, "did she come?")


def answered(register, inquiry, satisfaction=Satisfaction.SATISFIED, now=LATER, **more):
    return supervision.record_answer(
        register.begin, register.seal, register.clerk, now, inquiry.id, satisfaction, "钱法官", "she did", **more
    )


def called(register, assignment, satisfaction=Satisfaction.FAIRLY, **more):
    return supervision.call_back(
        register.begin, register.seal, register.clerk, LATER, assignment.id, PHONE, satisfaction, "李某", "came twice",
        **more,
    )  # fmt: skip


def struck(register, paper, actor=None):
    return supervision.strike_out(register.begin, register.seal, actor or register.manager, LATER, paper.id, "mistaken")


def words_of(register, paper):
    return register.seal.open(register.get(PaperRow, paper.id).sealed)


def test_each_record_keeps_days_and_codes_open_and_words_sealed(worked):
    register, assignment = worked
    hearing, inquiry = heard(register, assignment, held_on=DAY), asked(register, assignment)
    answer, call = answered(register, inquiry), called(register, assignment, suggestion="more contact", called_on=DAY)

    assert [paper.facts for paper in (hearing, inquiry, answer, call)] == [
        {"held_on": DAY.isoformat()},
        {},
        {"answers": inquiry.id, "satisfaction": "satisfied", "answered_on": LATER.date().isoformat()},
        {"called_on": DAY.isoformat(), "manner": "telephone", "satisfaction": "fairly"},
    ]
    assert words_of(register, hearing) == {"text": "well prepared", "observer": "李某"}
    assert words_of(register, call) == {"text": "came twice", "caller": "李某", "suggestion": "more contact"}
    said = str([row.facts for row in register.all(CaseEventRow)])
    assert not any(word in said for word in ("李某", "钱法官", "twice"))
    assert {row.assignment_id for row in (hearing, inquiry, answer, call)} == {assignment.id}


def test_work_is_supervised_after_it_ended_too_but_not_before_it_was_accepted(worked):
    register, assignment = worked
    closed(register, assignment)
    named = register.an_assignment(register.a_case("2"), register.a_practitioner("p2"))

    assert called(register, assignment).kind is PaperKind.CALL_BACK
    with pytest.raises(IllegalTransitionError):
        heard(register, named)
    with pytest.raises(NotFoundError):
        supervision.inquire(register.begin, register.seal, register.clerk, NOW, "none", "did she come?")


@pytest.mark.parametrize("days", [-1, 6])
def test_day_before_the_acceptance_or_to_come_is_refused_with_the_days_there_are(worked, days):
    register, assignment = worked
    day, inquiry = (NOW + timedelta(days=days)).date(), asked(register, assignment)
    acts = {
        "held_on": lambda: heard(register, assignment, held_on=day),
        "called_on": lambda: called(register, assignment, called_on=day),
        "answered_on": lambda: answered(register, inquiry, answered_on=day),
    }

    for field, act in acts.items():
        with pytest.raises(InvalidFieldError) as refused:
            act()
        assert refused.value.facts["field"] == field


def test_answer_is_recorded_once_and_another_needs_the_first_struck_out(worked):
    register, assignment = worked
    inquiry = asked(register, assignment)
    first, again = answered(register, inquiry), answered(register, inquiry)

    with pytest.raises(StepOutOfOrderError):
        answered(register, inquiry, Satisfaction.NOT)
    struck(register, first)
    other = answered(register, inquiry, Satisfaction.NOT)

    assert first.id == again.id != other.id


def test_inquiry_is_struck_out_after_its_answer_and_takes_none_any_more(worked):
    register, assignment = worked
    inquiry = asked(register, assignment)
    answer = answered(register, inquiry)

    with pytest.raises(StepOutOfOrderError):
        struck(register, inquiry)
    notes = [struck(register, paper) for paper in (answer, inquiry, inquiry)]
    with pytest.raises(NotFoundError):
        answered(register, inquiry)

    assert notes[1].id == notes[2].id
    assert [note.facts["corrects"] for note in notes[:2]] == ["inquiry_answer", "inquiry"]


def test_nothing_but_a_record_of_supervision_is_struck_out_and_a_manager_alone_does_it(worked):
    register, assignment = worked
    closed(register, assignment)
    [closing] = register.all(PaperRow, PaperRow.kind == PaperKind.CLOSING)

    with pytest.raises(NotFoundError):
        struck(register, closing)
    with pytest.raises(ForbiddenError):
        struck(register, called(register, assignment), register.clerk)


def test_what_was_found_is_read_by_staff_and_not_by_whom_it_is_about(register):
    case, person = register.a_case(), register.a_practitioner("p1")
    hers = register.acting(person)
    assignment = accepted(register, case, person)
    heard(register, assignment)
    called(register, assignment)

    def kinds(actor):
        return {paper.row.kind for paper in list_papers(register.begin, register.seal, actor, NOW, case.id)}

    assert kinds(register.clerk) == {PaperKind.HEARING, PaperKind.CALL_BACK}
    assert kinds(hers) == set()
    with pytest.raises(ForbiddenError):
        heard(register, assignment, actor=hers)
