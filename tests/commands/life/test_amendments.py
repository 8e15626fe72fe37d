"""Facts that turn out otherwise are changed by an officer while the case is open, and what hangs on them follows."""

from datetime import UTC, datetime

import pytest

from dispatch.commands.board import post_case
from dispatch.commands.cases.amendments import amend
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.vocabulary import ReviewCourt, Stage, Status
from dispatch.registry.tables import CaseEventRow, CaseRow
from tests.commands.life.acts import at_work
from tests.rows import NOW


def amended(register, case, actor=None, revision=None, **changes):
    now = register.get(CaseRow, case.id)
    given = now.revision if revision is None else revision
    return amend(register.begin, actor or register.clerk, NOW, case.id, changes, given)


def test_facts_are_changed_while_somebody_works_on_the_case_and_the_history_names_the_fields(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)

    changed = amended(register, case, grave=True, detained=True)

    assert (changed.grave, changed.detained, changed.status) == (True, True, Status.UNDERTAKEN)
    entry = register.all(CaseEventRow, CaseEventRow.event == "amend")[0]
    assert entry.facts == {"fields": ["detained", "grave"]}


def test_same_facts_again_change_nothing(register):
    case = register.a_case()

    assert amended(register, case, detained=False).revision == case.revision
    assert register.history(case) == []


def test_deadline_of_a_detained_recipient_does_not_roll_over_a_weekend(register):
    # Three days from Wednesday the 4th end on Saturday the 7th; for anyone else on Monday the 9th.
    granted = datetime(2026, 3, 4, 1, tzinfo=UTC)
    case = register.a_case(granted_at=granted, received_at=granted, due_at=datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC))

    assert amended(register, case, detained=True).due_at == datetime(2026, 3, 7, 15, 59, 59, tzinfo=UTC)


def test_case_that_turns_out_secret_leaves_the_board(register):
    case = register.a_case()
    post_case(register.begin, register.clerk, NOW, case.id)

    assert amended(register, case, secret=True).status is Status.PENDING

    assert register.history(case) == ["post", "amend", "unpost"]


def test_reviewing_court_is_stated_of_a_review_and_of_no_other_case(register):
    review, other = register.a_case("1", stage=Stage.DEATH_REVIEW), register.a_case("2")

    assert amended(register, review, review_court=ReviewCourt.HIGH).review_court is ReviewCourt.HIGH
    with pytest.raises(InvalidFieldError) as refusal:
        amended(register, other, review_court=ReviewCourt.HIGH)
    assert refusal.value.facts["field"] == "review_court"


def test_what_was_read_too_early_is_refused_and_so_is_a_case_that_is_over(register):
    case, done = register.a_case("1"), register.a_case("2", status=Status.CLOSED)

    with pytest.raises(StaleError):
        amended(register, case, revision=7, grave=True)
    with pytest.raises(IllegalTransitionError):
        amended(register, done, grave=True)
    with pytest.raises(UnknownReferenceError) as refusal:
        amended(register, case, court_area="nowhere")
    assert refusal.value.facts["known"] == ["A", "B"]
    with pytest.raises(ForbiddenError):
        amended(register, case, register.acting(register.a_practitioner()), grave=True)
