"""Scores are counted anew from facts under drawn names: any other fact, weight or score is found."""

import io
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.draw import seed_from
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import load_preset
from dispatch.modes.encode import encode
from dispatch.reports.run_facts import run_facts
from dispatch.reports.self_check import check_scores
from dispatch.simulation.sample.city import Size, make_city
from dispatch.simulation.sample.facts import docket_facts
from optimizer import Pairs, solve
from optimizer.proof.anonymise import masked, orders
from optimizer.proof.files import save
from optimizer.proof.untrusted import FormatError
from optimizer.proof.verify import CertificateError
from tests.rows import NOW

POLICY = load_preset("national")
SECRET = 17


def published(docket):
    """The problem of a docket and the facts behind it, both under drawn names."""
    problem = encode(docket, eligible(docket))
    cases, people, *_ = orders(problem, SECRET)
    return masked(problem, solve(problem), SECRET)[0], run_facts(docket, cases, people, SECRET)


def a_town(seed, size=Size(cases=40, practitioners=60, active=50)):
    facts = docket_facts(make_city(seed, NOW, POLICY.causes, size), NOW)
    named = [person.id for person in facts.practitioners[:3]]
    known = (replace(facts.cases[0], wishes=tuple(named), earlier_counsel=tuple(named[1:2])), *facts.cases[1:])
    return Docket.build(replace(facts, cases=known), POLICY, seed)


@cache
def a_run():
    """A small proven run under drawn names with its facts, as a pack holds them, drawn by the seed of a day."""
    docket = a_town(5, Size(cases=4, practitioners=6, active=5))
    problem, target = encode(docket, eligible(docket)), io.BytesIO()
    cases, people, *_ = orders(problem, SECRET)
    save(target, *masked(problem, solve(problem, seed_from("5" * 64)), SECRET))
    return target.getvalue(), run_facts(docket, cases, people, SECRET)


@pytest.fixture(scope="module")
def town():
    return published(a_town(1))


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_scores_of_a_town_follow_from_its_facts_and_its_policy(seed):
    problem, facts = published(a_town(seed))

    check_scores(problem, facts, POLICY.canonical())

    assert set(json.loads(facts)["tables"]) == {"specialty", "experience", "distance", "language"}


def test_facts_hold_numbers_alone_and_no_name_of_a_value(town):
    _, facts = town

    words = {word for word in json.dumps(json.loads(facts)).replace('"', " ").split() if word[0].isalpha()}
    assert words <= {
        "format", "legal-aid", "run", "facts", "tables", "specialty", "experience", "distance", "language", "key",
        "levels", "quality", "years", "wishes", "counsel", "seats",
    }  # fmt: skip


def test_every_other_weight_of_the_policy_is_found(town):
    problem, facts = town
    for name, weight in POLICY.to_document()["weights"].items():
        if not weight:
            continue
        text = POLICY.to_document()
        text["weights"][name] += 1
        with pytest.raises(CertificateError):
            check_scores(problem, facts, json.dumps(text).encode())


def other_facts():
    def level(told):
        table = told["tables"]["specialty"]["levels"]
        table[0][0] = 99 if table[0][0] != 99 else 98

    def key(told):
        keys = told["tables"]["specialty"]["key"]
        keys[0] = next(each for each in keys if told["tables"]["specialty"]["levels"][each]
                       != told["tables"]["specialty"]["levels"][keys[0]])  # fmt: skip

    def quality(told):
        told["quality"][0] = 99 if told["quality"][0] != 99 else 98

    def years(told):
        told["years"][0] = 0 if told["years"][0] else 1

    def wish(told):
        told["wishes"].pop()

    def person(told):
        told["quality"].pop()

    return {each.__name__: each for each in (level, key, quality, years, wish, person)}


@pytest.mark.parametrize("name", other_facts())
def test_every_other_fact_is_found(town, name):
    problem, facts = town
    told = json.loads(facts)
    other_facts()[name](told)

    with pytest.raises(CertificateError):
        check_scores(problem, json.dumps(told).encode(), POLICY.canonical())


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format": "legal-aid run facts 2"}'])
def test_what_is_no_facts_is_refused(town, content):
    with pytest.raises(FormatError):
        check_scores(town[0], content, POLICY.canonical())


def test_every_other_score_is_found(town):
    problem, facts = town
    terms = problem.practitioner_terms.copy()
    terms[0, 0] += 1
    more = Pairs(np.append(problem.bonus.rows, 0), np.append(problem.bonus.cols, 0), np.append(problem.bonus.values, 1))
    for other in (replace(problem, practitioner_terms=terms), replace(problem, bonus=more)):
        with pytest.raises(CertificateError):
            check_scores(other, facts, POLICY.canonical())
