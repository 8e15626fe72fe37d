"""Soft rules: which may be let go, in what order, and that nothing else ever is."""

import pytest

from dispatch.domain.eligibility.soft_rules import BITS, YIELDING, Soft, bits_of
from dispatch.domain.eligibility.table import RULES_BY_CODE, eligible, to_relax
from dispatch.domain.errors import PolicyInvalidError
from dispatch.domain.law.citations import OWN
from dispatch.domain.vocabulary import PairKind, Sex
from tests.builders import a_case, a_defence, a_docket, a_pair, a_policy, a_practitioner, an_area

STRICT = {
    "checks": {"area": True, "language": True, "assessment": True},
    "thresholds": {"specialty_floor": 50, "reach_km": 10},
}
AREAS = (an_area("A"), an_area("B"))
FAR = {"areas": ("B",), "latitude": 10.0, "longitude": 10.0}
REFUSED_BY = {
    Soft.SERVES_AREA: ({}, {"areas": ("B",)}),
    Soft.WITHIN_REACH: ({}, {"latitude": None}),
    Soft.SPECIALISED: ({}, {"specialties": {}}),
    Soft.ASSESSMENT_PASSED: ({}, {"assessment_passed": None}),
    Soft.SPEAKS_LANGUAGE: ({"languages": ("sign",)}, {"languages": None}),
}
NEAR = {"latitude": 34.41, "longitude": 115.65}


def a_pool(case, *people, order=tuple(Soft), **parts):
    return a_docket([case], people, a_policy(relaxation=list(order), **{**STRICT, **parts}), areas=AREAS)


def refused(docket, j=0):
    return [refusal.code for refusal in eligible(docket).why(0, j)]


def test_soft_rules_are_rules_of_the_centre_and_the_one_that_yields_by_itself():
    assert set(Soft) <= set(RULES_BY_CODE)
    assert {soft for soft in Soft if not set(OWN) <= set(RULES_BY_CODE[soft].source)} == {Soft.GIRL_WOMAN}
    assert set(YIELDING) == set(BITS) - {Soft.GIRL_WOMAN}


@pytest.mark.parametrize("soft", REFUSED_BY)
def test_relaxed_rule_refuses_nobody_for_that_case_and_everyone_else_as_before(soft):
    case, person = REFUSED_BY[soft]
    people = [a_practitioner(**{**NEAR, **person})]
    policy = a_policy(**STRICT)
    docket = a_docket([a_case("eased", relaxed=(soft,), **case), a_case("strict", **case)], people, policy, areas=AREAS)

    assert refused(docket) == []
    assert [each.code for each in eligible(docket).why(1, 0)] == [soft]
    assert eligible(docket).mask().tolist() == [[True], [False]]


def test_what_is_kept_in_memory_of_strict_cases_does_not_reach_relaxed_ones():
    people = [a_practitioner(areas=("B",), **NEAR)]
    memory = {}
    masks = [
        eligible(a_docket([a_case(relaxed=relaxed)], people, a_policy(**STRICT), areas=AREAS), memory).mask().tolist()
        for relaxed in ((), ("serves_area",), ("within_reach",), ("serves_area", "within_reach"), ())
    ]

    assert masks == [[[False]], [[True]], [[False]], [[True]], [[False]]]


def test_rules_are_relaxed_in_the_order_of_the_policy_and_no_further_than_needed():
    near, far = a_practitioner("near", specialties={}, **NEAR), a_practitioner("far", **FAR)

    assert to_relax(a_pool(a_case(), near, far, order=("specialised", "serves_area", "within_reach"))) == (
        Soft.SPECIALISED,
    )
    assert to_relax(a_pool(a_case(), near, far, order=("within_reach", "serves_area", "specialised"))) == (
        Soft.WITHIN_REACH,
        Soft.SERVES_AREA,
    )


def test_what_is_relaxed_already_is_not_relaxed_again():
    person = a_practitioner(specialties={}, **FAR)
    docket = a_pool(a_case(relaxed=("within_reach", "serves_area")), person)

    assert to_relax(docket) == (Soft.SPECIALISED,)


def test_nothing_is_relaxed_where_the_law_stands_in_the_way():
    person = a_practitioner(specialties={}, assessment_valid_to=None, **FAR)

    assert to_relax(a_pool(a_case(), person)) == ()


def test_nothing_is_relaxed_that_the_policy_does_not_name():
    assert to_relax(a_pool(a_case(), a_practitioner(specialties={}, **NEAR), order=("serves_area",))) == ()
    assert to_relax(a_pool(a_case(), a_practitioner(specialties={}, **NEAR), order=())) == ()


def test_who_declined_is_not_brought_back_by_relaxing():
    declined = (a_pair(PairKind.REFUSED, "c1", "willing"),)
    people = [a_practitioner("willing", **NEAR), a_practitioner("novice", specialties={}, **NEAR)]
    docket = a_docket([a_case()], people, a_policy(relaxation=["specialised"], **STRICT), areas=AREAS, pairs=declined)

    assert to_relax(docket) == (Soft.SPECIALISED,)


def test_language_is_relaxed_out_of_criminal_cases_only():
    """《刑事诉讼法》第九条: in a criminal case interpretation is a right, so it must be on record."""
    speaks = a_practitioner(languages=(), **NEAR)
    policy = a_policy(relaxation=["speaks_language"])

    def relaxing(case):
        return to_relax(a_docket([case], [speaks], policy, areas=AREAS))

    assert relaxing(a_case(languages=("sign",))) == (Soft.SPEAKS_LANGUAGE,)
    assert relaxing(a_defence(languages=("sign",))) == ()
    assert eligible(a_docket([a_defence(languages=("sign",), interpreter=True)], [speaks], policy)).row(0).all()


@pytest.mark.parametrize("code", ["minor_lawyer", "grave_years", "no_conflict", "under_cap", "not_a_rule"])
def test_law_cannot_be_relaxed(code):
    with pytest.raises(PolicyInvalidError) as refusal:
        a_policy(relaxation=["serves_area", code])

    [problem] = refusal.value.facts["problems"]
    assert problem["field"] == "relaxation"
    assert f"{code}: not for a centre to relax" in problem["reason"]["en"]


def test_rule_is_relaxed_only_once():
    with pytest.raises(PolicyInvalidError):
        a_policy(relaxation=["serves_area", "serves_area"])


GIRL = {"recipient_sex": Sex.FEMALE, "recipient_is_minor": True, "sexual_assault": True}


def test_girl_woman_yields_by_itself_where_the_policy_has_no_place_for_it():
    found = eligible(a_pool(a_defence(**GIRL), a_practitioner("man", **NEAR), order=()))

    assert (found.row(0).tolist(), found.needs_reason.tolist()) == ([True], [True])


def test_girl_woman_waits_for_its_place_in_the_order():
    people = [a_practitioner("woman", sex=Sex.FEMALE, **FAR), a_practitioner("man", **NEAR)]
    order = ("within_reach", "serves_area", "girl_woman")
    docket = a_pool(a_defence(**GIRL), *people, order=order)

    assert not eligible(docket).row(0).any()
    assert to_relax(docket) == (Soft.WITHIN_REACH, Soft.SERVES_AREA)


def test_woman_still_goes_before_a_man_once_the_rule_for_girls_is_relaxed():
    case = a_defence(relaxed=("girl_woman",), **GIRL)
    both = [a_practitioner("woman", sex=Sex.FEMALE, **NEAR), a_practitioner("man", **NEAR)]

    assert eligible(a_pool(case, *both)).row(0).tolist() == [True, False]
    alone = eligible(a_pool(case, both[1]))
    assert (alone.row(0).tolist(), alone.needs_reason.tolist()) == ([True], [True])


def test_each_soft_rule_has_a_bit_of_its_own():
    assert bits_of(Soft) == 2 ** len(Soft) - 1
    assert bits_of(["serves_area", "serves_area"]) == BITS["serves_area"]
