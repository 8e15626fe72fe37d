"""What a policy says as a person reads it: every value once, in words, with what it may be."""

import pytest

from dispatch.domain.policy.outline import outline_of, values_of
from dispatch.domain.policy.schema import PRESETS, Policy, load_preset


def values(name="shangqiu", **parts):
    """Return every value of a preset with some parts, by its place."""
    policy = Policy.from_document(load_preset(name).to_document() | parts)
    return {value.name: value for value in values_of(outline_of(policy))}


@pytest.mark.parametrize("name", PRESETS)
def test_every_value_is_told_once_at_its_place_in_both_languages(name):
    document = load_preset(name).model_dump(mode="json")
    for place, value in values(name).items():
        found = document
        for part in place.split("."):
            found = found[int(part)] if isinstance(found, list) else found[part]
        assert found == value.value, place
        assert value.words["zh"], place
        assert value.words["en"], place


def test_values_say_what_they_may_be():
    found = values()

    assert found["thresholds.duty_years"].limits == (0, None, 40, True, True, False)
    assert found["walk.answer_hours"].limits == (None, 0, 8760, False, False, False)
    assert found["quality.levels.good"].limits == (0, None, 100, True, False, False)
    assert found["closing.0.matters"].limits.several
    assert found["chains.3.steps.1.hours"].words == {"zh": "24小时", "en": "24 hours"}


def test_several_numbers_tell_their_unit_once_and_a_time_no_seconds():
    found = values()

    assert found["wish_levels"].words == {"zh": "100、70、40分（百分制）", "en": "100, 70, 40 of 100"}
    assert found["runs.opens"].words["zh"] == "08:30"


def test_rows_go_by_their_names_or_numbers_and_limits_by_what_they_limit():
    limit = {"value": 2, "unit": "day", "source": [{"document": "本地规定", "article": 1}]}
    policy = Policy.from_document(load_preset("shangqiu").to_document() | {"deadlines": {"T2": limit}, "quality": None})
    parts = {part.name: part for part in outline_of(policy)}
    [chain, *_], [band, *_], [own] = (parts[name].parts for name in ("chains", "distance_bands", "deadlines"))

    assert chain.title["zh"] == "未成年人、性侵害及涉密案件"
    assert band.title == {"zh": "第1项", "en": "no. 1"}
    assert own.title["zh"] == "法律援助机构收到通知至指派律师并通知办案机关"
    assert [value.name for value in own.values] == [
        "deadlines.T2.value", "deadlines.T2.unit", "deadlines.T2.roll", "deadlines.T2.before",
    ]  # fmt: skip
    assert [value.words["zh"] for value in parts["quality"].values] == ["不设"]
    assert "causes" not in parts
