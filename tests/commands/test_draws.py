"""Draws among equals: published before their day, opened after it, and the same for whoever asks, however often."""

import io
from datetime import timedelta

import pytest

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs import draws, proofs, requests
from dispatch.domain.docket.draw import commitment_to, seed_from
from dispatch.domain.errors import ForbiddenError, RunNotReadyError
from dispatch.domain.log.words import OwnVerb
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.registry.docket.draws import AHEAD_DAYS, SHOWN_HEX
from dispatch.registry.reads import Slice
from dispatch.registry.tables import AuditRow, DrawRow, ProposalRow, RunRow
from optimizer import verify
from optimizer.proof.files import load
from tests.rows import NOW

DAY = timedelta(days=1)
ALL = Slice(200, None)


def commit(register, now=NOW):
    return draws.commit_draws(register.begin, register.read, now)


def solved(register, now=NOW):
    run = requests.request_run(register.begin, register.clerk, now)
    requests.solve_run(JobContext(register.begin, register.read, lambda: now, "worker"), run.id)
    return register.get(RunRow, run.id)


def shown(register, now):
    return draws.list_draws(register.read, register.clerk, ALL, now).rows


def test_draws_are_published_once_long_before_their_day_and_in_the_log(register):
    first, again = commit(register), commit(register)
    later = commit(register, NOW + 3 * DAY)

    assert (first, again, later) == (AHEAD_DAYS + 2, 0, 3)
    rows = register.all(DrawRow)
    entries = register.all(AuditRow, AuditRow.verb == OwnVerb.COMMIT_DRAW.value)
    assert {(f"draw {row.on}", row.commitment[:SHOWN_HEX]) for row in rows} == {
        (entry.subject, entry.subject_id) for entry in entries
    }
    assert max(row.on for row in rows if row.committed_at == NOW) == NOW.date() + (AHEAD_DAYS + 1) * DAY


def test_secret_of_a_draw_is_shown_when_its_day_is_over(register):
    commit(register)

    opened = {row.on: row for row in shown(register, NOW + 2 * DAY) if row.secret}

    assert [row for row in shown(register, NOW) if row.secret or row.seed is not None] == []
    assert sorted(opened) == [NOW.date(), NOW.date() + DAY]
    for on, row in opened.items():
        assert commitment_to(row.secret, on) == row.commitment
        assert seed_from(row.secret) == row.seed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_draws_come_in_pages_furthest_ahead_first(register):
    commit(register)

    first = draws.list_draws(register.read, register.clerk, Slice(2, None), NOW)
    second = draws.list_draws(register.read, register.clerk, Slice(2, first.last), NOW)

    assert [row.on for row in (*first.rows, *second.rows)] == [
        NOW.date() + n * DAY for n in range(AHEAD_DAYS + 1, AHEAD_DAYS - 3, -1)
    ]
    with pytest.raises(ForbiddenError):
        draws.list_draws(register.read, Actor("u", Role.PRACTITIONER, register.centre.id), ALL, NOW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_proof_says_its_seed_once_its_day_is_over_and_holds_before_and_after(register):
    register.a_case()
    for n in range(4):
        register.a_practitioner(f"p{n}")
    run = solved(register)

    def seed_at(now):
        problem, solution = load(io.BytesIO(proofs.proof_of(register.read, register.clerk, run.id, now)))
        verify(problem, solution)
        return solution.certificate.seed

    assert (seed_at(NOW), seed_at(NOW + DAY)) == (proofs.NO_SEED, run.seed)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_proof_of_a_run_that_is_not_solved_is_refused(register):
    register.a_case()
    run = requests.request_run(register.begin, register.clerk, NOW)

    with pytest.raises(RunNotReadyError):
        proofs.proof_of(register.read, register.clerk, run.id, NOW)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_docket_drawn_up_on_the_next_day_has_the_draw_of_the_next_day(register):
    register.a_case()
    register.a_practitioner()
    run = requests.request_run(register.begin, register.clerk, NOW)

    requests.solve_run(JobContext(register.begin, register.read, lambda: NOW + DAY, "worker"), run.id)

    assert register.get(RunRow, run.id).draw_on == NOW.date() + DAY


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_same_cases_asked_for_again_have_the_same_draw(register):
    for n in range(6):
        register.a_case(f"{n}")
        register.a_practitioner(f"p{n}")

    first, second = solved(register), solved(register, NOW + timedelta(hours=3))

    def chosen(run):
        return {(row.case_id, row.practitioner_id) for row in register.all(ProposalRow, ProposalRow.run_id == run.id)}

    assert first.seed == second.seed
    assert chosen(first) == chosen(second)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_part_of_what_waits_is_matched_or_applied_with_a_reason_that_stays_with_the_run(register):
    cases = [register.a_case(f"{n}").id for n in range(3)]
    for n in range(3):
        register.a_practitioner(f"p{n}")
    run = requests.request_run(register.begin, register.clerk, NOW, cases[:2], "the third waits for a paper")
    requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    one = register.all(ProposalRow)[0]

    requests.apply_run(register.begin, register.manager, NOW, run.id, [one.id], "heard in court today")
    requests.apply_run(register.begin, register.manager, NOW, run.id, [one.id])

    kept = [(each["what"], each["left_out"], each["reason"], each["by"])
            for each in register.get(RunRow, run.id).exceptions]  # fmt: skip
    assert kept == [
        ("cases", 1, "the third waits for a paper", register.clerk.user_id),
        ("proposals", 1, "heard in court today", register.manager.user_id),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_naming_every_case_that_waits_is_no_exception(register):
    cases = [register.a_case(f"{n}").id for n in range(2)]

    assert requests.request_run(register.begin, register.clerk, NOW, cases).exceptions == []
