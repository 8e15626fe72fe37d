"""When hardship is checked, and on which article a ground rests for which it is not."""

import pytest

from dispatch.domain.law.citations import cited
from dispatch.domain.law.means import GROUNDS, MeansGround, means_test_of
from dispatch.domain.vocabulary import CaseSource, Category, MeansTest, Service


@pytest.mark.parametrize(
    ("categories", "test"),
    [
        ((), MeansTest.REQUIRED),
        ((Category.ELDERLY, Category.MIGRANT_WORKER), MeansTest.REQUIRED),
        ((Category.NO_FIXED_INCOME,), MeansTest.EXEMPT),
        ((Category.LOW_INCOME,), MeansTest.EXEMPT),
        ((Category.RELIEF_RECIPIENT,), MeansTest.EXEMPT),
        ((Category.MIGRANT_CLAIMANT,), MeansTest.EXEMPT),
        ((Category.ACQUITTED, Category.LOW_INCOME), MeansTest.NOT_APPLICABLE),
        # Article 32 asks what their case is about, so the category alone decides nothing.
        ((Category.HERO, Category.DOMESTIC_VIOLENCE), MeansTest.REQUIRED),
    ],
)
def test_categories_decide_the_means_test_where_the_law_lets_them(categories, test):
    assert means_test_of(CaseSource.APPLICATION, Service.LABOUR, categories) is test


@pytest.mark.parametrize(
    ("source", "service"),
    [
        (CaseSource.NOTICE_MUST, Service.DEFENCE),
        (CaseSource.NOTICE_MAY, Service.DEFENCE),
        (CaseSource.APPLICATION, Service.CONSULTATION),
        (CaseSource.APPLICATION, Service.DUTY_HELP),
    ],
)
def test_nobody_is_asked_for_means_on_notice_or_for_advice(source, service):
    assert means_test_of(source, service, (Category.LOW_INCOME,)) is MeansTest.NOT_APPLICABLE


def test_ground_decides_before_the_categories():
    of = (CaseSource.TRANSFER, Service.LITIGATION_AGENCY, (Category.LOW_INCOME,))

    assert means_test_of(*of, MeansGround.ABUSE) is MeansTest.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("ground", "test", "place"),
    [
        (MeansGround.NO_FIXED_INCOME, MeansTest.EXEMPT, "第四十二条第一项"),
        (MeansGround.OTHER, MeansTest.EXEMPT, "第四十二条第四项"),
        (MeansGround.HERO_HONOUR, MeansTest.NOT_APPLICABLE, "第三十二条第一项"),
        (MeansGround.ACQUITTED, MeansTest.NOT_APPLICABLE, "第三十二条第三项"),
        (MeansGround.UNCONDITIONAL, MeansTest.NOT_APPLICABLE, "第三十二条第五项"),
    ],
)
def test_ground_rests_on_its_item(ground, test, place):
    assert (GROUNDS[ground][0], cited(GROUNDS[ground][1], "zh")) == (test, f"《法律援助法》{place}")
