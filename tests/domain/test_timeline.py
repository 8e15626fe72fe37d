"""A change holds until the next one of its field, a correction reaches as far as what was wrong; both are undone."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dispatch.domain.roster.timeline import TimeSpan, in_force, revised, rewriting

START = date(2026, 1, 1)


def day(number):
    return START + timedelta(days=number)


def one(**values):
    return [TimeSpan(START, None, values, "row")]


def values_of(spans, name):
    return [(span.from_on, span.values[name]) for span in spans]


def test_change_from_a_day_on_leaves_the_days_before():
    spans = revised(one(a=1, b=1), day(5), {"a": 2})

    assert spans == [TimeSpan(START, day(5), {"a": 1, "b": 1}, "row"), TimeSpan(day(5), None, {"a": 2, "b": 1})]


def test_change_made_in_advance_is_kept_by_one_of_another_field():
    planned = revised(one(firm="A", cap=1), day(30), {"firm": "B"})

    spans = revised(planned, day(5), {"cap": 9})

    assert values_of(spans, "firm") == [(START, "A"), (day(5), "A"), (day(30), "B")]
    assert values_of(spans, "cap") == [(START, 1), (day(5), 9), (day(30), 9)]


def test_change_of_the_same_field_holds_until_the_one_made_in_advance():
    planned = revised(one(firm="A"), day(30), {"firm": "B"})

    assert values_of(revised(planned, day(5), {"firm": "C"}), "firm") == [(START, "A"), (day(5), "C"), (day(30), "B")]


def test_correction_reaches_as_far_as_what_was_wrong():
    known = revised(one(a=1), day(20), {"a": 3})

    assert values_of(revised(known, day(10), {"a": 2}), "a") == [(START, 1), (day(10), 2), (day(20), 3)]


def test_correction_to_what_was_true_before_leaves_one_span():
    wrong = revised(one(a=1), day(10), {"a": 2})

    spans = revised(wrong, day(10), {"a": 1})

    assert spans == one(a=1)
    wrong = [span._replace(id=span.id or "later") for span in wrong]
    assert rewriting(wrong, spans) == ([("row", None)], ["later"], [])


def test_change_between_two_days_leaves_what_follows():
    assert values_of(revised(one(a=1), day(3), {"a": 2}, day(6)), "a") == [(START, 1), (day(3), 2), (day(6), 1)]


def test_rewriting_closes_opens_and_supersedes_and_never_rewrites():
    old = one(a=1)

    assert rewriting(old, revised(old, day(4), {"a": 2})) == ([("row", day(4))], [], [TimeSpan(day(4), None, {"a": 2})])
    assert rewriting(old, revised(old, START, {"a": 2})) == ([], ["row"], [TimeSpan(START, None, {"a": 2})])
    assert rewriting(old, old) == ([], [], [])


CHANGES = st.tuples(st.integers(0, 40), st.sampled_from(["a", "b"]), st.integers(0, 2), st.integers(1, 9) | st.none())


@given(st.lists(CHANGES, max_size=8))
def test_spans_stay_without_gaps_and_rows_follow_them(changes):
    spans = one(a=0, b=0)
    rows = {"row": spans[0]}
    for number, (at, name, value, length) in enumerate(changes):
        until = None if length is None else day(at + length)
        new = revised(spans, day(at), {name: value}, until)
        plan = rewriting(spans, new)
        for id, end in plan.closed:
            rows[id] = rows[id]._replace(until_on=end)
        for id in plan.superseded:
            del rows[id]
        rows |= {f"{number}-{k}": span._replace(id=f"{number}-{k}") for k, span in enumerate(plan.opened)}
        spans = sorted(rows.values())
        assert [(s.from_on, s.until_on, s.values) for s in spans] == [(s.from_on, s.until_on, s.values) for s in new]
        assert in_force(spans, day(at)).values[name] == value
        ends = [span.until_on for span in spans]
        assert ends[-1] is None
        assert ends[:-1] == [span.from_on for span in spans[1:]]
