"""Areas as offices write them: what means one area is that area, what may mean two is none."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import numdb

from dispatch.exchange.places import area_words, regions_above

SHANGQIU = [("411402", "梁园区"), ("411403", "睢阳区"), ("411424", "柘城县"), ("411481", "永城市")]
JIANGSU = [("320106", "鼓楼区"), ("320302", "鼓楼区"), ("320104", "秦淮区"), ("320300", "徐州市")]
BEIJING = [("110105", "朝阳区"), ("220104", "朝阳区"), ("110101", "东城区")]
OWN = [("A", "东片"), ("B", "西片"), ("C", "东片")]
SANJIANG = [("450226", "三江侗族自治县"), ("622927", "积石山保安族东乡族撒拉族自治县")]


def words(areas):
    return area_words(tuple((code, name, name) for code, name in areas))


# fmt: off
NAMED = [
    # register   as written               what it may mean
    (SHANGQIU,  "梁园区",                ("411402",)),
    (SHANGQIU,  "梁园",                  ("411402",)),
    (SHANGQIU,  "商丘市梁园区",          ("411402",)),
    (SHANGQIU,  "河南省商丘市梁园区",    ("411402",)),
    (SHANGQIU,  "河南商丘梁园",          ("411402",)),
    (SHANGQIU,  " 商丘市 梁园区 ",       ("411402",)),
    (SHANGQIU,  "４１１４０２",          ("411402",)),
    (SHANGQIU,  "商丘永城",              ("411481",)),
    (SHANGQIU,  "徐州市梁园区",          ()),
    (SHANGQIU,  "梁",                    ()),
    (SHANGQIU,  "商丘市",                ()),
    (SHANGQIU,  "全市",                  ()),
    (JIANGSU,   "鼓楼区",                ("320106", "320302")),
    (JIANGSU,   "鼓楼",                  ("320106", "320302")),
    (JIANGSU,   "江苏省鼓楼区",          ("320106", "320302")),
    (JIANGSU,   "徐州市鼓楼区",          ("320302",)),
    (JIANGSU,   "南京鼓楼",              ("320106",)),
    (JIANGSU,   "徐州",                  ("320300",)),
    (BEIJING,   "北京市朝阳区",          ("110105",)),
    (BEIJING,   "长春市朝阳区",          ("220104",)),
    (OWN,       "东片",                  ("A", "C")),
    (OWN,       "商丘市西片",            ()),
    (SANJIANG,  "三江",                  ("450226",)),
    (SANJIANG,  "三江县",                ()),
    (SANJIANG,  "积石山",                ("622927",)),
]
WHOLE = [
    # register             as written   every area it stands for
    (SHANGQIU,             "全市",      ("411402", "411403", "411424", "411481")),
    (SHANGQIU,             "全县",      ()),
    (OWN,                  "全市",      ("A", "B", "C")),
    (JIANGSU,              "全市",      ()),
    (JIANGSU,              "全省",      ("320106", "320302", "320104", "320300")),
    (JIANGSU,              "本辖区",    ("320106", "320302", "320104", "320300")),
    ([*BEIJING[::2]],      "全市",      ("110105", "110101")),
    (JIANGSU,              "鼓楼区",    ()),
    ([("X", "全市")],      "全市",      ("X",)),
    ([],                   "全市",      ()),
]
# fmt: on


@pytest.mark.parametrize(("areas", "text", "codes"), NAMED)
def test_area_is_what_its_name_and_the_regions_before_it_mean(areas, text, codes):
    assert words(areas).meant(text) == codes


@pytest.mark.parametrize(("areas", "text", "codes"), WHOLE)
def test_word_for_the_whole_stands_for_all_areas_where_they_are_of_one_place(areas, text, codes):
    assert words(areas).several(text) == codes


def test_label_that_repeats_is_written_as_its_code():
    assert [words(JIANGSU).label(code, "zh") for code, _ in JIANGSU] == ["320106", "320302", "秦淮区", "徐州市"]


PROVINCES = ("32", "41", "44", "65", "11")


@cache
def of_the_state():
    """Every county of these provinces; to look for them takes a second, which only who draws from them pays."""
    codes = (f"{province}{n:04}" for province in PROVINCES for n in range(9100) if n % 100)
    found = ((code, numdb.get("cn/loc").info(code)) for code in codes)
    return [
        (code, parts[1][1]["county"].rpartition("]")[2])
        for code, parts in found
        if parts[1:] and parts[1][1].get("county")
    ]


AREAS = st.deferred(
    lambda: st.lists(st.sampled_from(of_the_state()), min_size=1, max_size=40, unique_by=lambda area: area[0])
)


@given(areas=AREAS, data=st.data())
def test_area_is_never_taken_for_another_however_it_is_named(areas, data):
    code, name = data.draw(st.sampled_from(areas))
    above = data.draw(st.lists(st.sampled_from(regions_above(code) or ("",)), max_size=2, unique=True))
    written = "".join(sorted(above, key=regions_above(code).index)) + name

    meant = words(areas).meant(written)

    assert code in meant
    assert len(meant) == 1 or words(areas).find(written) is None


@given(areas=AREAS)
def test_every_area_written_is_read_again(areas):
    known = words(areas)

    assert [known.find(known.label(code, "zh")) for code, _ in areas] == [code for code, _ in areas]
