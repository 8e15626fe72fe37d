"""Complaints: each step with its day, its limit and its correction; only an upheld one bears on a practitioner."""

from collections import Counter
from datetime import timedelta

import pytest

from dispatch.commands.life import complaints
from dispatch.commands.life.complaints import ComplaintStep, ComplaintWords
from dispatch.commands.life.papers import list_papers
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError, StepOutOfOrderError
from dispatch.domain.states import Complainant, ComplaintChannel, ComplaintGround, ComplaintState, PaperKind
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.tables import ComplaintRow, PractitionerRow
from tests.commands.life.acts import at_work, clocks, closed
from tests.rows import NOW

DAY = timedelta(days=1)
WORDS = ComplaintWords(ComplaintGround.NEGLECT, "never met me before the hearing")
OF_T19 = ("T19a", "T19b", "T19c")


@pytest.fixture
def case(register):
    return register.a_case()


@pytest.fixture
def work(register, case):
    return at_work(register, case, register.a_practitioner())


def complained(register, case, about=None, actor=None, words=WORDS, now=NOW):
    who = actor or register.clerk
    return complaints.complain(register.begin, register.seal, who, now, case.id, words, about and about.id)


def decided(register, row, step, now=NOW, actor=None, **more):
    who = actor or register.manager
    return complaints.decide(register.begin, register.seal, who, now, row.id, step, "as inquired", **more)


def answered(register, row, now=NOW):
    return complaints.answer(register.begin, register.seal, register.manager, now, row.id, "told by letter")


def corrected(register, row, now=NOW):
    return complaints.correct(register.begin, register.seal, register.manager, now, row.id, "another file was meant")


def limits(register, case):
    return [(code, became) for code, became in clocks(register, case) if code in OF_T19]


def counted(register, now):
    with register.read() as session:
        [person] = load_docket(session, register.centre.id, [], now).practitioners
    return person.complaints


def test_complaint_is_accepted_upheld_and_answered_each_within_its_limit(register, case, work):
    row = complained(register, case, work, now=NOW)
    decided(register, row, ComplaintStep.ACCEPT, NOW + DAY)
    decided(register, row, ComplaintStep.UPHOLD, NOW + 20 * DAY)
    answered(register, row, NOW + 21 * DAY)

    found = register.get(ComplaintRow, row.id)
    assert (found.state, found.practitioner_id) == (ComplaintState.UPHELD, work.practitioner_id)
    assert [found.received_at, found.decided_at, found.concluded_at, found.answered_at] == [
        NOW + n * DAY for n in (0, 1, 20, 21)
    ]
    assert limits(register, case) == [("T19a", "met"), ("T19b", "met"), ("T19c", "met")]
    assert register.history(case)[-4:] == ["complain", "decide_complaint", "decide_complaint", "decide_complaint"]


@pytest.mark.parametrize(("step", "days"), [(ComplaintStep.UPHOLD, 1), (ComplaintStep.DISMISS, 0)])
def test_only_an_upheld_complaint_bears_on_the_practitioner_from_the_day_it_was_concluded(
    register, case, work, step, days
):
    row = complained(register, case, work)
    decided(register, row, ComplaintStep.ACCEPT)
    decided(register, row, step, NOW + 3 * DAY, on=(NOW + 2 * DAY).date())

    assert counted(register, NOW + 5 * DAY) == ((NOW + 2 * DAY).date(),) * days


@pytest.mark.parametrize(
    ("ground", "of_the_lawyer"), [(ComplaintGround.NEGLECT, True), (ComplaintGround.REFUSED_AID, False)]
)
def test_recipient_who_knows_no_ids_means_who_acts_for_them_or_the_centre_by_the_ground(
    register, case, work, ground, of_the_lawyer
):
    row = complained(register, case, actor=register.recipient(case), words=WORDS._replace(ground=ground))
    told = complained(register, register.a_case("2"), words=WORDS)

    expected = (work.id, work.practitioner_id) if of_the_lawyer else (None, None)
    assert (row.assignment_id, row.practitioner_id) == expected
    assert told.assignment_id is None


def test_complaint_about_the_centre_bears_on_nobody(register, case, work):
    row = complained(register, case)
    decided(register, row, ComplaintStep.ACCEPT)
    decided(register, row, ComplaintStep.UPHOLD)

    assert (row.assignment_id, counted(register, NOW + DAY)) == (None, ())


def test_complaint_that_is_not_accepted_ends_there(register, case, work):
    row = complained(register, case, work)

    rejected = [decided(register, row, ComplaintStep.REJECT) for _ in range(2)]

    assert {each.state for each in rejected} == {ComplaintState.REJECTED}
    assert limits(register, case) == [("T19a", "met")]
    for late in (ComplaintStep.ACCEPT, ComplaintStep.UPHOLD):
        with pytest.raises(StepOutOfOrderError):
            decided(register, row, late)
    with pytest.raises(StepOutOfOrderError):
        answered(register, row)


def test_what_is_said_more_while_a_complaint_is_under_way_is_put_to_it(register, case, work):
    first = complained(register, case, work)
    again = complained(register, case, work, register.recipient(case), now=NOW + DAY)
    about_the_centre = complained(register, case)
    decided(register, first, ComplaintStep.REJECT)

    later = complained(register, case, work)

    assert (again.id, len({first.id, about_the_centre.id, later.id})) == (first.id, 3)
    papers = list_papers(register.begin, register.seal, register.manager, NOW, case.id)
    put_to = Counter(each.row.facts["complaint_id"] for each in papers if each.row.kind is PaperKind.COMPLAINT)
    assert put_to == {first.id: 2, about_the_centre.id: 1, later.id: 1}


def test_complaint_goes_on_though_the_work_is_closed(register, case, work):
    row = complained(register, case, work)

    closed(register, work)

    assert limits(register, case) == [("T19a", None)]
    assert decided(register, row, ComplaintStep.ACCEPT).state is ComplaintState.ACCEPTED


def test_correction_undoes_the_newest_step_and_its_limit_runs_on(register, case, work):
    row = complained(register, case, work)
    decided(register, row, ComplaintStep.ACCEPT)
    decided(register, row, ComplaintStep.UPHOLD)
    answered(register, row)
    seen = []
    for _ in range(4):
        found = corrected(register, row)
        seen.append((found.state.value, [became for _, became in limits(register, case)]))

    assert seen == [
        ("upheld", ["met", "met", None]),
        ("accepted", ["met", None, "void"]),
        ("received", [None, "void", "void"]),
        ("void", ["void", "void", "void"]),
    ]
    assert counted(register, NOW + DAY) == ()
    with pytest.raises(StepOutOfOrderError):
        corrected(register, row)


def test_step_taken_anew_after_a_correction_has_a_limit_of_its_own(register, case, work):
    row = complained(register, case, work)
    decided(register, row, ComplaintStep.REJECT)
    corrected(register, row)

    decided(register, row, ComplaintStep.ACCEPT)

    assert limits(register, case) == [("T19a", "met"), ("T19b", None)]


def test_days_out_of_order_are_refused_and_change_nothing(register, case, work):
    words = WORDS._replace(received_on=(NOW - 30 * DAY).date())
    with pytest.raises(InvalidFieldError) as refused:
        complained(register, case, work, words=words)
    row = complained(register, case, work)
    decided(register, row, ComplaintStep.ACCEPT)
    with pytest.raises(InvalidFieldError):
        decided(register, row, ComplaintStep.UPHOLD, on=(NOW - DAY).date())

    assert refused.value.facts["field"] == "received_on"
    assert register.get(ComplaintRow, row.id).state is ComplaintState.ACCEPTED


def test_recipient_complains_only_of_their_own_case_and_in_their_own_name(register, case, work):
    other = register.a_case("2")
    recipient = register.recipient(case)
    words = WORDS._replace(channel=ComplaintChannel.ORAL, complainant=Complainant.INTERESTED)

    row = complained(register, case, work, recipient, words)

    assert (row.complainant, row.channel) == (Complainant.RECIPIENT, ComplaintChannel.ORAL)
    assert [each.id for each in complaints.complaints_of(register.read, recipient, case.id)] == [row.id]
    with pytest.raises(NotFoundError):
        complained(register, other, actor=recipient)
    with pytest.raises(NotFoundError):
        complained(register, other, work)
    with pytest.raises(ForbiddenError):
        decided(register, row, ComplaintStep.ACCEPT, actor=recipient)
    with pytest.raises(NotFoundError):
        decided(register, row, ComplaintStep.ACCEPT, actor=register.a_stranger(register.manager.role))


def test_who_is_complained_of_reads_no_complaint(register, case, work):
    complained(register, case, work, register.recipient(case))
    mine = register.acting(register.get(PractitionerRow, work.practitioner_id))

    kinds = {each.row.kind for each in list_papers(register.begin, register.seal, mine, NOW, case.id)}

    assert PaperKind.AGREEMENT in kinds
    assert PaperKind.COMPLAINT not in kinds
    with pytest.raises(ForbiddenError):
        complaints.complaints_of(register.read, mine, case.id)
