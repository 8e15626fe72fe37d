"""Replacements: asked for by whom it concerns, decided by a second person, and a sick lawyer's cases in one act."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from dispatch.commands.life import corrections, ends, replacements
from dispatch.commands.offers.acceptance import acceptances
from dispatch.commands.offers.offers import make_offers
from dispatch.commands.offers.undertaking import abandon, answer_assignment
from dispatch.domain.errors import (
    ForbiddenError,
    IllegalTransitionError,
    NotEligibleError,
    NotFoundError,
    SecondPersonError,
    TooManyChangesError,
)
from dispatch.domain.states import (
    UNABLE,
    Asker,
    ClaimState,
    EndReason,
    GivingBack,
    PaperKind,
    PostingState,
    ReplacementGround,
    Review,
)
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.board import count_claims
from dispatch.registry.policies import read_policy
from dispatch.registry.reads import Slice
from dispatch.registry.reads import replacements as replacement_rows
from dispatch.registry.tables import (
    AbandonmentRow,
    ArrangementRow,
    AssignmentRow,
    AttributesRow,
    CaseRow,
    ClaimRow,
    LedgerRow,
    PairRow,
    PaperRow,
    PolicyRow,
    PostingRow,
    ReplacementRow,
)
from tests.commands.life.acts import accepted, at_work, clocks, closed, load_of
from tests.rows import NOW

DAY = timedelta(days=1)
SICK = ReplacementGround.HEALTH
LAZY = ReplacementGround.NEGLECT


def asked(register, case, actor=None, ground=LAZY, evidence=("log",), assignment=None):
    return replacements.ask(
        register.begin, register.seal, actor or register.clerk, NOW, case.id, ground, "never came", evidence,
        assignment and assignment.id,
    )  # fmt: skip


def decided(register, request, approve=True, actor=None, **more):
    who = actor or register.manager
    return replacements.decide(register.begin, register.seal, who, NOW + DAY, request.id, approve, "verified", **more)


def handed_over(register, person, actor=None, ground=SICK):
    who = actor or register.manager
    return replacements.hand_over(register.begin, register.seal, who, NOW, person.id, ground, "in hospital")


def turns_of(register, person):
    return sum(row.turns for row in register.all(LedgerRow, LedgerRow.practitioner_id == person.id))


def holder(register, case):
    rows = register.all(AssignmentRow, AssignmentRow.case_id == case.id, AssignmentRow.ended_at.is_(None))
    return [row.practitioner_id for row in rows]


@pytest.mark.parametrize("asker", Asker)
def test_each_who_is_concerned_may_ask_with_ground_and_evidence(register, asker):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)
    actors = {
        Asker.RECIPIENT: register.recipient(case),
        Asker.PRACTITIONER: register.acting(person),
        Asker.INSTITUTION: register.secretary(register.the_institution()),
        Asker.CENTRE: register.clerk,
    }

    requests = [asked(register, case, actors[asker]) for _ in range(2)]

    assert requests[0].id == requests[1].id
    assert (requests[0].asker, requests[0].state) == (asker, Review.WAITING)
    # Five working days from Monday the 9th: Monday the 16th.
    assert requests[0].due_at == datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)
    [paper] = register.all(PaperRow, PaperRow.kind == PaperKind.REPLACEMENT_REQUEST)
    assert register.seal.open(paper.sealed) == {"text": "never came", "evidence": ["log"]}
    assert register.history(case)[-1] == "ask_replacement"


def test_nobody_asks_for_a_case_that_is_not_theirs(register):
    case, other = register.a_case("1"), register.a_case("2")
    person, stranger = register.a_practitioner("a"), register.a_practitioner("b")
    at_work(register, case, person)

    for actor in (
        register.recipient(other), register.acting(stranger), register.secretary(register.an_institution("f2")),
        register.a_stranger(),
    ):  # fmt: skip
        with pytest.raises(NotFoundError):
            asked(register, case, actor)


def test_only_a_second_person_decides_and_a_manager(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)
    request = asked(register, case, register.manager)

    with pytest.raises(SecondPersonError):
        decided(register, request)
    with pytest.raises(ForbiddenError):
        decided(register, request, actor=register.clerk)

    assert load_of(register, person) == 1


def test_request_that_is_turned_down_leaves_the_practitioner_and_meets_the_limit(register):
    case, person = register.a_case(), register.a_practitioner()
    at_work(register, case, person)
    request = asked(register, case)

    for _ in range(2):
        assert decided(register, request, approve=False).state is Review.REJECTED

    assert register.get(CaseRow, case.id).status is Status.UNDERTAKEN
    assert clocks(register, case) == [("T11", "met"), ("T21", None), ("T6", "met")]
    assert register.history(case)[-1] == "keep"
    with pytest.raises(IllegalTransitionError):
        decided(register, request)


def test_successor_of_the_same_institution_follows_at_once(register):
    case, person, colleague = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    old = at_work(register, case, person)

    row = decided(register, asked(register, case), successor_id=colleague.id)

    assert holder(register, case) == [colleague.id]
    assert register.get(AssignmentRow, row.successor_id).practitioner_id == colleague.id
    assert register.get(AssignmentRow, old.id).end_reason is EndReason.REPLACED
    assert (turns_of(register, person), turns_of(register, colleague)) == (0, 1)
    assert (load_of(register, person), load_of(register, colleague)) == (0, 1)
    assert register.get(CaseRow, case.id).status is Status.ASSIGNED
    assert clocks(register, case)[-1] == ("T6", None)


def test_institution_without_a_successor_named_arranges_one_in_its_time(register):
    case, person, colleague = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    at_work(register, case, person)

    decided(register, asked(register, case))

    [given] = register.all(ArrangementRow)
    assert given.institution_id == register.the_institution().id
    assert register.get(CaseRow, case.id).status is Status.ENTRUSTED
    assert colleague.id not in holder(register, case)


def test_institution_that_loses_the_case_is_not_asked_again(register):
    case = register.a_case()
    person, colleague = register.a_practitioner("a"), register.a_practitioner("b")
    other = register.a_practitioner("c", register.an_institution("f2"))
    at_work(register, case, person)

    decided(register, asked(register, case), same_institution=False)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    for barred in (person, colleague):
        with pytest.raises(NotEligibleError) as refusal:
            make_offers(register.begin, register.clerk, NOW + DAY, case.id, [barred.id])
        assert refusal.value.facts["rules"] == ["not_refused_before"]
    assert accepted(register, case, other, NOW + DAY).practitioner_id == other.id


def test_whoever_was_of_the_institution_since_it_had_the_case_is_barred_and_nobody_of_before_or_later(register):
    home, other = register.the_institution(), register.an_institution("f2")
    person, leaver, left = (register.a_practitioner(code, home) for code in ("a", "leaver", "left"))
    newcomer = register.a_practitioner("newcomer", other)
    case, today = register.a_case(), NOW.date()
    moved = {left.id: (today, other), leaver.id: (today + 2 * DAY, other), newcomer.id: (today + 30 * DAY, home)}
    with register.begin() as tx:
        for row in tx.session.exec(select(AttributesRow).where(AttributesRow.practitioner_id.in_(moved))):
            day, to = moved[row.practitioner_id]
            fresh = row.model_dump(exclude={"id"}) | {"institution_id": to.id, "from_on": day, "until_on": None}
            row.until_on = day
            tx.session.flush()
            tx.add(AttributesRow(**fresh))
    at_work(register, case, person)
    request = asked(register, case)

    replacements.decide(
        register.begin, register.seal, register.manager, NOW + 3 * DAY, request.id, True, "x", same_institution=False
    )

    assert {row.practitioner_id for row in register.all(PairRow)} == {person.id, leaver.id}
    assert accepted(register, case, left, NOW + 3 * DAY).practitioner_id == left.id


def test_institution_that_has_nobody_else_for_the_case_loses_it(register):
    case, person = register.a_case(), register.a_practitioner("a")
    other = register.a_practitioner("c", register.an_institution("f2"))
    at_work(register, case, person)

    decision = decided(register, asked(register, case))

    assert (decision.state, decision.same_institution) == (Review.APPROVED, False)
    assert register.all(ArrangementRow) == []
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert accepted(register, case, other, NOW + DAY).practitioner_id == other.id


def test_successor_of_another_institution_is_refused_and_nothing_changes(register):
    case, person = register.a_case(), register.a_practitioner("a")
    other = register.a_practitioner("c", register.an_institution("f2"))
    at_work(register, case, person)
    request = asked(register, case)

    with pytest.raises(NotEligibleError) as refusal:
        decided(register, request, successor_id=other.id)

    assert refusal.value.facts["rules"] == ["not_of_institution"]
    assert holder(register, case) == [person.id]


def test_third_change_in_one_procedure_is_refused_unless_nobody_could_go_on(register):
    case = register.a_case()
    people = [register.a_practitioner(code) for code in "abcde"]
    at_work(register, case, people[0])
    for follower in people[1:3]:
        row = decided(register, asked(register, case), successor_id=follower.id)
        answer_assignment(register.begin, register.clerk, NOW + DAY, row.successor_id, True)

    with pytest.raises(TooManyChangesError) as refusal:
        asked(register, case)
    assert refusal.value.facts["changes"] == 2

    decided(register, asked(register, case, ground=SICK), successor_id=people[3].id)
    assert holder(register, case) == [people[3].id]


def test_sick_lawyers_five_cases_are_handed_over_in_one_act(register):
    sick = register.a_practitioner("sick")
    cases = [register.a_case(str(n)) for n in range(5)]
    for case in cases:
        at_work(register, case, sick)
    colleague = register.a_practitioner("colleague", capacity=3)
    far = register.a_practitioner("far", register.an_institution("f2"), capacity=9)
    busy = register.a_case("busy")
    kept = accepted(register, busy, far)

    handed = handed_over(register, sick)

    assert sorted(each.case_id for each in handed) == sorted(case.id for case in cases)
    # Colleagues first, as far as their room goes; the rest to anyone. Nobody else's case is moved.
    assert (load_of(register, sick), load_of(register, colleague), load_of(register, far)) == (0, 3, 3)
    assert register.get(AssignmentRow, kept.id).ended_at is None
    assert (turns_of(register, sick), turns_of(register, colleague), turns_of(register, far)) == (0, 3, 3)
    assert {register.get(CaseRow, case.id).status for case in cases} == {Status.ASSIGNED}
    rows = register.all(AssignmentRow, AssignmentRow.practitioner_id == colleague.id)
    assert {(row.mode, row.reason) for row in rows} == {(ModeName.OPTIMIZED, "handed_over")}


def test_case_nobody_can_take_over_waits_with_the_manager_called(register):
    sick, case = register.a_practitioner("sick"), register.a_case()
    at_work(register, case, sick)

    [handed] = handed_over(register, sick)

    assert handed.successor is None
    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert ("escalate", "nobody_eligible") in register.history(case)


def test_clerk_hands_over_for_who_cannot_go_on_and_judges_nobody(register):
    sick, case = register.a_practitioner("sick"), register.a_case()
    colleague = register.a_practitioner("b")
    at_work(register, case, sick)
    given = (register.begin, register.seal, register.clerk, NOW, sick.id)

    for ground in set(ReplacementGround) - UNABLE:
        with pytest.raises(ForbiddenError):
            replacements.hand_over(*given, ground, "is said to have done wrong")
    with pytest.raises(ForbiddenError):
        handed_over(register, sick, register.acting(colleague))
    handed_over(register, sick, register.clerk)

    assert holder(register, case) == [colleague.id]


def test_hand_over_answers_a_request_that_waits(register):
    sick, case = register.a_practitioner("sick"), register.a_case()
    colleague = register.a_practitioner("b")
    at_work(register, case, sick)
    request = asked(register, case, register.acting(sick), SICK)

    with pytest.raises(NotFoundError):
        handed_over(register, sick, register.a_stranger(register.manager.role))
    handed_over(register, sick)

    assert register.all(type(request))[0].state is Review.APPROVED
    assert holder(register, case) == [colleague.id]
    assert handed_over(register, sick) == []


def test_give_back_at_the_clerks_desk_is_not_the_lawyers_own(register):
    own, desk = register.a_case("1"), register.a_case("2")
    person = register.a_practitioner()
    seats = [accepted(register, case, person) for case in (own, desk)]
    register.add(
        *(ClaimRow(
            centre_id=case.centre_id, case_id=case.id, posting_id=_posting(register, case).id,
            practitioner_id=person.id, state=ClaimState.WON, claimed_at=NOW, settled_at=NOW, assignment_id=seat.id,
        ) for case, seat in zip((own, desk), seats, strict=True))
    )  # fmt: skip

    abandon(register.begin, register.acting(person), NOW, seats[0].id, GivingBack.BUSY)
    abandon(register.begin, register.clerk, NOW, seats[1].id, GivingBack.HEALTH)

    ends = {row.case_id: row.end_reason for row in register.all(AssignmentRow)}
    assert ends == {own.id: EndReason.ABANDONED, desk.id: EndReason.REPLACED}
    assert {row.case_id: row.own for row in register.all(AbandonmentRow)} == {own.id: True, desk.id: False}
    assert {row.case_id: row.state for row in register.all(ClaimRow)} == {
        own.id: ClaimState.ABANDONED, desk.id: ClaimState.WON,
    }  # fmt: skip
    with register.read() as session:
        grab = read_policy(session.get_one(PolicyRow, register.policy.id)).grab
        assert count_claims(session, person.id, NOW + timedelta(hours=1), grab).given_back == 1
    reported = acceptances(register.read, register.clerk, NOW, None, None, Slice(9, None)).total.reported
    assert (reported.abandoned, reported.abandoned_because[GivingBack.BUSY]) == (1, 1)
    assert turns_of(register, person) == 0


def retained(register, held):
    ends.retain(register.begin, register.seal, register.clerk, NOW, held.case_id, "own counsel")


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (closed, EndReason.CLOSED),
        (retained, EndReason.RETAINED),
        (lambda register, held: abandon(register.begin, register.clerk, NOW, held.id, GivingBack.BUSY), None),
    ],
)
def test_request_lapses_with_the_assignment_and_waits_again_once_its_end_is_corrected(register, end, reason):
    case = register.a_case()
    held = at_work(register, case, register.a_practitioner("a"))
    request = asked(register, case)

    end(register, held)

    assert register.get(ReplacementRow, request.id).state is Review.LAPSED
    assert waiting(register) == []
    with pytest.raises(IllegalTransitionError):
        decided(register, request, approve=False)
    if reason:
        assert register.get(AssignmentRow, held.id).end_reason is reason
        corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "mistaken")
        assert waiting(register) == [request.id]
        assert ("T11", None) in clocks(register, case)


def waiting(register):
    with register.read() as session:
        found = replacement_rows(session, register.centre.id, Slice(9, None), Review.WAITING)
        return [row.id for row in found.rows]


def _posting(register, case):
    return register.add(
        PostingRow(
            centre_id=case.centre_id, case_id=case.id, state=PostingState.GRANTED, posted_at=NOW, sealed_until=NOW,
            ends_at=NOW + DAY, closed_at=NOW,
        )
    )  # fmt: skip


def corrected(register, case, now=NOW + 2 * DAY):
    return corrections.correct(register.begin, register.seal, register.manager, now, case.id, "mistaken")


def named(register, request, person, colleague):
    decided(register, request, successor_id=colleague.id)


def entrusted(register, request, person, colleague):
    decided(register, request)


def lost(register, request, person, colleague):
    decided(register, request, same_institution=False)


def lost_and_offered(register, request, person, colleague):
    lost(register, request, person, colleague)
    other = register.a_practitioner("c", register.an_institution("f2"))
    make_offers(register.begin, register.clerk, NOW + DAY, request.case_id, [other.id])


def taken_over(register, request, person, colleague):
    handed_over(register, person)


@pytest.mark.parametrize("decision", [named, entrusted, lost, lost_and_offered, taken_over])
def test_replacement_nobody_has_answered_is_undone_and_all_is_as_before(register, decision):
    case, person, colleague = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    at_work(register, case, person)
    request = asked(register, case, register.acting(person))
    before = clocks(register, case)
    decision(register, request, person, colleague)

    undone = corrected(register, case)

    assert (undone.corrects, undone.status) == ("replace", Status.UNDERTAKEN)
    assert holder(register, case) == [person.id]
    assert (turns_of(register, person), turns_of(register, colleague)) == (1, 0)
    assert [each for each in clocks(register, case) if each in before] == before
    again = register.all(ReplacementRow)[0]
    assert (again.state, again.decided_by, again.same_institution, again.successor_id) == (
        Review.WAITING, None, None, None,
    )  # fmt: skip
    assert person.id not in {row.practitioner_id for row in register.all(PairRow)}
    # It is decided anew, and what was undone does not count as the newest act.
    decided(register, again, approve=False)
    assert corrected(register, case).corrects == "undertake"


def test_replacement_is_not_undone_once_the_successor_has_accepted(register):
    case, person, colleague = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    at_work(register, case, person)
    row = decided(register, asked(register, case), successor_id=colleague.id)
    answer_assignment(register.begin, register.clerk, NOW + DAY, row.successor_id, True)

    with pytest.raises(IllegalTransitionError):
        corrected(register, case)

    assert holder(register, case) == [colleague.id]


def test_what_a_practitioner_gave_back_stays_given_back(register):
    case, person = register.a_case(), register.a_practitioner("a")
    seat = at_work(register, case, person)
    abandon(register.begin, register.acting(person), NOW, seat.id, GivingBack.BUSY)

    with pytest.raises(IllegalTransitionError):
        corrected(register, case)

    assert holder(register, case) == []


def test_institution_that_lost_the_case_by_mistake_is_not_barred(register):
    case, person, colleague = register.a_case(), register.a_practitioner("a"), register.a_practitioner("b")
    at_work(register, case, person)
    decided(register, asked(register, case), same_institution=False)

    corrected(register, case)

    assert register.all(PairRow) == []
    row = decided(register, register.all(ReplacementRow)[0], successor_id=colleague.id)
    assert register.get(AssignmentRow, row.successor_id).practitioner_id == colleague.id
