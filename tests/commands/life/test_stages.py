"""One matter, several stages: each is a case of its own, and counsel of the stage before comes first automatically."""

from datetime import timedelta

import pytest

from dispatch.commands.cases.intake import submit_case
from dispatch.commands.chain import start_plan
from dispatch.commands.life.stages import NextStage, begin_stage, matter_of
from dispatch.commands.offers.offers import answer
from dispatch.domain.errors import DuplicateNumberError, ForbiddenError, IllegalTransitionError, InvalidFieldError
from dispatch.domain.vocabulary import CaseSource, Matter, ModeName, RelationKind, ReviewCourt, Service, Stage, Status
from dispatch.registry.reads import parties
from dispatch.registry.tables import AssignmentRow, CaseRow, OfferRow, RelationRow
from tests.commands.life.acts import at_work, begun, closed
from tests.rows import NOW, a_draft

DAY = timedelta(days=1)
DEFENCE = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.DEFENCE}


def followed(register, case, stage, number="2", actor=None, **stated):
    following = NextStage(number, stage, stated.pop("source", CaseSource.APPLICATION), **stated)
    return begin_stage(register.begin, register.seal, actor or register.clerk, NOW + DAY, case.id, following)


def test_matter_runs_from_investigation_to_second_instance_with_the_same_lawyer(register):
    case = register.a_case("0", stage=Stage.INVESTIGATION, **DEFENCE)
    counsel, _ = register.a_practitioner("a"), register.a_practitioner("b", specialties={"theft": 100})
    closed(register, at_work(register, case, counsel))

    for number, stage in enumerate((Stage.PROSECUTION, Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE), start=1):
        case = followed(register, case, stage, str(number))
        start_plan(register.begin, register.clerk, NOW + DAY, case.id)
        [offer] = register.all(OfferRow, OfferRow.case_id == case.id)
        assert (offer.practitioner_id, offer.mode) == (counsel.id, ModeName.CONTINUITY)
        taken = answer(register.begin, register.clerk, NOW + DAY, offer.id, True)
        held = register.get(AssignmentRow, taken.assignment_id)
        closed(register, begun(register, held, now=NOW + DAY, obstacle="signed before"), now=NOW + DAY)

    stages = matter_of(register.read, register.clerk, case.id)
    assert [each.case.number for each in stages] == ["0", "1", "2", "3"]
    assert [each.case.status for each in stages] == [Status.CLOSED] * 4
    assert [len(each.assignments) for each in stages] == [1, 1, 1, 1]


def test_civil_matter_keeps_its_lawyer_from_arbitration_to_the_second_instance_under_the_preset(register):
    case = register.a_case("0", stage=Stage.ARBITRATION, service=Service.LABOUR)
    counsel, _ = register.a_practitioner("a"), register.a_practitioner("b", specialties={"wages": 100})
    closed(register, at_work(register, case, counsel))

    for number, stage in enumerate((Stage.FIRST_INSTANCE, Stage.SECOND_INSTANCE), start=1):
        case = followed(register, case, stage, str(number))
        start_plan(register.begin, register.clerk, NOW + DAY, case.id)
        [offer] = register.all(OfferRow, OfferRow.case_id == case.id)
        assert (offer.practitioner_id, offer.mode) == (counsel.id, ModeName.CONTINUITY)
        answer(register.begin, register.clerk, NOW + DAY, offer.id, True)

    assert [len(each.assignments) for each in matter_of(register.read, register.clerk, case.id)] == [1, 1, 1]


def test_next_stage_has_the_facts_and_people_of_the_matter_and_a_clock_of_its_own(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("1", grave=None))
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.UNDERTAKEN

    second = followed(register, case, Stage.SECOND_INSTANCE, organ="court of appeal")

    assert (second.cause, second.grave, second.status) == ("wages", None, Status.PENDING)
    assert (second.organ, second.received_at, second.granted_at) == ("court of appeal", NOW + DAY, NOW + DAY)
    with register.read() as session:
        names = [register.seal.open(person.sealed)["name"] for person in parties(session, second.id)]
    assert names == ["王小明"]
    assert register.history(second) == ["receive", "grant"]


def test_notice_of_a_court_starts_the_clock_of_the_notice(register):
    case = register.a_case("1", status=Status.UNDERTAKEN, **DEFENCE)

    second = followed(register, case, Stage.SECOND_INSTANCE, source=CaseSource.NOTICE_MUST, received_at=NOW)

    assert (second.received_at, second.granted_at, second.entitled_at) == (NOW, None, NOW)


def test_stage_of_review_names_its_court_and_others_have_none(register):
    """法〔2021〕348号第一条: the Supreme People's Court's reviews are transferred, so the court must be known."""
    case = register.a_case("1", status=Status.CLOSED, interpreter=True, **DEFENCE)

    review = followed(
        register,
        case,
        Stage.DEATH_REVIEW,
        source=CaseSource.NOTICE_MUST,
        received_at=NOW,
        review_court=ReviewCourt.HIGH,
    )
    with pytest.raises(InvalidFieldError) as refusal:
        followed(register, case, Stage.SECOND_INSTANCE, "3", review_court=ReviewCourt.HIGH)

    assert (review.review_court, review.interpreter) == (ReviewCourt.HIGH, False)
    assert refusal.value.facts["field"] == "review_court"


@pytest.mark.parametrize("stage", [Stage.FIRST_INSTANCE, Stage.PROSECUTION, Stage.ARBITRATION])
def test_stage_does_not_come_after_itself_or_a_later_one(register, stage):
    case = register.a_case("1", status=Status.CLOSED)

    with pytest.raises(InvalidFieldError) as refusal:
        followed(register, case, stage)

    assert "second_instance" in refusal.value.facts["expected"]


def test_stage_follows_only_a_case_somebody_took_and_needs_a_number_of_its_own(register):
    waiting, done = register.a_case("1"), register.a_case("2", status=Status.CLOSED)
    person = register.a_practitioner()

    with pytest.raises(IllegalTransitionError):
        followed(register, waiting, Stage.SECOND_INSTANCE, "3")
    with pytest.raises(DuplicateNumberError):
        followed(register, done, Stage.SECOND_INSTANCE, "1")
    with pytest.raises(InvalidFieldError):
        followed(register, done, Stage.SECOND_INSTANCE, "3", received_at=NOW + 9 * DAY)
    with pytest.raises(ForbiddenError):
        followed(register, done, Stage.SECOND_INSTANCE, "3", register.acting(person))

    assert len(register.all(CaseRow)) == 2


def test_case_of_the_same_person_and_matter_is_tied_to_its_earlier_stage_at_intake(register):
    first, other = (
        submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(number, **fields))
        for number, fields in (("1", {"stage": "arbitration"}), ("2", {"cause": "labour_relation"}))
    )

    later = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("3", stage="second_instance"))

    tied = [(row.kind, row.case_id, row.other_id) for row in register.all(RelationRow)]
    assert tied == [(RelationKind.EARLIER_STAGE, later.id, first.id)]
    assert other.id not in tied[0]


def test_stage_that_is_opened_again_draws_the_lot_it_had_and_is_told_as_a_double(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("1"))
    with register.begin() as tx:
        tx.session.get_one(CaseRow, case.id).status = Status.UNDERTAKEN

    first, again = (followed(register, case, Stage.SECOND_INSTANCE, number) for number in "23")

    assert (first.lot_of, again.lot_of) == (None, first.id)
    assert (first.duplicate_of, again.duplicate_of) == (None, first.id)
