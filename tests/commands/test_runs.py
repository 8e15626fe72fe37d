"""Runs: asked for, solved once, confirmed by a person, never doubled and never above a cap."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest

from dispatch.commands import jobs
from dispatch.commands.jobs import JobContext
from dispatch.commands.runs import requests, solving
from dispatch.domain.docket.docket import docket_from_json
from dispatch.domain.docket.draw import seed_on
from dispatch.domain.errors import (
    CertificateMismatchError,
    ForbiddenError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
    RunNotReadyError,
)
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import JobStatus, PairKind, ProposalState, RelationKind, Role, Sex, Status
from dispatch.registry.tables import (
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    JobRow,
    LedgerRow,
    OutboxRow,
    PairRow,
    ProposalRow,
    RelationRow,
    RunRow,
    WishRow,
)
from tests.rows import NOW

MINUTE = timedelta(minutes=1)
AFTER = NOW + MINUTE

PART = "the others wait for papers"


def solved(register, case_ids=None):
    run = requests.request_run(register.begin, register.clerk, NOW, case_ids, case_ids and PART)
    wording = requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    assert "placed" in wording
    return run


def apply(register, run, proposal_ids=None):
    return requests.apply_run(register.begin, register.clerk, AFTER, run.id, proposal_ids, proposal_ids and PART)


def change(register, table, id, **columns):
    with register.begin() as tx:
        row = tx.lock(table, id)
        for name, value in columns.items():
            setattr(row, name, value)


def test_run_is_queued_with_its_job_and_message(register):
    case = register.a_case()

    run = requests.request_run(register.begin, register.clerk, NOW)

    assert (run.case_ids, run.seed, run.policy_id) == ([case.id], None, register.policy.id)
    assert register.get(JobRow, run.id).status is JobStatus.QUEUED
    assert [(row.job, row.argument, row.queue) for row in register.all(OutboxRow)] == [
        ("workers.jobs.solve_run", run.id, "runs")
    ]


def test_run_without_due_cases_is_done_at_once(register):
    run = requests.request_run(register.begin, register.clerk, NOW)

    assert register.get(JobRow, run.id).status is JobStatus.DONE
    assert run.summary == {"cases": 0, "seats": 0, "assigned": 0, "open": 0}
    assert register.all(OutboxRow) == []


@pytest.mark.parametrize(
    ("case_ids", "reason", "error"),
    [
        (["nothing"], PART, NotFoundError),
        (["case"], None, ReasonRequiredError),
        (["case"], "", ReasonRequiredError),
        (["case"], "\u200b", InvalidFieldError),
    ],
)
def test_run_asked_for_wrongly_is_refused(register, case_ids, reason, error):
    register.a_case("1", id="case")
    register.a_case("2")
    with pytest.raises(error):
        requests.request_run(register.begin, register.clerk, NOW, case_ids, reason)

    assert register.all(RunRow) == []


def test_auditor_cannot_ask_for_a_run_nor_apply_one(register):
    auditor = Actor(user_id="u", role=Role.AUDITOR, centre_id=register.centre.id)

    with pytest.raises(ForbiddenError):
        requests.request_run(register.begin, auditor, NOW)
    with pytest.raises(ForbiddenError):
        requests.apply_run(register.begin, auditor, NOW, "run")


def test_solved_run_keeps_its_docket_proof_and_reasons(register):
    case, best = register.a_case(), register.a_practitioner("best", specialties={"wages": 100})
    register.a_practitioner("other")
    register.a_practitioner("suspended", assessment_valid_to=None)

    run = register.get(RunRow, solved(register).id)

    assert sha256(zlib.decompress(run.docket)).hexdigest() == run.docket_digest
    facts, _, seed = docket_from_json(zlib.decompress(run.docket))
    assert ([each.id for each in facts.cases], seed) == ([case.id], run.seed)
    assert (run.draw_on, run.seed) == (NOW.date(), seed_on(register.centre.draw_root, NOW.date()))
    assert run.policy_digest == register.policy.digest
    assert run.optimal
    assert run.objective == run.bound
    assert run.certificate
    [proposal] = register.all(ProposalRow)
    assert (proposal.practitioner_id, proposal.state) == (best.id, ProposalState.PROPOSED)
    assert sum(proposal.terms.values()) == proposal.score
    assert len(proposal.alternatives) == 1
    assert len(proposal.refusals) == 1
    assert register.get(JobRow, run.id).status is JobStatus.DONE


def test_solved_run_sums_up_what_a_manager_asks(register):
    case, practitioner = register.a_case("1"), register.a_practitioner()
    register.a_case("2", languages=["sign"])
    register.add(WishRow(centre_id=register.centre.id, case_id=case.id, practitioner_id=practitioner.id, rank=1))

    summary = register.get(RunRow, solved(register).id).summary

    reported = {
        key: summary[key] for key in ("cases", "seats", "assigned", "open", "wished", "first_wishes", "optimal")
    }
    assert reported == {
        "cases": 2, "seats": 2, "assigned": 1, "open": 1, "wished": 1, "first_wishes": 1, "optimal": True,
    }  # fmt: skip
    assert sum(summary["open_because"].values()) == 1


def test_run_names_the_blank_of_a_case_that_stays_open_for_it(register):
    register.a_practitioner(minor_trained=False)
    register.a_case(recipient_is_minor=None)

    summary = register.get(RunRow, solved(register).id).summary

    assert summary["open_because"] == {"minor_trained:recipient_minor": 1}
    assert summary["unknown"] == {}


def test_applied_run_writes_assignment_ledger_and_history(register):
    case, practitioner = register.a_case(), register.a_practitioner()
    run = solved(register)

    report = apply(register, run)

    assert ([row.case_id for row in report.applied], report.stale) == ([case.id], [])
    [assignment] = register.all(AssignmentRow)
    assert (assignment.practitioner_id, assignment.run_id, assignment.decided_by) == (
        practitioner.id, run.id, register.clerk.user_id,
    )  # fmt: skip
    assert [(row.turns, row.assignment_id) for row in register.all(LedgerRow)] == [(1, assignment.id)]
    assert register.get(CaseRow, case.id).status is Status.ASSIGNED
    [event] = register.all(CaseEventRow)
    assert (event.event, event.facts["assignment_id"]) == ("assign", assignment.id)


def test_run_applied_again_changes_nothing_and_tells_the_same(register):
    register.a_case()
    register.a_practitioner()
    run = solved(register)
    first = apply(register, run)

    again = apply(register, run)

    assert [row.id for row in again.applied] == [row.id for row in first.applied]
    assert len(register.all(AssignmentRow)) == 1


def test_chosen_rows_alone_are_applied(register):
    register.a_practitioner()
    register.a_case("1")
    register.a_case("2")
    run = solved(register)
    chosen = register.all(ProposalRow)[0]

    report = apply(register, run, [chosen.id])

    assert [row.id for row in report.applied] == [chosen.id]
    assert len(register.all(AssignmentRow)) == 1
    assert len(register.all(CaseRow, CaseRow.status == Status.PENDING)) == 1


def test_unknown_proposal_is_refused_and_nothing_applied(register):
    register.a_practitioner()
    register.a_case()
    run = solved(register)

    with pytest.raises(NotFoundError):
        apply(register, run, [register.all(ProposalRow)[0].id, "unknown"])

    assert register.all(AssignmentRow) == []


def test_run_not_solved_yet_cannot_be_applied(register):
    register.a_case()
    run = requests.request_run(register.begin, register.clerk, NOW)

    with pytest.raises(RunNotReadyError):
        apply(register, run)


def test_run_of_another_centre_is_not_found(register):
    register.a_case()
    register.a_practitioner()
    run = solved(register)
    stranger = register.a_stranger()

    with pytest.raises(NotFoundError):
        requests.apply_run(register.begin, stranger, AFTER, run.id)


def test_case_amended_since_is_stale(register):
    case = register.a_case()
    register.a_practitioner()
    run = solved(register)
    change(register, CaseRow, case.id, revision=2)

    report = apply(register, run)

    assert [row.stale_reason for row in report.stale] == ["case_changed"]
    assert register.get(CaseRow, case.id).status is Status.PENDING


def test_case_withdrawn_since_is_stale(register):
    case = register.a_case()
    register.a_practitioner()
    run = solved(register)
    change(register, CaseRow, case.id, status=Status.WITHDRAWN, revision=2)

    assert [row.stale_reason for row in apply(register, run).stale] == ["not_pending"]


def test_conflict_declared_since_makes_the_row_stale_by_its_rule(register):
    case, practitioner = register.a_case(), register.a_practitioner()
    run = solved(register)
    register.add(
        PairRow(
            centre_id=register.centre.id, case_id=case.id, practitioner_id=practitioner.id,
            kind=PairKind.CONFLICT, created_at=NOW,
        )
    )  # fmt: skip

    [stale] = apply(register, run).stale

    assert "conflict" in stale.stale_reason
    assert register.all(AssignmentRow) == []


def test_practitioner_who_left_since_makes_the_row_stale(register):
    register.a_case()
    practitioner = register.a_practitioner()
    run = solved(register)
    change(register, type(practitioner), practitioner.id, left_on=NOW.date())

    assert [row.stale_reason for row in apply(register, run).stale] == ["not_listed"]


def test_two_runs_over_the_same_cases_never_exceed_a_cap(register):
    register.a_practitioner(capacity=1)
    cases = [register.a_case(str(k)) for k in range(2)]
    first, second = solved(register, [cases[0].id]), solved(register, [cases[1].id])

    apply(register, first)
    report = apply(register, second)

    assert len(report.stale) == 1
    assert len(register.all(AssignmentRow)) == 1


def test_two_proposals_of_two_runs_for_co_defendants_do_not_meet_in_one_person(register):
    register.a_practitioner()
    cases = [register.a_case(str(k), matter="criminal", cause="theft", service="defence") for k in range(2)]
    first, second = solved(register, [cases[0].id]), solved(register, [cases[1].id])
    ends = sorted(case.id for case in cases)
    register.add(
        RelationRow(centre_id=register.centre.id, case_id=ends[0], other_id=ends[1], kind=RelationKind.CO_DEFENDANTS)
    )
    apply(register, first)

    [stale] = apply(register, second).stale

    assert stale.stale_reason
    assert len(register.all(AssignmentRow)) == 1


def test_lead_alone_keeps_the_case_waiting_for_its_second(register):
    case, lead = register.a_case(demand=2), register.a_practitioner("lead")
    apply(register, solved(register))
    assert register.get(CaseRow, case.id).status is Status.PENDING
    second = register.a_practitioner("second")

    apply(register, solved(register))

    assert register.get(CaseRow, case.id).status is Status.ASSIGNED
    assert {(row.seat, row.practitioner_id) for row in register.all(AssignmentRow)} == {(0, lead.id), (1, second.id)}


def test_girls_case_without_a_woman_goes_to_a_man_with_the_reason_recorded(register):
    register.a_case(recipient_sex=Sex.FEMALE, recipient_is_minor=True, sexual_assault=True, categories=["minor"])
    register.a_practitioner()

    apply(register, solved(register))

    assert [row.reason for row in register.all(AssignmentRow)] == ["no_woman_feasible"]


def test_second_worker_leaves_a_taken_run_alone(register):
    register.a_case()
    register.a_practitioner()
    run = requests.request_run(register.begin, register.clerk, NOW)
    assert jobs.claim(register.begin, NOW, run.id, "first")

    wording = requests.solve_run(
        JobContext(register.begin, register.read, lambda: NOW + jobs.LEASE / 2, "second"), run.id
    )

    assert "taken" in wording
    assert register.all(ProposalRow) == []


def test_run_of_a_dead_worker_is_taken_up_and_stored_once(register):
    register.a_case()
    register.a_practitioner()
    run = requests.request_run(register.begin, register.clerk, NOW)
    dead = jobs.claim(register.begin, NOW, run.id, "dead")

    wording = requests.solve_run(JobContext(register.begin, register.read, lambda: NOW + jobs.LEASE, "heir"), run.id)

    assert "placed" in wording
    assert len(register.all(ProposalRow)) == 1
    with pytest.raises(jobs.ClaimLostError):
        jobs.beat(register.begin, NOW + jobs.LEASE, dead)


def test_worker_that_lost_its_claim_stores_nothing(register, monkeypatch):
    register.a_case()
    register.a_practitioner()
    run = requests.request_run(register.begin, register.clerk, NOW)

    def while_another_takes_over(found):
        assert jobs.claim(register.begin, NOW + jobs.LEASE, run.id, "heir")

    monkeypatch.setattr(solving, "prove", while_another_takes_over)

    wording = requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "slow"), run.id)

    assert "lost" in wording
    assert register.all(ProposalRow) == []
    assert register.get(JobRow, run.id).claimed_by == "heir"


def test_unproven_solution_fails_the_run_and_proposes_nothing(register, monkeypatch):
    register.a_case()
    register.a_practitioner()
    run = requests.request_run(register.begin, register.clerk, NOW)

    def doubt(found):
        raise CertificateMismatchError(reason="a digit changed")

    monkeypatch.setattr(solving, "prove", doubt)

    requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)

    job = register.get(JobRow, run.id)
    assert (job.status, job.problem["type"]) == (JobStatus.FAILED, "certificate-mismatch")
    assert register.all(ProposalRow) == []


def test_run_cancelled_in_the_middle_stops_and_proposes_nothing(register, monkeypatch):
    register.a_case()
    register.a_practitioner()
    run = requests.request_run(register.begin, register.clerk, NOW)
    monkeypatch.setattr(solving, "prove", lambda found: jobs.cancel_job(register.begin, register.clerk, NOW, run.id))

    wording = requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)

    assert "cancelled" in wording
    assert register.get(JobRow, run.id).status is JobStatus.CANCELLED
    assert register.all(ProposalRow) == []


def test_candidates_are_ranked_and_nothing_is_written(register):
    case = register.a_case()
    best = register.a_practitioner("best", specialties={"wages": 100})
    other = register.a_practitioner("other")
    barred = register.a_practitioner("barred", assessment_valid_to=None)

    found = requests.candidates(register.read, register.clerk, case.id, NOW)

    assert [(each.practitioner_id, each.rank) for each in found] == [(best.id, 1), (other.id, 2), (barred.id, None)]
    assert [refusal.unknown for refusal in found[-1].refusals] == [True]
    assert register.all(OutboxRow) == []


def test_candidates_of_a_decided_case_are_not_shown(register):
    case = register.a_case(status=Status.ASSIGNED)

    with pytest.raises(NotFoundError):
        requests.candidates(register.read, register.clerk, case.id, NOW)


def test_twenty_threads_apply_one_run_and_each_seat_is_given_once(register):
    register.a_practitioner(capacity=20)
    for k in range(5):
        register.a_case(str(k))
    run = solved(register)

    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda _: apply(register, run), range(20)))

    assert len(register.all(AssignmentRow)) == 5
    assert len(register.all(LedgerRow)) == 5
    assert {len(report.applied) for report in reports} == {5}


def test_twenty_runs_for_one_seat_give_it_once(register):
    register.a_practitioner(capacity=20)
    case = register.a_case()
    competing = [solved(register) for _ in range(20)]

    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(lambda run: apply(register, run), competing))

    assert sum(len(report.applied) for report in reports) == 1
    assert sum(len(report.stale) for report in reports) == 19
    assert [row.case_id for row in register.all(AssignmentRow)] == [case.id]


def test_concurrent_runs_of_many_cases_never_exceed_a_cap(register):
    practitioner = register.a_practitioner(capacity=3)
    cases = [register.a_case(str(k)) for k in range(12)]
    competing = [solved(register, [case.id]) for case in cases]

    with ThreadPoolExecutor(12) as pool:
        reports = list(pool.map(lambda run: apply(register, run), competing))

    assert sum(len(report.applied) for report in reports) == 3
    assert {row.practitioner_id for row in register.all(AssignmentRow)} == {practitioner.id}
    assert len(register.all(AssignmentRow)) == 3


def test_twenty_workers_claim_one_run_and_one_gets_it(register):
    register.a_case()
    run = requests.request_run(register.begin, register.clerk, NOW)

    with ThreadPoolExecutor(20) as pool:
        claims = list(pool.map(lambda k: jobs.claim(register.begin, NOW, run.id, f"worker {k}"), range(20)))

    assert sum(held is not None for held in claims) == 1
