"""What nobody said of a case lets nobody pass, and the refusal names the case's blank, not the practitioner's."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from dispatch.demo.words import reason_text
from dispatch.domain.chain import guarded, may_be_grave
from dispatch.domain.docket.facts import FormerOffice
from dispatch.domain.eligibility.blanks import BLANKS, CaseFact
from dispatch.domain.eligibility.rules import Refusal
from dispatch.domain.eligibility.table import RULES, eligible, refusal_text
from dispatch.domain.vocabulary import CaseSource, Matter, PractitionerKind, ReviewCourt, Service, Sex, Stage
from dispatch.exchange.columns import Kind
from dispatch.exchange.tables import TABLES
from testbed.rows import LONG_AGO
from tests.builders import a_case, a_defence, a_docket, a_policy, a_practitioner

FACTS = ("recipient_is_minor", "recipient_sex", "grave", "sexual_assault")
ANSWERS = {fact: (None, True, False) for fact in FACTS} | {"recipient_sex": (None, *Sex)}

KINDS_OF_CASE = (
    a_case(),
    a_case(service=Service.CONSULTATION, stage=Stage.CONSULTATION),
    a_defence(),
    a_defence(stage=Stage.INVESTIGATION, service=Service.DUTY_HELP),
    a_case(matter=Matter.CRIMINAL, cause="theft", service=Service.CRIMINAL_AGENCY),
    a_defence(stage=Stage.DEATH_REVIEW, review_court=ReviewCourt.HIGH),
)


def everybody():
    """People of every kind, sex and training, some with years of defence and some whose are unknown."""
    facts = product(PractitionerKind, Sex, (True, False), (None, a_practitioner().criminal_defence_since))
    return [
        a_practitioner(f"p{n}", kind=kind, sex=sex, minor_trained=trained, criminal_defence_since=since)
        for n, (kind, sex, trained, since) in enumerate(facts)
    ]


def test_fact_nobody_said_makes_nobody_eligible_whom_any_answer_refuses():
    told = list(product(*ANSWERS.values()))
    rows = [(kind, answers) for kind in KINDS_OF_CASE for answers in told]
    cases = [
        replace(kind, id=str(n), **dict(zip(FACTS, answers, strict=True))) for n, (kind, answers) in enumerate(rows)
    ]
    mask = eligible(a_docket(cases, everybody())).mask()
    passes = {(id(kind), *answers): mask[n] for n, (kind, answers) in enumerate(rows)}

    assert mask.any(axis=0).any()
    for kind, answers in rows:
        for place, (fact, each) in enumerate(zip(FACTS, answers, strict=True)):
            for answer in ANSWERS[fact] if each is None else ():
                known = passes[id(kind), *answers[:place], answer, *answers[place + 1 :]]
                assert not (passes[id(kind), *answers] & ~known).any(), (kind.service, fact, answer)


LEFT_OUT = {
    # a fact             what it is where it is left out, and what it may turn out to be
    "area":             (None, "A", "B", "C"),
    "organ":            (None, "court", "other court"),
    "court_area":       (None, "A", "B"),
    "review_court":     (None, *ReviewCourt),
    "domicile_areas":   ((), ("A",), ("B",), ("A", "B")),
    "source":           (CaseSource.APPLICATION, *CaseSource),
    "interpreter":      (False, True),
    **ANSWERS,
}  # fmt: skip

COLUMNS = {
    "recipient_is_minor": "minor", "review_court": "supreme_review", "source": "on_notice",
    "domicile_areas": "domiciles",
}  # fmt: skip

NEVER_LEFT_OUT = {"matter", "service", "stage", "cause"}
STATED_BY_THE_STAGE = {"death_review", "compulsory_treatment"}
MANDARIN_IF_NOT_STATED = {"languages"}
OF_THE_REGISTER = {"lead_before", "second_before", "woman_waived"}


def of_every_place():
    """People of two kinds and two areas, some with an office or a relative in a court, some of unknown ties."""
    served = [(FormerOffice(organ=organ, left_on=LONG_AGO),) for organ in ("court", None)]
    facts = product((PractitionerKind.LAWYER, PractitionerKind.GRASSROOTS_WORKER), ("A", "B", None),
                    ((), *served, None), ((), ("court",), (None,)), ((), ("sign",)))  # fmt: skip
    return [
        a_practitioner(
            f"q{n}", kind=kind, areas=area and (area,), former_offices=offices, relatives_at=relatives, languages=spoken
        )
        for n, (kind, area, offices, relatives, spoken) in enumerate(facts)
    ]


@pytest.mark.parametrize("fact", LEFT_OUT)
def test_fact_left_out_makes_nobody_eligible_whom_any_answer_refuses(fact):
    answers, kinds = LEFT_OUT[fact], [*KINDS_OF_CASE, a_case(languages=("sign",))]
    if fact == "review_court":
        kinds = [kind for kind in kinds if kind.stage is Stage.DEATH_REVIEW]
    said = [
        replace(kind, id=f"{n}-{m}", **{fact: answer})
        for n, kind in enumerate(kinds)
        for m, answer in enumerate(answers)
    ]
    policy = a_policy(checks={"area": True, "grassroots_territory": True, "language": True, "minor_trained": True})
    mask = eligible(a_docket(said, [*everybody(), *of_every_place()], policy)).mask()

    left_out = [n for n in range(len(said)) if n % len(answers) == 0]
    assert mask.any()
    for n in left_out:
        for known in mask[n : n + len(answers)]:
            assert not (mask[n] & ~known).any(), said[n]


def test_every_fact_of_a_case_that_a_rule_reads_is_left_out_in_a_test():
    read = {column for rule in RULES for column in rule.reads}
    tried = {COLUMNS.get(fact, fact) for fact in LEFT_OUT}

    assert read - tried == NEVER_LEFT_OUT | STATED_BY_THE_STAGE | MANDARIN_IF_NOT_STATED | OF_THE_REGISTER


@pytest.mark.parametrize("fact", ["recipient_is_minor", "sexual_assault", "secret"])
def test_fact_nobody_said_keeps_a_case_off_the_board(fact):
    assert guarded(replace(a_case(), **{fact: None}))
    assert not guarded(a_case())


def test_sentence_is_asked_of_criminal_cases_alone():
    assert may_be_grave(a_defence(grave=None))
    assert not may_be_grave(a_case(grave=None))


@pytest.mark.parametrize(("case", "person", "refusal"), [
    (a_case(recipient_is_minor=None), a_practitioner(kind=PractitionerKind.GRASSROOTS_WORKER),
     Refusal("minor_lawyer", unknown=True, missing=("recipient_minor",))),
    (a_case(recipient_is_minor=None), a_practitioner(minor_trained=False),
     Refusal("minor_trained", unknown=True, missing=("recipient_minor",))),
    (a_defence(grave=None), a_practitioner(criminal_defence_since=None),
     Refusal("grave_years", unknown=True, missing=("grave",))),
    (a_defence(stage=Stage.DEATH_REVIEW), a_practitioner(),
     Refusal("death_review_transfer", unknown=True, missing=("review_court",))),
    (a_case(recipient_is_minor=None, recipient_sex=None, sexual_assault=None), a_practitioner(),
     Refusal("girl_woman", unknown=True, missing=("recipient_minor", "recipient_sex", "sexual_assault"))),
    (a_case(area=None), a_practitioner(), Refusal("serves_area", unknown=True, missing=("area",))),
    # of whoever is a minor for sure the training is the practitioner's blank
    (a_case(recipient_is_minor=True), a_practitioner(minor_trained=None), Refusal("minor_trained", unknown=True)),
    (a_defence(grave=True), a_practitioner(criminal_defence_since=None), Refusal("grave_years", unknown=True)),
])  # fmt: skip
def test_refusal_names_the_blank_of_the_case_where_that_is_what_is_missing(case, person, refusal):
    judged = eligible(a_docket([case], [person], a_policy(checks={"area": True})))

    assert refusal in judged.why(0, 0)
    assert refusal in judged.why_row(0)[0]


def test_blank_of_the_case_that_the_rule_does_not_wait_for_is_not_blamed():
    case = a_defence(stage=Stage.INVESTIGATION, service=Service.DUTY_HELP, grave=None)
    policy = a_policy(thresholds={"duty_years": 1})
    judged = eligible(a_docket([case], [a_practitioner(practising_since=None)], policy))

    assert Refusal("duty_years", unknown=True) in judged.why(0, 0)


def test_case_with_a_blank_is_told_by_it_and_nobody_is_counted_as_lacking_a_fact():
    people = [a_practitioner(f"p{n}", minor_trained=False) for n in range(3)]
    judged = eligible(a_docket([a_case(recipient_is_minor=None, recipient_sex=Sex.MALE)], people))

    assert judged.nearest_refusal(0) == Refusal("minor_trained", unknown=True, missing=("recipient_minor",))
    assert judged.unknown_people() == {}


def test_words_say_what_to_fill_in_and_where():
    zh, en = (
        refusal_text("girl_woman", language, unknown=True, missing=("recipient_minor", "sexual_assault"))
        for language in ("zh", "en")
    )

    assert zh.startswith(
        "本案信息不全，请先填写“受援人为未成年人”（recipient_minor）或者“性侵害案件”（sexual_assault）"
    )
    assert "Recipient is a minor (recipient_minor) or Sexual assault (sexual_assault)" in en
    assert reason_text("minor_lawyer:recipient_minor", "zh") == refusal_text(
        "minor_lawyer", "zh", unknown=True, missing=("recipient_minor",)
    )


def test_facts_of_a_case_go_by_the_headers_of_the_template():
    headers = {column.field: (column.zh, column.en) for column in TABLES[Kind.CASES].columns}

    assert {blank.fact for blank in BLANKS.values()} == set(CaseFact)
    assert all(headers[fact.value] == (fact.zh, fact.en) for fact in CaseFact)


def test_equal_rows_share_what_is_missing():
    cases = [a_case(str(n), recipient_is_minor=None) for n in range(50)]
    judged = eligible(a_docket(cases, [a_practitioner(minor_trained=False)]))

    assert {judged.why(n, 0) for n in range(50)} == {
        (Refusal("minor_trained", unknown=True, missing=("recipient_minor",)),)
    }
    assert np.count_nonzero(judged.mask()) == 0
