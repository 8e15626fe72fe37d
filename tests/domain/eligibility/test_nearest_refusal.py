"""Why a case stays open is told by the rule that keeps the nearest people out."""

from dispatch.domain.eligibility.table import Refusal, eligible
from dispatch.domain.vocabulary import PairKind
from tests.builders import a_case, a_docket, a_pair, a_practitioner


def test_someone_passes_and_there_is_no_nearest_refusal():
    assert eligible(a_docket()).nearest_refusal(0) is None


def test_nobody_on_the_roster_has_no_nearest_refusal():
    assert eligible(a_docket([a_case()], [])).nearest_refusal(0) is None


def test_rule_that_alone_refuses_counts_more_than_one_that_refuses_many():
    speakers = [a_practitioner(f"p{j}", listed=False, languages=()) for j in range(9)]
    docket = a_docket([a_case(languages=("vi",))], [*speakers, a_practitioner("q", languages=())])

    nearest = eligible(docket).nearest_refusal(0)

    assert nearest == Refusal("speaks_language", unknown=False)


def test_missing_fact_is_told_as_unknown():
    docket = a_docket([a_case(languages=("vi",))], [a_practitioner(languages=None)])

    nearest = eligible(docket).nearest_refusal(0)

    assert nearest == Refusal("speaks_language", unknown=True)


def test_recorded_fact_about_the_pair_is_named_too():
    docket = a_docket(pairs=(a_pair(PairKind.CONFLICT),))

    nearest = eligible(docket).nearest_refusal(0)

    assert nearest == Refusal("no_conflict", unknown=False)


def test_people_with_missing_facts_are_counted_by_rule():
    docket = a_docket(
        [a_case(), a_case("c2", languages=("vi",))], [a_practitioner(languages=None), a_practitioner("p2")]
    )

    counted = eligible(docket).unknown_people()

    assert counted == {"speaks_language": 1}


def test_each_rule_that_refuses_names_whom():
    people = [a_practitioner("p1", listed=False, languages=()), a_practitioner("p2"), a_practitioner("p3")]
    docket = a_docket([a_case(languages=("vi",))], people, pairs=(a_pair(PairKind.CONFLICT, "c1", "p3"),))
    judged = eligible(docket)

    refused = {code: whom.tolist() for code, whom in judged.refused_by(0)}

    assert refused["no_conflict"] == [False, False, True]
    for j, refusals in enumerate(judged.why_row(0)):
        assert {refusal.code for refusal in refusals} == {code for code, whom in refused.items() if whom[j]}
