"""The examples of the README run as they stand."""

import doctest
import re
from pathlib import Path

import optimizer
from optimizer.analysis import questions

README = Path(optimizer.__file__).parent / "README.md"


def test_examples_in_the_readme_are_true():
    failed, tried = doctest.testfile(str(README), module_relative=False)

    assert (failed, tried > 8) == (0, True)


def test_names_of_the_table_of_answers_are_importable_from_one_place():
    table = README.read_text(encoding="utf-8").partition("| question | answer | by |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.rpartition(" | ")[2])}

    assert len(named) > 10
    assert named <= set(questions.__all__)


def test_readme_stays_within_its_length():
    assert len(README.read_text(encoding="utf-8").splitlines()) < 250
