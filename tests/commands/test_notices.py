"""A notice of a case organ is a case like any other, on the clock from its receipt, and the organ's to follow."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from dispatch.commands.cases import notices
from dispatch.commands.cases.drafts import NoticeDraft
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.life import corrections, ends
from dispatch.commands.offers.offers import answer, make_offers
from dispatch.domain.errors import (
    DispatchError,
    DuplicateNumberError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    UnknownReferenceError,
)
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import CaseSource, Matter, Service, Status
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AssignmentRow, CaseRow, OfferRow, PartyRow
from testbed.rows import PLAIN_FACTS
from tests.commands.life.acts import accepted, clocks
from tests.commands.life.test_races import raced
from tests.rows import NOW, a_draft

COURT = "某市某区人民法院"
PLAIN = {
    "number": "示刑援通〔2026〕12号", "cause": "theft", "stage": "first_instance", "area": "A",
    "recipient": {"name": "张三丰", "minor": False}, **PLAIN_FACTS,
}  # fmt: skip


@pytest.fixture
def court(register):
    return register.an_organ(COURT)


def sent(register, actor, now=NOW, **changes):
    draft = NoticeDraft.model_validate(PLAIN | changes)
    return notices.send_notice(register.begin, register.seal, actor, now, draft)


def taken_back(register, actor, case):
    return ends.rescind(register.begin, register.seal, actor, NOW, case.id, "已委托辩护人")


def test_notice_becomes_a_case_of_the_senders_organ_on_the_clock_from_its_receipt(register, court):
    case = sent(register, court).case

    kept = register.get(CaseRow, case.id)
    assert (kept.matter, kept.service, kept.source) == (Matter.CRIMINAL, Service.DEFENCE, CaseSource.NOTICE_MUST)
    assert (kept.organ, kept.received_at, kept.entitled_at, kept.status) == (COURT, NOW, NOW, Status.PENDING)
    assert register.centre.day_of(kept.due_at) == register.centre.day_of(NOW) + timedelta(days=3)
    assert {entry["article"] for entry in kept.due_source} >= {36}
    assert register.history(case) == ["receive", "notice"]
    assert clocks(register, case) == [("T2", None), ("T2b", None)]


def test_same_case_handed_in_by_a_clerk_is_the_same_row(register, court):
    case = sent(register, court).case
    draft = NoticeDraft.model_validate(PLAIN).to_case(COURT, NOW)

    again = submit_case(register.begin, register.seal, register.clerk, NOW, draft)

    assert again.id == case.id


def test_notice_sent_again_later_and_by_eight_at_once_is_one_case(register, court):
    first = sent(register, court).case
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda n: sent(register, court, NOW + timedelta(hours=n)).case, range(8)))

    assert {row.id for row in rows} == {first.id}
    assert len(register.all(CaseRow)) == len(register.all(PartyRow)) == 1


def test_other_notice_under_a_number_in_use_is_refused(register, court):
    sent(register, court)

    with pytest.raises(DuplicateNumberError):
        sent(register, court, cause="fraud")
    with pytest.raises(DuplicateNumberError):
        sent(register, register.an_organ("别的法院"))


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"cause": "witchcraft"}, UnknownReferenceError, "cause"),
        ({"area": "atlantis"}, UnknownReferenceError, "area"),
        ({"source": "notice_may", "recipient": {"name": "张三丰", "minor": True}}, InvalidFieldError, "source"),
    ],
)
def test_notice_is_refused_as_a_clerks_case_would_be(register, court, changes, error, field):
    with pytest.raises(error) as refused:
        sent(register, court, **changes)

    assert refused.value.facts["field"] == field
    assert register.all(CaseRow) == []


def test_sender_follows_the_notice_to_the_person_assigned_and_no_other_organ_does(register, court):
    case = sent(register, court).case
    person = register.a_practitioner("p1")
    before = notices.read_notice(register.read, court, case.id)
    accepted(register, case, person)

    after = notices.read_notice(register.read, court, case.id)

    assert (before.case.status, before.counsel) == (Status.PENDING, [])
    assert [each.practitioner.id for each in after.counsel] == [person.id]
    for actor in (court, register.an_organ("某市 某区人民法院")):
        rows, _ = notices.list_notices(register.read, actor, Slice(50, None))
        assert [row.case.id for row in rows] == [case.id]
        assert notices.read_notice(register.read, actor, case.id).case.id == case.id
    other = register.an_organ("别的法院")
    assert notices.list_notices(register.read, other, Slice(50, None))[0] == []
    with pytest.raises(NotFoundError):
        notices.read_notice(register.read, other, case.id)


def test_application_before_the_organ_is_no_notice_of_its(register, court):
    case = register.a_case(organ=COURT)

    with pytest.raises(NotFoundError):
        notices.read_notice(register.read, court, case.id)
    with pytest.raises(NotFoundError):
        taken_back(register, court, case)


def test_notice_is_taken_back_while_nobody_was_given_the_case_and_what_was_asked_comes_to_nothing(register, court):
    case = sent(register, court).case
    person = register.a_practitioner("p1")
    make_offers(register.begin, register.clerk, NOW, case.id, [person.id])

    with pytest.raises(NotFoundError):
        taken_back(register, register.an_organ("别的法院"), case)
    rows = [taken_back(register, court, case), taken_back(register, court, case)]

    assert [row.status for row in rows] == [Status.WITHDRAWN] * 2
    assert [offer.state for offer in register.all(OfferRow)] == [OfferState.WITHDRAWN]
    assert register.history(case)[-1] == "rescind"
    assert clocks(register, case) == [("T2", "void"), ("T2b", "void")]


def test_notice_of_a_case_somebody_has_stays_and_so_does_one_that_waits_for_its_second(register, court):
    given = sent(register, court).case
    half = register.a_case("half", organ=COURT, demand=2, source=CaseSource.NOTICE_MUST)
    register.an_assignment(half, register.a_practitioner("p1"))
    register.an_assignment(given, register.a_practitioner("p2"))

    for case in (given, half):
        with pytest.raises(IllegalTransitionError):
            taken_back(register, court, case)


def test_notice_is_either_taken_back_or_taken_by_who_accepts_at_the_same_moment(register, court):
    case = sent(register, court).case
    people = [register.a_practitioner(code) for code in "ab"]
    offers = make_offers(register.begin, register.clerk, NOW, case.id, [person.id for person in people])
    accepting = [partial(answer, register.begin, register.clerk, NOW, offer.id, True) for offer in offers]

    outcomes = raced(partial(taken_back, register, court, case), *accepting, partial(taken_back, register, court, case))

    gone = register.get(CaseRow, case.id).status is Status.WITHDRAWN
    held = register.all(AssignmentRow, AssignmentRow.case_id == case.id)
    assert len(held) == (0 if gone else 1)
    refused = [isinstance(outcome, DispatchError) for outcome in outcomes]
    assert (refused[0], refused[-1]) == ((False, False) if gone else (True, True))


def test_officer_takes_a_notice_back_as_the_organ_said_its_recipient_does_not_and_a_manager_corrects_it(
    register, court
):
    case = sent(register, court).case

    with pytest.raises(IllegalTransitionError):
        ends.withdraw(register.begin, register.seal, register.recipient(case), NOW, case.id, None)
    ends.withdraw(register.begin, register.seal, register.clerk, NOW, case.id, "法院来函")
    gone = register.get(CaseRow, case.id).status
    corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "来函系他案")

    assert gone is Status.WITHDRAWN
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert clocks(register, case) == [("T2", None), ("T2b", None)]


def test_only_case_organs_send_notices(register, court):
    for actor in (register.clerk, register.manager):
        with pytest.raises(ForbiddenError):
            sent(register, actor)
    with pytest.raises(ForbiddenError):
        submit_case(register.begin, register.seal, court, NOW, a_draft())
