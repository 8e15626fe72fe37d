"""Policies: bounds that hold, presets that name their sources, digests that name a policy."""

import pytest

from dispatch.domain.errors import PolicyInvalidError, UnknownReferenceError
from dispatch.domain.law.citations import Citation
from dispatch.domain.law.deadlines import Limit, TimeUnit
from dispatch.domain.policy.criteria import Criterion
from dispatch.domain.policy.diff import path_of, place_of, walk
from dispatch.domain.policy.schema import PRESETS, Policy, load_preset

PARTS_WITH_SOURCES = ("weights", "thresholds", "checks", "caps", "fairness", "effort", "grab", "quality")


def a_document(**parts):
    document = load_preset("national").to_document()
    for name, change in parts.items():
        document[name] = {**document[name], **change} if isinstance(change, dict) else change
    return document


@pytest.mark.parametrize("name", PRESETS)
def test_preset_survives_the_way_through_json(name):
    policy = load_preset(name)

    assert Policy.from_document(policy.to_document()) == policy


@pytest.mark.parametrize("name", PRESETS)
def test_preset_names_a_source_for_every_number_it_sets(name):
    policy = load_preset(name)

    numbers = {f"{part}.{field}" for part in PARTS_WITH_SOURCES for field in getattr(policy, part).model_fields_set}

    assert numbers | {"distance_bands", "urgency", "chains", "causes", "relaxation"} == set(policy.sources)


def test_shangqiu_preset_says_that_the_henan_regulation_is_unread():
    policy = load_preset("shangqiu")

    assert "尚未逐条核对" in policy.note_zh
    assert "unread" in policy.note_en


def test_preset_that_does_not_exist_is_refused():
    with pytest.raises(UnknownReferenceError) as refused:
        load_preset("atlantis")

    assert refused.value.facts["known"] == ["national", "shangqiu"]


def test_copy_that_differs_takes_nothing_over_that_was_reckoned_before():
    policy = load_preset("national")
    known = policy.digest(), policy.to_document(), policy.catalogue

    other = policy.model_copy(update={"name": "another", "causes": policy.causes[:1]})

    assert other.digest() != known[0]
    assert other.to_document()["name"] == "another"
    assert len(other.catalogue.by_code) == 1 < len(known[2].by_code)


def test_digest_changes_with_any_number():
    national = load_preset("national")

    other = Policy.from_document(a_document(caps={"open_cases": 9}))

    assert national.digest() != other.digest()
    assert national.digest() == Policy.from_document(a_document()).digest()


def test_weights_are_read_by_criterion():
    assert load_preset("national").weights.of(Criterion.SPECIALTY) == 3000


def test_centre_limit_is_kept_as_data():
    limit = {"value": 1, "unit": "working_day", "source": [{"document": "《某市法律援助服务承诺》"}]}

    policy = Policy.from_document(a_document(deadlines={"T4": limit}))

    assert policy.deadlines["T4"] == Limit(
        value=1, unit=TimeUnit.WORKING_DAY, source=(Citation(document="《某市法律援助服务承诺》"),)
    )


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"weights": {"wish": 1}}, "weights", "add up to 10000"),
        ({"weights": {"wish": -1}}, "weights.wish", "greater than or equal to 0"),
        ({"thresholds": {"grave_years": -1}}, "thresholds.grave_years", "greater than or equal to 0"),
        ({"thresholds": {"former_office_years": 41}}, "thresholds.former_office_years", "less than or equal to 40"),
        ({"thresholds": {"charm": 5}}, "thresholds.charm", "Extra inputs"),
        ({"caps": {"open_cases": 0}}, "caps.open_cases", "greater than or equal to 1"),
        ({"fairness": {"load_ladder": [5, 1]}}, "fairness", "must not fall"),
        ({"fairness": {"load_ladder": [-5, 1]}}, "fairness", "must not fall"),
        ({"fairness": {"load_ladder": [0, 900_000]}}, "fairness", "500000 or less"),
        ({"effort": {"by_service": {"defence": 1}}}, "effort", "every service"),
        ({"effort": {"grave": 10**30}}, "effort.grave", "less than or equal to 10000"),
        ({"thresholds": {"reach_km": float("inf")}}, "thresholds.reach_km", "finite"),
        ({"urgency": [{"within_hours": float("nan"), "level": 1}]}, "urgency.0.within_hours", "finite"),
        ({"walk": {"answer_hours": 1e300}}, "walk.answer_hours", "less than or equal to 8760"),
        ({"deadlines": {"T4": {"value": 10**30, "unit": "day"}}}, "deadlines.T4.value", "less than or equal to"),
        ({"deadlines": {"T99": {"value": 1, "unit": "day"}}}, "deadlines", "no such deadline"),
        ({"relaxation": 5}, "relaxation", "valid tuple"),
        ({"relaxation": None}, "relaxation", "valid tuple"),
        ({"relaxation": [{}]}, "relaxation.0", "Input should be"),
        ({"relaxation": ["\ud800"]}, "", "half of a character"),
        ({"time_zone": "\ud800"}, "time_zone", "valid string"),
        ({"name": "a\x00b"}, "name", "control characters"),
        ({"title_en": "\x1b[2J"}, "title_en", "control characters"),
        ({"sources": {"caps": [{"document": "\x00"}]}}, "sources.caps.0.document", "control characters"),
        ({"sources": {"caps": [{"instrument": "LAL"}]}}, "sources.caps.0", "no such instrument: LAL"),
        ({"sources": {"caps": []}}, "sources.caps", "at least 1 item"),
        ({"wish_levels": [40, 70]}, "", "wish levels must fall"),
        ({"wish_levels": [170, 70]}, "", "must not exceed 100"),
        ({"distance_bands": [{"up_to_km": 9, "level": 1}, {"up_to_km": 3, "level": 5}]}, "", "grow in distance"),
        ({"distance_bands": [{"up_to_km": 3, "level": 1}, {"up_to_km": 9, "level": 5}]}, "", "fall in level"),
        ({"urgency": [{"within_hours": 9, "level": 5}, {"within_hours": 3, "level": 1}]}, "", "grow in hours"),
        ({"causes": [{"code": "a", "zh": "甲", "en": "a", "matter": "civil"}] * 2}, "", "named twice"),
        (
            {"chains": [{"code": "x", "zh": "甲", "en": "x", "closed": True, "steps": [{"mode": "grab"}]}]},
            "chains.0",
            "never enter the board",
        ),
    ],
)
def test_document_out_of_bounds_is_refused_with_field_and_reason(change, field, words):
    with pytest.raises(PolicyInvalidError) as refused:
        Policy.from_document(a_document(**change))

    problem = refused.value.facts["problems"][0]
    assert problem["field"] == field
    assert words in problem["reason"]["en"]


@pytest.mark.parametrize("text", ["x = " + "[" * 3000, "x = " + "9" * 5000], ids=["deep", "long"])
def test_toml_beyond_reason_is_refused(text):
    with pytest.raises(PolicyInvalidError) as refused:
        Policy.from_toml(text)

    assert refused.value.facts["problems"][0]["reason"]["zh"] == "不是有效的 TOML"


def test_broken_toml_is_refused_with_its_place():
    with pytest.raises(PolicyInvalidError) as refused:
        Policy.from_toml("name = 1 2\n")

    assert "line 1" in refused.value.facts["problems"][0]["reason"]["en"]


def test_place_of_a_change_leads_back_to_its_path():
    old, new = (load_preset(name).model_dump(mode="json") for name in PRESETS)
    new["deadlines"] = {"T2": {"value": 2, "unit": "day"}}
    for path, _, _ in walk(old, new):
        found = path_of(place_of(path))
        assert (found, [*map(type, found)]) == (path, [*map(type, path)])
