"""Whichever way a case is assigned, endpoints are told, and learn who has it."""

from datetime import timedelta

import pytest

from dispatch.casework.assignment import Seating, in_mode
from dispatch.commands.board import claim, post_case
from dispatch.commands.designation import designate
from dispatch.commands.jobs import JobContext
from dispatch.commands.offers.offers import answer, make_offers
from dispatch.commands.offers.undertaking import abandon
from dispatch.commands.runs.requests import apply_run, request_run, solve_run
from dispatch.commands.webhooks.endpoints import create_webhook
from dispatch.domain.states import GivingBack
from dispatch.domain.vocabulary import ModeName
from dispatch.domain.webhooks import HookType
from dispatch.registry.host import RegisterHost
from dispatch.registry.tables import AssignmentRow, DeliveryRow
from tests.rows import NOW


@pytest.fixture
def reported(register):
    """A register with an endpoint that asked for everything; what it is told, in ids and codes."""
    create_webhook(
        register.begin, register.seal, register.manager, NOW, "x", "https://hooks.example.org/", [*HookType],
        private=False,
    )  # fmt: skip
    return lambda: sorted((row.type.value, row.data) for row in register.all(DeliveryRow))


def by_run(register, case, person):
    run = request_run(register.begin, register.clerk, NOW)
    solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)
    for _ in range(2):
        apply_run(register.begin, register.clerk, NOW, run.id)


def by_offer(register, case, person):
    [offer] = make_offers(register.begin, register.clerk, NOW, case.id, [person.id])
    answer(register.begin, register.acting(person), NOW, offer.id, True)


def by_claim(register, case, person):
    register.a_policy(grab={"window_minutes": 0})
    post_case(register.begin, register.clerk, NOW, case.id, NOW + timedelta(hours=8))
    claim(register.begin, register.read, register.acting(person), NOW, case.id)


def by_designation(register, case, person):
    designate(register.begin, register.clerk, NOW, case.id, person.id, "knows the family")


def by_rule(register, case, person):
    with register.begin() as tx:
        host = RegisterHost(tx, register.centre.id, None, NOW)
        seating = Seating(host, in_mode(ModeName.ROTATION), [case.id])
        assert seating.give(case.id, person.id) == ()
        seating.resolve()


@pytest.mark.parametrize("way", [by_run, by_offer, by_claim, by_designation, by_rule])
def test_assignment_is_told_once_whichever_way_it_came(register, reported, way):
    case, person = register.a_case(), register.a_practitioner()

    way(register, case, person)

    [assignment] = register.all(AssignmentRow)
    [data] = [data for type, data in reported() if type == "case.assigned"]
    assert (data["case_id"], data["assignment_id"], data["practitioner_id"]) == (case.id, assignment.id, person.id)
    assert "knows the family" not in str(reported())


def test_applied_run_is_told_once_with_its_counts(register, reported):
    case, person = register.a_case(), register.a_practitioner()

    by_run(register, case, person)

    runs = {type: data for type, data in reported() if type.startswith("run.")}
    assert {type: {name: data[name] for name in data if name != "run_id"} for type, data in runs.items()} == {
        "run.solved": {"status": "done", "cases": 1, "seats": 1, "assigned": 1, "open": 0},
        "run.applied": {"applied": 1, "stale": 0},
    }


def test_case_given_back_is_told_with_its_reason_as_a_code(register, reported):
    case, person = register.a_case(), register.a_practitioner()
    by_offer(register, case, person)
    [assignment] = register.all(AssignmentRow)

    abandon(register.begin, register.clerk, NOW, assignment.id, GivingBack.HEALTH)

    [data] = [data for type, data in reported() if type == "case.given_back"]
    assert (data["reason"], data["status"]) == ("health", "pending")
