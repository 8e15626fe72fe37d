"""What lowers a protection of a case, and what does not: unknown protects like yes."""

import pytest

from dispatch.domain.law.safeguards import SAFEGUARDS, lowered
from dispatch.domain.vocabulary import Matter, Service, Sex, Stage
from tests.builders import a_case

CRIMINAL = {"matter": Matter.CRIMINAL, "service": Service.DEFENCE}
GIRL = {"recipient_is_minor": True, "sexual_assault": True, "recipient_sex": Sex.FEMALE}

# fmt: off
LOWERED = [
    # before                                          what changes                         what is lowered
    (CRIMINAL | {"grave": True},                      {"grave": False},                    ["grave"]),
    (CRIMINAL | {"grave": None},                      {"grave": False},                    ["grave"]),
    (CRIMINAL | {"grave": True},                      {"grave": None},                     []),
    (CRIMINAL | {"grave": False},                     {"grave": True},                     []),
    ({"grave": None},                                 {"grave": False},                    []),
    (CRIMINAL | {"grave": True},                      {"matter": Matter.CIVIL, "service": Service.LITIGATION_AGENCY},
                                                                                           ["grave", "lawyer"]),
    ({"recipient_is_minor": True},                    {"recipient_is_minor": False},       ["minor"]),
    ({"recipient_is_minor": None},                    {"recipient_is_minor": False},       ["minor"]),
    ({"recipient_is_minor": True, "categories": ("minor",)}, {"categories": ()},           []),
    (GIRL,                                            {"recipient_sex": Sex.MALE},         ["girl"]),
    (GIRL,                                            {"sexual_assault": False},           ["girl", "sexual_assault"]),
    (GIRL,                                            {"recipient_is_minor": False},       ["minor", "girl"]),
    (GIRL | dict.fromkeys(GIRL),                      {"sexual_assault": False},           ["girl", "sexual_assault"]),
    ({"sexual_assault": True},                        {"sexual_assault": False},           ["sexual_assault"]),
    ({"secret": True},                                {"secret": False},                   ["secret"]),
    ({"major": True},                                 {"major": False},                    ["major"]),
    ({"death_review": True},                          {"death_review": False},             ["death_review"]),
    ({"stage": Stage.DEATH_REVIEW},                   {"stage": Stage.SECOND_INSTANCE},    ["death_review"]),
    ({"compulsory_treatment": True},                  {"compulsory_treatment": False},     ["compulsory_treatment"]),
    ({"stage": Stage.COMPULSORY_TREATMENT},           {"stage": Stage.FIRST_INSTANCE},     ["compulsory_treatment"]),
    (CRIMINAL | {"grave": False},                     {"service": Service.CONSULTATION},   ["lawyer"]),
    (CRIMINAL | {"grave": False},                     {"service": Service.CRIMINAL_AGENCY}, []),
    ({},                                              {"area": "B", "detained": False},    []),
]
# fmt: on


@pytest.mark.parametrize(("before", "changes", "codes"), LOWERED)
def test_change_lowers_exactly_the_protections_that_held_and_hold_no_more(before, changes, codes):
    less = lowered(a_case(**before), a_case(**{**before, **changes}))

    assert [safeguard.code for safeguard in less] == codes


def test_every_protection_is_lowered_by_some_change_of_the_facts_it_names():
    assert {code for _, _, codes in LOWERED for code in codes} == {safeguard.code for safeguard in SAFEGUARDS}
    assert all(safeguard.fields for safeguard in SAFEGUARDS)
