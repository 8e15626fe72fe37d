"""What a console knows of each field, what the law lets it say, and what differs between two policies, in words."""

import pytest

from dispatch.domain.errors import InvalidFieldError, OutOfLegalBoundsError, PolicyInvalidError, UnknownReferenceError
from dispatch.domain.law.citations import as_data, cite
from dispatch.domain.policy.diff import PathKey, differences, title_of, walk, words_of
from dispatch.domain.policy.fields import FIELDS, TABLE, Unit, source_of
from dispatch.domain.policy.json_schema import fields_of, policy_schema
from dispatch.domain.policy.legal_bounds import LEGAL_BOUNDS, broken_bounds, read_local_rules, require_lawful
from dispatch.domain.policy.merge import apply_patch, patch_between
from dispatch.domain.policy.schema import PRESETS, Policy, load_preset

NATIONAL = load_preset("national")
HUNAN = {"field": "checks.grassroots_territory", "document": "湘司发〔2018〕15号", "article": "第（一）项"}
SOME = [
    {"caps": {"open_cases": 5}, "thresholds": {"reach_km": 80}},
    {"runs": {"every_minutes": None}, "sources": {"caps.open_cases": None}},
    {
        "deadlines": {"T4": {"value": 1, "unit": "working_day", "source": [{"document": "《某市法律援助服务承诺》"}]}},
        "chains": [],
    },
]


def patched(**changes):
    return Policy.from_document(apply_patch(NATIONAL.to_document(), changes))


def wording(old, new, language="en", **more):
    return [change.text[language] for change in differences(old, new, **more)]


def test_every_field_has_title_help_unit_and_source_in_both_languages():
    fields = dict(fields_of(policy_schema()))

    assert set(fields) == set(FIELDS)
    for row in TABLE:
        assert all((row.zh, row.en, row.help_zh, row.help_en, source_of(row.path))), row.path
        assert any("一" <= letter <= "鿿" for letter in row.help_zh), row.path
        assert fields[row.path]["x-field"]["unit"]["value"] == row.unit


def test_schema_tells_technical_and_legal_bounds_apart():
    field = dict(fields_of(policy_schema()))["thresholds.grave_years"]

    assert (field["minimum"], field["maximum"]) == (0, 40)
    assert field["x-field"]["legal_bound"] == LEGAL_BOUNDS["thresholds.grave_years"].as_dict()
    assert field["x-field"]["unit"] == {"value": "year", "zh": "年", "en": "years"}


def test_schema_names_what_a_choice_may_be():
    field = dict(fields_of(policy_schema()))["rotation.by"]

    assert [(word["value"], word["zh"]) for word in field["x-field"]["words"]] == [
        ("person", "按人轮流指派"), ("institution", "按机构轮流指派"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
def test_preset_keeps_every_legal_bound(name):
    assert list(broken_bounds(load_preset(name))) == []


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("thresholds", "grave_years", 2),
        ("thresholds", "former_office_years", 1),
        ("checks", "grassroots_territory", False),
        ("checks", "supreme_review", True),
    ],
)
def test_value_outside_its_legal_bound_needs_a_local_rule(part, field, value):
    policy = patched(**{part: {field: value}})
    rule = {**HUNAN, "field": f"{part}.{field}"}

    with pytest.raises(OutOfLegalBoundsError) as refused:
        require_lawful(policy, ())
    require_lawful(policy, read_local_rules([rule]))

    [reported] = refused.value.facts["fields"]
    assert (reported["field"], reported["value"]) == (f"{part}.{field}", value)


def test_local_rule_names_a_field_with_a_bound_a_document_and_an_article():
    with pytest.raises(UnknownReferenceError):
        read_local_rules([{**HUNAN, "field": "caps.open_cases"}])
    with pytest.raises(InvalidFieldError) as refused:
        read_local_rules([{**HUNAN, "article": ""}])

    assert refused.value.facts["field"] == "local_rules.article"


def test_time_zone_nobody_knows_is_refused():
    with pytest.raises(PolicyInvalidError):
        patched(time_zone="Mars/Olympus")


def test_patch_changes_what_it_names_and_null_lifts():
    policy = patched(caps={"open_cases": 5}, thresholds={"reach_km": 80}, runs={"every_minutes": None})

    assert (policy.caps.open_cases, policy.thresholds.reach_km, policy.runs.every_minutes) == (5, 80, None)
    assert policy.weights == NATIONAL.weights
    assert apply_patch(policy.to_document(), {"thresholds": {"reach_km": None}})["thresholds"]["reach_km"] is None
    assert "x" not in apply_patch({"sources": {"x": "y"}}, {"sources": {"x": None}})["sources"]
    assert apply_patch({"caps": 1}, {"caps": {"open_cases": 2}}) == {"caps": {"open_cases": 2}}


@pytest.mark.parametrize("changes", SOME)
def test_patch_between_two_documents_leads_from_one_to_the_other(changes):
    old = NATIONAL.to_document()
    new = apply_patch(old, changes)

    assert apply_patch(old, patch_between(old, new)) == new
    assert patch_between(new, new) == {}


def test_same_policy_differs_in_nothing():
    assert differences(NATIONAL, NATIONAL) == []


def test_difference_is_told_with_title_values_unit_and_source():
    other = patched(thresholds={"grave_years": 5}, caps={"per_month": 4}, checks={"area": True})

    assert wording(NATIONAL, other) == [
        "thresholds › years of criminal defence for grave cases: 3 years → 5 years"
        " (source: Legal Aid Law, art. 26; Provisions on Procedures for Handling Legal Aid Cases"
        " (Ministry of Justice Order No. 148), art. 26 para. 1)",
        "hard rules to switch › area served: no → yes (source: the centre's own choice)",
        "caps › cases a month: none → 4 cases (source: the centre's own choice)",
    ]
    assert wording(NATIONAL, other, "zh")[1:] == [
        "可启用的本地条件·服务区域：否 → 是（依据：本中心自定）",
        "件数上限·每月指派数上限：不设 → 4件（依据：本中心自定）",
    ]


def test_difference_names_the_local_rule_that_allows_it():
    other = patched(checks={"grassroots_territory": False})

    [change] = differences(NATIONAL, other, read_local_rules([HUNAN]))

    assert change.local_rule == HUNAN
    assert "地方规定：湘司发〔2018〕15号第（一）项" in change.text["zh"]
    assert "allowed by 湘司发〔2018〕15号, 第（一）项" in change.text["en"]


def test_difference_in_a_chain_is_told_by_its_code_and_its_words():
    chains = [chain.model_dump(mode="json") for chain in NATIONAL.chains]
    civil = {**chains[3], "steps": [{"mode": "grab", "hours": 4}, {"mode": "optimized"}]}
    fields = [
        (change.field, change.text["en"]) for change in differences(NATIONAL, patched(chains=[*chains[:3], civil]))
    ]

    [(field, text)] = fields
    assert field == "chains[civil].steps"
    assert text.startswith("chains of modes civil › steps: mode continuity, within 8 hours; mode point selection")
    assert "→ mode grab order, within 4 hours; mode optimised matching (source:" in text


def test_difference_tells_an_order_that_counts_and_what_came_and_went():
    chains = [chain.model_dump(mode="json") for chain in NATIONAL.chains]
    added = {**chains[2], "code": "x]y", "en": "another"}

    changes = differences(NATIONAL, patched(chains=[chains[1], chains[0], chains[2], added]))

    assert [(change.field, change.old is None, change.new is None) for change in changes] == [
        ("chains", False, False),
        ("chains[x]y]", True, False),
        ("chains[civil]", False, True),
    ]
    assert changes[0].new == ["detained", "closed", "criminal"]


def test_difference_in_a_table_is_told_by_its_key():
    other = patched(effort={"by_service": {"defence": 12}}, relaxation=[], fairness={"price_per_turn": 30_000})

    assert wording(NATIONAL, other) == [
        "fairness › price of a turn: 12,000 points of 1,000,000 → 30,000 points of 1,000,000"
        " (source: the centre's own choice)",
        "order of relaxation: the distance; the area served; the level in the cause of action → none"
        " (source: the centre's own choice)",
        "effort › by service criminal defence: 10 effort credits → 12 effort credits (source: the centre's own choice)",
    ]


def test_units_are_words_of_their_own():
    assert all(unit.zh and unit.en for unit in Unit)


def test_source_of_a_time_limit_is_told_in_full():
    path = ("deadlines", PathKey("T2"), "source")

    assert words_of(path, as_data(cite("legal_aid_law", 36)), "zh") == "《法律援助法》第三十六条"
    assert words_of(path, [], "en") == words_of(path, None, "en")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_value_of_a_policy_can_be_told(preset):
    document = load_preset(preset).model_dump(mode="json")

    for path, _, value in walk(emptied(document), document):
        for language in ("zh", "en"):
            assert title_of(path, language)
            assert words_of(path, value, language)


def emptied(value):
    """The same parts with nothing in their fields."""
    if isinstance(value, dict):
        return {name: emptied(each) for name, each in value.items()}
    return [] if isinstance(value, list) else None


def test_part_and_field_that_came_later_are_told_by_what_they_were_before():
    bare = NATIONAL.to_document()
    del bare["quality"]
    later = patched(walk={"wish_hours": 1}, quality={"levels": {"good": 80}})

    [quality, wish] = differences(Policy.from_document(bare), later)
    [level, _] = differences(NATIONAL, later)

    assert "least time for a wish: 0.5 office hours → 1 office hours" in wish.text["en"]
    assert "levels of the grades excellent 95 of 100, good 80 of 100" in quality.text["en"]
    assert (level.field, level.old, level.new) == ("quality.levels[good]", 82, 80)
