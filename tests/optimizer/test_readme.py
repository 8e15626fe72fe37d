"""The examples of the README run as they stand."""

import doctest
from pathlib import Path

import optimizer

README = Path(optimizer.__file__).parent / "README.md"


def test_examples_in_the_readme_are_true():
    failed, tried = doctest.testfile(str(README), module_relative=False)

    assert (failed, tried > 8) == (0, True)


def test_readme_stays_within_its_length():
    assert len(README.read_text(encoding="utf-8").splitlines()) < 200
