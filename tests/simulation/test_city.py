"""A sample city is the same for the same seed, and has the shape of the published figures."""

from collections import Counter
from dataclasses import fields
from datetime import UTC, datetime

import numpy as np
import pytest
from stdnum.cn.ric import calc_check_digit

from dispatch.domain.policy.schema import load_preset
from dispatch.domain.vocabulary import InstitutionKind, Matter, PractitionerKind, RelationKind, Service
from dispatch.simulation.sample.city import CITY, COUNTY, Size, make_city
from dispatch.simulation.sample.institutions import make_institutions
from dispatch.simulation.sample.places import SHANGQIU
from dispatch.simulation.sample.records import City

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CAUSES = load_preset("shangqiu").causes


def a_city(seed: int = 7, size: Size = CITY) -> City:
    return make_city(seed, NOW, CAUSES, size)


def test_city_of_one_seed_is_always_the_same():
    assert a_city(seed=3, size=COUNTY) == a_city(seed=3, size=COUNTY)


def test_city_of_another_seed_is_another():
    assert a_city(seed=3, size=COUNTY) != a_city(seed=4, size=COUNTY)


def test_city_has_the_size_that_was_asked_for():
    city = a_city()

    listed = [practitioner for practitioner in city.practitioners if practitioner.listed]
    assert (len(city.cases), len(city.practitioners), len(listed)) == (300, 1500, 300)
    assert 100 <= len(city.institutions) <= 150
    assert sum(institution.size for institution in city.institutions) == 1500


@pytest.mark.parametrize("seed", range(5))
def test_firms_have_the_published_sizes(seed):
    institutions = make_institutions(np.random.default_rng(seed), SHANGQIU, 20_000)

    firms = [institution for institution in institutions if institution.kind is InstitutionKind.LAW_FIRM]
    small = sum(firm.size <= 10 for firm in firms) / len(firms)
    assert small == pytest.approx(0.655, abs=0.04)


@pytest.mark.parametrize("share", [0.13, 0.45, 0.88])
def test_queue_has_the_criminal_share_that_was_asked_for(share):
    city = a_city(size=Size(cases=1500, practitioners=100, active=50, criminal_share=share))

    criminal = sum(case.matter is Matter.CRIMINAL for case in city.cases) / len(city.cases)
    assert criminal == pytest.approx(share, abs=0.04)


def test_queue_holds_every_kind_of_need():
    cases = a_city().cases

    assert all(
        any(answer)
        for answer in (
            (case.grave for case in cases),
            (case.minor for case in cases),
            (case.detained for case in cases),
            (case.sexual_assault for case in cases),
            (case.languages for case in cases),
            (case.demand == 2 for case in cases),
            (len(case.wishes) == 3 for case in cases),
            (case.service is Service.CRIMINAL_AGENCY for case in cases),
        )
    )
    kinds = {relation.kind for case in cases for relation in case.relations}
    assert kinds == {RelationKind.CO_DEFENDANTS, RelationKind.OPPOSING_SIDES}


def test_wishes_compete_for_the_same_people():
    wishes = Counter(case.wishes[0] for case in a_city().cases if case.wishes)

    assert max(wishes.values()) >= 3


def test_cases_name_only_what_the_city_has():
    city = a_city()

    numbers = {case.number for case in city.cases}
    codes = {practitioner.code for practitioner in city.practitioners}
    assert len(numbers) == len(city.cases)
    assert {case.area for case in city.cases} <= {None, *(place.code for place in SHANGQIU)}
    assert {case.cause for case in city.cases} <= {cause.code for cause in CAUSES}
    assert {code for case in city.cases for code in case.wishes} <= codes
    assert {relation.number for case in city.cases for relation in case.relations} <= numbers


def test_related_cases_are_of_one_cause_and_place():
    city = a_city()

    by_number = {case.number: case for case in city.cases}
    pairs = [(case, by_number[tie.number]) for case in city.cases for tie in case.relations]
    assert pairs
    assert all(case.cause == other.cause for case, other in pairs)
    assert all(other.number < case.number for case, other in pairs)


def test_register_has_gaps_on_purpose():
    practitioners = a_city().practitioners

    empty = {
        field.name
        for field in fields(practitioners[0])
        if any(getattr(row, field.name) is None for row in practitioners)
    }
    assert empty >= {
        "kind", "sex", "assessment_valid_to", "assessment_passed", "practising_since", "criminal_defence_since",
        "minor_trained", "specialties", "languages", "areas", "quality", "capacity",
    }  # fmt: skip


def test_some_assessments_have_lapsed_and_some_people_are_away():
    listed = [practitioner for practitioner in a_city().practitioners if practitioner.listed]

    assert any(row.assessment_valid_to and row.assessment_valid_to < NOW.date() for row in listed)
    assert any(row.leave for row in listed)
    assert any(row.suspended for row in listed)


def test_grassroots_workers_name_no_criminal_specialty():
    criminal = {cause.code for cause in CAUSES if cause.matter is Matter.CRIMINAL}
    workers = [row for row in a_city().practitioners if row.kind is PractitionerKind.GRASSROOTS_WORKER]

    assert workers
    assert not any(criminal & set(row.specialties or ()) for row in workers)


def test_nobody_in_the_city_can_exist():
    numbers = [case.recipient.identity_number for case in a_city().cases]

    assert all(number.startswith("419999") for number in numbers), "no county ever had that code"
    assert all(calc_check_digit(number) == number[-1] for number in numbers)


def test_deadlines_lie_near_and_far():
    waited = [(NOW - case.entitled_at).total_seconds() / 3600 for case in a_city().cases]

    assert min(waited) < 5
    assert max(waited) > 60


def test_more_active_than_registered_is_refused():
    with pytest.raises(ValueError, match="more active"):
        a_city(size=Size(cases=1, practitioners=10, active=11))
