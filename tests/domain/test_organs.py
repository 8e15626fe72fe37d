"""An organ is one organ whatever its spelling, and a name nobody entered never settles a recusal."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import FormerOffice, case_before, tied_to_organs
from dispatch.domain.eligibility.table import eligible, refusal_text
from dispatch.domain.policy.schema import load_preset
from dispatch.domain.texts.alike import alike
from dispatch.domain.texts.organs import Organ, Organs, is_court, organ_key
from dispatch.domain.texts.places import places_of, two_places
from tests.builders import a_case, a_practitioner, docket_facts
from tests.domain.test_texts import spelt

COURT, SUI, YONGCHENG = "商丘市梁园区人民法院", "睢县人民法院", "永城市人民法院"
CITY, PROCURATORATE = "商丘市中级人民法院", "商丘市梁园区人民检察院"
CATALOGUE = Organs.of(
    Organ(name, name, (name, *aliases))
    for name, *aliases in (
        [COURT, "原商丘县人民法院"], [SUI], [YONGCHENG], [CITY], [PROCURATORATE], ["南京市鼓楼区人民法院"],
        ["徐州市鼓楼区人民法院"], ["朝阳县人民法院"], ["A court"],
    )
)  # fmt: skip

# fmt: off
SAME = [
    ("商丘中院",             CITY),     ("商丘市中院",         CITY),  ("河南省商丘市中级人民法院",    CITY),
    ("商丘中级法院",         CITY),     ("梁园区法院",         COURT), ("河南省商丘市梁园区人民法院",  COURT),
    ("梁园法院",             COURT),    ("商丘梁园区法院",     COURT), ("原商丘县法院",                COURT),
    ("睢县法院",             SUI),      ("永城法院",           YONGCHENG), ("梁园区检察院",            PROCURATORATE),
    ("徐州鼓楼法院", "徐州市鼓楼区人民法院"), ("朝阳法院", "朝阳县人民法院"), ("a  COURT", "A court"),
]
NOBODYS = ["虞城县人民法院", "鼓楼区人民法院", "鼓楼法院", "法院", "中院", "睢法院", "朝阳区法院", "睢阳区人民法院",
           "梁园", "?"]
BY_RULE = [
    ("北京一中院", "北京市第一中级人民法院"), ("河南高院", "河南省高级人民法院"),
    ("广西高院", "广西壮族自治区高级人民法院"),
    ("最高法", "中华人民共和国最高人民法院"), ("最高检", "最高人民检察院"), ("永城市法院", "河南省永城市人民法院"),
    ("商丘市公安局梁园分局", "商丘市公安局（梁园分局）"), ("某市劳动人事争议仲裁委", "某市劳动人事争议仲裁委员会"),
]
APART = ["北京市第一中级人民法院", "北京市第二中级人民法院", "北京市高级人民法院", "朝阳区人民法院", "朝阳县人民法院",
         "朝阳区人民检察院", "商丘市中级人民法院", "商丘市人民检察院", "最高人民法院", "最高人民检察院",
         "吉林省高级人民法院", "吉林市中级人民法院", "第1看守所", "第11看守所"]
# fmt: on


@pytest.mark.parametrize(("written", "organ"), SAME)
def test_short_form_or_alias_is_the_organ_of_the_catalogue(written, organ):
    assert CATALOGUE.find(written).name == organ
    assert CATALOGUE.key(written) == CATALOGUE.key(organ)


@pytest.mark.parametrize("written", NOBODYS)
def test_name_that_may_be_several_organs_or_none_is_nobodys(written):
    assert CATALOGUE.find(written) is None
    assert CATALOGUE.known_key(written) is None


@pytest.mark.parametrize(("written", "organ"), BY_RULE)
def test_rules_of_writing_need_no_catalogue(written, organ):
    assert organ_key(written) == organ_key(organ)


def test_different_organs_stay_apart():
    assert len({organ_key(name) for name in APART}) == len(APART)


# fmt: off
@pytest.mark.parametrize(("one", "other"), [
    ("柘城县人民法院", "虞城县人民法院"), ("虞城法院", "柘城法院"), ("宁县人民法院", "宁陵县人民法院"),
    ("商丘市公安局虞城分局", "商丘市公安局柘城分局"), ("河南省高级人民法院", "海南省高级人民法院"),
    ("虞城县劳动人事争议仲裁委员会", "柘城县劳动人事争议仲裁委员会"),
])
def test_organs_of_two_places_there_are_raise_no_doubt(one, other):
    assert possibly_one(one, other) == (True, False)


@pytest.mark.parametrize(("one", "other"), [
    ("柘城县人民法院", "拓城县人民法院"), ("睢阳区人民法院", "雎阳区人民法院"), ("丘县人民法院", "邱县人民法院"),
    ("商丘市中级人民法院", "商邱市中级人民法院"), ("某某县公安局", "某某县安局"), ("虞城县公安局", "虞城县公案局"),
    ("南阳市宛城区人民法院", "南阳市苑城区人民法院"), ("商丘市梁园区人民法院", "商丘市粱园区人民法院"),
])
def test_slip_in_the_name_of_a_place_and_a_renamed_county_stay_doubts(one, other):
    assert possibly_one(one, other) == (True, True)
# fmt: on


def test_courts_of_a_province_are_all_told_apart():
    """A hundred pairs of Henan's county courts are one letter apart; no clerk has to look at any of them."""
    courts = {organ_key(f"{name}人民法院"): name for name in places_of("41")}
    keys = {name: key for key, name in courts.items()}

    assert len(list(alike(keys))) > 100
    assert list(alike(keys, apart=two_places)) == []


def possibly_one(one, other):
    keys = {"1": organ_key(one), "2": organ_key(other)}
    return bool(list(alike(keys))), bool(list(alike(keys, apart=two_places)))


@pytest.mark.parametrize("name", ["商丘中院", "最高检", COURT, PROCURATORATE, "County court"])
def test_courts_and_procuratorates_are_told_by_any_spelling(name):
    assert is_court(name)
    assert not is_court("商丘市公安局")


@given(
    data=st.data(),
    written=st.sampled_from([*(written for written, _ in SAME), *APART, "某市（县）人民检察院", "第2看守所"]),
)
def test_any_spelling_of_an_organ_is_the_same_organ(data, written):
    other = data.draw(spelt(written))

    assert organ_key(other) == organ_key(written) == organ_key(organ_key(written))
    assert CATALOGUE.find(other) == CATALOGUE.find(written)


def judged(organ, *, former=None, relative=None):
    """What the two recusals say of a case before one organ and somebody tied to another."""
    offices = (FormerOffice(organ=former, left_on=date(2000, 1, 1)),) if former else ()
    person = a_practitioner(former_offices=offices, relatives_at=(relative,) if relative else ())
    facts = docket_facts([case_before(a_case(organ=organ), CATALOGUE)], [tied_to_organs(person, CATALOGUE)])
    return eligible(Docket.build(facts, load_preset("national"))).why(0, 0)


@given(data=st.data(), names=st.sampled_from([(COURT, "梁园法院"), (CITY, "商丘中院"), ("商丘中院", CITY)]))
def test_recusals_hold_in_any_spelling(data, names):
    case, tied = (data.draw(spelt(name)) for name in names)

    assert [(each.code, each.unknown) for each in judged(case, former=tied)] == [("former_organ", False)]
    assert [(each.code, each.unknown) for each in judged(case, relative=tied)] == [("no_relative_at_organ", False)]


def test_organ_nobody_entered_leaves_a_recusal_unknown_and_is_named():
    [of_person] = judged(COURT, former="虞城县人民法院")
    [of_case] = judged("夏邑县人民法院", relative=SUI)
    [of_both] = judged("夏邑县人民法院", former="虞城县人民法院")

    assert (of_person.code, of_person.unknown, of_person.organs) == ("former_organ", True, ("虞城县人民法院",))
    assert (of_case.code, of_case.unknown, of_case.organs) == ("no_relative_at_organ", True, ("夏邑县人民法院",))
    assert of_both.organs == ("夏邑县人民法院", "虞城县人民法院")
    text = refusal_text(of_both.code, "zh", unknown=True, organs=of_both.organs)
    assert "办案机关目录中没有“夏邑县人民法院”、“虞城县人民法院”" in text
    assert "enter it" in refusal_text(of_both.code, "en", unknown=True, organs=of_both.organs)


def test_who_is_tied_to_no_organ_or_to_another_is_not_hurt_by_it():
    assert judged("夏邑县人民法院") == ()
    assert judged(COURT, former=SUI, relative=CITY) == ()


def test_blank_organ_of_the_case_names_nothing_of_it():
    [refusal] = judged(None, former=SUI)

    assert (refusal.unknown, refusal.organs) == (True, ())


def test_facts_without_ties_are_left_as_they_are():
    person, case = a_practitioner(former_offices=None), a_case(organ=None)

    assert tied_to_organs(person, CATALOGUE) is person
    assert case_before(case, CATALOGUE) == case
    unknown = replace(person, former_offices=(FormerOffice(organ=None, left_on=None),), relatives_at=None)
    assert tied_to_organs(unknown, CATALOGUE) == unknown


def test_names_of_more_and_fewer_places_are_not_told_apart_by_place():
    assert not two_places("商丘市梁园区人民法院", "梁园区人民法院")
    assert not two_places("商丘市梁园区人民法院", "商丘市梁园区人民法院")
