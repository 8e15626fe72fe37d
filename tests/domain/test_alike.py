"""Two entries that may be one are found; two that a letter tells apart are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.texts.alike import alike


@pytest.mark.parametrize(
    ("one", "other"),
    [("柘城县法院", "拓城县法院"), ("睢阳法院", "睢阳法院"), ("某某县公安局", "某某县安局")],
)
def test_one_letter_apart_may_be_one(one, other):
    assert list(alike({"a": one, "b": other})) == [("a", "b")]


@pytest.mark.parametrize(
    ("one", "other"),
    [("第一看守所某", "第二看守所某"), ("东城区法院", "西城区法院"), ("朝阳区法院", "朝阳县法院"), ("睢县院", "雎县院"),
     ("睢阳区法院", "梁园区法院"), ("睢阳区法院", "睢阳区检察院")],
)  # fmt: skip
def test_letter_that_tells_apart_makes_two(one, other):
    assert list(alike({"a": one, "b": other})) == []


def test_changed_letter_is_no_guess_where_only_missing_ones_are_asked():
    assert list(alike({"a": "河南国银律师事务所", "b": "河南国基律师事务所"}, changed=False)) == []
    assert list(alike({"a": "河南国银律师事务所", "b": "河南国银律师务所"}, changed=False)) == [("a", "b")]


@given(st.dictionaries(st.integers(0, 9).map(str), st.text("甲法院睢阳区", max_size=6), max_size=8), st.booleans())
def test_pairs_do_not_hang_on_the_order_and_are_those_of_every_two(keys, changed):
    found = set(alike(keys, changed=changed))

    assert found == set(alike(dict(reversed(keys.items())), changed=changed))
    for one in keys:
        for other in keys:
            if one < other:
                assert ((one, other) in found) == bool(
                    list(alike({one: keys[one], other: keys[other]}, changed=changed))
                )
