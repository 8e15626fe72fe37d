"""Before a case is given up its soft rules are relaxed, one entry of its history each."""

from datetime import timedelta

import pytest

from dispatch.commands.chain import start_plan, watch_deadlines
from dispatch.commands.jobs import JobContext
from dispatch.commands.offers.offers import answer
from dispatch.commands.offers.undertaking import abandon
from dispatch.commands.runs.requests import apply_run, candidates, request_run, solve_run
from dispatch.domain.states import GivingBack
from dispatch.domain.vocabulary import Matter, Service, Sex, Status
from dispatch.registry.tables import AssignmentRow, CaseEventRow, CaseRow, OfferRow, ProposalRow
from tests.rows import NOW

ORDER = ["serves_area", "specialised"]
STRICT = {"checks": {"area": True}, "thresholds": {"specialty_floor": 50}}


@pytest.fixture
def strict(register):
    """A centre in which area and specialty are asked for, and may be let go in this order."""
    _policy(register, ORDER)
    return register


def _policy(register, order, chains=(("rotation", None),)):
    register.policy.document = {**register.policy.document, "relaxation": order}
    register.a_policy(chains=chains, **STRICT)


def relaxed(register, case):
    return [row.facts["rule"] for row in register.all(CaseEventRow, CaseEventRow.case_id == case.id)
            if row.event == "relax"]  # fmt: skip


def test_soft_rules_are_relaxed_in_order_before_the_manager_is_called(strict):
    novice = strict.a_practitioner("novice", areas=["B"], specialties={})
    case = strict.a_case()

    start_plan(strict.begin, strict.clerk, NOW, case.id)

    assert strict.history(case) == ["plan", "step", "relax", "relax", "offer"]
    assert relaxed(strict, case) == ORDER
    [offer] = strict.all(OfferRow)
    answer(strict.begin, strict.acting(novice), NOW, offer.id, True)
    kept = strict.get(CaseRow, case.id)
    assert (kept.status, kept.relaxed) == (Status.ACCEPTED, ORDER)


def test_nothing_is_relaxed_while_someone_who_meets_every_rule_may_be_asked(strict):
    good = strict.a_practitioner("good")
    strict.a_practitioner("novice", specialties={})
    case = strict.a_case()

    start_plan(strict.begin, strict.clerk, NOW, case.id)

    [offer] = strict.all(OfferRow)
    assert (offer.practitioner_id, relaxed(strict, case)) == (good.id, [])


def test_rules_are_relaxed_when_all_who_meet_them_have_declined(strict):
    good, novice = strict.a_practitioner("good"), strict.a_practitioner("novice", specialties={})
    case = strict.a_case()
    start_plan(strict.begin, strict.clerk, NOW, case.id)
    [first] = strict.all(OfferRow)

    answer(strict.begin, strict.acting(good), NOW, first.id, False, GivingBack.BUSY)

    asked = [offer.practitioner_id for offer in strict.all(OfferRow, OfferRow.id != first.id)]
    assert (asked, relaxed(strict, case)) == ([novice.id], ORDER)


def test_manager_is_called_where_only_law_stands_in_the_way_and_nothing_is_relaxed(strict):
    strict.a_practitioner("novice", specialties={}, assessment_valid_to=None)
    case = strict.a_case()

    start_plan(strict.begin, strict.clerk, NOW, case.id)

    assert strict.history(case) == ["plan", "step", ("escalate", "nobody_eligible")]
    assert strict.get(CaseRow, case.id).relaxed == []


def test_steps_before_the_last_are_skipped_without_relaxing(register):
    _policy(register, ORDER, [("point_selection", 4), ("rotation", None)])
    register.a_practitioner("novice", specialties={})
    case = register.a_case()

    start_plan(register.begin, register.clerk, NOW, case.id)

    assert register.history(case) == [
        "plan", "step", ("skip", "nobody_eligible"), "step", "relax", "relax", "offer",
    ]  # fmt: skip


def test_case_that_sets_out_anew_is_asked_every_rule_again(strict):
    novice = strict.a_practitioner("novice", specialties={})
    case = strict.a_case()
    start_plan(strict.begin, strict.clerk, NOW, case.id)
    [offer] = strict.all(OfferRow)
    answer(strict.begin, strict.acting(novice), NOW, offer.id, True)
    good = strict.a_practitioner("good")
    [assignment] = strict.all(AssignmentRow)

    abandon(strict.begin, strict.clerk, NOW, assignment.id, GivingBack.HEALTH)

    asked = [each.practitioner_id for each in strict.all(OfferRow, OfferRow.id != offer.id)]
    assert (asked, strict.get(CaseRow, case.id).relaxed) == ([good.id], [])


def test_run_serves_what_the_watch_has_relaxed_instead_of_calling_the_manager(strict):
    novice = strict.a_practitioner("novice", specialties={})
    case = strict.a_case(due_at=NOW + timedelta(days=2))

    called = watch_deadlines(strict.begin, strict.read, NOW)

    assert (called, relaxed(strict, case)) == (0, ORDER)
    [candidate] = candidates(strict.read, strict.clerk, case.id, NOW)
    assert candidate.refusals == ()
    run = request_run(strict.begin, strict.clerk, NOW)
    solve_run(JobContext(strict.begin, strict.read, lambda: NOW, "worker", timedelta(minutes=1)), run.id)
    assert [row.practitioner_id for row in strict.all(ProposalRow)] == [novice.id]
    assert strict.get(type(run), run.id).summary["relaxed"] == {"serves_area": 1, "specialised": 1}
    apply_run(strict.begin, strict.clerk, NOW, run.id)
    assert strict.get(CaseRow, case.id).status is Status.ASSIGNED


def test_proposal_made_before_a_rule_was_relaxed_is_stale(strict):
    strict.a_practitioner("novice", specialties={})
    strict.a_practitioner("good", areas=["A", "B"])
    case, other = strict.a_case("1", due_at=NOW + timedelta(days=2)), strict.a_case("2", area="B")
    run = request_run(strict.begin, strict.clerk, NOW, [case.id, other.id], "both")
    solve_run(JobContext(strict.begin, strict.read, lambda: NOW, "worker", timedelta(minutes=1)), run.id)
    with strict.begin() as tx:
        row = tx.lock(CaseRow, case.id)
        row.relaxed, row.revision = ["specialised"], row.revision + 1

    report = apply_run(strict.begin, strict.clerk, NOW, run.id)

    assert [row.stale_reason for row in report.stale] == ["case_changed"]


def test_reason_is_kept_when_a_girls_case_goes_to_a_man(register):
    _policy(register, ["girl_woman"])
    man = register.a_practitioner("man")
    girl = {"matter": Matter.CRIMINAL, "cause": "theft", "service": Service.CRIMINAL_AGENCY}
    case = register.a_case(recipient_sex=Sex.FEMALE, recipient_is_minor=True, sexual_assault=True, **girl)

    start_plan(register.begin, register.clerk, NOW, case.id)
    [offer] = register.all(OfferRow)
    answer(register.begin, register.acting(man), NOW, offer.id, True)

    assert relaxed(register, case) == ["girl_woman"]
    assert [row.reason for row in register.all(AssignmentRow)] == ["no_woman_feasible"]
