"""What a clerk could try to steer a case by: each attempt comes to the same, or stands there for everybody to see."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import submit_case, take_in
from dispatch.commands.jobs import JobContext
from dispatch.commands.roster.merging import clear_duplicate
from dispatch.commands.runs import repeats, requests
from dispatch.domain.errors import ForbiddenError, NotFoundError, RunNotReadyError
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.vocabulary import Role
from dispatch.registry.audit import note
from dispatch.registry.tables import CaseRow, ProposalRow, RunRow, UserRow
from tests.rows import NOW, a_draft

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NUMBERLESS = {"recipient": {"name": "王小明", "sex": "male", "minor": False}}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def solved(register, now=NOW, case_ids=None, actor=None):
    reason = case_ids and "the others wait for papers"
    run = requests.request_run(register.begin, actor or register.clerk, now, case_ids, reason)
    requests.solve_run(JobContext(register.begin, register.read, lambda: now, "worker"), run.id)
    return register.get(RunRow, run.id)


def chosen(register, run):
    return {row.case_id: row.practitioner_id for row in register.all(ProposalRow, ProposalRow.run_id == run.id)}


@pytest.fixture
def alike(register):
    """Five cases and eight lawyers between whom nothing but the draw decides."""
    for n in range(8):
        register.a_practitioner(f"p{n}")
    return [register.a_case(f"{n}").id for n in range(5)]


def test_clerk_moves_no_case_by_asking_again_at_another_hour_or_as_another_person(register, alike):
    first = chosen(register, solved(register))

    assert [chosen(register, solved(register, NOW + n * HOUR)) for n in range(1, 6)] == [first] * 5
    assert chosen(register, solved(register, actor=register.manager)) == first


def test_clerk_moves_no_case_by_the_order_in_which_cases_are_named(register, alike):
    orders = list(permutations(alike))[::40]

    assert len({tuple(sorted(chosen(register, solved(register, case_ids=list(each))).items())) for each in orders}) == 1


def test_lot_of_a_case_is_the_same_whatever_unlike_cases_are_matched_with_it(register):
    for n in range(8):
        register.a_practitioner(f"p{n}")
    kinds = ([], ["woman"], ["elderly"], ["disabled"], ["migrant_worker"])
    cases = [register.a_case(f"{n}", categories=kind).id for n, kind in enumerate(kinds)]
    alone = {case: chosen(register, solved(register, case_ids=[case]))[case] for case in cases}
    apart = {person: case for case, person in alone.items()}

    together = chosen(register, solved(register, case_ids=list(apart.values())))

    # Those who are drawn different people get them together, too.
    assert together == {case: person for person, case in apart.items()}


@pytest.mark.parametrize(
    ("filed", "change"),
    [
        ({"cause": "labour_relation"}, {"cause": "wages"}),
        (NUMBERLESS, {"recipient": a_draft().recipient.model_dump()}),
    ],
    ids=["as another matter", "without the number"],
)
def test_case_filed_as_something_else_draws_the_lot_of_what_it_is_put_right_to_be(register, filed, change):
    whom = (register.begin, register.seal, register.clerk, NOW)
    first = submit_case(*whom, a_draft("1"))
    other = submit_case(*whom, a_draft("2", **filed))

    again = change_case(*whom, other.id, change, other.revision).case
    untold = change_case(*whom, other.id, {"major": True}, again.revision).case
    later = change_case(*whom, other.id, {"cause": "labour_relation"}, untold.revision).case

    changed = (again, untold, later)
    assert [each.lot_of for each in (other, *changed)] == [None, first.id, first.id, None]
    assert [each.duplicate_of for each in (other, *changed)] == [None, first.id, first.id, None]


def test_case_is_given_no_other_lot_by_being_taken_for_another_for_a_while(register):
    whom = (register.begin, register.seal, register.clerk, NOW)
    older, case, _ = (
        submit_case(*whom, a_draft(number, cause=cause))
        for number, cause in (("1", "labour_relation"), ("2", "wages"), ("3", "work_injury"))
    )
    causes = ("work_injury", "labour_relation", "wages")

    tie_break_keys = [
        change_case(*whom, case.id, {"cause": cause}, case.revision + k).case.lot_of for k, cause in enumerate(causes)
    ]

    assert tie_break_keys == [None, older.id, None], (
        "what is filed later gives it none, and it keeps none of an older one"
    )


def test_cases_put_right_by_one_file_share_a_lot_and_are_told_as_doubles(register):
    whom = (register.begin, register.seal, register.clerk, NOW)
    first, other = (submit_case(*whom, a_draft(number, **NUMBERLESS)).id for number in "12")
    with register.begin() as tx:
        take_in(tx, register.seal, register.clerk, NOW, [a_draft("1"), a_draft("2")], amend=True)

    assert [register.get(CaseRow, first).lot_of, register.get(CaseRow, other).lot_of] == [None, first]
    assert register.get(CaseRow, other).duplicate_of == first


def test_case_that_was_told_apart_from_its_like_is_not_told_as_its_double_again(register):
    whom = (register.begin, register.seal, register.clerk, NOW)
    _, case = (submit_case(*whom, a_draft(number)) for number in "12")
    assert case.duplicate_of
    clear_duplicate(register.begin, register.clerk, NOW, case.id, "两人同名同号", case.revision)
    away = change_case(*whom, case.id, {"cause": "labour_relation"}, case.revision + 1).case

    back = change_case(*whom, case.id, {"cause": "wages"}, away.revision).case

    assert (away.duplicate_of, back.duplicate_of) == (None, None)


def test_picking_among_like_cases_draws_anew_and_stands_in_the_run_with_its_reason(register, alike):
    solved(register)

    picked = solved(register, case_ids=alike[:1])

    assert [(each["left_out"], each["reason"]) for each in picked.exceptions] == [(4, "the others wait for papers")]
    assert picked.summary["repeats"] == 1


def test_every_attempt_is_seen_with_who_made_it_and_what_came_of_it(register, alike):
    first = solved(register, case_ids=alike[:2])
    second = solved(register, NOW + HOUR, actor=register.manager)
    proposals = register.all(ProposalRow, ProposalRow.run_id == second.id)
    requests.apply_run(register.begin, register.clerk, NOW + HOUR, second.id, [proposals[0].id], "urgent")

    [seen] = repeats.repeats_of(register.read, register.manager, second.id)
    [later] = repeats.repeats_of(register.read, register.manager, first.id)

    assert (seen.id, seen.asked_by, seen.earlier, seen.cases, seen.shared, seen.proposed, seen.applied) == (
        first.id, register.clerk.user_id, True, 2, 2, 2, 0,
    )  # fmt: skip
    assert (later.id, later.asked_by, later.earlier, later.cases, later.shared) == (
        second.id, register.manager.user_id, False, 5, 2,
    )  # fmt: skip
    assert (first.summary["repeats"], second.summary["repeats"]) == (0, 1)
    assert [each["left_out"] for each in first.exceptions] == [3]


def test_waiting_for_another_days_draw_is_seen_as_a_repeat_with_another_seed(register, alike):
    first, second = solved(register), solved(register, NOW + DAY)

    found = repeats.changes_between(register.read, register.manager, second.id, first.id)

    assert not found.same_seed
    assert second.summary["repeats"] == 1


def test_case_registered_anew_for_another_id_is_seen_as_one_gone_and_one_come(register, alike):
    first = solved(register)
    with register.begin() as tx:
        tx.lock(CaseRow, alike[0]).status = "withdrawn"
    register.a_case("again")

    found = repeats.changes_between(register.read, register.manager, solved(register).id, first.id)

    assert [(each.part, each.what, each.field, each.number) for each in found.facts] == [
        ("cases", "came", None, 1), ("cases", "left", None, 1),
    ]  # fmt: skip


def test_what_differs_between_two_runs_is_told_by_kind_and_number(register, alike):
    first = solved(register)
    register.a_practitioner("p8")
    with register.begin() as tx:
        tx.lock(CaseRow, alike[1]).cause = "labour"
    register.a_policy(caps={"open_cases": 4})

    found = repeats.changes_between(register.read, register.manager, solved(register).id, first.id)

    assert found.same_seed
    assert "caps.open_cases" in [each.field for each in found.policy]
    assert [(each.part, each.what, each.field, each.number) for each in found.facts] == [
        ("cases", "changed", "cause", 1), ("practitioners", "came", None, 1),
    ]  # fmt: skip


def test_who_changed_what_between_two_runs_is_told_and_nothing_before_or_after(register, alike):
    first, second = solved(register), solved(register, NOW + DAY)
    meanwhile, service = NOW + HOUR, replace(register.manager, user_id="none")
    for actor, verb, at in (
        (register.manager, Verb.OVERRIDE_ROTATION, NOW - HOUR),
        (register.manager, Verb.OVERRIDE_ROTATION, meanwhile),
        (register.clerk, Verb.EDIT_ROSTER, meanwhile),
        (register.clerk, Verb.EDIT_ROSTER, second.docket_at),
        (register.clerk, Verb.READ_CASE, meanwhile),
        (service, Verb.WISH, meanwhile),
        (register.clerk, Verb.EDIT_CASE, NOW + 2 * DAY),
    ):
        with register.begin() as tx:
            note(tx, actor, verb, "thing", "x", at)

    forth, back = (
        repeats.changes_between(register.read, register.clerk, *pair)
        for pair in ((second.id, first.id), (first.id, second.id))
    )

    logins = [register.get(UserRow, actor.user_id).login for actor in (register.clerk, register.manager)]
    assert forth.acts == back.acts
    assert forth.acts == [
        (None, None, "wish", 1),
        (logins[0], Role.CLERK, "edit_roster", 2),
        (logins[1], Role.MANAGER, "override_rotation", 1),
    ]


def test_only_who_reads_runs_sees_repeats_and_only_of_solved_runs_changes(register, alike):
    run = solved(register)
    queued = requests.request_run(register.begin, register.clerk, NOW)
    lawyer = Actor("u", Role.PRACTITIONER, register.centre.id)

    with pytest.raises(ForbiddenError):
        repeats.repeats_of(register.read, lawyer, run.id)
    with pytest.raises(ForbiddenError):
        repeats.changes_between(register.read, lawyer, run.id, run.id)
    with pytest.raises(NotFoundError):
        repeats.repeats_of(register.read, register.a_stranger(), run.id)
    with pytest.raises(RunNotReadyError):
        repeats.changes_between(register.read, register.clerk, queued.id, run.id)
