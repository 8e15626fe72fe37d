import pytest

from dispatch.domain.law.bases import basis_of
from dispatch.domain.law.citations import cited
from dispatch.domain.states import PaperKind, TerminationGround


@pytest.mark.parametrize(
    ("ground", "item"),
    [
        (TerminationGround.FRAUD, "第一项"),
        (TerminationGround.CASE_OVER, "第五项"),
        (TerminationGround.ASKED, "第七项"),
        (TerminationGround.OTHER, "第八项"),
    ],
)
def test_termination_is_made_under_the_item_of_its_ground(ground, item):
    basis = basis_of(PaperKind.TERMINATION, {"ground": ground.value})

    assert cited(basis, "zh") == f"《法律援助法》第四十八条第一款{item}"


def test_own_counsel_is_a_ground_of_termination_of_its_own():
    assert cited(basis_of(PaperKind.OWN_COUNSEL, {}), "zh") == "《法律援助法》第四十八条第一款第六项"


def test_paper_that_no_instrument_asks_for_names_none():
    assert basis_of(PaperKind.CORRECTION, {}) == ()
