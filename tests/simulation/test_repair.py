"""Why a case is open: each change that would help is worth what solving the day again says, and none is worth more."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.commands.answers.words import shut_in_words
from dispatch.domain.docket.docket import Docket
from dispatch.domain.eligibility.soft_rules import YIELDING
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.vocabulary import PractitionerKind
from dispatch.modes.encode import encode, first_rows
from dispatch.simulation.evidence.repair import RepairKind, why_open
from optimizer import solve
from tests.builders import a_case, a_defence, a_docket, a_policy, a_practitioner, an_institution
from tests.examples import share
from tests.simulation.test_why import cities, day_of

ASKS_AREA = a_policy(checks={"area": True}, thresholds={"specialty_floor": 50})


def changed(day, case, people=None, houses=None, cases=None):
    """What the day gains by other facts, solved again at the same price of what is open; None if not by this case."""
    facts = day.docket.facts
    facts = replace(
        facts,
        practitioners=people or facts.practitioners,
        institutions=houses or facts.institutions,
        cases=cases or facts.cases,
    )
    docket = Docket.build(facts, day.docket.policy, day.docket.seed)
    problem = replace(encode(docket, eligible(docket)), open_price=day.problem.open_price)
    best, favoured = (
        solve(replace(problem, open_price=each), 1) for each in (problem.open_price, a_point_more(problem, case))
    )
    spared = best.objective - favoured.objective
    return best.objective - day.solution.objective if spared < day.solution.open[case] else None


def a_point_more(problem, case):
    """Open prices in which leaving this case open costs one point more: equal plans now favour it."""
    return problem.open_price + (np.arange(problem.n) == case)


def with_place(day, case, j):
    def wider(person):
        room, month = (
            None if most is None else max(most - had, 0)
            for most, had in ((person.capacity, person.load), (person.monthly_capacity, person.month_count))
        )
        least = min(each for each in (room, month, 10**6) if each is not None) + 1
        return replace(
            person,
            capacity=None if room is None else person.load + max(room, least),
            monthly_capacity=None if month is None else person.month_count + max(month, least),
        )

    people = day.docket.facts.practitioners
    return changed(day, case, people=tuple(wider(each) if k == j else each for k, each in enumerate(people)))


def with_rule(day, case, code):
    cases = day.docket.facts.cases
    eased = replace(cases[case], relaxed=(*cases[case].relaxed, code))
    return changed(day, case, cases=(*cases[:case], eased, *cases[case + 1 :]))


def with_ability(day, case, j, kind):
    """What the day gains by a language spoken or an area served, from facts stated anew."""
    people, asked = list(day.docket.facts.practitioners), day.docket.facts.cases[case]
    more = {
        RepairKind.LANGUAGE: {"languages": (*(people[j].languages or ()), *asked.languages)},
        RepairKind.AREA: {"areas": (*(people[j].areas or ()), asked.area)},
    }
    people[j] = replace(people[j], **more[kind])
    return changed(day, case, people=tuple(people))


def lacking(day, case, kind):
    """People on the list with a place whom nothing refuses but that they do not speak it, or serve there.

    The areas of a grass-roots worker are law: no answer tells a centre to record another.
    """
    licensed = PractitionerKind.GRASSROOTS_WORKER if kind is RepairKind.AREA else None
    rule = {RepairKind.LANGUAGE: "speaks_language", RepairKind.AREA: "serves_area"}[kind]
    row = int(first_rows(day.docket)[case])
    return [
        j
        for j, person in enumerate(day.docket.facts.practitioners)
        if person.listed
        and person.kind is not licensed
        and {each.code for each in day.eligibility.why(row, j)} == {rule}
    ]


@share(0.06)
@given(day=cities, pick=st.integers(0, 999), kind=st.sampled_from([RepairKind.LANGUAGE, RepairKind.AREA]))
def test_language_or_area_of_one_person_is_told_as_solving_the_day_again_with_it_says(day, pick, kind):
    open_cases = [case for case in np.flatnonzero(day.solution.open).tolist() if lacking(day, case, kind)]
    if not open_cases:
        return
    case = open_cases[pick % len(open_cases)]

    told = [each for each in why_open(day, day.docket.facts.cases[case].id).repairs if each.kind is kind]

    gains = {day.docket.practitioner_at(j).id: with_ability(day, case, j, kind) for j in lacking(day, case, kind)}
    for each in told:
        assert each.practitioner_id in gains
        assert each.gain == gains[each.practitioner_id] if each.helps else each.served > 0
    if not day.problem.separate.size:
        assert bool(told) or not any(gain is not None for gain in gains.values())


@share(0.025)
@given(day=cities, pick=st.integers(0, 999))
def test_repairs_are_the_best_single_changes_by_solving_the_day_again_for_every_one(day, pick):
    open_cases = np.flatnonzero(day.solution.open).tolist()
    if not open_cases:
        return
    case = open_cases[pick % len(open_cases)]
    docket = day.docket

    found = why_open(day, docket.facts.cases[case].id)

    people = [j for j, each in enumerate(docket.facts.practitioners) if each.listed and each.capacity is not None]
    by_kind = {
        RepairKind.PLACE: {docket.practitioner_at(j).id: with_place(day, case, j) for j in people},
        RepairKind.RULE: {code: with_rule(day, case, code) for code in YIELDING},
    }
    for kind, gains in by_kind.items():
        repairs = [each for each in found.repairs if each.kind is kind and each.helps]
        for each in repairs:
            assert gains[each.rule or each.practitioner_id] == each.gain
        if not day.problem.separate.size:
            helping = [gain for gain in gains.values() if gain is not None]
            assert max((each.gain for each in repairs), default=0) == max(helping, default=0), kind


@share(0.02)
@given(day=cities)
def test_cut_shuts_its_cases_in_with_people_who_can_take_no_more(day):
    for case in np.flatnonzero(day.solution.open).tolist():
        found = why_open(day, day.docket.facts.cases[case].id)

        rows = {each.id: k for k, each in enumerate(day.docket.facts.cases)}
        inside = {day.docket.column_of(id) for id in found.practitioner_ids}
        cases = [rows[id] for id in found.case_ids]
        assert case in cases
        outside = {
            other: set(np.flatnonzero(day.eligibility.row(first_rows(day.docket)[other]) & (day.problem.room > 0)))
            - inside
            for other in cases
        }
        assert found.kept_apart == len(outside[case])
        # Sides that are kept apart leave people out: the cut is one of the branch that the proof has taken.
        assert day.problem.separate.size or not any(outside.values())
        assert found.shortage >= 1
        assert {day.docket.practitioner_at(j).listed for j in inside} <= {True}


def test_case_that_somebody_has_is_not_open():
    docket = a_docket()

    assert why_open(day_of(docket), "c1") is None
    assert why_open(day_of(docket), "nobody") is None


def test_full_lawyer_is_named_with_the_place_that_would_help_and_people_off_the_list_are_not():
    people = [
        a_practitioner("full", capacity=1, load=1),
        a_practitioner("better", capacity=1, load=1, listed=False, specialties={"wages": 100}),
    ]
    day = day_of(a_docket([a_case()], people))

    found = why_open(day, "c1")

    assert (found.practitioner_ids, found.only_full) == ([], 1)
    [repair] = found.repairs
    assert (repair.kind, repair.practitioner_id, repair.served, repair.helps) == (RepairKind.PLACE, "full", 1, True)


def test_lawyer_with_a_place_whom_only_the_other_sides_case_keeps_out_is_told_and_not_called_unfit():
    sides = (
        replace(a_case("ours"), opposing_case_ids=("theirs",)),
        replace(a_case("theirs"), opposing_case_ids=("ours",)),
    )
    day = day_of(a_docket(sides, [a_practitioner("only", capacity=5)]))
    [left] = [case.id for k, case in enumerate(sides) if day.solution.open[k]]

    found = why_open(day, left)

    assert found.kept_apart == 1
    told = list(shut_in_words(found, "zh"))
    assert "另有1人符合本案全部条件，因对立各方的案件须分开承办，在本次匹配中不能承办本案。" in told
    assert not [sentence for sentence in told if "没有人符合" in sentence]


def test_place_that_a_more_urgent_case_would_take_is_told_not_to_help():
    urgent, waiting = a_case("urgent", grave=False), a_case("waiting")
    urgent = replace(urgent, due_at=urgent.due_at.replace(day=9, hour=5))
    day = day_of(a_docket([waiting, urgent], [a_practitioner(capacity=1, load=1)]))

    found = {each.id: why_open(day, each.id).repairs for each in (urgent, waiting)}

    assert [each.helps for each in found["urgent"]] == [True]
    assert [each.helps for each in found["waiting"]] == [False]


def test_institution_is_named_whose_cap_keeps_its_people_out():
    day = day_of(a_docket([a_case()], [a_practitioner()], institutions=(an_institution(room=0),)))

    [repair] = why_open(day, "c1").repairs

    assert (repair.kind, repair.institution_id, repair.helps) == (RepairKind.HOUSE_PLACE, "firm", True)


@pytest.mark.parametrize(
    ("case", "person", "kind", "labels"),
    [
        (a_case(languages=("ug",)), {}, RepairKind.LANGUAGE, ("ug",)),
        (a_case(languages=("cmn", "ug")), {"languages": None}, RepairKind.LANGUAGE, ("ug",)),
        (a_defence(languages=("ug",)), {}, RepairKind.LANGUAGE, ("ug",)),
        (a_case(area="A"), {"areas": ("B",)}, RepairKind.AREA, ("A",)),
        (a_case(area="A"), {"areas": None}, RepairKind.AREA, ("A",)),
        (a_case(area=None), {"areas": ("B",)}, None, ()),
        (a_case(area="A"), {"areas": ("B",), "kind": PractitionerKind.GRASSROOTS_WORKER}, None, ()),
        (a_case(languages=("ug",)), {"listed": False}, None, ()),
        (a_case(languages=("ug",)), {"suspended": True}, None, ()),
        (a_case(languages=("ug",)), {"capacity": 1, "load": 1}, None, ()),
        (a_defence(languages=("ug",), grave=True), {"criminal_defence_since": None}, None, ()),
    ],
)
def test_one_who_lacks_only_the_language_or_the_area_is_named_with_it_and_nobody_whom_the_law_keeps_out(
    case, person, kind, labels
):
    day = day_of(a_docket([case], [a_practitioner("one", **person)], ASKS_AREA))

    told = [each for each in why_open(day, "c1").repairs if each.kind in (RepairKind.LANGUAGE, RepairKind.AREA)]

    assert [(each.kind, each.practitioner_id, each.labels, each.helps) for each in told] == (
        [(kind, "one", labels, True)] if kind else []
    )


@pytest.mark.parametrize(
    ("case", "person", "rule"),
    [
        (a_case(area="A"), {"areas": ("B",)}, "serves_area"),
        (a_case(languages=("uyghur",)), {}, "speaks_language"),
        (a_defence(languages=("uyghur",)), {}, None),
        (a_case(), {"specialties": {}}, "specialised"),
        (a_case(), {"suspended": True}, None),
    ],
)
def test_rule_that_a_centre_may_let_go_is_named_and_the_law_never(case, person, rule):
    day = day_of(a_docket([case], [a_practitioner(**person)], ASKS_AREA))

    repairs = why_open(day, "c1").repairs

    told = [(each.rule, each.practitioner_id, each.helps) for each in repairs if each.kind is RepairKind.RULE]
    assert told == [(rule, "p1", True)] * bool(rule)
