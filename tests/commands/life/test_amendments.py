"""Facts that turn out otherwise are changed by an officer while the case is open, and what hangs on them follows."""

from datetime import UTC, date, datetime

import pytest

from dispatch.commands.board import post_case
from dispatch.commands.cases.changes import change_case, review_change
from dispatch.commands.offers.offers import make_offers
from dispatch.commands.offers.undertaking import abandon
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    SeatTakenError,
    StaleError,
    UnknownReferenceError,
)
from dispatch.domain.findings import FindingKind
from dispatch.domain.states import AmendmentState, GivingBack, OfferState
from dispatch.domain.vocabulary import Matter, ReviewCourt, Service, Stage, Status
from dispatch.registry.tables import AmendmentRow, AssignmentRow, CaseEventRow, CaseRow, FindingRow, OfferRow, PartyRow
from tests.commands.life.acts import accepted, at_work
from tests.rows import NOW

DEFENCE = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE}


def amended(register, case, actor=None, revision=None, **changes):
    now = register.get(CaseRow, case.id)
    given = now.revision if revision is None else revision
    if not register.all(PartyRow, PartyRow.case_id == case.id):
        register.a_person(case)
    return change_case(register.begin, register.seal, actor or register.clerk, NOW, case.id, changes, given).case


def confirmed(register, actor=None):
    """Whatever waits is confirmed."""
    for row in register.all(AmendmentRow, AmendmentRow.state == AmendmentState.WAITING):
        review_change(register.begin, register.seal, actor or register.manager, NOW, row.id, True, "the papers say so")


def test_facts_are_changed_while_somebody_works_on_the_case_and_the_history_names_the_fields(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)

    changed = amended(register, case, grave=True, detained=True)

    assert (changed.grave, changed.detained, changed.status) == (True, True, Status.UNDERTAKEN)
    entry = register.all(CaseEventRow, CaseEventRow.event == "amend")[0]
    [made] = register.all(AmendmentRow)
    assert entry.facts == {"fields": ["detained", "grave"], "amendment_id": made.id}
    assert made.changes == {"detained": [False, True], "grave": [False, True]}


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


def barred(register):
    """The open findings about who has a case: whom, and the rules."""
    open_ = (FindingRow.kind == FindingKind.HOLDER_BARRED, FindingRow.closed_at.is_(None))
    return [(row.facts["practitioner_id"], row.facts["rules"]) for row in register.all(FindingRow, *open_)]


def test_languages_are_changed_by_code_or_name_and_one_that_is_unknown_is_refused(register):
    case = register.a_case()

    assert amended(register, case, languages=["手语", "ug"]).languages == ["sign", "ug"]
    with pytest.raises(UnknownReferenceError) as refusal:
        amended(register, case, languages=["Klingon"])
    assert refusal.value.facts["field"] == "languages"


def test_holder_whom_a_rule_excludes_now_is_reported_with_the_rule_and_keeps_the_case(register):
    case, young = register.a_case(**DEFENCE), register.a_practitioner(criminal_defence_since=date(2025, 1, 1))
    at_work(register, case, young)

    amended(register, case, grave=True)

    assert barred(register) == [(young.id, ["grave_years"])]
    assert register.get(CaseRow, case.id).status is Status.UNDERTAKEN
    entry = register.all(CaseEventRow, CaseEventRow.event == "doubt")[0]
    assert entry.facts["rules"] == ["grave_years"]


def test_report_is_closed_when_the_fact_was_an_error_or_the_holder_is_replaced(register):
    case, other = register.a_case("1", **DEFENCE), register.a_case("2", **DEFENCE)
    young = register.a_practitioner(criminal_defence_since=date(2025, 1, 1))
    seats = [at_work(register, each, young) for each in (case, other)]
    for each in (case, other):
        amended(register, each, grave=True)

    amended(register, case, organ="court of appeal")
    assert len(barred(register)) == 2
    amended(register, case, grave=False)
    assert len(barred(register)) == 2
    confirmed(register)
    abandon(register.begin, register.clerk, NOW, seats[1].id, GivingBack.HEALTH)

    assert barred(register) == []


def test_holder_is_not_reported_for_what_the_change_did_not_touch(register):
    case, person = register.a_case(), register.a_practitioner(capacity=1, languages=())
    at_work(register, case, person)

    amended(register, case, organ="court of appeal")
    assert barred(register) == []
    amended(register, case, languages=["ug"])

    assert barred(register) == [(person.id, ["speaks_language"])]


def test_case_that_needs_a_second_practitioner_waits_for_one_while_the_first_works_on(register):
    case, lead, second = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    seat = at_work(register, case, lead)

    assert amended(register, case, demand=2).status is Status.PENDING
    assert register.get(AssignmentRow, seat.id).ended_at is None
    at_work(register, case, second)

    assert register.get(CaseRow, case.id).status is Status.UNDERTAKEN
    live = register.all(AssignmentRow, AssignmentRow.ended_at.is_(None))
    assert {row.practitioner_id: row.seat for row in live} == {lead.id: 0, second.id: 1}


@pytest.mark.parametrize(
    ("reached", "status"),
    [(accepted, Status.ACCEPTED), (at_work, Status.UNDERTAKEN)],
)
def test_second_seat_nobody_took_is_given_up_and_the_case_is_where_the_first_is(register, reached, status):
    case, lead, asked = register.a_case(demand=2), register.a_practitioner("a"), register.a_practitioner("b")
    reached(register, case, lead)
    make_offers(register.begin, register.clerk, NOW, case.id, [asked.id])

    assert amended(register, case, demand=1).status is status

    assert [row.state for row in register.all(OfferRow, OfferRow.practitioner_id == asked.id)] == [OfferState.WITHDRAWN]


def test_seat_that_somebody_has_is_not_given_up(register):
    case = register.a_case(demand=2)
    for code in "ab":
        at_work(register, case, register.a_practitioner(code))

    with pytest.raises(SeatTakenError):
        amended(register, case, demand=1)

    assert register.get(CaseRow, case.id).demand == 2


def test_number_of_practitioners_of_a_case_that_waits_is_changed_alone(register):
    case = register.a_case()

    assert amended(register, case, demand=2).status is Status.PENDING
    assert amended(register, case, demand=1).status is Status.PENDING
    assert register.history(case) == ["amend", "amend"]
