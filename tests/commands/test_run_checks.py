"""A run is worked out anew from its docket: whatever was changed afterwards is named."""

import io
import json
import zlib
from dataclasses import replace
from hashlib import sha256

import pytest

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs import requests
from dispatch.commands.runs.checks import RunPart, check_run
from dispatch.commands.runs.draws import commit_draws
from dispatch.domain.errors import ForbiddenError, RunNotReadyError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import PolicyRow, ProposalRow, RunRow
from optimizer import solve
from optimizer.proof.files import load, save
from tests.rows import NOW

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def solved(register):
    run = requests.request_run(register.begin, register.clerk, NOW)
    requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    return run.id


@pytest.fixture
def run_id(register):
    """A run of three cases between four lawyers of different worth."""
    commit_draws(register.begin, register.read, NOW)
    for n in range(4):
        register.a_practitioner(f"p{n}", quality=60 + 5 * n)
    for n in range(3):
        register.a_case(f"{n}")
    return solved(register)


def failing(register, run_id):
    return {each.part for each in check_run(register.read, register.manager, run_id) if not each.holds}


def changed(register, run_id, **columns):
    with register.begin() as tx:
        run = tx.session.get_one(RunRow, run_id)
        for name, value in columns.items():
            setattr(run, name, value(run))


def docket_with(edit):
    """The docket with a fact changed, and its digest made to fit."""

    def content(run):
        document = json.loads(zlib.decompress(run.docket))
        edit(document)
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    return {"docket": lambda run: zlib.compress(content(run)),
            "docket_digest": lambda run: sha256(zlib.decompress(run.docket)).hexdigest()}  # fmt: skip


def other_weights(told):
    """One point of the weights moved from one criterion to another."""
    weights = told["policy"]["weights"]
    return {"quality": weights["quality"] - 1, "distance": weights["distance"] + 1}


def better(run):
    """A proof of the same cases in which somebody is worth a point more; it proves what it says."""
    problem, solution = load(io.BytesIO(run.certificate))
    terms = problem.practitioner_terms.copy()
    terms[0, 0] += 1
    other, target = replace(problem, practitioner_terms=terms), io.BytesIO()
    save(target, other, solve(other, solution.certificate.seed))
    return target.getvalue()


CHANGES = {
    "a fact": (docket_with(lambda told: told["facts"]["practitioners"][0].update(quality=99)), RunPart.SCORES),
    "a weight": (docket_with(lambda told: told["policy"]["weights"].update(other_weights(told))), RunPart.POLICY),
    "no docket": ({"docket": lambda run: zlib.compress(b"{}")}, RunPart.DOCKET),
    "the seed of the docket": (docket_with(lambda told: told.update(seed=7)), RunPart.DRAW),
    "the seed": ({"seed": lambda run: 7}, RunPart.DRAW),
    "the day of the draw": ({"draw_on": lambda run: NOW.date().replace(day=1)}, RunPart.DRAW),
    "the docket alone": ({"docket_digest": lambda run: "0" * 64}, RunPart.DOCKET),
    "a score": ({"certificate": better}, RunPart.SCORES),
    "no proof": ({"certificate": lambda run: b"PK"}, RunPart.PROOF),
    "its worth": ({"objective": lambda run: run.objective + 1}, RunPart.PROOF),
}


def test_run_that_nobody_touched_holds_in_every_part(register, run_id):
    assert [each.part for each in check_run(register.read, register.manager, run_id)] == list(RunPart)
    assert failing(register, run_id) == set()


@pytest.mark.parametrize("name", CHANGES)
def test_change_of_a_run_is_named_by_what_does_not_hold(register, run_id, name):
    columns, part = CHANGES[name]
    changed(register, run_id, **columns)

    assert part in failing(register, run_id)


def test_other_proposals_than_the_plans_are_named(register, run_id):
    with register.begin() as tx:
        row = tx.session.get_one(ProposalRow, register.all(ProposalRow)[0].id)
        row.practitioner_id = next(
            each.practitioner_id for each in register.all(ProposalRow) if each.practitioner_id != row.practitioner_id
        )

    assert failing(register, run_id) == {RunPart.PROPOSALS}


def test_policy_that_was_rewritten_is_named(register, run_id):
    with register.begin() as tx:
        tx.session.get_one(PolicyRow, register.policy.id).digest = "0" * 64

    assert failing(register, run_id) == {RunPart.POLICY}


def test_draw_that_was_not_published_beforehand_is_named(register):
    register.a_case()
    register.a_practitioner()

    assert failing(register, solved(register)) == {RunPart.DRAW}


def test_run_is_checked_once_it_is_solved_and_by_who_may_verify(register, run_id):
    waiting = requests.request_run(register.begin, register.clerk, NOW)

    with pytest.raises(RunNotReadyError):
        check_run(register.read, register.manager, waiting.id)
    with pytest.raises(ForbiddenError):
        check_run(register.read, Actor("u", Role.PRACTITIONER, register.centre.id), run_id)
