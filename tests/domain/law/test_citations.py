import pytest
from pydantic import TypeAdapter, ValidationError

from dispatch.domain.law.citations import OWN, Citation, Trust, cite, cited, in_words, numeral
from dispatch.domain.law.instruments import INSTRUMENTS, InstrumentKind


@pytest.mark.parametrize(
    ("number", "words"),
    [(2, "二"), (10, "十"), (15, "十五"), (20, "二十"), (61, "六十一"), (100, "一百"), (105, "一百零五"),
     (110, "一百一十"), (304, "三百零四"), (564, "五百六十四"), (1005, "一千零五"), (1260, "一千二百六十")],
)  # fmt: skip
def test_article_is_numbered_as_laws_number_theirs(number, words):
    assert numeral(number) == words


def test_citation_is_told_in_full_in_both_languages():
    law = cite("legal_aid_law", 61, item=2)
    order = cite("case_procedures", 26, paragraph=1)

    assert cited(law, "zh") == "《法律援助法》第六十一条第二项"
    assert cited(law, "en") == "Legal Aid Law, art. 61 item 2"
    assert cited(order, "zh") == "《办理法律援助案件程序规定》（司法部令第148号）第二十六条第一款"
    assert cited(order, "en").endswith("Legal Aid Cases (Ministry of Justice Order No. 148), art. 26 para. 1")


def test_interpretation_is_cited_with_its_number():
    assert cited(cite("criminal_procedure_interpretation", 43), "zh") == (
        "《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》（法释〔2021〕1号）第四十三条"
    )


def test_articles_of_one_instrument_stand_behind_its_name_once():
    source = cite("criminal_procedure_law", 34, 35) + cite("lawyers_law", 47, to=51)

    assert cited(source, "zh") == "《刑事诉讼法》第三十四条、第三十五条；《律师法》第四十七条至第五十一条"
    assert cited(source, "en") == "Criminal Procedure Law, art. 34, art. 35; Lawyers Law, arts. 47–51"


def test_places_stand_in_the_order_of_the_instrument_and_an_article_once():
    source = cite("case_procedures", 24, paragraph=2) + cite("legal_aid_law", 36)
    source += cite("case_procedures", 24, paragraph=1) + cite("case_procedures", 24, paragraph=1)

    assert cited(source, "zh") == (
        "《办理法律援助案件程序规定》（司法部令第148号）第二十四条第一款、第二款；《法律援助法》第三十六条"
    )
    assert "art. 24 para. 1, para. 2; Legal Aid Law" in cited(source, "en")


def test_own_choice_of_a_centre_says_so():
    assert in_words(OWN) == {"zh": "本中心自定", "en": "the centre's own choice"}
    assert cited(cite("legal_aid_law", 43) + OWN, "zh") == "《法律援助法》第四十三条；其余由本中心自定"


def test_rule_of_a_place_is_marked_as_such():
    assert cited(cite("zhejiang_assignment"), "zh").endswith("（浙司〔2024〕6号）（地方规定，外地仅供参考）")


def test_document_of_the_place_is_cited_as_it_was_written():
    own = Citation(document="《某市法律援助案件指派办法》", article=4)

    assert (own.kind, cited((own,), "zh")) == (
        InstrumentKind.PLACE,
        "《某市法律援助案件指派办法》第四条（地方规定，外地仅供参考）",
    )


@pytest.mark.parametrize("trust", Trust)
def test_how_far_a_text_was_read_is_in_the_data_and_in_no_sentence(trust):
    (cited,) = cite("complaints", trust=trust)

    assert cited.shown()["trust"] is trust
    assert in_words((cited,)) == in_words(cite("complaints"))


@pytest.mark.parametrize(
    ("wording", "reason"),
    [
        ({"instrument": "LAL"}, "no such instrument: LAL; there are centre, legal_aid_law"),
        ({}, "one of the two"),
        ({"instrument": "legal_aid_law", "document": "another"}, "one of the two"),
        ({"instrument": "centre", "article": 1}, "has no articles"),
        ({"instrument": "legal_aid_law", "article": 0}, "greater than or equal to 1"),
        ({"instrument": "legal_aid_law", "article": 9, "to": 9}, "to a later one"),
        ({"instrument": "legal_aid_law", "to": 9}, "to a later one"),
        ({"instrument": "legal_aid_law", "article": 9, "clause": 1}, "Unexpected"),
        ({"instrument": "legal_aid_law", "trust": "sure"}, "read"),
        ({"document": "a\x00b"}, "pattern"),
    ],
)
def test_citation_that_cannot_be_looked_up_is_refused(wording, reason):
    with pytest.raises(ValidationError, match=reason):
        TypeAdapter(tuple[Citation, ...], config={"extra": "forbid"}).validate_python([wording])


@pytest.mark.parametrize("row", INSTRUMENTS.values(), ids=INSTRUMENTS)
def test_instrument_has_its_names_its_day_and_if_replaced_a_successor(row):
    assert row.zh
    assert row.en
    assert bool(row.number) == bool(row.number_en)
    assert row.since or row.kind not in (InstrumentKind.LAW, InstrumentKind.REGULATION, InstrumentKind.INTERPRETATION)
    assert row.in_force or INSTRUMENTS[row.replaced_by].in_force
    assert row.in_force or INSTRUMENTS[row.replaced_by].since > row.since
