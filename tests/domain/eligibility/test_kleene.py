"""Three-valued logic: the unknown is neither forgotten nor guessed."""

from itertools import product

import numpy as np
import pytest

from dispatch.domain.eligibility.kleene import (
    NO,
    UNKNOWN,
    YES,
    all_of,
    any_of,
    at_least,
    at_most,
    negation,
    one_of,
    truths,
)

VALUES = (False, None, True)


def both(a, b):
    return False if a is False or b is False else None if a is None or b is None else True


@pytest.mark.parametrize(("a", "b"), list(product(VALUES, VALUES)))
def test_claims_combine_as_in_three_valued_logic(a, b):
    left, right = truths([a]), truths([b])

    assert all_of(left, right).tolist() == truths([both(a, b)]).tolist()
    assert any_of(left, right).tolist() == negation(all_of(negation(left), negation(right))).tolist()


def test_measure_that_is_missing_is_unknown():
    years = np.array([1.0, np.nan, 3.0])

    assert at_least(years, 3).tolist() == [NO, UNKNOWN, YES]
    assert at_most(years, 1).tolist() == [YES, UNKNOWN, NO]


def test_code_that_is_missing_is_unknown():
    assert one_of(np.array([-1, 0, 1, 2, 9]), (1,)).tolist() == [UNKNOWN, NO, YES, NO, NO]
