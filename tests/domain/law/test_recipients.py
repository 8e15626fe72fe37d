"""Whose defence must be notified for, by each item of article 25, and which categories are part of others."""

import pytest

from dispatch.domain.law.citations import cited
from dispatch.domain.law.recipients import NOTICE_DUTIES, Defendant, broadened, duties_to_notify
from dispatch.domain.vocabulary import Category, Service, Stage

NOBODY = Defendant(categories=(), minor=False, grave=False, death_review=False, stage=Stage.FIRST_INSTANCE)

# fmt: off
ITEMS = [
    # what is known                                              the ground, its item of article 25
    ({"minor": True},                                            "minor",            "第一项"),
    ({"categories": (Category.MINOR,)},                          "minor",            "第一项"),
    ({"categories": (Category.SENSORY_DISABLED,)},               "sensory_disabled", "第二项"),
    ({"categories": (Category.NOT_FULLY_CAPABLE,)},              "not_fully_capable", "第三项"),
    ({"grave": True},                                            "grave",            "第四项"),
    ({"death_review": True},                                     "death_review",     "第五项"),
    ({"stage": Stage.DEATH_REVIEW},                              "death_review",     "第五项"),
    ({"stage": Stage.ABSENTIA},                                  "tried_in_absence", "第六项"),
    ({"categories": (Category.TRIED_IN_ABSENCE,)},               "tried_in_absence", "第六项"),
]
# fmt: on


@pytest.mark.parametrize(("known", "code", "item"), ITEMS)
def test_organ_must_notify_for_whom_article_25_names(known, code, item):
    [duty] = duties_to_notify(Service.DEFENCE, NOBODY._replace(**known))

    assert duty.code == code
    assert cited(duty.source, "zh") == f"《法律援助法》第二十五条第一款{item}"


@pytest.mark.parametrize(
    ("service", "known"),
    [
        (Service.DEFENCE, {}),
        (Service.DEFENCE, {"minor": None, "grave": None}),
        (Service.DEFENCE, {"categories": (Category.DISABLED, Category.ELDERLY)}),
        (Service.CRIMINAL_AGENCY, {"minor": True}),
        (Service.LITIGATION_AGENCY, {"categories": (Category.SENSORY_DISABLED,)}),
    ],
)
def test_nobody_must_notify_on_what_is_unknown_or_outside_defence(service, known):
    assert list(duties_to_notify(service, NOBODY._replace(**known))) == []


def test_every_duty_is_shown_by_an_item():
    assert {code for _, code, _ in ITEMS} == {duty.code for duty in NOTICE_DUTIES}


def test_narrower_category_is_one_of_the_broader():
    assert broadened([Category.SENSORY_DISABLED]) == {Category.SENSORY_DISABLED, Category.DISABLED}
    assert broadened([Category.WOMAN]) == {Category.WOMAN}
