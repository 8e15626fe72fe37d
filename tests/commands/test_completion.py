"""What a form leaves blank follows from its numbers and categories, and what they deny is refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch.commands.cases.completion import completed, contradictions
from dispatch.commands.cases.filing import fingerprint
from dispatch.domain.vocabulary import Sex
from dispatch.registry.seal import Seal
from tests.rows import a_draft

CHINA = ZoneInfo("Asia/Shanghai")
GIRL, MAN, OLD_FORM = "411402201403050022", "411402199001010036", "411402900101003"
BOY_OF_18 = "411402200803090010"
"""Born on 9 March 2008."""
WOMAN_OF_60 = "411402196603090025"
"""Born on 9 March 1966."""


def one(person, **fields):
    return completed(a_draft(recipient={"name": "张三"} | person, **fields), CHINA)


def at_odds(person, **fields):
    draft = completed(a_draft(recipient={"name": "张三"} | person, **fields), CHINA)
    return [error.facts["field"] for error in contradictions(draft, CHINA)]


@pytest.mark.parametrize(("number", "sex", "minor"), [
    (GIRL,     Sex.FEMALE, True),
    (MAN,      Sex.MALE,   False),
    (OLD_FORM, Sex.MALE,   False),
])  # fmt: skip
def test_number_fills_what_the_form_leaves_blank(number, sex, minor):
    recipient = one({"identity_number": number}).recipient

    assert (recipient.sex, recipient.minor) == (sex, minor)


def test_without_a_number_the_recipient_is_neither_a_minor_nor_an_adult():
    assert one({}).recipient.minor is None
    assert one({"identity_kind": "passport", "identity_number": "E12345678"}).recipient.minor is None
    assert one({}, categories=["child_in_distress"]).recipient.minor is True


@pytest.mark.parametrize(("granted_at", "minor"), [("2026-03-09T15:59:00Z", True), ("2026-03-09T16:01:00Z", False)])
def test_minority_is_that_of_the_day_aid_is_decided_on_by_the_centres_clock(granted_at, minor):
    received_at = datetime(2026, 3, 6, 1, tzinfo=UTC)

    assert one({"identity_number": BOY_OF_18}, granted_at=granted_at, received_at=received_at).recipient.minor is minor


@pytest.mark.parametrize(("granted_at", "blamed"), [
    ("2026-03-08T15:59:00Z", ["categories"]), ("2026-03-08T16:01:00Z", [])
])  # fmt: skip
def test_somebody_is_elderly_from_the_sixtieth_birthday_by_the_centres_clock(granted_at, blamed):
    received_at = datetime(2026, 3, 6, 1, tzinfo=UTC)
    old = {"granted_at": granted_at, "received_at": received_at, "categories": ["elderly"]}

    assert at_odds({"identity_number": WOMAN_OF_60}, **old) == blamed


def test_refusal_of_an_age_names_the_law_and_not_the_number():
    draft = completed(a_draft(recipient={"name": "张三", "identity_number": MAN}, categories=["elderly"]), CHINA)
    [error] = contradictions(draft, CHINA)

    assert "《老年人权益保障法》第二条" in error.facts["expected"]["zh"]
    assert MAN not in str(error.facts)


@pytest.mark.parametrize(("person", "fields", "blamed"), [
    ({"identity_number": GIRL, "sex": "male", "minor": False}, {}, ["recipient_sex", "recipient_minor"]),
    ({"identity_number": MAN, "minor": True},   {},                          ["recipient_minor"]),
    ({"identity_number": OLD_FORM, "sex": "female"}, {},                     ["recipient_sex"]),
    ({"identity_number": "411402203001010019"}, {},                          ["recipient_identity_number"]),
    ({"identity_number": MAN},                  {"categories": ["minor"]},   ["categories"]),
    ({"identity_number": MAN},                  {"categories": ["woman"]},   ["categories"]),
    ({"identity_number": GIRL},                 {"categories": ["not_fully_capable"]}, ["categories"]),
    ({"minor": False},                          {"categories": ["child_in_distress"]}, ["categories"]),
    ({"identity_number": MAN},                  {"categories": ["elderly"]}, ["categories"]),
    ({"minor": True},                           {"categories": ["elderly"]}, ["categories"]),
    ({},                                        {"categories": ["elderly"]}, []),
    ({"identity_kind": "passport", "identity_number": "E12345678"}, {"categories": ["elderly"]}, []),
    ({},                                        {"categories": ["detained"], "detained": False}, ["detained"]),
    ({},                                        {"stage": "death_review", "death_review": False}, ["death_review"]),
    ({}, {"stage": "compulsory_treatment", "compulsory_treatment": False},   ["compulsory_treatment"]),
    ({}, {"opposing": [{"name": "李四", "identity_number": GIRL, "sex": "male"}]}, ["opposing"]),
    ({"identity_number": GIRL, "sex": "female", "minor": True}, {"categories": ["minor", "woman"]}, []),
    ({"identity_kind": "passport", "identity_number": "E12345678", "sex": "male", "minor": True}, {}, []),
    ({}, {"categories": ["detained"], "detained": None, "stage": "death_review"}, []),
])  # fmt: skip
def test_form_that_contradicts_its_number_its_categories_or_its_stage_is_refused(person, fields, blamed):
    assert at_odds(person, **fields) == blamed


def test_either_form_of_a_number_and_what_follows_from_it_are_the_same_case():
    seal = Seal("a secret of the tests", "aes")
    said = one({"identity_number": MAN, "identity_kind": "resident_card", "sex": "male", "minor": False})

    assert fingerprint(seal, one({"identity_number": OLD_FORM})) == fingerprint(seal, said)
